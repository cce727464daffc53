/*
 * text - a peer's bytes made safe to show: valid UTF-8, no control bytes.
 *
 * C0, DEL, C1 and the bidi and zero-width controls become U+FFFD, and so does what is not UTF-8;
 * the bytes themselves are kept as a hex twin where they matter.  Pure; what comes back is the
 * arena's.
 *
 *	fact_put_str(c, F_CERT_CN, text_clean(a, cn, 256));	"good.com\0.evil" shows its NUL
 */
#ifndef TLSAUDIT_BASE_TEXT_H
#define TLSAUDIT_BASE_TEXT_H

#include "base/arena.h"

/* A clean copy of at most max bytes of in (longer: cut between characters, with U+2026 at the end).
 * A bad byte becomes three, so the copy has at most 3 * max + 3 bytes and the NUL. */
char *text_clean(struct arena *a, struct span in, size_t max);
/* Lower-case hex. */
char *text_hex(struct arena *a, struct span in);
/* RFC 4648, 4, in one line, padded. */
char *text_base64(struct arena *a, struct span in);
/* A whole number without a sign, of base 10 (at most 19 digits) or 16 (at most 16, lower case). */
bool text_number(struct span s, int base, uint64_t *out) MUST_USE;
/* RFC 3986, 2.1: "p%40ss" is "p@ss"; into size bytes, with a NUL behind.  False: it does not fit, a NUL
 * would be inside, or two digits are missing behind a '%'. */
bool text_unescape(struct span in, char *out, size_t size) MUST_USE;
/* RFC 7468: "-----BEGIN CERTIFICATE-----", base64 in lines of 64, "-----END CERTIFICATE-----" and a
 * final newline. */
char *text_pem(struct arena *a, const char *label, struct span der);
/* "2026-11-24T00:20:05Z" for any 64-bit time; years beyond 9999 or before 0 print as they are. */
char *text_time(struct arena *a, int64_t t);
/* Reads "2026-11-24T00:20:05Z", or "2026-11-24" as its first second; false for everything else,
 * days that no month has among it. */
bool text_read_time(const char *s, int64_t *out) MUST_USE;

/* What text_next() says of a byte that begins no character. */
#define TEXT_BAD UINT32_MAX

/* The character (RFC 3629: shortest form, no surrogates, at most U+10FFFF) at the start of in, into
 * *cp; TEXT_BAD for a byte that begins none.  Returns the bytes it takes: 0 only when in is empty.
 */
size_t text_next(struct span in, uint32_t *cp);
/* Is it one that text_clean() replaces: C0, DEL, C1, bidi and zero-width controls, line and
 * paragraph separators, tags, noncharacters, TEXT_BAD? */
bool text_is_control(uint32_t cp);
/* Columns it takes in a terminal: 0 (combining), 1 or 2 (East Asian wide, emoji). */
unsigned text_columns(uint32_t cp);

#endif
