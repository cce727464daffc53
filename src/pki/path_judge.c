/* path_judge: RFC 5280 section 6.1 on one path, in words that name the certificate. */
#include "base/arena.h"
#include "pki/constraint.h"
#include "pki/der.h"
#include "pki/oid.h"
#include "pki/path_internal.h"
#include "pki/policies.h"

enum { NAME_TEXT = 128, RSA_LEAST = 1024, EC_LEAST = 224 };

/* One judgement under way. */
struct trial {
	const struct path_node *const *nodes;
	size_t n;
	bool anchored; /* the last one is a root */
	int64_t now;
	size_t *budget; /* of name constraint comparisons */
	struct arena *a;
	struct path_problem v[PATH_MAX_PROBLEMS];
	size_t n_problems;
};

const char *
path_short(const struct cert *c, struct arena *a)
{
	char buf[NAME_TEXT];

	if (dn_short(c->subject, buf, sizeof(buf)) == 0)
		return "(no subject)";
	return arena_str(a, buf);
}

static const char *
who(const struct trial *t, size_t i)
{
	const char *name = path_short(&t->nodes[i]->cert, t->a);

	if (i == 0)
		return arena_printf(t->a, "the leaf %s", name);
	return arena_printf(t->a, "%s (depth %zu)", name, i);
}

static void
problem(struct trial *t, enum path_problem_kind kind, size_t i, const char *what)
{
	if (t->n_problems == PATH_MAX_PROBLEMS)
		return;
	t->v[t->n_problems++] =
	    (struct path_problem){kind, (unsigned)i, arena_printf(t->a, "%s %s", who(t, i), what)};
}

static bool
is_root(const struct trial *t, size_t i)
{
	return t->anchored && i + 1 == t->n;
}

static void
judge_form(struct trial *t, size_t i)
{
	const struct cert *c = &t->nodes[i]->cert;
	char oid[OID_TEXT_MAX];
	uint32_t fatal = c->flaws & CERT_FLAWS_FATAL;

	if (fatal != 0)
		problem(t, PATH_MALFORMED, i,
		    arena_printf(t->a, "is malformed: %s", cert_flaw_text(fatal)));
	/* RFC 5280 4.2: "MUST reject the certificate if it encounters a critical extension it does
	 * not recognize". */
	if (c->n_unknown_critical > 0)
		problem(t, PATH_CRITICAL, i,
		    arena_printf(t->a, "has a critical extension nobody here handles: %s",
			oid_label(c->unknown_critical, oid, sizeof(oid))));
	if (c->policies_critical && c->odd_qualifier)
		problem(t, PATH_CRITICAL, i,
		    "has critical certificatePolicies with a qualifier nobody here handles");
}

static void
judge_time(struct trial *t, size_t i)
{
	const struct cert *c = &t->nodes[i]->cert;
	char day[16];

	if ((c->flaws & CERT_FLAW_TIME) != 0)
		return; /* malformed says it */
	if (t->now < c->not_before)
		problem(t, PATH_NOT_YET_VALID, i,
		    arena_printf(t->a, "is not valid before %s",
			der_date_text(c->not_before, day, sizeof(day))));
	else if (t->now > c->not_after)
		problem(t, PATH_EXPIRED, i,
		    arena_printf(
			t->a, "expired %s", der_date_text(c->not_after, day, sizeof(day))));
}

/* The signature on certificate i, by the next one.  A root's own signature proves nothing. */
static void
judge_signature(struct trial *t, size_t i)
{
	const struct cert *c = &t->nodes[i]->cert;
	const char *alg = c->sig_alg.name != NULL ? c->sig_alg.name : "an unknown algorithm";

	if (is_root(t, i))
		return;
	if (c->sig_alg.hash >= CERT_HASH_MD2 && c->sig_alg.hash <= CERT_HASH_SHA1)
		problem(t, PATH_WEAK, i,
		    arena_printf(t->a, "is signed with %s, which nobody accepts any more",
			cert_hash_name(c->sig_alg.hash)));
	if (i + 1 >= t->n)
		return;
	switch (graph_sig(t->nodes[i], t->nodes[i + 1])) {
	case SIG_OK:
		break;
	case SIG_UNSUPPORTED:
	case SIG_UNTRIED:
		problem(t, PATH_UNSUPPORTED, i,
		    arena_printf(t->a, "is signed with %s, which cannot be checked here", alg));
		break;
	case SIG_TOO_BIG:
		problem(t, PATH_UNSUPPORTED, i, "is signed with a key too big to be checked");
		break;
	case SIG_BAD:
	case SIG_BAD_KEY:
		problem(t, PATH_BAD_SIGNATURE, i,
		    arena_printf(t->a, "names %s as its issuer, but that key did not sign it",
			path_short(&t->nodes[i + 1]->cert, t->a)));
		break;
	}
}

