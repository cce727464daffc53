/* options_args - arguments of options: numbers, words, dates, addresses; see options_internal.h. */
#include "config.h"

#include "options_internal.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "base/xalloc.h"

bool
arg_number(struct reading *j, enum option_id id, const char *arg, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = arg;

	for (; isdigit((unsigned char)*p) && v <= max; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == arg || *p != '\0' || v == 0 || v > max)
		return options_fail(j, "--%s: '%s' is not a number from 1 to %llu", option_rows[id].name, arg,
		    (unsigned long long)max);
	*out = v;
	return true;
}

bool
arg_unsigned_number(struct reading *j, enum option_id id, const char *arg, unsigned max, unsigned *out)
{
	uint64_t v;

	if (!arg_number(j, id, arg, max, &v))
		return false;
	*out = (unsigned)v;
	return true;
}

bool
arg_seconds(struct reading *j, enum option_id id, const char *arg, unsigned *out_ms)
{
	unsigned s;

	if (!arg_unsigned_number(j, id, arg, 86400, &s))
		return false;
	*out_ms = s * 1000;
	return true;
}

/* "30s", "10m", "6h", "1d" */
bool
arg_watch(struct reading *j, const char *arg)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	unsigned n = 0;
	const char *p = arg;

	for (; isdigit((unsigned char)*p) && n <= 366 * 86400U; p++)
		n = n * 10 + (unsigned)(*p - '0');
	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (n > 0 && p[0] == units[i].unit && p[1] == '\0' &&
		    n <= 366 * 86400U / units[i].seconds) {
			j->o->watch_s = n * units[i].seconds;
			return true;
		}
	return options_fail(j, "--watch: '%s' is not a time such as 30s, 10m, 6h or 1d", arg);
}

/* The same as a number, but 0 is allowed. */
bool
arg_rate(struct reading *j, enum option_id id, const char *arg, unsigned *out)
{
	*out = 0;
	return strcmp(arg, "0") == 0 || arg_unsigned_number(j, id, arg, 1000000, out);
}

/* I/N */
bool
arg_shard(struct reading *j, const char *arg)
{
	const char *slash = strchr(arg, '/');
	char first[16];

	if (slash == NULL || (size_t)(slash - arg) >= sizeof(first))
		return options_fail(j, "--shard: '%s' is not I/N, such as 1/4", arg);
	(void)snprintf(first, sizeof(first), "%.*s", (int)(slash - arg), arg);
	if (!arg_unsigned_number(j, OPT_SHARD, first, 1000000, &j->o->shard) ||
	    !arg_unsigned_number(j, OPT_SHARD, slash + 1, 1000000, &j->o->shards))
		return false;
	return j->o->shard <= j->o->shards || options_fail(j, "--shard: there is no shard %s", arg);
}

/* "9090", "192.0.2.1:9090", "[::1]:9090"; on the loopback when nothing else is said. */
bool
arg_metrics(struct reading *j, const char *arg)
{
	const char *colon = strrchr(arg, ':'), *port = colon != NULL ? colon + 1 : arg;
	struct address *a = &j->o->metrics;
	char text[80], why[128];
	unsigned number = 0;

	if (strcmp(port, "0") != 0 && !arg_unsigned_number(j, OPT_METRICS, port, UINT16_MAX, &number))
		return false;
	(void)snprintf(text, sizeof(text), "%.*s:1", colon != NULL ? (int)(colon - arg) : 9,
	    colon != NULL ? arg : "127.0.0.1");
	if (!target_address(span_str(text), a, why, sizeof(why)) || a->port != 1)
		return options_fail(j, "--metrics: '%s' is not [ADDR:]PORT", arg);
	a->port = (uint16_t)number;
	return true;
}

bool
arg_exclude(struct reading *j, const char *arg)
{
	if (j->o->n_excludes == EXCLUDES_MAX)
		return options_fail(j, "--exclude: at most %d files", EXCLUDES_MAX);
	j->o->excludes[j->o->n_excludes++] = arg;
	return true;
}

/* Which of the words is it? */
static bool
word(struct reading *j, enum option_id id, const char *arg, const char *const *words, int *out)
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
	return options_fail(j, "--%s: '%s' is none of: %s", option_rows[id].name, arg, list);
}

bool
arg_when(struct reading *j, enum option_id id, const char *arg, enum when *out)
{
	static const char *const words[] = {"auto", "always", "never", NULL};
	static const char *const no_always[] = {"auto", "never", NULL};
	int v;

	if (!word(j, id, arg, id == OPT_PROGRESS ? no_always : words, &v))
		return false;
	*out = v == 0 ? WHEN_AUTO : id == OPT_PROGRESS || v == 2 ? WHEN_NEVER : WHEN_ALWAYS;
	return true;
}

