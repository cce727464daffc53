/*
 * html - what the parts of the page share; see html.c.
 *
 * Texts of the peer go through html_text() or html_words() and nothing else; markup is written by
 * fputs() from constants.  There is no style attribute and no script: the page's policy forbids
 * both, so that a text that got through would do nothing.
 */
#ifndef TLSAUDIT_REPORT_HTML_H
#define TLSAUDIT_REPORT_HTML_H

#include "report/page.h"

struct html {
	FILE *to;
	struct page page;    /* words, not its terminal */
	const struct report *out;
	size_t number; /* of the host in the page, from 1: part of every id */
};

/* Escaped. */
void html_text(struct html *h, const char *s);
/* <tag class="class">s</tag>; class may be NULL, both are constants. */
void html_words(struct html *h, const char *tag, const char *class, const char *s);
/* A coloured word: <span class="tag good">. */
void html_tag(struct html *h, enum ink ink, const char *s);
const char *html_class(enum ink ink);
/* A section with an id and a heading; html_section_end() closes it. */
void html_section(struct html *h, const char *id, const char *title);
void html_section_end(struct html *h);
/* <dt>label</dt><dd>value</dd> of a fact that is settled; nothing else. */
void html_fact(struct html *h, const char *label, const struct facts *f, enum fact_id id);
void html_pair(struct html *h, const char *label, const char *value);

/* html_certs.c, html_config.c, html_facts.c, html_findings.c: the sections. */
void html_certificates(struct html *h);
void html_protocols(struct html *h);
void html_suites(struct html *h);
void html_key_exchange(struct html *h);
void html_clients(struct html *h);
void html_details(struct html *h);
/* Revocation, Certificate Transparency, DNS: those of which something is known; and their lines in
 * the table of contents. */
void html_outside(struct html *h);
void html_outside_contents(struct html *h);
void html_findings(struct html *h);
/* Nothing where --compliance asked for none. */
void html_compliance(struct html *h);

/* The style sheet; see data/html/report.css. */
struct span html_style(void);

#endif
