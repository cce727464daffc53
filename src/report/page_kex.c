/* page_kex - groups, signature algorithms, Diffie-Hellman parameters; see page.h. */
#include "report/page.h"

#include <inttypes.h>

#include "tls/code.h"

/* "as strong as RSA 3072" */
static const char *
group_words(struct page *p, const struct group *g)
{
	if (g == NULL)
		return "in no registry";
	switch (g->kind) {
	case GROUP_HYBRID:
		return "hybrid with ML-KEM, post-quantum";
	case GROUP_MLKEM:
		return "ML-KEM, post-quantum";
	default:
		break;
	}
	if (g->rsa_bits == 0)
		return g->bits > 0 ? arena_printf(p->arena, "%u bits", g->bits) : "";
	return g->rsa_bits == g->bits
		   ? arena_printf(p->arena, "%u bits", g->bits)
		   : arena_printf(p->arena, "%u bits, as RSA %u", g->bits, g->rsa_bits);
}

static void
groups(struct page *p, const char *name, enum fact_id id, enum fact_id order)
{
	struct u16s l = page_codes(p->f, id);
	struct term *t = &p->term;
	const char *who = fact_str(p->f, order);

	if (!fact_settled(p->f, id) || fact_why(p->f, id) == WHY_NOT_APPLICABLE)
		return;
	term_at(t, 2);
	term_words(t, INK_BOLD, name);
	if (!fact_known(p->f, id) || l.n == 0)
		term_words(t, INK_DIM, "\xc2\xb7");
	if (!fact_known(p->f, id))
		page_unknown(p, p->f, id);
	else if (l.n == 0)
		term_words(t, INK_PLAIN, "none");
	else if (who != NULL)
		term_words(t, INK_DIM, arena_printf(p->arena, "\xc2\xb7 %s", page_order(p, who)));
	if (fact_known(p->f, id) && fact_note(p->f, id) != NULL)
		term_words(t, INK_DIM, arena_printf(p->arena, "(%s)", fact_note(p->f, id)));
	for (size_t i = 0; i < l.n; i++) {
		const struct group *g = group_by_code(l.v[i]);

		term_at(t, 4);
		term_words(
		    t, INK_PLAIN, g != NULL ? g->name : arena_printf(p->arena, "0x%04x", l.v[i]));
		if (t->column < t->indent + t->keys) {
			t->left = t->indent + t->keys;
			term_glue(t);
		}
		term_words(t, INK_DIM, group_words(p, g));
	}
}

static void
all_groups(struct page *p)
{
	static const enum fact_id ids[] = {F_GROUPS_TLS1_3, F_GROUPS_TLS1_2, F_NONE};

	if (!page_any(p->f, ids))
		return;
	term_heading(&p->term, "Key exchange groups");
	groups(p, "TLS 1.3", F_GROUPS_TLS1_3, F_GROUPS_TLS1_3_ORDER);
	groups(p, "TLS 1.2 and below", F_GROUPS_TLS1_2, F_GROUPS_TLS1_2_ORDER);
	term_end(&p->term);
	if (p->style->verbose > 0)
		page_fact(p, "Empty key_share", p->f, F_EMPTY_KEY_SHARE);
}

static void
signature_algorithms(struct page *p)
{
	static const struct {
		enum fact_id id;
		const char *label;
	} lists[] = {{F_SIGALGS_TLS1_3_RSA, "TLS 1.3, RSA"},
	    {F_SIGALGS_TLS1_3_ECDSA, "TLS 1.3, ECDSA"}, {F_SIGALGS_TLS1_2_RSA, "TLS 1.2, RSA"},
	    {F_SIGALGS_TLS1_2_ECDSA, "TLS 1.2, ECDSA"}, {F_SIGALGS_IGNORED, "Ignores our offer"}};
	bool any = false;

	for (size_t i = 0; i < N_ELEMENTS(lists); i++) {
		enum fact_id id = lists[i].id;

		if (!fact_settled(p->f, id) || fact_why(p->f, id) == WHY_NOT_APPLICABLE)
			continue;
		if (!any)
			term_heading(&p->term, "Signature algorithms");
		any = true;
		page_fact(p, lists[i].label, p->f, id);
	}
}

static void
dh_set(struct page *p, const struct facts *d)
{
	struct term *t = &p->term;
	const char *name = fact_str(d, F_DHPARAM_NAME), *kind = fact_str(d, F_DHPARAM_KIND);
	struct u16s suite = fact_u16s(d, F_DHPARAM_SUITE);
	const struct suite *s = suite.n > 0 ? suite_by_code(suite.v[0]) : NULL;
	const char *text;

	term_key(t, arena_printf(p->arena, "%" PRIu32 " bits", fact_u32(d, F_DHPARAM_BITS)));
	text = arena_printf(p->arena, "%s%s%s%s", name != NULL ? name : "a prime of its own",
	    kind != NULL ? " (" : "", kind != NULL ? kind : "", kind != NULL ? ")" : "");
	if (fact_known(d, F_DHPARAM_GENERATOR))
		text = arena_printf(
		    p->arena, "%s, generator %" PRIu32, text, fact_u32(d, F_DHPARAM_GENERATOR));
	if (fact_yes(d, F_DHPARAM_EXPORT))
		text = arena_printf(p->arena, "%s, EXPORT", text);
	term_words(t, fact_yes(d, F_DHPARAM_EXPORT) ? INK_BAD : INK_PLAIN, text);
	if (p->style->verbose > 0) {
		term_at(t, t->left);
		term_printf(t, INK_DIM, "seen with %s under %s", s != NULL ? s->name : "a suite",
		    page_version(p, fact_u32(d, F_DHPARAM_VERSION)));
		term_at(t, t->left);
		term_words(t, INK_DIM, "prime");
		term_hex(t, INK_DIM, fact_hex(d, F_DHPARAM_P));
	}
	term_end(t);
}

static void
diffie_hellman(struct page *p)
{
	static const enum fact_id ids[] = {
	    F_DH_BITS, F_DH_PRIME, F_DH_GENERATOR, F_DH_EXPORT_BITS, F_NONE};
	static const char *const names[] = {
	    "Smallest prime", "Its name", "Its generator", "EXPORT prime"};
	size_t n = fact_rows(p->f, K_DHPARAM);
	bool any = n > 0;

	for (size_t i = 0; ids[i] != F_NONE; i++)
		any = any ||
		      (fact_settled(p->f, ids[i]) && fact_why(p->f, ids[i]) != WHY_NOT_APPLICABLE);
	if (!any)
		return;
	term_heading(&p->term, "Diffie-Hellman parameters");
	for (size_t i = 0; n == 0 && ids[i] != F_NONE; i++)
		if (fact_why(p->f, ids[i]) != WHY_NOT_APPLICABLE)
			page_fact(p, names[i], p->f, ids[i]);
	for (size_t i = 0; i < n; i++)
		dh_set(p, fact_row(p->f, K_DHPARAM, i));
}

void
page_key_exchange(struct page *p)
{
	all_groups(p);
	signature_algorithms(p);
	diffie_hellman(p);
}
