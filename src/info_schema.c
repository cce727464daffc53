/*
 * info_schema - the JSON schema of a report, member by member as report/json.c writes it.
 *
 * Under "facts" it follows the data dictionary.  Every object is closed ("additionalProperties":
 * false), so that a misspelt or forgotten member fails; what may be missing is a fact that nobody
 * settled, and the "<name>_reason" that comes only with what is unknown or needs words.  What is
 * known to be unknown is null, or "unknown" where the type is yes/no.
 */
#include "config.h"
#include "info.h"

#include "assess/assess.h"
#include "audit/audit.h"
#include "base/check.h"
#include "report/jsonw.h"
#include "report/tree.h"

static void
member_open(struct jsonw *w, const char *name)
{
	jsonw_key(w, name);
	jsonw_open(w, '{');
}

/* "required": the words, NULL-ended. */
static void
required(struct jsonw *w, const char *const *names)
{
	jsonw_key(w, "required");
	jsonw_open(w, '[');
	for (size_t i = 0; names[i] != NULL; i++)
		jsonw_str(w, names[i]);
	jsonw_close(w);
}

static void
no_others(struct jsonw *w)
{
	jsonw_key(w, "additionalProperties");
	jsonw_bool(w, false);
}

/* "type": one word, or that word and "null". */
static void
type_of(struct jsonw *w, const char *type, bool or_null)
{
	jsonw_key(w, "type");
	if (!or_null) {
		jsonw_str(w, type);
		return;
	}
	jsonw_open(w, '[');
	jsonw_str(w, type);
	jsonw_str(w, "null");
	jsonw_close(w);
}

/* Members of a schema that say "a reference to $defs/name, or null". */
static void
refers_or_null(struct jsonw *w, const char *name, bool or_null)
{
	char ref[64];

	snprintf(ref, sizeof(ref), "#/$defs/%s", name);
	if (!or_null) {
		jsonw_pair(w, "$ref", ref);
		return;
	}
	jsonw_key(w, "anyOf");
	jsonw_open(w, '[');
	jsonw_open(w, '{');
	jsonw_pair(w, "$ref", ref);
	jsonw_close(w);
	jsonw_open(w, '{');
	jsonw_pair(w, "type", "null");
	jsonw_close(w);
	jsonw_close(w);
}

static void
array_of(struct jsonw *w, const char *name, bool or_null)
{
	type_of(w, "array", or_null);
	member_open(w, "items");
	refers_or_null(w, name, false);
	jsonw_close(w);
}

/* --- members with a fixed name ---------------------------------------------------------------- */

struct member {
	const char *name;
	const char *type; /* a JSON type, "$name" for $defs/name, or "[name" for a list of those; with '?'
			   * before it, the member may be missing */
	bool or_null;
	const char *doc; /* or NULL */
};

static void
member(struct jsonw *w, const struct member *m)
{
	const char *type = m->type + (m->type[0] == '?');

	member_open(w, m->name);
	if (m->doc != NULL)
		jsonw_pair(w, "description", m->doc);
	if (type[0] == '$')
		refers_or_null(w, type + 1, m->or_null);
	else if (type[0] == '[')
		array_of(w, type + 1, m->or_null);
	else
		type_of(w, type, m->or_null);
	jsonw_close(w);
}

/* The members of an object's schema; there are no others. */
static void
closed_object(struct jsonw *w, const struct member *m)
{
	jsonw_pair(w, "type", "object");
	jsonw_key(w, "required");
	jsonw_open(w, '[');
	for (size_t i = 0; m[i].name != NULL; i++)
		if (m[i].type[0] != '?')
			jsonw_str(w, m[i].name);
	jsonw_close(w);
	no_others(w);
	member_open(w, "properties");
	for (size_t i = 0; m[i].name != NULL; i++)
		member(w, &m[i]);
	jsonw_close(w);
}

static void
definition(struct jsonw *w, const char *name, const struct member *m)
{
	member_open(w, name);
	closed_object(w, m);
	jsonw_close(w);
}

static void
words(struct jsonw *w, const char *name, const char *const *values, size_t n)
{
	member_open(w, name);
	jsonw_key(w, "enum");
	jsonw_open(w, '[');
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, values[i]);
	jsonw_close(w);
	jsonw_close(w);
}

static void
pattern(struct jsonw *w, const char *name, const char *regex, const char *doc)
{
	member_open(w, name);
	jsonw_pair(w, "description", doc);
	jsonw_pair(w, "type", "string");
	jsonw_pair(w, "pattern", regex);
	jsonw_close(w);
}

