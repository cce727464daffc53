#include "config.h"
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "mail.h"

static const struct row {
	const char *name, *arg, *def, *help;
	int letter;
} rows[OPT__MAX] = {
#define GROUP(id, title)
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)                        \
	[OPT_##id] = {name, arg, def, help, letter},
#include "options.def"
#undef GROUP
#undef OPTION
};

enum { ONLY_MAX = 64, ASKED_MAX = 32, COMPLIANCE_MAX = 16, STORES_MAX = 16, TARGETS_MAX = 65536 };

struct own { /* all that options_fini() frees */
	char *only_text, *asked_text, *compliance_text;
	const char *only[ONLY_MAX + 1], *asked[ASKED_MAX + 1], *compliance[COMPLIANCE_MAX + 1];
	char sni[TARGET_HOST_MAX + 1], name[TARGET_HOST_MAX + 1];
	struct store_option stores[STORES_MAX];
	struct target *targets;
	char mx_names[MAIL_DOMAINS][TARGET_HOST_MAX + 1];
	const char *mx[MAIL_DOMAINS];
};

struct job { /* one reading of a command line */
	struct options *o;
	struct own *own;
	struct target_defaults defaults;
	char *err;
	size_t errlen;
};

/* Writes the error; always false. */
static bool PRINTF_LIKE(2, 3) fail(struct job *j, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(j->err, j->errlen, fmt, ap);
	va_end(ap);
	return false;
}

/* --- arguments -------------------------------------------------------------------------------- */

static bool
number(struct job *j, enum option_id id, const char *arg, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = arg;

	for (; isdigit((unsigned char)*p) && v <= max; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == arg || *p != '\0' || v == 0 || v > max)
		return fail(j, "--%s: '%s' is not a number from 1 to %llu", rows[id].name, arg,
		    (unsigned long long)max);
	*out = v;
	return true;
}

static bool
unsigned_number(struct job *j, enum option_id id, const char *arg, unsigned max, unsigned *out)
{
	uint64_t v;

	if (!number(j, id, arg, max, &v))
		return false;
	*out = (unsigned)v;
	return true;
}

static bool
seconds(struct job *j, enum option_id id, const char *arg, unsigned *out_ms)
{
	unsigned s;

	if (!unsigned_number(j, id, arg, 86400, &s))
		return false;
	*out_ms = s * 1000;
	return true;
}

/* The same, but 0 is allowed. */
static bool
rate(struct job *j, enum option_id id, const char *arg, unsigned *out)
{
	*out = 0;
	return strcmp(arg, "0") == 0 || unsigned_number(j, id, arg, 1000000, out);
}

/* I/N */
static bool
shard(struct job *j, const char *arg)
{
	const char *slash = strchr(arg, '/');
	char first[16];

	if (slash == NULL || (size_t)(slash - arg) >= sizeof(first))
		return fail(j, "--shard: '%s' is not I/N, such as 1/4", arg);
	(void)snprintf(first, sizeof(first), "%.*s", (int)(slash - arg), arg);
	if (!unsigned_number(j, OPT_SHARD, first, 1000000, &j->o->shard) ||
	    !unsigned_number(j, OPT_SHARD, slash + 1, 1000000, &j->o->shards))
		return false;
	return j->o->shard <= j->o->shards || fail(j, "--shard: there is no shard %s", arg);
}

/* "9090", "192.0.2.1:9090", "[::1]:9090"; on the loopback when nothing else is said. */
static bool
metrics(struct job *j, const char *arg)
{
	const char *colon = strrchr(arg, ':'), *port = colon != NULL ? colon + 1 : arg;
	struct address *a = &j->o->metrics;
	char text[80], why[128];
	unsigned number = 0;

	if (strcmp(port, "0") != 0 && !unsigned_number(j, OPT_METRICS, port, UINT16_MAX, &number))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s:1", colon != NULL ? (int)(colon - arg) : 9,
	    colon != NULL ? arg : "127.0.0.1");
	if (!target_address(span_str(text), a, why, sizeof(why)) || a->port != 1)
		return fail(j, "--metrics: '%s' is not [ADDR:]PORT", arg);
	a->port = (uint16_t)number;
	return true;
}

