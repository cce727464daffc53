/* store: the shipped stores, look-ups, added files, corrupt bundles. */
#include "config.h"

#include "pki/store.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "adapt/openssl_crypto.h"
#include "base/xalloc.h"
#include "pki/bundle.h"
#include "pki/bundle_write.h"
#include "pki/cert.h"
#include "pki/store_internal.h"
#include "unit.h"

static char why[256];

/* A file's content in a new buffer. */
static struct span
slurp(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *buf = xcalloc(1, 4 << 20);
	size_t n;

	ck_assert_msg(f != NULL, "%s", path);
	n = fread(buf, 1, 4 << 20, f);
	fclose(f);
	return (struct span){buf, n};
}

/* A new file with that content; the caller unlinks and frees its name. */
static char *
spill(struct span content)
{
	char *path = xstrdup("/tmp/test_store.XXXXXX");
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content.p, content.n), (ssize_t)content.n);
	close(fd);
	return path;
}

/* The shipped PEM block of a root, as a string; the caller frees it. */
static char *
root_pem(const char *sha256)
{
	struct span all = slurp(SRCDIR "/data/trust/roots.pem");
	char *at = strstr((char *)(uintptr_t)all.p, sha256), *end, *out;

	ck_assert_msg(at != NULL, "%s", sha256);
	end = strstr(at, "-----END CERTIFICATE-----\n");
	out = xasprintf("%.*s-----END CERTIFICATE-----\n", (int)(end - strchr(at, '\n') - 1),
	    strchr(at, '\n') + 1);
	free((void *)(uintptr_t)all.p);
	return out;
}

static void
unhex(const char *s, uint8_t *out)
{
	for (size_t i = 0; s[2 * i] != '\0'; i++) {
		unsigned v;

		ck_assert_int_eq(sscanf(s + 2 * i, "%2x", &v), 1);
		out[i] = (uint8_t)v;
	}
}

static struct anchor
root(const struct store_set *set, const char *sha256)
{
	struct anchor a;
	uint8_t fp[32];

	unhex(sha256, fp);
	ck_assert_msg(store_anchor_by_sha256(set, fp, &a), "%s", sha256);
	return a;
}

#define ISRG_X1 "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6"
#define EPKI "c0a6f4dc63a24bfdcf54ef2a6a082a0a72de35803e2ff5ff527ae5d87206dfd5"
#define ENTRUST_G2 "43df5774b03e7fef5fe40d931a7bedf1bb2e6b42738c4e6d3841103d3aa7f339"
#define BUYPASS_2 "9a114025197c5bb95d94e63d55cd43790847b646b23cdf11ada4a00eff15fb48"

/* The figures that data/README and the membership table give. */
START_TEST(counts_are_those_of_the_table)
{
	static const struct {
		const char *name, *title;
		size_t n;
	} want[STORE__SHIPPED] = {{"mozilla", "Mozilla", 121}, {"microsoft", "Microsoft", 215},
	    {"apple", "Apple", 158}, {"chrome", "Chrome", 100}, {"android", "Android", 145},
	    {"java", "Java", 109},
	    {"windows-product", "Windows' own products", 5}};
	struct store_set *set = store_set_new();
	size_t n[STORE__SHIPPED] = {0}, bytes = 0;
	struct anchor a;

	ck_assert_uint_eq(store_count(set), STORE__SHIPPED);
	ck_assert_uint_eq(store_anchor_count(set), 291);
	for (size_t i = 0; i < store_anchor_count(set); i++) {
		store_anchor_at(set, i, &a);
		ck_assert(a.stores != 0);
		bytes += a.der.n > 0;
		for (unsigned s = 0; s < STORE__SHIPPED; s++)
			n[s] += (a.stores & STORE_BIT(s)) != 0;
	}
	ck_assert_uint_eq(bytes, 263);
	for (size_t s = 0; s < STORE__SHIPPED; s++) {
		ck_assert_str_eq(store_name(set, s), want[s].name);
		ck_assert_str_eq(store_title(set, s), want[s].title);
		ck_assert_uint_eq(n[s], want[s].n);
		ck_assert_uint_eq(strlen(store_date(set, s)), 10);
		ck_assert(*store_source(set, s) != '\0');
		ck_assert_int_eq(store_by_name(set, want[s].name), (int)s);
	}
	ck_assert_int_eq(store_by_name(set, "netscape"), -1);
	store_set_free(set);
}
END_TEST

