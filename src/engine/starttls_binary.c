/* The talks of protocols with binary messages: LDAP, PostgreSQL, MySQL, telnet, RDP. */
#include "config.h"

#include "base/rd.h"
#include "base/wr.h"
#include "engine/starttls_internal.h"

static const char to_request[] = "answer to the request for TLS";

/* --- LDAP: RFC 4511, 4.14 ----------------------------------------------------------------------
 */

enum {
	BER_INTEGER = 0x02,
	BER_OCTETS = 0x04,
	BER_ENUMERATED = 0x0a,
	BER_SEQUENCE = 0x30,
	LDAP_EXTENDED_RESPONSE = 0x78, /* 4.12: [APPLICATION 24] */
	LDAP_SUCCESS = 0,              /* 4.1.9 */
	LDAP_PROTOCOL_ERROR = 2
};

static void
ldap_start(struct starttls *s)
{
	static const uint8_t request[] = {BER_SEQUENCE, 29, BER_INTEGER, 1, 1, 0x77,
	    24, /* ExtendedRequest: [APPLICATION 23] */
	    0x80, 22, '1', '.', '3', '.', '6', '.', '1', '.', '4', '.', '1', '.', '1', '4', '6',
	    '6', '.', '2', '0', '0', '3', '7'};

	starttls_say(s, SPAN_OF(request), to_request);
}

enum ber { BER_BAD, BER_SHORT, BER_HEAD };

/* A tag and a definite length (RFC 4511, 5.1), which may be longer than it needs to be. */
static enum ber
read_head(struct rd *r, uint8_t *tag, uint32_t *len)
{
	uint8_t first;

	if (!rd_u8(r, tag) || !rd_u8(r, &first))
		return BER_SHORT;
	*len = first;
	if (first < 0x80)
		return BER_HEAD;
	if (first == 0x80 || first > 0x84)
		return BER_BAD;
	return rd_uint(r, first - 0x80u, len) ? BER_HEAD : BER_SHORT;
}

/* The body of the element at the front, which has that tag. */
static bool
read_ber(struct rd *r, uint8_t want, struct rd *body)
{
	struct rd at = *r;
	struct span s;
	uint32_t len;
	uint8_t tag;

	if (read_head(&at, &tag, &len) != BER_HEAD || tag != want || !rd_bytes(&at, len, &s))
		return false;
	*body = rd_of(s);
	*r = at;
	return true;
}

static void
on_ldap_result(struct starttls *s, unsigned code, struct span words)
{
	uint8_t buf[32];
	struct wr w;

	if (code == LDAP_SUCCESS) {
		starttls_ready(s);
	} else if (code == LDAP_PROTOCOL_ERROR) {
		starttls_not_offered(s); /* 4.14.2: or it does not support the operation */
	} else if (words.n > 0) {
		starttls_refused(s, words);
	} else {
		wr_init(&w, buf, sizeof(buf));
		wr_span(&w, span_str("result code "));
		if (code >= 100)
			wr_u8(&w, '0' + code / 100);
		if (code >= 10)
			wr_u8(&w, '0' + code / 10 % 10);
		wr_u8(&w, '0' + code % 10);
		starttls_refused(s, wr_done(&w));
	}
}

/* LDAPMessage: id, and an ExtendedResponse of code, name and words.  What may follow (a referral, a
 * response name) does not change the answer. */
static void
on_ldap_message(struct starttls *s, struct span in)
{
	struct rd r = rd_of(in), message, id, response, code, dn, words;

	if (read_ber(&r, BER_SEQUENCE, &message) && read_ber(&message, BER_INTEGER, &id) &&
	    read_ber(&message, LDAP_EXTENDED_RESPONSE, &response) &&
	    read_ber(&response, BER_ENUMERATED, &code) && code.n == 1 &&
	    read_ber(&response, BER_OCTETS, &dn) && read_ber(&response, BER_OCTETS, &words))
		on_ldap_result(s, code.p[0], rd_rest(&words));
	else
		starttls_alien(s, in);
}

static size_t
ldap_take(struct starttls *s, struct span in)
{
	struct rd r = rd_of(in);
	uint32_t len;
	uint8_t tag;
	enum ber head = read_head(&r, &tag, &len);

	if (in.p[0] != BER_SEQUENCE || head == BER_BAD ||
	    (head == BER_HEAD && len > STARTTLS_BYTES_MAX)) {
		starttls_alien(s, in);
		return 0;
	}
	if (head == BER_SHORT || r.n < len)
		return 0;
	len += (uint32_t)(in.n - r.n);
	on_ldap_message(s, (struct span){in.p, len});
	return len;
}

