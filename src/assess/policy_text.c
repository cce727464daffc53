/* policy_text - a policy in normalised text: every table and rule, one member a line. */
#include "assess/policy.h"

static void
write_steps(FILE *to, const char *name, const struct bits_score *b)
{
	fprintf(to, "score %s, weight %d\n", name, b->weight);
	for (size_t i = 0; i < b->n_steps; i++)
		fprintf(to, "\tbelow %u bits: %d\n", b->steps[i].below, b->steps[i].score);
	fprintf(to, "\telse: %d\n", b->otherwise);
	for (size_t i = 0; i < b->n_limits; i++)
		fprintf(to, "\twhile rule %s hits: %d at most\n", b->limits[i].rule,
		    b->limits[i].score);
}

static void
write_scores(FILE *to, const struct policy *p)
{
	fprintf(to, "score protocol, weight %d\n", p->protocol_weight);
	for (size_t i = 0; i < N_SUITE_LISTS; i++)
		fprintf(
		    to, "\t%s: %d\n", version_name(suite_lists[i].version), p->version_score[i]);
	write_steps(to, "key exchange", &p->kx);
	write_steps(to, "cipher", &p->cipher);
	for (size_t i = 0; i < p->n_letters; i++)
		fprintf(to, "letter %s from %d\n", rank_letter(p->letters[i].rank),
		    p->letters[i].score);
}

static void
write_words(FILE *to, const struct cond *c)
{
	static const char *const ops[] = {"is", "is not", "<", ">=", "has", "has no",
	    "has other than", "or"};

	fprintf(to, " %s", ops[c->op]);
	for (size_t i = 0; i < c->n_words; i++) {
		if (c->words != NULL)
			fprintf(to, "%s \"%s\"", i > 0 ? "," : "", c->words[i]);
		else
			fprintf(to, " %lld", (long long)c->numbers[i]);
	}
}

static void
write_cond(FILE *to, const struct cond *c)
{
	const struct fact_def *d = &fact_defs[c->fact];

	if (c->fact == F_NONE) {
		fprintf(to, "suites.any");
	} else if (d->kind == K_ENDPOINT) {
		fprintf(to, "%s", d->json);
	} else {
		fprintf(to, "%s[].%s", c->leaf ? "leaf" : kind_defs[d->kind].json, d->json);
	}
	write_words(to, c);
}

static void
write_when(FILE *to, const struct rule *r)
{
	for (size_t i = 0; i < r->n_when; i++) {
		const struct cond *c = &r->when[i];

		fprintf(to, "\t%s", i == 0 ? "when " : "and ");
		if (c->op != OP_OR)
			write_cond(to, c);
		for (size_t k = 0; k < c->n_alt; k++) {
			fprintf(to, "%s", k > 0 ? " or " : "");
			write_cond(to, &c->alt[k]);
		}
		fputc('\n', to);
	}
}

static void
write_rule(FILE *to, const struct rule *r, bool level)
{
	static const char *const effects[] = {"none", "cap", "warning", "grade"};

	fprintf(to, "\nrule %s\n", r->id);
	fprintf(to, "\ttitle %s\n", r->title);
	if (r->means != NULL)
		fprintf(to, "\tmeans %s\n", r->means);
	write_when(to, r);
	if (level)
		fprintf(to, "\tlevel %s\n", r->advice ? "should" : "must");
	else
		fprintf(to, "\teffect %s%s%s\n\tseverity %s\n", effects[r->effect], r->letter != NULL ? " " : "",
		    r->letter != NULL ? r->letter : "", severity_name(r->sev));
	for (size_t i = 0; i < r->n_show; i++)
		fprintf(to, "\tshow %s\n", r->show[i]);
	fprintf(to, "\tfix %s\n", r->fix);
	for (int i = 0; r->config != NULL && i < SET__MAX; i++)
		if (r->config[i] != NULL)
			fprintf(to, "\tconfig %s %s\n", setting_key((enum setting_id)i), r->config[i]);
	fprintf(to, "\tref %s\n", r->ref);
	if (r->also != NULL) {
		fprintf(to, "\talso by the fix of %s\n", r->also);
		write_when(to, r->if_so);
	}
	if (r->waived != NULL)
		fprintf(to, "\t%s\n", r->waived);
}

bool
policy_write(FILE *to, const struct policy *p)
{
	fprintf(to, "policy %s\nedition %s\ntitle %s\n", p->name, p->edition, p->title);
	if (p->note != NULL)
		fprintf(to, "note %s\n", p->note);
	if (!p->compliance)
		write_scores(to, p);
	if (p->exceptional != NULL)
		write_rule(to, p->exceptional, false);
	for (size_t i = 0; i < p->n_rules; i++)
		write_rule(to, p->rules[i], p->compliance);
	return !ferror(to);
}