/* Every fact that can be had from the bytes is what the table says. */
START_TEST(facts_agree_with_the_bytes)
{
	struct store_set *set = store_set_new();
	char text[DN_TEXT_MAX];
	uint8_t fp[32];
	struct anchor a;
	struct cert c;

	for (size_t i = 0; i < store_anchor_count(set); i++) {
		store_anchor_at(set, i, &a);
		ck_assert(*a.subject_text != '\0');
		ck_assert_int_gt(a.not_after, 0);
		if (a.der.n == 0) {
			ck_assert_uint_eq(a.subject.n, 0);
			continue;
		}
		ck_assert_msg(cert_parse(a.der, &c), "%s", a.subject_text);
		crypto_sha256(a.der, fp);
		ck_assert_mem_eq(fp, a.sha256, 32);
		crypto_sha256(c.subject, fp);
		ck_assert(span_eq(a.subject_hash, (struct span){fp, STORE_HASH}));
		ck_assert(span_eq(a.subject, c.subject));
		ck_assert_msg(span_eq(a.ski, c.skid), "%s", a.subject_text);
		ck_assert_int_eq(a.not_after, c.not_after);
		dn_text(c.subject, text, sizeof(text));
		ck_assert_str_eq(a.subject_text, text);
	}
	store_set_free(set);
}
END_TEST

START_TEST(a_root_is_found_by_name_key_and_fingerprint)
{
	struct store_set *set = store_set_new();
	struct anchor a = root(set, ISRG_X1), b[4];

	ck_assert_str_eq(a.subject_text, "CN=ISRG Root X1,O=Internet Security Research Group,C=US");
	ck_assert_str_eq(a.owner, "Internet Security Research Group");
	ck_assert_uint_eq(a.stores, STORE_BIT(STORE__PUBLIC) - 1);
	ck_assert_uint_eq(store_anchors_by_subject(set, a.subject, b, 4), 1);
	ck_assert_mem_eq(b[0].sha256, a.sha256, 32);
	ck_assert_uint_eq(store_anchors_by_ski(set, a.ski, b, 4), 1);
	ck_assert_mem_eq(b[0].sha256, a.sha256, 32);
	ck_assert_uint_eq(store_anchors_by_hash(set, a.subject_hash, b, 4), 1);
	ck_assert_uint_eq(store_anchors_by_hash(set, a.subject_hash, b, 0), 0);
	ck_assert_uint_eq(store_anchors_by_subject(set, a.ski, b, 4), 0);
	ck_assert_uint_eq(store_anchors_by_ski(set, a.subject, b, 4), 0);
	ck_assert_uint_eq(store_anchors_by_ski(set, (struct span){NULL, 0}, b, 4), 0);
	store_set_free(set);
}
END_TEST

