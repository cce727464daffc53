/*
 * features - what the flights that were read anyway show beside suites and certificates.
 *
 * Reads:  the rows of K_FLIGHT, which the probe `certificates` fills.  In TLS 1.0 to 1.2 its hellos
 *         offer status_request, signed_certificate_timestamp, extended_master_secret,
 *         session_ticket, renegotiation_info, heartbeat and max_fragment_length, so an answer
 *         without one of them is a "no".
 * Learns: yes when a flight shows it, no when a flight that was asked does not.
 * Blind:  without such a flight nothing is known: "not applicable" when the server speaks TLS 1.3
 *         alone, where most of these have no place.
 * Costs:  no connection.
 */
#include "adapt/openssl_identity.h"
#include "pki/cert.h"
#include "pki/dn.h"
#include "probe.h"

enum { DAY = 24 * 60 * 60, RANDOM_LEN = 32, SENTINEL_LEN = 8, MAX_EXTS = 256 };

static const enum fact_id needs[] = {F_FLIGHTS_READ, F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1,
    F_PROTO_TLS1_2, F_PROTO_TLS1_3, F_PROTO_MAX, F_NONE};
static const enum fact_id gives[] = {F_EXTENSIONS, F_OCSP_STAPLE, F_SCT_TLS, F_EMS, F_TICKET,
    F_SESSION_ID, F_RENEG_INFO, F_HEARTBEAT, F_MAX_FRAGMENT, F_SNI_ACK, F_SNI_DEFAULT_CERT,
    F_CLIENT_AUTH, F_CLIENT_AUTH_CAS, F_CLIENT_AUTH_ISSUER, F_RANDOM_TIME, F_CLOCK_SKEW, F_DOWNGRADE_SENTINEL, F_NONE};

/* ---- which flights count ---- */

typedef bool flight_test(const struct facts *row);

static bool
any_version(const struct facts *row)
{
	return fact_known(row, F_FLIGHT_VERSION);
}

static bool
tls12_or_below(const struct facts *row)
{
	return any_version(row) && fact_u32(row, F_FLIGHT_VERSION) >= SSL3 &&
	       fact_u32(row, F_FLIGHT_VERSION) < TLS1_3;
}

/* SSLv3 hellos carry no extensions, so its flights cannot be without one. */
static bool
with_extensions(const struct facts *row)
{
	return fact_u32(row, F_FLIGHT_VERSION) >= TLS1_0;
}

static bool
old_with_extensions(const struct facts *row)
{
	return tls12_or_below(row) && with_extensions(row);
}

static bool
old_with_all(const struct facts *row)
{
	return old_with_extensions(row) && fact_tri(row, F_FLIGHT_ALL_OFFERED) != TRI_NO;
}

/* An endpoint with a name is asked with it; one without a name never is. */
static bool
as_asked(const struct ctx *c, const struct facts *row)
{
	return c->ep->sni == NULL || fact_yes(row, F_FLIGHT_SNI);
}

/* No flight answers the question: settle the fact with the reason.  `old` questions have no place
 * in TLS 1.3. */
static void
put_unasked(const struct ctx *c, struct facts *out, enum fact_id id, bool old)
{
	static const enum fact_id protos[] = {
	    F_PROTO_SSL3, F_PROTO_TLS1_0, F_PROTO_TLS1_1, F_PROTO_TLS1_2};
	bool only_tls13 = fact_yes(c->known, F_PROTO_TLS1_3);

	for (size_t i = 0; i < N_ELEMENTS(protos); i++)
		if (fact_tri(c->known, protos[i]) != TRI_NO)
			only_tls13 = false;
	if (old && only_tls13)
		fact_put_unknown(out, id, WHY_NOT_APPLICABLE, "the server speaks TLS 1.3 alone");
	else if (!fact_known(c->known, F_FLIGHTS_READ))
		fact_put_unknown(out, id, fact_why(c->known, F_FLIGHTS_READ),
		    fact_note(c->known, F_FLIGHTS_READ));
	else
		fact_put_unknown(out, id, WHY_NOT_ASKED, "no flight that would tell was read");
}

