/* certificate, cert_profile: what a certificate says of itself, as facts of its row. */
#include "derive/certificate.h"
#include "mkpki.h"
#include "unit.h"

static struct mkpki *pki;
static struct arena *a;
static struct facts *f;
static const struct mk *root;

static void
set_up(void)
{
	pki = mkpki_new();
	a = arena_new(1 << 20);
	f = facts_new(a);
	root = mk_make(pki, &(struct mk_spec){.cn = "Root", .ca = true});
}

static void
tear_down(void)
{
	arena_free(a);
	mkpki_free(pki);
}

static const struct facts *
described(struct mk_spec s)
{
	struct facts *row = fact_add(f, K_CERT);

	if (s.cn == NULL)
		s.cn = "a.example";
	s.issuer = root;
	fact_put_hex(row, F_CERT_DER, mk_make(pki, &s)->der);
	certificate_describe(row, MK_NOW);
	return row;
}

static bool
lists(const struct facts *row, enum fact_id id, const char *text)
{
	for (size_t i = 0; i < fact_n_strs(row, id); i++)
		if (strcmp(fact_strs(row, id, i), text) == 0)
			return true;
	return false;
}

START_TEST(every_extension_is_told)
{
	const struct facts *row =
	    described((struct mk_spec){.ext = {"1.2.3.4=DER:0500", "1.2.3.5=critical,DER:0101ff"}});

	ck_assert_uint_eq(fact_n_strs(row, F_CERT_EXTENSIONS), 8);
	ck_assert(lists(row, F_CERT_EXTENSIONS, "basicConstraints (critical)"));
	ck_assert(lists(row, F_CERT_EXTENSIONS, "subjectAltName"));
	ck_assert(lists(row, F_CERT_EXTENSIONS, "1.2.3.4: 0500"));
	ck_assert(lists(row, F_CERT_EXTENSIONS, "1.2.3.5 (critical): 0101ff"));
}
END_TEST

START_TEST(long_unknown_extensions_are_cut)
{
	char value[400] = "1.2.3.4=DER:0482";
	const struct facts *row;
	size_t n = strlen(value);

	n += (size_t)snprintf(value + n, sizeof(value) - n, "0064");
	for (unsigned i = 0; i < 100; i++)
		n += (size_t)snprintf(value + n, sizeof(value) - n, "aa");
	row = described((struct mk_spec){.ext = {value}});
	for (size_t i = 0; i < fact_n_strs(row, F_CERT_EXTENSIONS); i++) {
		const char *s = fact_strs(row, F_CERT_EXTENSIONS, i);

		if (strncmp(s, "1.2.3.4", 7) != 0)
			continue;
		ck_assert_uint_eq(strlen(s), strlen("1.2.3.4: ") + 128 + 3);
		ck_assert_str_eq(s + strlen(s) - 3, "...");
		return;
	}
	ck_abort_msg("the extension is not told");
}
END_TEST

START_TEST(policies_and_validation)
{
	const struct facts *row =
	    described((struct mk_spec){.ext = {"certificatePolicies=2.23.140.1.2.2,1.2.3.4"}});

	ck_assert_uint_eq(fact_n_strs(row, F_CERT_POLICIES), 2);
	ck_assert(lists(row, F_CERT_POLICIES, "2.23.140.1.2.2 (OV)"));
	ck_assert(lists(row, F_CERT_POLICIES, "1.2.3.4"));
	ck_assert_str_eq(fact_str(row, F_CERT_VALIDATION), "OV");
	row = described((struct mk_spec){.ext = {"certificatePolicies=2.23.140.1.1"}});
	ck_assert_str_eq(fact_str(row, F_CERT_VALIDATION), "EV");
	row = described((struct mk_spec){.ca = true, .ext = {"certificatePolicies=2.23.140.1.1"}});
	ck_assert(!fact_known(row, F_CERT_VALIDATION));
	row = described((struct mk_spec){.cn = "a.example"});
	ck_assert_int_eq(fact_why(row, F_CERT_POLICIES), WHY_NOT_APPLICABLE);
	ck_assert_int_eq(fact_why(row, F_CERT_VALIDATION), WHY_NOT_APPLICABLE);
}
END_TEST