static bool
exclude(struct job *j, const char *arg)
{
	if (j->o->n_excludes == EXCLUDES_MAX)
		return fail(j, "--exclude: at most %d files", EXCLUDES_MAX);
	j->o->excludes[j->o->n_excludes++] = arg;
	return true;
}

/* Which of the words is it? */
static bool
word(struct job *j, enum option_id id, const char *arg, const char *const *words, int *out)
{
	char list[128] = "";
	size_t n = 0;

	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(arg, words[i]) == 0) {
			*out = i;
			return true;
		}
		n += (size_t)snprintf(
		    list + n, sizeof(list) - n, "%s%s", i == 0 ? "" : ", ", words[i]);
		CHECK(n < sizeof(list));
	}
	return fail(j, "--%s: '%s' is none of: %s", rows[id].name, arg, list);
}

static bool
when(struct job *j, enum option_id id, const char *arg, enum when *out)
{
	static const char *const words[] = {"auto", "always", "never", NULL};
	static const char *const no_always[] = {"auto", "never", NULL};
	int v;

	if (!word(j, id, arg, id == OPT_PROGRESS ? no_always : words, &v))
		return false;
	*out = v == 0 ? WHEN_AUTO : id == OPT_PROGRESS || v == 2 ? WHEN_NEVER : WHEN_ALWAYS;
	return true;
}

static bool
sandbox(struct job *j, const char *arg)
{
	static const char *const words[] = {[SANDBOX_AUTO] = "auto", [SANDBOX_REQUIRE] = "require",
	    [SANDBOX_OFF] = "off", NULL};
	int v;

	if (!word(j, OPT_SANDBOX, arg, words, &v))
		return false;
	j->o->sandbox = (enum sandbox_mode)v;
	return true;
}

static bool
format(struct job *j, const char *arg)
{
	const char *words[FORMAT__MAX + 1] = {NULL};
	int v;

	for (int i = 0; i < FORMAT__MAX; i++)
		words[i] = report_format_name(i);

	if (!word(j, OPT_FORMAT, arg, words, &v))
		return false;
	j->o->format = (enum format)v;
	j->o->has_format = true;
	return true;
}

/* YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ; in UTC. */
static bool
as_of(struct job *j, const char *arg)
{
	struct tm tm = {0}, again;
	const char *end = strptime(arg, "%Y-%m-%d", &tm);
	bool day_only = end != NULL && *end == '\0';
	time_t t;

	if (!day_only) {
		tm = (struct tm){0};
		end = strptime(arg, "%Y-%m-%dT%H:%M:%SZ", &tm);
	}
	if (end == NULL || *end != '\0' || !isdigit((unsigned char)arg[0]))
		return fail(j, "--as-of: '%s' is not a date such as 2026-11-24", arg);
	again = tm;
	t = timegm(&again);
	if (again.tm_mday != tm.tm_mday || again.tm_mon != tm.tm_mon) /* 30 February */
		return fail(j, "--as-of: there is no day %s", arg);
	j->o->as_of = t;
	j->o->has_as_of = true;
	return true;
}

static bool
mx(struct job *j, const char *arg)
{
	struct options *o = j->o;
	char why[200];

	if (o->n_mx == MAIL_DOMAINS)
		return fail(j, "--mx: at most %d domains", MAIL_DOMAINS);
	if (!target_name(span_str(arg), j->own->mx_names[o->n_mx], why, sizeof(why)))
		return fail(j, "--mx '%s': %s", arg, why);
	j->own->mx[o->n_mx] = j->own->mx_names[o->n_mx];
	o->n_mx++;
	return true;
}

