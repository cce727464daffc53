/* pem: see pem.h. */
#include "pki/pem.h"

static bool
is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes one line off the text, without its end and trailing white space. */
static bool
next_line(struct pem *p, struct span *line)
{
	const uint8_t *end;
	size_t n;

	if (p->rest.n == 0)
		return false;
	end = memchr(p->rest.p, '\n', p->rest.n);
	n = end != NULL ? (size_t)(end - p->rest.p) : p->rest.n;
	*line = (struct span){p->rest.p, n};
	n += end != NULL;
	p->rest.p += n;
	p->rest.n -= n;
	p->line++;
	while (line->n > 0 && is_space(line->p[line->n - 1]))
		line->n--;
	return true;
}

/* "-----BEGIN label-----" (RFC 7468, 3), the line's label to *label. */
static bool
boundary(struct span line, const char *word, struct span *label)
{
	size_t n = strlen(word);

	if (line.n < n + 5 || memcmp(line.p, word, n) != 0 ||
	    memcmp(line.p + line.n - 5, "-----", 5) != 0)
		return false;
	*label = (struct span){line.p + n, line.n - n - 5};
	return true;
}

bool
pem_next(struct pem *p, struct pem_block *out)
{
	struct span line, label;
	struct pem_block b = {{NULL, 0}, {NULL, 0}, 0};
	bool inside = false;

	while (next_line(p, &line)) {
		if (boundary(line, "-----BEGIN ", &label)) {
			/* A second BEGIN starts over: the first block was cut short. */
			b = (struct pem_block){label, {p->rest.p, 0}, p->line};
			inside = true;
		} else if (inside && boundary(line, "-----END ", &label)) {
			if (!span_eq(label, b.label)) {
				inside = false;
				continue;
			}
			b.body.n = (size_t)(line.p - b.body.p);
			*out = b;
			return true;
		}
	}
	return false;
}

bool
pem_is_certificate(const struct pem_block *b)
{
	return span_eq(b->label, span_str("CERTIFICATE")) ||
	       span_eq(b->label, span_str("X509 CERTIFICATE")) ||
	       span_eq(b->label, span_str("TRUSTED CERTIFICATE"));
}

size_t
pem_decoded_max(const struct pem_block *b)
{
	return b->body.n / 4 * 3 + 3;
}

/* The six bits of a base64 character, or -1. */
static int
sextet(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
pem_decode(const struct pem_block *b, uint8_t *buf, size_t cap, struct span *out)
{
	uint32_t acc = 0;
	unsigned n = 0, pad = 0;
	size_t len = 0;

	for (size_t i = 0; i < b->body.n; i++) {
		uint8_t c = b->body.p[i];
		int v = sextet(c);

		if (is_space(c))
			continue;
		if (n == 4)
			return false; /* nothing may follow the padding */
		if (c == '=' && n >= 2) {
			pad++;
			v = 0;
		} else if (v < 0 || pad > 0) {
			return false;
		}
		acc = acc << 6 | (uint32_t)v;
		if (++n < 4)
			continue;
		/* RFC 4648, 3.5: "pad bits MUST be set to zero by conforming encoders". */
		if (cap - len < 3 - pad || (pad == 1 && (acc & 0xff) != 0) ||
		    (pad == 2 && (acc & 0xffff) != 0))
			return false;
		for (unsigned k = 0; k < 3 - pad; k++)
			buf[len++] = (uint8_t)(acc >> (16 - 8 * k));
		acc = 0;
		n = pad > 0 ? 4 : 0;
	}
	if (len == 0 || (n != 0 && n != 4))
		return false;
	*out = (struct span){buf, len};
	return true;
}