/* All records come back through each of their keys. */
START_TEST(every_index_finds_every_record)
{
	struct bundle b;
	const char *reason;
	struct known_ca k;
	struct anchor a;

	ck_assert(bundle_open(&b, bundle_embedded(), &reason));
	ck_assert_msg(bundle_check(&b, &reason), "%s", reason);
	for (size_t i = 0; i < b.n_anchors; i++) {
		bundle_anchor(&b, i, &a);
		ck_assert_uint_eq(
		    bundle_find(&b, BUNDLE_ANCHOR_SHA256, (struct span){a.sha256, 32}).n, 1);
		ck_assert(a.subject_hash.n == 0 ||
			  bundle_find(&b, BUNDLE_ANCHOR_SUBJECT, a.subject_hash).n > 0);
		ck_assert(bundle_find(&b, BUNDLE_ANCHOR_SKI, a.ski).n > 0);
	}
	ck_assert_uint_gt(b.n_known, 2500);
	for (size_t i = 0; i < b.n_known; i++) {
		bundle_known(&b, i, &k);
		ck_assert_uint_eq(bundle_find(&b, BUNDLE_KNOWN_SHA256, k.sha256).n, 1);
		ck_assert(bundle_find(&b, BUNDLE_KNOWN_SUBJECT, k.subject_hash).n > 0);
		ck_assert(bundle_find(&b, BUNDLE_KNOWN_SKI, k.ski).n > 0);
		ck_assert_uint_eq(k.issuer_hash.n, STORE_HASH);
	}
}
END_TEST

/* From any intermediate, issuer by issuer, to a root: what the facts are for. */
START_TEST(every_intermediate_leads_to_a_root)
{
	struct store_set *set = store_set_new();
	struct known_ca k, up[64];
	struct anchor a;
	struct bundle b;
	const char *reason;
	size_t strays = 0;

	ck_assert(bundle_open(&b, bundle_embedded(), &reason));
	for (size_t i = 0; i < b.n_known; i++) {
		int depth = 0;

		bundle_known(&b, i, &k);
		while (store_anchors_by_hash(set, k.issuer_hash, &a, 1) == 0 && depth < 8) {
			if (store_known_by_hash(set, k.issuer_hash, up, 64) == 0)
				break;
			k = up[0];
			depth++;
		}
		strays += store_anchors_by_hash(set, k.issuer_hash, &a, 1) == 0;
	}
	/* The way up may pass a CA that may not issue for servers and so is not in the table. */
	ck_assert_uint_lt(strays, b.n_known / 100);
	store_set_free(set);
}
END_TEST

static int64_t
utc(int y, int mo, int d, int h, int mi, int s)
{
	struct tm tm = {.tm_year = y - 1900,
	    .tm_mon = mo - 1,
	    .tm_mday = d,
	    .tm_hour = h,
	    .tm_min = mi,
	    .tm_sec = s};

	return timegm(&tm);
}

START_TEST(programme_dates_are_there)
{
	struct store_set *set = store_set_new();
	struct anchor a = root(set, EPKI);

	ck_assert_int_eq(a.mozilla_distrust_after, utc(2025, 4, 15, 23, 59, 59));
	ck_assert_int_eq(a.chrome_sct_after, utc(2025, 7, 31, 23, 59, 59));
	ck_assert_int_eq(a.java_distrust_after, utc(2026, 3, 17, 23, 59, 59));
	ck_assert_int_eq(a.java_disabled, utc(2027, 4, 19, 23, 59, 59));
	ck_assert_int_eq(a.microsoft_not_before, 0);
	a = root(set, ENTRUST_G2);
	ck_assert_int_eq(a.mozilla_distrust_after, utc(2024, 11, 30, 23, 59, 59));
	ck_assert_int_eq(a.chrome_sct_after, utc(2024, 11, 11, 23, 59, 59));
	ck_assert_int_eq(a.microsoft_not_before, utc(2025, 4, 16, 0, 0, 0));
	a = root(set, BUYPASS_2);
	ck_assert_int_eq(a.chrome_sct_after, utc(2025, 10, 31, 23, 59, 59));
	ck_assert_int_eq(a.microsoft_not_before, 0); /* time stamping only */
	a = root(set, ISRG_X1);
	ck_assert_int_eq(a.mozilla_distrust_after | a.chrome_sct_after | a.microsoft_disabled |
			     a.microsoft_not_before | a.java_distrust_after | a.java_disabled,
	    0);
	ck_assert_int_eq(a.not_after, utc(2035, 6, 4, 11, 4, 38));
	store_set_free(set);
}
END_TEST

