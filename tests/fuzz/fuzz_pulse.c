/* Pulse: take_record() on any bytes; what json-c takes for an object, it does too. */
#include <stdio.h>

#include "adapt/json.h"
#include "base/check.h"
#include "pulse/take.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* adapt/json.h passes over comments, for policies; records have none. */
static bool
has_comment(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (p[i] == '/' && (p[i + 1] == '/' || p[i + 1] == '*'))
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new((size_t)1 << 28);
	static struct taken t;
	char why[200], err[200];
	const struct json *j = json_read(a, (struct span){data, n}, err, sizeof(err));
	bool taken = take_record((struct span){data, n}, a, &t, why, sizeof(why));

	if (!taken)
		CHECK(why[0] != '\0');
	if (j != NULL && j->kind == JSON_OBJECT && !taken && !has_comment(data, n))
		CHECK(strcmp(why, "it is cut off, or no JSON") != 0);
	for (int i = 0; taken && i < M__MAX; i++)
		CHECK(t.value[i] <= measure_classes(&measures[i]));
	if (taken)
		CHECK(t.n_leaves <= TAKE_LEAVES && t.host.n > 0 && t.port > 0);
	for (size_t i = 0; taken && i < t.n_leaves; i++)
		CHECK(t.leaf[i].n_names <= TAKE_NAMES && t.leaf[i].n_verdicts <= TAKE_VERDICTS);
	arena_free(a);
	return 0;
}
