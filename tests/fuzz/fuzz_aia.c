/* Target: aia_read() on any bytes. */
#include "base/arena.h"
#include "base/check.h"
#include "pki/aia.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { ARENA = 1 << 20 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(ARENA);
	struct span der[AIA_MAX_CERTS];
	enum aia_form form;
	size_t found = aia_read((struct span){data, n}, a, der, &form);

	CHECK(found <= AIA_MAX_CERTS && aia_form_name(form) != NULL);
	CHECK(found == 0 || (form != AIA_EMPTY && form != AIA_HTML && form != AIA_OTHER));
	for (size_t i = 0; i < found; i++)
		CHECK(der[i].n > 0 && der[i].n <= n);
	arena_free(a);
	return 0;
}
