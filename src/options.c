#include "config.h"

#include "options_internal.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"

const struct option_row option_rows[OPT__MAX] = {
#define GROUP(id, title)
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)                        \
	[OPT_##id] = {name, arg, def, help, letter},
#include "options.def"
#undef GROUP
#undef OPTION
};

bool
options_fail(struct reading *j, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(j->err, j->errlen, fmt, ap);
	va_end(ap);
	return false;
}

/* --- one option ------------------------------------------------------------------------------- */

static bool
take(struct reading *j, enum option_id id, const char *arg)
{
	struct options *o = j->o;
	struct address ignored;
	unsigned v;

	switch (id) {
	case OPT_PORT:
		if (!arg_unsigned_number(j, id, arg, 65535, &v))
			return false;
		j->defaults.port = (uint16_t)v;
		return true;
	case OPT_CONNECT:
		o->has_connect = true;
		return arg_address(j, id, arg, &o->connect);
	case OPT_SNI:
		return arg_sni(j, arg);
	case OPT_NO_SNI:
		return o->no_sni = true;
	case OPT_STARTTLS:
		return arg_starttls(j, arg);
	case OPT_MX:
		return arg_mx(j, arg);
	case OPT_IPV4:
		return o->ipv4_only = true;
	case OPT_IPV6:
		return o->ipv6_only = true;
	case OPT_PROXY:
		return arg_proxy(j, arg);
	case OPT_CERT:
		o->cert = arg;
		return true;
	case OPT_KEY:
		o->key = arg;
		return true;
	case OPT_KEY_PASSWORD_FILE:
		o->key_password_file = arg;
		return true;
	case OPT_RESOLVER:
		o->resolver = arg;
		return arg_address(j, id, arg, &ignored);
	case OPT_ONLY:
		return arg_only(j, arg);
	case OPT_SAFE:
		return o->safe = true;
	case OPT_NO_SAFE:
		return o->no_safe = true;
	case OPT_OFFLINE:
		return o->offline = true;
	case OPT_ONLINE:
		return o->online = true;
	case OPT_CT_LOGS:
		o->ct_logs = arg;
		return true;
	case OPT_DNS_ANCHOR:
		o->dns_anchor = arg;
		return true;
	case OPT_CRL_MAX:
		return arg_unsigned_number(j, id, arg, 32, &o->crl_max_mib);
	case OPT_NO_CACHE:
		return o->no_cache = true;
	case OPT_TIMEOUT:
		o->has_timeout = true;
		return arg_seconds(j, id, arg, &o->timeout_ms);
	case OPT_CONNECT_TIMEOUT:
		return arg_seconds(j, id, arg, &o->connect_timeout_ms);
	case OPT_WATCH:
		return arg_watch(j, arg);
	case OPT_PARALLEL:
	case OPT_PER_HOST:
		o->has_parallel = true;
		return arg_unsigned_number(j, id, arg, 100, &o->parallel);
	case OPT_MAX_CONNECTIONS:
		o->has_max_connections = true;
		return arg_unsigned_number(j, id, arg, 100000, &o->max_connections);
	case OPT_CHAIN:
		o->action = o->action == ACTION_AUDIT ? ACTION_CHAIN : o->action;
		o->chain = arg;
		return true;
	case OPT_NAME:
		return arg_leaf_name(j, arg);
	case OPT_STORES:
		return arg_asked(j, arg);
	case OPT_FIX_CHAIN:
		o->fix_chain = arg;
		return true;
	case OPT_PROFILE:
		o->profile = arg;
		return true;
	case OPT_LIST:
		o->list = arg;
		return true;
	case OPT_WORK:
		return o->work = true;
	case OPT_QUEUE:
	case OPT_QUEUE_CA:
	case OPT_QUEUE_CERT:
	case OPT_QUEUE_KEY:
	case OPT_STREAM_PREFIX:
	case OPT_GROUP:
	case OPT_CONSUMER:
		return queue_options_set(
		    &o->queue, (enum queue_option)(id - OPT_QUEUE), arg, j->err, j->errlen);
	case OPT_RESUME:
		o->resume = arg;
		return true;
	case OPT_WORKERS:
		return arg_unsigned_number(j, id, arg, 256, &o->workers);
	case OPT_IN_FLIGHT:
		return arg_unsigned_number(j, id, arg, 100000, &o->in_flight);
	case OPT_RATE:
		return arg_rate(j, id, arg, &o->rate);
	case OPT_HOST_RATE:
		return arg_rate(j, id, arg, &o->host_rate);
	case OPT_EXCLUDE:
		return arg_exclude(j, arg);
	case OPT_NO_DEFAULT_EXCLUDE:
		return o->no_default_exclude = true;
	case OPT_SHARD:
		return arg_shard(j, arg);
	case OPT_STATS:
		o->stats = arg;
		return true;
	case OPT_METRICS:
		return arg_metrics(j, arg);
	case OPT_SANDBOX:
		return arg_sandbox(j, arg);
	case OPT_POLICY:
		o->policy = arg;
		return true;
	case OPT_CONFIG_FOR:
		o->config_for = arg;
		return true;
	case OPT_COMPLIANCE:
		return arg_compliance(j, arg);
	case OPT_STORE:
		return arg_store(j, arg);
	case OPT_SYSTEM_STORE:
		return o->system_store = true;
	case OPT_AS_OF:
		return arg_as_of(j, arg);
	case OPT_FAIL_ON:
		return gate_add(&o->gate, "--fail-on", arg, j->err, j->errlen);
	case OPT_WARN_ON:
		return gate_add(&o->warn, "--warn-on", arg, j->err, j->errlen);
	case OPT_BASELINE:
		o->baseline = arg;
		return true;
	case OPT_ALLOW_UNREACHABLE:
		return o->allow_unreachable = true;
	case OPT_FROM:
		o->action = o->action == ACTION_AUDIT ? ACTION_FROM : o->action;
		o->from = arg;
		return true;
	case OPT_LOCATE:
		o->locate = arg;
		return true;
	case OPT_PROM_COMPAT:
		return o->prom_compat = true;
	case OPT_FORMAT:
		return arg_format(j, arg);
	case OPT_OUTPUT:
		o->output = strcmp(arg, "-") != 0 ? arg : NULL;
		return true;
	case OPT_COLOR:
		return arg_when(j, id, arg, &o->color);
	case OPT_PROGRESS:
		return arg_when(j, id, arg, &o->progress);
	case OPT_QUIET:
		o->verbose = -1;
		return true;
	case OPT_VERBOSE:
		o->verbose = 1;
		return true;
	case OPT_SHOW_CERTS:
		return o->show_certs = true;
	case OPT_EXPLAIN:
		return o->explain = true;
	case OPT_LIST_PROBES:
		o->action = ACTION_PROBES;
		return true;
	case OPT_LIST_POLICIES:
		o->action = ACTION_POLICIES;
		return true;
	case OPT_LIST_FACTS:
		o->action = ACTION_FACTS;
		return true;
	case OPT_SCHEMA:
		o->action = ACTION_SCHEMA;
		return true;
	case OPT_SEED:
		return arg_number(j, id, arg, INT64_MAX, &o->seed);
	case OPT_HELP:
		o->action = ACTION_HELP;
		return true;
	case OPT_VERSION:
		o->action = ACTION_VERSION;
		return true;
	case OPT_NONE:
	case OPT__MAX:
		break;
	}
	CHECK(false);
	return false;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The tables of getopt_long(3); a long option's value is LONG + its id. */
enum { LONG = 1000 };

static void
getopt_tables(struct option longs[OPT__MAX], char shorts[2 * OPT__MAX + 2])
{
	size_t n = 0;

	shorts[n++] = ':'; /* "missing argument" and "unknown" apart */
	for (int i = OPT_NONE + 1; i < OPT__MAX; i++) {
		longs[i - 1] = (struct option){option_rows[i].name,
		    option_rows[i].arg != NULL ? required_argument : no_argument, NULL, LONG + i};
		if (option_rows[i].letter == 0)
			continue;
		shorts[n++] = (char)option_rows[i].letter;
		if (option_rows[i].arg != NULL)
			shorts[n++] = ':';
	}
	shorts[n] = '\0';
	longs[OPT__MAX - 1] = (struct option){0};
}

static enum option_id
by_letter(int letter)
{
	for (int i = OPT_NONE + 1; i < OPT__MAX; i++)
		if (option_rows[i].letter == letter)
			return (enum option_id)i;
	return OPT_NONE;
}

/* What getopt_long(3) did not like; it leaves only '?' or ':', and optopt. */
static bool
complain(struct reading *j, int c, const char *text)
{
	if (c == ':')
		return options_fail(j, "option '%s' needs an argument", text);
	if (optopt >= LONG)
		return options_fail(j, "option '--%s' takes no argument", option_rows[optopt - LONG].name);
	if (optopt != 0)
		return options_fail(j, "there is no option '-%c'", optopt);
	return options_fail(j, "there is no option '%s', or it is short for several", text);
}

static bool
read_options(struct reading *j, int argc, char *const *argv)
{
	struct option longs[OPT__MAX];
	char shorts[2 * OPT__MAX + 2];
	int c;

	getopt_tables(longs, shorts);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			return complain(j, c, argv[optind - 1]);
		if (!take(j, c >= LONG ? (enum option_id)(c - LONG) : by_letter(c), optarg))
			return false;
	}
	return true;
}

