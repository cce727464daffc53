/*
 * csv - CCADB's reports as CSV (RFC 4180): fingerprints, who includes them, sometimes PEM.
 *
 *	IncludedCACertificateReportPEMCSV	Mozilla: "Trust Bits", "Distrust for TLS After Date",
 *						"PEM Info" (in apostrophes)
 *	IncludedCACertificateReportForMSFTCSV	Microsoft: "Microsoft Status", "Microsoft EKUs"
 *	AllCertificateRecordsCSVFormat		all programmes: "Mozilla Status" and so on; the caller
 *						says whose are wanted
 *
 * Columns are found by their names, so their order and others beside them do not matter.
 */
#include "config.h"

#include "base/text.h"
#include "feeds/feed_internal.h"
#include "pki/pem.h"

enum { MAX_COLUMNS = 160, TEXT_MAX = 512 };

enum column {
	SHA256,
	OWNER,
	SUBJECT,
	TRUST_BITS,
	TLS_AFTER,
	PEM_INFO,
	MS_STATUS,
	MS_EKUS,
	RECORD_TYPE,
	STATUS, /* of the programme that is wanted */
	N_COLUMNS
};

struct table {
	struct span rest;
	struct span fields[MAX_COLUMNS]; /* of the line; "" inside quotes stays doubled */
	size_t n;
	size_t at[N_COLUMNS]; /* MAX_COLUMNS: not there */
};

/* One field; *end: it was the line's last. */
static bool
field(struct span *s, struct span *out, bool *end)
{
	size_t n = 0;

	*end = true;
	if (s->n > 0 && *s->p == '"') {
		for (n = 1; n < s->n; n++) {
			if (s->p[n] != '"')
				continue;
			if (n + 1 < s->n && s->p[n + 1] == '"')
				n++;
			else
				break;
		}
		if (n >= s->n)
			return false; /* the quotes never end */
		*out = (struct span){s->p + 1, n - 1};
		n++;
	} else {
		while (n < s->n && s->p[n] != ',' && s->p[n] != '\n' && s->p[n] != '\r')
			n++;
		*out = (struct span){s->p, n};
	}
	if (n < s->n && s->p[n] == ',') {
		*end = false;
		n++;
	} else if (n < s->n && s->p[n] == '\r') {
		n += n + 1 < s->n && s->p[n + 1] == '\n' ? 2 : 1;
	} else if (n < s->n && s->p[n] == '\n') {
		n++;
	} else if (n < s->n) {
		return false;
	}
	s->p += n;
	s->n -= n;
	return true;
}

static bool
line(struct table *t, const char **why)
{
	bool end = false;

	t->n = 0;
	if (t->rest.n == 0)
		return false;
	while (!end) {
		struct span f;

		if (!field(&t->rest, &f, &end) || t->n == MAX_COLUMNS) {
			*why = "a line is not CSV";
			t->rest.n = 0;
			t->n = 0;
			return false;
		}
		t->fields[t->n++] = f;
	}
	return true;
}

static struct span
get(const struct table *t, enum column c)
{
	return t->at[c] < t->n ? t->fields[t->at[c]] : (struct span){NULL, 0};
}

static bool
is(struct span s, const char *word)
{
	return s.n == strlen(word) && memcmp(s.p, word, s.n) == 0;
}

static bool
mentions(struct span s, const char *word)
{
	return s.n > 0 && memmem(s.p, s.n, word, strlen(word)) != NULL;
}