/* ---- one answer out of many flights ---- */

struct tally {
	size_t yes, no;
};

static void
put_tally(const struct ctx *c, struct facts *out, enum fact_id id, struct tally t, bool old)
{
	if (t.yes > 0)
		fact_put_tri(out, id, TRI_YES);
	else if (t.no > 0)
		fact_put_tri(out, id, TRI_NO);
	else
		put_unasked(c, out, id, old);
}

static size_t
n_flights(const struct ctx *c)
{
	return fact_rows(c->known, K_FLIGHT);
}

static const struct facts *
flight(const struct ctx *c, size_t i)
{
	return fact_row(c->known, K_FLIGHT, i);
}

/* An extension: seen in any flight, or missing from one that passes the test. */
static struct tally
tally_ext(const struct ctx *c, uint16_t type, flight_test *asked)
{
	struct tally t = {0};

	for (size_t i = 0; i < n_flights(c); i++) {
		const struct facts *row = flight(c, i);

		if (u16s_has(fact_u16s(row, F_FLIGHT_EXTENSIONS), type))
			t.yes++;
		else if (fact_known(row, F_FLIGHT_EXTENSIONS) && asked(row) && as_asked(c, row))
			t.no++;
	}
	return t;
}

static void
conclude_extensions(const struct ctx *c, struct facts *out)
{
	static const struct {
		enum fact_id id;
		uint16_t type;
		flight_test *asked;
	} rows[] = {
	    {F_EMS, EXT_EXTENDED_MASTER_SECRET, old_with_extensions},
	    {F_RENEG_INFO, EXT_RENEGOTIATION_INFO, old_with_extensions},
	    {F_HEARTBEAT, EXT_HEARTBEAT, old_with_all},
	    {F_MAX_FRAGMENT, EXT_MAX_FRAGMENT_LENGTH, old_with_all},
	};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		put_tally(c, out, rows[i].id, tally_ext(c, rows[i].type, rows[i].asked), true);
}

static void
conclude_union(const struct ctx *c, struct facts *out)
{
	uint16_t all[MAX_EXTS];
	size_t n = 0, read = 0;

	for (size_t i = 0; i < n_flights(c); i++) {
		struct u16s l = fact_u16s(flight(c, i), F_FLIGHT_EXTENSIONS);

		read += fact_known(flight(c, i), F_FLIGHT_EXTENSIONS);
		for (size_t k = 0; k < l.n && n < MAX_EXTS; k++)
			if (!u16s_has((struct u16s){all, n}, l.v[k]))
				all[n++] = l.v[k];
	}
	if (read > 0)
		fact_put_u16s(out, F_EXTENSIONS, (struct u16s){all, n});
	else
		put_unasked(c, out, F_EXTENSIONS, false);
}

/* Bytes that come with a certificate: present in any flight, or empty in one that was asked. */
static void
conclude_bytes(const struct ctx *c, struct facts *out, enum fact_id id, enum fact_id field)
{
	struct tally t = {0};

	for (size_t i = 0; i < n_flights(c); i++) {
		const struct facts *row = flight(c, i);

		if (fact_hex(row, field).n > 0)
			t.yes++;
		else if (fact_known(row, field) && fact_u32(row, F_FLIGHT_N_SENT) > 0 &&
			 with_extensions(row) && as_asked(c, row))
			t.no++;
	}
	put_tally(c, out, id, t, false);
}

/* RFC 5077, 3.2: the server answers the empty extension with one of its own.  RFC 8446, 4.6.1: in
 * TLS 1.3 the ticket itself is the sign, and its absence none, since it may come at any time. */
