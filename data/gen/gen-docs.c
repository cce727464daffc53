/*
 * gen-docs - what is told about the program, made from the tables the program runs by.
 *
 *	gen-docs man src/tlsaudit.1.in   a page of the manual: the frame with its tables filled in
 *	gen-docs bash | zsh              completions
 *	gen-docs schema                  the JSON schema of a report
 *
 * The results are committed, so that neither a build nor a cross build has to run it: `make
 * tables` writes them anew, and tests/lint/docs.sh compares.
 *
 * In a frame @OPTIONS, @PROBES, @FACTS, @RULES and @COMPLIANCE, each a line, stand for the tables, and @VERSION
 * for the version.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "options.h"
#include "probe.h"

enum { LINE = 1024 };

static const struct row {
	const char *group, *name, *arg, *completion, *def, *help, *manual;
	int letter;
} rows[] = {
#define GROUP(id, title)
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)                        \
	{#group, name, arg, completion, def, help, manual, letter},
#include "options.def"
#undef GROUP
#undef OPTION
};

static const struct {
	const char *id, *title;
} groups[] = {
#define GROUP(id, title) {#id, title},
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)
#include "options.def"
#undef GROUP
#undef OPTION
};

/* The formats of --format. */
static const struct {
	const char *name, *help;
} formats[] = {
#define FORMAT(id, name, help) {#name, help},
#include "report/formats.def"
#undef FORMAT
};

static void
format_names(void)
{
	for (size_t i = 0; i < N_ELEMENTS(formats); i++)
		printf("%s%s", i > 0 ? " " : "", formats[i].name);
}

/* --- the manual ------------------------------------------------------------------------------- */

/* One word for roff: the hyphen is the ASCII one, and nothing begins a request.  A long list may be
 * broken behind its colons. */
static void
roff_word(const char *word, size_t n, bool first)
{
	enum { LONG_WORD = 24 };

	if (first && n > 0 && (*word == '.' || *word == '\''))
		printf("\\&");
	for (size_t i = 0; i < n; i++) {
		if (word[i] == '\\')
			printf("\\e");
		else if (word[i] == '-')
			printf("\\-");
		else
			putchar(word[i]);
		if (word[i] == ':' && n > LONG_WORD && i + 1 < n && word[i + 1] != '/')
			printf("\\:");
	}
}

/* Text for roff in lines of at most ROFF columns, a sentence on its own; "\n\n" begins a
 * paragraph. */
static void
roff(const char *text)
{
	enum { ROFF = 76 };
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " \n");

		if (column > 0 && column + 1 + n > ROFF) {
			printf("\n");
			column = 0;
		}
		if (column > 0)
			printf(" ");
		roff_word(text, n, column == 0);
		column += n + 1;
		if (text[n] == '\n')
			printf("\n.IP");
		if (text[n] == '\n' || (n > 0 && text[n - 1] == '.' && text[n] == ' ')) {
			printf("\n");
			column = 0;
		}
		text += n + strspn(text + n, " \n");
	}
	if (column > 0)
		printf("\n");
}

static void
man_formats(void)
{
	printf("How to report:\n.RS\n");
	for (size_t i = 0; i < N_ELEMENTS(formats); i++) {
		printf(".TP\n.B %s\n", formats[i].name);
		roff(formats[i].help);
	}
	printf(".RE\n.IP\n");
}

static void
man_option(const struct row *r)
{
	printf(".TP\n\\fB");
	if (r->letter != 0)
		printf("\\-%c\\fR, \\fB", r->letter);
	printf("\\-\\-");
	for (const char *p = r->name; *p != '\0'; p++)
		printf(*p == '-' ? "\\-" : "%c", *p);
	printf("\\fR");
	if (r->arg != NULL)
		printf("=\\fI%s\\fR", r->arg);
	printf("\n");
	if (strstr(r->manual, "@FORMATS") != NULL)
		man_formats();
	else
		roff(r->manual);
	if (r->def[0] != '\0') {
		printf("Default: ");
		roff(r->def);
	}
}

static void
man_options(void)
{
	for (size_t g = 0; g < N_ELEMENTS(groups); g++) {
		printf(".SS %s\n", groups[g].title);
		for (size_t i = 0; i < N_ELEMENTS(rows); i++)
			if (strcmp(rows[i].group, groups[g].id) == 0)
				man_option(&rows[i]);
	}
}

static void
man_probes(void)
{
	for (size_t i = 0; probe_table[i] != NULL; i++) {
		unsigned n = info_most_connections(probe_table[i]);

		printf(".TP\n.B %s\n", probe_table[i]->name);
		roff(probe_table[i]->summary);
		if (n > 0)
			printf("(stops after %u connection%s)\n", n, n > 1 ? "s" : "");
		else
			printf("(no connection)\n");
	}
}

