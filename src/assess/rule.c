/* rule - see rule.h. */
#include "assess/rule.h"

#include <stdlib.h>

#include "base/check.h"

const struct suite_list suite_lists[N_SUITE_LISTS] = {
    {F_SUITES_TLS1_3, F_PROTO_TLS1_3, 0x0304},
    {F_SUITES_TLS1_2, F_PROTO_TLS1_2, 0x0303},
    {F_SUITES_TLS1_1, F_PROTO_TLS1_1, 0x0302},
    {F_SUITES_TLS1_0, F_PROTO_TLS1_0, 0x0301},
    {F_SUITES_SSL3, F_PROTO_SSL3, 0x0300},
    {F_SUITES_SSL2, F_PROTO_SSL2, 0x0002},
};

bool
suite_list_at(const struct facts *f, const struct suite_list *l, size_t i, uint32_t *code,
    const struct suite **s)
{
	if (l->suites == F_SUITES_SSL2) {
		struct u32s v = fact_u32s(f, l->suites);

		if (i >= v.n)
			return false;
		*code = v.v[i];
		*s = suite_ssl2_by_code(*code);
		return true;
	}
	if (i >= fact_u16s(f, l->suites).n)
		return false;
	*code = fact_u16s(f, l->suites).v[i];
	*s = suite_by_code((uint16_t)*code);
	return true;
}

/* What a condition is asked of. */
struct place {
	const struct facts *f;    /* the endpoint */
	const struct facts *row;  /* or NULL */
	const struct facts *leaf; /* of the row, or NULL */
};

static enum tri
tri(bool b)
{
	return b ? TRI_YES : TRI_NO;
}

static void
note_open(struct answer *a, enum fact_id id, enum why why, const char *note)
{
	for (size_t i = 0; i < a->n_open; i++)
		if (a->open[i].fact == id)
			return;
	if (a->n_open < OPEN_MAX)
		a->open[a->n_open++] = (struct open_fact){id, why, note};
}

/* The value when the fact is not known: no where it makes no sense and where a row lacks it, else
 * unknown with its reason. */
static enum tri
not_known(const struct facts *f, enum fact_id id, struct answer *a)
{
	if (fact_why(f, id) == WHY_NOT_APPLICABLE ||
	    (fact_defs[id].kind != K_ENDPOINT && !fact_settled(f, id)))
		return TRI_NO;
	note_open(a, id, fact_why(f, id), fact_note(f, id));
	return TRI_UNKNOWN;
}

static bool
has_all(const struct cond *c, const struct suite *s)
{
	for (size_t i = 0; i < c->n_words; i++)
		if (!suite_has(s, c->words[i]))
			return false;
	return true;
}

static bool
one_of_numbers(const struct cond *c, int64_t v)
{
	for (size_t i = 0; i < c->n_words; i++)
		if (c->numbers[i] == v)
			return true;
	return false;
}

bool
suite_fits(const struct cond *c, uint32_t code, const struct suite *s)
{
	if (c->op == OP_HAS_OTHER)
		return !(s != NULL && s->scsv) && !one_of_numbers(c, code);
	return has_all(c, s);
}

/* Does one of these suites fit? */
static bool
any_fits(const struct cond *c, struct u16s l)
{
	for (size_t i = 0; i < l.n; i++)
		if (suite_fits(c, l.v[i], suite_by_code(l.v[i])))
			return true;
	return false;
}

/* Is there a suite of one version that fits? */
static enum tri
ask_suites(
    const struct cond *c, const struct facts *f, const struct suite_list *l, struct answer *a)
{
	const struct suite *s;
	uint32_t code;

	if (!fact_known(f, l->suites)) {
		if (fact_tri(f, l->proto) == TRI_NO)
			return TRI_NO;
		if (l->suites != F_SUITES_SSL2 && any_fits(c, fact_seen(f, l->suites)))
			return TRI_YES;
		return not_known(f, l->suites, a);
	}
	for (size_t i = 0; suite_list_at(f, l, i, &code, &s); i++)
		if (suite_fits(c, code, s))
			return TRI_YES;
	return TRI_NO;
}

