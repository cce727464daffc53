/* cert_profile - see cert_profile.h. */
#include "derive/cert_profile.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "base/text.h"
#include "pki/collision.h"
#include "pki/der.h"
#include "pki/lifetime.h"
#include "pki/weak_key.h"

enum { LIST_MAX = 64, NAME_MAX_BYTES = 256 };

struct list {
	const char *v[LIST_MAX];
	size_t n, total;
};

static void
add(struct list *l, const char *text)
{
	l->total++;
	if (l->n < LIST_MAX)
		l->v[l->n++] = text;
}

static void
put_list(struct facts *row, enum fact_id id, const struct list *l, struct arena *a)
{
	fact_put_strs(row, id, l->v, l->n);
	if (l->total > l->n)
		fact_set_note(row, id,
		    arena_printf(a, "%zu in all, the first %zu are kept", l->total, l->n));
}

/* --- extensions --- */

/* A known one by its name, any other by its OID and its bytes. */
static const char *
extension_text(const struct cert_ext *e, struct arena *a)
{
	const char *name = oid_name(e->oid), *critical = e->critical ? " (critical)" : "";
	struct span head = {e->value.p, e->value.n > CERT_PROFILE_HEX ? CERT_PROFILE_HEX : e->value.n};
	char dotted[OID_TEXT_MAX];

	if (name != NULL)
		return arena_printf(a, "%s%s", name, critical);
	return arena_printf(a, "%s%s: %s%s", oid_text(e->oid, dotted, sizeof(dotted)), critical,
	    text_hex(a, head), head.n < e->value.n ? "..." : "");
}

static void
put_extensions(struct facts *row, const struct cert *c, struct arena *a)
{
	struct list l = {.n = 0};
	struct cert_ext e;

	for (struct rd r = rd_of(c->exts); cert_ext_next(&r, &e);)
		add(&l, l.n < LIST_MAX ? extension_text(&e, a) : "");
	put_list(row, F_CERT_EXTENSIONS, &l, a);
}

/* --- policies --- */

const char *
cert_profile_validation(const struct cert *c)
{
	static const struct {
		uint16_t policy;
		const char *name;
	} kinds[] = {{CERT_POLICY_EV, "EV"}, {CERT_POLICY_OV, "OV"}, {CERT_POLICY_IV, "IV"},
	    {CERT_POLICY_DV, "DV"}};

	for (size_t i = 0; i < N_ELEMENTS(kinds); i++)
		if ((c->policies & kinds[i].policy) != 0)
			return kinds[i].name;
	return NULL;
}

static void
put_policies(struct facts *row, const struct cert *c, struct arena *a)
{
	const char *validation = c->ca ? NULL : cert_profile_validation(c);
	struct list l = {.n = 0};
	char dotted[OID_TEXT_MAX];

	for (uint32_t i = 0; i < c->n_policies && i < CERT_MAX_POLICIES; i++) {
		const char *name = oid_name(c->policy[i]);

		oid_text(c->policy[i], dotted, sizeof(dotted));
		add(&l, name != NULL ? arena_printf(a, "%s (%s)", dotted, name)
				     : arena_str(a, dotted));
	}
	l.total = c->n_policies;
	if (c->has_policies)
		put_list(row, F_CERT_POLICIES, &l, a);
	if (validation != NULL)
		fact_put_str(row, F_CERT_VALIDATION, validation);
}

/* --- name constraints (RFC 5280, 4.2.1.10) --- */

/* An iPAddress constraint is an address and a mask. */
static const char *
ip_text(struct span v, struct arena *a)
{
	char addr[INET6_ADDRSTRLEN], mask[INET6_ADDRSTRLEN];
	int family = v.n == 8 ? AF_INET : AF_INET6;

	if ((v.n != 8 && v.n != 32) || inet_ntop(family, v.p, addr, sizeof(addr)) == NULL ||
	    inet_ntop(family, v.p + v.n / 2, mask, sizeof(mask)) == NULL)
		return "IP (malformed)";
	return arena_printf(a, "IP %s mask %s", addr, mask);
}

