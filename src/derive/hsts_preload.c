/*
 * hsts_preload - do browsers know the host as one that is for HTTPS alone, before they ask it?
 *
 * Reads:  the host's name, and whether it sent Strict-Transport-Security (http.hsts).
 * Learns: yes when the name, or a name above it with its subdomains, is on the HSTS preload list
 *         that is built in; the note says which entry, and of when the list is.
 * Blind:  a name that was put on the list since; an address has no name to be on it.
 * Costs:  no connection.
 */
#include "probe.h"
#include "tls/preload.h"

static const enum fact_id needs[] = {F_HSTS, F_NONE};
static const enum fact_id gives[] = {F_HSTS_PRELOADED, F_NONE};

/* Not a web server: the list says nothing of it. */
static bool
applies(const struct ctx *c)
{
	return c->ep->sni != NULL && fact_known(c->known, F_HSTS);
}

static void
conclude(void *st, const struct ctx *c, struct facts *out)
{
	struct span entry, date = preload_date();

	(void)st;
	if (preload_find(span_str(c->ep->sni), &entry) == PRELOAD_NO) {
		fact_put_tri(out, F_HSTS_PRELOADED, TRI_NO);
		fact_set_note(out, F_HSTS_PRELOADED,
		    arena_printf(c->arena, "list of %s", arena_strn(c->arena, date.p, date.n)));
		return;
	}
	fact_put_tri(out, F_HSTS_PRELOADED, TRI_YES);
	fact_set_note(out, F_HSTS_PRELOADED,
	    arena_printf(c->arena, "as %s, list of %s", arena_strn(c->arena, entry.p, entry.n),
		arena_strn(c->arena, date.p, date.n)));
}

const struct probe probe_hsts_preload = {
    .name = "hsts_preload",
    .summary = "is the host on the HSTS preload list of browsers",
    .needs = needs,
    .gives = gives,
    .applies = applies,
    .conclude = conclude,
    .state_size = 1,
};
