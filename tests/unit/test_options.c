/* options: every option is read, every mistake is named, and the shown defaults are the true ones.
 */
#include "config.h"
#include "options.h"

#include <stdlib.h>

#include "unit.h"

static char err[256];

/* Parses a command line of words parted by single spaces. */
static bool
parse(struct options *o, const char *line)
{
	static char text[1024]; /* options borrow from argv */
	static char *argv[64];
	static char name[] = "tlsaudit";
	int argc = 0;

	snprintf(text, sizeof(text), "%s", line);
	argv[argc++] = name;
	for (char *p = text; *p != '\0';) {
		argv[argc++] = p;
		p += strcspn(p, " ");
		if (*p == ' ')
			*p++ = '\0';
	}
	argv[argc] = NULL;
	return options_parse(o, argc, argv, err, sizeof(err));
}

static struct options
good(const char *line)
{
	struct options o;

	ck_assert_msg(parse(&o, line), "%s: %s", line, err);
	return o;
}

START_TEST(defaults)
{
	struct options o = good("example.org");

	ck_assert_int_eq(o.action, ACTION_AUDIT);
	ck_assert_uint_eq(o.n_targets, 1);
	ck_assert_str_eq(o.targets[0].host, "example.org");
	ck_assert_int_eq(o.format, FORMAT_TEXT);
	ck_assert_ptr_null(o.output);
	ck_assert_ptr_null(o.only);
	ck_assert_int_eq(o.verbose, 0);
	options_fini(&o);
}
END_TEST

/* A default given on the command line changes nothing: what the table shows is what is set. */
START_TEST(shown_defaults_are_true)
{
	static const struct {
		const char *name, *def;
	} rows[] = {
#define GROUP(id, title)
#define OPTION(group, id, letter, name, arg, completion, def, help, manual) {name, def},
#include "options.def"
#undef GROUP
#undef OPTION
	};
	struct options plain = good("example.org");
	size_t seen = 0;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		char line[256];
		struct options o;

		if (rows[i].def[0] == '\0')
			continue;
		seen++;
		snprintf(line, sizeof(line), "--%s=%s example.org", rows[i].name, rows[i].def);
		o = good(line);
		ck_assert_uint_eq(o.targets[0].port, plain.targets[0].port);
		ck_assert_uint_eq(o.timeout_ms, plain.timeout_ms);
		ck_assert_uint_eq(o.connect_timeout_ms, plain.connect_timeout_ms);
		ck_assert_uint_eq(o.parallel, plain.parallel);
		ck_assert_uint_eq(o.max_connections, plain.max_connections);
		ck_assert_str_eq(o.policy, plain.policy);
		ck_assert_int_eq(o.format, plain.format);
		ck_assert_int_eq(o.color, plain.color);
		ck_assert_int_eq(o.progress, plain.progress);
		options_fini(&o);
	}
	ck_assert_uint_ge(seen, 9);
	options_fini(&plain);
}
END_TEST

START_TEST(reads_each_option)
{
	struct options o =
	    good("-f json -o out.json --color=never --progress=never -q --show-certs "
		 "--explain --fail-on=grade:B,expiry:14d --policy ./p.json "
		 "--as-of 2027-01-02 --store corp=/etc/corp.pem --store lab=lab.pem "
		 "--system-store --connect [::1]:8443 --sni Other.Example --only sct,alpn "
		 "--timeout 7 --connect-timeout 2 --parallel 3 --max-connections 50 "
		 "--resolver 192.0.2.53 -6 --seed 42 -p 8443 example.org");

	ck_assert_int_eq(o.format, FORMAT_JSON);
	ck_assert_str_eq(o.output, "out.json");
	ck_assert_int_eq(o.color, WHEN_NEVER);
	ck_assert_int_eq(o.progress, WHEN_NEVER);
	ck_assert_int_eq(o.verbose, -1);
	ck_assert(o.show_certs && o.explain && o.system_store && o.ipv6_only && !o.ipv4_only);
	ck_assert_uint_eq(o.gate.n, 2);
	ck_assert_str_eq(o.policy, "./p.json");
	ck_assert(o.has_as_of);
	ck_assert_int_eq(o.as_of, 1798848000);
	ck_assert_uint_eq(o.n_stores, 2);
	ck_assert_str_eq(o.stores[0].name, "corp");
	ck_assert_str_eq(o.stores[0].file, "/etc/corp.pem");
	ck_assert_str_eq(o.stores[1].name, "lab");
	ck_assert(o.has_connect);
	ck_assert_uint_eq(o.connect.len, 28);
	ck_assert_uint_eq(o.connect.port, 8443);
	ck_assert_str_eq(o.sni, "other.example");
	ck_assert_str_eq(o.only[0], "sct");
	ck_assert_str_eq(o.only[1], "alpn");
	ck_assert_ptr_null(o.only[2]);
	ck_assert_uint_eq(o.timeout_ms, 7000);
	ck_assert_uint_eq(o.connect_timeout_ms, 2000);
	ck_assert_uint_eq(o.parallel, 3);
	ck_assert_uint_eq(o.max_connections, 50);
	ck_assert_str_eq(o.resolver, "192.0.2.53");
	ck_assert_uint_eq(o.seed, 42);
	ck_assert_uint_eq(o.targets[0].port, 8443);
	options_fini(&o);
}
END_TEST

