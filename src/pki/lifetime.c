/* lifetime: see lifetime.h. */
#include "pki/lifetime.h"

enum { DAY = 86400 };

static const struct lifetime_rule rules[] = {
    {INT64_C(1519862400), 825}, /* 2018-03-01 */
    {INT64_C(1598918400), 398}, /* 2020-09-01 */
    {INT64_C(1773532800), 200}, /* 2026-03-15 */
    {INT64_C(1805068800), 100}, /* 2027-03-15 */
    {INT64_C(1868227200), 47},  /* 2029-03-15 */
};

uint32_t
lifetime_days(int64_t not_before, int64_t not_after)
{
	int64_t seconds;

	if (not_after < not_before)
		return 0;
	seconds = not_after - not_before + 1;
	return (uint32_t)((seconds + DAY - 1) / DAY);
}

const struct lifetime_rule *
lifetime_rule_at(int64_t t)
{
	const struct lifetime_rule *r = NULL;

	for (size_t i = 0; i < N_ELEMENTS(rules) && rules[i].from <= t; i++)
		r = &rules[i];
	return r;
}

const struct lifetime_rule *
lifetime_rule_after(int64_t t)
{
	for (size_t i = 0; i < N_ELEMENTS(rules); i++)
		if (rules[i].from > t)
			return &rules[i];
	return NULL;
}

bool
lifetime_is_short(int64_t not_before, int64_t not_after)
{
	const int64_t ten = INT64_C(1710460800), seven = INT64_C(1773532800);
	int64_t life = not_after - not_before + 1;

	return not_before >= ten && life > 0 && life <= (not_before >= seven ? 7 : 10) * (int64_t)DAY;
}
