/*
 * tlsaudit-shared - what only all hosts of a scan together can tell.
 *
 *	tlsaudit-shared scan.jsonl >shared.jsonl
 *
 * One JSON object a line:
 *
 *	certificate	one leaf certificate at several endpoints
 *	key		one public key in several leaf certificates
 *	drown		an RSA key that some endpoint serves under SSLv2: whoever can ask that one can
 *			decrypt what the others have said (CVE-2016-0800)
 *	factor		RSA moduli that have a prime in common: anybody can compute their private keys
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "bulk/shared.h"
#include "jsonl.h"

enum { GOOD, USAGE = 2, TROUBLE = 4, LINE_ARENA = 256 << 20 };

static bool
take_file(struct shared_keys *s, const char *path)
{
	struct jsonl in;
	char err[512];
	bool good = true;

	if (!jsonl_open(&in, path, err, sizeof(err))) {
		(void)fprintf(stderr, "tlsaudit-shared: %s\n", err);
		return false;
	}
	for (;;) {
		struct arena *a = arena_new(LINE_ARENA);
		const struct json *j;
		enum jsonl_got got = jsonl_next(&in, a, &j, err, sizeof(err));

		if (got == JSONL_VALUE)
			shared_add(s, j);
		if (got == JSONL_BAD) {
			(void)fprintf(stderr, "tlsaudit-shared: %s\n", err);
			good = false;
		}
		arena_free(a);
		if (got == JSONL_END)
			break;
	}
	jsonl_close(&in);
	return good;
}

static int
usage(FILE *to)
{
	(void)fputs("Usage: tlsaudit-shared FILE...\n"
		    "What the hosts of a scan share (tlsaudit --format json; \"-\" is standard input): certificates,\n"
		    "keys, keys that SSLv2 exposes (DROWN), prime factors.  One JSON object a line.\n"
		    "  --help, --version\n",
	    to);
	return to == stdout ? GOOD : USAGE;
}

int
main(int argc, char **argv)
{
	struct shared_keys *s;
	int status = GOOD;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return usage(stdout);
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		return puts("tlsaudit-shared " PACKAGE_VERSION) < 0 ? TROUBLE : GOOD;
	if (argc < 2 || (argv[1][0] == '-' && argv[1][1] != '\0'))
		return usage(stderr);
	s = shared_new();
	for (int i = 1; i < argc; i++)
		if (!take_file(s, argv[i]))
			status = TROUBLE;
	if (!shared_write(s, stdout)) {
		(void)fprintf(stderr, "tlsaudit-shared: standard output: %s\n", strerror(errno));
		status = TROUBLE;
	}
	shared_free(s);
	return status;
}