static void
conclude_ticket(const struct ctx *c, struct facts *out)
{
	struct tally t = tally_ext(c, EXT_SESSION_TICKET, old_with_extensions);

	for (size_t i = 0; i < n_flights(c); i++)
		if (fact_known(flight(c, i), F_FLIGHT_TICKET_LIFETIME))
			t.yes++;
	put_tally(c, out, F_TICKET, t, false);
}

/* In TLS 1.3 the session id is an echo (RFC 8446, 4.1.3). */
static void
conclude_session_id(const struct ctx *c, struct facts *out)
{
	struct tally t = {0};

	for (size_t i = 0; i < n_flights(c); i++) {
		const struct facts *row = flight(c, i);

		if (!tls12_or_below(row) || !fact_known(row, F_FLIGHT_SESSION_ID))
			continue;
		if (fact_u32(row, F_FLIGHT_SESSION_ID) > 0)
			t.yes++;
		else
			t.no++;
	}
	put_tally(c, out, F_SESSION_ID, t, true);
}

static void
conclude_client_auth(const struct ctx *c, struct facts *out)
{
	struct tally t = {0};

	for (size_t i = 0; i < n_flights(c); i++) {
		enum tri v = fact_tri(flight(c, i), F_FLIGHT_CLIENT_AUTH);

		t.yes += v == TRI_YES;
		t.no += v == TRI_NO;
	}
	put_tally(c, out, F_CLIENT_AUTH, t, false);
}

/* The names in the first CertificateRequest that had any. */
static struct rd
asked_names(const struct ctx *c)
{
	struct rd r = {NULL, 0};

	for (size_t i = 0; i < n_flights(c) && r.n == 0; i++)
		r = rd_of(fact_hex(flight(c, i), F_FLIGHT_CA_NAMES));
	return r;
}

/* RFC 5246, 7.4.4: "A list of the distinguished names of acceptable certificate_authorities". */
static void
conclude_client_auth_cas(const struct ctx *c, struct facts *out)
{
	enum { MAX_NAMES = 100, MAX_NAME = 256 };
	const char *names[MAX_NAMES];
	struct rd r = asked_names(c), dn;
	size_t n = 0;

	if (!fact_yes(out, F_CLIENT_AUTH)) {
		unknown_like(out, F_CLIENT_AUTH_CAS, out, F_CLIENT_AUTH);
		return;
	}
	while (n < MAX_NAMES && rd_vec16(&r, &dn))
		names[n++] = text_clean(c->arena, span_str(dn_arena(c->arena, rd_rest(&dn))), MAX_NAME);
	fact_put_strs(out, F_CLIENT_AUTH_CAS, names, n);
	if (r.n > 0)
		fact_set_note(out, F_CLIENT_AUTH_CAS, "there are more");
}

/* RFC 8446, 4.2.4, and 4.4.2.3: one certificate of the chain "SHOULD be issued by one of the listed
 * CAs". */
static bool
issued_by(const struct crypto_identity *id, struct span name)
{
	const struct span *certs;
	size_t n = crypto_identity_chain(id, &certs);
	struct cert parsed;

	for (size_t i = 0; i < n; i++)
		if (cert_parse(certs[i], &parsed) && dn_eq(parsed.issuer, name))
			return true;
	return false;
}

static void
conclude_client_auth_issuer(const struct ctx *c, struct facts *out)
{
	struct rd r = asked_names(c), dn;
	bool named = false;

	if (!fact_yes(out, F_CLIENT_AUTH)) {
		unknown_like(out, F_CLIENT_AUTH_ISSUER, out, F_CLIENT_AUTH);
		return;
	}
	if (c->ep->identity == NULL || r.n == 0) {
		fact_put_unknown(out, F_CLIENT_AUTH_ISSUER, WHY_NOT_APPLICABLE,
		    r.n == 0 ? "it names no CA" : "there is no certificate to show (--cert)");
		return;
	}
	while (!named && rd_vec16(&r, &dn))
		named = issued_by(c->ep->identity, rd_rest(&dn));
	fact_put_tri(out, F_CLIENT_AUTH_ISSUER, named ? TRI_YES : TRI_NO);
}

