/* crew - see crew.h. */
#include "config.h"

#include "bulk/crew.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "bulk/sandbox.h"
#include "net/frames.h"
#include "net/polite.h"

enum {
	LOOK_MS = 500,	   /* at the pulses */
	PULSE_LOST_MS = 5000
};

struct hand { /* an order that a worker has */
	uint64_t seq;
	struct hand *next;
};

struct member {
	struct crew *crew;
	unsigned number;
	pid_t pid; /* 0: none */
	struct frames *frames;
	struct pulse *pulse;
	uint64_t beats, beat_ms; /* the last beat that was seen, and when */
	struct hand *hands;
	bool hung; /* killed because of its pulse */
};

struct crew {
	struct loop *loop;
	struct shared shared;
	struct crew_calls calls;
	struct member *members;
	unsigned n, replaced;
	struct pulse *pulses; /* shared memory */
	struct worker *inside; /* n == 1: no process */
	struct loop_timer *look;
};

/* ---- the worker's process ---- */

struct inmate {
	struct loop *loop;
	struct worker *worker;
	struct frames *frames;
};

static void
on_result(void *arg, const struct result *r, struct span lines)
{
	struct inmate *i = arg;

	frames_send(i->frames, (struct span){(const uint8_t *)r, sizeof(*r)}, lines);
}

static void
on_order(void *arg, struct span frame)
{
	struct inmate *i = arg;
	struct order o;

	CHECK(frame.n == sizeof(o));
	memcpy(&o, frame.p, sizeof(o));
	worker_take(i->worker, &o);
}

static void
on_supervisor_gone(void *arg)
{
	struct inmate *i = arg;

	loop_stop(i->loop);
}

_Noreturn static void
work(struct crew *c, unsigned number, int fd)
{
	struct inmate i = {0};
	const struct options *o = c->shared.options;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)signal(SIGINT, SIG_IGN); /* the terminal's is for the supervisor, who lets us finish */
	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGTERM, SIG_DFL);
	i.loop = loop_new();
	CHECK(i.loop != NULL);
	i.worker = worker_new(i.loop, &c->shared, &c->pulses[number], on_result, &i);
	i.frames = frames_new(i.loop, fd, on_order, on_supervisor_gone, &i);
	if (o->sandbox != SANDBOX_OFF && !sandbox_enter() && o->sandbox == SANDBOX_REQUIRE)
		_exit(EXIT_INTERNAL);
	loop_run(i.loop);
	_exit(0);
}

/* ---- the supervisor's side ---- */

static void on_frame(void *arg, struct span frame);
static void on_end(void *arg);

/* Forks a worker; false: errno. */
static bool
hire(struct member *m)
{
	struct crew *c = m->crew;
	int fd[2];

	if (!frames_pair(fd))
		return false;
	*m->pulse = (struct pulse){0};
	m->pid = fork();
	if (m->pid < 0) {
		int e = errno;

		m->pid = 0;
		(void)close(fd[0]);
		(void)close(fd[1]);
		errno = e;
		return false;
	}
	if (m->pid == 0)
		work(c, m->number, sandbox_keep_only(fd[1]));
	(void)close(fd[1]);
	m->frames = frames_new(c->loop, fd[0], on_frame, on_end, m);
	m->beats = 0;
	m->beat_ms = loop_now_ms();
	m->hung = false;
	return true;
}

static void
put_down(struct member *m, uint64_t seq)
{
	for (struct hand **at = &m->hands; *at != NULL; at = &(*at)->next)
		if ((*at)->seq == seq) {
			struct hand *h = *at;

			*at = h->next;
			free(h);
			return;
		}
}

static void
on_frame(void *arg, struct span frame)
{
	struct member *m = arg;
	struct result r;

	CHECK(frame.n >= sizeof(r));
	memcpy(&r, frame.p, sizeof(r));
	put_down(m, r.seq);
	m->crew->calls.done(m->crew->calls.arg, &r,
	    (struct span){frame.p + sizeof(r), frame.n - sizeof(r)});
}

