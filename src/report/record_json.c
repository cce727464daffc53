/* record_json - see record_json.h. */
#include "report/record_json.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/facts_json.h"

enum { TEXT_MAX_BYTES = 4096 };

static bool
failed(char *err, size_t errlen, const char *what)
{
	(void)snprintf(err, errlen, "%s", what);
	return false;
}

/* The text of a member, clean; NULL: there is none, or it is null. */
static const char *
text_of(struct arena *a, const struct json *j, const char *name)
{
	const char *s = json_str(json_get(j, name));

	return s != NULL ? text_clean(a, span_str(s), TEXT_MAX_BYTES) : NULL;
}

static bool
number_of(const struct json *j, const char *name, int64_t max, int64_t *out)
{
	const struct json *m = json_get(j, name);

	if (m == NULL || m->kind != JSON_INT || m->i < 0 || m->i > max)
		return false;
	*out = m->i;
	return true;
}

static bool
read_target(struct arena *a, const struct json *j, struct record *out)
{
	const struct json *t = json_get(j, "target");
	int64_t port;

	if (!number_of(t, "port", UINT16_MAX, &port))
		return false;
	out->port = (uint16_t)port;
	out->host = text_of(a, t, "host");
	out->address = text_of(a, t, "address");
	out->starttls = text_of(a, t, "starttls");
	out->sni = text_of(a, t, "sni");
	return out->host != NULL;
}

/* Its place in a list of targets; what is not of that form is left out. */
static const struct record_list *
read_list(struct arena *a, const struct json *j)
{
	const struct json *l = json_get(j, "list");
	const char *digest = json_str(json_get(l, "digest"));
	struct record_list *out = arena_alloc(a, sizeof(*out));
	int64_t seq, line, record, records;
	char *end;

	if (!number_of(l, "seq", INT64_MAX, &seq) || !number_of(l, "line", INT64_MAX, &line) ||
	    !number_of(l, "record", UINT32_MAX, &record) ||
	    !number_of(l, "records", UINT32_MAX, &records) || digest == NULL ||
	    strlen(digest) != 16 || strspn(digest, "0123456789abcdef") != 16)
		return NULL;
	out->seq = (uint64_t)seq;
	out->line = (uint64_t)line;
	out->record = (unsigned)record;
	out->records = (unsigned)records;
	out->digest = strtoull(digest, &end, 16);
	return out;
}

static bool
read_head(struct arena *a, const struct json *j, struct record *out, char *err, size_t errlen)
{
	const char *version = text_of(a, j, "schema_version"), *time = text_of(a, j, "time");
	int64_t n;

	if (version == NULL)
		return failed(err, errlen, "not a report: it has no schema_version");
	if (strncmp(version, "1.", 2) != 0) {
		(void)snprintf(err, errlen, "it is of schema version %.20s", version);
		return false;
	}
	if (!read_target(a, j, out))
		return failed(err, errlen, "target: it has no host and port");
	if (out->port == 0)
		return failed(err, errlen, "it is of a chain from a file: see --chain");
	if (time == NULL || !text_read_time(time, &out->time))
		return failed(err, errlen, "time: not a time");
	out->status = text_of(a, j, "status");
	if (out->status == NULL)
		return failed(err, errlen, "it has no status");
	out->status_detail = text_of(a, j, "status_detail");
	out->policy = text_of(a, j, "policy");
	out->list = read_list(a, j);
	out->connections = number_of(j, "connections", UINT32_MAX, &n) ? (unsigned)n : 0;
	out->elapsed_ms = number_of(j, "elapsed_ms", UINT32_MAX, &n) ? (unsigned)n : 0;
	return true;
}

bool
record_from_json(struct arena *a, const struct json *j, bool (*skip)(enum fact_id id),
    struct record *out, struct facts **facts, char *err, size_t errlen)
{
	const struct json *from = json_get(j, "facts");
	struct facts *f;
	char why[256];

	*out = (struct record){0};
	if (facts != NULL)
		*facts = NULL;
	if (!read_head(a, j, out, err, errlen))
		return false;
	if (from == NULL || from->n == 0) /* nothing could be asked */
		return true;
	f = facts_new(a);
	if (!facts_from_json_but(f, from, skip, why, sizeof(why))) {
		(void)snprintf(err, errlen, "facts: %s", why);
		return false;
	}
	out->facts = f;
	if (facts != NULL)
		*facts = f;
	return true;
}

const char *
record_key(struct arena *a, const struct json *j)
{
	const struct json *t = json_get(j, "target");
	const char *starttls = json_str(json_get(t, "starttls")), *host = json_str(json_get(t, "host"));
	int64_t port;

	if (host == NULL || !number_of(t, "port", UINT16_MAX, &port))
		return NULL;
	return arena_printf(
	    a, "%s %" PRId64 " %s", host, port, starttls != NULL ? starttls : "tls");
}
