/*
 * check - assertions about our own code, never compiled out.
 *
 * CHECK() is for our bugs only: what a peer, a file or a user does is data or an error code, and
 * must never reach a CHECK.  A failed CHECK prints the place and aborts; in a bulk scan the
 * supervisor turns that into one `worker_crash` record.
 */
#ifndef TLSAUDIT_BASE_CHECK_H
#define TLSAUDIT_BASE_CHECK_H

_Noreturn void check_failed(const char *what, const char *file, int line);

#define CHECK(cond)                                                                                \
	do {                                                                                       \
		if (!(cond))                                                                       \
			check_failed(#cond, __FILE__, __LINE__);                                   \
	} while (0)

/* Magic numbers for whatever travels through a void *: first member `unsigned magic`. */
#define MAGIC_CHECK(obj, value) CHECK((obj) != NULL && (obj)->magic == (value))

#endif