static enum tri
ask_all_suites(const struct cond *c, const struct facts *f, struct answer *a)
{
	enum tri all = TRI_NO;

	for (size_t i = 0; i < N_SUITE_LISTS; i++) {
		const struct suite_list *l = &suite_lists[i];
		enum tri t;

		if (c->fact != F_NONE && c->fact != l->suites)
			continue;
		t = ask_suites(c, f, l, a);
		if (t == TRI_YES)
			return t;
		if (t == TRI_UNKNOWN)
			all = t;
	}
	return all;
}

static bool
is_suites(enum fact_id id)
{
	return id == F_NONE || fact_defs[id].type == FT_SUITES || fact_defs[id].type == FT_SUITES2;
}

static bool
one_of_words(const struct cond *c, const char *s)
{
	for (size_t i = 0; i < c->n_words; i++)
		if (strcmp(c->words[i], s) == 0)
			return true;
	return false;
}

/* The fact as a number; days_left and the like are numbers in texts. */
static bool
number_of(const struct facts *f, enum fact_id id, int64_t *v)
{
	const char *s;
	char *end;

	switch (fact_defs[id].type) {
	case FT_TRI:
		*v = fact_tri(f, id);
		return true;
	case FT_U32:
	case FT_VERSION:
		*v = fact_u32(f, id);
		return true;
	case FT_STR:
		s = fact_str(f, id);
		*v = strtoll(s, &end, 10);
		return end != s && *end == '\0';
	default:
		return false;
	}
}

static enum tri
compare(const struct cond *c, const struct facts *f, struct answer *a)
{
	int64_t v;

	if (!number_of(f, c->fact, &v)) {
		note_open(a, c->fact, WHY_LOCAL, "not a number");
		return TRI_UNKNOWN;
	}
	if (c->op == OP_LESS)
		return tri(v < c->numbers[0]);
	if (c->op == OP_AT_LEAST)
		return tri(v >= c->numbers[0]);
	return tri(one_of_numbers(c, v) == (c->op == OP_IS));
}

/* Has the list one of the words, or one that is none of them? */
static bool
list_has(const struct cond *c, const struct facts *f, struct u16s codes)
{
	bool other = c->op == OP_HAS_OTHER;

	if (fact_defs[c->fact].type == FT_SUITES)
		return any_fits(c, codes);
	for (size_t i = 0; fact_defs[c->fact].type == FT_STRS && i < fact_n_strs(f, c->fact); i++)
		if (one_of_words(c, fact_strs(f, c->fact, i)) != other)
			return true;
	for (size_t i = 0; i < codes.n; i++)
		if (one_of_numbers(c, codes.v[i]) != other)
			return true;
	return false;
}

static bool
is_codes(enum fact_id id)
{
	enum fact_type t = fact_defs[id].type;

	return t == FT_SUITES || t == FT_GROUPS || t == FT_SIGALGS;
}

static struct u16s
codes_of(const struct facts *f, enum fact_id id)
{
	return is_codes(id) ? fact_u16s(f, id) : (struct u16s){NULL, 0};
}

static enum tri
negate(enum tri t)
{
	return t == TRI_UNKNOWN ? t : tri(t == TRI_NO);
}

static enum tri
ask_fact(const struct cond *c, const struct place *p, struct answer *a)
{
	const struct facts *f;
	enum tri t;

	if (is_suites(c->fact) && (c->fact == F_NONE || fact_defs[c->fact].kind == K_ENDPOINT)) {
		t = ask_all_suites(c, p->f, a);
		return c->op == OP_HAS_NO ? negate(t) : t;
	}
	f = c->leaf ? p->leaf : fact_defs[c->fact].kind == K_ENDPOINT ? p->f : p->row;
	if (f == NULL) {
		note_open(a, c->fact, WHY_NOT_ASKED, "no leaf certificate");
		return TRI_UNKNOWN;
	}
	if (!fact_known(f, c->fact)) {
		if (is_codes(c->fact) && list_has(c, f, fact_seen(f, c->fact)))
			return tri(c->op != OP_HAS_NO);
		return not_known(f, c->fact, a);
	}
	if (c->op == OP_HAS || c->op == OP_HAS_NO || c->op == OP_HAS_OTHER)
		return tri(list_has(c, f, codes_of(f, c->fact)) == (c->op != OP_HAS_NO));
	if (c->numbers == NULL)
		return tri(one_of_words(c, fact_str(f, c->fact)) == (c->op == OP_IS));
	return compare(c, f, a);
}