bool
arg_sandbox(struct reading *j, const char *arg)
{
	static const char *const words[] = {[SANDBOX_AUTO] = "auto", [SANDBOX_REQUIRE] = "require",
	    [SANDBOX_OFF] = "off", NULL};
	int v;

	if (!word(j, OPT_SANDBOX, arg, words, &v))
		return false;
	j->o->sandbox = (enum sandbox_mode)v;
	return true;
}

bool
arg_format(struct reading *j, const char *arg)
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
bool
arg_as_of(struct reading *j, const char *arg)
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
		return options_fail(j, "--as-of: '%s' is not a date such as 2026-11-24", arg);
	again = tm;
	t = timegm(&again);
	if (again.tm_mday != tm.tm_mday || again.tm_mon != tm.tm_mon) /* 30 February */
		return options_fail(j, "--as-of: there is no day %s", arg);
	j->o->as_of = t;
	j->o->has_as_of = true;
	return true;
}

bool
arg_mx(struct reading *j, const char *arg)
{
	struct options *o = j->o;
	char why[200];

	if (o->n_mx == MAIL_DOMAINS)
		return options_fail(j, "--mx: at most %d domains", MAIL_DOMAINS);
	if (!target_name(span_str(arg), j->own->mx_names[o->n_mx], why, sizeof(why)))
		return options_fail(j, "--mx '%s': %s", arg, why);
	j->own->mx[o->n_mx] = j->own->mx_names[o->n_mx];
	o->n_mx++;
	return true;
}

bool
arg_store(struct reading *j, const char *arg)
{
	size_t n = strcspn(arg, "=");

	if (n == 0 || arg[n] == '\0' || arg[n + 1] == '\0')
		return options_fail(j, "--store: '%s' is not NAME=FILE", arg);
	if (strspn(arg, "abcdefghijklmnopqrstuvwxyz0123456789-") < n)
		return options_fail(j, "--store: a name consists of a-z, 0-9 and '-': '%.*s'", (int)n, arg);
	if (j->o->n_stores == STORES_MAX)
		return options_fail(j, "--store: at most %d can be added", STORES_MAX);
	j->own->stores[j->o->n_stores++] =
	    (struct store_option){xasprintf("%.*s", (int)n, arg), arg + n + 1};
	return true;
}

/* "a,b,c" into a NULL-ended list of at most max words; *text owns them. */
static bool
words_of(struct reading *j, enum option_id id, const char *arg, char **text, const char **out, size_t max)
{
	size_t n = 0;
	char *p;

	free(*text);
	*text = p = xstrdup(arg);
	for (;;) {
		char *end = p + strcspn(p, ",");
		bool last = *end == '\0';

		if (end == p)
			return options_fail(j, "--%s: a name is empty in '%s'", option_rows[id].name, arg);
		if (n == max)
			return options_fail(j, "--%s: at most %zu names", option_rows[id].name, max);
		*end = '\0';
		out[n++] = p;
		if (last)
			break;
		p = end + 1;
	}
	out[n] = NULL;
	return true;
}

bool
arg_only(struct reading *j, const char *arg)
{
	j->o->only = j->own->only;
	return words_of(j, OPT_ONLY, arg, &j->own->only_text, j->own->only, ONLY_MAX);
}

bool
arg_asked(struct reading *j, const char *arg)
{
	j->o->asked = j->own->asked;
	return words_of(j, OPT_STORES, arg, &j->own->asked_text, j->own->asked, ASKED_MAX);
}

bool
arg_compliance(struct reading *j, const char *arg)
{
	j->o->compliance = j->own->compliance;
	return words_of(j, OPT_COMPLIANCE, arg, &j->own->compliance_text, j->own->compliance,
	    COMPLIANCE_MAX);
}

/* A host name, or an address without a port. */
bool
arg_leaf_name(struct reading *j, const char *arg)
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
		return options_fail(j, "--name: '%s': %s", arg, why);
	return true;
}

bool
arg_address(struct reading *j, enum option_id id, const char *arg, struct address *out)
{
	char why[200];

	if (!target_address(span_str(arg), out, why, sizeof(why)))
		return options_fail(j, "--%s: '%s': %s", option_rows[id].name, arg, why);
	return true;
}

bool
arg_sni(struct reading *j, const char *arg)
{
	char why[200];

	if (!target_name(span_str(arg), j->own->sni, why, sizeof(why)))
		return options_fail(j, "--sni: '%s': %s", arg, why);
	j->o->sni = j->own->sni;
	return true;
}

bool
arg_proxy(struct reading *j, const char *arg)
{
	char why[200];

	return proxy_read(arg, &j->o->proxy, why, sizeof(why)) ||
	    options_fail(j, "--proxy: %s", why);
}

bool
arg_starttls(struct reading *j, const char *arg)
{
	j->defaults.starttls = target_starttls(arg);
	if (j->defaults.starttls == NULL)
		return options_fail(j, "--starttls: '%s' is not a protocol that is known", arg);
	return true;
}
