/*
 * main - runs a fuzz target without libFuzzer: what `make check` does with every one of them.
 *
 * A target exports LLVMFuzzerTestOneInput(); its program fuzz_X replays each file of
 * tests/fuzz/corpus/X/, then the same files with a few bytes changed (seeded: every run is the
 * same), or the files named on the command line.  An empty corpus is a failure: then nothing would
 * be tested.  With --enable-fuzzers the same targets link libFuzzer's main instead.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/xalloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { INPUT_MAX = 1 << 20, MUTATIONS = 300 };

/* The input in a block of exactly its size, so that ASan sees a read beyond its end. */
static void
run(const uint8_t *data, size_t n)
{
	uint8_t *exact = xcalloc(n, 1);

	if (n > 0)
		memcpy(exact, data, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

/* A few bytes changed, taken out at the end, or one stretch repeated. */
static size_t
mutate(struct rng *r, uint8_t *buf, size_t n)
{
	if (n == 0)
		return n;
	for (uint32_t k = rng_below(r, 4); k > 0; k--)
		rng_bytes(r, &buf[rng_below(r, (uint32_t)n)], 1);
	switch (rng_below(r, 4)) {
	case 0:
		return rng_below(r, (uint32_t)n + 1);
	case 1: {
		size_t from = rng_below(r, (uint32_t)n), len = rng_below(r, (uint32_t)(n - from));

		memmove(buf + rng_below(r, (uint32_t)(n - len)), buf + from, len);
		return n;
	}
	default:
		buf[rng_below(r, (uint32_t)n)] ^= (uint8_t)(1u << rng_below(r, 8));
		return n;
	}
}

static bool
run_file(const char *path, unsigned mutations)
{
	static uint8_t original[INPUT_MAX], changed[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	struct rng r;
	size_t n;

	if (f == NULL) {
		perror(path);
		return false;
	}
	n = fread(original, 1, sizeof(original), f);
	fclose(f);
	run(original, n);
	rng_seed(&r, n);
	for (unsigned i = 0; i < mutations; i++) {
		memcpy(changed, original, n);
		run(changed, mutate(&r, changed, n));
	}
	return true;
}

/* The number of files replayed, or -1. */
static int
run_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int n = 0;

	if (d == NULL) {
		perror(path);
		return -1;
	}
	while (n >= 0 && (e = readdir(d)) != NULL) {
		char *file;

		if (e->d_name[0] == '.')
			continue;
		file = xasprintf("%s/%s", path, e->d_name);
		n = run_file(file, MUTATIONS) ? n + 1 : -1;
		free(file);
	}
	closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	const char *srcdir = getenv("srcdir"), *name = strrchr(argv[0], '/');
	char *folder;
	int n = 0;

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			if (!run_file(argv[i], 0))
				return EXIT_FAILURE;
		return EXIT_SUCCESS;
	}
	name = name != NULL ? name + 1 : argv[0];
	if (strncmp(name, "fuzz_", 5) != 0) {
		fprintf(stderr, "%s: a fuzz target's program is called fuzz_X\n", name);
		return EXIT_FAILURE;
	}
	folder = xasprintf(
	    "%s/tests/fuzz/corpus/%s", srcdir != NULL ? srcdir : ".", name + strlen("fuzz_"));
	n = run_folder(folder);
	printf("%s: %d inputs of %s, each with %d changed ones\n", name, n, folder, MUTATIONS);
	free(folder);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
