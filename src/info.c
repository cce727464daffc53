/* info - see info.h. */
#include "config.h"
#include "info.h"

#include <string.h>

#include "adapt/curl.h"
#include "adapt/gnutls_x509.h"
#include "adapt/hiredis.h"
#include "adapt/idn.h"
#include "adapt/json.h"
#include "adapt/ldns.h"
#include "adapt/openssl_crypto.h"
#include "adapt/sqlite.h"
#include "adapt/unbound.h"
#include "assess/assess.h"
#include "base/check.h"
#include "net/loop.h"
#include "probe.h"

enum { WIDTH = 80 };

static bool
written(FILE *to)
{
	return fflush(to) == 0 && ferror(to) == 0;
}

bool
info_version(FILE *to)
{
	fprintf(to, "%s %s\n", PACKAGE_NAME, PACKAGE_VERSION);
	fputs("Licence: Apache-2.0 <https://www.apache.org/licenses/LICENSE-2.0>\n", to);
	fprintf(to, "OpenSSL %s\n", crypto_version());
	fprintf(to, "GnuTLS %s\n", gnutls_x509_version());
	fprintf(to, "ldns %s\n", dns_version());
	fprintf(to, "libunbound %s\n", unbound_version());
	fprintf(to, "libevent %s\n", loop_version());
	fprintf(to, "json-c %s\n", json_version());
	fprintf(to, "libidn2 %s\n", idn_version());
	fprintf(to, "libcurl %s\n", web_version());
	fprintf(to, "hiredis %s\n", resp_version());
	fprintf(to, "SQLite %s\n", sqlite_version());
	return written(to);
}

/* Writes text in lines of at most WIDTH columns, each behind `indent` spaces. */
static void
paragraph(FILE *to, const char *text, size_t indent)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column > 0 && column + 1 + n > WIDTH) {
			putc('\n', to);
			column = 0;
		}
		if (column == 0) {
			fprintf(to, "%*s", (int)indent, "");
			column = indent;
		} else {
			putc(' ', to);
			column++;
		}
		fwrite(text, 1, n, to);
		column += n;
		text += n;
		text += strspn(text, " ");
	}
	putc('\n', to);
}

unsigned
info_most_connections(const struct probe *p)
{
	unsigned lanes = p->lanes > 1 ? p->lanes : 1;

	return p->next != NULL ? p->max_asks * lanes : 0;
}

bool
info_probes(FILE *to)
{
	for (size_t i = 0; probe_table[i] != NULL; i++) {
		const struct probe *p = probe_table[i];

		unsigned n = info_most_connections(p);

		if (n > 0)
			fprintf(to, "%-40s at most %u connection%s\n", p->name, n, n > 1 ? "s" : "");
		else
			fprintf(to, "%-40s no connection\n", p->name);
		paragraph(to, p->summary, 4);
	}
	fputs("\nThe number is a probe's hard stop, for a server that leads it on.  Most need far\n"
	      "fewer, and --max-connections ends the whole audit.\n",
	    to);
	return written(to);
}

bool
info_policies(FILE *to)
{
	for (const char *const *name = policy_names(); *name != NULL; name++) {
		char err[256];
		struct policy *p = policy_load(*name, err, sizeof(err));

		CHECK(p != NULL); /* the tests read them all */
		fprintf(to, "%-26s --%s, %zu rules\n    %s\n", *name,
		    policy_grades(p) ? "policy" : "compliance", policy_n_rules(p), policy_title(p));
		policy_free(p);
	}
	return written(to);
}

const char *
info_type(enum fact_type type)
{
	static const char *const names[] = {[FT_TRI] = "yes/no",
	    [FT_U32] = "number",
	    [FT_TIME] = "time",
	    [FT_STR] = "text",
	    [FT_STRS] = "list of texts",
	    [FT_HEX] = "hex",
	    [FT_DER] = "PEM",
	    [FT_U16S] = "list of numbers",
	    [FT_SUITES] = "list of suites",
	    [FT_SUITES2] = "list of SSLv2 suites",
	    [FT_GROUPS] = "list of groups",
	    [FT_SIGALGS] = "list of signature schemes",
	    [FT_EXTS] = "list of extensions",
	    [FT_VERSION] = "version"};

	CHECK((size_t)type < N_ELEMENTS(names));
	return names[type];
}

static void
fact_line(FILE *to, enum fact_id id)
{
	const struct fact_def *d = &fact_defs[id];
	const struct kind_def *k = &kind_defs[d->kind];
	bool is_field = d->kind != K_ENDPOINT;
	char path[128];

	snprintf(path, sizeof(path), "%s%s%s", k->json, is_field ? "[]." : "", d->json);
	fprintf(to, "%-40s %s", path, info_type(d->type));
	if (d->unit[0] != '\0')
		fprintf(to, " (%s)", d->unit);
	putc('\n', to);
	paragraph(to, d->doc, 4);
}

bool
info_facts(FILE *to)
{
	for (int k = K_ENDPOINT; k < (int)K__MAX; k++) {
		if (k != K_ENDPOINT) {
			fprintf(to, "\n%-40s list of objects\n", kind_defs[k].json);
			paragraph(to, kind_defs[k].doc, 4);
		}
		for (int id = kind_defs[k].first; id < (int)kind_end((enum kind)k); id++)
			fact_line(to, (enum fact_id)id);
	}
	return written(to);
}
