/*
 * ct_log_list - a list of Certificate Transparency logs from a file, in place of the one that comes
 * with the program: Google's log_list.json, version 3, as Chrome and Apple publish theirs.
 *
 *	struct ct_log_list *l = ct_log_list_read(bytes, err, sizeof(err));
 *	if (l == NULL)
 *		return complain(err);
 *	const struct ct_log *log = ct_log_list_find(l, sct.log_id.p);
 *	ct_log_list_free(l);
 */
#ifndef TLSAUDIT_PKI_CT_LOG_LIST_H
#define TLSAUDIT_PKI_CT_LOG_LIST_H

#include "pki/ct_log.h"

enum { CT_LOG_LIST_BYTES = 8 << 20, CT_LOG_LIST_LOGS = 4096 };

struct ct_log_list;

/* NULL, with a sentence in err: not such a list, or no log in it.  Ended with ct_log_list_free(). */
struct ct_log_list *ct_log_list_read(struct span json, char *err, size_t errlen) MUST_USE;
void ct_log_list_free(struct ct_log_list *l);
/* The log with this id, or NULL; without a list (NULL) one of those that come with the program. */
const struct ct_log *ct_log_list_find(const struct ct_log_list *l, const uint8_t id[32]);
size_t ct_log_list_count(const struct ct_log_list *l);

#endif