/* ---- server_name ---- */

static void
conclude_sni_ack(const struct ctx *c, struct facts *out)
{
	if (c->ep->sni == NULL)
		fact_put_unknown(out, F_SNI_ACK, WHY_NOT_APPLICABLE, "no name to send");
	else /* RFC 6066, 3: "the server SHALL include an extension of type "server_name"" */
		put_tally(c, out, F_SNI_ACK, tally_ext(c, EXT_SERVER_NAME, with_extensions), false);
}

static bool
same_leaf(const struct ctx *c, const struct facts *a, const struct facts *b)
{
	struct u16s x = fact_u16s(a, F_FLIGHT_CHAIN), y = fact_u16s(b, F_FLIGHT_CHAIN);
	size_t n = fact_rows(c->known, K_CERT);
	struct span p, q;

	if (x.n == 0 || y.n == 0)
		return false;
	if (x.v[0] == y.v[0])
		return true;
	if (x.v[0] >= n || y.v[0] >= n)
		return false;
	p = fact_hex(fact_row(c->known, K_CERT, x.v[0]), F_CERT_SHA256);
	q = fact_hex(fact_row(c->known, K_CERT, y.v[0]), F_CERT_SHA256);
	return p.n > 0 && span_eq(p, q);
}

/* Every leaf that came without server_name also came with it? */
static void
conclude_sni_default(const struct ctx *c, struct facts *out)
{
	size_t with = 0, without = 0, same = 0;

	if (c->ep->sni == NULL) {
		fact_put_unknown(out, F_SNI_DEFAULT_CERT, WHY_NOT_APPLICABLE, "no name to send");
		return;
	}
	for (size_t i = 0; i < n_flights(c); i++) {
		const struct facts *row = flight(c, i);
		bool found = false;

		if (fact_u16s(row, F_FLIGHT_CHAIN).n == 0)
			continue;
		with += fact_yes(row, F_FLIGHT_SNI);
		if (fact_tri(row, F_FLIGHT_SNI) != TRI_NO)
			continue;
		without++;
		for (size_t k = 0; k < n_flights(c) && !found; k++)
			found =
			    fact_yes(flight(c, k), F_FLIGHT_SNI) && same_leaf(c, row, flight(c, k));
		same += found;
	}
	if (with == 0 || without == 0)
		put_unasked(c, out, F_SNI_DEFAULT_CERT, false);
	else
		fact_put_tri(out, F_SNI_DEFAULT_CERT, same == without ? TRI_YES : TRI_NO);
}

/* ---- the server's random ---- */

/* Seconds between the time in the random's first four bytes and ours (RFC 5246, 7.4.1.2:
 * gmt_unix_time).  Both are taken modulo 2^32, as the field is. */
static uint32_t
skew(const struct facts *row)
{
	const uint8_t *p = fact_hex(row, F_FLIGHT_RANDOM).p;
	uint32_t theirs = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	uint32_t ours = (uint32_t)fact_time(row, F_FLIGHT_TIME), d = theirs - ours;

	return d > UINT32_MAX / 2 ? 0 - d : d;
}

/* A random number is within a day of now once in 25,000 times: one hit proves nothing, one miss
 * does. */