static const struct member suite_members[] = {
    {"code", "$code", false, NULL},
    {"name", "string", true, "IANA's; null for a code that no registry knows"},
    {"openssl", "string", true, "OpenSSL's name"},
    {"kx", "string", true, "key exchange"},
    {"au", "string", true, "authentication"},
    {"enc", "string", true, "encryption"},
    {"mac", "string", true, "integrity"},
    {"bits", "integer", true, "strength of the encryption"},
    {"fs", "boolean", true, "forward secrecy"},
    {"aead", "boolean", true, "authenticated encryption"},
    {"recommended", "string", true, "IANA's Recommended column: Y, N or D"},
    {NULL, NULL, false, NULL},
};

static const struct member group_members[] = {
    {"code", "$code", false, NULL},
    {"name", "string", true, "IANA's; null for a code that no registry knows"},
    {"kind", "string", true, "ec, ffdhe, hybrid, mlkem or other"},
    {"bits", "integer", true, "size of the field or prime"},
    {NULL, NULL, false, NULL},
};

static const struct member named_members[] = {
    {"code", "$code", false, NULL},
    {"name", "string", true, "IANA's; null for a code that no registry knows"},
    {NULL, NULL, false, NULL},
};

static const struct member config_members[] = {
    {"for", "string", false, "the software, and its version when it is told: nginx 1.22.1"},
    {"where", "string", false, "where the lines go"},
    {"lines", "[string", false, NULL},
    {NULL, NULL, false, NULL},
};

static const struct member finding_members[] = {
    {"id", "string", false, "the rule's"},
    {"severity", "$severity", false, NULL},
    {"title", "string", true, "what is so"},
    {"evidence", "string", true, "the facts, in words"},
    {"fix", "string", true, "what to change, with its lines"},
    {"config", "?$config", false, "the lines of the fix, where the server's software is known"},
    {"effect", "string", true, "on the grade; empty when there is none"},
    {"ref", "string", true, "RFC, CVE or guide"},
    {"facts", "[path", false, "what it rests on"},
    {NULL, NULL, false, NULL},
};

static const struct member open_members[] = {
    {"id", "string", false, "the rule's"},
    {"title", "string", true, "what would be so"},
    {"why", "string", true, "which fact is unknown, and why"},
    {"facts", "[path", false, "what it would rest on"},
    {NULL, NULL, false, NULL},
};

static const struct member deviation_members[] = {
    {"id", "string", false, "the rule's"},
    {"title", "string", true, "what is so"},
    {"evidence", "string", true, "the facts, in words"},
    {"fix", "string", true, "what to change, with its lines"},
    {"config", "?$config", false, "the lines of the fix, where the server's software is known"},
    {"ref", "string", true, "the section that says so"},
    {"waived", "string", true, "until when, and why; null when it is not"},
    {"facts", "[path", false, "what it rests on"},
    {NULL, NULL, false, NULL},
};

static const struct member comply_open_members[] = {
    {"id", "string", false, "the rule's"},
    {"title", "string", true, "what would be so"},
    {"level", "$level", false, "must: it would be a deviation; should: against advice"},
    {"why", "string", true, "which fact is unknown, and why"},
    {"facts", "[path", false, "what it would rest on"},
    {NULL, NULL, false, NULL},
};

static const struct member compliance_members[] = {
    {"policy", "string", false, "its name"},
    {"edition", "string", false, NULL},
    {"title", "string", false, NULL},
    {"note", "string", true, "who it is for, and what it leaves out"},
    {"passes", "$tri", false, "no: something deviates; unknown: something that must be so is open"},
    {"rules", "integer", false, "how many it has"},
    {"deviations", "[deviation", false, "what must be otherwise"},
    {"advice", "[deviation", false, "what should be otherwise"},
    {"waived", "[deviation", false, "what must or should be otherwise, and the policy lets pass"},
    {"open", "[comply_open", false, "what could not be judged"},
    {NULL, NULL, false, NULL},
};

static const struct member explained_members[] = {
    {"id", "string", false, "the rule's"},
    {"title", "string", false, "what a hit says"},
    {"state", "$rule_state", false, NULL},
    {"effect", "string", true, "of a hit on the grade; of a waived one, until when and why"},
    {"facts", "string", true, "what it rests on; not known: which fact, and why"},
    {NULL, NULL, false, NULL},
};

static const struct member target_members[] = {
    {"host", "string", false, "as it was named, in A-label form"},
    {"port", "integer", false, NULL},
    {"address", "string", true, "where the connections went"},
    {"starttls", "string", true, "the protocol whose STARTTLS was used"},
    {"sni", "string", true, "the server_name that was sent"},
    {NULL, NULL, false, NULL},
};