static void
man_fact(const struct fact_def *d)
{
	printf(".TP\n.BR %s \" (%s%s%s)\"\n", d->json, info_type(d->type),
	    d->unit[0] != '\0' ? ", " : "", d->unit);
	roff(d->doc);
}

static void
man_facts(void)
{
	for (int k = K_ENDPOINT; k < (int)K__MAX; k++) {
		if (k != K_ENDPOINT) {
			printf(".SS %s\n", kind_defs[k].json);
			printf("List of objects: ");
			roff(kind_defs[k].doc);
		}
		for (int id = kind_defs[k].first; id < (int)kind_end((enum kind)k); id++)
			man_fact(&fact_defs[id]);
	}
}

static void
man_rule(const struct finding *r)
{
	printf(".TP\n.B %s\n", r->id);
	roff(r->title);
	printf(".br\n");
	printf("(%s%s%s)\n", severity_name(r->sev), r->effect[0] != '\0' ? "; " : "", r->effect);
	if (r->means != NULL) {
		printf(".br\n");
		roff(r->means);
	}
	if (r->fix != NULL && r->fix[0] != '\0') {
		printf(".br\n");
		roff(r->fix);
	}
	if (r->ref != NULL && r->ref[0] != '\0') {
		printf(".br\nSee ");
		roff(r->ref);
	}
}

/* The rules of the default policy, the gravest first. */
static bool
man_rules(void)
{
	char err[256];
	struct policy *p = policy_load("ssllabs-2009r", err, sizeof(err));
	struct arena *a = arena_new(1 << 20);
	struct finding r;

	for (int sev = SEV__MAX - 1; p != NULL && sev >= 0; sev--) {
		printf(".SS Severity %s\n", severity_name((enum severity)sev));
		for (size_t i = 0; policy_rule_at(p, i, a, &r); i++)
			if ((int)r.sev == sev)
				man_rule(&r);
	}
	arena_free(a);
	policy_free(p);
	return p != NULL;
}

/* A rule of a policy that gives no grade; @RULES is for those that do. */
static void
man_deviation(const struct policy *p, const struct finding *r)
{
	printf(".TP\n.B %s/%s\n", policy_name(p), r->id);
	roff(r->title);
	printf(".br\n(%s)\n.br\n", r->must ? "demanded" : "advised");
	roff(r->fix);
	printf(".br\nSee ");
	roff(r->ref);
}

static bool
man_compliance(void)
{
	char err[256];
	struct arena *a = arena_new(4 << 20);
	bool good = true;

	for (const char *const *name = policy_names(); *name != NULL; name++) {
		struct policy *p = policy_load(*name, err, sizeof(err));
		struct finding r;

		good = good && p != NULL;
		if (p != NULL && !policy_grades(p)) {
			printf(".SS %s\n", policy_title(p));
			for (size_t i = 0; policy_rule_at(p, i, a, &r); i++)
				man_deviation(p, &r);
		}
		policy_free(p);
	}
	arena_free(a);
	return good;
}

/* One line of the frame, with @VERSION in place. */
static void
man_line(const char *line)
{
	static const char name[] = "@VERSION";
	const char *at = strstr(line, name);

	if (at != NULL)
		printf("%.*s%s%s", (int)(at - line), line, PACKAGE_VERSION, at + strlen(name));
	else
		printf("%s", line);
}

static bool
man(const char *frame)
{
	FILE *from = frame != NULL ? fopen(frame, "r") : NULL;
	char line[LINE];

	if (from == NULL)
		return false;
	printf(".\\\" Made from %s and the tables of the program by `make tables`.\n",
	    strrchr(frame, '/') != NULL ? strrchr(frame, '/') + 1 : frame);
	while (fgets(line, sizeof(line), from) != NULL) {
		if (strcmp(line, "@OPTIONS\n") == 0)
			man_options();
		else if (strcmp(line, "@PROBES\n") == 0)
			man_probes();
		else if (strcmp(line, "@FACTS\n") == 0)
			man_facts();
		else if (strcmp(line, "@RULES\n") == 0 && !man_rules())
			return false;
		else if (strcmp(line, "@COMPLIANCE\n") == 0 && !man_compliance())
			return false;
		else if (strcmp(line, "@RULES\n") == 0 || strcmp(line, "@COMPLIANCE\n") == 0)
			continue;
		else
			man_line(line);
	}
	fclose(from);
	return true;
}

/* --- completions ------------------------------------------------------------------------------ */

static void
probe_names(const char *between)
{
	for (size_t i = 0; probe_table[i] != NULL; i++)
		printf("%s%s", i > 0 ? between : "", probe_table[i]->name);
}

static void
starttls_names(void)
{
	for (size_t i = 0; target_starttls_name(i) != NULL; i++)
		printf("%s ", target_starttls_name(i));
	printf("none");
}

