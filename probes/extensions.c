/*
 * extensions - compression, encrypt_then_mac and ALPN: what one flight for all does not show.
 *
 * Sends:   a hello of the best version before TLS 1.3 with CBC suites where the server has any, that
 *          offers DEFLATE beside null (RFC 3749) and encrypt_then_mac (RFC 7366); then hellos of the
 *          best version with every application protocol that is left.
 * Learns:  the compression method; whether encrypt_then_mac came back, which only a CBC suite
 *          brings (RFC 7366, 3); the protocols chosen, one by one (RFC 7301, 3.2).
 * Blind:   protocols that are in no registry; compression under TLS 1.3 does not exist.
 * Costs:   one connection, and one for each protocol and one more, or three where the server closes
 *          instead of saying no_application_protocol.
 */
#include "probe.h"

static const enum fact_id needs[] = {F_PROTO_TLS1_3, F_SUITES_SSL3, F_SUITES_TLS1_0, F_SUITES_TLS1_1,
    F_SUITES_TLS1_2, F_GROUPS_TLS1_3, F_NONE};
static const enum fact_id gives[] = {F_COMPRESSION, F_ETM, F_ALPN, F_NONE};

/* IANA, TLS Application-Layer Protocol Negotiation (ALPN) Protocol IDs, and the drafts' before. */
static const char *const protocols[] = {"h2", "http/1.1", "http/1.0", "http/0.9", "h2c", "spdy/3.1",
    "spdy/3", "spdy/2", "spdy/1", "h3", "acme-tls/1", "dot", "doq", "mqtt", "ftp", "imap", "pop3",
    "managesieve", "coap", "xmpp-client", "xmpp-server", "stun.turn", "stun.nat-discovery", "webrtc",
    "c-webrtc", "irc", "nntp", "nnsp", "sunrpc", "smb", "ntske/1", "sip/2", "tds/8.0", "dicom",
    "postgresql", "radius/1.0", "radius/1.1", "smtp", "ldap", "h2-16", "h2-15", "h2-14"};
enum { N_PROTOCOLS = N_ELEMENTS(protocols) };

struct state {
	bool asked_old, asking_old, alpn_over;
	bool without_challenge; /* an alert came, and acme-tls/1 is no more among them */
	unsigned closed; /* times that the server closed on the protocols offered now */
	bool was_cbc;
	enum tri compression, etm;
	enum why why, alpn_why;
	const char *note, *alpn_note;
	const char *offer[N_PROTOCOLS + 1];
	const char *chosen[N_PROTOCOLS];
	size_t n_offer, n_chosen;
	bool begun;
};

static bool
ask_old(struct state *s, const struct ctx *c, struct ask *ask)
{
	uint16_t version = best_version(c->known, TLS1_2);
	struct u16s all, cbc;

	s->asked_old = true;
	if (version < SSL3)
		return false;
	all = fact_u16s(c->known, version_row(version)->suites);
	if (all.n == 0)
		return false;
	cbc = suites_with(c->arena, all, "cbc");
	s->was_cbc = cbc.n > 0 && version > SSL3;
	ask_hello(ask, c, version, STOP_SERVER_HELLO);
	ask->hello.suites = s->was_cbc ? cbc : all;
	ask->hello.flags |= HELLO_DEFLATE;
	s->asking_old = true;
	return true;
}

static bool
ask_alpn(struct state *s, const struct ctx *c, struct ask *ask)
{
	uint16_t version = best_version(c->known, TLS1_2);

	if (!s->begun) {
		for (; s->n_offer < N_PROTOCOLS; s->n_offer++)
			s->offer[s->n_offer] = protocols[s->n_offer];
		s->begun = true;
	}
	/* In the clear where that can be had. */
	if (version >= TLS1_0 && fact_u16s(c->known, version_row(version)->suites).n > 0) {
		ask_hello(ask, c, version, STOP_SERVER_HELLO);
		ask->hello.suites = fact_u16s(c->known, version_row(version)->suites);
	} else if (fact_yes(c->known, F_PROTO_TLS1_3)) {
		ask_whole_tls13(ask, c);
	} else {
		return false;
	}
	if (s->closed < 2) /* twice, and then without: is it still there? */
		ask->hello.alpn = s->offer;
	return true;
}

