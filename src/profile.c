/* profile - see profile.h. */
#include "config.h"

#include "profile.h"

#include <errno.h>
#include <stdio.h>

#include "adapt/json.h"
#include "base/check.h"

enum { FILE_MAX = 1 << 16, LIST_TIMEOUT_MS = 60000 };

static const char *const fast[] = {"protocols", "cipher_suites", "groups", "certificates", "features",
    "posture", "trust", NULL};
static const char *const certs[] = {"certificates", "features", "trust", NULL};
/* What --online adds to these: it costs the server nothing. */
static const char *const third_parties[] = {"evidence", "revocation", "lookups", "dns", NULL};

static const struct built_in {
	const char *name;
	enum depth depth;
	const char *const *probes; /* NULL: all */
	unsigned max_connections, cost;
} built_ins[] = {
    {"full", DEPTH_FULL, NULL, 600, 100},
    {"fast", DEPTH_FAST, fast, 40, 12},
    {"certs", DEPTH_CERTS, certs, 10, 2},
};

static const struct probe *
by_name(const char *name)
{
	for (const struct probe *const *p = probe_table; *p != NULL; p++)
		if (strcmp((*p)->name, name) == 0)
			return *p;
	return NULL;
}

/* Appends probes of the table by their names; n: how many there are. */
static size_t
add_probes(struct profile *p, size_t n, const char *const *names)
{
	for (; names != NULL && *names != NULL; names++) {
		CHECK(n < PROFILE_PROBES);
		p->probes[n] = by_name(*names);
		CHECK(p->probes[n++] != NULL);
	}
	p->probes[n] = NULL;
	return n;
}

static void
take_built_in(struct profile *p, const struct built_in *b, bool online)
{
	size_t n = 0;

	p->depth = b->depth;
	p->max_connections = b->max_connections;
	p->cost = b->cost;
	for (const struct probe *const *all = probe_table; b->probes == NULL && *all != NULL; all++) {
		CHECK(n < PROFILE_PROBES);
		p->probes[n++] = *all;
	}
	n = add_probes(p, n, b->probes);
	if (online && b->probes != NULL)
		(void)add_probes(p, n, third_parties);
}

static bool
find_built_in(struct profile *p, const char *name, bool online)
{
	for (size_t i = 0; i < N_ELEMENTS(built_ins); i++)
		if (strcmp(built_ins[i].name, name) == 0) {
			take_built_in(p, &built_ins[i], online);
			return true;
		}
	return false;
}

/* ---- files ---- */

static bool
read_probes(struct profile *p, const struct json *list, char *err, size_t errlen)
{
	size_t n = 0;

	if (list->kind != JSON_LIST || list->n == 0 || list->n > PROFILE_PROBES) {
		(void)snprintf(err, errlen, "\"probes\" is not a list of names");
		return false;
	}
	for (const struct json *j = json_first(list); j != NULL; j = j->next) {
		const char *name = json_str(j);

		p->probes[n] = name != NULL ? by_name(name) : NULL;
		if (p->probes[n++] != NULL)
			continue;
		(void)snprintf(err, errlen, "there is no probe '%.40s'", name != NULL ? name : "?");
		return false;
	}
	p->probes[n] = NULL;
	return true;
}

static bool
read_count(const struct json *j, unsigned max, unsigned unit, unsigned *out, char *err, size_t errlen)
{
	if (j->kind != JSON_INT || j->i < 1 || j->i > (int64_t)max) {
		(void)snprintf(err, errlen, "\"%s\" is not a number from 1 to %u", j->key, max);
		return false;
	}
	*out = (unsigned)j->i * unit;
	return true;
}

static bool
read_member(struct profile *p, const struct json *j, char *err, size_t errlen)
{
	if (strcmp(j->key, "depth") == 0) /* read before the others */
		return true;
	if (strcmp(j->key, "probes") == 0)
		return read_probes(p, j, err, errlen);
	if (strcmp(j->key, "timeout") == 0)
		return read_count(j, 86400, 1000, &p->timeout_ms, err, errlen);
	if (strcmp(j->key, "parallel") == 0)
		return read_count(j, 100, 1, &p->parallel, err, errlen);
	if (strcmp(j->key, "max_connections") == 0)
		return read_count(j, 100000, 1, &p->max_connections, err, errlen);
	(void)snprintf(err, errlen, "there is no member \"%.40s\" in a profile", j->key);
	return false;
}

static bool
read_profile(struct profile *p, struct span text, char *err, size_t errlen)
{
	struct arena *a = arena_new(1 << 20);
	const struct json *j = json_read(a, text, err, errlen), *depth = json_get(j, "depth");
	const char *name = depth == NULL ? "full" : json_str(depth);
	bool good = j != NULL;

	if (good && j->kind != JSON_OBJECT) {
		(void)snprintf(err, errlen, "a profile is an object");
		good = false;
	}
	if (good && (name == NULL || !find_built_in(p, name, false))) {
		(void)snprintf(err, errlen, "\"depth\" is none of: full, fast, certs");
		good = false;
	}
	for (const struct json *m = json_first(j); good && m != NULL; m = m->next)
		good = read_member(p, m, err, errlen);
	arena_free(a);
	return good;
}

static bool
read_file(struct profile *p, const char *path, char *err, size_t errlen)
{
	uint8_t text[FILE_MAX];
	char why[200];
	FILE *f = fopen(path, "re");
	size_t n = f != NULL ? fread(text, 1, sizeof(text), f) : 0;
	bool good = f != NULL && !ferror(f);

	if (!good)
		(void)snprintf(why, sizeof(why), "%s", strerror(errno));
	if (f != NULL)
		(void)fclose(f);
	if (good && n == sizeof(text)) {
		(void)snprintf(why, sizeof(why), "too long for a profile");
		good = false;
	}
	good = good && read_profile(p, (struct span){text, n}, why, sizeof(why));
	if (!good)
		(void)snprintf(err, errlen, "--profile: %s: %s", path, why);
	return good;
}

bool
profile_load(struct profile *p, const struct options *o, char *err, size_t errlen)
{
	bool many = o->list != NULL || o->work;
	const char *name = o->profile != NULL ? o->profile : many ? "fast" : "full";

	*p = (struct profile){0};
	if (!find_built_in(p, name, o->online)) {
		if (strchr(name, '/') == NULL && strstr(name, ".json") == NULL) {
			(void)snprintf(err, errlen,
			    "--profile: '%s' is none of: full, fast, certs, or a file NAME.json", name);
			return false;
		}
		if (!read_file(p, name, err, errlen))
			return false;
	}
	if (o->only != NULL) /* and what they need, which may be any */
		for (size_t i = 0; i == 0 || probe_table[i - 1] != NULL; i++)
			p->probes[i] = probe_table[i];
	if (o->has_timeout || p->timeout_ms == 0)
		p->timeout_ms = !many || o->has_timeout ? o->timeout_ms : LIST_TIMEOUT_MS;
	if (o->has_parallel || p->parallel == 0)
		p->parallel = !many || o->has_parallel ? o->parallel : 2;
	if (o->has_max_connections)
		p->max_connections = o->max_connections;
	return true;
}