/*
 * Keys that clients refuse whoever signed for them.  RSA of 1024 bits is not among them (older ones
 * still take it; the grade says what it is worth), nor is an unknown kind.
 */
static void
judge_key(struct trial *t, size_t i)
{
	const struct cert_key *k = &t->nodes[i]->cert.key;

	if ((k->kind == CERT_KEY_RSA || k->kind == CERT_KEY_RSA_PSS) && k->bits < RSA_LEAST)
		problem(t, PATH_WEAK, i,
		    arena_printf(t->a, "has an RSA key of %u bits", (unsigned)k->bits));
	else if (k->explicit_params)
		problem(t, PATH_WEAK, i, "spells out its curve instead of naming one");
	else if (k->kind == CERT_KEY_EC && k->bits > 0 && k->bits < EC_LEAST)
		problem(t, PATH_WEAK, i,
		    arena_printf(t->a, "has an EC key of %u bits", (unsigned)k->bits));
	else if (k->kind == CERT_KEY_DSA)
		problem(t, PATH_WEAK, i, "has a DSA key, which no browser accepts");
}

static void
judge_leaf_purpose(struct trial *t)
{
	const struct cert *c = &t->nodes[0]->cert;
	const uint16_t usable =
	    CERT_KU_DIGITAL_SIGNATURE | CERT_KU_KEY_ENCIPHERMENT | CERT_KU_KEY_AGREEMENT;

	/* CA/Browser Forum BR 7.1.2.7.10: anyExtendedKeyUsage MUST NOT stand in for serverAuth. */
	if (c->has_eku && (c->eku & CERT_EKU_SERVER_AUTH) == 0)
		problem(t, PATH_WRONG_PURPOSE, 0, "is not for TLS servers (extended key usage)");
	if (c->has_ku && (c->ku & usable) == 0)
		problem(t, PATH_WRONG_PURPOSE, 0, "is not for TLS servers (key usage)");
}

/* RFC 5280 6.1.4 (k), (n): a CA says so, and may sign certificates. */
static void
judge_ca(struct trial *t, size_t i)
{
	const struct cert *c = &t->nodes[i]->cert;
	bool old_root = is_root(t, i) && c->version < 3;

	if (!c->ca && !old_root)
		problem(t, PATH_NOT_A_CA, i,
		    c->has_bc ? "issues certificates but is no CA (basicConstraints)"
			      : "issues certificates but does not say that it is a CA");
	if (c->has_ku && (c->ku & CERT_KU_KEY_CERT_SIGN) == 0)
		problem(t, PATH_NOT_A_CA, i, "may not sign certificates (key usage)");
	/* Not in RFC 5280, but every browser: an intermediate's EKU bounds all below it. */
	if (!is_root(t, i) && c->has_eku && (c->eku & (CERT_EKU_SERVER_AUTH | CERT_EKU_ANY)) == 0)
		problem(
		    t, PATH_WRONG_PURPOSE, i, "may not issue for TLS servers (extended key usage)");
}

/* RFC 5280 6.1.4 (l), (m): self-issued certificates do not count, nor does the leaf. */
static void
judge_path_len(struct trial *t, size_t i)
{
	const struct cert *c = &t->nodes[i]->cert;
	int32_t below = 0;

	for (size_t k = 1; k < i; k++)
		below += !t->nodes[k]->cert.self_issued;
	if (c->path_len >= 0 && below > c->path_len)
		problem(t, PATH_NOT_A_CA, i,
		    arena_printf(t->a, "allows %d CAs below it, there are %d (pathLenConstraint)",
			(int)c->path_len, (int)below));
}

