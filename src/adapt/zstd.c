/* zstd - see zstd.h. */
#include "adapt/zstd.h"

#include <stdlib.h>

#include <zstd.h>

#include "base/check.h"
#include "base/xalloc.h"

enum { LEVEL = 3, WINDOW_LOG_MAX = 27 /* 128 MB: what zstd(1) takes without being told */ };

struct zstd_out {
	ZSTD_CCtx *ctx;
	uint8_t *buf;
	size_t cap;
};

struct unzstd {
	ZSTD_DCtx *ctx;
	bool inside; /* a frame has begun and is not over */
};

struct zstd_out *
zstd_out_new(void)
{
	struct zstd_out *z = xcalloc(1, sizeof(*z));

	z->ctx = ZSTD_createCCtx();
	CHECK(z->ctx != NULL);
	(void)ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_compressionLevel, LEVEL);
	(void)ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_checksumFlag, 1);
	return z;
}

struct span
zstd_frame(struct zstd_out *z, struct span block)
{
	size_t need = ZSTD_compressBound(block.n), n;

	if (need > z->cap) {
		z->buf = xrealloc(z->buf, need);
		z->cap = need;
	}
	n = ZSTD_compress2(z->ctx, z->buf, z->cap, block.p, block.n);
	CHECK(!ZSTD_isError(n)); /* there is room: only memory can be missing */
	return (struct span){z->buf, n};
}

void
zstd_out_free(struct zstd_out *z)
{
	if (z == NULL)
		return;
	ZSTD_freeCCtx(z->ctx);
	free(z->buf);
	free(z);
}

struct unzstd *
unzstd_new(void)
{
	struct unzstd *u = xcalloc(1, sizeof(*u));

	u->ctx = ZSTD_createDCtx();
	CHECK(u->ctx != NULL);
	(void)ZSTD_DCtx_setParameter(u->ctx, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	return u;
}

bool
unzstd_some(struct unzstd *u, struct span in, size_t *used, uint8_t *out, size_t cap, size_t *made)
{
	ZSTD_inBuffer from = {in.p, in.n, 0};
	ZSTD_outBuffer to = {out, cap, 0};
	size_t hint = 0;
	bool good = true;

	if (in.n > 0 || u->inside) {
		hint = ZSTD_decompressStream(u->ctx, &to, &from);
		good = !ZSTD_isError(hint);
		if (from.pos > 0 || to.pos > 0)
			u->inside = hint != 0;
	}
	*used = from.pos;
	*made = to.pos;
	return good;
}

bool
unzstd_whole(const struct unzstd *u)
{
	return !u->inside;
}

void
unzstd_free(struct unzstd *u)
{
	if (u == NULL)
		return;
	ZSTD_freeDCtx(u->ctx);
	free(u);
}

size_t
zstd_frame_len(struct span in)
{
	size_t n = ZSTD_findFrameCompressedSize(in.p, in.n);

	return ZSTD_isError(n) ? 0 : n;
}

const char *
zstd_version(void)
{
	return ZSTD_versionString();
}