/* Roots without bytes are recognised, and say so by what is empty. */
START_TEST(a_root_without_bytes_is_known_by_its_facts)
{
	struct store_set *set = store_set_new();
	size_t facts = 0, nameless = 0;
	struct anchor a, b;

	for (size_t i = 0; i < store_anchor_count(set); i++) {
		store_anchor_at(set, i, &a);
		if (a.der.n > 0)
			continue;
		facts++;
		nameless += a.subject_hash.n == 0;
		ck_assert(store_anchor_by_sha256(set, a.sha256, &b));
		ck_assert(a.subject_hash.n == 0 ||
			  store_anchors_by_hash(set, a.subject_hash, &b, 1) == 1);
	}
	ck_assert_uint_eq(facts, 28);
	ck_assert_uint_eq(nameless, 11);
	store_set_free(set);
}
END_TEST

/* A bundled root in a user's file gets the file's bit too; an unknown one is an anchor alone. */
START_TEST(a_file_becomes_a_column)
{
	struct store_set *set = store_set_new();
	char *x1 = root_pem(ISRG_X1), *g2 = root_pem(ENTRUST_G2);
	char *text = xasprintf("some words\n%s%s%s", x1, g2, x1);
	char *path = spill(span_str(text));
	struct anchor a;
	int col = store_set_add_pem(set, "corp", path, why, sizeof(why));

	ck_assert_msg(col == STORE__SHIPPED, "%s", why);
	ck_assert_uint_eq(store_count(set), STORE__SHIPPED + 1);
	ck_assert_str_eq(store_name(set, STORE__SHIPPED), "corp");
	ck_assert_uint_eq(strlen(store_date(set, STORE__SHIPPED)), 10);
	ck_assert_str_eq(store_source(set, STORE__SHIPPED), path);
	a = root(set, ISRG_X1);
	ck_assert_uint_eq(a.stores, (STORE_BIT(STORE__PUBLIC) - 1) | STORE_BIT(STORE__SHIPPED));
	ck_assert_uint_eq(store_anchors_by_subject(set, a.subject, &a, 1), 1);
	ck_assert_uint_eq(a.stores, (STORE_BIT(STORE__PUBLIC) - 1) | STORE_BIT(STORE__SHIPPED));
	ck_assert_uint_eq(store_anchor_count(set), 291);
	ck_assert_int_eq(store_set_add_pem(set, "corp", path, why, sizeof(why)), -1);
	ck_assert_int_eq(store_set_add_pem(set, "java", path, why, sizeof(why)), -1);
	ck_assert_int_eq(store_set_add_pem(set, "", path, why, sizeof(why)), -1);
	ck_assert_int_eq(store_set_add_pem(set, "a/b", path, why, sizeof(why)), -1);
	ck_assert_int_eq(store_set_add_pem(set, "two", path, why, sizeof(why)), STORE__SHIPPED + 1);
	ck_assert_uint_eq(root(set, ISRG_X1).stores,
	    (STORE_BIT(STORE__PUBLIC) - 1) | STORE_BIT(STORE__SHIPPED) |
		STORE_BIT(STORE__SHIPPED + 1));
	unlink(path);
	free(path);
	free(text);
	free(x1);
	free(g2);
	store_set_free(set);
}
END_TEST

