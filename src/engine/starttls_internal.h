/*
 * starttls_internal - between starttls.c and the talks of single protocols.
 *
 * A talk is two functions.  start() says what the client says first.  take() is given all bytes
 * that came and are not used yet, and returns how many it is done with: 0 when it needs more of
 * them.  It is called again until it uses nothing, or has called starttls_ready() or one of the
 * functions that fail.
 */
#ifndef TLSAUDIT_ENGINE_STARTTLS_INTERNAL_H
#define TLSAUDIT_ENGINE_STARTTLS_INTERNAL_H

#include "engine/starttls.h"

enum starttls_id {
#define STARTTLS(id, name, port, talk, reference) STARTTLS_##id,
#include "engine/starttls.def"
	STARTTLS__MAX
};

enum { STARTTLS_OUT_MAX = 2048 };

struct starttls_talk {
	void (*start)(struct starttls *s);
	size_t (*take)(struct starttls *s, struct span in);
};

struct starttls {
	unsigned magic;
	struct arena *a;
	enum starttls_id id;
	const struct starttls_talk *talk;
	const char *host;
	enum starttls_state state;
	enum starttls_failure failure;
	const char *detail, *awaited; /* "answer to EHLO": what has not come */
	bool started;

	uint8_t *in; /* what came; the first at of n bytes are used */
	size_t n, cap, at;
	size_t looked; /* bytes from at on that hold no end of a line */
	unsigned n_lines;
	uint8_t out[STARTTLS_OUT_MAX];
	size_t n_out, n_sent;

	/* lines */
	size_t step;
	unsigned code; /* of the reply that is being read; 0: none */
	bool in_list;  /* after the first line of a list */
	bool offered;  /* the server has said that it can */
	bool asked;    /* and we have asked, where a server may offer again and again */
	/* xmpp */
	bool in_stream, in_features, in_error;
};

extern const struct starttls_talk starttls_talk_lines, starttls_talk_ldap, starttls_talk_xmpp,
    starttls_talk_postgres, starttls_talk_mysql, starttls_talk_telnet, starttls_talk_rdp;

/* Queues bytes to send; and says what they wait for. */
void starttls_say(struct starttls *s, struct span bytes, const char *awaited);
/* The next line, without its end, and how many bytes it takes; false: not yet, or too many. */
bool starttls_line(struct starttls *s, struct span in, struct span *line, size_t *used) MUST_USE;
void starttls_ready(struct starttls *s);
void starttls_not_offered(struct starttls *s);
/* "the server refuses: ...", with its words, which may be none. */
void starttls_refused(struct starttls *s, struct span words);
/* "the server does not speak smtp: ...", with the beginning of what came. */
void starttls_alien(struct starttls *s, struct span in);
void starttls_limit(struct starttls *s, const char *what);

#endif