static void
bash_words(const struct row *r)
{
	if (strcmp(r->completion, "@file") == 0) {
		printf("\t\tcompopt -o filenames\n"
		       "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
		return;
	}
	if (strcmp(r->completion, "@probes") == 0) {
		/* A list: complete what is behind the last comma. */
		printf("\t\t[[ $cur == *,* ]] && list=${cur%%,*},\n"
		       "\t\tmapfile -t COMPREPLY < <(compgen -P \"$list\" -W '");
		probe_names(" ");
		printf("' -- \"${cur##*,}\")\n");
		return;
	}
	printf("\t\tmapfile -t COMPREPLY < <(compgen -W '");
	if (strcmp(r->completion, "@starttls") == 0)
		starttls_names();
	else if (strcmp(r->completion, "@formats") == 0)
		format_names();
	else
		printf("%s", r->completion);
	printf("' -- \"$cur\")\n");
}

static void
bash_option(const struct row *r)
{
	if (r->arg == NULL)
		return;
	printf("\t--%s", r->name);
	if (r->letter != 0)
		printf(" | -%c", r->letter);
	printf(")\n");
	if (r->completion[0] != '\0')
		bash_words(r);
	printf("\t\treturn\n\t\t;;\n");
}

static void
bash(void)
{
	printf("# shellcheck shell=bash\n"
	       "# Completion for tlsaudit, made from src/options.def by `make tables`.\n"
	       "_tlsaudit()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} n=$((COMP_CWORD - 1)) prev='' list=''\n\n"
	       "\tCOMPREPLY=()\n"
	       "\t# \"--option=value\" comes in three words.\n"
	       "\t[[ $cur == = ]] && cur=''\n"
	       "\t[[ ${COMP_WORDS[n]} == = ]] && n=$((n - 1))\n"
	       "\tprev=${COMP_WORDS[n]}\n"
	       "\t# \"--store NAME=FILE\"\n"
	       "\t((n > 0)) && [[ ${COMP_WORDS[n - 1]} == --store ]] && prev=--store\n"
	       "\tcase $prev in\n");
	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		bash_option(&rows[i]);
	printf("\tesac\n"
	       "\t[[ $cur == -* ]] && mapfile -t COMPREPLY < <(compgen -W '");
	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		printf("%s--%s", i > 0 ? " " : "", rows[i].name);
	printf("' -- \"$cur\")\n"
	       "}\n"
	       "complete -F _tlsaudit tlsaudit\n");
}

/* Text within '...[...]': what _arguments or the shell would take for its own is escaped. */
static void
zsh_text(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			printf("'\\''");
		else if (strchr("[]:\\", *text) != NULL)
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void
zsh_value(const struct row *r)
{
	const char *c = r->completion;

	printf(":");
	zsh_text(r->arg);
	printf(":");
	if (strcmp(c, "@file") == 0) {
		printf("_files");
	} else if (strcmp(c, "@probes") == 0) {
		printf("_sequence compadd - ");
		probe_names(" ");
	} else if (c[0] != '\0') {
		printf("(");
		if (strcmp(c, "@starttls") == 0)
			starttls_names();
		else if (strcmp(c, "@formats") == 0)
			format_names();
		else
			printf("%s", c);
		printf(")");
	}
}

static void
zsh_option(const struct row *r)
{
	bool many = strcmp(r->name, "store") == 0;

	printf(" \\\n\t'");
	if (r->letter != 0)
		printf("(-%c --%s)'{-%c%s,--%s%s}'", r->letter, r->name, r->letter,
		    r->arg != NULL ? "+" : "", r->name, r->arg != NULL ? "=" : "");
	else
		printf("%s--%s%s", many ? "*" : "", r->name, r->arg != NULL ? "=" : "");
	printf("[");
	zsh_text(r->help);
	printf("]");
	if (r->arg != NULL)
		zsh_value(r);
	printf("'");
}

static void
zsh(void)
{
	printf("#compdef tlsaudit\n"
	       "# Completion for tlsaudit, made from src/options.def by `make tables`.\n"
	       "_arguments -s -S");
	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		zsh_option(&rows[i]);
	printf(" \\\n\t'*:target:_hosts'\n");
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	bool ok = true;

	if (strcmp(what, "man") == 0)
		ok = man(argv[2]);
	else if (strcmp(what, "bash") == 0)
		bash();
	else if (strcmp(what, "zsh") == 0)
		zsh();
	else if (strcmp(what, "schema") == 0)
		ok = info_schema(stdout);
	else
		ok = false;
	if (!ok || fflush(stdout) != 0 || ferror(stdout) != 0) {
		fprintf(stderr, "usage: gen-docs man FRAME | bash | zsh | schema\n");
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
