/*
 * lint - rules for making certificates that one of them breaks, each with its source.
 *
 * The rules are rows of lint.def: RFC 5280 for every certificate, the CA/Browser Forum's Baseline
 * Requirements for those of public CAs (since the day each rule came into force, by notBefore).
 * Only what the bytes show beyond doubt is here.  A broken rule is no reason to distrust: verifiers
 * have to live with much of it, so severities are info and low; what does forbid trust is the
 * path's business (pki/path.h).
 *
 *	const struct lint *hits[LINT_MAX];
 *	size_t n = lint_run(&c, true, hits);
 *	for (size_t i = 0; i < n; i++)
 *		printf("%s (%s)\n", hits[i]->text, hits[i]->source);
 */
#ifndef TLSAUDIT_PKI_LINT_H
#define TLSAUDIT_PKI_LINT_H

#include "pki/cert.h"

enum lint_severity { LINT_INFO, LINT_LOW };

/* Which certificates a rule is for. */
enum lint_scope {
	LINT_ALL,
	LINT_CA,          /* basicConstraints cA */
	LINT_LEAF,        /* the others */
	LINT_PUBLIC,      /* any, of a public CA */
	LINT_PUBLIC_LEAF, /* a server's, of a public CA */
};

struct lint {
	const char *id;     /* "serial_negative" */
	const char *text;   /* what is so */
	const char *source; /* "RFC 5280, 4.1.2.2" */
	enum lint_severity severity;
	enum lint_scope scope;
	int64_t from; /* certificates issued before that moment are not meant; 0: all are */
	bool (*broken)(const struct cert *c);
};

enum lint_id {
#define LINT(id, severity, scope, from, text, source) LINT_ID_##id,
#include "pki/lint.def"
#undef LINT
	LINT_MAX
};

/* The rules that the certificate breaks, in the order of the table; public: a public CA stands
 * above it. */
size_t lint_run(const struct cert *c, bool public, const struct lint *out[LINT_MAX]);
/* The table, for lists and tests. */
const struct lint *lint_at(enum lint_id i);
const char *lint_severity_name(enum lint_severity s);

#endif
