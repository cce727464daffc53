/* fuzz_feed - what a trust programme publishes, or what somebody says it does. */
#include "base/arena.h"
#include "base/check.h"
#include "feeds/feed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(64 << 20);
	struct feed f;
	char err[200];

	if (feed_read((struct span){data, n}, "mozilla", a, &f, err, sizeof(err))) {
		CHECK(f.n > 0 && f.n <= FEED_MAX_ROOTS && f.form != FEED_UNKNOWN);
		for (size_t i = 0; i < f.n; i++)
			CHECK(f.roots[i].subject != NULL && f.roots[i].owner != NULL);
	} else {
		CHECK(err[0] != 0);
	}
	arena_free(a);
	return 0;
}
