/* ct_log_list - see ct_log_list.h. */
#include "pki/ct_log_list.h"

#include <stdio.h>

#include "adapt/json.h"
#include "adapt/openssl_crypto.h"
#include "pki/der.h"
#include "pki/pem.h"

enum { ARENA_CAP = 32 << 20, ID_LEN = 32, TIME_LEN = 20 };

struct ct_log_list {
	struct arena *a;
	struct ct_log *v;
	size_t n;
};

static struct span
base64(struct ct_log_list *l, const char *text)
{
	struct pem_block b = {.body = text != NULL ? span_str(text) : (struct span){NULL, 0}};
	struct span out = {NULL, 0};
	size_t cap = pem_decoded_max(&b);

	if (text == NULL || !pem_decode(&b, arena_alloc(l->a, cap + 1), cap, &out))
		return (struct span){NULL, 0};
	return out;
}

/* "2026-01-01T00:00:00Z"; 0: there is none, or it is no time. */
static int64_t
moment(const char *s)
{
	char text[TIME_LEN];
	size_t n = 0;
	int64_t t;
	bool strict;

	for (; s != NULL && *s != '\0' && n < sizeof(text) - 1; s++)
		if (*s != '-' && *s != ':' && *s != 'T')
			text[n++] = *s;
	if (n == 0 || !der_time(DER_GENERALIZED_TIME, (struct span){(const uint8_t *)text, n}, &t,
			  &strict))
		return 0;
	return t;
}

/* "state": { "usable": { "timestamp": "..." } } */
static void
read_state(const struct json *state, struct ct_log *log)
{
	const struct json *one = json_first(state);

	if (one == NULL || one->key == NULL)
		return;
	for (int i = 0; i < CT_LOG_STATE__MAX; i++)
		if (strcmp(ct_log_state_name((enum ct_log_state)i), one->key) == 0)
			log->state = (enum ct_log_state)i;
	log->since = moment(json_str(json_get(one, "timestamp")));
}

static const char *
text_of(struct ct_log_list *l, const struct json *j, const char *key)
{
	const char *s = json_str(json_get(j, key));

	return s != NULL ? arena_str(l->a, s) : "";
}

/* False: its id is not that of its key, so no timestamp of it could be told from another's. */
static bool
read_log(struct ct_log_list *l, const struct json *j, const char *who, enum ct_log_kind kind)
{
	struct span id = base64(l, json_str(json_get(j, "log_id")));
	const struct json *when = json_get(j, "temporal_interval");
	struct ct_log log = {.kind = kind, .operated_by = who};
	uint8_t hash[ID_LEN];

	log.key = base64(l, json_str(json_get(j, "key")));
	crypto_sha256(log.key, hash);
	if (id.n != ID_LEN || log.key.n == 0 || !span_eq(id, SPAN_OF(hash)))
		return false;
	log.id = (const char *)id.p;
	log.description = text_of(l, j, "description");
	log.url = text_of(l, j, kind == CT_LOG_STATIC ? "monitoring_url" : "url");
	log.start = moment(json_str(json_get(when, "start_inclusive")));
	log.end = moment(json_str(json_get(when, "end_exclusive")));
	read_state(json_get(j, "state"), &log);
	l->v[l->n++] = log;
	return true;
}

static bool
read_operator(struct ct_log_list *l, const struct json *j)
{
	static const struct {
		const char *key;
		enum ct_log_kind kind;
	} lists[] = {{"logs", CT_LOG_RFC6962}, {"tiled_logs", CT_LOG_STATIC}};
	const char *who = text_of(l, j, "name");

	for (size_t i = 0; i < N_ELEMENTS(lists); i++)
		for (const struct json *one = json_first(json_get(j, lists[i].key)); one != NULL;
		     one = one->next)
			if (l->n == CT_LOG_LIST_LOGS || !read_log(l, one, who, lists[i].kind))
				return false;
	return true;
}

struct ct_log_list *
ct_log_list_read(struct span text, char *err, size_t errlen)
{
	struct arena *a = arena_new(ARENA_CAP);
	struct ct_log_list *l = arena_alloc(a, sizeof(*l));
	const struct json *j = json_read(a, text, err, errlen), *operators = json_get(j, "operators");

	l->a = a;
	l->v = arena_alloc(a, CT_LOG_LIST_LOGS * sizeof(*l->v));
	if (j == NULL) {
		arena_free(a);
		return NULL;
	}
	for (const struct json *one = json_first(operators); one != NULL; one = one->next)
		if (!read_operator(l, one)) {
			(void)snprintf(err, errlen, "log %zu has no key, or an id of another key", l->n + 1);
			arena_free(a);
			return NULL;
		}
	if (l->n > 0)
		return l;
	(void)snprintf(err, errlen, "no log in it: not a list of logs (log_list.json, version 3)");
	arena_free(a);
	return NULL;
}

void
ct_log_list_free(struct ct_log_list *l)
{
	if (l != NULL)
		arena_free(l->a);
}

const struct ct_log *
ct_log_list_find(const struct ct_log_list *l, const uint8_t id[32])
{
	if (l == NULL)
		return ct_log_find(id);
	for (size_t i = 0; i < l->n; i++)
		if (memcmp(l->v[i].id, id, ID_LEN) == 0)
			return &l->v[i];
	return NULL;
}

size_t
ct_log_list_count(const struct ct_log_list *l)
{
	return l->n;
}
