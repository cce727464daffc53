/*
 * chainfile - --chain: what an audit would say of a chain, without the server that sends it.
 *
 * The certificates of the file become the facts that the probe `certificates` would have put, the
 * probe `trust` (src/derive/trust.c) does with them what it always does, and only those rules of
 * the policy that rest on certificates alone are asked.  So a bundle can be judged before it is
 * deployed, by the same code.
 *
 *	status = chainfile_run(&options);
 *	return status;			enum exit_status: 0 every store asked for trusts it, 1 not
 */
#ifndef TLSAUDIT_CHAINFILE_H
#define TLSAUDIT_CHAINFILE_H

#include "options.h"

/* Judges options.chain and reports on it.  Trouble goes to standard error, one line each. */
int chainfile_run(const struct options *o) MUST_USE;

#endif