static void
conclude_time(const struct ctx *c, struct facts *out)
{
	size_t hits = 0, misses = 0;
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < n_flights(c); i++) {
		const struct facts *row = flight(c, i);

		if (!tls12_or_below(row) || fact_hex(row, F_FLIGHT_RANDOM).n != RANDOM_LEN ||
		    !fact_known(row, F_FLIGHT_TIME))
			continue;
		if (skew(row) <= DAY)
			hits++;
		else
			misses++;
		if (skew(row) < least)
			least = skew(row);
	}
	if (misses > 0) {
		fact_put_tri(out, F_RANDOM_TIME, TRI_NO);
		fact_put_unknown(out, F_CLOCK_SKEW, WHY_NOT_APPLICABLE, "the random holds no time");
	} else if (hits >= 2) {
		fact_put_tri(out, F_RANDOM_TIME, TRI_YES);
		fact_put_u32(out, F_CLOCK_SKEW, least);
	} else if (hits == 1) {
		fact_put_unknown(
		    out, F_RANDOM_TIME, WHY_NOT_ASKED, "one flight is not enough to tell");
		fact_put_unknown(
		    out, F_CLOCK_SKEW, WHY_NOT_ASKED, "one flight is not enough to tell");
	} else {
		put_unasked(c, out, F_RANDOM_TIME, true);
		put_unasked(c, out, F_CLOCK_SKEW, true);
	}
}

/* RFC 8446, 4.1.3: "TLS 1.3 servers which negotiate TLS 1.2 or below ... MUST set the last 8 bytes
 * of their Random value": "DOWNGRD" and 0x01 for TLS 1.2, 0x00 for TLS 1.1 and below. */
static bool
marked(const struct facts *row)
{
	struct span r = fact_hex(row, F_FLIGHT_RANDOM);
	uint8_t want[SENTINEL_LEN] = {'D', 'O', 'W', 'N', 'G', 'R', 'D', 0};

	want[SENTINEL_LEN - 1] = fact_u32(row, F_FLIGHT_VERSION) == TLS1_2;
	return memcmp(r.p + RANDOM_LEN - SENTINEL_LEN, want, SENTINEL_LEN) == 0;
}

static void
conclude_sentinel(const struct ctx *c, struct facts *out)
{
	struct tally t = {0};

	if (fact_tri(c->known, F_PROTO_TLS1_3) == TRI_NO) {
		fact_put_unknown(out, F_DOWNGRADE_SENTINEL, WHY_NOT_APPLICABLE,
		    "the server does not speak TLS 1.3");
		return;
	}
	for (size_t i = 0; i < n_flights(c); i++) {
		const struct facts *row = flight(c, i);

		if (!tls12_or_below(row) || fact_hex(row, F_FLIGHT_RANDOM).n != RANDOM_LEN)
			continue;
		if (marked(row))
			t.yes++;
		else
			t.no++;
	}
	if (t.no > 0 && !fact_yes(c->known, F_PROTO_TLS1_3)) {
		fact_put_unknown(out, F_DOWNGRADE_SENTINEL, fact_why(c->known, F_PROTO_TLS1_3),
		    fact_note(c->known, F_PROTO_TLS1_3));
		return;
	}
	if (t.yes > 0 && t.no > 0) {
		fact_put_tri(out, F_DOWNGRADE_SENTINEL, TRI_NO);
		fact_set_note(out, F_DOWNGRADE_SENTINEL, "some flights have it, others do not");
		return;
	}
	put_tally(c, out, F_DOWNGRADE_SENTINEL, t, true);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	(void)st;
	conclude_union(c, out);
	conclude_extensions(c, out);
	conclude_bytes(c, out, F_OCSP_STAPLE, F_FLIGHT_STAPLE);
	conclude_bytes(c, out, F_SCT_TLS, F_FLIGHT_SCTS);
	conclude_ticket(c, out);
	conclude_session_id(c, out);
	conclude_client_auth(c, out);
	conclude_client_auth_cas(c, out);
	conclude_client_auth_issuer(c, out);
	conclude_sni_ack(c, out);
	conclude_sni_default(c, out);
	conclude_time(c, out);
	conclude_sentinel(c, out);
}

const struct probe probe_features = {
    .name = "features",
    .summary = "extensions and habits that the flights show: staple, tickets, randoms, ...",
    .needs = needs,
    .gives = gives,
    .conclude = conclude,
};