static bool
store(struct job *j, const char *arg)
{
	size_t n = strcspn(arg, "=");

	if (n == 0 || arg[n] == '\0' || arg[n + 1] == '\0')
		return fail(j, "--store: '%s' is not NAME=FILE", arg);
	if (strspn(arg, "abcdefghijklmnopqrstuvwxyz0123456789-") < n)
		return fail(j, "--store: a name consists of a-z, 0-9 and '-': '%.*s'", (int)n, arg);
	if (j->o->n_stores == STORES_MAX)
		return fail(j, "--store: at most %d can be added", STORES_MAX);
	j->own->stores[j->o->n_stores++] =
	    (struct store_option){xasprintf("%.*s", (int)n, arg), arg + n + 1};
	return true;
}

/* "a,b,c" into a NULL-ended list of at most max words; *text owns them. */
static bool
words_of(struct job *j, enum option_id id, const char *arg, char **text, const char **out, size_t max)
{
	size_t n = 0;
	char *p;

	free(*text);
	*text = p = xstrdup(arg);
	for (;;) {
		char *end = p + strcspn(p, ",");
		bool last = *end == '\0';

		if (end == p)
			return fail(j, "--%s: a name is empty in '%s'", rows[id].name, arg);
		if (n == max)
			return fail(j, "--%s: at most %zu names", rows[id].name, max);
		*end = '\0';
		out[n++] = p;
		if (last)
			break;
		p = end + 1;
	}
	out[n] = NULL;
	return true;
}

static bool
only(struct job *j, const char *arg)
{
	j->o->only = j->own->only;
	return words_of(j, OPT_ONLY, arg, &j->own->only_text, j->own->only, ONLY_MAX);
}

static bool
asked(struct job *j, const char *arg)
{
	j->o->asked = j->own->asked;
	return words_of(j, OPT_STORES, arg, &j->own->asked_text, j->own->asked, ASKED_MAX);
}

static bool
compliance(struct job *j, const char *arg)
{
	j->o->compliance = j->own->compliance;
	return words_of(j, OPT_COMPLIANCE, arg, &j->own->compliance_text, j->own->compliance,
	    COMPLIANCE_MAX);
}

/* A host name, or an address without a port. */
static bool
leaf_name(struct job *j, const char *arg)
{
	struct address addr;
	char why[200];

	j->o->name = j->own->name;
	if (target_address(span_str(arg), &addr, why, sizeof(why)) && addr.port == 0 &&
	    strlen(arg) <= TARGET_HOST_MAX && arg[0] != '[') {
		(void)snprintf(j->own->name, sizeof(j->own->name), "%s", arg);
		return true;
	}
	if (!target_name(span_str(arg), j->own->name, why, sizeof(why)))
		return fail(j, "--name: '%s': %s", arg, why);
	return true;
}

static bool
address(struct job *j, enum option_id id, const char *arg, struct address *out)
{
	char why[200];

	if (!target_address(span_str(arg), out, why, sizeof(why)))
		return fail(j, "--%s: '%s': %s", rows[id].name, arg, why);
	return true;
}

static bool
sni(struct job *j, const char *arg)
{
	char why[200];

	if (!target_name(span_str(arg), j->own->sni, why, sizeof(why)))
		return fail(j, "--sni: '%s': %s", arg, why);
	j->o->sni = j->own->sni;
	return true;
}

static bool
starttls(struct job *j, const char *arg)
{
	j->defaults.starttls = target_starttls(arg);
	if (j->defaults.starttls == NULL)
		return fail(j, "--starttls: '%s' is not a protocol that is known", arg);
	return true;
}

/* --- one option ------------------------------------------------------------------------------- */

