/* code: totals, order, and a table of suites written down by hand from the RFCs. */
#include <stdio.h>

#include "tls/code.h"
#include "unit.h"

/* What a row must say, in the words of suite_has(), checked against the RFC in the comment. */
static const struct {
	uint16_t code;
	const char *name;
	const char *openssl;
	const char *props; /* each must hold */
	uint16_t min, max;
} by_hand[] = {
    /* clang-format off */
    /* RFC 5246 */
    {0x0000, "TLS_NULL_WITH_NULL_NULL", NULL, "kx=NULL au=NULL enc=NULL mac=NULL null anon bits=0 !fs", 0x300, 0x303},
    {0x0001, "TLS_RSA_WITH_NULL_MD5", "NULL-MD5", "kx=RSA au=RSA null !anon mac=MD5 !cbc !stream !aead", 0x300, 0x303},
    {0x0005, "TLS_RSA_WITH_RC4_128_SHA", "RC4-SHA", "kx=RSA enc=RC4_128 enc:RC4 stream bits=128 mac=SHA1", 0x300, 0x303},
    {0x000A, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA", "kx=RSA enc=3DES bits=168 block64 cbc !fs", 0x300, 0x303},
    {0x0016, "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", "DHE-RSA-DES-CBC3-SHA", "kx=DHE au=RSA block64 fs", 0x300, 0x303},
    {0x001B, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA", "ADH-DES-CBC3-SHA", "kx=DHE au=NULL anon fs", 0x300, 0x303},
    {0x0030, "TLS_DH_DSS_WITH_AES_128_CBC_SHA", "DH-DSS-AES128-SHA", "kx=DH au=DSS enc=AES_128_CBC !fs", 0x300, 0x303},
    {0x003C, "TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256", "kx=RSA cbc mac=SHA256 bits=128", 0x303, 0x303},
    /* RFC 4346 */
    {0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5", "EXP-RC4-MD5", "kx=RSA_EXPORT kx:RSA enc=RC4_40 export bits=40 !fs", 0x300, 0x301},
    {0x0006, "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5", "EXP-RC2-CBC-MD5", "enc=RC2_40 export cbc block64 bits=40", 0x300, 0x301},
    {0x000B, "TLS_DH_DSS_EXPORT_WITH_DES40_CBC_SHA", "EXP-DH-DSS-DES-CBC-SHA", "kx=DH_EXPORT au=DSS enc=DES40 bits<41", 0x300, 0x301},
    {0x0017, "TLS_DH_anon_EXPORT_WITH_RC4_40_MD5", "EXP-ADH-RC4-MD5", "kx=DHE_EXPORT anon export", 0x300, 0x301},
    /* RFC 5469 */
    {0x0007, "TLS_RSA_WITH_IDEA_CBC_SHA", "IDEA-CBC-SHA", "enc=IDEA bits=128 block64", 0x300, 0x302},
    {0x0009, "TLS_RSA_WITH_DES_CBC_SHA", "DES-CBC-SHA", "enc=DES bits=56 bits<112 block64 !export", 0x300, 0x302},
    /* draft-ietf-tls-56-bit-ciphersuites; SSL 3.0; Netscape's FIPS suites */
    {0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA", "EXP1024-DES-CBC-SHA", "kx=RSA_EXPORT export bits=56", 0x300, 0x301},
    {0x0066, "TLS_DHE_DSS_WITH_RC4_128_SHA", "DHE-DSS-RC4-SHA", "kx=DHE au=DSS enc=RC4_128 !export", 0x300, 0x303},
    {0x001D, "SSL_FORTEZZA_KEA_WITH_FORTEZZA_CBC_SHA", NULL, "kx=FORTEZZA enc=FORTEZZA bits=80", 0x300, 0x300},
    {0xFEFF, "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA", NULL, "kx=RSA enc=3DES", 0x300, 0x300},
    /* RFC 2712, 4162, 4279, 5054 */
    {0x0026, "TLS_KRB5_EXPORT_WITH_DES_CBC_40_SHA", "EXP-KRB5-DES-CBC-SHA", "kx=KRB5_EXPORT au=KRB5 enc=DES40 export", 0x301, 0x301},
    {0x009A, "TLS_DHE_RSA_WITH_SEED_CBC_SHA", "DHE-RSA-SEED-SHA", "enc=SEED bits=128 !block64 cbc", 0x300, 0x303},
    {0x0094, "TLS_RSA_PSK_WITH_AES_128_CBC_SHA", "RSA-PSK-AES128-CBC-SHA", "kx=RSA_PSK au=RSA psk !fs", 0x301, 0x303},
    {0xC021, "TLS_SRP_SHA_RSA_WITH_AES_256_CBC_SHA", "SRP-RSA-AES-256-CBC-SHA", "kx=SRP au=RSA fs", 0x301, 0x303},
    /* RFC 5487: with CBC also below TLS 1.2, with GCM not */
    {0x00AE, "TLS_PSK_WITH_AES_128_CBC_SHA256", "PSK-AES128-CBC-SHA256", "kx=PSK au=PSK mac=SHA256", 0x301, 0x303},
    {0x00AA, "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", "DHE-PSK-AES128-GCM-SHA256", "kx=DHE_PSK fs aead recommended", 0x303, 0x303},
    {0xC0AA, "TLS_PSK_DHE_WITH_AES_128_CCM_8", "DHE-PSK-AES128-CCM8", "kx=DHE_PSK enc=AES_128_CCM_8 aead mac=AEAD", 0x303, 0x303},
    /* RFC 8422, 5289, 5288 */
    {0xC005, "TLS_ECDH_ECDSA_WITH_AES_256_CBC_SHA", "ECDH-ECDSA-AES256-SHA", "kx=ECDH au=ECDSA !fs", 0x301, 0x303},
    {0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA", "kx=ECDHE au=RSA fs cbc !aead", 0x301, 0x303},
    {0xC018, "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", "AECDH-AES128-SHA", "kx=ECDHE anon", 0x301, 0x303},
    {0xC024, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384", "mac=SHA384 cbc bits=256", 0x303, 0x303},
    {0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "kx:ECDHE enc:AES_128 enc:AES aead fs recommended mac=AEAD", 0x303, 0x303},
    {0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384", "kx=RSA aead !fs !recommended bits>=256", 0x303, 0x303},
    /* RFC 6209, 6367, 6655, 7905, 8442, 8492 */
    {0xC061, "TLS_ECDHE_RSA_WITH_ARIA_256_GCM_SHA384", "ECDHE-ARIA256-GCM-SHA384", "enc=ARIA_256_GCM enc:ARIA aead", 0x303, 0x303},
    {0xC077, "TLS_ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384", "ECDHE-RSA-CAMELLIA256-SHA384", "enc=CAMELLIA_256_CBC cbc", 0x303, 0x303},
    {0xC09D, "TLS_RSA_WITH_AES_256_CCM", "AES256-CCM", "enc=AES_256_CCM !enc=AES_256_CCM_8 aead", 0x303, 0x303},
    {0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "enc=CHACHA20_POLY1305 aead bits=256 recommended", 0x303, 0x303},
    {0xCC13, "OLD_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305-OLD", "kx=ECDHE au=RSA aead !recommended", 0x303, 0x303},
    {0xD005, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256", NULL, "kx=ECDHE_PSK enc=AES_128_CCM aead psk", 0x303, 0x303},
    {0xC0B0, "TLS_ECCPWD_WITH_AES_128_GCM_SHA256", NULL, "kx=ECCPWD au=ECCPWD aead", 0x303, 0x303},
    {0xC0FF, "TLS_ECJPAKE_WITH_AES_128_CCM_8", NULL, "kx=ECJPAKE enc=AES_128_CCM_8", 0x303, 0x303},
    /* RFC 9189, 9367; GB/T 38636; RFC 8998 */
    {0xC100, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_CTR_OMAC", "GOST2012-KUZNYECHIK-KUZNYECHIKOMAC", "kx=GOST au=GOST enc=KUZNYECHIK_CTR mac=OMAC stream !fs", 0x303, 0x303},
    {0xC105, "TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_S", NULL, "tls13 aead fs", 0x304, 0x304},
    {0x0081, "TLS_GOSTR341001_WITH_28147_CNT_IMIT", "GOST2001-GOST89-GOST89", "kx=GOST enc=28147_CNT mac=GOST28147", 0x301, 0x303},
    {0xE013, "ECC_SM4_CBC_SM3", NULL, "kx=SM2 au=SM2 enc=SM4_CBC mac=SM3 !fs", 0x101, 0x101},
    {0x00C6, "TLS_SM4_GCM_SM3", NULL, "tls13 enc=SM4_GCM aead", 0x304, 0x304},
    /* RFC 8446, 9150; AEGIS; Ascon */
    {0x1302, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384", "tls13 kx=TLS13 au=TLS13 aead fs recommended !anon", 0x304, 0x304},
    {0x1305, "TLS_AES_128_CCM_8_SHA256", "TLS_AES_128_CCM_8_SHA256", "enc=AES_128_CCM_8 !recommended", 0x304, 0x304},
    {0xC0B4, "TLS_SHA256_SHA256", NULL, "tls13 null mac=SHA256 bits=0 !aead", 0x304, 0x304},
    {0x1307, "TLS_AEGIS_128L_SHA256", NULL, "enc=AEGIS_128L aead bits=128", 0x304, 0x304},
    {0x0070, "TLS_AES_128_GCM_ASCONHASH256", NULL, "tls13 enc=AES_128_GCM", 0x304, 0x304},
    /* RFC 5746, RFC 7507 */
    {0x00FF, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV", NULL, "scsv !null !anon !aead !fs", 0x300, 0x303},
    {0x5600, "TLS_FALLBACK_SCSV", NULL, "scsv", 0x300, 0x303},
    /* clang-format on */
};

START_TEST(suites_are_as_the_rfcs_say)
{
	for (size_t i = 0; i < N_ELEMENTS(by_hand); i++) {
		const struct suite *s = suite_by_code(by_hand[i].code);
		const char *p = by_hand[i].props;

		ck_assert_msg(s != NULL, "%04x is missing", by_hand[i].code);
		ck_assert_str_eq(s->name, by_hand[i].name);
		ck_assert_pstr_eq(s->openssl, by_hand[i].openssl);
		ck_assert_msg(s->min_version == by_hand[i].min && s->max_version == by_hand[i].max,
		    "%s is for %04x..%04x", s->name, s->min_version, s->max_version);
		for (size_t n; *p != '\0'; p += n + (p[n] == ' ')) {
			char w[32];

			n = strcspn(p, " ");
			snprintf(w, sizeof(w), "%.*s", (int)n, p);
			ck_assert_msg(suite_prop_known(w), "%s is no word", w);
			ck_assert_msg(suite_has(s, w), "%s is not %s", s->name, w);
		}
	}
}
END_TEST

START_TEST(hashes_are_of_the_prf)
{
	ck_assert_str_eq(suite_by_code(0xC030)->hash, "SHA384");
	ck_assert_str_eq(suite_by_code(0xC02F)->hash, "SHA256");
	ck_assert_str_eq(suite_by_code(0xC014)->hash, "SHA256"); /* RFC 5246, 5 */
	ck_assert_str_eq(suite_by_code(0xC09D)->hash, "SHA256"); /* RFC 6655, 3 */
	ck_assert_str_eq(suite_by_code(0x00C6)->hash, "SM3");
	ck_assert_str_eq(suite_by_code(0x1306)->hash, "SHA512");
	ck_assert_str_eq(suite_by_code(0xC103)->hash, "STREEBOG256");
	ck_assert_ptr_null(suite_by_code(0x5600)->hash);
}
END_TEST

START_TEST(suites_are_complete_and_sorted)
{
	ck_assert_uint_eq(suite_count(), 422);
	ck_assert_ptr_null(suite_at(suite_count()));
	for (size_t i = 0; i < suite_count(); i++) {
		const struct suite *s = suite_at(i);

		ck_assert_ptr_eq(suite_by_code((uint16_t)s->code), s);
		ck_assert_ptr_eq(suite_by_name(s->name), s); /* so names are there once */
		if (s->openssl != NULL)
			ck_assert_ptr_eq(suite_by_name(s->openssl), s);
		if (i > 0)
			ck_assert_uint_gt(s->code, suite_at(i - 1)->code);
		ck_assert_uint_le(s->min_version, s->max_version);
		ck_assert_int_le(s->aead + s->cbc + s->stream, 1);
		ck_assert_int_eq(s->aead, s->mac == MAC_AEAD);
		ck_assert_ptr_nonnull(strchr("YND-", s->recommended));
		if (s->scsv)
			continue;
		ck_assert(s->kx != KX_UNKNOWN && s->au != AU_UNKNOWN);
		ck_assert(s->enc != ENC_UNKNOWN && s->mac != MAC_UNKNOWN);
		ck_assert_int_eq(s->enc == ENC_NULL, s->bits == 0);
		ck_assert_int_eq(s->enc != ENC_NULL, s->aead + s->cbc + s->stream);
		ck_assert(!s->cbc || s->block_bits != 0);
		ck_assert_int_eq(s->export_grade, strstr(s->name, "EXPORT") != NULL);
		ck_assert_int_eq(
		    s->au == AU_NULL && s->kx != KX_NULL, strstr(s->name, "_anon_") != NULL);
		ck_assert(!s->export_grade || s->bits <= 56);
		ck_assert_int_eq(s->kx == KX_TLS13, s->min_version == 0x0304);
		ck_assert_ptr_nonnull(s->hash);
	}
	ck_assert_ptr_null(suite_by_code(0x0a0a));
	ck_assert_ptr_null(suite_by_code(0xffff));
	ck_assert_ptr_null(suite_by_name("TLS_NO_SUCH"));
}
END_TEST

START_TEST(ssl2_has_its_own)
{
	struct u32s all = suites_ssl2();

	ck_assert_uint_eq(all.n, 13);
	for (size_t i = 0; i < all.n; i++) {
		const struct suite *s = suite_ssl2_by_code(all.v[i]);

		ck_assert_ptr_nonnull(s);
		ck_assert_uint_eq(s->code, all.v[i]);
		ck_assert_uint_eq(s->min_version, 0x0002);
		ck_assert_uint_eq(s->max_version, 0x0002);
		ck_assert_ptr_eq(suite_by_name(s->name), s);
		ck_assert(!s->fs && !s->aead);
	}
	ck_assert_str_eq(suite_ssl2_by_code(0x010080)->name, "SSL_CK_RC4_128_WITH_MD5");
	ck_assert_uint_eq(suite_ssl2_by_code(0x0700C0)->bits, 168);
	ck_assert(suite_has(suite_ssl2_by_code(0x020080), "export"));
	ck_assert_uint_eq(suite_ssl2_by_code(0x020080)->bits, 40);
	ck_assert_uint_eq(suite_ssl2_by_code(0x040080)->enc, ENC_RC2_40);
	ck_assert(suite_has(suite_ssl2_by_code(0x060040), "block64"));
	/* a name that both have is TLS's */
	ck_assert_uint_eq(suite_by_name("RC4-MD5")->code, 0x0004);
	ck_assert_ptr_null(suite_ssl2_by_code(0x010000));
}
END_TEST

static size_t
place(struct u16s l, uint16_t code)
{
	for (size_t i = 0; i < l.n; i++)
		if (l.v[i] == code)
			return i;
	ck_abort_msg("%04x is not offered", code);
	return 0;
}

/* Each of the codes that should be there is there, and no code twice. */
static void
assert_permutation(struct u16s l, uint16_t version)
{
	size_t expected = 0;

	for (size_t i = 0; i < suite_count(); i++) {
		const struct suite *s = suite_at(i);
		bool in = !s->scsv;

		if (version == 0x0304)
			in = in && s->min_version == 0x0304;
		else
			in = in && s->min_version != 0x0304;
		expected += in;
		ck_assert_msg(
		    u16s_has(l, (uint16_t)s->code) == in, "%s under %04x", s->name, version);
	}
	ck_assert_uint_eq(l.n, expected); /* and so none twice */
}

START_TEST(offers_are_permutations)
{
	for (uint16_t v = 0x0300; v <= 0x0304; v++)
		assert_permutation(suites_for_version(v), v);
	ck_assert_uint_eq(suites_for_version(0x0002).n, 0);
	ck_assert_uint_eq(suites_for_version(0x0305).n, 0);
	ck_assert_uint_eq(suites_for_version(0x0304).n, 19);
	ck_assert_uint_gt(suites_for_version(0x0303).n, 395);
}
END_TEST

START_TEST(offers_begin_with_the_worst)
{
	struct u16s l = suites_for_version(0x0303), l13 = suites_for_version(0x0304);
	/* null, export, anonymous, DES, RC4, 3DES, RSA, DHE, ECDHE, then the same with AEAD */
	static const uint16_t ascending[] = {0x0002, 0x0003, 0x0034, 0x0009, 0x0005, 0x000A, 0x002F,
	    0x0035, 0x009C, 0x009D, 0x0033, 0xC013, 0xC009, 0xC014, 0x009E, 0x009F, 0xC02F, 0xC02B,
	    0xCCA9, 0xC030, 0xC02C};

	for (size_t i = 1; i < N_ELEMENTS(ascending); i++)
		ck_assert_msg(place(l, ascending[i - 1]) < place(l, ascending[i]),
		    "%04x before %04x", ascending[i - 1], ascending[i]);
	ck_assert_uint_eq(l.v[l.n - 1], 0xC02C);
	ck_assert_uint_eq(suite_by_code(l.v[0])->bits, 0);
	ck_assert_uint_eq(l13.v[l13.n - 1], 0x1302);
	ck_assert_uint_eq(l13.v[l13.n - 2], 0x1303);
	ck_assert_uint_eq(l13.v[l13.n - 3], 0x1301);
	ck_assert_uint_eq(suite_by_code(l13.v[0])->enc, ENC_NULL);
}
END_TEST

START_TEST(words_are_judged)
{
	const struct suite *s = suite_by_code(0xC02F);
	static const char *const unknown[] = {"", "!", "aeads", "kx:", "kx:ECD", "kx=AES", "enc",
	    "bits", "bits<", "bits<x", "bits<=112", "bits>112", "bits<<1", "bits=>1", "bits<112x",
	    "bits<12345", "xx:RSA", ":", "=", "!!aead", "enc:AES_", "kx:UNKNOWN"};
	static const char *const known[] = {"kx:RSA", "kx=ECDHE", "enc:AES", "enc:RC4", "mac:MD5",
	    "mac=AEAD", "au:NULL", "bits<112", "bits>=0", "bits=128", "aead", "!aead", "!bits<112"};

	for (size_t i = 0; i < N_ELEMENTS(unknown); i++) {
		ck_assert_msg(!suite_prop_known(unknown[i]), "\"%s\"", unknown[i]);
		ck_assert_msg(!suite_has(s, unknown[i]), "\"%s\"", unknown[i]);
	}
	for (size_t i = 0; i < N_ELEMENTS(known); i++)
		ck_assert_msg(suite_prop_known(known[i]), "%s", known[i]);
	ck_assert(!suite_has(NULL, "aead"));
	ck_assert(!suite_has(NULL, "!aead"));
	ck_assert(suite_has(s, "bits>=128"));
	ck_assert(!suite_has(s, "bits<128"));
	ck_assert(suite_has(s, "bits<129"));
	ck_assert(!suite_has(s, "bits>=129"));
	ck_assert(!suite_has(s, "kx:ECDH")); /* a whole word: static ECDH is another */
	ck_assert(suite_has(suite_by_code(0x0003), "kx:RSA"));
	ck_assert(!suite_has(suite_by_code(0x0003), "kx=RSA"));
}
END_TEST

START_TEST(names_of_parts)
{
	ck_assert_str_eq(kx_name(KX_ECDHE), "ECDHE");
	ck_assert_str_eq(kx_name(KX_UNKNOWN), "UNKNOWN");
	ck_assert_str_eq(kx_name(KX__MAX), "UNKNOWN");
	ck_assert_str_eq(au_name(AU_NULL), "NULL");
	ck_assert_str_eq(enc_name(ENC_AES_128_GCM), "AES_128_GCM");
	ck_assert_str_eq(enc_name(ENC_3DES), "3DES");
	ck_assert_str_eq(enc_name(ENC_AEGIS_256), "AEGIS_256");
	ck_assert_str_eq(mac_name(MAC_AEAD), "AEAD");
}
END_TEST

START_TEST(groups_are_known)
{
	static const struct {
		uint16_t code;
		const char *name, *alt;
		enum group_kind kind;
		uint16_t bits, rsa_bits;
		bool tls13;
	} some[] = {
	    {1, "sect163k1", "K-163", GROUP_EC, 163, 1024, false},
	    {21, "secp224r1", "P-224", GROUP_EC, 224, 2048, false},
	    {23, "secp256r1", "P-256", GROUP_EC, 256, 3072, true},
	    {24, "secp384r1", "P-384", GROUP_EC, 384, 7680, true},
	    {25, "secp521r1", "P-521", GROUP_EC, 521, 15360, true},
	    {28, "brainpoolP512r1", NULL, GROUP_EC, 512, 15360, false},
	    {29, "x25519", "X25519", GROUP_EC, 255, 3072, true},
	    {30, "x448", "X448", GROUP_EC, 448, 7680, true},
	    {31, "brainpoolP256r1tls13", NULL, GROUP_EC, 256, 3072, true},
	    {256, "ffdhe2048", NULL, GROUP_FFDHE, 2048, 2048, true},
	    {260, "ffdhe8192", NULL, GROUP_FFDHE, 8192, 8192, true},
	    {0x201, "MLKEM768", NULL, GROUP_MLKEM, 0, 7680, true},
	    {0x11EB, "SecP256r1MLKEM768", NULL, GROUP_HYBRID, 256, 3072, true},
	    {0x11EC, "X25519MLKEM768", NULL, GROUP_HYBRID, 255, 3072, true},
	    {0x11ED, "SecP384r1MLKEM1024", NULL, GROUP_HYBRID, 384, 7680, true},
	    {0xFF01, "arbitrary_explicit_prime_curves", NULL, GROUP_OTHER, 0, 0, false},
	};

	for (size_t i = 0; i < N_ELEMENTS(some); i++) {
		const struct group *g = group_by_code(some[i].code);

		ck_assert_ptr_nonnull(g);
		ck_assert_str_eq(g->name, some[i].name);
		ck_assert_pstr_eq(g->alt, some[i].alt);
		ck_assert_int_eq(g->kind, some[i].kind);
		ck_assert_uint_eq(g->bits, some[i].bits);
		ck_assert_uint_eq(g->rsa_bits, some[i].rsa_bits);
		ck_assert_int_eq(g->tls13, some[i].tls13);
		ck_assert_ptr_eq(group_by_name(some[i].name), g);
	}
	ck_assert_uint_eq(group_by_name("p-256")->code, 23);
	ck_assert_ptr_null(group_by_code(0));
	ck_assert_ptr_null(group_by_name("P-257"));
}
END_TEST

START_TEST(group_lists)
{
	struct u16s all = groups_all(), tls12 = groups_for_tls12(), tls13 = groups_for_tls13();
	size_t n12 = 0, n13 = 0;

	ck_assert_uint_eq(all.n, 58);
	for (size_t i = 0; i < all.n; i++) {
		const struct group *g = group_by_code(all.v[i]);

		ck_assert_uint_eq(place(all, all.v[i]), i); /* none twice */
		ck_assert_ptr_nonnull(g);
		n13 += g->tls13;
		ck_assert_int_eq(u16s_has(tls13, g->code), g->tls13);
		if (u16s_has(tls12, g->code)) {
			n12++;
			ck_assert(g->kind == GROUP_EC || g->kind == GROUP_FFDHE);
		}
	}
	ck_assert_uint_eq(tls13.n, n13);
	ck_assert_uint_eq(tls12.n, n12);
	ck_assert_uint_eq(n12, 41 - 3 + 5);
	ck_assert_uint_eq(all.v[all.n - 1], 0x11EC);
	ck_assert_uint_eq(tls13.v[tls13.n - 1], 0x11EC);
	ck_assert_uint_eq(tls12.v[tls12.n - 1], 29);
	ck_assert_uint_eq(tls12.v[tls12.n - 3], 23);
	ck_assert_uint_lt(place(all, 1), place(all, 23));
}
END_TEST

START_TEST(sigalgs_are_known)
{
	static const struct {
		uint16_t code;
		const char *name;
		enum sig_key key;
		const char *hash;
		bool tls13, weak;
	} some[] = {
	    {0x0101, "rsa_pkcs1_md5", SIGKEY_RSA, "MD5", false, true},
	    {0x0201, "rsa_pkcs1_sha1", SIGKEY_RSA, "SHA1", false, true},
	    {0x0202, "dsa_sha1", SIGKEY_DSA, "SHA1", false, true},
	    {0x0203, "ecdsa_sha1", SIGKEY_ECDSA, "SHA1", false, true},
	    {0x0301, "rsa_pkcs1_sha224", SIGKEY_RSA, "SHA224", false, false},
	    {0x0401, "rsa_pkcs1_sha256", SIGKEY_RSA, "SHA256", false, false},
	    {0x0403, "ecdsa_secp256r1_sha256", SIGKEY_ECDSA, "SHA256", true, false},
	    {0x0603, "ecdsa_secp521r1_sha512", SIGKEY_ECDSA, "SHA512", true, false},
	    {0x0708, "sm2sig_sm3", SIGKEY_SM2, "SM3", true, false},
	    {0x0804, "rsa_pss_rsae_sha256", SIGKEY_RSA, "SHA256", true, false},
	    {0x0807, "ed25519", SIGKEY_EDDSA, NULL, true, false},
	    {0x080B, "rsa_pss_pss_sha512", SIGKEY_RSA_PSS, "SHA512", true, false},
	    {0x081A, "ecdsa_brainpoolP256r1tls13_sha256", SIGKEY_ECDSA, "SHA256", true, false},
	    {0x0905, "mldsa65", SIGKEY_MLDSA, NULL, true, false},
	    {0x0911, "slhdsa_sha2_128s", SIGKEY_SLHDSA, NULL, true, false},
	    {0x091C, "slhdsa_shake_256f", SIGKEY_SLHDSA, NULL, true, false},
	    {0x0841, "gostr34102012_512", SIGKEY_GOST, "STREEBOG512", false, false},
	};
	struct u16s all = sigalgs_all();
	bool strong = false;

	for (size_t i = 0; i < N_ELEMENTS(some); i++) {
		const struct sigalg *a = sigalg_by_code(some[i].code);

		ck_assert_ptr_nonnull(a);
		ck_assert_str_eq(a->name, some[i].name);
		ck_assert_int_eq(a->key, some[i].key);
		ck_assert_pstr_eq(a->hash, some[i].hash);
		ck_assert_int_eq(a->tls13, some[i].tls13);
		ck_assert_int_eq(a->weak, some[i].weak);
	}
	ck_assert_uint_eq(all.n, 64);
	for (size_t i = 0; i < all.n; i++) {
		ck_assert_uint_eq(place(all, all.v[i]), i);
		ck_assert_ptr_nonnull(sigalg_by_code(all.v[i]));
		strong = strong || !sigalg_by_code(all.v[i])->weak;
		ck_assert_int_eq(sigalg_by_code(all.v[i])->weak, !strong); /* weak ones first */
	}
	for (uint16_t h = 1; h <= 6; h++)
		for (uint16_t s = 1; s <= 3; s++)
			ck_assert(u16s_has(all, (uint16_t)(h << 8 | s)));
	ck_assert_ptr_null(sigalg_by_code(0x0000));
}
END_TEST

START_TEST(names_by_number)
{
	ck_assert_str_eq(ext_name(0), "server_name");
	ck_assert_str_eq(ext_name(51), "key_share");
	ck_assert_str_eq(ext_name(0xff01), "renegotiation_info");
	ck_assert_str_eq(ext_name(0xfe0d), "encrypted_client_hello");
	ck_assert_str_eq(ext_name(0xdada), "GREASE");
	ck_assert_ptr_null(ext_name(0xdadb));
	ck_assert_str_eq(alert_name(0), "close_notify");
	ck_assert_str_eq(alert_name(40), "handshake_failure");
	ck_assert_str_eq(alert_name(86), "inappropriate_fallback");
	ck_assert_str_eq(alert_name(112), "unrecognized_name");
	ck_assert_ptr_null(alert_name(255));
	ck_assert_str_eq(version_name(0x0002), "SSLv2");
	ck_assert_str_eq(version_name(0x0300), "SSLv3");
	ck_assert_str_eq(version_name(0x0303), "TLS 1.2");
	ck_assert_str_eq(version_name(0x7f1c), "TLS 1.3 draft 28");
	ck_assert_str_eq(version_key(0x0002), "ssl2");
	ck_assert_str_eq(version_key(0x0303), "tls1_2");
	ck_assert_str_eq(version_key(0x0304), "tls1_3");
	ck_assert_ptr_null(version_name(0x0305));
	ck_assert_ptr_null(version_key(0x0305));
}
END_TEST

UNIT_MAIN("code", suites_are_as_the_rfcs_say, hashes_are_of_the_prf, suites_are_complete_and_sorted,
    ssl2_has_its_own, offers_are_permutations, offers_begin_with_the_worst, words_are_judged,
    names_of_parts, groups_are_known, group_lists, sigalgs_are_known, names_by_number)
