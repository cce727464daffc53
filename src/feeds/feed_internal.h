/* feed_internal - what the readers of the single forms share; see feed.h. */
#ifndef TLSAUDIT_FEEDS_INTERNAL_H
#define TLSAUDIT_FEEDS_INTERNAL_H

#include "feeds/feed.h"

/* One root more, all zero; NULL when there are FEED_MAX_ROOTS. */
struct feed_root *feed_add(struct feed *f, struct arena *a);
/* One root more by its certificate; a second of the same bytes is left out.  NULL: likewise. */
struct feed_root *feed_add_der(struct feed *f, struct arena *a, struct span der);

/* The readers: false with a static phrase in *why. */
bool feed_csv(struct span in, const char *store, struct arena *a, struct feed *f, const char **why);
bool feed_certdata(struct span in, struct arena *a, struct feed *f, const char **why);
bool feed_stl(struct span in, struct arena *a, struct feed *f, const char **why);
bool feed_jks(struct span in, struct arena *a, struct feed *f, const char **why);
bool feed_textproto(struct span in, struct arena *a, struct feed *f, const char **why);

/* NULL: the list of roots in a PKCS#7 message is signed by Microsoft; else which check it fails.
 * content: what is signed; made: when, by its own word. */
const char *stl_signature(struct span message, struct span content, int64_t made, struct arena *a);

/* "2024-11-30", "2024.11.30" or "2024 Nov 30" at midnight UTC; 0 when it is none. */
int64_t feed_day(struct span text);
/* 32 bytes from 64 hex digits, colons and spaces between them or not; false else. */
bool feed_hex32(struct span text, uint8_t out[32]);

#endif
