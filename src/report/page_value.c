/* page_value - facts as words: values, dates, names, and why something is unknown; see page.h. */
#include "config.h"

#include "report/page.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"
#include "tls/code.h"

enum { DAY = 86400 };

const char *
page_version(struct page *p, uint32_t version)
{
	const char *name = version <= UINT16_MAX ? version_name((uint16_t)version) : NULL;

	return name != NULL ? name : arena_printf(p->arena, "0x%04" PRIx32, version);
}

/* RFC 3339 without its letters; to the day, unless details are wanted. */
const char *
page_date(struct page *p, int64_t t)
{
	char *text = text_time(p->arena, t);
	char *mid = strchr(text, 'T'), *end = strchr(text, 'Z');

	if (mid == NULL || end == NULL)
		return text;
	*mid = *end = 0;
	if (p->style->verbose < 1)
		return text;
	return arena_printf(p->arena, "%s %s UTC", text, mid + 1);
}

/* Whole days from now to t, rounded down; far away when that does not fit. */
static int64_t
days_to(const struct page *p, int64_t t)
{
	int64_t from = p->now, days;

	if (t > INT64_MAX / 4 || t < INT64_MIN / 4 || from > INT64_MAX / 4 || from < INT64_MIN / 4)
		return t < from ? INT64_MIN / DAY : INT64_MAX / DAY;
	days = (t - from) / DAY;
	return (t - from) % DAY < 0 ? days - 1 : days;
}

const char *
page_left(struct page *p, int64_t not_after)
{
	int64_t days = days_to(p, not_after);

	if (days < 0)
		return arena_printf(
		    p->arena, "expired %s ago", page_count(p, (uint64_t) - (days + 1), "day"));
	return arena_printf(p->arena, "%s left", page_count(p, (uint64_t)days, "day"));
}

enum ink
page_left_ink(const struct page *p, int64_t not_after)
{
	int64_t days = days_to(p, not_after);

	return days < 0 ? INK_BAD : days < 14 ? INK_WARN : INK_PLAIN;
}

const char *
page_number(struct page *p, uint64_t v)
{
	char text[32], *at = text + sizeof(text) - 1;
	unsigned digits = 0;

	*at = 0;
	do {
		if (digits > 0 && digits % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + v % 10);
		v /= 10;
		digits++;
	} while (v > 0);
	return arena_str(p->arena, at);
}

const char *
page_count(struct page *p, uint64_t n, const char *thing)
{
	return arena_printf(p->arena, "%s %s%s", page_number(p, n), thing, n == 1 ? "" : "s");
}

const char *
page_title(struct page *p, const char *word)
{
	char *copy;

	if (word == NULL)
		return "";
	copy = arena_str(p->arena, word);
	if (copy[0] >= 'a' && copy[0] <= 'z')
		copy[0] = (char)(copy[0] - 'a' + 'A');
	for (char *c = copy; *c != 0; c++)
		if (*c == '_')
			*c = ' ';
	return copy;
}

const char *
page_order(struct page *p, const char *order)
{
	if (order == NULL)
		return "order unknown";
	if (strcmp(order, "single") == 0)
		return "one alone";
	if (strcmp(order, "server") == 0)
		return "in the server's order";
	if (strcmp(order, "client") == 0)
		return "the client's order decides";
	return arena_printf(p->arena, "%s order", order);
}

/* The name to call a certificate by: its common name, its first SAN, its subject, or a number. */
const char *
page_cn(const struct facts *cert)
{
	const char *s = fact_str(cert, F_CERT_CN);

	if (s == NULL || *s == 0)
		s = fact_n_strs(cert, F_CERT_SANS) > 0 ? fact_strs(cert, F_CERT_SANS, 0) : NULL;
	if (s == NULL || *s == 0)
		s = fact_str(cert, F_CERT_SUBJECT);
	return s != NULL && *s != 0 ? s : "(no name)";
}

const char *
page_key(struct page *p, const struct facts *cert)
{
	const char *type = fact_str(cert, F_CERT_KEY_TYPE),
		   *curve = fact_str(cert, F_CERT_KEY_CURVE);
	uint32_t bits = fact_u32(cert, F_CERT_KEY_BITS);

	if (type == NULL)
		return "unknown key";
	if (curve != NULL && *curve != 0 && strcmp(curve, type) != 0)
		return arena_printf(p->arena, "%s %s", type, curve);
	return bits > 0 ? arena_printf(p->arena, "%s %" PRIu32, type, bits) : type;
}

void
page_unknown(struct page *p, const struct facts *f, enum fact_id id)
{
	const char *note = fact_note(f, id), *why = why_name(fact_why(f, id));

	if (fact_why(f, id) == WHY_NOT_APPLICABLE) {
		term_words(&p->term, INK_DIM,
		    note != NULL ? arena_printf(p->arena, "%s (%s)", why, note) : why);
		return;
	}
	if (note == NULL || *note == 0)
		note = why;
	else if (*why != 0 && strncmp(note, why, strlen(why)) != 0) /* "alert: alert 40" */
		note = arena_printf(p->arena, "%s: %s", why, note);
	term_words(&p->term, INK_DIM,
	    *note != 0 ? arena_printf(p->arena, "unknown (%s)", note) : "unknown");
}

static bool
is_codes(enum fact_type t)
{
	return t == FT_U16S || t == FT_SUITES || t == FT_GROUPS || t == FT_SIGALGS || t == FT_EXTS;
}

struct u16s
page_codes(const struct facts *f, enum fact_id id)
{
	return fact_known(f, id) ? fact_u16s(f, id) : fact_seen(f, id);
}