/* A private CA: its root is an anchor of that column alone, its intermediate comes with bytes. */
START_TEST(a_private_ca_is_a_store_by_itself)
{
	struct store_set *set = store_set_new();
	const char *path = SRCDIR "/tests/unit/data/private-ca.pem";
	int col = store_set_add_pem(set, "corp", path, why, sizeof(why));
	struct anchor a, b;
	struct span der[4];
	struct cert c;

	ck_assert_msg(col == STORE__SHIPPED, "%s", why);
	ck_assert_uint_eq(store_anchor_count(set), 292);
	store_anchor_at(set, 291, &a);
	ck_assert_str_eq(a.subject_text, "CN=Private Root,O=Example Test");
	ck_assert_str_eq(a.owner, "");
	ck_assert_uint_eq(a.stores, STORE_BIT(STORE__SHIPPED));
	ck_assert(store_anchor_by_sha256(set, a.sha256, &b));
	ck_assert(span_eq(a.der, b.der));
	ck_assert_uint_eq(store_anchors_by_ski(set, a.ski, &b, 1), 1);
	ck_assert_uint_eq(store_anchors_by_subject(set, a.subject, &b, 1), 1);
	ck_assert(cert_parse(a.der, &c));
	ck_assert(span_eq(c.subject, a.subject));
	ck_assert_uint_eq(store_extra_by_subject(set, a.subject, der, 4), 0);
	for (size_t i = 0; i < set->n_extras; i++)
		if (set->extras[i].stores == 0)
			ck_assert_uint_eq(
			    store_extra_by_subject(set, set->extras[i].subject, der, 4), 1);
	ck_assert(cert_parse(der[0], &c));
	ck_assert(span_eq(c.issuer, a.subject));
	ck_assert(span_eq(c.akid, a.ski));
	store_set_free(set);
}
END_TEST

/* openssl-x509(1), trust settings: what they rule out for servers is no anchor. */
START_TEST(trust_settings_are_obeyed)
{
	struct store_set *set = store_set_new();

	ck_assert_int_eq(
	    store_set_add_pem(set, "a", SRCDIR "/tests/unit/data/rejected.pem", why, sizeof(why)),
	    -1);
	ck_assert(strstr(why, "nothing to trust") != NULL);
	ck_assert_int_eq(
	    store_set_add_pem(set, "a", SRCDIR "/tests/unit/data/email-only.pem", why, sizeof(why)),
	    -1);
	ck_assert_int_eq(
	    store_set_add_pem(set, "a", SRCDIR "/tests/unit/data/trusted.pem", why, sizeof(why)),
	    STORE__SHIPPED);
	ck_assert_uint_eq(store_anchor_count(set), 292);
	store_set_free(set);
}
END_TEST

static size_t
lines(const char *path)
{
	struct span s = slurp(path);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	free((void *)(uintptr_t)s.p);
	return n;
}

/* Each row of the table is found, and no neighbour of it. */
START_TEST(onecrl_holds_its_rows)
{
	static uint8_t issuer[] = {0x30, 0x00};
	struct store_set *set = store_set_new();
	FILE *f = fopen(SRCDIR "/data/trust/onecrl.csv", "r");
	char kind[8], hash[STORE_HASH * 2 + 1], value[80];
	uint8_t h[STORE_HASH], v[40];
	size_t n = 0;

	ck_assert(f != NULL);
	ck_assert_int_eq(fscanf(f, "kind,name_hash,value "), 0);
	while (fscanf(f, "%7[a-z],%32[0-9a-f],%79[0-9a-f] ", kind, hash, value) == 3) {
		bool serial = strcmp(kind, "serial") == 0;
		struct span val = {v, strlen(value) / 2};

		unhex(hash, h);
		unhex(value, v);
		ck_assert(bundle_is_revoked(&set->bundle,
		    serial ? BUNDLE_REVOKED_SERIAL : BUNDLE_REVOKED_KEY, SPAN_OF(h), val));
		ck_assert(!bundle_is_revoked(&set->bundle,
		    serial ? BUNDLE_REVOKED_KEY : BUNDLE_REVOKED_SERIAL, SPAN_OF(h), val));
		h[15] ^= 1;
		ck_assert(!bundle_is_revoked(&set->bundle, BUNDLE_REVOKED_SERIAL, SPAN_OF(h), val));
		n++;
	}
	fclose(f);
	ck_assert_uint_eq(n + 1, lines(SRCDIR "/data/trust/onecrl.csv"));
	ck_assert_uint_gt(n, 1900);
	ck_assert(!store_onecrl_has_serial(set, SPAN_OF(issuer), SPAN_OF(v)));
	ck_assert(!store_onecrl_has_key(set, SPAN_OF(issuer), SPAN_OF(v)));
	ck_assert_str_eq(store_list_date(set, STORE_LIST_ONECRL), "2026-10-28");
	store_set_free(set);
}
END_TEST