static void
say_how(const struct member *m, int status, char *how, size_t howlen)
{
	if (m->hung)
		(void)snprintf(how, howlen, "the worker hung for %d seconds", PULSE_LOST_MS / 1000);
	else if (WIFSIGNALED(status))
		(void)snprintf(how, howlen, "the worker died of signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		(void)snprintf(how, howlen, "the worker ended with status %d", WEXITSTATUS(status));
}

/* What it had in hand goes back. */
static void
return_hands(struct member *m, const char *how)
{
	uint64_t guilty = m->pulse->current;
	enum blame others = BLAME_ALL;
	struct hand *hands = m->hands, *next;

	m->hands = NULL;
	for (const struct hand *h = hands; h != NULL; h = h->next)
		if (h->seq == guilty)
			others = BLAME_NONE;
	for (struct hand *h = hands; h != NULL; h = next) {
		next = h->next;
		m->crew->calls.lost(m->crew->calls.arg, h->seq,
		    how == NULL ? BLAME_NONE : h->seq == guilty ? BLAME_THIS : others, how);
		free(h);
	}
}

/* The socket is at its end: so is the process, or soon. */
static void
on_end(void *arg)
{
	struct member *m = arg;

	if (m->pid > 0)
		(void)kill(m->pid, SIGKILL);
}

static void
bury(struct member *m)
{
	struct crew *c = m->crew;
	char how[128], text[256];
	int status;
	pid_t pid;

	do
		pid = waitpid(m->pid, &status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid != m->pid)
		return;
	m->pid = 0;
	frames_free(m->frames);
	m->frames = NULL;
	say_how(m, status, how, sizeof(how));
	c->replaced++;
	(void)snprintf(text, sizeof(text), "worker %u: %s; it is replaced", m->number + 1, how);
	c->calls.say(c->calls.arg, text);
	return_hands(m, how);
	if (!hire(m)) {
		(void)snprintf(text, sizeof(text), "worker %u cannot be replaced: %s", m->number + 1,
		    strerror(errno));
		c->calls.say(c->calls.arg, text);
	}
}

static void
check_pulse(struct member *m)
{
	uint64_t now = loop_now_ms(), beats = m->pulse->beats;

	if (beats != m->beats) {
		m->beats = beats;
		m->beat_ms = now;
	} else if (now - m->beat_ms >= PULSE_LOST_MS && !m->hung) {
		m->hung = true;
		(void)kill(m->pid, SIGKILL);
	}
}

static void
on_look(void *arg)
{
	struct crew *c = arg;

	for (unsigned i = 0; i < c->n; i++) {
		struct member *m = &c->members[i];

		if (m->pid > 0) {
			check_pulse(m);
			bury(m);
		} else {
			return_hands(m, NULL);
			(void)hire(m);
		}
	}
	loop_timer_set(c->look, LOOK_MS);
}

/* Memory that parent and children share. */
static struct pulse *
share_pulses(unsigned n)
{
	void *p = mmap(NULL, n * sizeof(struct pulse), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p != MAP_FAILED ? p : NULL;
}

/* Each worker has its part of what all together may do. */
static void
share_rates(struct shared *s, unsigned n)
{
	if (s->rates.all > 0)
		s->rates.all = (s->rates.all + n - 1) / n;
	s->workers = n;
}

struct crew *
crew_new(struct loop *l, const struct shared *shared, unsigned n, const struct crew_calls *calls,
    char *err, size_t errlen)
{
	struct crew *c = xcalloc(1, sizeof(*c));

	c->loop = l;
	c->shared = *shared;
	c->calls = *calls;
	c->n = n;
	share_rates(&c->shared, n);
	c->members = xcalloc(n, sizeof(*c->members));
	c->pulses = share_pulses(n);
	CHECK(c->pulses != NULL);
	if (n == 1) {
		c->inside = worker_new(l, &c->shared, &c->pulses[0], calls->done, calls->arg);
		return c;
	}
	c->look = loop_timer_new(l, on_look, c);
	loop_timer_set(c->look, LOOK_MS);
	for (unsigned i = 0; i < n; i++) {
		c->members[i] =
		    (struct member){.crew = c, .number = i, .pulse = &c->pulses[i]};
		if (hire(&c->members[i]))
			continue;
		(void)snprintf(err, errlen, "no worker: %s", strerror(errno));
		crew_free(c);
		return NULL;
	}
	return c;
}

unsigned
crew_worker_of(const struct crew *c, const uint8_t *addr, size_t len)
{
	uint8_t prefix[POLITE_PREFIX_MAX];
	size_t n = polite_prefix(addr, len, prefix);
	uint64_t h = list_hash(14695981039346656037U, prefix, n);

	return (unsigned)((h ^ h >> 29) % c->n);
}

void
crew_give(struct crew *c, unsigned worker, const struct order *o)
{
	struct member *m = &c->members[worker];
	struct hand *h;

	if (c->inside != NULL) {
		worker_take(c->inside, o);
		return;
	}
	h = xcalloc(1, sizeof(*h));
	h->seq = o->item.seq;
	h->next = m->hands;
	m->hands = h;
	if (m->frames != NULL)
		frames_send(m->frames, (struct span){(const uint8_t *)o, sizeof(*o)},
		    (struct span){NULL, 0});
}

unsigned
crew_replaced(const struct crew *c)
{
	return c->replaced;
}

uint64_t
crew_lag(const struct crew *c, uint64_t lag[LAG_CLASSES])
{
	uint64_t late_ms = 0;

	memset(lag, 0, LAG_CLASSES * sizeof(*lag));
	for (unsigned i = 0; i < c->n; i++) {
		late_ms += c->pulses[i].late_ms;
		for (unsigned k = 0; k < LAG_CLASSES; k++)
			lag[k] += c->pulses[i].lag[k];
	}
	return late_ms;
}

long
crew_pid(const struct crew *c, unsigned worker)
{
	return (long)c->members[worker].pid;
}

void
crew_stop(struct crew *c)
{
	for (unsigned i = 0; i < c->n; i++) {
		struct member *m = &c->members[i];

		frames_free(m->frames);
		m->frames = NULL;
		if (m->pid > 0) {
			(void)kill(m->pid, SIGKILL);
			(void)waitpid(m->pid, NULL, 0);
		}
		m->pid = 0;
	}
}

void
crew_free(struct crew *c)
{
	if (c == NULL)
		return;
	worker_free(c->inside);
	crew_stop(c);
	for (unsigned i = 0; i < c->n; i++) {
		struct hand *next;

		for (struct hand *h = c->members[i].hands; h != NULL; h = next) {
			next = h->next;
			free(h);
		}
	}
	loop_timer_free(c->look);
	(void)munmap(c->pulses, c->n * sizeof(*c->pulses));
	free(c->members);
	free(c);
}
