/*
 * path_distrust: the end dates that root programmes set for roots they still carry.
 *
 * Mozilla, Java and Microsoft look at the leaf's notBefore, Chrome at the earliest certificate
 * timestamp, Microsoft's "disabled" at the calendar.  The dates come with the store.
 */
#include "base/arena.h"
#include "pki/der.h"
#include "pki/path_internal.h"

/* Timestamp of one SCT (RFC 6962 section 3.2): version, log id, milliseconds since 1970. */
static bool
sct_time(struct rd sct, int64_t *t)
{
	struct span skipped;
	uint32_t high, low;

	if (!rd_bytes(&sct, 1 + 32, &skipped) || !rd_u32(&sct, &high) || !rd_u32(&sct, &low))
		return false;
	*t = (int64_t)(((uint64_t)(high & 0x7fffffff) << 32 | low) / 1000);
	return true;
}

/* The earliest SCT inside the leaf and what the input says; 0 when there is none at all. */
static int64_t
earliest_sct(const struct cert *leaf, int64_t from_outside)
{
	struct rd r = rd_of(leaf->sct_list), list, sct;
	int64_t least = from_outside, t;

	if (!rd_vec16(&r, &list))
		return least;
	while (rd_vec16(&list, &sct))
		if (sct_time(sct, &t) && (least == 0 || t < least))
			least = t;
	return least;
}

static const char *
issued_after(const char *programme, const char *what, int64_t when, int64_t limit, struct arena *a)
{
	char day[16], last[16];

	if (limit == 0 || when <= limit)
		return NULL;
	return arena_printf(a, "%s trusts this root only for certificates of up to %s; %s %s",
	    programme, der_date_text(limit, last, sizeof(last)), what,
	    der_date_text(when, day, sizeof(day)));
}

static const char *
microsoft(const struct anchor *root, const struct cert *leaf, int64_t now, struct arena *a)
{
	char day[16];

	if (root->microsoft_disabled != 0 && now >= root->microsoft_disabled)
		return arena_printf(a, "Microsoft disabled this root on %s",
		    der_date_text(root->microsoft_disabled, day, sizeof(day)));
	return issued_after(
	    "Microsoft", "this one begins", leaf->not_before, root->microsoft_not_before, a);
}

const char *
path_distrusted(size_t store, const struct anchor *root, const struct cert *leaf,
    const struct chain_input *in, struct arena *a)
{
	int64_t sct;

	switch (store) {
	case STORE_MOZILLA:
		return issued_after("Mozilla", "this one begins", leaf->not_before,
		    root->mozilla_distrust_after, a);
	case STORE_MICROSOFT:
		return microsoft(root, leaf, in->now, a);
	case STORE_CHROME:
		sct = earliest_sct(leaf, in->earliest_sct);
		if (sct ==
		    0) /* Chrome would refuse it for want of SCTs; its date is the next best */
			return issued_after("Chrome", "this one has no SCT and begins",
			    leaf->not_before, root->chrome_sct_after, a);
		return issued_after(
		    "Chrome", "the earliest SCT is of", sct, root->chrome_sct_after, a);
	case STORE_JAVA:
		return issued_after(
		    "Java", "this one begins", leaf->not_before, root->java_distrust_after, a);
	default:
		return NULL;
	}
}
