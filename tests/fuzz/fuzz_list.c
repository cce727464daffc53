/* List: list_next() on any bytes, whole and again. */
#include <stdio.h>

#include "base/check.h"
#include "bulk/list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 1000 }; /* a network may have 2^32 addresses */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct list *l = list_of((struct span){data, n}, &(struct target_defaults){0}, 1);
	struct list_item item = {.seq = 0};
	uint64_t seq = 0, line = 0;
	enum list_result r = LIST_TARGET;

	for (int i = 0; i < MOST && r != LIST_END; i++) {
		r = list_next(l, &item);
		CHECK(r == LIST_TARGET || r == LIST_BAD || r == LIST_END);
		CHECK(r == LIST_END || item.line >= line);
		if (r == LIST_BAD)
			CHECK(item.why[0] != '\0' && strpbrk(item.why, "\n\r\033") == NULL);
		if (r == LIST_TARGET)
			CHECK(item.seq == ++seq && item.target.host[0] != '\0' && item.target.port != 0);
		line = item.line;
	}
	list_free(l);
	return 0;
}
