/* hello - see hello.h. */
#include "tls/hello.h"

#include "tls/code.h"

enum { REC_HANDSHAKE = 22, MSG_CLIENT_HELLO = 1, SSL2_MSG_CLIENT_HELLO = 1 };

void
hello_init(struct hello *h, const char *sni, uint16_t version)
{
	static const uint16_t only_tls1_3[] = {TLS1_3};

	*h = (struct hello){.version = version};
	if (version <= SSL3)
		return;
	h->sni = sni;
	h->pad_to = 512;
	h->sigalgs = sigalgs_offer();
	h->flags = HELLO_STATUS | HELLO_SCT | HELLO_EMS | HELLO_RENEG;
	if (version >= TLS1_3) {
		h->version = TLS1_2; /* RFC 8446, 4.1.2: legacy_version MUST be 0x0303 */
		h->versions = U16S_OF(only_tls1_3);
		h->groups = groups_for_tls13();
		h->flags |= HELLO_KEY_SHARE | HELLO_PSK_MODES | HELLO_SESSION_ID;
		return;
	}
	h->groups = groups_for_tls12();
	h->flags |= HELLO_POINT_FORMATS | HELLO_TICKET | HELLO_ETM;
	if (version < TLS1_2)
		h->sigalgs = (struct u16s){NULL, 0}; /* RFC 5246, 7.4.1.4.1: TLS 1.2 and up only */
}

static void
put_u16s(struct wr *w, unsigned width, struct u16s l)
{
	struct wr_mark m = wr_open(w, width);

	for (size_t i = 0; i < l.n; i++)
		wr_u16(w, l.v[i]);
	wr_close(w, m);
}

/* An extension that holds one list of code points behind a length of `width` bytes. */
static void
ext_u16s(struct wr *w, unsigned type, unsigned width, struct u16s l)
{
	struct wr_mark m;

	if (l.n == 0)
		return;
	wr_u16(w, type);
	m = wr_open(w, 2);
	put_u16s(w, width, l);
	wr_close(w, m);
}

static void
ext_bytes(struct wr *w, unsigned type, const void *p, size_t n)
{
	struct wr_mark m;

	wr_u16(w, type);
	m = wr_open(w, 2);
	wr_put(w, p, n);
	wr_close(w, m);
}

static void
ext_server_name(struct wr *w, const char *name)
{
	struct wr_mark ext, list, host;

	wr_u16(w, EXT_SERVER_NAME);
	ext = wr_open(w, 2);
	list = wr_open(w, 2);
	wr_u8(w, 0); /* RFC 6066, 3: host_name */
	host = wr_open(w, 2);
	wr_span(w, span_str(name));
	wr_close(w, host);
	wr_close(w, list);
	wr_close(w, ext);
}

static void
ext_alpn(struct wr *w, const char *const *protocols)
{
	struct wr_mark ext, list;

	wr_u16(w, EXT_ALPN);
	ext = wr_open(w, 2);
	list = wr_open(w, 2);
	for (; *protocols != NULL; protocols++) {
		struct wr_mark m = wr_open(w, 1);

		wr_span(w, span_str(*protocols));
		wr_close(w, m);
	}
	wr_close(w, list);
	wr_close(w, ext);
}

static void
ext_key_share(struct wr *w, const struct key_share *keys, size_t n)
{
	struct wr_mark ext, list;

	wr_u16(w, EXT_KEY_SHARE);
	ext = wr_open(w, 2);
	list = wr_open(w, 2);
	for (size_t i = 0; i < n; i++) {
		struct wr_mark m;

		wr_u16(w, keys[i].group);
		m = wr_open(w, 2);
		wr_span(w, keys[i].key);
		wr_close(w, m);
	}
	wr_close(w, list);
	wr_close(w, ext);
}

static void
ext_renegotiation(struct wr *w, struct span verify_data)
{
	struct wr_mark ext, m;

	wr_u16(w, EXT_RENEGOTIATION_INFO);
	ext = wr_open(w, 2);
	m = wr_open(w, 1);
	wr_span(w, verify_data);
	wr_close(w, m);
	wr_close(w, ext);
}

