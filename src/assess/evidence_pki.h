/* evidence_pki - what evidence.c says of certificates and chains. */
#ifndef TLSAUDIT_ASSESS_EVIDENCE_PKI_H
#define TLSAUDIT_ASSESS_EVIDENCE_PKI_H

#include "assess/line.h"
#include "assess/rule.h"

typedef void
evidence_fn(struct line *l, const struct rule *r, const struct facts *f, struct arena *a);

evidence_fn evidence_keys, evidence_weak_keys, evidence_ca_keys, evidence_broken_keys,
    evidence_collisions, evidence_lints, evidence_signatures,
    evidence_trust, evidence_libraries, evidence_missing, evidence_names, evidence_dates, evidence_chain;

#endif