static bool
read_targets(struct reading *j, int n, char *const *texts)
{
	struct options *o = j->o;
	char why[200];

	if (o->list != NULL || o->work)
		return n == 0 ||
		    options_fail(j, "--%s and targets exclude each other", o->work ? "work" : "list");
	o->mx_port = j->defaults.port != 0 ? j->defaults.port : 25;
	if (n == 0 && o->n_mx > 0)
		return true;
	if (n == 0)
		return options_fail(j, "no target; 'tlsaudit --help' tells more");
	if (n > TARGETS_MAX)
		return options_fail(j, "at most %d targets", TARGETS_MAX);
	o->targets = j->own->targets = xcalloc((size_t)n, sizeof(*o->targets));
	for (; o->n_targets < (size_t)n; o->n_targets++) {
		const char *text = texts[o->n_targets];

		if (!target_parse(
			span_str(text), &j->defaults, &o->targets[o->n_targets], why, sizeof(why)))
			return options_fail(j, "target '%s': %s", text, why);
	}
	return true;
}

/* The message may hold what the user typed: no control bytes to the terminal. */
static void
clean(char *s)
{
	for (; *s != '\0'; s++)
		if (iscntrl((unsigned char)*s))
			*s = '?';
}

bool
options_parse(struct options *o, int argc, char *const *argv, char *err, size_t errlen)
{
	struct options_own *own = xcalloc(1, sizeof(*own));
	struct reading j = {.o = o, .own = own, .err = err, .errlen = errlen};
	bool ok;

	CHECK(errlen > 0);
	*o = (struct options){
	    .timeout_ms = 180000,
	    .connect_timeout_ms = 5000,
	    .parallel = 4,
	    .max_connections = 600,
	    .crl_max_mib = 8,
	    .rate = 500,
	    .host_rate = 10,
	    .policy = "ssllabs-2009r",
	    .stores = own->stores,
	    .mx = own->mx,
	    .own = own,
	};
	ok = read_options(&j, argc, argv);
	if (ok && o->action == ACTION_AUDIT)
		ok = read_targets(&j, argc - optind, argv + optind);
	ok = ok && options_check(&j, argc - optind);
	if (!ok) {
		enum format format = o->format;

		clean(err);
		options_fini(o);
		o->format = format;
	}
	return ok;
}

void
options_fini(struct options *o)
{
	struct options_own *own = o->own;

	if (own == NULL)
		return;
	for (size_t i = 0; i < o->n_stores; i++)
		free(own->stores[i].name);
	free(own->only_text);
	free(own->asked_text);
	free(own->compliance_text);
	free(own->targets);
	free(own);
	*o = (struct options){0};
}
