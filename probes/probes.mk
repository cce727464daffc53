# One line per probe; the list in C is generated from it (see HACKING, "add a probe").
PROBE_SOURCES = \
	probes/protocols.c \
	probes/cipher_suites.c \
	probes/groups.c \
	probes/dh.c \
	probes/sigalgs.c \
	probes/certificates.c \
	probes/extensions.c \
	probes/fallback_scsv.c \
	probes/intolerance.c \
	probes/key_reuse.c \
	probes/certificate_forms.c \
	probes/heartbleed.c \
	probes/ccs_injection.c \
	probes/jarm.c \
	probes/client_auth.c \
	probes/http.c \
	probes/renegotiation.c \
	probes/resumption.c \
	probes/tickets.c \
	probes/robot.c \
	probes/cbc_padding.c \
	probes/ticketbleed.c \
	probes/invalid_curve.c \
	src/derive/clients.c \
	src/derive/ct.c \
	src/derive/dns.c \
	src/derive/evidence.c \
	src/derive/lookups.c \
	src/derive/revocation.c \
	src/derive/features.c \
	src/derive/fingerprints.c \
	src/derive/hsts_preload.c \
	src/derive/posture.c \
	src/derive/trust.c \
	src/derive/weakness.c