static const char *
name_words(const struct cert_name *n, struct arena *a)
{
	char buf[NAME_TEXT];

	if (n->kind == CERT_NAME_DIRECTORY)
		dn_text(n->value, buf, sizeof(buf));
	else if (n->kind == CERT_NAME_IP)
		return "an IP address";
	else
		dn_string(0x16 /* IA5String */, n->value, true, buf, sizeof(buf));
	return arena_str(a, buf);
}

static void
judge_constraints(struct trial *t, size_t i)
{
	struct cert_name which = {.kind = CERT_NAME_NONE};

	for (size_t k = 0; k < i; k++) {
		const struct cert *c = &t->nodes[k]->cert;
		const char *below;

		/* RFC 5280 6.1.3 (b): "If certificate i is self-issued and it is not the final
		 * certificate in the path, skip this step" */
		if (k > 0 && c->self_issued)
			continue;
		below = k == 0 ? "the leaf" : path_short(c, t->a);
		switch (constraint_check(&t->nodes[i]->cert, c, t->budget, &which)) {
		case CONSTRAINT_OK:
			continue;
		case CONSTRAINT_VIOLATED:
			problem(t, PATH_CONSTRAINED, i,
			    arena_printf(t->a,
				"does not allow the name %s of %s (name constraints)",
				name_words(&which, t->a), below));
			break;
		case CONSTRAINT_UNSUPPORTED:
			problem(t, PATH_CONSTRAINED, i,
			    arena_printf(t->a,
				"has name constraints that cannot be compared with %s", below));
			break;
		case CONSTRAINT_TOO_MUCH:
			problem(t, PATH_CONSTRAINED, i,
			    "has more name constraints than anybody would check");
			break;
		}
		return;
	}
}

static void
judge_policies(struct trial *t)
{
	static const char *const texts[] = {
	    [POLICIES_NONE] = "requires a certificate policy, and none holds for the whole path",
	    [POLICIES_TWICE] = "requires a certificate policy, and one is named twice",
	    [POLICIES_BAD_MAPPING] = "maps anyPolicy, which nobody may",
	    [POLICIES_TOO_MANY] =
		"requires a certificate policy, and there are more than anybody would check",
	};
	size_t n = t->n - t->anchored;
	const struct cert **path = arena_alloc(t->a, (n + 1) * sizeof(*path));
	struct policies_verdict v;

	for (size_t i = 0; i < n; i++)
		path[i] = &t->nodes[i]->cert;
	v = policies_check(path, n);
	if (v.result != POLICIES_OK)
		problem(t, PATH_POLICY, v.depth, texts[v.result]);
}

void
path_judge(struct path *p, bool anchored, int64_t now, size_t *budget, struct arena *a)
{
	struct trial t = {.nodes = p->nodes,
	    .n = p->n,
	    .anchored = anchored,
	    .now = now,
	    .budget = budget,
	    .a = a};
	struct path_problem *kept;

	for (size_t i = 0; i < t.n; i++) {
		judge_form(&t, i);
		judge_signature(&t, i);
		judge_key(&t, i);
		judge_time(&t, i);
		if (i == 0) {
			judge_leaf_purpose(&t);
			continue;
		}
		judge_ca(&t, i);
		judge_path_len(&t, i);
		judge_constraints(&t, i);
	}
	judge_policies(&t);
	if (t.n_problems == 0)
		return;
	kept = arena_alloc(a, t.n_problems * sizeof(*kept));
	memcpy(kept, t.v, t.n_problems * sizeof(*kept));
	p->problems = kept;
	p->n_problems = t.n_problems;
}

const struct path_problem *
path_worst(const struct path *p)
{
	const struct path_problem *worst = NULL;

	for (size_t i = 0; i < p->n_problems; i++)
		if (worst == NULL || p->problems[i].kind > worst->kind)
			worst = &p->problems[i];
	return worst;
}

bool
path_trust_ok(const struct path *p)
{
	for (size_t i = 0; i < p->n_problems; i++)
		if (p->problems[i].kind != PATH_EXPIRED &&
		    p->problems[i].kind != PATH_NOT_YET_VALID)
			return false;
	return true;
}

bool
path_time_ok(const struct path *p)
{
	for (size_t i = 0; i < p->n_problems; i++)
		if (p->problems[i].kind == PATH_EXPIRED ||
		    p->problems[i].kind == PATH_NOT_YET_VALID)
			return false;
	return true;
}
