#include "tls/code.h"

#include <stdlib.h>
#include <strings.h>

/* The words, in the order of the enums. */
#define WORD(word) #word,
static const char *const kx_words[] = {"UNKNOWN", KX_LIST(WORD)};
static const char *const au_words[] = {"UNKNOWN", AU_LIST(WORD)};
static const char *const enc_words[] = {"UNKNOWN", ENC_LIST(WORD)};
static const char *const mac_words[] = {"UNKNOWN", MAC_LIST(WORD)};
#undef WORD

enum mode { MODE_NONE, MODE_AEAD, MODE_CBC, MODE_STREAM };

/* clang-format off */
#define ROW(code_, name_, openssl_, kx_, au_, enc_, mac_, bits_, block_, min_, max_, rec_, mode_,  \
	export_, fs_, scsv_, hash_)                                                                \
	{ .code = code_, .name = name_, .openssl = openssl_, .kx = KX_##kx_, .au = AU_##au_,       \
	  .enc = ENC_##enc_, .mac = MAC_##mac_, .bits = bits_, .block_bits = block_,               \
	  .min_version = min_, .max_version = max_, .recommended = rec_,                           \
	  .aead = MODE_##mode_ == MODE_AEAD, .cbc = MODE_##mode_ == MODE_CBC,                      \
	  .stream = MODE_##mode_ == MODE_STREAM, .export_grade = export_, .fs = fs_,               \
	  .scsv = scsv_, .hash = hash_ },
#define NO_ROW(code, name, openssl, kx, au, enc, mac, bits, block, min, max, rec, mode, export,    \
	fs, scsv, hash)
#define CODE(code) code,
#define NO_CODE(code)
/* clang-format on */

#define SUITE ROW
#define SUITE_SSL2 NO_ROW
#define OFFER_OLD NO_CODE
#define OFFER_TLS12 NO_CODE
#define OFFER_TLS13 NO_CODE
static const struct suite suites[] = {
#include "tls/suites.def"
};
#undef SUITE
#undef SUITE_SSL2
#define SUITE NO_ROW
#define SUITE_SSL2 ROW
static const struct suite ssl2_suites[] = {
#include "tls/suites.def"
};
#undef SUITE_SSL2
#define SUITE_SSL2(code, ...) code,
static const uint32_t ssl2_codes[] = {
#include "tls/suites.def"
};
#undef SUITE_SSL2
#define SUITE_SSL2 NO_ROW
#undef OFFER_OLD
#define OFFER_OLD CODE
static const uint16_t offer_old[] = {
#include "tls/suites.def"
};
#undef OFFER_OLD
#define OFFER_OLD NO_CODE
#undef OFFER_TLS12
#define OFFER_TLS12 CODE
static const uint16_t offer_tls12[] = {
#include "tls/suites.def"
};
#undef OFFER_TLS12
#define OFFER_TLS12 NO_CODE
#undef OFFER_TLS13
#define OFFER_TLS13 CODE
static const uint16_t offer_tls13[] = {
#include "tls/suites.def"
};

