/* model_read - a reader of ClientHellos, of its own: see model_server.h. */
#include "model_internal.h"

static bool
read_u16s(struct rd list, uint16_t *v, size_t max, size_t *n)
{
	*n = 0;
	while (!rd_end(&list)) {
		uint16_t x;

		if (!rd_u16(&list, &x))
			return false;
		if (*n < max)
			v[(*n)++] = x;
	}
	return true;
}

static bool
read_shares(struct model_hello *h, struct rd body)
{
	struct rd list, key;

	if (!rd_vec16(&body, &list) || !rd_end(&body))
		return false;
	while (!rd_end(&list)) {
		struct model_shares s;

		if (!rd_u16(&list, &s.group) || !rd_vec16(&list, &key))
			return false;
		s.key = rd_rest(&key);
		if (h->n_shares < N_ELEMENTS(h->shares))
			h->shares[h->n_shares++] = s;
	}
	return true;
}

static bool
read_alpn(struct model_hello *h, struct rd body)
{
	struct rd list, name;

	if (!rd_vec16(&body, &list) || !rd_end(&body))
		return false;
	while (!rd_end(&list)) {
		if (!rd_vec8(&list, &name) || name.n == 0)
			return false;
		if (h->n_alpn < N_ELEMENTS(h->alpn))
			h->alpn[h->n_alpn++] = rd_rest(&name);
	}
	return true;
}

static bool
read_compressions(struct model_hello *h, struct rd body)
{
	struct rd list;

	if (!rd_vec8(&body, &list) || !rd_end(&body) || rd_end(&list))
		return false;
	while (!rd_end(&list)) {
		uint16_t x;

		if (!rd_u16(&list, &x))
			return false;
		h->cert_compressions |= x < 32 ? 1u << x : 0;
	}
	return true;
}

static bool
read_ext(struct model_hello *h, uint16_t type, struct rd body)
{
	struct rd list;

	switch (type) {
	case EXT_SUPPORTED_GROUPS:
		return rd_vec16(&body, &list) && rd_end(&body) &&
		       read_u16s(list, h->groups, MODEL_HELLO_LIST, &h->n_groups);
	case EXT_SIGNATURE_ALGORITHMS:
		return rd_vec16(&body, &list) && rd_end(&body) &&
		       read_u16s(list, h->sigalgs, MODEL_HELLO_LIST, &h->n_sigalgs);
	case EXT_SUPPORTED_VERSIONS:
		return rd_vec8(&body, &list) && rd_end(&body) &&
		       read_u16s(list, h->versions, N_ELEMENTS(h->versions), &h->n_versions);
	case EXT_KEY_SHARE:
		return read_shares(h, body);
	case EXT_ALPN:
		return read_alpn(h, body);
	case EXT_COMPRESS_CERTIFICATE:
		return read_compressions(h, body);
	default:
		return true;
	}
}

static bool
read_exts(struct model_hello *h, struct rd list)
{
	while (!rd_end(&list)) {
		struct rd body;
		uint16_t type;

		if (!rd_u16(&list, &type) || !rd_vec16(&list, &body) || model_hello_has(h, type))
			return false; /* RFC 8446, 4.2: no more than one of each type */
		if (h->n_exts < MODEL_HELLO_EXTS)
			h->exts[h->n_exts++] = type;
		if (!read_ext(h, type, body))
			return false;
	}
	return true;
}

bool
model_read_hello(struct model_hello *h, struct span message)
{
	struct rd r = rd_of(message), body, list;
	struct span random;
	uint8_t type;

	*h = (struct model_hello){.message = message, .bytes = message.n};
	if (!rd_u8(&r, &type) || type != 1 || !rd_vec24(&r, &body) || !rd_end(&r))
		return false;
	if (!rd_u16(&body, &h->version) || !rd_bytes(&body, 32, &random) ||
	    !rd_vec8(&body, &list) || list.n > 32)
		return false;
	h->session_id = rd_rest(&list);
	if (!rd_vec16(&body, &list) || list.n < 2 ||
	    !read_u16s(list, h->suites, MODEL_HELLO_LIST, &h->n_suites))
		return false;
	if (!rd_vec8(&body, &list) || list.n == 0)
		return false;
	for (size_t i = 0; i < list.n; i++)
		h->deflate = h->deflate || list.p[i] == 1;
	if (rd_end(&body))
		return true;
	return rd_vec16(&body, &list) && rd_end(&body) && read_exts(h, list);
}

bool
model_read_hello2(struct model_hello *h, struct span message)
{
	struct rd r = rd_of(message);
	uint16_t n_specs, n_id, n_challenge;
	struct span specs, rest;
	uint8_t type;

	*h = (struct model_hello){.ssl2 = true, .bytes = message.n, .message = message};
	if (!rd_u8(&r, &type) || type != 1 || !rd_u16(&r, &h->version) || !rd_u16(&r, &n_specs) ||
	    !rd_u16(&r, &n_id) || !rd_u16(&r, &n_challenge) || n_specs % 3 != 0 ||
	    !rd_bytes(&r, n_specs, &specs) || !rd_bytes(&r, n_id, &rest) || n_challenge < 16 ||
	    !rd_bytes(&r, n_challenge, &rest) || !rd_end(&r))
		return false;
	for (struct rd s = rd_of(specs); !rd_end(&s) && h->n_suites2 < N_ELEMENTS(h->suites2);)
		if (!rd_u24(&s, &h->suites2[h->n_suites2++]))
			return false;
	return true;
}

bool
model_hello_has(const struct model_hello *h, uint16_t ext)
{
	return u16s_has((struct u16s){h->exts, h->n_exts}, ext);
}