static bool
take(struct job *j, enum option_id id, const char *arg)
{
	struct options *o = j->o;
	struct address ignored;
	unsigned v;

	switch (id) {
	case OPT_PORT:
		if (!unsigned_number(j, id, arg, 65535, &v))
			return false;
		j->defaults.port = (uint16_t)v;
		return true;
	case OPT_CONNECT:
		o->has_connect = true;
		return address(j, id, arg, &o->connect);
	case OPT_SNI:
		return sni(j, arg);
	case OPT_NO_SNI:
		return o->no_sni = true;
	case OPT_STARTTLS:
		return starttls(j, arg);
	case OPT_MX:
		return mx(j, arg);
	case OPT_IPV4:
		return o->ipv4_only = true;
	case OPT_IPV6:
		return o->ipv6_only = true;
	case OPT_RESOLVER:
		o->resolver = arg;
		return address(j, id, arg, &ignored);
	case OPT_ONLY:
		return only(j, arg);
	case OPT_SAFE:
		return o->safe = true;
	case OPT_OFFLINE:
		return o->offline = true;
	case OPT_DNS_ANCHOR:
		o->dns_anchor = arg;
		return true;
	case OPT_CRL_MAX:
		return unsigned_number(j, id, arg, 32, &o->crl_max_mib);
	case OPT_NO_CACHE:
		return o->no_cache = true;
	case OPT_TIMEOUT:
		o->has_timeout = true;
		return seconds(j, id, arg, &o->timeout_ms);
	case OPT_CONNECT_TIMEOUT:
		return seconds(j, id, arg, &o->connect_timeout_ms);
	case OPT_PARALLEL:
	case OPT_PER_HOST:
		o->has_parallel = true;
		return unsigned_number(j, id, arg, 100, &o->parallel);
	case OPT_MAX_CONNECTIONS:
		o->has_max_connections = true;
		return unsigned_number(j, id, arg, 100000, &o->max_connections);
	case OPT_CHAIN:
		o->action = o->action == ACTION_AUDIT ? ACTION_CHAIN : o->action;
		o->chain = arg;
		return true;
	case OPT_NAME:
		return leaf_name(j, arg);
	case OPT_STORES:
		return asked(j, arg);
	case OPT_FIX_CHAIN:
		o->fix_chain = arg;
		return true;
	case OPT_PROFILE:
		o->profile = arg;
		return true;
	case OPT_LIST:
		o->list = arg;
		return true;
	case OPT_RESUME:
		o->resume = arg;
		return true;
	case OPT_WORKERS:
		return unsigned_number(j, id, arg, 256, &o->workers);
	case OPT_IN_FLIGHT:
		return unsigned_number(j, id, arg, 100000, &o->in_flight);
	case OPT_RATE:
		return rate(j, id, arg, &o->rate);
	case OPT_HOST_RATE:
		return rate(j, id, arg, &o->host_rate);
	case OPT_EXCLUDE:
		return exclude(j, arg);
	case OPT_NO_DEFAULT_EXCLUDE:
		return o->no_default_exclude = true;
	case OPT_SHARD:
		return shard(j, arg);
	case OPT_STATS:
		o->stats = arg;
		return true;
	case OPT_METRICS:
		return metrics(j, arg);
	case OPT_SANDBOX:
		return sandbox(j, arg);
	case OPT_POLICY:
		o->policy = arg;
		return true;
	case OPT_COMPLIANCE:
		return compliance(j, arg);
	case OPT_STORE:
		return store(j, arg);
	case OPT_SYSTEM_STORE:
		return o->system_store = true;
	case OPT_AS_OF:
		return as_of(j, arg);
	case OPT_FAIL_ON:
		return gate_parse(&o->gate, "--fail-on", arg, j->err, j->errlen);
	case OPT_WARN_ON:
		return gate_parse(&o->warn, "--warn-on", arg, j->err, j->errlen);
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
		return format(j, arg);
	case OPT_OUTPUT:
		o->output = strcmp(arg, "-") != 0 ? arg : NULL;
		return true;
	case OPT_COLOR:
		return when(j, id, arg, &o->color);
	case OPT_PROGRESS:
		return when(j, id, arg, &o->progress);
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
		return number(j, id, arg, INT64_MAX, &o->seed);
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
		longs[i - 1] = (struct option){rows[i].name,
		    rows[i].arg != NULL ? required_argument : no_argument, NULL, LONG + i};
		if (rows[i].letter == 0)
			continue;
		shorts[n++] = (char)rows[i].letter;
		if (rows[i].arg != NULL)
			shorts[n++] = ':';
	}
	shorts[n] = '\0';
	longs[OPT__MAX - 1] = (struct option){0};
}

