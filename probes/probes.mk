# One line per probe; the list in C is generated from it (see HACKING, "add a probe").
PROBE_SOURCES =
