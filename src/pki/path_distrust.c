/*
 * path_distrust: what one programme has against a path that others have not.
 *
 * End dates for roots that are still carried: Mozilla, Java and Microsoft look at the leaf's
 * notBefore, Chrome at the earliest certificate timestamp, "disabled" of Microsoft and Java at the
 * calendar.  Roots that were taken out.  Intermediates that Mozilla revoked.  All of it comes with
 * the store.
 */
#include "base/arena.h"
#include "pki/der.h"
#include "pki/path_internal.h"
#include "pki/sct.h"

/* The earliest SCT inside the leaf and what the input says; 0 when there is none at all. */
static int64_t
earliest_sct(const struct cert *leaf, int64_t from_outside)
{
	int64_t own = sct_list_read(leaf->sct_list).earliest;

	return own != 0 && (from_outside == 0 || own < from_outside) ? own : from_outside;
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
disabled(const char *programme, int64_t since, int64_t now, struct arena *a)
{
	char day[16];

	if (since == 0 || now < since)
		return NULL;
	return arena_printf(
	    a, "%s disabled this root on %s", programme, der_date_text(since, day, sizeof(day)));
}

static const char *
chrome(const struct anchor *root, const struct cert *leaf, int64_t outside_sct, struct arena *a)
{
	int64_t sct = earliest_sct(leaf, outside_sct);

	if (sct != 0)
		return issued_after(
		    "Chrome", "the earliest SCT is of", sct, root->chrome_sct_after, a);
	/* Chrome would refuse it for want of SCTs; its date is the next best. */
	return issued_after("Chrome", "this one has no SCT and begins", leaf->not_before,
	    root->chrome_sct_after, a);
}

static const char *
out_of_date(size_t store, const struct anchor *root, const struct cert *leaf,
    const struct chain_input *in, struct arena *a)
{
	const char *text = NULL;

	switch (store) {
	case STORE_MOZILLA:
		return issued_after("Mozilla", "this one begins", leaf->not_before,
		    root->mozilla_distrust_after, a);
	case STORE_MICROSOFT:
		text = disabled("Microsoft", root->microsoft_disabled, in->now, a);
		return text != NULL ? text
				    : issued_after("Microsoft", "this one begins", leaf->not_before,
					  root->microsoft_not_before, a);
	case STORE_CHROME:
		return chrome(root, leaf, in->earliest_sct, a);
	case STORE_JAVA:
		text = disabled("Java", root->java_disabled, in->now, a);
		return text != NULL ? text
				    : issued_after("Java", "this one begins", leaf->not_before,
					  root->java_distrust_after, a);
	default:
		return NULL;
	}
}

/* The date a programme had set for a root that is in its store no more; 0: it never had it. */
static int64_t
gone_since(size_t store, const struct anchor *root)
{
	switch (store) {
	case STORE_MOZILLA:
		return root->mozilla_distrust_after;
	case STORE_MICROSOFT:
		return root->microsoft_disabled != 0 ? root->microsoft_disabled
						     : root->microsoft_not_before;
	case STORE_CHROME:
		return root->chrome_sct_after;
	case STORE_JAVA:
		return root->java_disabled != 0 ? root->java_disabled : root->java_distrust_after;
	default:
		return 0;
	}
}

bool
path_concerns(size_t store, const struct anchor *root)
{
	return (root->stores & STORE_BIT(store)) != 0 || gone_since(store, root) != 0;
}

static const char *
distrust(size_t store, const struct anchor *root, const struct cert *leaf,
    const struct chain_input *in, struct arena *a)
{
	char day[16];

	if ((root->stores & STORE_BIT(store)) != 0)
		return out_of_date(store, root, leaf, in, a);
	return arena_printf(a, "%s has taken this root out; its distrust dates from %s",
	    store_title(in->stores, store),
	    der_date_text(gone_since(store, root), day, sizeof(day)));
}

/* OneCRL is what Firefox has instead of asking about intermediates. */
static bool
revoked_by_onecrl(
    const struct path *p, const struct chain_input *in, struct path_problem *out, struct arena *a)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct cert *c = &p->nodes[i]->cert;

		if (!store_onecrl_has_serial(in->stores, c->issuer, c->serial) &&
		    !store_onecrl_has_key(in->stores, c->subject, c->spki))
			continue;
		*out = (struct path_problem){PATH_REVOKED, (unsigned)i,
		    arena_printf(a, "Mozilla has revoked %s (OneCRL)", path_short(c, a))};
		return true;
	}
	return false;
}

bool
path_store_problem(size_t store, const struct anchor *root, const struct path *p,
    const struct chain_input *in, struct path_problem *out, struct arena *a)
{
	const char *text;

	if (store == STORE_MOZILLA && revoked_by_onecrl(p, in, out, a))
		return true;
	text = distrust(store, root, &p->nodes[0]->cert, in, a);
	if (text == NULL)
		return false;
	*out = (struct path_problem){PATH_DISTRUSTED, 0, text};
	return true;
}
