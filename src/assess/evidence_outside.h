/* evidence_outside - what evidence.c says of revocation, certificate timestamps and DNS. */
#ifndef TLSAUDIT_ASSESS_EVIDENCE_OUTSIDE_H
#define TLSAUDIT_ASSESS_EVIDENCE_OUTSIDE_H

#include "assess/evidence_pki.h"

evidence_fn evidence_revoked, evidence_fetches, evidence_responders, evidence_crls,
    evidence_staples, evidence_stamps, evidence_caa, evidence_tlsa;

#endif
