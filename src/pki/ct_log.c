/* ct_log: see ct_log.h. */
#include "pki/ct_log.h"

#include "base/check.h"

static const struct ct_log logs[] = {
#define CT_LOG_LIST(date, version)
#define CT_LOG(id, operated_by, description, kind, state, since, start, end, url, key)             \
	{id, operated_by, description, url, kind, state, since, start, end,                        \
	    {(const uint8_t *)(key), sizeof(key) - 1}},
#include "pki/ct_logs.def"
#undef CT_LOG
#undef CT_LOG_LIST
};

static const char *const list_head[] = {
#define CT_LOG_LIST(date, version) date, version,
#define CT_LOG(id, operated_by, description, kind, state, since, start, end, url, key)
#include "pki/ct_logs.def"
#undef CT_LOG
#undef CT_LOG_LIST
};

const struct ct_log *
ct_log_find(const uint8_t id[32])
{
	size_t lo = 0, hi = N_ELEMENTS(logs);

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = memcmp(logs[mid].id, id, 32);

		if (c == 0)
			return &logs[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const struct ct_log *
ct_log_at(size_t i)
{
	return i < N_ELEMENTS(logs) ? &logs[i] : NULL;
}

const char *
ct_log_state_name(enum ct_log_state state)
{
	static const char *const names[CT_LOG_STATE__MAX] = {
	    [CT_LOG_UNKNOWN] = "unknown",
	    [CT_LOG_PENDING] = "pending",
	    [CT_LOG_QUALIFIED] = "qualified",
	    [CT_LOG_USABLE] = "usable",
	    [CT_LOG_READONLY] = "readonly",
	    [CT_LOG_RETIRED] = "retired",
	    [CT_LOG_REJECTED] = "rejected",
	};

	CHECK(state < CT_LOG_STATE__MAX);
	return names[state];
}

const char *
ct_log_list_date(void)
{
	return list_head[0];
}

const char *
ct_log_list_version(void)
{
	return list_head[1];
}
