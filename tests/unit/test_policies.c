/* policies: RFC 5280, 6.1.2 to 6.1.5, on paths made on the spot. */
#include "mkpki.h"
#include "pki/policies.h"
#include "unit.h"

enum { MAX = 6 };

/* What one certificate says of policies; NULL: no such extension. */
struct says {
	const char *policies, *constraints, *mappings, *inhibit;
	bool self_issued;
};

/* From the certificate below the anchor down to the leaf. */
static struct policies_verdict
check(const struct says *v, size_t n)
{
	static const char *const names[] = {"policyConstraints=", "policyMappings=",
	    "inhibitAnyPolicy=", "certificatePolicies="};
	struct mkpki *p = mkpki_new();
	const struct mk *up = mk_make(p, &(struct mk_spec){.cn = "Root", .ca = true});
	const struct cert *path[MAX];
	struct cert certs[MAX];
	struct policies_verdict got;

	for (size_t i = 0; i < n; i++) {
		const char *parts[] = {v[i].constraints, v[i].mappings, v[i].inhibit,
		    v[i].policies};
		struct mk_spec s = {.ca = i + 1 < n,
		    .issuer = up,
		    .cn = v[i].self_issued ? up->cn : i == 0 ? "A" : i == 1 ? "B" : "C"};
		char text[4][160];
		size_t k = 0;

		for (size_t e = 0; e < 4; e++) {
			if (parts[e] == NULL)
				continue;
			snprintf(text[e], sizeof(text[e]), "%s%s", names[e], parts[e]);
			s.ext[k++] = text[e];
		}
		up = mk_make(p, &s);
		ck_assert(cert_parse(up->der, &certs[n - 1 - i]));
		ck_assert_uint_eq(certs[n - 1 - i].flaws, 0);
		path[n - 1 - i] = &certs[n - 1 - i];
	}
	got = policies_check(path, n);
	mkpki_free(p);
	return got;
}

#define REQUIRE "critical,requireExplicitPolicy:0"
#define IS(want, ...)                                                                              \
	ck_assert_int_eq(check((const struct says[]){__VA_ARGS__},                                 \
			     sizeof((const struct says[]){__VA_ARGS__}) / sizeof(struct says))     \
			     .result,                                                              \
	    want)

START_TEST(none_required_none_needed)
{
	IS(POLICIES_OK, {.policies = NULL}, {.policies = NULL});
	IS(POLICIES_OK, {.policies = "1.2.3.1"}, {.policies = "1.2.3.2"});
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = "critical,requireExplicitPolicy:5"},
	    {.policies = NULL});
}
END_TEST

START_TEST(required)
{
	struct policies_verdict v;

	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = REQUIRE}, {.policies = "1.2.3.1"});
	IS(POLICIES_NONE, {.policies = "1.2.3.1", .constraints = REQUIRE}, {.policies = NULL});
	IS(POLICIES_NONE, {.policies = "1.2.3.1", .constraints = REQUIRE}, {.policies = "1.2.3.2"});
	IS(POLICIES_NONE, {.policies = NULL, .constraints = REQUIRE}, {.policies = "1.2.3.1"});
	v = check((const struct says[]){{.policies = "1.2.3.1"},
		      {.policies = "1.2.3.1", .constraints = REQUIRE}, {.policies = NULL}},
	    3);
	ck_assert_int_eq(v.result, POLICIES_NONE);
	ck_assert_uint_eq(v.depth, 1);
	/* 6.1.5 (b): the leaf asks it of itself */
	IS(POLICIES_NONE, {.policies = "1.2.3.1"}, {.policies = NULL, .constraints = REQUIRE});
	/* from the second certificate below on; self-issued ones do not count */
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = "critical,requireExplicitPolicy:2"},
	    {.policies = NULL});
	IS(POLICIES_NONE,
	    {.policies = "1.2.3.1", .constraints = "critical,requireExplicitPolicy:1"},
	    {.policies = NULL}, {.policies = NULL});
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = "critical,requireExplicitPolicy:1"},
	    {.policies = "1.2.3.1", .self_issued = true}, {.policies = "1.2.3.1"});
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = "critical,requireExplicitPolicy:3"},
	    {.policies = NULL}, {.policies = NULL});
	/* a later certificate cannot loosen it */
	IS(POLICIES_NONE, {.policies = "1.2.3.1", .constraints = REQUIRE},
	    {.policies = "1.2.3.1", .constraints = "critical,requireExplicitPolicy:9"},
	    {.policies = NULL});
}
END_TEST

