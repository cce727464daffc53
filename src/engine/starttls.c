#include "config.h"
#include "engine/starttls.h"

#include "base/check.h"
#include "base/text.h"
#include "engine/starttls_internal.h"

enum { MAGIC = 0x7374746c, WORDS_MAX = 120, FIRST_CAP = 1024 };

static const struct {
	const char *name;
	const struct starttls_talk *talk;
} protocols[STARTTLS__MAX] = {
#define STARTTLS(id, name, port, talk, reference) {name, &starttls_talk_##talk},
#include "engine/starttls.def"
};

struct starttls *
starttls_open(struct arena *a, const char *proto, const char *host)
{
	for (size_t i = 0; i < N_ELEMENTS(protocols); i++)
		if (strcmp(protocols[i].name, proto) == 0) {
			struct starttls *s = arena_alloc(a, sizeof(*s));

			s->magic = MAGIC;
			s->a = a;
			s->id = (enum starttls_id)i;
			s->talk = protocols[i].talk;
			s->host = host;
			return s;
		}
	return NULL;
}

/* --- out -------------------------------------------------------------------------------------- */

struct span
starttls_to_send(struct starttls *s)
{
	MAGIC_CHECK(s, MAGIC);
	return (struct span){s->out + s->n_sent, s->n_out - s->n_sent};
}

void
starttls_sent(struct starttls *s, size_t n)
{
	MAGIC_CHECK(s, MAGIC);
	CHECK(n <= s->n_out - s->n_sent);
	s->n_sent += n;
	if (s->n_sent == s->n_out)
		s->n_sent = s->n_out = 0;
}

void
starttls_say(struct starttls *s, struct span bytes, const char *awaited)
{
	CHECK(bytes.n <= sizeof(s->out) - s->n_out); /* our own words, and few of them */
	if (bytes.n > 0)
		memcpy(s->out + s->n_out, bytes.p, bytes.n);
	s->n_out += bytes.n;
	s->awaited = awaited;
}

/* --- how it ends ------------------------------------------------------------------------------ */

static void
fail(struct starttls *s, enum starttls_failure failure, const char *detail)
{
	s->state = STARTTLS_FAILED;
	s->failure = failure;
	s->detail = detail;
}

void
starttls_ready(struct starttls *s)
{
	s->state = STARTTLS_READY;
	s->detail = "";
}

void
starttls_not_offered(struct starttls *s)
{
	fail(s, STARTTLS_NOT_OFFERED, "the server does not offer STARTTLS");
}

void
starttls_refused(struct starttls *s, struct span words)
{
	if (words.n == 0)
		fail(s, STARTTLS_REFUSED, "the server refuses");
	else
		fail(s, STARTTLS_REFUSED,
		    arena_printf(
			s->a, "the server refuses: %s", text_clean(s->a, words, WORDS_MAX)));
}

void
starttls_alien(struct starttls *s, struct span in)
{
	fail(s, STARTTLS_ALIEN,
	    arena_printf(s->a, "the server does not speak %s: %s", protocols[s->id].name,
		text_clean(s->a, in, WORDS_MAX)));
}

void
starttls_limit(struct starttls *s, const char *what)
{
	fail(s, STARTTLS_LIMIT,
	    arena_printf(s->a, "the server sends more than %s before TLS begins", what));
}

enum starttls_failure
starttls_failure(const struct starttls *s)
{
	MAGIC_CHECK(s, MAGIC);
	return s->failure;
}

const char *
starttls_detail(const struct starttls *s)
{
	MAGIC_CHECK(s, MAGIC);
	if (s->state != STARTTLS_MORE)
		return s->detail;
	return arena_printf(s->a, "no %s", s->awaited != NULL ? s->awaited : "greeting");
}

const char *
starttls_greeting(const struct starttls *s)
{
	const uint8_t *end;

	MAGIC_CHECK(s, MAGIC);
	end = s->talk == &starttls_talk_lines && s->n > 0 ? memchr(s->in, '\n', s->n) : NULL;
	if (end == NULL)
		return NULL;
	if (end > s->in && end[-1] == '\r')
		end--;
	return text_clean(s->a, (struct span){s->in, (size_t)(end - s->in)}, WORDS_MAX);
}

struct span
starttls_injected(const struct starttls *s)
{
	MAGIC_CHECK(s, MAGIC);
	if (s->state != STARTTLS_READY)
		return (struct span){0};
	return (struct span){s->in + s->at, s->n - s->at};
}

/* --- in --------------------------------------------------------------------------------------- */

/* Keeps as much of it as the cap allows; false: that was not all. */
static bool
keep(struct starttls *s, struct span in)
{
	size_t n = in.n < STARTTLS_BYTES_MAX - s->n ? in.n : STARTTLS_BYTES_MAX - s->n;

	if (s->n + n > s->cap) {
		size_t cap = s->cap > 0 ? s->cap : FIRST_CAP;
		uint8_t *more;

		while (cap < s->n + n)
			cap *= 2;
		if (!arena_has_room(s->a, cap))
			return false;
		more = arena_alloc(s->a, cap);
		if (s->n > 0)
			memcpy(more, s->in, s->n);
		s->in = more;
		s->cap = cap;
	}
	if (n > 0)
		memcpy(s->in + s->n, in.p, n);
	s->n += n;
	return n == in.n;
}

bool
starttls_line(struct starttls *s, struct span in, struct span *line, size_t *used)
{
	const uint8_t *end =
	    in.n > s->looked ? memchr(in.p + s->looked, '\n', in.n - s->looked) : NULL;

	if (end == NULL) {
		s->looked = in.n;
		return false;
	}
	s->looked = 0;
	if (++s->n_lines > STARTTLS_LINES_MAX) {
		starttls_limit(s, "100 lines");
		return false;
	}
	*line = (struct span){in.p, (size_t)(end - in.p)};
	*used = line->n + 1;
	while (line->n > 0 && (line->p[line->n - 1] == '\r' || line->p[line->n - 1] == ' '))
		line->n--;
	return true;
}

enum starttls_state
starttls_feed(struct starttls *s, struct span in)
{
	size_t used = 1;
	bool all;

	MAGIC_CHECK(s, MAGIC);
	if (s->state != STARTTLS_MORE)
		return s->state;
	if (!s->started) {
		s->started = true;
		s->talk->start(s);
	}
	all = keep(s, in);
	while (s->state == STARTTLS_MORE && used > 0 && s->at < s->n) {
		used = s->talk->take(s, (struct span){s->in + s->at, s->n - s->at});
		s->at += used;
	}
	if (s->state == STARTTLS_MORE && !all)
		starttls_limit(s, "64 KiB");
	return s->state;
}
