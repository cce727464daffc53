/* Target: pem_next(), pem_decode() on any text. */
#include <stdlib.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "pki/pem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pem p = {.rest = {data, n}};
	struct pem_block b;
	struct span der;

	while (pem_next(&p, &b)) {
		size_t cap = pem_decoded_max(&b);
		uint8_t *buf = xcalloc(cap, 1);

		CHECK(b.line > 0 && b.line <= p.line);
		CHECK(b.body.p >= data && b.body.n <= n);
		if (pem_decode(&b, buf, cap, &der)) {
			uint8_t *small = xcalloc(der.n, 1);
			struct span again;

			CHECK(der.n > 0 && der.n <= cap && der.n <= b.body.n);
			CHECK(!pem_decode(&b, small, der.n - 1, &again));
			CHECK(pem_decode(&b, small, der.n, &again) && span_eq(again, der));
			free(small);
		}
		free(buf);
	}
	CHECK(p.rest.n == 0);
	return 0;
}
