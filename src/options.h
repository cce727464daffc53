/*
 * options - argv becomes one const struct options; nothing else reads the command line.
 *
 * What an option is called, takes and means stands once, in options.def.  This module judges the
 * arguments (numbers, words, dates, addresses) but does nothing: no file is opened here and no
 * name is looked up.
 *
 *	struct options o;
 *	char err[256];
 *	if (!options_parse(&o, argc, argv, err, sizeof(err))) {
 *		fprintf(stderr, "tlsaudit: %s\n", err);
 *		return 2;
 *	}
 *	...
 *	options_fini(&o);
 *
 * (The architecture calls it config; that name is taken by what configure finds out, config.h.)
 */
#ifndef TLSAUDIT_OPTIONS_H
#define TLSAUDIT_OPTIONS_H

#include <stdio.h>

#include "base/span.h"
#include "bulk/queue_options.h"
#include "gate.h"
#include "net/proxy.h"
#include "report/report.h"
#include "target.h"

enum option_id {
	OPT_NONE,
#define GROUP(id, title)
#define OPTION(group, id, letter, name, arg, completion, def, help, manual) OPT_##id,
#include "options.def"
#undef GROUP
#undef OPTION
	OPT__MAX
};

enum action {
	ACTION_AUDIT,
	ACTION_CHAIN,
	ACTION_FROM,
	ACTION_HELP,
	ACTION_VERSION,
	ACTION_PROBES,
	ACTION_FACTS,
	ACTION_POLICIES,
	ACTION_SCHEMA
};
enum sandbox_mode { SANDBOX_AUTO, SANDBOX_REQUIRE, SANDBOX_OFF };
enum { EXCLUDES_MAX = 16 };
enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct store_option { /* --store NAME=FILE */
	char *name;
	const char *file;
};

struct options {
	enum action action;
	struct target *targets; /* at least one, or a domain, when the action is ACTION_AUDIT */
	size_t n_targets;
	const char *const *mx; /* domains whose mail servers are targets too */
	size_t n_mx;
	uint16_t mx_port;

	bool has_connect;
	struct address connect; /* its port: 0 when not given */
	const char *sni;        /* A-label form; NULL: the target's */
	bool no_sni, ipv4_only, ipv6_only;
	const char *resolver; /* address text, or NULL */
	struct proxy proxy;
	const char *cert, *key, *key_password_file; /* files, or NULL */

	bool offline, online, safe, no_safe, no_cache;
	const char *ct_logs;    /* NULL: those that come with the program */
	const char *dns_anchor; /* NULL: the distribution's */
	unsigned crl_max_mib;
	const char *const *only; /* probe names, NULL-ended; NULL: all */
	unsigned timeout_ms, connect_timeout_ms, parallel, max_connections;
	bool has_timeout, has_parallel, has_max_connections; /* else the profile may have its own */
	uint64_t seed; /* 0: the kernel's randomness */
	unsigned watch_s; /* between two rounds; 0: one is all */
	const char *profile; /* NULL: the default */

	const char *list;		  /* "-": standard input; NULL: targets are named */
	struct target_defaults defaults; /* for the targets of the list */
	bool work;			 /* jobs of a queue, in place of a list */
	struct queue_options queue;
	const char *resume;
	unsigned workers, in_flight; /* 0: as the machine allows */
	unsigned rate, host_rate;    /* connections a second; 0: no limit */
	const char *excludes[EXCLUDES_MAX];
	size_t n_excludes;
	bool no_default_exclude;
	unsigned shard, shards; /* the shard-th of shards, from 1; shards 0: all */
	const char *stats;
	struct address metrics; /* where they are served; len 0: nowhere */
	enum sandbox_mode sandbox;

	const char *chain;	   /* ACTION_CHAIN: the file */
	const char *name;	   /* A-label form or IP text; NULL: names are not judged */
	const char *const *asked;  /* stores that have to trust it, NULL-ended; NULL: the default */
	const char *fix_chain;	   /* where to write the repaired chain, or NULL */

	const char *policy;
	const char *config_for; /* "haproxy/2.6"; NULL: what is seen */
	const char *const *compliance; /* names of policies, NULL-ended; NULL: none */
	struct store_option *stores;
	size_t n_stores;
	bool system_store;
	bool has_as_of;
	int64_t as_of; /* seconds since 1970 */
	struct gate gate, warn;
	const char *baseline; /* a file, or NULL */
	bool allow_unreachable;

	const char *from; /* ACTION_FROM: the file, "-" is standard input */

	enum format format;
	bool has_format;
	const char *locate; /* a file, or NULL */
	bool prom_compat;
	const char *output; /* NULL: standard output */
	enum when color, progress;
	int verbose; /* -1 quiet, 0, 1 */
	bool show_certs, explain;

	void *own; /* what options_fini() releases */
};

/*
 * Reads a command line.  Strings of *o are borrowed from argv or owned by *o.  On failure: false,
 * and one sentence without a newline in err; *o then needs no options_fini(), and holds nothing but
 * the format, as far as it had been read.
 */
bool
options_parse(struct options *o, int argc, char *const *argv, char *err, size_t errlen) MUST_USE;
/* Releases what *o owns. */
void options_fini(struct options *o);
/* The text of --help; false when writing failed. */
bool options_help(FILE *to) MUST_USE;

#endif
