/* Target: certfile_read() and pkcs7_open(), pkcs7_next() on any bytes. */
#include "base/check.h"
#include "pki/certfile.h"
#include "pki/pkcs7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(1 << 20);
	struct span bytes = {data, n}, der;
	struct certfile f;
	struct pkcs7 p;

	if (certfile_read(bytes, a, &f)) {
		CHECK(f.n > 0 && f.problem == NULL);
		for (size_t i = 0; i < f.n; i++)
			CHECK(f.certs[i].n > 0);
	} else {
		CHECK(f.problem != NULL);
	}
	if (pkcs7_open(&p, bytes) == PKCS7_OK)
		while (pkcs7_next(&p, &der))
			CHECK(der.p >= data && der.p + der.n <= data + n && der.p[0] == 0x30);
	arena_free(a);
	return 0;
}
