/*
 * evidence - what others than the server have: the places that certificates name for their issuers
 * and for revocation.
 *
 * Reads:  the certificates of the flights; what is fetched, and how, is src/evidence/evidence.h.
 * Learns: one row for each thing asked for: which URL of which certificate, what came of it, how
 *         fast; the issuers found, the OCSP responses, and what each CRL says of its certificate.
 * Blind:  nothing is asked with --offline, and no more than EVIDENCE_FETCHES things.  A place that
 *         is not reached from here may be reached by others.
 * Costs:  no connection to the server; some to those that its certificates name.
 */
#include "probe.h"

static const enum fact_id needs[] = {F_FLIGHTS_READ, F_NONE};
static const enum fact_id gives[] = {F_FETCHES, F_NONE};

const struct probe probe_evidence = {
    .name = "evidence",
    .summary = "issuers, OCSP and CRLs, from where the certificates say they are",
    .needs = needs,
    .gives = gives,
    .outside = OUTSIDE_WEB,
};