/* Strangers are sent no attacks, unless somebody asks for them. */
START_TEST(lists_are_safe)
{
	static const struct {
		const char *line;
		bool safe;
	} rows[] = {{"--list x", true}, {"--list x --profile full", true}, {"--list x --safe", true},
	    {"--list x --no-safe", false}, {"--list x --only robot", false},
	    {"--list x --only robot --safe", true}, {"a", false}, {"--no-safe a", false}};

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct options o;

		ck_assert_msg(parse(&o, rows[i].line), "%s: %s", rows[i].line, err);
		ck_assert_msg(o.safe == rows[i].safe, "%s", rows[i].line);
		options_fini(&o);
	}
}
END_TEST

START_TEST(targets_and_options_mix)
{
	struct options o = good("a.example --starttls smtp b.example:25 -v -p 2525 -- c.example");

	ck_assert_uint_eq(o.n_targets, 3);
	ck_assert_str_eq(o.targets[2].host, "c.example");
	ck_assert_str_eq(o.targets[0].starttls, "smtp");
	ck_assert_uint_eq(o.targets[0].port, 2525);
	ck_assert_uint_eq(o.targets[1].port, 25);
	ck_assert_int_eq(o.verbose, 1);
	options_fini(&o);
	o = good("mx.example:25 --starttls none -o -");
	ck_assert_ptr_null(o.targets[0].starttls);
	ck_assert_ptr_null(o.output);
	options_fini(&o);
	o = good("x --as-of 2026-11-24T03:00:01Z");
	ck_assert_int_eq(o.as_of, 1795489201);
	options_fini(&o);
}
END_TEST

START_TEST(actions_need_no_target)
{
	static const struct {
		const char *line;
		enum action action;
	} cases[] = {{"--help", ACTION_HELP}, {"-h", ACTION_HELP}, {"--version", ACTION_VERSION},
	    {"-V", ACTION_VERSION}, {"--list-probes", ACTION_PROBES},
	    {"--list-facts", ACTION_FACTS}, {"--schema", ACTION_SCHEMA}};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct options o = good(cases[i].line);

		ck_assert_int_eq(o.action, cases[i].action);
		options_fini(&o);
	}
}
END_TEST

START_TEST(names_each_mistake)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
	    {"", "no target"},
	    {"--no-such a", "no option '--no-such'"},
	    {"-Z a", "no option '-Z'"},
	    {"--format", "'--format' needs an argument"},
	    {"-o", "'-o' needs an argument"},
	    {"--help=x", "'--help' takes no argument"},
	    {"--format xml a", "none of: text, json"},
	    {"--from x a", "no target beside it"},
	    {"--from x --chain y", "neither with --chain"},
	    {"--from x --list y", "nor with --list"},
	    {"--list x --resume y -f html", "--from makes other formats"},
	    {"--metrics 9090 a", "go with --list"},
	    {"--safe --no-safe a", "exclude each other"},
	    {"--list x --metrics 65536", "from 1 to 65535"},
	    {"--list x --metrics example.org:9090", "not [ADDR:]PORT"},
	    {"--list x --metrics ::1:9090", "not [ADDR:]PORT"},
	    {"--warn-on grade:Z a", "--warn-on"},
	    {"--color sometimes a", "none of: auto, always, never"},
	    {"--progress always a", "none of: auto, never"},
	    {"--timeout 0 a", "from 1 to 86400"},
	    {"--timeout 1s a", "from 1 to 86400"},
	    {"--timeout -5 a", "from 1 to 86400"},
	    {"--parallel 101 a", "from 1 to 100"},
	    {"--port 65536 a", "from 1 to 65535"},
	    {"--seed 99999999999999999999 a", "not a number"},
	    {"--as-of tomorrow a", "not a date"},
	    {"--as-of 2026-02-30 a", "no day"},
	    {"--as-of 2026-01-01x a", "not a date"},
	    {"--store corp a", "NAME=FILE"},
	    {"--store =x a", "NAME=FILE"},
	    {"--store Corp=x a", "a-z"},
	    {"--fail-on grade:Z a", "--fail-on"},
	    {"--only , a", "empty"},
	    {"--only sct, a", "empty"},
	    {"--connect example.org a", "not an IP address"},
	    {"--connect ::1 a b", "one target"},
	    {"--resolver x a", "not an IP address"},
	    {"--sni a..b a", "--sni"},
	    {"--sni a --no-sni a", "exclude"},
	    {"-4 -6 a", "exclude"},
	    {"--starttls gopher a", "not a protocol"},
	    {"a b:0", "target 'b:0'"},
	    {"a\033[2Jb", "target 'a?[2Jb'"},
	};

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct options o;

		ck_assert_msg(!parse(&o, cases[i].line), "%s", cases[i].line);
		ck_assert_msg(strstr(err, cases[i].says) != NULL, "%s: %s", cases[i].line, err);
		ck_assert_ptr_null(strpbrk(err, "\n\033"));
	}
}
END_TEST

/* Within 80 columns, and with every option in it. */
START_TEST(help_fits)
{
	char *text = NULL;
	size_t size = 0, column = 0;
	FILE *f = open_memstream(&text, &size);

	ck_assert(options_help(f));
	fclose(f);
	for (size_t i = 0; i < size; i++) {
		column = text[i] == '\n' ? 0 : column + 1;
		ck_assert_msg(column <= 80, "%.40s", text + i - 40);
	}
#define GROUP(id, title)
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)                        \
	ck_assert_msg(strstr(text, "--" name) != NULL, name);
#include "options.def"
#undef GROUP
#undef OPTION
	free(text);
}
END_TEST

UNIT_MAIN("options", defaults, shown_defaults_are_true, reads_each_option, lists_are_safe,
    targets_and_options_mix, actions_need_no_target, names_each_mistake, help_fits)
