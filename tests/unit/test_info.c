/* info: nothing that a report can state is missing from --list-facts, and no line is too long. */
#include "config.h"
#include "info.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

enum { ROOM = 256 * 1024 };

/* What a writer of info.h writes; the caller frees it. */
static char *
text_of(bool (*write)(FILE *))
{
	char *text = calloc(1, ROOM);
	FILE *to = fmemopen(text, ROOM - 1, "w");

	ck_assert(text != NULL && to != NULL);
	ck_assert(write(to));
	fclose(to);
	return text;
}

static void
fits(const char *text)
{
	for (const char *p = text; *p != '\0'; p += strcspn(p, "\n") + 1)
		ck_assert_msg(strcspn(p, "\n") <= 80, "%.*s", (int)strcspn(p, "\n"), p);
}

START_TEST(every_fact_is_listed)
{
	char *text = text_of(info_facts);

	fits(text);
	for (int id = F_NONE + 1; id < (int)F__MAX; id++) {
		const struct fact_def *d = &fact_defs[id];
		char line[128];

		snprintf(line, sizeof(line), "%s%s%s ", kind_defs[d->kind].json,
		    d->kind != K_ENDPOINT ? "[]." : "", d->json);
		ck_assert_msg(strstr(text, line) != NULL, "%s", line);
		ck_assert_msg(d->doc[0] != '\0', "%s has no meaning", line);
	}
	free(text);
}
END_TEST

START_TEST(paths_are_found_again)
{
	/* What --list-facts prints is what a policy may say. */
	ck_assert_int_eq(fact_by_json("protocols.tls1_2"), F_PROTO_TLS1_2);
	ck_assert_int_eq(fact_by_json("certificates[].key_bits"), F_CERT_KEY_BITS);
	ck_assert_int_eq(fact_by_json("certificates[]"), F_NONE);
}
END_TEST

START_TEST(every_type_has_a_name)
{
	for (int t = 0; t <= (int)FT_VERSION; t++)
		ck_assert_ptr_nonnull(info_type((enum fact_type)t));
}
END_TEST

START_TEST(the_version_names_program_licence_and_libraries)
{
	char *text = text_of(info_version);

	fits(text);
	ck_assert_ptr_eq(strstr(text, "tlsaudit "), text);
	ck_assert_ptr_nonnull(strstr(text, "\nLicence: Apache-2.0 "));
	ck_assert_ptr_nonnull(strstr(text, "\nOpenSSL 3."));
	ck_assert_ptr_nonnull(strstr(text, "\nGnuTLS 3."));
	ck_assert_ptr_nonnull(strstr(text, "\nldns 1."));
	ck_assert_ptr_nonnull(strstr(text, "\nlibunbound 1."));
	ck_assert_ptr_nonnull(strstr(text, "\nlibevent 2."));
	ck_assert_ptr_nonnull(strstr(text, "\njson-c 0."));
	ck_assert_ptr_nonnull(strstr(text, "\nlibidn2 2."));
	free(text);
}
END_TEST

START_TEST(a_full_disk_is_noticed)
{
	FILE *full = fopen("/dev/full", "w");

	if (full == NULL)
		return;
	ck_assert(!info_version(full));
	ck_assert(!info_facts(full));
	ck_assert(!info_probes(full));
	fclose(full);
}
END_TEST

UNIT_MAIN("info", every_fact_is_listed, paths_are_found_again, every_type_has_a_name,
    the_version_names_program_licence_and_libraries, a_full_disk_is_noticed)
