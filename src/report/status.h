/*
 * status - why an endpoint was not assessed, in words, and what to look at next.
 *
 *	printf("%s\n", status_words("refused"));		"the connection was refused"
 *	hint = status_hint("not_tls", "\"SSH-2.0...\"");	"This is an SSH server: ..."
 */
#ifndef TLSAUDIT_REPORT_STATUS_H
#define TLSAUDIT_REPORT_STATUS_H

/* Never NULL; status is a word of JSON "status", or NULL. */
const char *status_words(const char *status);
/* What the reader can do, from the status and what the server said (may be NULL); NULL: nothing. */
const char *status_hint(const char *status, const char *detail);

#endif
