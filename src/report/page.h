/*
 * page - what the parts of the report for people share; see report.h and text.c.
 *
 * Each part prints one or more sections from a `struct page` and leaves the line ended.  A section
 * about which nothing is settled is left out: `--only` then gives a short report; -v names what is
 * not known at the end.
 */
#ifndef TLSAUDIT_REPORT_PAGE_H
#define TLSAUDIT_REPORT_PAGE_H

#include "report/report.h"
#include "report/term.h"
#include "tls/code.h"

struct page {
	struct term term;
	const struct record *r;
	const struct report_style *style;
	const struct facts *f;       /* r->facts */
	const struct assessment *as; /* r->assessment, or an empty one */
	int64_t now;                 /* the moment dates are seen from */
	struct arena *arena;         /* for texts, ended with the report */
};

/* page_value.c: facts as words. */

/* "TLS 1.2", "0x7f12"; in the arena or constant. */
const char *page_version(struct page *p, uint32_t version);
/* "2026-11-24", with -v "2026-11-24 00:20:05 UTC". */
const char *page_date(struct page *p, int64_t t);
/* "9 days left", "expired 3 days ago", seen from page.now. */
const char *page_left(struct page *p, int64_t not_after);
enum ink page_left_ink(const struct page *p, int64_t not_after);
/* "3,072". */
const char *page_number(struct page *p, uint64_t v);
/* "1 certificate", "2 certificates". */
const char *page_count(struct page *p, uint64_t n, const char *thing);
/* "Mozilla": a word of a fact with a capital letter. */
const char *page_title(struct page *p, const char *word);
/* "in the server's order", from the word of an order fact. */
const char *page_order(struct page *p, const char *order);
/* The common name in an RFC 4514 name, else the whole name. */
const char *page_cn(const struct facts *cert);
/* "RSA 2048", "EC P-256 (256 bits)". */
const char *page_key(struct page *p, const struct facts *cert);
/* A list of code points: what is known of it, or was seen before it became unknown. */
struct u16s page_codes(const struct facts *f, enum fact_id id);
/* "unknown (silence: no answer in 8 s)"; "not applicable (no TLS 1.3)". */
void page_unknown(struct page *p, const struct facts *f, enum fact_id id);
/* The value of any fact, or why it is unknown; the words beside it after it. */
void page_value(struct page *p, enum ink ink, const struct facts *f, enum fact_id id);
/* A labelled line with it, marked when a finding rests on the fact; nothing when unsettled. */
void page_fact(struct page *p, const char *label, const struct facts *f, enum fact_id id);
/* The same as one text, in the arena. */
const char *page_value_text(const struct page *p, const struct facts *f, enum fact_id id);
/* What a fact of the endpoint is called here: "OCSP stapling". */
const char *page_label(struct page *p, enum fact_id id);
/* The heading over the facts whose JSON path begins like this one: "Posture". */
const char *page_group(struct page *p, const char *path);
/* What a reader should know about a suite, in a few words, and how grave it is. */
const char *page_suite_notes(struct page *p, const struct suite *s, enum ink *ink);
/* A store's verdict as people say it; NULL: it is unknown. */
const char *page_verdict(const struct facts *row, enum ink *ink);
/* The worst finding that rests on a fact of the endpoint; NULL: none does. */
const struct finding *page_finding_on(const struct page *p, enum fact_id id);
/* Colour of a grade; dim for NULL. */
enum ink page_grade_ink(const char *grade);
/* Colour and gutter mark of a severity. */
enum ink page_severity_ink(enum severity s);
const char *page_severity_mark(enum severity s);
/* Is any of them settled?  The list ends with F_NONE. */
bool page_any(const struct facts *f, const enum fact_id *ids);

/* page_head.c: who was asked, grade, reasons, scores; and what stands there instead. */
void page_head(struct page *p);
void page_summary(struct page *p);
void page_not_assessed(struct page *p);
void page_quiet(struct page *p);
/* "74 connections in 1.2 s"; NULL: none was made. */
const char *page_effort(struct page *p);

/* page_certs.c, page_cert.c, page_trust.c */
void page_certificates(struct page *p);
/* One certificate in full, for -v; and the lines of it that stand in every report. */
void page_certificate(struct page *p, const struct facts *cert);
void page_names(struct page *p, const struct facts *cert);
void page_validity(struct page *p, const struct facts *cert);
void page_public_key(struct page *p, const struct facts *cert);
void page_lifetime(struct page *p, const struct facts *cert);
/* What is weak in its key, and collisions of its signature; nothing when nothing is. */
void page_weaknesses(struct page *p, const struct facts *cert);
/* At the left margin, to be copied. */
void page_pem(struct page *p, const char *label, struct span der);
/* The certificate with that index, or NULL. */
const struct facts *page_cert_at(const struct page *p, size_t i);
/* The verdicts of every store on one deployment; returns how many there were. */
size_t page_trust(struct page *p, uint32_t deployment);

/* page_clients.c, page_suites.c, page_kex.c, page_facts.c, page_flights.c, page_findings.c */
void page_suites(struct page *p);
void page_key_exchange(struct page *p);
void page_clients(struct page *p);
void page_protocols(struct page *p);
void page_features(struct page *p);
void page_posture(struct page *p);
void page_audit(struct page *p);
/* page_outside.c: revocation, Certificate Transparency, DNS: those of which something is known. */
void page_outside(struct page *p);
/* What no section above shows: facts under other names, and with -v records of other kinds. */
void page_others(struct page *p);
void page_other_records(struct page *p);
void page_flights(struct page *p);
void page_not_known(struct page *p);
void page_findings(struct page *p);
void page_open(struct page *p);
void page_lifts(struct page *p);
/* page_comply.c, page_explain.c: what --compliance and --explain ask for. */
void page_compliance(struct page *p);
/* "Deviates in 2 of 24 rules. 3 are open.", and how grave that is. */
const char *page_comply_verdict(struct page *p, const struct compliance *c);
enum ink page_comply_ink(const struct compliance *c);
void page_explain(struct page *p);
/* A label and words in one paragraph; nothing when there are no words. */
void page_labelled(struct page *p, unsigned at, const char *label, enum ink ink, const char *words);

#endif
