/* options_help - the text of --help, from options.def; see options_internal.h. */
#include "config.h"

#include "options_internal.h"

static void
help_line(FILE *to, const struct option_row *r)
{
	enum { COLUMN = 32 };
	char left[64];
	int n = snprintf(left, sizeof(left), "  %c%c%s --%s%s%s", r->letter != 0 ? '-' : ' ',
	    r->letter != 0 ? r->letter : ' ', r->letter != 0 ? "," : " ", r->name,
	    r->arg != NULL ? "=" : "", r->arg != NULL ? r->arg : "");

	if (n < COLUMN)
		fprintf(to, "%-*s", COLUMN, left);
	else
		fprintf(to, "%s\n%*s", left, COLUMN, "");
	fprintf(to, "%s", r->help);
	if (r->def[0] != '\0')
		fprintf(to, " [%s]", r->def);
	fputc('\n', to);
}

bool
options_help(FILE *to)
{
	fputs("Usage: tlsaudit [OPTION]... TARGET...\n"
	      "       tlsaudit [OPTION]... --list FILE\n"
	      "       tlsaudit [OPTION]... --chain FILE\n"
	      "Audit TLS servers: what they speak, what they present, how well it is set up.\n"
	      "\n"
	      "TARGET is host, host:port, address, [IPv6]:port or a URL such as https://host/\n"
	      "or smtp://host.\n",
	    to);
#define GROUP(id, title) fputs("\n" title ":\n", to);
#define OPTION(group, id, letter, name, arg, completion, def, help, manual)                        \
	help_line(to, &option_rows[OPT_##id]);
#include "options.def"
#undef GROUP
#undef OPTION
	fputs("\n"
	      "Exit status: 0 assessed, and nothing of --fail-on holds; 1 some of it holds,\n"
	      "or a store does not trust the chain of --chain;\n"
	      "2 usage; 3 a target could not be assessed; 4 our own trouble; 130 interrupted.\n",
	    to);
	return fflush(to) == 0 && ferror(to) == 0;
}
