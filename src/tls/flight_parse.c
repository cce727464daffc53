/* flight_parse - reads handshake messages into struct server_flight; see flight.h. */
#include "base/rd.h"
#include "tls/code.h"
#include "tls/flight_internal.h"
#include "tls/hello.h"

/* RFC 8446, 4.1.3: SHA-256 of "HelloRetryRequest" in the random marks a retry. */
static const uint8_t retry_random[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d,
    0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e,
    0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

static enum flight_state
bad(struct flight *f, const char *why)
{
	f->sf.flaws |= FLAW_BAD_MESSAGE;
	return flight_fail(f, FLIGHT_BAD, why);
}

/* ---- extensions ---- */

static void
add_ext(struct flight *f, uint16_t type, struct span body)
{
	struct server_flight *sf = &f->sf;
	struct span old;

	if (flight_ext(sf, type, &old))
		sf->flaws |= FLAW_DUPLICATE_EXT;
	if (sf->n_exts < FLIGHT_MAX_EXTS)
		sf->exts[sf->n_exts++] = (struct ext){type, body};
}

static bool
read_exts(struct flight *f, struct rd list)
{
	while (!rd_end(&list)) {
		struct rd body;
		uint16_t type;

		if (!rd_u16(&list, &type) || !rd_vec16(&list, &body))
			return false;
		add_ext(f, type, rd_rest(&body));
	}
	return true;
}

static void
read_alpn(struct server_flight *sf)
{
	struct span body;
	struct rd r, list, name;

	if (!flight_ext(sf, EXT_ALPN, &body))
		return;
	r = rd_of(body);
	if (rd_vec16(&r, &list) && rd_vec8(&list, &name) && rd_end(&list))
		sf->alpn = rd_rest(&name);
}

/* key_share of a ServerHello is group and key; of a HelloRetryRequest the group alone. */
static bool
read_key_share(struct server_flight *sf)
{
	struct span body;
	struct rd r, key;

	if (!flight_ext(sf, EXT_KEY_SHARE, &body))
		return true;
	r = rd_of(body);
	if (!rd_u16(&r, &sf->group))
		return false;
	if (sf->retry)
		return rd_end(&r);
	if (!rd_vec16(&r, &key) || !rd_end(&r))
		return false;
	sf->share = rd_rest(&key);
	return true;
}

static bool
read_versions_and_cookie(struct server_flight *sf)
{
	struct span body;
	struct rd r, cookie;

	sf->version = sf->legacy_version;
	if (flight_ext(sf, EXT_SUPPORTED_VERSIONS, &body)) {
		r = rd_of(body);
		if (!rd_u16(&r, &sf->version) || !rd_end(&r))
			return false;
	}
	if (flight_ext(sf, EXT_COOKIE, &body)) {
		r = rd_of(body);
		if (!rd_vec16(&r, &cookie) || !rd_end(&r))
			return false;
		sf->cookie = rd_rest(&cookie);
	}
	return true;
}

/* ---- ServerHello ---- */

static void
note_unoffered(struct flight *f)
{
	struct server_flight *sf = &f->sf;

	if (f->offer.suites.n > 0 && !u16s_has(f->offer.suites, sf->suite))
		sf->flaws |= FLAW_UNOFFERED_SUITE;
	/* Without suites it was no hello of ours: nothing is known of the offer. */
	if (f->offer.suites.n > 0 && sf->version >= TLS1_3 && !u16s_has(f->offer.versions, sf->version))
		sf->flaws |= FLAW_UNOFFERED_VERSION;
	if (sf->group != 0 && f->offer.groups.n > 0 && !u16s_has(f->offer.groups, sf->group))
		sf->flaws |= FLAW_UNOFFERED_GROUP;
}

static enum flight_state
server_hello(struct flight *f, struct rd r, struct span whole)
{
	struct server_flight *sf = &f->sf;
	struct rd id, exts = {NULL, 0};
	bool again = sf->hello;

	if (again && !sf->retry)
		return bad(f, "second ServerHello");
	if (!rd_u16(&r, &sf->legacy_version) || !rd_bytes(&r, 32, &sf->random) || !rd_vec8(&r, &id) ||
	    id.n > 32 || !rd_u16(&r, &sf->suite) || !rd_u8(&r, &sf->compression))
		return bad(f, "malformed ServerHello");
	if (!rd_end(&r) && !rd_vec16(&r, &exts))
		return bad(f, "malformed extensions in ServerHello");
	/* RFC 8446, 6: a message that cannot be parsed, or is too long for what it holds, ends it. */
	if (!rd_end(&r))
		return bad(f, "bytes after the extensions of ServerHello");
	sf->session_id = rd_rest(&id);
	sf->hello_msg = whole;
	sf->n_exts = 0;
	sf->retry = span_eq(sf->random, SPAN_OF(retry_random));
	if (again && sf->retry) /* RFC 8446, 4.1.4: a second retry is an unexpected_message */
		return bad(f, "second HelloRetryRequest");
	if (!read_exts(f, exts) || !read_versions_and_cookie(sf) || !read_key_share(sf))
		return bad(f, "malformed extension in ServerHello");
	if (sf->legacy_version >> 8 != 3)
		return bad(f, "ServerHello of an unknown version");
	if (sf->retry && sf->version < TLS1_3)
		return bad(f, "HelloRetryRequest without TLS 1.3");
	sf->hello = true;
	read_alpn(sf);
	if (flight_ext(sf, EXT_SCT, &sf->cert_scts) && sf->cert_scts.n == 0)
		sf->flaws |= FLAW_BAD_MESSAGE;
	note_unoffered(f);
	return FLIGHT_MORE;
}

/* ---- Certificate and CertificateStatus ---- */

static void
keep_cert(struct server_flight *sf, struct span der)
{
	sf->n_certs_sent++;
	if (sf->n_certs < FLIGHT_MAX_CERTS)
		sf->certs[sf->n_certs++] = der;
}

static struct span
ocsp_of(struct span body)
{
	enum { STATUS_TYPE_OCSP = 1 };
	struct rd r = rd_of(body), response;
	uint8_t type;

	if (!rd_u8(&r, &type) || type != STATUS_TYPE_OCSP || !rd_vec24(&r, &response) || !rd_end(&r))
		return (struct span){NULL, 0};
	return rd_rest(&response);
}

/* RFC 8446, 4.4.2: extensions of one CertificateEntry; only the leaf's are kept. */
static bool
entry_exts(struct server_flight *sf, struct rd exts)
{
	while (!rd_end(&exts)) {
		struct rd body;
		uint16_t type;

		if (!rd_u16(&exts, &type) || !rd_vec16(&exts, &body))
			return false;
		if (sf->n_certs_sent != 1)
			continue;
		if (type == EXT_STATUS_REQUEST)
			sf->ocsp = ocsp_of(rd_rest(&body));
		else if (type == EXT_SCT)
			sf->cert_scts = rd_rest(&body);
		else if (type == EXT_DELEGATED_CREDENTIAL)
			sf->delegated = true;
	}
	return true;
}

static enum flight_state
certificate(struct flight *f, struct rd r)
{
	struct server_flight *sf = &f->sf;
	bool v13 = sf->version >= TLS1_3;
	struct rd context, list, der, exts;

	if (sf->certificate)
		return bad(f, "second Certificate");
	if (v13 && !rd_vec8(&r, &context))
		return bad(f, "malformed Certificate");
	if (!rd_vec24(&r, &list) || !rd_end(&r))
		return bad(f, "malformed Certificate");
	sf->certificate = true;
	while (!rd_end(&list)) {
		if (!rd_vec24(&list, &der))
			return bad(f, "malformed Certificate entry");
		keep_cert(sf, rd_rest(&der));
		if (v13 && (!rd_vec16(&list, &exts) || !entry_exts(sf, exts)))
			return bad(f, "malformed Certificate entry");
	}
	return FLIGHT_MORE;
}

/* ---- ServerKeyExchange ---- */

/* RFC 8422, 5.4; explicit curves are kept as a point without a group. */
static bool
ecdhe_params(struct server_key_exchange *k, struct rd *r)
{
	enum { EXPLICIT_PRIME = 1, EXPLICIT_CHAR2 = 2, NAMED_CURVE = 3 };
	struct rd point;
	uint8_t type;

	k->kind = SKE_ECDHE;
	if (!rd_u8(r, &type))
		return false;
	if (type == EXPLICIT_PRIME || type == EXPLICIT_CHAR2) {
		k->y = rd_rest(r);
		*r = (struct rd){NULL, 0};
		return true;
	}
	if (type != NAMED_CURVE || !rd_u16(r, &k->group) || !rd_vec8(r, &point) || point.n == 0)
		return false;
	k->y = rd_rest(&point);
	return true;
}

static bool
dhe_params(struct server_key_exchange *k, struct rd *r)
{
	struct rd p, g, y;

	k->kind = SKE_DHE;
	if (!rd_vec16(r, &p) || !rd_vec16(r, &g) || !rd_vec16(r, &y))
		return false;
	k->p = rd_rest(&p);
	k->g = rd_rest(&g);
	k->y = rd_rest(&y);
	return true;
}

static bool
rsa_params(struct server_key_exchange *k, struct rd *r)
{
	struct rd n, e;

	k->kind = SKE_RSA;
	if (!rd_vec16(r, &n) || !rd_vec16(r, &e))
		return false;
	k->p = rd_rest(&n);
	k->g = rd_rest(&e);
	return true;
}

/* RFC 5246, 4.7: from TLS 1.2 on the algorithm stands before the signature. */
static bool
ske_signature(struct server_key_exchange *k, struct rd *r, uint16_t version)
{
	struct rd sig;

	if (version >= TLS1_2 && !rd_u16(r, &k->sigalg))
		return false;
	if (!rd_vec16(r, &sig))
		return false;
	k->signature = rd_rest(&sig);
	return true;
}

static enum flight_state
server_key_exchange(struct flight *f, struct rd r)
{
	struct server_key_exchange *k = &f->sf.ske;
	const struct suite *s = suite_by_code(f->sf.suite);
	struct span all = rd_rest(&r);
	struct rd hint;
	bool ok = true, is_signed;

	if (k->kind != SKE_NONE)
		return bad(f, "second ServerKeyExchange");
	k->kind = SKE_OTHER;
	if (s == NULL)
		return FLIGHT_MORE;
	is_signed = s->au == AU_RSA || s->au == AU_DSS || s->au == AU_ECDSA;
	switch (s->kx) {
	case KX_ECDHE_PSK:
		ok = rd_vec16(&r, &hint);
		/* fall through */
	case KX_ECDHE:
		ok = ok && ecdhe_params(k, &r);
		break;
	case KX_DHE_PSK:
		ok = rd_vec16(&r, &hint);
		/* fall through */
	case KX_DHE:
	case KX_DHE_EXPORT:
		ok = ok && dhe_params(k, &r);
		break;
	case KX_RSA_EXPORT:
		ok = rsa_params(k, &r);
		break;
	default:
		return FLIGHT_MORE;
	}
	if (ok)
		k->params = (struct span){all.p, all.n - r.n};
	if (ok && is_signed && r.n > 0)
		ok = ske_signature(k, &r, f->sf.version);
	if (!ok)
		return bad(f, "malformed ServerKeyExchange");
	if (!rd_end(&r))
		f->sf.flaws |= FLAW_TRAILING_BYTES;
	if (k->group != 0 && f->offer.groups.n > 0 && !u16s_has(f->offer.groups, k->group))
		f->sf.flaws |= FLAW_UNOFFERED_GROUP;
	if (k->sigalg != 0 && f->offer.sigalgs.n > 0 && !u16s_has(f->offer.sigalgs, k->sigalg))
		f->sf.flaws |= FLAW_UNOFFERED_SIGALG;
	return FLIGHT_MORE;
}

/* ---- the rest ---- */

static enum flight_state
encrypted_extensions(struct flight *f, struct rd r)
{
	struct rd list;

	if (!rd_vec16(&r, &list) || !rd_end(&r) || !read_exts(f, list))
		return bad(f, "malformed EncryptedExtensions");
	f->sf.encrypted_exts = true;
	read_alpn(&f->sf);
	return FLIGHT_MORE;
}

static enum flight_state
certificate_verify(struct flight *f, struct rd r)
{
	struct rd sig;

	if (!rd_u16(&r, &f->sf.cert_verify_alg) || !rd_vec16(&r, &sig) || !rd_end(&r))
		return bad(f, "malformed CertificateVerify");
	f->sf.cert_verify = true;
	f->sf.cert_verify_sig = rd_rest(&sig);
	return FLIGHT_MORE;
}

static enum flight_state
new_session_ticket(struct flight *f, struct rd r)
{
	if (!rd_u32(&r, &f->sf.ticket_lifetime))
		return bad(f, "malformed NewSessionTicket");
	f->sf.ticket = true;
	return FLIGHT_MORE;
}

enum flight_state
flight_parse_message(struct flight *f, uint8_t type, struct span whole)
{
	struct rd r = rd_of((struct span){whole.p + 4, whole.n - 4});
	struct server_flight *sf = &f->sf;

	if (!sf->hello && !f->begun && type != MSG_SERVER_HELLO && type != MSG_HELLO_REQUEST)
		return bad(f, "handshake message before ServerHello");
	switch (type) {
	case MSG_HELLO_REQUEST:
		return FLIGHT_MORE;
	case MSG_SERVER_HELLO:
		return server_hello(f, r, whole);
	case MSG_NEW_SESSION_TICKET:
		return new_session_ticket(f, r);
	case MSG_ENCRYPTED_EXTENSIONS:
		return encrypted_extensions(f, r);
	case MSG_CERTIFICATE:
		return certificate(f, r);
	case MSG_SERVER_KEY_EXCHANGE:
		return server_key_exchange(f, r);
	case MSG_CERTIFICATE_REQUEST:
		sf->cert_request = true;
		sf->cert_request_body = rd_rest(&r);
		return FLIGHT_MORE;
	case MSG_SERVER_HELLO_DONE:
		sf->hello_done = true;
		return FLIGHT_MORE;
	case MSG_CERTIFICATE_VERIFY:
		return certificate_verify(f, r);
	case MSG_FINISHED:
		sf->finished = true;
		return FLIGHT_MORE;
	case MSG_CERTIFICATE_STATUS:
		sf->ocsp = ocsp_of(rd_rest(&r));
		return FLIGHT_MORE;
	case MSG_COMPRESSED_CERTIFICATE: /* never inflated: the algorithm is what is wanted */
		if (!rd_u16(&r, &sf->cert_compression))
			return bad(f, "malformed CompressedCertificate");
		return FLIGHT_MORE;
	case MSG_KEY_UPDATE:
		return FLIGHT_MORE;
	default:
		return bad(f, "unknown handshake message");
	}
}

/* Hickman 1995, 2.6: SERVER-HELLO has session-id-hit, certificate type, version, three lengths. */
enum flight_state
flight_parse_ssl2(struct flight *f, struct span body)
{
	enum { SSL2_ERROR = 0, SSL2_SERVER_HELLO = 4 };
	struct server_flight *sf = &f->sf;
	struct rd r = rd_of(body);
	uint8_t type, hit, cert_type;
	uint16_t version, n_cert, n_specs, n_id;
	struct span specs;
	uint32_t *list;

	if (!rd_u8(&r, &type))
		return bad(f, "empty SSLv2 record");
	if (type == SSL2_ERROR) {
		sf->ssl2 = true;
		sf->error = "SSLv2 ERROR message";
		sf->alert = true;
		f->state = FLIGHT_ALERT;
		return f->state;
	}
	if (type != SSL2_SERVER_HELLO || !rd_u8(&r, &hit) || !rd_u8(&r, &cert_type) ||
	    !rd_u16(&r, &version) || version != SSL2 || !rd_u16(&r, &n_cert) || !rd_u16(&r, &n_specs) ||
	    !rd_u16(&r, &n_id) || !rd_bytes(&r, n_cert, &sf->ssl2_cert) ||
	    !rd_bytes(&r, n_specs, &specs) || n_specs % 3 != 0 || !rd_bytes(&r, n_id, &sf->ssl2_conn_id))
		return bad(f, "malformed SSLv2 SERVER-HELLO");
	if (!rd_end(&r))
		sf->flaws |= FLAW_TRAILING_BYTES;
	sf->ssl2_cert = arena_span(f->arena, sf->ssl2_cert);
	sf->ssl2_conn_id = arena_span(f->arena, sf->ssl2_conn_id);
	list = arena_alloc(f->arena, (specs.n / 3 + 1) * sizeof(*list));
	for (size_t i = 0; i < specs.n / 3; i++)
		list[i] = (uint32_t)specs.p[3 * i] << 16 | (uint32_t)specs.p[3 * i + 1] << 8 |
		    specs.p[3 * i + 2];
	sf->suites2 = (struct u32s){list, specs.n / 3};
	sf->ssl2 = true;
	sf->hello = true;
	sf->version = sf->legacy_version = SSL2;
	if (sf->ssl2_cert.n > 0) {
		sf->certificate = true;
		keep_cert(sf, sf->ssl2_cert);
	}
	f->state = FLIGHT_DONE;
	return f->state;
}