static enum option_id
by_letter(int letter)
{
	for (int i = OPT_NONE + 1; i < OPT__MAX; i++)
		if (rows[i].letter == letter)
			return (enum option_id)i;
	return OPT_NONE;
}

/* What getopt_long(3) did not like; it leaves only '?' or ':', and optopt. */
static bool
complain(struct job *j, int c, const char *text)
{
	if (c == ':')
		return fail(j, "option '%s' needs an argument", text);
	if (optopt >= LONG)
		return fail(j, "option '--%s' takes no argument", rows[optopt - LONG].name);
	if (optopt != 0)
		return fail(j, "there is no option '-%c'", optopt);
	return fail(j, "there is no option '%s', or it is short for several", text);
}

static bool
read_options(struct job *j, int argc, char *const *argv)
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
read_targets(struct job *j, int n, char *const *texts)
{
	struct options *o = j->o;
	char why[200];

	if (o->list != NULL)
		return n == 0 || fail(j, "--list and targets exclude each other");
	o->mx_port = j->defaults.port != 0 ? j->defaults.port : 25;
	if (n == 0 && o->n_mx > 0)
		return true;
	if (n == 0)
		return fail(j, "no target; 'tlsaudit --help' tells more");
	if (n > TARGETS_MAX)
		return fail(j, "at most %d targets", TARGETS_MAX);
	o->targets = j->own->targets = xcalloc((size_t)n, sizeof(*o->targets));
	for (; o->n_targets < (size_t)n; o->n_targets++) {
		const char *text = texts[o->n_targets];

		if (!target_parse(
			span_str(text), &j->defaults, &o->targets[o->n_targets], why, sizeof(why)))
			return fail(j, "target '%s': %s", text, why);
	}
	return true;
}

/* Options of a list, and those that are not for one. */
static bool
check_list(struct job *j)
{
	struct options *o = j->o;

	if (o->list == NULL) {
		if (o->resume != NULL || o->shards != 0 || o->stats != NULL || o->metrics.len > 0)
			return fail(j, "--resume, --shard, --stats and --metrics go with --list");
		return o->n_excludes == 0 || fail(j, "--exclude goes with --list");
	}
	if (o->chain != NULL || o->fix_chain != NULL || o->has_connect || o->sni != NULL)
		return fail(j, "--chain, --fix-chain, --connect and --sni are for one target");
	if (!o->has_format)
		o->format = FORMAT_JSON;
	if (o->resume != NULL && o->output != NULL && strcmp(o->resume, o->output) != 0)
		return fail(j, "--resume appends to its own file: --output cannot be another one");
	if (o->resume != NULL && o->format != FORMAT_JSON)
		return fail(j, "--resume reads and writes --format json; --from makes other formats of that");
	if (o->resume != NULL)
		o->output = o->resume;
	o->defaults = j->defaults;
	return true;
}