const struct starttls_talk starttls_talk_ldap = {ldap_start, ldap_take};

/* --- PostgreSQL: 55.2.10 ------------------------------------------------------------------------
 */

static void
postgres_start(struct starttls *s)
{
	static const uint8_t request[] = {0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f}; /* SSLRequest */

	starttls_say(s, SPAN_OF(request), to_request);
}

static size_t
postgres_take(struct starttls *s, struct span in)
{
	if (in.p[0] == 'S')
		starttls_ready(s);
	else if (in.p[0] == 'N')
		starttls_not_offered(s);
	else if (in.p[0] == 'E') /* an ErrorResponse, from before SSLRequest or under load */
		starttls_refused(s, (struct span){0});
	else
		starttls_alien(s, in);
	return 1;
}

const struct starttls_talk starttls_talk_postgres = {postgres_start, postgres_take};

/* --- MySQL: Protocol::HandshakeV10, Protocol::SSLRequest ----------------------------------------
 */

enum { MYSQL_VERSION = 10, MYSQL_ERROR = 0xff, CLIENT_SSL = 0x800 };

static void
mysql_start(struct starttls *s)
{
	s->awaited = "greeting"; /* the server begins */
}

static void
mysql_request(struct starttls *s)
{
	/* Little-endian: 32 bytes, packet 1; CLIENT_PROTOCOL_41, CLIENT_SSL and
	 * CLIENT_SECURE_CONNECTION; packets of 16 MB; utf8mb4; zeros. */
	static const uint8_t request[36] = {32, 0, 0, 1, 0, 0x8a, 0, 0, 0, 0, 0, 1, 45};

	starttls_say(s, SPAN_OF(request), to_request);
	starttls_ready(s); /* the server does not answer: TLS follows the request at once */
}

/* ERR_Packet: a code, in newer versions '#' and five characters of state, and words. */
static void
on_mysql_error(struct starttls *s, struct rd r)
{
	struct span skipped;

	if (rd_bytes(&r, 2, &skipped) && r.n >= 6 && r.p[0] == '#')
		r = (struct rd){r.p + 6, r.n - 6};
	starttls_refused(s, rd_rest(&r));
}

/* version, NUL, thread (4), random (8), NUL, and the lower half of the capabilities */
static void
on_mysql_greeting(struct starttls *s, struct rd r, struct span in)
{
	const uint8_t *nul = r.n > 0 ? memchr(r.p, '\0', r.n) : NULL;
	struct span skipped, low;

	if (nul == NULL || !rd_bytes(&r, (size_t)(nul - r.p) + 1 + 13, &skipped) ||
	    !rd_bytes(&r, 2, &low))
		starttls_alien(s, in);
	else if (((low.p[0] | low.p[1] << 8) & CLIENT_SSL) == 0)
		starttls_not_offered(s);
	else
		mysql_request(s);
}

static size_t
mysql_take(struct starttls *s, struct span in)
{
	struct rd r = rd_of(in);
	struct span head, body;
	size_t n;
	uint8_t kind;

	if (!rd_bytes(&r, 4, &head))
		return 0;
	n = head.p[0] | (size_t)head.p[1] << 8 | (size_t)head.p[2] << 16;
	if (n == 0 || n > STARTTLS_BYTES_MAX || head.p[3] != 0) { /* packet 0 */
		starttls_alien(s, in);
		return 0;
	}
	if (!rd_bytes(&r, n, &body))
		return 0;
	r = rd_of(body);
	if (!rd_u8(&r, &kind) || (kind != MYSQL_VERSION && kind != MYSQL_ERROR))
		starttls_alien(s, in);
	else if (kind == MYSQL_ERROR)
		on_mysql_error(s, r);
	else
		on_mysql_greeting(s, r, in);
	return 4 + n;
}

const struct starttls_talk starttls_talk_mysql = {mysql_start, mysql_take};

/* --- telnet: RFC 854; draft-altman-telnet-starttls-02, 4 -----------------------------------------
 */

enum {
	IAC = 255,
	DONT = 254,
	DO = 253,
	WONT = 252,
	WILL = 251,
	SB = 250,
	SE = 240,
	START_TLS = 46,
	FOLLOWS = 1
};

static void
telnet_start(struct starttls *s)
{
	static const uint8_t request[] = {IAC, DO, START_TLS};

	starttls_say(s, SPAN_OF(request), to_request);
}

/* IAC SB option ... IAC SE; 0: its end has not come. */
static size_t
subnegotiation_size(struct span in)
{
	for (size_t i = 2; i + 1 < in.n; i++)
		if (in.p[i] == IAC) {
			if (in.p[i + 1] == SE)
				return i + 2;
			i++; /* IAC IAC is a byte of data */
		}
	return 0;
}

