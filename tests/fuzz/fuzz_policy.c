/* Policy: any text is a policy or a one-line error; what is a policy can be written and asked. */
#include <stdio.h>

#include "assess/policy.h"
#include "base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
use(const struct policy *p)
{
	static struct assessment s;
	struct arena *a = arena_new(1 << 20);
	struct facts *f = facts_new(a);
	FILE *null = fopen("/dev/null", "w");

	fact_put_tri(f, F_PROTO_TLS1_0, TRI_YES);
	fact_put_tri(f, F_PROTO_TLS1_2, TRI_YES);
	fact_put_u32(f, F_KEY_MIN_BITS, 1024);
	CHECK(null != NULL && policy_write(null, p));
	fclose(null);
	assess(p, f, a, &s);
	CHECK(s.n_findings + s.n_open <= p->n_rules + 1);
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char err[64] = "";
	struct policy *p = policy_read((struct span){data, n}, "fuzz.json", err, sizeof(err));

	if (p != NULL)
		use(p);
	else
		CHECK(err[0] != '\0' && strpbrk(err, "\n\r\033") == NULL);
	policy_free(p);
	return 0;
}
