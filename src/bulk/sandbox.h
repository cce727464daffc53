/*
 * sandbox - a worker gives up what it does not need, before the first byte of a stranger comes.
 *
 *	fd = sandbox_keep_only(fd);		no other descriptor but standard error
 *	complete = sandbox_enter();		after loop, tables and stores are there
 *
 * What is left: its socket to the supervisor, new TCP sockets, memory, time, random bytes.  No file can
 * be opened (Landlock, seccomp), no program run (seccomp ends the process), no privilege gained
 * (no_new_privs), no core written (RLIMIT_CORE), and memory has an end (RLIMIT_AS).
 */
#ifndef TLSAUDIT_BULK_SANDBOX_H
#define TLSAUDIT_BULK_SANDBOX_H

#include "base/span.h"

/* Closes all descriptors but fd and 2; 0 and 1 become /dev/null.  The new number of fd. */
int sandbox_keep_only(int fd);
/* True: all of the above; false: the system lacks some of it, the rest holds. */
bool sandbox_enter(void) MUST_USE;
/* Would sandbox_enter() be complete here?  Asks in a process of its own. */
bool sandbox_works(void);

#endif
