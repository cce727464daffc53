/*
 * model_check - holds what an audit says against what the model server is.
 *
 *	char *wrong = model_check(&config, facts, true);	NULL: all of it is true
 *
 * exact: every fact that applies must be known.  Else unknown is allowed, with a reason, and only
 * what is false counts: a "no" for what is on, a "yes" for what is off, a list that is called
 * complete and is not, something in a list that is not there.
 */
#ifndef TLSAUDIT_TESTS_MODEL_CHECK_H
#define TLSAUDIT_TESTS_MODEL_CHECK_H

#include "fact.h"
#include "model_config.h"

/* The differences, one a line, freed by the caller; NULL when there are none.  Facts that nobody
 * settled are left out: their probes did not run. */
char *model_check(const struct model_config *c, const struct facts *f, bool exact);
/* The connections that this configuration may cost: accepted suites + groups + signature algorithms
 * + 40; two more for each list when the server refuses without an alert; and five for each version
 * beyond the second, where orders take questions of their own. */
unsigned model_budget(const struct model_config *c);

#endif