static const char *
subtree_text(const struct cert_name *n, struct arena *a)
{
	static const char *const kinds[] = {[CERT_NAME_NONE] = "?",
	    [CERT_NAME_OTHER] = "other name",
	    [CERT_NAME_EMAIL] = "e-mail",
	    [CERT_NAME_DNS] = "DNS",
	    [CERT_NAME_X400] = "X.400 address",
	    [CERT_NAME_DIRECTORY] = "directory",
	    [CERT_NAME_EDI] = "EDI party",
	    [CERT_NAME_URI] = "URI",
	    [CERT_NAME_IP] = "IP",
	    [CERT_NAME_REGISTERED_ID] = "registered id"};

	if (n->kind == CERT_NAME_IP)
		return ip_text(n->value, a);
	if (n->kind == CERT_NAME_DIRECTORY)
		return arena_printf(a, "directory %s",
		    text_clean(a, span_str(dn_arena(a, n->value)), NAME_MAX_BYTES));
	if (n->kind == CERT_NAME_DNS || n->kind == CERT_NAME_EMAIL || n->kind == CERT_NAME_URI)
		return arena_printf(a, "%s %s", kinds[n->kind],
		    n->value.n > 0 ? text_clean(a, n->value, NAME_MAX_BYTES) : "(all)");
	return (size_t)n->kind < N_ELEMENTS(kinds) ? kinds[n->kind] : kinds[0];
}

static void
add_subtrees(struct list *l, const char *what, struct span subtrees, struct arena *a)
{
	struct cert_name n;
	bool odd;

	for (struct rd r = rd_of(subtrees); cert_subtree_next(&r, &n, &odd);)
		add(l, l->n < LIST_MAX ? arena_printf(a, "%s: %s", what, subtree_text(&n, a)) : "");
}

static void
put_constraints(struct facts *row, const struct cert *c, struct arena *a)
{
	struct list l = {.n = 0};

	if (!c->has_nc)
		return;
	add_subtrees(&l, "permitted", c->nc_permitted, a);
	add_subtrees(&l, "excluded", c->nc_excluded, a);
	put_list(row, F_CERT_NAME_CONSTRAINTS, &l, a);
}

/* --- lifetime --- */

/* "ready", or what has to change until when. */
static const char *
readiness(uint32_t days, int64_t now, struct arena *a)
{
	const struct lifetime_rule *next = lifetime_rule_after(now);
	char day[16];

	if (next == NULL)
		return "ready: no further rule is set";
	der_date_text(next->from, day, sizeof(day));
	if (days <= next->days)
		return arena_printf(a, "ready for %u days from %s", next->days, day);
	return arena_printf(a, "%" PRIu32 " days are %" PRIu32 " more than the %u from %s", days,
	    days - next->days, next->days, day);
}

static void
put_lifetime(struct facts *row, const struct cert *c, int64_t now, struct arena *a)
{
	const struct lifetime_rule *rule = lifetime_rule_at(c->not_before);
	uint32_t days = lifetime_days(c->not_before, c->not_after);

	if ((c->flaws & (CERT_FLAW_TIME | CERT_FLAW_TIME_ORDER)) != 0)
		return;
	fact_put_u32(row, F_CERT_LIFETIME_DAYS, days);
	if (c->ca)
		return;
	if (rule != NULL) {
		fact_put_u32(row, F_CERT_LIFETIME_LIMIT, rule->days);
		fact_put_tri(row, F_CERT_LIFETIME_OK, days <= rule->days ? TRI_YES : TRI_NO);
	}
	fact_put_str(row, F_CERT_LIFETIME_NEXT, readiness(days, now, a));
	fact_put_tri(row, F_CERT_SHORT_LIVED,
	    lifetime_is_short(c->not_before, c->not_after) ? TRI_YES : TRI_NO);
}

/* --- key and signature --- */

static void
put_weak_key(struct facts *row, const struct cert *c, struct arena *a)
{
	struct weak_key w = weak_key_check(c, a);

	if ((c->flaws & CERT_FLAW_KEY) != 0) {
		fact_put_unknown(row, F_CERT_WEAK_KEY, WHY_GARBAGE, "the key cannot be read");
		fact_put_unknown(row, F_CERT_KEY_BROKEN, WHY_GARBAGE, "the key cannot be read");
		return;
	}
	fact_put_strs(row, F_CERT_WEAK_KEY, w.why, w.n);
	fact_put_tri(row, F_CERT_KEY_BROKEN, w.broken ? TRI_YES : TRI_NO);
}

static void
put_collision(struct facts *row, const struct cert *c, struct arena *a)
{
	struct collision r = collision_judge(c, fact_yes(row, F_CERT_SELF_SIGNED), a);

	if (c->sig_alg.hash == CERT_HASH_UNKNOWN) {
		fact_put_unknown(row, F_CERT_COLLISION, WHY_LOCAL, "an algorithm not known here");
		return;
	}
	fact_put_str(row, F_CERT_COLLISION, collision_risk_name(r.risk));
	fact_put_strs(row, F_CERT_COLLISION_PARTS, r.parts, r.n);
}

void
cert_profile_put(struct facts *row, const struct cert *c, int64_t now, struct arena *a)
{
	put_extensions(row, c, a);
	put_policies(row, c, a);
	put_constraints(row, c, a);
	put_lifetime(row, c, now, a);
	put_weak_key(row, c, a);
	put_collision(row, c, a);
}