static void
find_columns(struct table *t, const char *store, struct arena *a)
{
	static const char *const names[N_COLUMNS] = {[SHA256] = "SHA-256 Fingerprint",
	    [OWNER] = "CA Owner", [SUBJECT] = "Subject", [TRUST_BITS] = "Trust Bits",
	    [TLS_AFTER] = "Distrust for TLS After Date", [PEM_INFO] = "PEM Info",
	    [MS_STATUS] = "Microsoft Status", [MS_EKUS] = "Microsoft EKUs",
	    [RECORD_TYPE] = "Certificate Record Type", [STATUS] = ""};
	char *status = arena_printf(a, "%s Status", store != NULL ? store : "");

	if (*status >= 'a' && *status <= 'z')
		*status = (char)(*status - 'a' + 'A');
	for (size_t c = 0; c < N_COLUMNS; c++) {
		t->at[c] = MAX_COLUMNS;
		for (size_t i = 0; i < t->n; i++)
			if (is(t->fields[i], c == STATUS ? status : names[c]) ||
			    (c == OWNER && is(t->fields[i], "Owner")) ||
			    (c == SUBJECT && is(t->fields[i], "Common Name or Certificate Name")))
				t->at[c] = i;
	}
}

/* Is that line a root that the programme trusts for TLS servers? */
static bool
wanted(const struct table *t, bool records)
{
	struct span status = get(t, MS_STATUS);

	if (records)
		return is(get(t, RECORD_TYPE), "Root Certificate") && is(get(t, STATUS), "Included");
	if (t->at[MS_EKUS] != MAX_COLUMNS)
		return !is(status, "Disabled") && mentions(get(t, MS_EKUS), "Server Authentication");
	return t->at[TRUST_BITS] == MAX_COLUMNS || mentions(get(t, TRUST_BITS), "Websites");
}

/* The PEM column stands in apostrophes, against spreadsheets. */
static struct span
decode_pem(struct span text, struct arena *a)
{
	bool quoted = text.n > 2 && *text.p == '\'';
	struct pem p = {.rest = quoted ? (struct span){text.p + 1, text.n - 2} : text};
	struct pem_block b;
	struct span der = {NULL, 0};

	if (pem_next(&p, &b) && pem_is_certificate(&b)) {
		size_t max = pem_decoded_max(&b);

		if (!pem_decode(&b, arena_alloc(a, max + 1), max, &der))
			der = (struct span){NULL, 0};
	}
	return der;
}

static bool
take(const struct table *t, struct arena *a, struct feed *f, const char **why)
{
	struct span der = decode_pem(get(t, PEM_INFO), a);
	uint8_t sha256[32];
	struct feed_root *r;

	*why = "a line without a SHA-256 fingerprint";
	if (!feed_hex32(get(t, SHA256), sha256))
		return false;
	r = der.n > 0 ? feed_add_der(f, a, der) : feed_add(f, a);
	*why = "a certificate twice, or too many";
	if (r == NULL)
		return false;
	*why = "a fingerprint that is not its certificate's";
	if (der.n > 0 && memcmp(r->sha256, sha256, 32) != 0)
		return false;
	memcpy(r->sha256, sha256, 32);
	if (der.n == 0)
		r->subject = text_clean(a, get(t, SUBJECT), TEXT_MAX);
	r->owner = text_clean(a, get(t, OWNER), TEXT_MAX);
	r->distrust_after = feed_day(get(t, TLS_AFTER));
	*why = NULL;
	return true;
}

bool
feed_csv(struct span in, const char *store, struct arena *a, struct feed *f, const char **why)
{
	struct table t = {.rest = in};
	bool records;

	*why = "a line is not CSV";
	if (!line(&t, why))
		return false;
	find_columns(&t, store, a);
	records = t.at[RECORD_TYPE] != MAX_COLUMNS;
	*why = "a report of all programmes: say whose roots are wanted";
	if (records && t.at[STATUS] == MAX_COLUMNS)
		return false;
	f->store = records ? NULL : t.at[MS_EKUS] != MAX_COLUMNS ? "microsoft" : "mozilla";
	*why = NULL;
	while (line(&t, why)) {
		if (t.n == 1 && t.fields[0].n == 0)
			continue;
		if (!wanted(&t, records))
			f->left_out++;
		else if (!take(&t, a, f, why))
			return false;
	}
	return *why == NULL;
}
