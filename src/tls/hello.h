/*
 * hello - a ClientHello as data; zero in a field = leave it out.
 *
 * A probe fills a struct hello and the engine writes it; nothing is repaired, so a hello may be as
 * odd as the probe wants.  RFC 5246, 7.4.1.2; RFC 8446, 4.1.2; SSLv2 draft (Hickman 1995), 2.5.
 *
 *	struct hello h;
 *	hello_init(&h, ep->sni, TLS1_2);
 *	h.suites = U16S_OF(my_suites);
 *
 * hello_init() gives what a careful client of today sends for that version: every extension a
 * server might need to see before it says yes, and none that make it say no.
 */
#ifndef TLSAUDIT_TLS_HELLO_H
#define TLSAUDIT_TLS_HELLO_H

#include "base/rng.h"
#include "base/span.h"
#include "base/wr.h"

enum { /* wire versions */
	SSL2 = 0x0002,
	SSL3 = 0x0300,
	TLS1_0 = 0x0301,
	TLS1_1 = 0x0302,
	TLS1_2 = 0x0303,
	TLS1_3 = 0x0304
};

enum ext_type { /* IANA tls-extensiontype-values, those that this code writes or reads */
	EXT_SERVER_NAME = 0,
	EXT_MAX_FRAGMENT_LENGTH = 1,
	EXT_STATUS_REQUEST = 5,
	EXT_SUPPORTED_GROUPS = 10,
	EXT_EC_POINT_FORMATS = 11,
	EXT_SIGNATURE_ALGORITHMS = 13,
	EXT_HEARTBEAT = 15,
	EXT_ALPN = 16,
	EXT_SCT = 18,
	EXT_PADDING = 21,
	EXT_ENCRYPT_THEN_MAC = 22,
	EXT_EXTENDED_MASTER_SECRET = 23,
	EXT_COMPRESS_CERTIFICATE = 27,
	EXT_DELEGATED_CREDENTIAL = 34,
	EXT_RECORD_SIZE_LIMIT = 28,
	EXT_SESSION_TICKET = 35,
	EXT_PRE_SHARED_KEY = 41,
	EXT_EARLY_DATA = 42,
	EXT_SUPPORTED_VERSIONS = 43,
	EXT_COOKIE = 44,
	EXT_PSK_KEY_EXCHANGE_MODES = 45,
	EXT_SIGNATURE_ALGORITHMS_CERT = 50,
	EXT_KEY_SHARE = 51,
	EXT_NPN = 13172,
	EXT_RENEGOTIATION_INFO = 65281
};

enum hello_flag {
	HELLO_STATUS = 1 << 0,	      /* status_request */
	HELLO_SCT = 1 << 1,	      /* signed_certificate_timestamp */
	HELLO_EMS = 1 << 2,	      /* extended_master_secret */
	HELLO_ETM = 1 << 3,	      /* encrypt_then_mac */
	HELLO_TICKET = 1 << 4,	      /* session_ticket: `ticket` */
	HELLO_RENEG = 1 << 5,	      /* renegotiation_info: `verify_data` */
	HELLO_HEARTBEAT = 1 << 6,     /* heartbeat, peer_allowed_to_send */
	HELLO_POINT_FORMATS = 1 << 7, /* ec_point_formats: uncompressed */
	HELLO_DEFLATE = 1 << 8,	      /* compression methods DEFLATE, null instead of null */
	HELLO_KEY_SHARE = 1 << 9,     /* a key_share extension: empty unless `shares` names groups */
	HELLO_PSK_MODES = 1 << 10,    /* psk_key_exchange_modes: psk_dhe_ke */
	HELLO_MAX_FRAGMENT = 1 << 11, /* max_fragment_length 2^12 */
	HELLO_RECORD_LIMIT = 1 << 12, /* record_size_limit 2^14 */
	HELLO_NPN = 1 << 13,	      /* next_protocol_negotiation */
	HELLO_SESSION_ID = 1 << 14,   /* a random session id of 32 bytes (RFC 8446, appendix D.4) */
	HELLO_EARLY_DATA = 1 << 15    /* early_data */
};

/* One key_share entry, as wr_span'ed bytes. */
struct key_share {
	uint16_t group;
	struct span key;
};

struct hello {
	uint16_t version;	 /* legacy_version; SSL2 writes an SSLv2 CLIENT-HELLO */
	uint16_t record_version; /* 0: 0x0301, or 0x0300 for SSLv3 */
	struct u16s versions;	 /* supported_versions; empty: no such extension */
	struct u16s suites;
	struct u32s suites2; /* SSLv2 cipher kinds */
	struct u16s groups, sigalgs, sigalgs_cert;
	const char *sni;	 /* NULL: no server_name */
	struct u16s shares;	 /* groups the engine makes key shares for */
	const char *const *alpn; /* NULL-terminated; NULL: no ALPN */
	unsigned flags;		 /* enum hello_flag */
	struct span session_id;
	struct span cookie;	 /* RFC 8446, 4.2.2 */
	struct span ticket;	 /* RFC 5077, 3.2; empty: asks for one */
	struct span verify_data; /* RFC 5746, 3.2: of the handshake before; empty in a first hello */
	struct span psk;	 /* identity of a pre_shared_key; written last, with a binder of zeros */
	uint32_t psk_age;	 /* its obfuscated age */
	uint8_t psk_binder;	 /* bytes of its binder */
	struct span more_exts;	 /* written as they are, after ours */
	uint16_t pad_to; /* a ClientHello of 256 bytes or more is padded (RFC 7685) to this size */
	uint16_t fragment; /* bytes of the message in one record, at least 16; 0: all in one */
};

/* Defaults for `version`: server_name sni (NULL: none), all groups and signature algorithms, the
 * harmless flags.  Suites stay empty; for TLS 1.3 the key share does too (an empty one is sent,
 * unless `shares` is filled in).  SSLv3 and SSLv2 get no extensions.  h borrows sni and static
 * tables. */
void hello_init(struct hello *h, const char *sni, uint16_t version);

/* Writes the hello as one record into *out (too long for one: the writer goes bad), or as several
 * when `fragment` says so (RFC 5246, 6.2.1).  rng gives the random; keys are the key_share entries,
 * as many as the caller made. */
void hello_write(const struct hello *h, const struct key_share *keys, size_t n_keys,
    struct rng *rng, struct wr *out);

#endif
