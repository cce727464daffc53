/* measure - see measure.h. */
#include "pulse/measure.h"

/* ---- lists of classes, the worst first ---- */

static const struct class grades[] = {{"M", TONE_BAD}, {"T", TONE_BAD}, {"F", TONE_BAD},
    {"E", TONE_BAD}, {"D", TONE_BAD}, {"C", TONE_WARN}, {"B", TONE_WARN}, {"A-", TONE_GOOD},
    {"A", TONE_GOOD}, {"A+", TONE_GOOD}, {NULL, TONE_NONE}};

/* yes and no, and how bad the worse of them is. */
static const struct class flaw[] = {{"yes", TONE_BAD}, {"no", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class old[] = {{"yes", TONE_WARN}, {"no", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class needed[] = {{"no", TONE_BAD}, {"yes", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class wanted[] = {{"no", TONE_WARN}, {"yes", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class nice[] = {{"no", TONE_NONE}, {"yes", TONE_GOOD}, {NULL, TONE_NONE}};

static const struct class forward_secrecy[] = {{"none", TONE_BAD}, {"some", TONE_WARN},
    {"modern", TONE_GOOD}, {"all", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class post_quantum[] = {{"none", TONE_NONE}, {"retry", TONE_WARN},
    {"offered", TONE_GOOD}, {"preferred", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class rc4[] = {{"only", TONE_BAD}, {"modern", TONE_BAD}, {"offered", TONE_WARN},
    {"none", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class beast[] = {
    {"preferred", TONE_WARN}, {"possible", TONE_WARN}, {"none", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class hsts[] = {{"disabled", TONE_BAD}, {"invalid", TONE_BAD},
    {"absent", TONE_NONE}, {"present", TONE_GOOD}, {NULL, TONE_NONE}};
static const struct class hashes[] = {{"MD2", TONE_BAD}, {"MD4", TONE_BAD}, {"MD5", TONE_BAD},
    {"SHA-1", TONE_BAD}, {"SHA-224", TONE_GOOD}, {"SHA-256", TONE_GOOD}, {"SHA-384", TONE_GOOD},
    {"SHA-512", TONE_GOOD}, {"other", TONE_NONE}, {NULL, TONE_NONE}};

/* In the order of their strength; measure_key() goes by their places. */
enum key_class {
	RSA_BELOW_1024 = 1,
	RSA_1024,
	RSA_BELOW_2048,
	EC_BELOW_256,
	OTHER,
	RSA_2048,
	RSA_BELOW_3072,
	RSA_BELOW_4096,
	EC_256,
	EDDSA,
	RSA_4096,
	EC_384,
	EC_MORE
};
static const struct class keys[] = {[RSA_BELOW_1024 - 1] = {"RSA below 1024", TONE_BAD},
    [RSA_1024 - 1] = {"RSA 1024", TONE_BAD},
    [RSA_BELOW_2048 - 1] = {"RSA 1025 to 2047", TONE_BAD},
    [EC_BELOW_256 - 1] = {"EC below 256", TONE_WARN},
    [OTHER - 1] = {"other", TONE_NONE},
    [RSA_2048 - 1] = {"RSA 2048", TONE_GOOD},
    [RSA_BELOW_3072 - 1] = {"RSA 2049 to 3071", TONE_GOOD},
    [RSA_BELOW_4096 - 1] = {"RSA 3072 to 4095", TONE_GOOD},
    [EC_256 - 1] = {"EC 256", TONE_GOOD},
    [EDDSA - 1] = {"EdDSA", TONE_GOOD},
    [RSA_4096 - 1] = {"RSA 4096 and more", TONE_GOOD},
    [EC_384 - 1] = {"EC 384", TONE_GOOD},
    [EC_MORE - 1] = {"EC above 384", TONE_GOOD},
    [EC_MORE] = {NULL, TONE_NONE}};

const struct measure measures[M__MAX] = {
#define MEASURE(id, name, group, title, section, key, classes)                                     \
	[M_##id] = {name, title, section, key, MEASURE_##group, classes},
#include "pulse/measure.def"
#undef MEASURE
};

const char *
measure_group_title(enum measure_group g)
{
	static const char *const titles[MEASURE__GROUPS] = {[MEASURE_GRADE] = "Grades",
	    [MEASURE_PROTOCOL] = "Protocols",
	    [MEASURE_CIPHER] = "Key exchange and ciphers",
	    [MEASURE_CERTIFICATE] = "Keys and signatures",
	    [MEASURE_VALID] = "Certificates in use",
	    [MEASURE_FEATURE] = "Features",
	    [MEASURE_FLAW] = "Known flaws"};

	return titles[g];
}

size_t
measure_classes(const struct measure *m)
{
	size_t n = 0;

	while (m->classes[n].name != NULL)
		n++;
	return n;
}

uint8_t
measure_class(const struct measure *m, struct span name)
{
	for (uint8_t i = 0; m->classes[i].name != NULL; i++)
		if (span_eq(name, span_str(m->classes[i].name)))
			return i + 1;
	return 0;
}

const char *
measure_class_name(const struct measure *m, uint8_t v)
{
	return v > 0 && v <= measure_classes(m) ? m->classes[v - 1].name : "unknown";
}

enum tone
measure_class_tone(const struct measure *m, uint8_t v)
{
	return v > 0 && v <= measure_classes(m) ? m->classes[v - 1].tone : TONE_NONE;
}

uint8_t
measure_worse(uint8_t a, uint8_t b)
{
	if (a == 1 || b == 1)
		return 1;
	return a < b ? a : b;
}

static enum key_class
rsa_class(int64_t bits)
{
	return bits < 1024    ? RSA_BELOW_1024
	       : bits == 1024 ? RSA_1024
	       : bits < 2048  ? RSA_BELOW_2048
	       : bits == 2048 ? RSA_2048
	       : bits < 3072  ? RSA_BELOW_3072
	       : bits < 4096  ? RSA_BELOW_4096
			      : RSA_4096;
}

uint8_t
measure_key(struct span type, int64_t bits)
{
	if (type.n == 0 || bits <= 0)
		return 0;
	if (span_eq(type, span_str("RSA")) || span_eq(type, span_str("RSA-PSS")))
		return (uint8_t)rsa_class(bits);
	if (span_eq(type, span_str("EC")))
		return bits < 256    ? EC_BELOW_256
		       : bits == 256 ? EC_256
		       : bits <= 384 ? EC_384
				     : EC_MORE;
	if (span_eq(type, span_str("Ed25519")) || span_eq(type, span_str("Ed448")))
		return EDDSA;
	return OTHER;
}