/* clang-format off */
#define GROUP(code_, name_, alt_, kind_, bits_, rsa_bits_, tls13_)                                 \
	{ .code = code_, .name = name_, .alt = alt_, .bits = bits_, .rsa_bits = rsa_bits_,         \
	  .kind = GROUP_##kind_, .tls13 = tls13_ },
/* clang-format on */
#define GROUP_ORDER NO_CODE
#define GROUP_TLS12 NO_CODE
#define GROUP_TLS13 NO_CODE
static const struct group groups[] = {
#include "tls/groups.def"
};
#undef GROUP
#define GROUP(code, name, alt, kind, bits, rsa_bits, tls13)
#undef GROUP_ORDER
#define GROUP_ORDER CODE
static const uint16_t group_order[] = {
#include "tls/groups.def"
};
#undef GROUP_ORDER
#define GROUP_ORDER NO_CODE
#undef GROUP_TLS12
#define GROUP_TLS12 CODE
static const uint16_t groups_tls12[] = {
#include "tls/groups.def"
};
#undef GROUP_TLS12
#define GROUP_TLS12 NO_CODE
#undef GROUP_TLS13
#define GROUP_TLS13 CODE
static const uint16_t groups_tls13[] = {
#include "tls/groups.def"
};

/* clang-format off */
#define SIGALG(code_, name_, key_, hash_, tls13_, weak_)                                           \
	{ .code = code_, .name = name_, .key = SIGKEY_##key_, .hash = hash_, .tls13 = tls13_,      \
	  .weak = weak_ },
/* clang-format on */
#define SIGALG_ORDER NO_CODE
#define SIGALG_OFFER NO_CODE
static const struct sigalg sigalgs[] = {
#include "tls/sigalgs.def"
};
#undef SIGALG
#define SIGALG(code, name, key, hash, tls13, weak)
#undef SIGALG_ORDER
#define SIGALG_ORDER CODE
static const uint16_t sigalg_order[] = {
#include "tls/sigalgs.def"
};
#undef SIGALG_ORDER
#define SIGALG_ORDER NO_CODE
#undef SIGALG_OFFER
#define SIGALG_OFFER CODE
static const uint16_t sigalg_offer[] = {
#include "tls/sigalgs.def"
};

struct name {
	uint16_t code;
	const char *name;
};

#define NAME(code, name) {code, name},
static const struct name exts[] = {
#include "tls/exts.def"
};
static const struct name alerts[] = {
#include "tls/alerts.def"
};
#undef NAME
#define NAME(code, name, key) {code, name},
static const struct name versions[] = {
#include "tls/versions.def"
};
#undef NAME
#define NAME(code, name, key) {code, key},
static const struct name version_keys[] = {
#include "tls/versions.def"
};
#undef NAME

static const char *
word(const char *const *words, size_t n, unsigned i)
{
	return words[i < n ? i : 0];
}

const char *
kx_name(enum kx kx)
{
	return word(kx_words, N_ELEMENTS(kx_words), kx);
}

const char *
au_name(enum au au)
{
	return word(au_words, N_ELEMENTS(au_words), au);
}

const char *
enc_name(enum enc enc)
{
	return word(enc_words, N_ELEMENTS(enc_words), enc);
}

const char *
mac_name(enum mac mac)
{
	return word(mac_words, N_ELEMENTS(mac_words), mac);
}

/* All tables are sorted by code, and all rows begin with it (struct suite's is wider). */
static int
compare_suite(const void *code, const void *row)
{
	uint32_t a = *(const uint32_t *)code, b = ((const struct suite *)row)->code;

	return (a > b) - (a < b);
}

static int
compare_code(const void *code, const void *row)
{
	uint16_t a = *(const uint16_t *)code, b = *(const uint16_t *)row;

	return (a > b) - (a < b);
}

#define FIND(code, table)                                                                          \
	bsearch(&(code), table, N_ELEMENTS(table), sizeof((table)[0]), compare_code)

const struct suite *
suite_by_code(uint16_t code)
{
	uint32_t wide = code;

	return bsearch(&wide, suites, N_ELEMENTS(suites), sizeof(suites[0]), compare_suite);
}

const struct suite *
suite_ssl2_by_code(uint32_t code)
{
	return bsearch(
	    &code, ssl2_suites, N_ELEMENTS(ssl2_suites), sizeof(ssl2_suites[0]), compare_suite);
}

static const struct suite *
by_name(const struct suite *s, size_t n, const char *name)
{
	for (; n > 0; n--, s++)
		if (strcmp(s->name, name) == 0 ||
		    (s->openssl != NULL && strcmp(s->openssl, name) == 0))
			return s;
	return NULL;
}

const struct suite *
suite_by_name(const char *name)
{
	const struct suite *s = by_name(suites, N_ELEMENTS(suites), name);

	return s != NULL ? s : by_name(ssl2_suites, N_ELEMENTS(ssl2_suites), name);
}

size_t
suite_count(void)
{
	return N_ELEMENTS(suites);
}

const struct suite *
suite_at(size_t i)
{
	return i < N_ELEMENTS(suites) ? &suites[i] : NULL;
}

struct u32s
suites_ssl2(void)
{
	return (struct u32s){ssl2_codes, N_ELEMENTS(ssl2_codes)};
}

struct u16s
suites_for_version(uint16_t version)
{
	switch (version) {
	case 0x0300:
	case 0x0301:
	case 0x0302:
		return U16S_OF(offer_old);
	case 0x0303:
		return U16S_OF(offer_tls12);
	case 0x0304:
		return U16S_OF(offer_tls13);
	default:
		return (struct u16s){NULL, 0};
	}
}

const struct group *
group_by_code(uint16_t code)
{
	return FIND(code, groups);
}

const struct group *
group_by_name(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(groups); i++)
		if (strcasecmp(groups[i].name, name) == 0 ||
		    (groups[i].alt != NULL && strcasecmp(groups[i].alt, name) == 0))
			return &groups[i];
	return NULL;
}

struct u16s
groups_all(void)
{
	return U16S_OF(group_order);
}

struct u16s
groups_for_tls12(void)
{
	return U16S_OF(groups_tls12);
}

struct u16s
groups_for_tls13(void)
{
	return U16S_OF(groups_tls13);
}

const struct sigalg *
sigalg_by_code(uint16_t code)
{
	return FIND(code, sigalgs);
}

struct u16s
sigalgs_all(void)
{
	return U16S_OF(sigalg_order);
}

struct u16s
sigalgs_offer(void)
{
	return U16S_OF(sigalg_offer);
}

#define NAME_OF(code, table) name_of(FIND(code, table))
static const char *
name_of(const struct name *found)
{
	return found != NULL ? found->name : NULL;
}

const char *
ext_name(uint16_t code)
{
	return NAME_OF(code, exts);
}

const char *
alert_name(uint8_t code)
{
	uint16_t wide = code;

	return NAME_OF(wide, alerts);
}

const char *
version_name(uint16_t code)
{
	return NAME_OF(code, versions);
}

const char *
version_key(uint16_t code)
{
	return NAME_OF(code, version_keys);
}
