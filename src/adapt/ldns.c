#include "config.h"
#include "adapt/ldns.h"

#include <ldns/ldns.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/rd.h"

enum { UDP_SIZE = 1232, OPTION_EDE = 15 /* RFC 8914, 2 */ };

/* --- a query ---------------------------------------------------------------------------------- */

bool
dns_query(const struct dns_question *q, struct wr *out)
{
	ldns_rdf *name = ldns_dname_new_frm_str(q->name);
	ldns_pkt *pkt = NULL;
	uint8_t *wire = NULL;
	size_t n;
	bool ok = false;

	if (name == NULL)
		goto out;
	pkt = ldns_pkt_query_new(name, (ldns_rr_type)q->type, LDNS_RR_CLASS_IN,
	    (uint16_t)(LDNS_RD | (q->cd ? LDNS_CD : 0)));
	if (pkt == NULL)
		goto out;
	name = NULL; /* the packet's now */
	ldns_pkt_set_id(pkt, q->id);
	ldns_pkt_set_edns_udp_size(pkt, UDP_SIZE);
	if (ldns_pkt2wire(&wire, pkt, &n) != LDNS_STATUS_OK)
		goto out;
	wr_put(out, wire, n);
	ok = wr_ok(out);
out:
	free(wire);
	ldns_pkt_free(pkt);
	ldns_rdf_deep_free(name);
	return ok;
}

/* --- an answer -------------------------------------------------------------------------------- */

static bool
is_answer_to(const ldns_pkt *pkt, const ldns_rdf *name, const struct dns_question *q, bool check_id)
{
	const ldns_rr_list *asked = ldns_pkt_question(pkt);
	const ldns_rr *rr;

	if (!ldns_pkt_qr(pkt) || ldns_pkt_get_opcode(pkt) != LDNS_PACKET_QUERY)
		return false;
	if (check_id && ldns_pkt_id(pkt) != q->id)
		return false;
	if (ldns_rr_list_rr_count(asked) != 1)
		return false;
	rr = ldns_rr_list_rr(asked, 0);
	return (uint16_t)ldns_rr_get_type(rr) == q->type &&
	       ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	       ldns_dname_compare(ldns_rr_owner(rr), name) == 0;
}

/* Is it a record of that type at that name, with the one field that A, AAAA and CNAME have? */
static bool
is_record(const ldns_rr *rr, const ldns_rdf *name, ldns_rr_type type)
{
	return ldns_rr_get_type(rr) == type && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	       ldns_rr_rd_count(rr) == 1 && ldns_dname_compare(ldns_rr_owner(rr), name) == 0;
}

/* Where the CNAME at that name leads; NULL: there is none. */
static const ldns_rdf *
cname_of(const ldns_rr_list *answer, const ldns_rdf *name)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(answer, i);

		if (is_record(rr, name, LDNS_RR_TYPE_CNAME))
			return ldns_rr_rdf(rr, 0);
	}
	return NULL;
}

/* RFC 1034, 3.6.2: the search goes on at the name the CNAME gives.  A circle is a chain that is too
 * long. */
static const ldns_rdf *
follow(const ldns_rr_list *answer, const ldns_rdf *name, struct dns_message *m)
{
	const ldns_rdf *to;

	while ((to = cname_of(answer, name)) != NULL) {
		if (m->n_cnames == DNS_CNAMES_MAX) {
			m->loop = true;
			break;
		}
		m->n_cnames++;
		name = to;
	}
	return name;
}

/* Puts an address in its place among the first DNS_ADDRS_MAX. */
static void
add_address(struct dns_message *m, const ldns_rdf *data, size_t len)
{
	struct dns_addr a = {.len = (uint8_t)len};
	size_t at = 0;
	int order = 1;

	if (ldns_rdf_size(data) != len)
		return;
	memcpy(a.b, ldns_rdf_data(data), len);
	while (at < m->n_addrs && (order = memcmp(a.b, m->addrs[at].b, len)) > 0)
		at++;
	if (at < m->n_addrs && order == 0)
		return;
	m->capped = m->capped || m->n_addrs == DNS_ADDRS_MAX;
	if (at == DNS_ADDRS_MAX)
		return;
	if (m->n_addrs < DNS_ADDRS_MAX)
		m->n_addrs++;
	memmove(&m->addrs[at + 1], &m->addrs[at], (m->n_addrs - 1 - at) * sizeof(a));
	m->addrs[at] = a;
}

static void
add_addresses(
    struct dns_message *m, const ldns_rr_list *answer, const ldns_rdf *name, uint16_t type)
{
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(answer, i);

		if (is_record(rr, name, (ldns_rr_type)type))
			add_address(m, ldns_rr_rdf(rr, 0), type == DNS_A ? 4 : 16);
	}
}

/* RFC 6891, 6.1.2: options are code, length, data. */
static int
extended_error(const ldns_pkt *pkt)
{
	const ldns_rdf *data = ldns_pkt_edns_data(pkt);
	struct rd r, option;
	uint16_t code, info;

	if (data == NULL)
		return -1;
	r = (struct rd){ldns_rdf_data(data), ldns_rdf_size(data)};
	while (rd_u16(&r, &code) && rd_vec16(&r, &option)) /* what is cut off is no option */
		if (code == OPTION_EDE && rd_u16(&option, &info))
			return info;
	return -1;
}

