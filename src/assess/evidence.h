/*
 * evidence - what a finding rests on, in words, with the values that were found.
 *
 * A rule's "show" lists what to say:
 *
 *	facts          (when a rule has no "show") each fact of its conditions, and its note
 *	suites:PROP    "TLS 1.2, TLS 1.1: TLS_RSA_WITH_RC4_128_SHA (0x0005), ..."; the suites with
 *	               the property; suites.tls1_2:PROP those of one version
 *	versions       "SSLv3, TLS 1.0, TLS 1.2 are accepted"
 *	keys           "certificate CN=www.example.org: 1024-bit RSA key"
 *	weak_keys      the same, of the weakest leaf alone
 *	ca_keys        the same, of the weakest CA
 *	broken_keys    "certificate CN=www.example.org: ROCA: ..."
 *	collisions     "certificate CN=Some CA: high: a SHA-1 signature, a serial number of ..."
 *	lints          "certificate CN=www.example.org: keyUsage without any bit (RFC 5280, 4.2.1.3)"
 *	key_exchange   "1024-bit DH prime (Oakley group 2), TLS 1.2"; groups when there is none
 *	signatures     "certificate CN=Some CA: signed with sha1WithRSAEncryption"
 *	trust          "unknown_root in mozilla, apple: no root issued ..."
 *	libraries      "mozilla: OpenSSL ...; GnuTLS ...; why", of the stores that the rule hits
 *	missing        "CN=Some CA, issued by CN=Root"
 *	names          "the certificate is for a.example, b.example"
 *	dates          "certificate CN=...: 2026-01-01T00:00:00Z to 2026-04-01T00:00:00Z"
 *	chain          "CN=leaf, CN=B, CN=A", as sent, of the deployments that the rule hits
 *	revoked        "certificate CN=...: revoked since ..., OCSP by GET at http://...: revoked"
 *	fetches        "GET http://... of certificate CN=...: timeout", those that the rule hits
 *	responders     "http://... of certificate CN=...: GET good, POST timeout, what is wrong"
 *	crls           "http://... of certificate CN=...: expired"
 *	staples        "stapled with certificate CN=...: expired (...), thisUpdate/nextUpdate ..."
 *	timestamps     "certificate, log Some 'Argon' log (usable): genuine"
 *	caa            "example.org CAA issue "letsencrypt.org"; issued by CN=..."
 *	tlsa           "TLSA 3 1 1 50575e65...: matches nothing in use"
 */
#ifndef TLSAUDIT_ASSESS_EVIDENCE_H
#define TLSAUDIT_ASSESS_EVIDENCE_H

#include "assess/line.h"
#include "assess/rule.h"

/* Is it one of the words above? */
bool evidence_known(const char *show);
/* The evidence of a rule that hits; in the arena, never NULL. */
const char *evidence(const struct rule *r, const struct facts *f, struct arena *a);
/* What a condition looked at, hit or not: "protocols.ssl2: no", "suites.tls1_2: none is cbc". */
void evidence_looked(struct line *l, const struct cond *c, const struct facts *f, struct arena *a);
/* A fact's JSON path, "certificates[].key_bits". */
const char *fact_path(enum fact_id id, struct arena *a);

#endif