START_TEST(name_constraints)
{
	const struct facts *row = described((struct mk_spec){.ca = true,
	    .ext = {"nameConstraints=critical,permitted;DNS:example,"
		    "permitted;IP:10.0.0.0/255.0.0.0,excluded;email:.bad.example"}});

	ck_assert_uint_eq(fact_n_strs(row, F_CERT_NAME_CONSTRAINTS), 3);
	ck_assert(lists(row, F_CERT_NAME_CONSTRAINTS, "permitted: DNS example"));
	ck_assert(lists(row, F_CERT_NAME_CONSTRAINTS, "permitted: IP 10.0.0.0 mask 255.0.0.0"));
	ck_assert(lists(row, F_CERT_NAME_CONSTRAINTS, "excluded: e-mail .bad.example"));
}
END_TEST

START_TEST(lifetimes)
{
	const int64_t issued = MK_NOW - 86400; /* 2026-05-31: 200 days are allowed */
	const struct facts *row =
	    described((struct mk_spec){.from = issued, .to = issued + 90 * 86400 - 1});

	ck_assert_uint_eq(fact_u32(row, F_CERT_LIFETIME_DAYS), 90);
	ck_assert_uint_eq(fact_u32(row, F_CERT_LIFETIME_LIMIT), 200);
	ck_assert(fact_yes(row, F_CERT_LIFETIME_OK));
	ck_assert_int_eq(fact_tri(row, F_CERT_SHORT_LIVED), TRI_NO);
	ck_assert_str_eq(fact_str(row, F_CERT_LIFETIME_NEXT), "ready for 100 days from 2027-03-15");
	row = described((struct mk_spec){.from = issued, .to = issued + 398 * INT64_C(86400) - 1});
	ck_assert_int_eq(fact_tri(row, F_CERT_LIFETIME_OK), TRI_NO);
	ck_assert_str_eq(fact_str(row, F_CERT_LIFETIME_NEXT),
	    "398 days are 298 more than the 100 from 2027-03-15");
	row = described((struct mk_spec){.from = issued, .to = issued + 6 * 86400});
	ck_assert(fact_yes(row, F_CERT_SHORT_LIVED));
	row = described((struct mk_spec){.ca = true, .from = issued, .to = issued + 4000 * INT64_C(86400)});
	ck_assert_uint_eq(fact_u32(row, F_CERT_LIFETIME_DAYS), 4001);
	ck_assert_int_eq(fact_why(row, F_CERT_LIFETIME_OK), WHY_NOT_APPLICABLE);
}
END_TEST

START_TEST(weaknesses)
{
	const struct facts *row = described((struct mk_spec){.key = "RSA-1024"});

	ck_assert(lists(row, F_CERT_WEAK_KEY, "RSA modulus of 1024 bits: too short"));
	ck_assert_int_eq(fact_tri(row, F_CERT_KEY_BROKEN), TRI_NO);
	ck_assert_str_eq(fact_str(row, F_CERT_COLLISION), "none");
	row = described((struct mk_spec){.hash = "SHA1"});
	ck_assert_str_eq(fact_str(row, F_CERT_COLLISION), "high"); /* mkpki counts its serials */
	ck_assert_uint_eq(fact_n_strs(row, F_CERT_COLLISION_PARTS), 2);
	ck_assert_uint_eq(fact_n_strs(row, F_CERT_WEAK_KEY), 0);
}
END_TEST

UNIT_MAIN_WITH(set_up, tear_down, "certificate", every_extension_is_told,
    long_unknown_extensions_are_cut, policies_and_validation, name_constraints, lifetimes,
    weaknesses)
