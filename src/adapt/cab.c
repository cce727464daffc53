/* cab - see cab.h. */
#include "adapt/cab.h"

#include <zlib.h>

#include "base/rd.h"

enum { BLOCK = 32768, MSZIP = 1, MAX_BLOCKS = 4096 };

static bool
le(struct rd *r, unsigned width, uint32_t *v)
{
	struct span s;

	if (!rd_bytes(r, width, &s))
		return false;
	*v = 0;
	for (unsigned i = width; i-- > 0;)
		*v = *v << 8 | s.p[i];
	return true;
}

struct cabinet {
	uint32_t files, data, blocks, compression;
};

/* CFHEADER and the first CFFOLDER; reserved areas and chains of cabinets are not for us. */
static bool
header(struct span in, struct cabinet *c)
{
	struct rd r = rd_of(in);
	uint32_t skip, folders, files, flags;
	struct span magic;

	return rd_bytes(&r, 4, &magic) && memcmp(magic.p, "MSCF", 4) == 0 && le(&r, 4, &skip) &&
	    le(&r, 4, &skip) && le(&r, 4, &skip) && le(&r, 4, &c->files) && le(&r, 4, &skip) &&
	    le(&r, 2, &skip) && le(&r, 2, &folders) && folders == 1 && le(&r, 2, &files) && files >= 1 &&
	    le(&r, 2, &flags) && flags == 0 && le(&r, 4, &skip) && le(&r, 4, &c->data) &&
	    le(&r, 2, &c->blocks) && le(&r, 2, &c->compression);
}

static bool
inflate_block(struct span in, const uint8_t *before, size_t n_before, uint8_t *out, size_t n)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)(in.p + 2), .avail_in = (uInt)(in.n - 2),
	    .next_out = out, .avail_out = (uInt)n};
	bool ok;

	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return false;
	ok = n_before == 0 || inflateSetDictionary(&z, before, (uInt)n_before) == Z_OK;
	ok = ok && inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_out == 0;
	(void)inflateEnd(&z);
	return ok;
}

/* All blocks of the folder into out; their sum in *n. */
static bool
blocks(struct span in, const struct cabinet *c, uint8_t *out, size_t max, size_t *n)
{
	struct rd r;

	if (c->data > in.n || c->blocks > MAX_BLOCKS)
		return false;
	r = rd_of((struct span){in.p + c->data, in.n - c->data});
	for (uint32_t i = 0; i < c->blocks; i++) {
		size_t before = *n < BLOCK ? *n : BLOCK;
		uint32_t sum, packed, plain;
		struct span bytes;

		if (!le(&r, 4, &sum) || !le(&r, 2, &packed) || !le(&r, 2, &plain) || plain > BLOCK ||
		    *n + plain > max || !rd_bytes(&r, packed, &bytes))
			return false;
		if (c->compression == 0 && packed == plain)
			memcpy(out + *n, bytes.p, plain);
		else if (c->compression != MSZIP || packed < 2 || memcmp(bytes.p, "CK", 2) != 0 ||
		    !inflate_block(bytes, out + *n - before, before, out + *n, plain))
			return false;
		*n += plain;
	}
	return true;
}

bool
cab_file(struct span in, size_t max, struct arena *a, struct span *out, const char **why)
{
	struct cabinet c;
	struct rd r;
	uint32_t size, offset;
	uint8_t *all;
	size_t n = 0, cap;

	*why = "a cabinet of a kind that is not read here";
	if (!header(in, &c) || c.files > in.n)
		return false;
	r = rd_of((struct span){in.p + c.files, in.n - c.files});
	*why = "a cabinet that is broken, or compressed in another way than MSZIP";
	if (!le(&r, 4, &size) || !le(&r, 4, &offset))
		return false;
	cap = (size_t)c.blocks * BLOCK < max ? (size_t)c.blocks * BLOCK : max;
	all = arena_alloc(a, cap + 1);
	if (!blocks(in, &c, all, cap, &n) || offset > n || size > n - offset)
		return false;
	*out = (struct span){all + offset, size};
	return true;
}

const char *
cab_version(void)
{
	return "zlib " ZLIB_VERSION;
}