static const char *
code_name(struct page *p, enum fact_type type, uint32_t code)
{
	const char *name = NULL;

	if (type == FT_SUITES2) {
		const struct suite *s = suite_ssl2_by_code(code);

		name = s != NULL ? s->name : NULL;
	} else if (type == FT_SUITES) {
		const struct suite *s = suite_by_code((uint16_t)code);

		name = s != NULL ? s->name : NULL;
	} else if (type == FT_GROUPS) {
		const struct group *g = group_by_code((uint16_t)code);

		name = g != NULL ? g->name : NULL;
	} else if (type == FT_SIGALGS) {
		const struct sigalg *s = sigalg_by_code((uint16_t)code);

		name = s != NULL ? s->name : NULL;
	} else if (type == FT_EXTS) {
		name = ext_name((uint16_t)code);
	} else {
		return arena_printf(p->arena, "%" PRIu32, code);
	}
	return name != NULL ? name : arena_printf(p->arena, "0x%04" PRIx32, code);
}

/* "a, b, c", or "none" */
static void
list(struct page *p, enum ink ink, const struct facts *f, enum fact_id id)
{
	enum fact_type type = fact_defs[id].type;
	struct u32s l2 = {NULL, 0};
	struct u16s l = {NULL, 0};
	size_t n;

	if (type == FT_SUITES2)
		l2 = fact_u32s(f, id);
	else if (type != FT_STRS)
		l = page_codes(f, id);
	n = type == FT_STRS ? fact_n_strs(f, id) : type == FT_SUITES2 ? l2.n : l.n;
	if (n == 0)
		term_words(&p->term, ink, "none");
	for (size_t i = 0; i < n; i++) {
		const char *s = type == FT_STRS
				    ? fact_strs(f, id, i)
				    : code_name(p, type, type == FT_SUITES2 ? l2.v[i] : l.v[i]);

		term_words(&p->term, ink, i + 1 < n ? arena_printf(p->arena, "%s,", s) : s);
	}
}

static void
known_value(struct page *p, enum ink ink, const struct facts *f, enum fact_id id)
{
	const struct fact_def *d = &fact_defs[id];

	switch (d->type) {
	case FT_TRI:
		term_words(&p->term, ink, tri_name(fact_tri(f, id)));
		break;
	case FT_U32:
		term_printf(&p->term, ink, "%" PRIu32 "%s%s", fact_u32(f, id),
		    d->unit[0] != 0 ? " " : "", d->unit);
		break;
	case FT_VERSION:
		term_words(&p->term, ink, page_version(p, fact_u32(f, id)));
		break;
	case FT_TIME:
		term_words(&p->term, ink, page_date(p, fact_time(f, id)));
		break;
	case FT_STR:
		term_words(&p->term, ink, fact_str(f, id));
		break;
	case FT_HEX:
	case FT_DER:
		if (fact_hex(f, id).n == 0)
			term_words(&p->term, ink, "none");
		else
			term_hex(&p->term, ink, fact_hex(f, id));
		break;
	default:
		list(p, ink, f, id);
		break;
	}
}

void
page_value(struct page *p, enum ink ink, const struct facts *f, enum fact_id id)
{
	const char *note = fact_note(f, id);

	/* A three-valued fact that was put as unknown is known to hold that value, and no more. */
	if (!fact_known(f, id) ||
	    (fact_defs[id].type == FT_TRI && fact_tri(f, id) == TRI_UNKNOWN)) {
		page_unknown(p, f, id);
		if (is_codes(fact_defs[id].type) && page_codes(f, id).n > 0) {
			term_words(&p->term, INK_DIM, "so far:");
			list(p, ink, f, id);
		}
		return;
	}
	known_value(p, ink, f, id);
	if (note != NULL && *note != 0)
		term_words(&p->term, INK_DIM, arena_printf(p->arena, "(%s)", note));
}

const char *
page_value_text(const struct page *p, const struct facts *f, enum fact_id id)
{
	struct page one = *p;
	char *text = NULL, *copy;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	if (to == NULL)
		return "";
	term_init(&one.term, to, false, UINT32_MAX / 2);
	page_value(&one, INK_PLAIN, f, id);
	(void)!term_done(&one.term);
	copy = fclose(to) == 0 ? arena_strn(p->arena, text, n) : arena_str(p->arena, "");
	free(text);
	copy[strcspn(copy, "\n")] = '\0';
	return copy;
}

const struct finding *
page_finding_on(const struct page *p, enum fact_id id)
{
	for (size_t i = 0; i < p->as->n_findings; i++) {
		const struct finding *f = &p->as->findings[i];

		for (size_t j = 0; j < N_ELEMENTS(f->facts) && f->facts[j] != F_NONE; j++)
			if (f->facts[j] == id)
				return f;
	}
	return NULL;
}

enum ink
page_severity_ink(enum severity s)
{
	return s >= SEV_HIGH ? INK_BAD : s >= SEV_LOW ? INK_WARN : INK_DIM;
}

const char *
page_severity_mark(enum severity s)
{
	return s >= SEV_LOW ? "!" : NULL;
}

void
page_fact(struct page *p, const char *label, const struct facts *f, enum fact_id id)
{
	const struct finding *on = f == p->f ? page_finding_on(p, id) : NULL;
	enum ink ink = on != NULL ? page_severity_ink(on->sev) : INK_PLAIN;

	if (!fact_settled(f, id))
		return;
	if (!fact_known(f, id))
		on = NULL;
	term_marked_key(&p->term, ink, on != NULL ? page_severity_mark(on->sev) : NULL, label);
	page_value(p, ink != INK_DIM ? ink : INK_PLAIN, f, id);
	term_end(&p->term);
}

bool
page_any(const struct facts *f, const enum fact_id *ids)
{
	for (; *ids != F_NONE; ids++)
		if (fact_settled(f, *ids))
			return true;
	return false;
}