static enum step
next(void *st, const struct ctx *c, struct ask *ask)
{
	struct state *s = st;

	if (!s->asked_old && ask_old(s, c, ask))
		return STEP_ASK;
	if (s->alpn_over || (s->begun && s->n_offer == 0) || !ask_alpn(s, c, ask))
		return STEP_DONE;
	return STEP_ASK;
}

static void
learn_old(struct state *s, const struct ctx *c, const struct reply *r)
{
	struct span body;

	s->asking_old = false;
	if (!r->flight->hello) {
		s->why = reply_why(r);
		s->note = reply_text(r, c->arena);
		return;
	}
	s->compression = r->flight->compression != 0 ? TRI_YES : TRI_NO;
	if (s->was_cbc)
		s->etm = flight_ext(r->flight, EXT_ENCRYPT_THEN_MAC, &body) ? TRI_YES : TRI_NO;
}

static void
take_out(struct state *s, size_t i)
{
	for (; i < s->n_offer; i++) /* with the NULL at the end */
		s->offer[i] = s->offer[i + 1];
	s->n_offer--;
}

static void
leave_out(struct state *s, const char *protocol)
{
	s->without_challenge = true;
	for (size_t i = 0; i < s->n_offer; i++)
		if (strcmp(s->offer[i], protocol) == 0) {
			take_out(s, i);
			return;
		}
}

static void
learn(void *st, const struct ctx *c, const struct reply *r)
{
	enum { NO_APPLICATION_PROTOCOL = 120 };
	struct state *s = st;
	const struct server_flight *sf = r->flight;
	size_t i = 0;

	if (s->asking_old) {
		learn_old(s, c, r);
		return;
	}
	while (i < s->n_offer && !span_eq(sf->alpn, span_str(s->offer[i])))
		i++;
	if (sf->alpn.n > 0 && i < s->n_offer) {
		s->chosen[s->n_chosen++] = s->offer[i];
		take_out(s, i);
		s->closed = 0;
		return;
	}
	/* RFC 8737, 3: who does not expect the challenge must end the handshake. */
	if (r->kind == REPLY_ALERT && r->alert != NO_APPLICATION_PROTOCOL && s->n_chosen == 0 &&
	    !s->without_challenge) {
		leave_out(s, "acme-tls/1");
		return;
	}
	if (s->closed < 2 && reply_says(r) == SAYS_CLOSED) {
		s->closed++;
		return;
	}
	s->alpn_over = true;
	/* RFC 7301, 3.2: no_application_protocol, when it supports none of these.  After a choice any
	 * other alert says as much: Twisted has internal_error for it. */
	if ((sf->hello && (sf->version < TLS1_3 || sf->encrypted_exts)) ||
	    (r->kind == REPLY_ALERT &&
		(r->alert == NO_APPLICATION_PROTOCOL || s->n_chosen > 0)))
		return;
	s->alpn_why = reply_why(r);
	s->alpn_note = reply_text(r, c->arena);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct state *s = st;

	(void)c;
	if (s->compression != TRI_UNKNOWN)
		fact_put_tri(out, F_COMPRESSION, s->compression);
	else
		fact_put_unknown(out, F_COMPRESSION, s->why != WHY_NONE ? s->why : WHY_NOT_APPLICABLE, s->note);
	if (s->etm != TRI_UNKNOWN)
		fact_put_tri(out, F_ETM, s->etm);
	else
		fact_put_unknown(out, F_ETM, s->why != WHY_NONE ? s->why : WHY_NOT_APPLICABLE,
		    s->why != WHY_NONE ? s->note : "no CBC suite");
	if (s->alpn_why != WHY_NONE)
		fact_put_unknown(out, F_ALPN, s->alpn_why, s->alpn_note);
	else if (s->alpn_over || (s->begun && s->n_offer == 0))
		fact_put_strs(out, F_ALPN, s->chosen, s->n_chosen);
}

const struct probe probe_extensions = {
    .name = "extensions",
    .summary = "compression, encrypt_then_mac and application protocols",
    .needs = needs,
    .gives = gives,
    .next = next,
    .learn = learn,
    .conclude = conclude,
    .state_size = sizeof(struct state),
    .max_asks = N_PROTOCOLS + 8,
};
