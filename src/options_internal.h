/*
 * options_internal - what the files of options share; see options.h.
 *
 *	options.c	which option it is, and where its argument goes
 *	options_args.c	the arguments: numbers, words, dates, addresses
 *	options_check.c	what goes together
 *	options_help.c	the text of --help
 */
#ifndef TLSAUDIT_OPTIONS_INTERNAL_H
#define TLSAUDIT_OPTIONS_INTERNAL_H

#include "mail.h"
#include "options.h"

struct option_row {
	const char *name, *arg, *def, *help;
	int letter;
};
extern const struct option_row option_rows[OPT__MAX]; /* options.def */

enum { ONLY_MAX = 64, ASKED_MAX = 32, COMPLIANCE_MAX = 16, STORES_MAX = 16, TARGETS_MAX = 65536 };

struct options_own { /* all that options_fini() frees */
	char *only_text, *asked_text, *compliance_text;
	const char *only[ONLY_MAX + 1], *asked[ASKED_MAX + 1], *compliance[COMPLIANCE_MAX + 1];
	char sni[TARGET_HOST_MAX + 1], name[TARGET_HOST_MAX + 1];
	struct store_option stores[STORES_MAX];
	struct target *targets;
	char mx_names[MAIL_DOMAINS][TARGET_HOST_MAX + 1];
	const char *mx[MAIL_DOMAINS];
};

struct reading { /* one reading of a command line */
	struct options *o;
	struct options_own *own;
	struct target_defaults defaults;
	char *err;
	size_t errlen;
};

/* Writes the error; always false. */
bool PRINTF_LIKE(2, 3) options_fail(struct reading *j, const char *fmt, ...);

/* Each reads an argument into the options, or into *out; id says whose it is, for the error. */
bool arg_number(struct reading *j, enum option_id id, const char *arg, uint64_t max, uint64_t *out);
bool arg_unsigned_number(struct reading *j, enum option_id id, const char *arg, unsigned max, unsigned *out);
bool arg_seconds(struct reading *j, enum option_id id, const char *arg, unsigned *out_ms);
bool arg_rate(struct reading *j, enum option_id id, const char *arg, unsigned *out);
bool arg_watch(struct reading *j, const char *arg);
bool arg_shard(struct reading *j, const char *arg);
bool arg_metrics(struct reading *j, const char *arg);
bool arg_exclude(struct reading *j, const char *arg);
bool arg_when(struct reading *j, enum option_id id, const char *arg, enum when *out);
bool arg_sandbox(struct reading *j, const char *arg);
bool arg_format(struct reading *j, const char *arg);
bool arg_as_of(struct reading *j, const char *arg);
bool arg_mx(struct reading *j, const char *arg);
bool arg_store(struct reading *j, const char *arg);
bool arg_only(struct reading *j, const char *arg);
bool arg_asked(struct reading *j, const char *arg);
bool arg_compliance(struct reading *j, const char *arg);
bool arg_leaf_name(struct reading *j, const char *arg);
bool arg_address(struct reading *j, enum option_id id, const char *arg, struct address *out);
bool arg_sni(struct reading *j, const char *arg);
bool arg_proxy(struct reading *j, const char *arg);
bool arg_starttls(struct reading *j, const char *arg);

/* Do the options go together, and with so many targets? */
bool options_check(struct reading *j, int n_targets);

#endif
