/* suite_has(): the words in which policy files speak of cipher suites; see code.h. */
#include "tls/code.h"

#include <string.h>

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

static enum answer
yes(bool b)
{
	return b ? ANSWER_YES : ANSWER_NO;
}

/* Is name the word, or (unless whole) does it begin with the word and "_"? */
static bool
begins(const char *name, const char *w, bool whole)
{
	size_t n = strlen(w);

	return strncmp(name, w, n) == 0 && (name[n] == '\0' || (!whole && name[n] == '_'));
}

static const char *
name_kx(unsigned i)
{
	return i < KX__MAX ? kx_name((enum kx)i) : NULL;
}

static const char *
name_au(unsigned i)
{
	return i < AU__MAX ? au_name((enum au)i) : NULL;
}

static const char *
name_enc(unsigned i)
{
	return i < ENC__MAX ? enc_name((enum enc)i) : NULL;
}

static const char *
name_mac(unsigned i)
{
	return i < MAC__MAX ? mac_name((enum mac)i) : NULL;
}

/* "kx:ECDHE" and "kx=ECDHE", given the name of the suite's own member and all names. */
static enum answer
member(const char *own, const char *(*names)(unsigned), const char *w, bool whole)
{
	unsigned i = 1;

	while (names(i) != NULL && !begins(names(i), w, whole))
		i++;
	if (*w == '\0' || names(i) == NULL)
		return ANSWER_UNKNOWN;
	return yes(begins(own, w, whole));
}

/* "kx:..." "au:..." "enc:..." "mac:..." and the same with "=". */
static enum answer
part(const struct suite *s, const char *prop)
{
	size_t n = strcspn(prop, ":=");
	bool whole = prop[n] == '=';
	const char *w = prop + n + (prop[n] != '\0');

	if (prop[n] == '\0')
		return ANSWER_UNKNOWN;
	if (n == 2 && memcmp(prop, "kx", n) == 0)
		return member(kx_name(s->kx), name_kx, w, whole);
	if (n == 2 && memcmp(prop, "au", n) == 0)
		return member(au_name(s->au), name_au, w, whole);
	if (n == 3 && memcmp(prop, "enc", n) == 0)
		return member(enc_name(s->enc), name_enc, w, whole);
	if (n == 3 && memcmp(prop, "mac", n) == 0)
		return member(mac_name(s->mac), name_mac, w, whole);
	return ANSWER_UNKNOWN;
}

/* "bits<112" "bits>=112" "bits=128". */
static enum answer
bits(const struct suite *s, const char *prop)
{
	const char *op, *digits;
	size_t n_op, n_digits;
	unsigned n = 0;

	if (strncmp(prop, "bits", 4) != 0)
		return ANSWER_UNKNOWN;
	op = prop + 4;
	n_op = strspn(op, "<>=");
	digits = op + n_op;
	n_digits = strspn(digits, "0123456789");
	if (n_digits == 0 || n_digits > 4 || digits[n_digits] != '\0')
		return ANSWER_UNKNOWN;
	for (size_t i = 0; i < n_digits; i++)
		n = n * 10 + (unsigned)(digits[i] - '0');
	if (n_op == 1 && *op == '<')
		return yes(s->bits < n);
	if (n_op == 1 && *op == '=')
		return yes(s->bits == n);
	if (n_op == 2 && memcmp(op, ">=", n_op) == 0)
		return yes(s->bits >= n);
	return ANSWER_UNKNOWN;
}

static bool
is_psk(enum kx kx)
{
	return kx == KX_PSK || kx == KX_DHE_PSK || kx == KX_ECDHE_PSK || kx == KX_RSA_PSK;
}

static enum answer
flag(const struct suite *s, const char *prop)
{
	const struct {
		const char *word;
		bool value;
	} flags[] = {
	    {"aead", s->aead},
	    {"anon", s->au == AU_NULL},
	    {"block64", s->block_bits == 64},
	    {"cbc", s->cbc},
	    {"export", s->export_grade},
	    {"fs", s->fs},
	    {"null", s->enc == ENC_NULL},
	    {"psk", is_psk(s->kx)},
	    {"recommended", s->recommended == 'Y'},
	    {"scsv", s->scsv},
	    {"stream", s->stream},
	    {"tls13", s->kx == KX_TLS13},
	};

	for (size_t i = 0; i < N_ELEMENTS(flags); i++)
		if (strcmp(flags[i].word, prop) == 0)
			return yes(flags[i].value);
	return ANSWER_UNKNOWN;
}

static enum answer
ask(const struct suite *s, const char *prop)
{
	bool negated = *prop == '!';
	enum answer a;

	prop += negated;
	a = flag(s, prop);
	if (a == ANSWER_UNKNOWN)
		a = bits(s, prop);
	if (a == ANSWER_UNKNOWN)
		a = part(s, prop);
	if (a == ANSWER_UNKNOWN || !negated)
		return a;
	return a == ANSWER_YES ? ANSWER_NO : ANSWER_YES;
}

bool
suite_has(const struct suite *s, const char *prop)
{
	return s != NULL && ask(s, prop) == ANSWER_YES;
}

bool
suite_prop_known(const char *prop)
{
	static const struct suite any;

	return ask(&any, prop) != ANSWER_UNKNOWN;
}