START_TEST(any_policy)
{
	IS(POLICIES_OK, {.policies = "2.5.29.32.0", .constraints = REQUIRE},
	    {.policies = "1.2.3.1"});
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = REQUIRE},
	    {.policies = "2.5.29.32.0"});
	IS(POLICIES_NONE, {.policies = "1.2.3.1", .constraints = REQUIRE, .inhibit = "critical,0"},
	    {.policies = "2.5.29.32.0"});
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = REQUIRE, .inhibit = "critical,1"},
	    {.policies = "2.5.29.32.0"});
	IS(POLICIES_NONE, {.policies = "1.2.3.1", .constraints = REQUIRE, .inhibit = "critical,1"},
	    {.policies = "1.2.3.1"}, {.policies = "2.5.29.32.0"});
	/* "i < n and the certificate is self-issued": it may, and it does not count */
	IS(POLICIES_OK, {.policies = "1.2.3.1", .constraints = REQUIRE, .inhibit = "critical,0"},
	    {.policies = "2.5.29.32.0", .self_issued = true}, {.policies = "1.2.3.1"});
	IS(POLICIES_NONE, {.policies = "1.2.3.1", .constraints = REQUIRE, .inhibit = "critical,0"},
	    {.policies = "2.5.29.32.0", .self_issued = true}, {.policies = "2.5.29.32.0"});
}
END_TEST

START_TEST(mappings)
{
	IS(POLICIES_OK,
	    {.policies = "1.2.3.1", .constraints = REQUIRE, .mappings = "1.2.3.1:1.2.3.7"},
	    {.policies = "1.2.3.7"});
	IS(POLICIES_NONE,
	    {.policies = "1.2.3.1", .constraints = REQUIRE, .mappings = "1.2.3.1:1.2.3.7"},
	    {.policies = "1.2.3.1"});
	/* one to several */
	IS(POLICIES_OK,
	    {.policies = "1.2.3.1", .constraints = REQUIRE,
		.mappings = "1.2.3.1:1.2.3.7,1.2.3.1:1.2.3.8"},
	    {.policies = "1.2.3.8"});
	/* of what is not there, nothing comes; of any policy it does */
	IS(POLICIES_NONE,
	    {.policies = "1.2.3.1", .constraints = REQUIRE, .mappings = "1.2.3.2:1.2.3.7"},
	    {.policies = "1.2.3.7"});
	IS(POLICIES_OK,
	    {.policies = "2.5.29.32.0", .constraints = REQUIRE, .mappings = "1.2.3.2:1.2.3.7"},
	    {.policies = "1.2.3.7"});
	/* inhibited: the policy ends there */
	IS(POLICIES_NONE, {.policies = "1.2.3.1",
			      .constraints = "critical,requireExplicitPolicy:0,inhibitPolicyMapping:0"},
	    {.policies = "1.2.3.1", .mappings = "1.2.3.1:1.2.3.7"}, {.policies = "1.2.3.7"});
	IS(POLICIES_OK, {.policies = "1.2.3.1",
			    .constraints = "critical,requireExplicitPolicy:0,inhibitPolicyMapping:1"},
	    {.policies = "1.2.3.1", .mappings = "1.2.3.1:1.2.3.7"}, {.policies = "1.2.3.7"});
	/* 6.1.4 (a), with nothing required */
	IS(POLICIES_BAD_MAPPING, {.policies = "1.2.3.1", .mappings = "2.5.29.32.0:1.2.3.7"},
	    {.policies = "1.2.3.7"});
	IS(POLICIES_BAD_MAPPING, {.policies = "1.2.3.1", .mappings = "1.2.3.1:2.5.29.32.0"},
	    {.policies = "1.2.3.7"});
}
END_TEST

UNIT_MAIN("policies", none_required_none_needed, required, any_policy, mappings)
