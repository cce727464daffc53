/*
 * fingerprints - JARM of the server, and JA3S of each ServerHello.
 *
 * Reads:  what the probe jarm has gathered; version, suite and extensions of the rows of K_FLIGHT.
 * Learns: JARM 1.0 (Salesforce, 2020): of each of ten answers the suite's place in a list and a
 *         letter for the version, then half the SHA-256 of protocols and extension types.  JA3S
 *         (Salesforce, 2017): the MD5 of "version,suite,extension-extension".
 * Blind:  both tell likeness, no more; JA3S depends on the hello that was answered.
 * Costs:  no connection.
 */
#include "adapt/openssl_crypto.h"
#include "probe.h"

enum { N_ANSWERS = 10, HALF_SHA256 = 16, MD5 = 16 };

static const enum fact_id needs[] = {F_JARM_RAW, F_FLIGHTS_READ, F_NONE};
static const enum fact_id gives[] = {F_JARM, F_NONE};

/* JARM numbers the suites that it offers from 1, in this order. */
static const uint16_t places[] = {0x0004, 0x0005, 0x0007, 0x000a, 0x0016, 0x002f, 0x0033, 0x0035,
    0x0039, 0x003c, 0x003d, 0x0041, 0x0045, 0x0067, 0x006b, 0x0084, 0x0088, 0x009a, 0x009c, 0x009d,
    0x009e, 0x009f, 0x00ba, 0x00be, 0x00c0, 0x00c4, 0xc007, 0xc008, 0xc009, 0xc00a, 0xc011, 0xc012,
    0xc013, 0xc014, 0xc023, 0xc024, 0xc027, 0xc028, 0xc02b, 0xc02c, 0xc02f, 0xc030, 0xc060, 0xc061,
    0xc072, 0xc073, 0xc076, 0xc077, 0xc09c, 0xc09d, 0xc09e, 0xc09f, 0xc0a0, 0xc0a1, 0xc0a2, 0xc0a3,
    0xc0ac, 0xc0ad, 0xc0ae, 0xc0af, 0xcc13, 0xcc14, 0xcca8, 0xcca9, 0x1301, 0x1302, 0x1303, 0x1304,
    0x1305};

/* ---- JARM ---- */

/* The text up to the next `end` or the end of all; *p moves behind it. */
static struct span
take(const char **p, char end)
{
	const char *begin = *p;
	size_t n = 0;

	while (begin[n] != '\0' && begin[n] != end)
		n++;
	*p = begin[n] == '\0' ? begin + n : begin + n + 1;
	return (struct span){(const uint8_t *)begin, n};
}

static unsigned
hex4(struct span s)
{
	unsigned v = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned d = s.p[i] <= '9' ? s.p[i] - (unsigned)'0' : s.p[i] - (unsigned)'a' + 10;

		v = v << 4 | (d & 15);
	}
	return v;
}

static unsigned
place(uint16_t suite)
{
	unsigned i = 0;

	while (i < N_ELEMENTS(places) && places[i] != suite)
		i++;
	return i + 1;
}

/* Three characters of the fuzzy part: of "c02f|0303|h2|0017-ff01". */
static const char *
fuzzy(struct arena *a, struct span suite, struct span version)
{
	if (suite.n == 0)
		return "000";
	return arena_printf(a, "%02x%c", place((uint16_t)hex4(suite)), "abcdef"[hex4(version) % 6]);
}

static const char *
jarm(struct arena *a, const char *raw)
{
	const char *head = "", *tail = "";
	uint8_t sha[32];
	bool any = false;

	while (*raw != '\0') {
		struct span one = take(&raw, ',');
		const char *p = arena_printf(a, "%.*s", (int)one.n, (const char *)one.p);
		struct span suite = take(&p, '|'), version = take(&p, '|');
		struct span alpn = take(&p, '|'), exts = take(&p, '|');

		head = arena_printf(a, "%s%s", head, fuzzy(a, suite, version));
		tail = arena_printf(a, "%s%.*s%.*s", tail, (int)alpn.n, (const char *)alpn.p, (int)exts.n,
		    (const char *)exts.p);
		any = any || suite.n > 0;
	}
	crypto_sha256(span_str(tail), sha);
	if (!any)
		memset(sha, 0, sizeof(sha));
	return arena_printf(a, "%s%s", head, text_hex(a, (struct span){sha, HALF_SHA256}));
}

static void
put_jarm(const struct ctx *c, struct facts *out)
{
	const char *raw = fact_str(c->known, F_JARM_RAW);

	if (raw == NULL)
		unknown_like(out, F_JARM, c->known, F_JARM_RAW);
	else
		fact_put_str(out, F_JARM, jarm(c->arena, raw));
}

/* ---- JA3S ---- */

/* Is it one that TLS 1.3 answers in the ServerHello itself (RFC 8446, 4.2)? */
static bool
in_server_hello(uint16_t version, uint16_t ext)
{
	return version < TLS1_3 || ext == EXT_KEY_SHARE || ext == EXT_SUPPORTED_VERSIONS ||
	    ext == EXT_PRE_SHARED_KEY || ext == EXT_COOKIE;
}

static void
put_ja3s(struct arena *a, struct facts *row)
{
	uint16_t version = (uint16_t)fact_u32(row, F_FLIGHT_VERSION);
	struct u16s exts = fact_u16s(row, F_FLIGHT_EXTENSIONS), suite = fact_u16s(row, F_FLIGHT_SUITE);
	const char *text, *dash = "";
	uint8_t md5[MD5];

	if (version < SSL3 || suite.n != 1)
		return;
	/* RFC 8446, 4.1.3: legacy_version is that of TLS 1.2. */
	text = arena_printf(a, "%u,%u,", version < TLS1_3 ? version : TLS1_2, suite.v[0]);
	for (size_t i = 0; i < exts.n; i++)
		if (in_server_hello(version, exts.v[i])) {
			text = arena_printf(a, "%s%s%u", text, dash, exts.v[i]);
			dash = "-";
		}
	if (crypto_md5(span_str(text), md5))
		fact_put_str(row, F_FLIGHT_JA3S, text_hex(a, (struct span){md5, MD5}));
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	(void)st;
	put_jarm(c, out);
	for (size_t i = 0; i < fact_rows(out, K_FLIGHT); i++)
		put_ja3s(c->arena, fact_row(out, K_FLIGHT, i));
}

const struct probe probe_fingerprints = {
    .name = "fingerprints",
    .summary = "JARM, and JA3S of each ServerHello",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
