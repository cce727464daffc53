/*
 * lookups - what DNS says about the service, beside its addresses.
 *
 * Reads:  the target's name and port; what is asked, and how, is src/evidence/evidence.h.
 * Learns: one row for each question and for each record, with what DNSSEC says of it; the policy of
 *         MTA-STS, when there is one.
 * Blind:  nothing is asked with --offline, and nothing of a target that is an address.
 * Costs:  no connection to the server; about ten questions to the DNS server.
 */
#include "probe.h"

static const enum fact_id needs[] = {F_NONE};
static const enum fact_id gives[] = {F_DNS_ASKED, F_NONE};

const struct probe probe_lookups = {
    .name = "lookups",
    .summary = "records of DNS about the service: CAA, TLSA, HTTPS, MX, MTA-STS, ...",
    .needs = needs,
    .gives = gives,
    .outside = OUTSIDE_DNS,
};
