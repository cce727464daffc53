/*
 * ct_log - the Certificate Transparency logs that Chrome knows (RFC 6962, static-ct-api).
 *
 * An SCT names its log by the SHA-256 of the log's key; here is whose log that is, what state it is
 * in and with which key the SCT can be checked.  A generated table (data/ct/log_list.csv); nothing
 * here verifies.
 *
 *	const struct ct_log *log = ct_log_find(sct.log_id);
 *	if (log == NULL)
 *		... a log unknown to this list: too old, too new, or none at all
 *
 * States are those of Chrome's list.  An SCT of a retired log counts only when its timestamp is
 * before `since`; one of a read-only log stays good.
 */
#ifndef TLSAUDIT_PKI_CT_LOG_H
#define TLSAUDIT_PKI_CT_LOG_H

#include "base/span.h"

enum ct_log_state {
	CT_LOG_UNKNOWN,
	CT_LOG_PENDING,
	CT_LOG_QUALIFIED,
	CT_LOG_USABLE,
	CT_LOG_READONLY,
	CT_LOG_RETIRED,
	CT_LOG_REJECTED,
	CT_LOG_STATE__MAX
};

enum ct_log_kind {
	CT_LOG_RFC6962,
	CT_LOG_STATIC, /* "tiled": static-ct-api */
};

struct ct_log {
	const char *id; /* 32 bytes */
	const char *operated_by, *description, *url;
	enum ct_log_kind kind;
	enum ct_log_state state;
	int64_t since;      /* of the state; seconds since 1970 */
	int64_t start, end; /* takes certificates that expire in [start, end); 0: no such limit */
	struct span key;    /* SubjectPublicKeyInfo, DER */
};

/* The log with this id, or NULL. */
const struct ct_log *ct_log_find(const uint8_t id[32]);
/* All of them: the i-th, or NULL at the end. */
const struct ct_log *ct_log_at(size_t i);
/* "usable". */
const char *ct_log_state_name(enum ct_log_state state);
/* As of when the list is ("2026-06-14"), and its version ("85.108"). */
const char *ct_log_list_date(void);
const char *ct_log_list_version(void);

#endif