static const struct member list_members[] = {
    {"seq", "integer", false, "which target of the list, from 1"},
    {"line", "integer", false, "of the list"},
    {"record", "integer", false, "which of that target's records, from 1"},
    {"records", "integer", false, "how many it has"},
    {"digest", "string", false, "of the list up to there and of the options"},
    {NULL, NULL, false, NULL},
};

static const struct member tool_members[] = {
    {"name", "string", false, NULL},
    {"version", "string", false, NULL},
    {NULL, NULL, false, NULL},
};

static const struct member score_members[] = {
    {"protocol", "integer", true, "0 to 100"},
    {"key_exchange", "integer", true, "0 to 100"},
    {"cipher", "integer", true, "0 to 100"},
    {"total", "integer", true, "0 to 100"},
    {NULL, NULL, false, NULL},
};

static const struct member report_members[] = {
    {"schema_version", "$schema_version", false, "additions only within 1.x"},
    {"tool", "$tool", false, NULL},
    {"target", "$target", false, NULL},
    {"list", "?$list", false, "its place in a list of targets; only there when there is one"},
    {"time", "$time", false, "when the audit began"},
    {"status", "$status", false, "how the audit ended"},
    {"status_detail", "string", true, "the same in words"},
    {"grade", "$grade", true, "null when it cannot be told"},
    {"grade_trust_ignored", "$grade", true, "the grade if the certificates were trusted"},
    {"complete", "boolean", false, "no rule of the policy met an unknown fact"},
    {"policy", "string", true, "what it was graded by"},
    {"scores", "$scores", false, NULL},
    {"connections", "integer", false, "how many were made"},
    {"elapsed_ms", "integer", false, NULL},
    {"facts", "$facts", false, NULL},
    {"findings", "[finding", false, "most severe first"},
    {"open", "[open", false, "rules that met an unknown fact"},
    {"reasons", "[string", false, "what decided the grade, weightiest first"},
    {"lifts", "[string", false, "changes that would raise the grade"},
    {"compliance", "?[compliance", false, "with --compliance: one of each policy"},
    {"explain", "?[explained", false, "with --explain: every rule, in the policy's order"},
    {NULL, NULL, false, NULL},
};

/* --- facts ------------------------------------------------------------------------------------ */

/* The schema of a value of that type, or of null; suites and groups of a record have a name only. */
static void
fact_type_of(struct jsonw *w, enum fact_type type, bool in_record)
{
	static const struct {
		const char *json, *ref;
	} how[] = {[FT_TRI] = {NULL, "tri"},
	    [FT_U32] = {"integer", NULL},
	    [FT_TIME] = {NULL, "time"},
	    [FT_STR] = {"string", NULL},
	    [FT_STRS] = {"array", "string"},
	    [FT_HEX] = {NULL, "hex"},
	    [FT_DER] = {NULL, "pem"},
	    [FT_U16S] = {"array", "uint16"},
	    [FT_SUITES] = {"array", "suite"},
	    [FT_SUITES2] = {"array", "suite"},
	    [FT_GROUPS] = {"array", "group"},
	    [FT_SIGALGS] = {"array", "named"},
	    [FT_EXTS] = {"array", "named"},
	    [FT_VERSION] = {"string", NULL}};

	CHECK((size_t)type < N_ELEMENTS(how));
	if (how[type].ref == NULL)
		type_of(w, how[type].json, true);
	else if (how[type].json == NULL)
		refers_or_null(w, how[type].ref, type != FT_TRI);
	else if (in_record && (type == FT_SUITES || type == FT_GROUPS))
		array_of(w, "named", true);
	else
		array_of(w, how[type].ref, true);
}

static void
fact_member(struct jsonw *w, enum fact_id id, const char *name)
{
	const struct fact_def *d = &fact_defs[id];
	char text[512];

	member_open(w, name);
	snprintf(text, sizeof(text), "%s (%s)", d->doc, d->unit);
	jsonw_pair(w, "description", d->unit[0] != '\0' ? text : d->doc);
	fact_type_of(w, d->type, d->kind != K_ENDPOINT);
	jsonw_close(w);
	snprintf(text, sizeof(text), "%s_reason", name);
	member_open(w, text);
	jsonw_pair(w, "type", "string");
	jsonw_close(w);
}

static void
record(struct jsonw *w, enum kind kind)
{
	member_open(w, kind_defs[kind].json);
	jsonw_pair(w, "description", kind_defs[kind].doc);
	jsonw_pair(w, "type", "object");
	no_others(w);
	member_open(w, "properties");
	for (int id = kind_defs[kind].first; id < (int)kind_end(kind); id++)
		fact_member(w, (enum fact_id)id, fact_defs[id].json);
	jsonw_close(w);
	jsonw_close(w);
}