/* DER and OneCRL write a serial number with or without a leading zero byte. */
START_TEST(onecrl_knows_a_certificate_by_its_own_bytes)
{
	/* An entry of bug 2086683: a USERTrust ECC intermediate. */
	static uint8_t serial[] = {0x00, 0x44, 0x1f, 0xca, 0x04, 0x7f, 0x55, 0x81, 0xb9, 0xcb, 0xa4,
	    0xe2, 0x6a, 0x66, 0x84, 0xf2, 0xa3};
	static const char usertrust[] =
	    "4ff460d54b9c86dabfbcfc5712e0400d2bed3fbc4d4fbdaa86e06adcd2a9ad7a";
	struct store_set *set = store_set_new();
	struct anchor a = root(set, usertrust);

	ck_assert(store_onecrl_has_serial(set, a.subject, SPAN_OF(serial)));
	serial[16] ^= 1;
	ck_assert(!store_onecrl_has_serial(set, a.subject, SPAN_OF(serial)));
	store_set_free(set);
}
END_TEST

START_TEST(ev_policies_of_a_root)
{
	static const char quovadis[] =
	    "8fe4fb0af93a4d0d67db0bebb23e37c71bf325dcbcdd240ea04daf58b47e1840";
	struct store_set *set = store_set_new();
	uint8_t fp[32];
	uint32_t all = STORE_BIT(STORE_MOZILLA) | STORE_BIT(STORE_MICROSOFT) |
		       STORE_BIT(STORE_APPLE) | STORE_BIT(STORE_CHROME);

	unhex("018e13f0772532cf809bd1b17281867283fc48c6e13be9c69812854a490c1b05", fp);
	ck_assert_uint_eq(store_ev(set, fp, "2.23.140.1.1"), all);
	ck_assert_uint_eq(store_ev(set, fp, "2.23.140.1.2.1"), 0);
	ck_assert_uint_eq(store_ev(set, fp, ""), 0);
	unhex(quovadis, fp);
	ck_assert(store_ev(set, fp, "1.3.6.1.4.1.8024.0.2.100.1.2") & STORE_BIT(STORE_MOZILLA));
	unhex(ISRG_X1, fp);
	ck_assert_uint_eq(store_ev(set, fp, "2.23.140.1.1"), 0);
	store_set_free(set);
}
END_TEST

static void
refuses(const char *text, const char *sentence)
{
	struct store_set *set = store_set_new();
	char *path = spill(span_str(text));

	why[0] = '\0';
	ck_assert_int_eq(store_set_add_pem(set, "corp", path, why, sizeof(why)), -1);
	ck_assert_msg(strstr(why, sentence) != NULL, "%s", why);
	ck_assert_uint_eq(store_count(set), STORE__SHIPPED);
	ck_assert_uint_eq(store_anchor_count(set), 291);
	unlink(path);
	free(path);
	store_set_free(set);
}

START_TEST(bad_files_are_refused_with_a_reason)
{
	struct store_set *set = store_set_new();
	char *x1 = root_pem(ISRG_X1), *text;

	refuses("", "empty");
	refuses("no certificate\n", "nothing to trust");
	refuses("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", ":1: not base64");
	refuses("\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", ":2: ");
	text = xasprintf("%s-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", x1);
	refuses(text, ":32: ");
	ck_assert_int_eq(store_set_add_pem(set, "corp", "/nonexistent/file", why, sizeof(why)), -1);
	ck_assert(strstr(why, "No such file") != NULL);
	ck_assert_int_eq(store_set_add_pem(set, "corp", "/tmp", why, sizeof(why)), -1);
	ck_assert(strstr(why, "not a file") != NULL);
	free(text);
	free(x1);
	store_set_free(set);
}
END_TEST

