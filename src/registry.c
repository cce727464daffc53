/* registry - every probe, in the order of probes/probes.mk, from the generated list. */
#include "probe.h"

#define PROBE(n) extern const struct probe probe_##n;
#include "probe_list.h"
#undef PROBE

#define PROBE(n) &probe_##n,
const struct probe *const probe_table[] = {
#include "probe_list.h"
    NULL};
