/* sct - see sct.h. */
#include "pki/sct.h"

#include "base/rd.h"

enum { LOG_ID = 32 };

/* RFC 6962 3.2: version, log id, milliseconds since 1970, extensions, signature. */
static bool
sct_time(struct rd sct, int64_t *t)
{
	struct span skipped;
	uint32_t high, low;

	if (!rd_bytes(&sct, 1 + LOG_ID, &skipped) || !rd_u32(&sct, &high) || !rd_u32(&sct, &low))
		return false;
	*t = (int64_t)(((uint64_t)(high & 0x7fffffff) << 32 | low) / 1000);
	return true;
}

struct sct_list
sct_list_read(struct span bytes)
{
	struct sct_list out = {.n = 0};
	struct rd r = rd_of(bytes), list, sct;
	int64_t t;

	if (bytes.n == 0)
		return out;
	if (!rd_vec16(&r, &list)) {
		out.broken = true;
		return out;
	}
	out.broken = !rd_end(&r);
	while (rd_vec16(&list, &sct)) {
		if (!sct_time(sct, &t)) {
			out.broken = true;
			continue;
		}
		out.n++;
		if (out.earliest == 0 || t < out.earliest)
			out.earliest = t;
	}
	out.broken = out.broken || !rd_end(&list);
	return out;
}

bool
sct_begin(struct span list, struct rd *r)
{
	struct rd outer = rd_of(list);

	return rd_vec16(&outer, r);
}

static bool
read_one(struct rd r, struct sct *out)
{
	struct rd extensions, signature;
	uint32_t high, low;
	uint8_t version;

	if (!rd_u8(&r, &version) || version != 0 || !rd_bytes(&r, LOG_ID, &out->log_id) ||
	    !rd_u32(&r, &high) || !rd_u32(&r, &low) || !rd_vec16(&r, &extensions) ||
	    !rd_u8(&r, &out->hash) || !rd_u8(&r, &out->signature_alg) ||
	    !rd_vec16(&r, &signature) || !rd_end(&r))
		return false;
	out->ms = (uint64_t)high << 32 | low;
	out->extensions = rd_rest(&extensions);
	out->signature = rd_rest(&signature);
	return true;
}

bool
sct_next(struct rd *r, struct sct *out)
{
	struct rd one;

	while (rd_vec16(r, &one))
		if (read_one(one, out))
			return true;
	return false;
}
