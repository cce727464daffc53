/*
 * certificate_forms - other forms of a certificate, delegated ones, and NPN: what few servers have.
 *
 * Sends:   a hello of the best version before TLS 1.3 that offers raw public keys beside X.509 (RFC
 *          7250, server_certificate_type) and next_protocol_negotiation; whole TLS 1.3 hellos that
 *          offer compressed certificates (RFC 8879: zlib, brotli, zstd) and raw public keys; where the
 *          leaf that comes then has DelegationUsage, one that offers delegated_credential (RFC 9345).
 * Learns:  server_certificate_type in the answer says RawPublicKey -> yes, none or X.509 -> no;
 *          the protocols that NPN lists in the clear; which compression the Certificate comes in,
 *          one by one until it comes as it is; whether a delegated credential comes with the leaf,
 *          which none can without DelegationUsage (RFC 9345, 4.2).
 * Blind:   TLS 1.3 of servers that speak none of the groups that can be made here; delegated
 *          credentials for another certificate than the one that comes first.
 * Costs:   one connection a version asked, one more for each compression, and one for a leaf with
 *          DelegationUsage.
 */
#include "probe.h"

enum {
	EXT_SERVER_CERT_TYPE = 20, /* IANA; RFC 7250 */
	RAW_PUBLIC_KEY = 2,
	X509 = 0,
	N_ALGORITHMS = 3,
	MAX_PROTOCOLS = 32,
	MAX_PROTOCOL = 64
};

static const enum fact_id needs[] = {F_PROTO_TLS1_3, F_SUITES_TLS1_0, F_SUITES_TLS1_1,
    F_SUITES_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_RAW_PUBLIC_KEY, F_NPN, F_CERT_COMPRESSION,
    F_DELEGATED_CREDENTIAL, F_NONE};

static const char *const names[N_ALGORITHMS] = {"zlib", "brotli", "zstd"}; /* 1 to 3 */

struct state {
	bool asked_old, asking_old, over;
	bool may_delegate, asking_delegated;
	enum tri raw, delegated;
	bool old_known, new_known;
	const char *found[N_ALGORITHMS], *npn[MAX_PROTOCOLS];
	size_t n_found, n_npn;
	bool used[N_ALGORITHMS];
	enum why why, old_why, delegated_why;
	const char *note, *old_note, *delegated_text;
};

static void
put_types(struct wr *w)
{
	wr_u16(w, EXT_SERVER_CERT_TYPE);
	wr_u16(w, 3);
	wr_u8(w, 2);
	wr_u8(w, RAW_PUBLIC_KEY);
	wr_u8(w, X509);
}

static bool
ask_old(struct state *s, const struct ctx *c, struct ask *ask)
{
	enum { SIZE = 7 };
	uint16_t version = best_version(c->known, TLS1_2);
	struct wr w;

	s->asked_old = true;
	if (version < TLS1_0 || fact_u16s(c->known, version_row(version)->suites).n == 0)
		return false;
	wr_init(&w, arena_alloc(c->arena, SIZE), SIZE);
	put_types(&w);
	ask_hello(ask, c, version, STOP_SERVER_HELLO);
	ask->hello.suites = fact_u16s(c->known, version_row(version)->suites);
	ask->hello.flags |= HELLO_NPN;
	ask->hello.more_exts = wr_done(&w);
	s->asking_old = true;
	return true;
}

/* Raw public keys at first only: a server that has them has no certificate to compress then. */
static bool
ask_new(const struct state *s, const struct ctx *c, struct ask *ask)
{
	enum { SIZE = 32 };
	struct wr_mark ext, list;
	struct wr w;

	if (s->over || s->n_found == N_ALGORITHMS || !fact_yes(c->known, F_PROTO_TLS1_3))
		return false;
	wr_init(&w, arena_alloc(c->arena, SIZE), SIZE);
	wr_u16(&w, EXT_COMPRESS_CERTIFICATE);
	ext = wr_open(&w, 2);
	list = wr_open(&w, 1);
	for (size_t i = 0; i < N_ALGORITHMS; i++)
		if (!s->used[i])
			wr_u16(&w, (unsigned)i + 1);
	wr_close(&w, list);
	wr_close(&w, ext);
	if (!s->new_known)
		put_types(&w);
	ask_whole_tls13(ask, c);
	ask->hello.more_exts = wr_done(&w);
	return true;
}

static void
ask_delegated(struct state *s, const struct ctx *c, struct ask *ask)
{
	/* RFC 9345, 4.1.1: those of the credential's own key. */
	static const uint8_t ext[] = {0, EXT_DELEGATED_CREDENTIAL, 0, 10, 0, 8, 4, 3, 5, 3, 6, 3, 8, 7};

	s->may_delegate = false;
	s->asking_delegated = true;
	ask_whole_tls13(ask, c);
	ask->hello.more_exts = SPAN_OF(ext);
}

/* Is there a DelegationUsage extension, 1.3.6.1.4.1.44363.44, in the leaf?  Its bytes are enough: what
 * has them elsewhere costs a connection. */
