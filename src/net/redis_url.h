/*
 * redis_url - where a Redis server is, and as whom to log in.
 *
 *	redis://queue.example			redis://127.0.0.1:6380/2
 *	rediss://user:password@queue.example/	TLS; the user of an ACL
 *	rediss://:password@[2001:db8::1]	the default user
 *	unix:///run/redis.sock?db=1		unix://user:password@/run/redis.sock
 *
 * As IANA has it for redis and rediss, and redis-py for unix.  "%40" in a name, password or path is
 * "@".  What looks like a mistake is refused; a message never quotes the password.
 *
 *	struct redis_url u;
 *	if (!redis_url_read(text, &u, err, sizeof(err)))
 *		...
 */
#ifndef TLSAUDIT_NET_REDIS_URL_H
#define TLSAUDIT_NET_REDIS_URL_H

#include "target.h"

enum {
	REDIS_PORT = 6379,
	REDIS_DB_MAX = 99999,
	REDIS_WORD_MAX = 256,
	REDIS_PATH_MAX = 107 /* of a struct sockaddr_un */
};

struct redis_url {
	bool tls;
	struct target at;		/* a name or an address; host "" when path is set */
	char path[REDIS_PATH_MAX + 1];	/* of a socket; "": none */
	char user[REDIS_WORD_MAX + 1];	/* "": the default user */
	char password[REDIS_WORD_MAX + 1]; /* "": none, no log in */
	unsigned db;
};

/* False with a sentence in err. */
bool redis_url_read(const char *text, struct redis_url *out, char *err, size_t errlen) MUST_USE;

#endif
