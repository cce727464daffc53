/* Target: dns_parse() on any bytes, as the answer to a question for A and for AAAA. */
#include "adapt/ldns.h"
#include "base/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What is promised of every answer; and its last name can be asked for. */
static void
check_message(const struct dns_message *m, size_t len)
{
	uint8_t query[512];
	struct wr w;

	CHECK(m->n_addrs <= DNS_ADDRS_MAX && m->n_cnames <= DNS_CNAMES_MAX);
	CHECK(!m->loop || m->n_addrs == 0);
	CHECK(!m->capped || m->n_addrs == DNS_ADDRS_MAX);
	for (size_t i = 0; i < m->n_addrs; i++) {
		CHECK(m->addrs[i].len == len);
		CHECK(i == 0 || memcmp(m->addrs[i - 1].b, m->addrs[i].b, len) < 0);
	}
	for (const char *p = m->end; *p != '\0'; p++)
		CHECK(*p > ' ' && *p < 0x7f);
	if (m->end[0] != '\0') {
		wr_init(&w, query, sizeof(query));
		CHECK(dns_query(&(struct dns_question){.name = m->end, .type = DNS_A}, &w));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const uint16_t types[] = {DNS_A, DNS_AAAA};
	struct dns_message m;

	for (size_t i = 0; i < N_ELEMENTS(types); i++) {
		struct dns_question q = {.name = "www.dns.test", .type = types[i], .id = 0x1234};

		if (dns_parse((struct span){data, n}, &q, false, &m))
			check_message(&m, types[i] == DNS_A ? 4 : 16);
		CHECK(!dns_parse((struct span){data, n}, &q, true, &m) ||
		      (data[0] == 0x12 && data[1] == 0x34));
	}
	return 0;
}
