/*
 * peel - what a server accepts out of a list, and in whose order, by offering what is left.
 *
 * The server chooses one of the offered code points; that one is taken away and the rest offered
 * again, until it refuses.  n accepted ones cost n + 1 questions, however long the list is.  The
 * same answers tell who decides.  A choice speaks for an order of the server's own when something
 * else that it accepts stood before it in the offer; so each offer is written in the reverse of
 * what the server is expected to prefer (`predicted`, or the kin of its last choice), and where the
 * expectation holds the order is proven without one more question.  What stays ambiguous is asked
 * again, the other way round, up to `max_checks` times.
 *
 *	peel_init(&p, arena, suites_for_version(TLS1_2));
 *	while (peel_next(&p, &offer))
 *		... ask, then one of
 *		peel_picked(&p, code);		peel_refused(&p);	peel_lost(&p, fin);
 *	p.found, peel_order(&p), p.complete
 *
 * It is pure and asks nothing itself.  A server that closes or keeps silent instead of sending an
 * alert is asked the same again with something behind it that it has accepted before: only when it
 * chooses that, the silence was about the offer.  A server that refuses the whole list although it
 * must accept something of it (some give up on long ones) gets it in pieces, and then each piece
 * again in that way.  One that chooses what it then cannot use (SRP without a user) refuses with it
 * all that comes after: see `doubtful`.  One that chooses its certificate first, by some of the list,
 * refuses what another certificate would serve: see `hides`.  RFC 5246, 7.4.1.3: the server picks one
 * suite of the list; the order of the list is the client's preference.
 */
#ifndef TLSAUDIT_TLS_PEEL_H
#define TLSAUDIT_TLS_PEEL_H

#include "base/arena.h"
#include "base/span.h"

enum peel_verdict { PEEL_UNKNOWN, PEEL_SINGLE, PEEL_SERVER, PEEL_CLIENT, PEEL_MIXED };

enum peel_phase {
	PEEL_OFFER,    /* what is left of this piece */
	PEEL_AGAIN,    /* the same once more: no answer to the last */
	PEEL_CONTROL,  /* with something accepted before: is the server still there? */
	PEEL_PROVE,    /* a piece of what is left, in that way */
	PEEL_REVERSED, /* all that was found, least preferred first */
	PEEL_PAIR,     /* two of them, the wrong way round */
	PEEL_DONE
};

enum { PEEL_PIECE = 48, PEEL_FEW = 8, PEEL_MAX_CHECKS = 8 };

struct peel {
	struct arena *arena;
	/* Set after peel_init(), before the first peel_next(), as wanted. */
	struct u16s predicted;	      /* best first; empty: nothing is expected */
	bool (*kin)(uint16_t, uint16_t); /* likely to follow each other; NULL: nothing is */
	bool (*never_first)(uint16_t);   /* not to stand first in an offer; NULL: all may */
	bool (*last)(uint16_t);		 /* to stand behind all others; NULL: none */
	/* Some a server may choose without being able to use them, and then refuse the whole offer: so
	 * after a refusal the others are offered without them, and if that helps, these go in pieces of
	 * their kind. */
	bool (*doubtful)(uint16_t);
	bool (*same_kind)(uint16_t, uint16_t);
	/* Some choose their certificate by the list, before the suite: an ECDSA one when any suite of
	 * the list is for it.  So when all that was found hides others, and nothing that is hidden, the
	 * rest is offered again without those that hide. */
	bool (*hides)(uint16_t);
	bool (*hidden)(uint16_t);
	struct u16s always;	      /* stands last in every offer; choosing it is a refusal */
	unsigned max_checks;	      /* questions only about the order, at most PEEL_MAX_CHECKS */
	bool closes;		      /* it is known to refuse by closing: then once is enough */
	bool must_accept;	      /* it is known to accept something of the list */

	/* The result; at any time what is known by then. */
	struct u16s found;    /* accepted, in the order in which the server chose */
	bool complete;	      /* the server has refused the rest */
	bool by_silence;      /* ... by not answering, or by closing */
	bool unasked_for;     /* it chose something that was not offered */
	uint16_t strange;     /* that one */
	enum peel_verdict verdict;
	uint16_t odd[2];      /* PEEL_MIXED: it preferred the first to the second, and not always */
	bool verified;	      /* no pair of neighbours is left ambiguous */

	/* Its own. */
	enum peel_phase phase;
	uint16_t *left, *offer, *got, *chosen;
	size_t n_left, n_offer, n_got, n_all;
	size_t piece, piece_end, piece_size; /* of left, while it goes in pieces */
	bool pieces, proving, unproven, second_pass, control_lost;
	bool control_alone; /* what was accepted before, and nothing of the piece */
	bool lost;	    /* the last offer got no answer */
	bool sorted;	    /* the doubtful ones stand at the end of left */
	size_t n_plain_got; /* found when they were put there */
	bool uncovered;	    /* those that hide others are out of left */
	size_t n_cover_got; /* found when they were taken out */
	size_t n_ordered;   /* of got: those whose order the offers can tell */
	const uint16_t **offers; /* the offer of each choice */
	size_t *offer_len;
	bool top_proven;  /* the first choice beats all others from behind */
	bool client_like; /* every choice was the first of what it accepts */
	size_t pairs[PEEL_MAX_CHECKS], n_pairs, pair;
	bool pair_refused;
	unsigned checks;
};

/* Begins with all of the list, the least likely first.  Memory is the arena's. */
void peel_init(struct peel *p, struct arena *a, struct u16s all);
/* What to offer next, borrowed until the next call; false: there is nothing left to ask. */
bool peel_next(struct peel *p, struct u16s *offer);
/* Before the first peel_next(): what was chosen out of another offer that held all of the list. */
void peel_seed(struct peel *p, struct u16s offer, uint16_t code);
/* The answers to it: exactly one of these for every offer. */
void peel_picked(struct peel *p, uint16_t code);
void peel_refused(struct peel *p);		/* an alert: none of these */
void peel_lost(struct peel *p, bool closed);	/* closed in good order; else reset, silence */
void peel_stop(struct peel *p);			/* it makes no sense to go on */
/* Moves those to the front of the offer that peel_next() has just made. */
void peel_to_front(struct peel *p, bool (*which)(uint16_t));
/* "server", "client", "mixed", "single", or NULL when it cannot be told. */
const char *peel_order(const struct peel *p);

#endif
