/* Target: chain_judge() on any list of certificates, as in a Certificate message of TLS 1.2. */
#include "base/arena.h"
#include "base/check.h"
#include "base/rd.h"
#include "pki/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MAX_CERTS = 40, ARENA = 1 << 20 };

static void
check_verdict(const struct chain_verdict *v)
{
	CHECK(v->kind < CHAIN_KIND__MAX && v->text != NULL);
	CHECK((v->kind == CHAIN_COMPLETE) <=
	      (v->trust_ok && v->complete && v->time_ok && v->name_ok));
	CHECK(v->kind != CHAIN_INCOMPLETE || v->n_missing > 0);
	CHECK(v->n_missing <= PATH_MAX_MISSING);
	CHECK(v->path == NULL || v->path->n <= PATH_MAX_NODES);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct store_set *set;
	struct arena *a = arena_new(ARENA);
	struct rd r = {data, n}, body;
	struct span sent[MAX_CERTS];
	struct chain_input in = {.sent = sent, .now = 1780272000, .host = "leaf.example"};
	const struct chain_judgement *j;

	if (set == NULL)
		set = store_set_new();
	in.stores = set;
	while (in.n_sent < MAX_CERTS && rd_vec24(&r, &body))
		sent[in.n_sent++] = rd_rest(&body);
	j = chain_judge(&in, a);
	CHECK(j->n_paths <= PATH_MAX_PATHS && j->facts.n_sent == in.n_sent);
	for (size_t i = 0; i < j->n_verdicts; i++)
		check_verdict(&j->verdicts[i]);
	arena_free(a);
	return 0;
}