/* Escaped as in a zone file, so it is clean text; no name at all when it would not fit. */
static void
put_end(struct dns_message *m, const ldns_rdf *name)
{
	ldns_rdf *copy = ldns_rdf_clone(name);
	char *text;
	size_t n;

	CHECK(copy != NULL);
	ldns_dname2canonical(copy); /* lower case */
	text = ldns_rdf2str(copy);
	n = text != NULL ? strlen(text) : 0;
	if (n > 1 && text[n - 1] == '.')
		n--;
	if (n < sizeof(m->end))
		memcpy(m->end, text != NULL ? text : "", n);
	free(text);
	ldns_rdf_deep_free(copy);
}

bool
dns_parse(struct span wire, const struct dns_question *q, bool check_id, struct dns_message *out)
{
	struct dns_message m = {.ede = -1};
	ldns_rdf *asked = ldns_dname_new_frm_str(q->name);
	const ldns_rdf *name;
	ldns_pkt *pkt = NULL;
	bool ok = false;

	CHECK(q->type == DNS_A || q->type == DNS_AAAA);
	if (asked == NULL || ldns_wire2pkt(&pkt, wire.p, wire.n) != LDNS_STATUS_OK)
		goto out;
	if (!is_answer_to(pkt, asked, q, check_id))
		goto out;
	m.rcode = (uint8_t)ldns_pkt_get_rcode(pkt);
	m.truncated = ldns_pkt_tc(pkt);
	m.ede = extended_error(pkt);
	name = follow(ldns_pkt_answer(pkt), asked, &m);
	if (!m.loop)
		add_addresses(&m, ldns_pkt_answer(pkt), name, q->type);
	put_end(&m, name);
	*out = m;
	ok = true;
out:
	ldns_pkt_free(pkt);
	ldns_rdf_deep_free(asked);
	return ok;
}

/* --- records of any type ------------------------------------------------------------------------ */

static struct span
data_of(const ldns_rr *rr, struct arena *a)
{
	ldns_buffer *b = ldns_buffer_new(LDNS_MIN_BUFLEN);
	struct span out = {NULL, 0};

	CHECK(b != NULL);
	if (ldns_rr_rdata2buffer_wire(b, rr) == LDNS_STATUS_OK)
		out = arena_span(a, (struct span){ldns_buffer_begin(b), ldns_buffer_position(b)});
	ldns_buffer_free(b);
	return out;
}

/* "0 issue \"ca.example\"": each field, with blanks between them.  The library escapes what is no
 * printable ASCII. */
static const char *
text_of(const ldns_rr *rr, struct arena *a)
{
	const char *text = "";

	for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
		char *field = ldns_rdf2str(ldns_rr_rdf(rr, i));

		if (field != NULL)
			text = arena_printf(a, "%s%s%s", text, i > 0 ? " " : "", field);
		free(field);
	}
	return text;
}

static int
order(const void *x, const void *y)
{
	const struct dns_record *a = x, *b = y;
	size_t n = a->data.n < b->data.n ? a->data.n : b->data.n;
	int c = n > 0 ? memcmp(a->data.p, b->data.p, n) : 0;

	return c != 0 ? c : (a->data.n > b->data.n) - (a->data.n < b->data.n);
}

static void
collect(const ldns_rr_list *answer, const ldns_rdf *name, uint16_t type, struct arena *a,
    struct dns_records *out)
{
	out->v = arena_alloc(a, DNS_RECORDS_MAX * sizeof(*out->v));
	for (size_t i = 0; i < ldns_rr_list_rr_count(answer); i++) {
		ldns_rr *rr = ldns_rr_list_rr(answer, i);

		if ((uint16_t)ldns_rr_get_type(rr) != type ||
		    ldns_rr_get_class(rr) != LDNS_RR_CLASS_IN ||
		    ldns_dname_compare(ldns_rr_owner(rr), name) != 0)
			continue;
		if (out->n == DNS_RECORDS_MAX) {
			out->capped = true;
			return;
		}
		ldns_rr2canonical(rr);
		out->v[out->n++] = (struct dns_record){.data = data_of(rr, a), .text = text_of(rr, a)};
	}
	qsort(out->v, out->n, sizeof(*out->v), order);
}

bool
dns_read_records(struct span wire, const struct dns_question *q, struct arena *a,
    struct dns_records *out)
{
	ldns_rdf *asked = ldns_dname_new_frm_str(q->name);
	struct dns_message m = {.ede = -1};
	const ldns_rdf *name;
	ldns_pkt *pkt = NULL;
	bool ok = false;

	if (asked == NULL || ldns_wire2pkt(&pkt, wire.p, wire.n) != LDNS_STATUS_OK)
		goto out;
	if (!is_answer_to(pkt, asked, q, false))
		goto out;
	*out = (struct dns_records){.rcode = (uint8_t)ldns_pkt_get_rcode(pkt)};
	name = follow(ldns_pkt_answer(pkt), asked, &m);
	out->loop = m.loop;
	if (!m.loop)
		collect(ldns_pkt_answer(pkt), name, q->type, a, out);
	ok = true;
out:
	ldns_pkt_free(pkt);
	ldns_rdf_deep_free(asked);
	return ok;
}

const char *
dns_version(void)
{
	return ldns_version();
}
