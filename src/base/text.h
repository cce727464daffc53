/*
 * text - a peer's bytes made safe to show: valid UTF-8, no control bytes.
 *
 * C0, DEL, C1 and the bidi and zero-width controls become U+FFFD, and so does what is not UTF-8;
 * the bytes themselves are kept as a hex twin where they matter.
 */
#ifndef TLSAUDIT_BASE_TEXT_H
#define TLSAUDIT_BASE_TEXT_H

#include "base/arena.h"

/* A clean copy of at most max bytes of in (longer: cut, with U+2026 at the end). */
char *text_clean(struct arena *a, struct span in, size_t max);
/* Lower-case hex. */
char *text_hex(struct arena *a, struct span in);
/* "2026-11-24T00:20:05Z" for any 64-bit time; years beyond 9999 or before 0 print as they are. */
char *text_time(struct arena *a, int64_t t);

#endif