static bool
has_delegation_usage(const struct server_flight *sf)
{
	static const uint8_t oid[] = {6, 9, 0x2b, 6, 1, 4, 1, 0x82, 0xda, 0x4b, 0x2c};
	struct span leaf = sf->n_certs > 0 ? sf->certs[0] : (struct span){NULL, 0};

	for (size_t i = 0; i + sizeof(oid) <= leaf.n; i++)
		if (memcmp(leaf.p + i, oid, sizeof(oid)) == 0)
			return true;
	return false;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (!s->asked_old && ask_old(s, c, ask))
		return STEP_ASK;
	if (s->may_delegate)
		ask_delegated(s, c, ask);
	else if (!ask_new(s, c, ask))
		return STEP_DONE;
	return STEP_ASK;
}

/* RFC 7250, 4.2: the server's answer is the one type that it will send. */
static bool
sends_raw(const struct server_flight *sf)
{
	struct span body;

	return flight_ext(sf, EXT_SERVER_CERT_TYPE, &body) && body.n == 1 && body.p[0] == RAW_PUBLIC_KEY;
}

static void
read_npn(struct state *s, struct arena *a, const struct server_flight *sf)
{
	struct span body;
	struct rd r, name;

	if (!flight_ext(sf, EXT_NPN, &body))
		return;
	r = rd_of(body);
	while (!rd_end(&r) && s->n_npn < MAX_PROTOCOLS && rd_vec8(&r, &name))
		s->npn[s->n_npn++] = text_clean(a, rd_rest(&name), MAX_PROTOCOL);
}

static void
learn_old(struct state *s, const struct ctx *c, const struct reply *r)
{
	s->asking_old = false;
	if (!r->flight->hello || r->flight->version >= TLS1_3) {
		s->old_why = reply_why(r);
		s->old_note = reply_text(r, c->arena);
		return;
	}
	s->old_known = true;
	if (sends_raw(r->flight))
		s->raw = TRI_YES;
	read_npn(s, c->arena, r->flight);
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	unsigned i = sf->cert_compression;

	if (s->asking_old) {
		learn_old(s, c, r);
		return;
	}
	if (s->asking_delegated) {
		s->delegated = !sf->certificate ? TRI_UNKNOWN : sf->delegated ? TRI_YES : TRI_NO;
		s->delegated_why = r->kind == REPLY_FLIGHT ? WHY_UNSTABLE : reply_why(r);
		s->delegated_text = reply_text(r, c->arena);
		s->asking_delegated = false;
		return;
	}
	if (!sf->encrypted_exts || (!sf->certificate && i == 0)) {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
		s->over = true;
		return;
	}
	s->new_known = true;
	if (sends_raw(sf))
		s->raw = TRI_YES;
	if (i == 0 || i > N_ALGORITHMS || s->used[i - 1]) {
		s->over = true;
		s->may_delegate = i == 0 && has_delegation_usage(sf);
		s->delegated = s->may_delegate || sends_raw(sf) ? TRI_UNKNOWN : TRI_NO;
		return;
	}
	s->used[i - 1] = true;
	s->found[s->n_found++] = names[i - 1];
}

static void
conclude_delegated(const struct state *s, const struct ctx *c, struct facts *out)
{
	if (s->delegated != TRI_UNKNOWN)
		fact_put_tri(out, F_DELEGATED_CREDENTIAL, s->delegated);
	else if (s->delegated_text != NULL)
		fact_put_unknown(out, F_DELEGATED_CREDENTIAL, s->delegated_why, s->delegated_text);
	else if (fact_tri(c->known, F_PROTO_TLS1_3) == TRI_NO)
		fact_put_unknown(out, F_DELEGATED_CREDENTIAL, WHY_NOT_APPLICABLE, "only TLS 1.3 has it");
	else if (s->why != WHY_NONE)
		fact_put_unknown(out, F_DELEGATED_CREDENTIAL, s->why, s->note);
	else if (s->new_known)
		fact_put_unknown(out, F_DELEGATED_CREDENTIAL, WHY_NOT_APPLICABLE, "no certificate came as it is");
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	conclude_delegated(s, c, out);
	if (s->raw == TRI_YES || ((s->old_known || s->new_known) && s->why == WHY_NONE && s->old_why == WHY_NONE))
		fact_put_tri(out, F_RAW_PUBLIC_KEY, s->raw == TRI_YES ? TRI_YES : TRI_NO);
	else if (s->why != WHY_NONE || s->old_why != WHY_NONE)
		fact_put_unknown(out, F_RAW_PUBLIC_KEY, s->why != WHY_NONE ? s->why : s->old_why,
		    s->why != WHY_NONE ? s->note : s->old_note);
	if (s->old_known)
		fact_put_strs(out, F_NPN, s->npn, s->n_npn);
	else if (s->old_why != WHY_NONE)
		fact_put_unknown(out, F_NPN, s->old_why, s->old_note);
	else if (s->asked_old)
		fact_put_unknown(out, F_NPN, WHY_NOT_APPLICABLE, "TLS 1.3 has none");
	if (s->new_known && s->why == WHY_NONE)
		fact_put_strs(out, F_CERT_COMPRESSION, s->found, s->n_found);
	else if (s->why != WHY_NONE)
		fact_put_unknown(out, F_CERT_COMPRESSION, s->why, s->note);
	else if (fact_tri(c->known, F_PROTO_TLS1_3) == TRI_NO)
		fact_put_unknown(out, F_CERT_COMPRESSION, WHY_NOT_APPLICABLE, "only TLS 1.3 has it");
}

const struct probe probe_certificate_forms = {
    .name = "certificate_forms",
    .summary = "compressed and delegated certificates, raw public keys, and NPN",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = 3 + N_ALGORITHMS,
};