/* Extensions whose body is always the same, and two that are mostly empty. */
static void
put_flags(struct wr *w, const struct hello *h)
{
	static const struct {
		unsigned flag;
		uint16_t type;
		uint8_t n, body[5];
	} table[] = {
	    {HELLO_STATUS, EXT_STATUS_REQUEST, 5, {1, 0, 0, 0, 0}},
	    {HELLO_SCT, EXT_SCT, 0, {0}},
	    {HELLO_EMS, EXT_EXTENDED_MASTER_SECRET, 0, {0}},
	    {HELLO_ETM, EXT_ENCRYPT_THEN_MAC, 0, {0}},
	    {HELLO_TICKET, EXT_SESSION_TICKET, 0, {0}},
	    {HELLO_RENEG, EXT_RENEGOTIATION_INFO, 1, {0}},
	    {HELLO_EARLY_DATA, EXT_EARLY_DATA, 0, {0}},
	    {HELLO_HEARTBEAT, EXT_HEARTBEAT, 1, {1}},
	    {HELLO_POINT_FORMATS, EXT_EC_POINT_FORMATS, 2, {1, 0}},
	    {HELLO_PSK_MODES, EXT_PSK_KEY_EXCHANGE_MODES, 2, {1, 1}},
	    {HELLO_MAX_FRAGMENT, EXT_MAX_FRAGMENT_LENGTH, 1, {4}},
	    {HELLO_RECORD_LIMIT, EXT_RECORD_SIZE_LIMIT, 2, {0x40, 0x00}},
	    {HELLO_NPN, EXT_NPN, 0, {0}},
	};

	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if ((h->flags & table[i].flag) == 0)
			continue;
		else if (table[i].flag == HELLO_TICKET)
			ext_bytes(w, EXT_SESSION_TICKET, h->ticket.p, h->ticket.n);
		else if (table[i].flag == HELLO_RENEG)
			ext_renegotiation(w, h->verify_data);
		else
			ext_bytes(w, table[i].type, table[i].body, table[i].n);
}

/* RFC 8446, 4.2.11: one identity, and the place of its binder at the very end. */
static void
ext_psk(struct wr *w, const struct hello *h)
{
	static const uint8_t zeros[255];
	struct wr_mark ext, list, m;

	if (h->psk.n == 0)
		return;
	wr_u16(w, EXT_PRE_SHARED_KEY);
	ext = wr_open(w, 2);
	list = wr_open(w, 2);
	m = wr_open(w, 2);
	wr_span(w, h->psk);
	wr_close(w, m);
	wr_u32(w, h->psk_age);
	wr_close(w, list);
	list = wr_open(w, 2);
	m = wr_open(w, 1);
	wr_put(w, zeros, h->psk_binder);
	wr_close(w, m);
	wr_close(w, list);
	wr_close(w, ext);
}

/* RFC 7685: some servers hang on a ClientHello of 256 to 511 bytes. */
static void
put_padding(struct wr *w, size_t start, size_t pad_to)
{
	static const uint8_t zeros[512];
	size_t n = w->len - start;

	if (n < 256 || n >= pad_to)
		return;
	n = pad_to - n;
	n = n > 4 ? n - 4 : 0;
	ext_bytes(w, EXT_PADDING, zeros, n < sizeof(zeros) ? n : sizeof(zeros));
}

static void
put_extensions(struct wr *w, const struct hello *h, const struct key_share *keys, size_t n_keys,
    size_t start)
{
	struct wr_mark m = wr_open(w, 2);
	size_t before = w->len;

	if (h->sni != NULL)
		ext_server_name(w, h->sni);
	put_flags(w, h);
	ext_u16s(w, EXT_SUPPORTED_GROUPS, 2, h->groups);
	ext_u16s(w, EXT_SIGNATURE_ALGORITHMS, 2, h->sigalgs);
	ext_u16s(w, EXT_SIGNATURE_ALGORITHMS_CERT, 2, h->sigalgs_cert);
	ext_u16s(w, EXT_SUPPORTED_VERSIONS, 1, h->versions);
	if (h->alpn != NULL)
		ext_alpn(w, h->alpn);
	if (h->cookie.n > 0) {
		struct wr_mark c;

		wr_u16(w, EXT_COOKIE);
		c = wr_open(w, 2);
		wr_u16(w, (unsigned)h->cookie.n);
		wr_span(w, h->cookie);
		wr_close(w, c);
	}
	if ((h->flags & HELLO_KEY_SHARE) != 0)
		ext_key_share(w, keys, n_keys);
	wr_span(w, h->more_exts);
	put_padding(w, start, h->pad_to);
	ext_psk(w, h); /* RFC 8446, 4.2.11: MUST be the last extension */
	if (w->len == before && !w->bad)
		w->len = m.at; /* no extension: no extension block, as SSLv3 wants it */
	else
		wr_close(w, m);
}

