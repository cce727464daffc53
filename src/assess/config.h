/*
 * config - what a fix is in the configuration of the server that was seen; pure.
 *
 * A rule of a policy says what has to be set ("config": {"versions": "1.2+"}), config.def how each
 * software writes that, and the facts which software it is: what a web server calls itself, the
 * greeting before STARTTLS, the protocol of STARTTLS.  What calls itself nothing, as HAProxy does, is
 * named by the user.
 *
 *	struct software sw;
 *	software_seen(facts, &sw);			nginx 1.22.1
 *	v = config_lines(&sw, rule->config, arena, &n);	"ssl_protocols TLSv1.2 TLSv1.3;"
 *
 * A name in Server is a claim: it chooses words, and no judgement rests on it.
 */
#ifndef TLSAUDIT_ASSESS_CONFIG_H
#define TLSAUDIT_ASSESS_CONFIG_H

#include "fact.h"

enum setting_id {
#define SETTING(id, key) SET_##id,
#include "assess/config.def"
	SET__MAX
};

enum software_id {
	SOFTWARE_NONE,
#define SOFTWARE(id, name, word, where) SOFTWARE_##id,
#include "assess/config.def"
	SOFTWARE__MAX
};

struct software {
	enum software_id id;
	unsigned version; /* (major << 16) + (minor << 8) + patch; 0: not told */
	const char *label; /* "nginx 1.22.1"; in the arena or constant */
};

/* Reads "nginx/1.22.1", "haproxy"; false: none that is known. */
bool software_read(const char *text, struct arena *a, struct software *out);
/* What the facts say it is; id SOFTWARE_NONE: nothing. */
void software_seen(const struct facts *f, struct arena *a, struct software *out);
/* Where its lines go: "in the server block". */
const char *software_where(const struct software *s);
/* Of a key of "config": which setting; SET__MAX: none. */
enum setting_id setting_by_key(const char *key);
const char *setting_key(enum setting_id id);
/* The lines for values[setting], NULL where nothing is to be set; *n of them, in the arena. */
const char *const *config_lines(const struct software *s, const char *const values[SET__MAX],
    struct arena *a, size_t *n);
/* The names that software_read() knows, in words: "nginx, Apache, ..."; in the arena. */
const char *software_names(struct arena *a);

#endif