static void
on_telnet_option(struct starttls *s, uint8_t verb)
{
	static const uint8_t follows[] = {IAC, SB, START_TLS, FOLLOWS, IAC, SE};

	if (verb == WILL && !s->asked) {
		s->asked = true;
		starttls_say(s, SPAN_OF(follows), to_request);
	} else if (verb == WONT || verb == DONT) {
		starttls_not_offered(s);
	}
}

/* A server that asks for other options, or shows a prompt, may still answer ours. */
static size_t
telnet_take(struct starttls *s, struct span in)
{
	const uint8_t *iac = memchr(in.p, IAC, in.n);
	size_t n;

	if (iac == NULL)
		return in.n;
	if (iac > in.p)
		return (size_t)(iac - in.p);
	if (in.n < 2)
		return 0;
	if (in.p[1] == SB) {
		n = subnegotiation_size(in);
		if (s->asked && n == 6 && in.p[2] == START_TLS && in.p[3] == FOLLOWS)
			starttls_ready(s);
		return n;
	}
	if (in.p[1] < WILL || in.p[1] == IAC)
		return 2;
	if (in.n < 3)
		return 0;
	if (in.p[2] == START_TLS)
		on_telnet_option(s, in.p[1]);
	return 3;
}

const struct starttls_talk starttls_talk_telnet = {telnet_start, telnet_take};

/* --- RDP: MS-RDPBCGR, 2.2.1.1 and 2.2.1.2 --------------------------------------------------------
 */

enum {
	X224_CONFIRM = 0xd0,
	RDP_NEG_RSP = 2,
	RDP_NEG_FAILURE = 3,
	PROTOCOL_RDP = 0,
	SSL_NOT_ALLOWED_BY_SERVER = 2,
	SSL_CERT_NOT_ON_SERVER = 3
};

static void
rdp_start(struct starttls *s)
{
	/* TPKT (RFC 1006); X.224 Connection Request; RDP_NEG_REQ for TLS and for CredSSP, which
	 * begins with TLS too: a server that insists on one of them takes it. */
	static const uint8_t request[] = {
	    3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0};

	starttls_say(s, SPAN_OF(request), to_request);
}

static void
on_rdp_failure(struct starttls *s, uint8_t code)
{
	static const char *const names[] = {
	    [1] = "SSL_REQUIRED_BY_SERVER",
	    [4] = "INCONSISTENT_FLAGS",
	    [5] = "HYBRID_REQUIRED_BY_SERVER",
	    [6] = "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
	};

	if (code == SSL_NOT_ALLOWED_BY_SERVER || code == SSL_CERT_NOT_ON_SERVER)
		starttls_not_offered(s);
	else
		starttls_refused(s, span_str(code < N_ELEMENTS(names) ? names[code] : NULL));
}

/* The fixed part (length, code, two references, class), then type, flags, 8, and a number; servers
 * from before RDP_NEG_REQ leave that out. */
static void
on_rdp_confirm(struct starttls *s, struct span body, struct span in)
{
	struct rd r = rd_of(body);
	struct span fixed, neg;

	if (!rd_bytes(&r, 7, &fixed) || (fixed.p[1] & 0xf0) != X224_CONFIRM)
		starttls_alien(s, in);
	else if (rd_end(&r))
		starttls_not_offered(s);
	else if (!rd_bytes(&r, 8, &neg) || neg.p[2] != 8 || neg.p[3] != 0)
		starttls_alien(s, in);
	else if (neg.p[0] == RDP_NEG_FAILURE)
		on_rdp_failure(s, neg.p[4]);
	else if (neg.p[0] == RDP_NEG_RSP && neg.p[4] == PROTOCOL_RDP)
		starttls_not_offered(s);
	else if (neg.p[0] == RDP_NEG_RSP)
		starttls_ready(s);
	else
		starttls_alien(s, in);
}

static size_t
rdp_take(struct starttls *s, struct span in)
{
	struct rd r = rd_of(in);
	struct span body;
	uint16_t version, n;

	if (in.p[0] != 3) {
		starttls_alien(s, in);
		return 0;
	}
	if (!rd_u16(&r, &version) || !rd_u16(&r, &n))
		return 0;
	if (n < 4) {
		starttls_alien(s, in);
		return 0;
	}
	if (!rd_bytes(&r, n - 4u, &body))
		return 0;
	on_rdp_confirm(s, body, in);
	return n;
}

const struct starttls_talk starttls_talk_rdp = {rdp_start, rdp_take};