static void
put_random(struct wr *w, struct rng *rng, size_t n)
{
	uint8_t bytes[32];

	rng_bytes(rng, bytes, n);
	wr_put(w, bytes, n);
}

/* Hickman, The SSL Protocol (1995), 1.2 and 2.5: 2-byte header, then CLIENT-HELLO. */
static void
write_ssl2(const struct hello *h, struct rng *rng, struct wr *w)
{
	size_t start = w->len;

	wr_u16(w, 0);
	wr_u8(w, SSL2_MSG_CLIENT_HELLO);
	wr_u16(w, SSL2);
	wr_u16(w, (unsigned)(3 * h->suites2.n));
	wr_u16(w, 0);  /* session id */
	wr_u16(w, 16); /* challenge */
	for (size_t i = 0; i < h->suites2.n; i++)
		wr_u24(w, h->suites2.v[i]);
	put_random(w, rng, 16);
	wr_poke16(w, start, (unsigned)(0x8000 | (w->len - start - 2)));
}

/* RFC 5246, 6.2.1: "a single message may be fragmented across several records".  The one record
 * that begins at `at` becomes several, from the last to the first. */
static void
cut_record(struct wr *w, size_t at, size_t piece)
{
	enum { HEADER = 5 };
	size_t n = w->len - at - HEADER, more = n > 0 ? (n - 1) / piece : 0;
	uint8_t *p = w->p + at;

	if (w->bad || more * HEADER > w->cap - w->len) {
		w->bad = true;
		return;
	}
	for (size_t i = more + 1; i-- > 0;) {
		size_t len = i == more ? n - more * piece : piece;
		uint8_t *to = p + i * (HEADER + piece);

		memmove(to + HEADER, p + HEADER + i * piece, len);
		memmove(to, p, 3);
		to[3] = (uint8_t)(len >> 8);
		to[4] = (uint8_t)len;
	}
	w->len += more * HEADER;
}

void
hello_write(const struct hello *h, const struct key_share *keys, size_t n_keys, struct rng *rng,
    struct wr *w)
{
	static const uint8_t null_only[] = {1, 0}, deflate_and_null[] = {2, 1, 0};
	struct wr_mark record, message, m;
	size_t start;

	if (h->version == SSL2) {
		write_ssl2(h, rng, w);
		return;
	}
	wr_u8(w, REC_HANDSHAKE);
	/* RFC 5246, appendix E.1: the record version of a first hello should be the lowest that the
	 * client supports, {03,00} to {03,03}. */
	wr_u16(w, h->record_version != 0 ? h->record_version : h->version < TLS1_0 ? SSL3 : TLS1_0);
	record = wr_open(w, 2);
	start = w->len;
	wr_u8(w, MSG_CLIENT_HELLO);
	message = wr_open(w, 3);
	wr_u16(w, h->version);
	put_random(w, rng, 32);
	m = wr_open(w, 1);
	if (h->session_id.n > 0)
		wr_span(w, h->session_id);
	else if ((h->flags & HELLO_SESSION_ID) != 0)
		put_random(w, rng, 32);
	wr_close(w, m);
	put_u16s(w, 2, h->suites);
	if ((h->flags & HELLO_DEFLATE) != 0)
		wr_put(w, deflate_and_null, sizeof(deflate_and_null));
	else
		wr_put(w, null_only, sizeof(null_only));
	put_extensions(w, h, keys, n_keys, start);
	wr_close(w, message);
	wr_close(w, record);
	if (h->fragment > 0)
		cut_record(w, start - 5, h->fragment);
	else if (w->len - start > 1 << 14) /* RFC 5246, 6.2.1 */
		w->bad = true;
}
