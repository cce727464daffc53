/* Facts: any JSON is facts or a one-line error; what was read is graded and written again. */
#include <stdio.h>

#include "adapt/json.h"
#include "assess/policy.h"
#include "base/check.h"
#include "report/facts_json.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Read twice, to see that what there is stays. */
static void
use(struct facts *f, const struct json *j, struct arena *a)
{
	struct record r = {.host = "a.example", .port = 443, .status = "ok", .facts = f};
	FILE *null = fopen("/dev/null", "w");
	struct assessment s;
	char err[128] = "";
	struct policy *p = policy_load("ssllabs-2009r", err, sizeof(err));

	CHECK(p != NULL && null != NULL);
	CHECK(facts_from_json(f, j, err, sizeof(err)));
	assess(p, f, a, &s);
	r.policy = policy_name(p);
	r.assessment = &s;
	CHECK(report_json(null, &r));
	fclose(null);
	policy_free(p);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a = arena_new(8 << 20);
	struct facts *f = facts_new(a);
	char err[128] = "";
	const struct json *j = json_read(a, (struct span){data, n}, err, sizeof(err));

	if (j != NULL && facts_from_json(f, j, err, sizeof(err)))
		use(f, j, a);
	else
		CHECK(err[0] != '\0');
	arena_free(a);
	return 0;
}
