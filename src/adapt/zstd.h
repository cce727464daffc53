/*
 * zstd - Zstandard (RFC 8878), in and out; the only file that knows libzstd.
 *
 * Out: a block of bytes becomes one whole frame, so that a file of frames can be cut behind any of
 * them and goes on with the next (RFC 8878, 3: concatenated frames are one stream).  In: a stream,
 * piece by piece, or a file's frames one by one.
 *
 *	struct zstd_out *z = zstd_out_new();
 *	frame = zstd_frame(z, block);			borrowed until the next call
 *
 *	struct unzstd *u = unzstd_new();
 *	while (unzstd_some(u, in, &used, buf, sizeof(buf), &made)) ...
 */
#ifndef TLSAUDIT_ADAPT_ZSTD_H
#define TLSAUDIT_ADAPT_ZSTD_H

#include "base/span.h"

struct zstd_out;
struct unzstd;

struct zstd_out *zstd_out_new(void);
/* The block as one frame, with its size and a checksum. */
struct span zstd_frame(struct zstd_out *z, struct span block);
void zstd_out_free(struct zstd_out *z); /* NULL is allowed */

struct unzstd *unzstd_new(void);
/* Takes *used bytes of in and makes *made bytes, at most cap.  False: it is no such stream. */
bool unzstd_some(struct unzstd *u, struct span in, size_t *used, uint8_t *out, size_t cap,
    size_t *made) MUST_USE;
/* Did the input end where a frame ends? */
bool unzstd_whole(const struct unzstd *u);
void unzstd_free(struct unzstd *u); /* NULL is allowed */

/* The bytes of the first frame; 0: it is not whole, or none. */
size_t zstd_frame_len(struct span in);
/* The version of the libzstd that runs, for --version. */
const char *zstd_version(void);

#endif