/* An anchor of our own making: through the writer, a file, and store_set_load(). */
static struct span
small_bundle(struct bundle_writer *w)
{
	static const uint8_t fp[32] = {1, 2, 3}, name[] = {0x30, 0x00}, ski[] = {9, 9};
	static const uint8_t hash[STORE_HASH] = {7};
	struct anchor a = {.sha256 = fp,
	    .der = SPAN_OF(name),
	    .subject = SPAN_OF(name),
	    .subject_hash = SPAN_OF(hash),
	    .subject_text = "CN=x",
	    .ski = SPAN_OF(ski),
	    .not_after = -5,
	    .stores = 3,
	    .owner = "me",
	    .java_disabled = INT64_MAX};
	struct known_ca k = {.subject_text = "CN=y",
	    .subject_hash = SPAN_OF(hash),
	    .issuer_hash = SPAN_OF(hash),
	    .sha256 = SPAN_OF(fp),
	    .not_after = 12,
	    .aia = ""};

	for (size_t i = 0; i < BUNDLE_SOURCES; i++)
		bundle_add_source(w, "n", "T", "2030-01-01", "S");
	bundle_add_revoked(w, BUNDLE_REVOKED_SERIAL, SPAN_OF(hash), SPAN_OF(ski));
	bundle_add_ev(w, fp, "1.2.3", 5);
	bundle_add_anchor(w, &a);
	bundle_add_known(w, &k);
	return bundle_finish(w);
}

START_TEST(a_bundle_from_a_file_replaces_the_shipped_one)
{
	struct store_set *set = store_set_new();
	struct bundle_writer *w = bundle_writer_new();
	char *path = spill(small_bundle(w));
	struct anchor a;

	ck_assert_msg(store_set_load(set, path, why, sizeof(why)) == 0, "%s", why);
	ck_assert_uint_eq(store_anchor_count(set), 1);
	ck_assert_str_eq(store_date(set, 0), "2030-01-01");
	store_anchor_at(set, 0, &a);
	ck_assert_int_eq(a.not_after, -5);
	ck_assert_int_eq(a.java_disabled, INT64_MAX);
	ck_assert_uint_eq(a.ski.n, 2);
	ck_assert_str_eq(a.owner, "me");
	ck_assert_int_eq(store_set_load(set, "/nonexistent", why, sizeof(why)), -1);
	ck_assert_uint_eq(store_anchor_count(set), 1);
	unlink(path);
	free(path);
	bundle_writer_free(w);
	store_set_free(set);
}
END_TEST

/* Every byte of a bundle, changed: refused, or still read without leaving the block. */
START_TEST(corrupt_bundles_are_refused_or_harmless)
{
	struct bundle_writer *w = bundle_writer_new();
	struct span good = small_bundle(w);
	uint8_t *bad = xcalloc(1, good.n);
	size_t refused = 0;
	const char *reason;
	struct bundle b;
	struct anchor a;
	struct known_ca k;

	for (size_t n = 0; n < good.n; n++)
		ck_assert(!bundle_open(&b, (struct span){good.p, n}, &reason));
	for (size_t i = 0; i < good.n * 8; i++) {
		memcpy(bad, good.p, good.n);
		bad[i / 8] ^= (uint8_t)(1u << (i % 8));
		if (!bundle_open(&b, (struct span){bad, good.n}, &reason) ||
		    !bundle_check(&b, &reason)) {
			ck_assert(reason != NULL);
			refused++;
			continue;
		}
		(void)bundle_is_revoked(&b, BUNDLE_REVOKED_KEY, SPAN_OF(((uint8_t[16]){7})),
		    SPAN_OF(((uint8_t[1]){1})));
		(void)bundle_ev(&b, (const uint8_t[32]){1, 2, 3}, "1.2.4");
		if (b.n_anchors == 0 || b.n_known == 0)
			continue;
		bundle_anchor(&b, 0, &a);
		bundle_known(&b, 0, &k);
		ck_assert_uint_le(strlen(a.owner) + strlen(k.aia), good.n);
		ck_assert_uint_le(a.der.n + a.ski.n + a.subject.n + k.ski.n, 4 * good.n);
	}
	ck_assert_uint_gt(refused, BUNDLE_HEADER_SIZE * 6);
	free(bad);
	bundle_writer_free(w);
}
END_TEST