static enum tri
ask_or(const struct cond *c, const struct place *p, struct answer *a)
{
	enum tri all = TRI_NO;

	for (size_t i = 0; i < c->n_alt; i++) {
		enum tri t = ask_fact(&c->alt[i], p, a);

		if (t == TRI_YES)
			return t;
		if (t == TRI_UNKNOWN)
			all = t;
	}
	return all;
}

/* All of them; one no settles it, whatever is unknown. */
static enum tri
ask_and(const struct cond *when, size_t n, const struct place *p, struct answer *a)
{
	enum tri all = TRI_YES;

	for (size_t i = 0; i < n; i++) {
		enum tri t =
		    when[i].op == OP_OR ? ask_or(&when[i], p, a) : ask_fact(&when[i], p, a);

		if (t == TRI_NO)
			return t;
		if (t == TRI_UNKNOWN)
			all = t;
	}
	return all;
}

bool
counts(const struct facts *deployment)
{
	return fact_tri(deployment, F_DEPLOY_COUNTS) != TRI_NO;
}

const struct facts *
leaf_of(const struct facts *f, const struct facts *deployment)
{
	struct u16s chain = fact_u16s(deployment, F_DEPLOY_CHAIN);

	if (chain.n == 0 || chain.v[0] >= fact_rows(f, K_CERT))
		return NULL;
	return fact_row(f, K_CERT, chain.v[0]);
}

static enum tri
ask_row(const struct rule *r, const struct facts *f, size_t i, struct answer *a)
{
	const struct facts *row = fact_row(f, r->rows, i);
	struct place p = {f, row, NULL};

	if (r->rows == K_DEPLOY) {
		if (!counts(row))
			return TRI_NO;
		p.leaf = leaf_of(f, row);
	}
	return ask_and(r->when, r->n_when, &p, a);
}

enum tri
rule_ask_row(const struct rule *r, const struct facts *f, size_t row)
{
	struct answer a = {0};

	return ask_row(r, f, row, &a);
}

/* The fact that is known once the rows of a kind are there, be they none. */
static enum fact_id
rows_rest_on(enum kind k)
{
	switch (k) {
	case K_DHPARAM:
		return F_DH_BITS;
	case K_CLIENT:
		return F_CLIENTS_SIMULATED;
	case K_FETCH:
	case K_RESPONDER:
	case K_CRL:
		return F_FETCHES;
	case K_ANSWER:
	case K_CAA:
	case K_TLSA:
	case K_HTTPS:
	case K_STS:
		return F_DNS_ASKED;
	default:
		return F_FLIGHTS_READ;
	}
}

/* Is there a row?  None at all is an answer only when it was asked. */
static enum tri
ask_rows(const struct rule *r, const struct facts *f, struct answer *a)
{
	enum fact_id asked = rows_rest_on(r->rows);
	enum tri any = TRI_NO;

	if (fact_rows(f, r->rows) == 0 && !fact_known(f, asked))
		return not_known(f, asked, a);
	for (size_t i = 0; i < fact_rows(f, r->rows); i++) {
		enum tri t = ask_row(r, f, i, a);

		if (t == TRI_YES)
			return t;
		if (t == TRI_UNKNOWN)
			any = t;
	}
	return any;
}

struct answer
conds_ask(const struct cond *when, size_t n, const struct facts *f)
{
	struct answer a = {0};
	struct place p = {f, NULL, NULL};

	a.value = ask_and(when, n, &p, &a);
	if (a.value != TRI_UNKNOWN)
		a.n_open = 0;
	return a;
}

struct answer
rule_ask(const struct rule *r, const struct facts *f)
{
	struct answer a = {0};

	if (r->rows == K_ENDPOINT)
		return conds_ask(r->when, r->n_when, f);
	a.value = ask_rows(r, f, &a);
	if (a.value != TRI_UNKNOWN)
		a.n_open = 0;
	return a;
}