/* An object within "facts"; readers find all six versions when there is "protocols". */
static void
open_object(void *w, const char *name)
{
	static const char *const versions[] = {
	    "ssl2", "ssl3", "tls1_0", "tls1_1", "tls1_2", "tls1_3", NULL};

	member_open(w, name);
	jsonw_pair(w, "type", "object");
	no_others(w);
	if (strcmp(name, "protocols") == 0)
		required(w, versions);
	member_open(w, "properties");
}

static void
close_object(void *w)
{
	jsonw_close(w);
	jsonw_close(w);
}

static void
facts(struct jsonw *w)
{
	struct tree_leaf leaves[TREE_MAX];
	struct tree t = {.open = open_object, .close = close_object, .arg = w};
	size_t n = tree_order(leaves);

	open_object(w, "facts");
	for (size_t i = 0; i < n; i++) {
		const char *name = tree_to(&t, leaves[i].path);

		if (leaves[i].kind == K_ENDPOINT) {
			fact_member(w, leaves[i].id, name);
			continue;
		}
		member_open(w, name);
		array_of(w, kind_defs[leaves[i].kind].json, false);
		jsonw_close(w);
	}
	tree_to(&t, NULL);
	close_object(w);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void
enumerations(struct jsonw *w)
{
	static const char *const tri[] = {"yes", "no", "unknown"};
	static const char *const version[] = {"1.0"};
	static const char *const grade[] = {"A+", "A", "A-", "B", "C", "D", "E", "F", "T", "M"};
	static const char *const level[] = {"must", "should"};
	const char *severity[SEV__MAX], *status[STATUS__MAX], *state[RULE__MAX];

	for (int i = 0; i < (int)SEV__MAX; i++)
		severity[i] = severity_name((enum severity)i);
	for (int i = 0; i < (int)STATUS__MAX; i++)
		status[i] = status_name((enum status)i);
	words(w, "schema_version", version, N_ELEMENTS(version));
	words(w, "status", status, N_ELEMENTS(status));
	words(w, "grade", grade, N_ELEMENTS(grade));
	for (int i = 0; i < (int)RULE__MAX; i++)
		state[i] = rule_state_name((enum rule_state)i);
	words(w, "level", level, N_ELEMENTS(level));
	words(w, "rule_state", state, N_ELEMENTS(state));
	words(w, "severity", severity, N_ELEMENTS(severity));
	words(w, "tri", tri, N_ELEMENTS(tri));
}

static void
definitions(struct jsonw *w)
{
	static const struct member string[] = {{"string", "string", false, NULL}};

	member_open(w, "$defs");
	enumerations(w);
	member(w, string);
	member_open(w, "uint16");
	jsonw_pair(w, "type", "integer");
	jsonw_key(w, "minimum");
	jsonw_int(w, 0);
	jsonw_key(w, "maximum");
	jsonw_int(w, 65535);
	jsonw_close(w);
	pattern(w, "code", "^0x([0-9a-f]{4}|[0-9a-f]{6})$", "as on the wire; six digits under SSLv2");
	pattern(w, "hex", "^([0-9a-f]{2})*$", "bytes");
	pattern(w, "pem", "^-----BEGIN CERTIFICATE-----\n", "RFC 7468");
	pattern(w, "time", "^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
	    "RFC 3339, UTC");
	pattern(w, "path", "^[a-z0-9_]+(\\[\\])?(\\.[a-z0-9_]+)*$", "of a member under \"facts\"");
	definition(w, "suite", suite_members);
	definition(w, "group", group_members);
	definition(w, "named", named_members);
	definition(w, "tool", tool_members);
	definition(w, "target", target_members);
	definition(w, "list", list_members);
	definition(w, "scores", score_members);
	definition(w, "config", config_members);
	definition(w, "finding", finding_members);
	definition(w, "open", open_members);
	definition(w, "deviation", deviation_members);
	definition(w, "comply_open", comply_open_members);
	definition(w, "compliance", compliance_members);
	definition(w, "explained", explained_members);
	for (int k = K_ENDPOINT + 1; k < (int)K__MAX; k++)
		record(w, (enum kind)k);
	facts(w);
	jsonw_close(w);
}

bool
info_schema(FILE *to)
{
	struct jsonw w;

	jsonw_init(&w, to, true);
	jsonw_open(&w, '{');
	jsonw_pair(&w, "$schema", "https://json-schema.org/draft/2020-12/schema");
	jsonw_pair(&w, "$id", "tlsaudit-report-1.json");
	jsonw_pair(&w, "title", "What tlsaudit --format json says of one endpoint");
	closed_object(&w, report_members);
	definitions(&w);
	jsonw_close(&w);
	return jsonw_end(&w);
}
