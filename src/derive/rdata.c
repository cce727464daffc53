/* rdata - see rdata.h. */
#include "derive/rdata.h"

#include "base/text.h"

enum { NAME_MAX_BYTES = 255, TXT_MAX = 4096 };

bool
rdata_caa(struct span data, struct rdata_caa *out)
{
	struct rd r = rd_of(data), tag;

	if (!rd_u8(&r, &out->flags) || !rd_vec8(&r, &tag) || tag.n == 0)
		return false;
	out->tag = rd_rest(&tag);
	out->value = rd_rest(&r);
	return true;
}

static struct span
trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = (struct span){s.p + 1, s.n - 1};
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

/* What stands before the first c; *rest: what stands behind it. */
static struct span
before(struct span s, char c, struct span *rest)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == (uint8_t)c) {
			*rest = (struct span){s.p + i + 1, s.n - i - 1};
			return (struct span){s.p, i};
		}
	*rest = (struct span){NULL, 0};
	return s;
}

struct span
rdata_caa_issuer(struct span value)
{
	struct span rest;

	return trim(before(value, ';', &rest));
}

bool
rdata_caa_parameter(struct span *rest, struct span *name, struct span *value)
{
	struct span one, more;

	(void)before(*rest, ';', &more);
	if (more.n == 0)
		return false;
	one = before(more, ';', rest);
	*rest = more; /* its ";" comes with the next call */
	*name = trim(before(one, '=', value));
	*value = trim(*value);
	return true;
}

bool
rdata_tlsa(struct span data, struct rdata_tlsa *out)
{
	struct rd r = rd_of(data);

	if (!rd_u8(&r, &out->usage) || !rd_u8(&r, &out->selector) || !rd_u8(&r, &out->matching))
		return false;
	out->data = rd_rest(&r);
	return out->data.n > 0;
}

/* RFC 1035, 3.1: labels, uncompressed here; as text with dots, odd bytes cleaned. */
static bool
read_name(struct rd *r, struct arena *a, const char **out)
{
	char buf[NAME_MAX_BYTES + 1];
	size_t n = 0;
	struct rd label;

	for (;;) {
		if (!rd_vec8(r, &label) || label.n > 63)
			return false;
		if (label.n == 0)
			break;
		if (n + label.n + 1 > sizeof(buf))
			return false;
		if (n > 0)
			buf[n++] = '.';
		memcpy(buf + n, label.p, label.n);
		n += label.n;
	}
	*out = n > 0 ? text_clean(a, (struct span){(const uint8_t *)buf, n}, sizeof(buf)) : ".";
	return true;
}

static bool
read_alpn(struct rd value, struct rdata_https *out)
{
	struct rd one;

	while (rd_vec8(&value, &one)) {
		if (one.n == 0)
			return false;
		if (out->n_alpn < RDATA_ALPNS)
			out->alpn[out->n_alpn++] = rd_rest(&one);
	}
	return rd_end(&value);
}

static bool
read_param(uint16_t key, struct rd value, struct rdata_https *out)
{
	switch (key) { /* RFC 9460, 14.3.2 */
	case 1:
		return value.n > 0 && read_alpn(value, out);
	case 3:
		out->has_port = true;
		return rd_u16(&value, &out->port) && rd_end(&value);
	case 5:
		out->ech = rd_rest(&value);
		return value.n > 0;
	default:
		return true;
	}
}

bool
rdata_https(struct span data, struct arena *a, struct rdata_https *out)
{
	struct rd r = rd_of(data), value;
	int32_t last = -1;
	uint16_t key;

	*out = (struct rdata_https){.target = "."};
	if (!rd_u16(&r, &out->priority) || !read_name(&r, a, &out->target))
		return false;
	/* RFC 9460, 2.2: "SvcParamKeys SHALL appear in increasing numeric order." */
	while (rd_u16(&r, &key)) {
		if (key <= last || !rd_vec16(&r, &value) || !read_param(key, value, out))
			return false;
		last = key;
	}
	return rd_end(&r);
}

bool
rdata_mx(struct span data, struct arena *a, uint16_t *preference, const char **host)
{
	struct rd r = rd_of(data);

	return rd_u16(&r, preference) && read_name(&r, a, host) && rd_end(&r);
}

bool
rdata_srv(struct span data, struct arena *a, uint16_t *port, const char **host)
{
	struct rd r = rd_of(data);
	uint16_t priority, weight;

	return rd_u16(&r, &priority) && rd_u16(&r, &weight) && rd_u16(&r, port) &&
	    read_name(&r, a, host) && rd_end(&r);
}

bool
rdata_txt(struct span data, struct arena *a, const char **text)
{
	struct rd r = rd_of(data), one;
	uint8_t *buf = arena_alloc(a, data.n + 1);
	size_t n = 0;

	while (rd_vec8(&r, &one)) {
		if (one.n > 0)
			memcpy(buf + n, one.p, one.n);
		n += one.n;
	}
	if (!rd_end(&r))
		return false;
	*text = text_clean(a, (struct span){buf, n}, TXT_MAX);
	return true;
}
