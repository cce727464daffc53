/* Exclude: exclude_text() on any bytes; what a line says of itself it also excludes. */
#include <netinet/in.h>
#include <stdio.h>

#include "base/check.h"
#include "bulk/exclude.h"
#include "target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct exclude *x = exclude_new();
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	char err[200], why[100];
	struct address a;
	bool good = exclude_text(x, (struct span){data, n}, "f", err, sizeof(err));

	CHECK(good || (strncmp(err, "f:", 2) == 0 && strpbrk(err, "\n\r\033") == NULL));
	exclude_close(x);
	/* A text that is one address excludes that address. */
	if (good && target_address((struct span){data, n}, &a, why, sizeof(why)))
		CHECK(a.port != 0 || exclude_address(x, a.addr, a.len) != NULL);
	for (size_t i = 0; i + 16 <= n; i += 16) {
		const char *line;

		memcpy(&v4.sin_addr, data + i, 4);
		memcpy(&v6.sin6_addr, data + i, 16);
		line = exclude_address(x, (const uint8_t *)&v4, sizeof(v4));
		CHECK(line == NULL || line[0] != '\0');
		line = exclude_address(x, (const uint8_t *)&v6, sizeof(v6));
		CHECK(line == NULL || line[0] != '\0');
	}
	(void)exclude_name(x, "a.example.org");
	exclude_free(x);
	return 0;
}