START_TEST(the_shipped_bundle_cut_or_padded_is_refused)
{
	struct store_set *set = store_set_new();
	struct span all = bundle_embedded();
	char *path = spill((struct span){all.p, all.n - 1});

	ck_assert_int_eq(store_set_load(set, path, why, sizeof(why)), -1);
	ck_assert(strstr(why, "cut short") != NULL);
	ck_assert_uint_eq(store_anchor_count(set), 291);
	unlink(path);
	free(path);
	path = spill(span_str("TASTORES but nothing else, not even a version that we know"));
	ck_assert_int_eq(store_set_load(set, path, why, sizeof(why)), -1);
	ck_assert(strstr(why, "another version") != NULL);
	unlink(path);
	free(path);
	store_set_free(set);
}
END_TEST

static long
ns_since(const struct timespec *t0)
{
	struct timespec t1;

	clock_gettime(CLOCK_MONOTONIC, &t1);
	return (t1.tv_sec - t0->tv_sec) * 1000000000L + t1.tv_nsec - t0->tv_nsec;
}

/* Loading six stores must cost next to nothing: less than hashing a quarter of a megabyte, some
 * hundred microseconds (a yardstick that sanitizers and valgrind stretch alike). */
START_TEST(opening_the_stores_costs_next_to_nothing)
{
	long open = 1000000000, hash = open;
	struct timespec t0;
	struct anchor a;
	uint8_t out[32];

	for (int i = 0; i < 20; i++) {
		struct store_set *set;
		long ns;

		clock_gettime(CLOCK_MONOTONIC, &t0);
		set = store_set_new();
		store_anchors_by_hash(set, SPAN_OF(((uint8_t[STORE_HASH]){1})), &a, 1);
		ns = ns_since(&t0);
		open = ns < open ? ns : open;
		store_set_free(set);
		clock_gettime(CLOCK_MONOTONIC, &t0);
		crypto_sha256((struct span){bundle_embedded().p, 256 * 1024}, out);
		ns = ns_since(&t0);
		hash = ns < hash ? ns : hash;
	}
	ck_assert_int_lt(open, hash);
}
END_TEST

START_TEST(the_system_store_is_found_where_there_is_one)
{
	struct store_set *set = store_set_new();
	int col = store_set_add_system(set, why, sizeof(why));

	if (access("/etc/ssl/certs/ca-certificates.crt", R_OK) != 0) {
		printf("skipped: no Debian system store here\n");
	} else {
		ck_assert_msg(col == STORE__SHIPPED, "%s", why);
		ck_assert_str_eq(store_name(set, STORE__SHIPPED), "system");
		ck_assert(root(set, ISRG_X1).stores & STORE_BIT(STORE__SHIPPED));
	}
	store_set_free(set);
}
END_TEST

UNIT_MAIN("store", counts_are_those_of_the_table, facts_agree_with_the_bytes,
    a_root_is_found_by_name_key_and_fingerprint, every_index_finds_every_record,
    every_intermediate_leads_to_a_root, programme_dates_are_there, onecrl_holds_its_rows,
    onecrl_knows_a_certificate_by_its_own_bytes, ev_policies_of_a_root,
    a_root_without_bytes_is_known_by_its_facts, a_file_becomes_a_column,
    a_private_ca_is_a_store_by_itself, trust_settings_are_obeyed,
    bad_files_are_refused_with_a_reason, a_bundle_from_a_file_replaces_the_shipped_one,
    corrupt_bundles_are_refused_or_harmless, the_shipped_bundle_cut_or_padded_is_refused,
    opening_the_stores_costs_next_to_nothing, the_system_store_is_found_where_there_is_one)