/* Options that contradict each other. */
static bool
check_together(struct job *j)
{
	const struct options *o = j->o;

	if (o->sni != NULL && o->no_sni)
		return fail(j, "--sni and --no-sni exclude each other");
	if (o->ipv4_only && o->ipv6_only)
		return fail(j, "-4 and -6 exclude each other");
	if (o->n_mx > 0 && (o->has_connect || o->sni != NULL || o->list != NULL || o->fix_chain != NULL))
		return fail(j, "--mx does not go with --connect, --sni, --list and --fix-chain");
	if (o->has_connect && o->n_targets > 1)
		return fail(j, "--connect is for one target");
	if (o->fix_chain != NULL && o->n_targets > 1)
		return fail(j, "--fix-chain is for one target");
	if (o->name != NULL && o->chain == NULL)
		return fail(j, "--name goes with --chain; a target's name is changed by --sni");
	if (o->asked != NULL && o->chain == NULL && o->fix_chain == NULL)
		return fail(j, "--stores goes with --chain or --fix-chain");
	if (o->compliance != NULL && o->chain != NULL)
		return fail(j, "--compliance is about a server: it does not go with --chain");
	if (o->baseline != NULL && o->chain != NULL)
		return fail(j, "--baseline is about a server: it does not go with --chain");
	if (o->compliance == NULL && gate_asks(&o->gate, GATE_COMPLIANCE))
		return fail(j, "--fail-on compliance needs --compliance");
	return check_list(j);
}

/* A chain from a file has no target. */
static bool
check_chain(struct job *j, int n_targets)
{
	if (n_targets > 0)
		return fail(j, "--chain asks no server: there can be no target beside it");
	return check_together(j);
}

/* Nor have saved reports. */
static bool
check_from(struct job *j, int n_targets)
{
	const struct options *o = j->o;

	if (n_targets > 0)
		return fail(j, "--from asks no server: there can be no target beside it");
	if (o->chain != NULL || o->list != NULL)
		return fail(j, "--from goes neither with --chain nor with --list");
	if (o->fix_chain != NULL)
		return fail(j, "--fix-chain is for one target");
	return check_together(j);
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
	struct own *own = xcalloc(1, sizeof(*own));
	struct job j = {.o = o, .own = own, .err = err, .errlen = errlen};
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
		ok = read_targets(&j, argc - optind, argv + optind) && check_together(&j);
	else if (ok && o->action == ACTION_CHAIN)
		ok = check_chain(&j, argc - optind);
	else if (ok && o->action == ACTION_FROM)
		ok = check_from(&j, argc - optind);
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
	struct own *own = o->own;

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

/* --- help ------------------------------------------------------------------------------------- */

static void
help_line(FILE *to, const struct row *r)
{
	enum { COLUMN = 32 };
	char left[64];
	int n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", r->letter != 0 ? '-' : ' ',
	    r->letter != 0 ? r->letter : ' ', r->letter != 0 ? "," : " ", r->name,
	    r->arg != NULL ? "=" : "", r->arg != NULL ? r->arg : "");

	if (n < COLUMN)
		fprintf(to, "%-*s", COLUMN, left);
	else
		fprintf(to, "%s\n%*s", left, COLUMN, "");
	fprintf(to, "%s", r->help);
	if (r->def[0] != '\0')
		fprintf(to, " [%s]", r->def);
	fputc('\n', to);
}

bool
options_help(FILE *to)
{
	fputs("Usage: tlsaudit [OPTION]... TARGET...\n"
	      "       tlsaudit [OPTION]... --list FILE\n"
	      "       tlsaudit [OPTION]... --chain FILE\n"
	      "Audit TLS servers: what they speak, what they present, how well it is set up.\n"
	      "\n"
	      "TARGET is host, host:port, address, [IPv6]:port or a URL such as https://host/\n"
	      "or smtp://host.\n",
	    to);
#define GROUP(id, title) fputs("\n" title ":\n", to);
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)                        \
	help_line(to, &rows[OPT_##id]);
#include "options.def"
#undef GROUP
#undef OPTION
	fputs("\n"
	      "Exit status: 0 assessed, and nothing of --fail-on holds; 1 some of it holds,\n"
	      "or a store does not trust the chain of --chain;\n"
	      "2 usage; 3 a target could not be assessed; 4 our own trouble; 130 interrupted.\n",
	    to);
	return fflush(to) == 0 && ferror(to) == 0;
}
