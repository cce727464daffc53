/* meter - see meter.h. */
#include "config.h"

#include "bulk/meter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "report/jsonw.h"
#include "sink.h"

enum { RATE_MS = 2000, MINUTE_MS = 60000, LINE = 256 };

void
meter_init(struct meter *m, bool quiet)
{
	const char *term = getenv("TERM");

	*m = (struct meter){.quiet = quiet};
	m->terminal = isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
	m->begun_ms = m->shown_ms = m->rate_ms = loop_now_ms();
}

void
meter_add(struct meter *m, const struct result *r)
{
	m->done++;
	m->connections += r->connections;
	for (int i = 0; i < STATUS__MAX; i++) {
		m->by_status[i] += r->by_status[i];
		m->records += r->by_status[i];
	}
}

/* Targets a second over the last few seconds. */
static void
take_rate(struct meter *m, uint64_t now)
{
	uint64_t passed = now - m->rate_ms;

	if (passed < RATE_MS)
		return;
	m->rate = (double)(m->done - m->rate_done) * 1000 / (double)passed;
	m->rate_ms = now;
	m->rate_done = m->done;
}

uint64_t
meter_seconds_left(const struct meter *m, const struct meter_now *now)
{
	double all, left;

	if (now->list_size == 0 || now->list_read == 0 || m->rate <= 0)
		return 0;
	all = (double)now->read * (double)now->list_size / (double)now->list_read;
	left = all - (double)(m->done + now->passed_over);
	return left > 0 ? (uint64_t)(left / m->rate) + 1 : 0;
}

static size_t
append(char *line, size_t n, const char *fmt, ...) PRINTF_LIKE(3, 4);

static size_t
append(char *line, size_t n, const char *fmt, ...)
{
	va_list ap;
	int more;

	va_start(ap, fmt);
	more = vsnprintf(line + n, LINE - n, fmt, ap);
	va_end(ap);
	return more < 0 ? n : n + (size_t)more < LINE ? n + (size_t)more : LINE - 1;
}

static size_t
describe(const struct meter *m, const struct meter_now *now, char line[LINE])
{
	uint64_t left = meter_seconds_left(m, now);
	size_t n = append(line, 0, "%" PRIu64 " done, %.0f/s, %u in flight", m->done, m->rate, now->in_flight);

	if (left > 0)
		n = append(line, n, ", %" PRIu64 ":%02u:%02u left", left / 3600,
		    (unsigned)(left / 60 % 60), (unsigned)(left % 60));
	for (int i = STATUS_DNS_ERROR; i < STATUS__MAX; i++)
		if (m->by_status[i] > 0)
			n = append(line, n, ", %s %" PRIu64, status_name((enum status)i), m->by_status[i]);
	if (m->bad_lines > 0)
		n = append(line, n, ", bad lines %" PRIu64, m->bad_lines);
	return n;
}

static unsigned
columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? w.ws_col : 80;
}

void
meter_show(struct meter *m, const struct meter_now *now)
{
	uint64_t t = loop_now_ms();
	char line[LINE];
	size_t n;

	take_rate(m, t);
	if (m->quiet || (!m->terminal && t - m->shown_ms < MINUTE_MS))
		return;
	m->shown_ms = t;
	n = describe(m, now, line);
	if (!m->terminal) {
		(void)fprintf(stderr, "tlsaudit: %s\n", line);
		return;
	}
	if (n >= columns())
		n = columns() - 1;
	/* CR, the line, and "erase to the end of it" (ECMA-48, EL). */
	(void)fprintf(stderr, "\r%.*s\033[K", (int)n, line);
	(void)fflush(stderr);
	m->shown = true;
}

void
meter_clear(struct meter *m)
{
	if (!m->shown)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	m->shown = false;
}

/* ---- the file ---- */

static void
count(struct jsonw *w, const char *key, uint64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, (int64_t)v);
}

static void
write_lag(struct jsonw *w, const struct meter_now *now)
{
	char key[32];

	jsonw_key(w, "loop_late_ms");
	jsonw_open(w, '{');
	for (unsigned i = 0; i < LAG_CLASSES; i++) {
		(void)snprintf(key, sizeof(key), "%u", i == 0 ? 0 : 1u << (i - 1));
		if (now->lag[i] > 0)
			count(w, key, now->lag[i]);
	}
	jsonw_close(w);
}

/* Of this process and of the largest worker that has ended. */
static uint64_t
peak_kb(int who)
{
	struct rusage u;

	return getrusage(who, &u) == 0 ? (uint64_t)u.ru_maxrss : 0;
}

static bool
write_counts(FILE *to, const struct meter *m, const struct meter_now *now)
{
	struct jsonw w;

	jsonw_init(&w, to, false);
	jsonw_open(&w, '{');
	count(&w, "targets_read", now->read);
	count(&w, "targets_passed_over", now->passed_over);
	count(&w, "targets_done", m->done);
	count(&w, "in_flight", now->in_flight);
	count(&w, "waiting", now->waiting);
	count(&w, "bad_lines", m->bad_lines);
	count(&w, "records", m->records);
	jsonw_key(&w, "by_status");
	jsonw_open(&w, '{');
	for (int i = 0; i < STATUS__MAX; i++)
		count(&w, status_name((enum status)i), m->by_status[i]);
	jsonw_close(&w);
	count(&w, "connections", m->connections);
	count(&w, "bytes_written", now->written);
	count(&w, "elapsed_ms", loop_now_ms() - m->begun_ms);
	count(&w, "seconds_left", meter_seconds_left(m, now));
	count(&w, "workers", now->workers);
	count(&w, "workers_replaced", now->replaced);
	count(&w, "peak_kb", peak_kb(RUSAGE_SELF));
	count(&w, "peak_worker_kb", peak_kb(RUSAGE_CHILDREN));
	write_lag(&w, now);
	jsonw_key(&w, "over");
	jsonw_bool(&w, now->over);
	jsonw_close(&w);
	return jsonw_end(&w);
}

bool
meter_write(const struct meter *m, const struct meter_now *now, const char *path, char *err,
    size_t errlen)
{
	struct sink s;
	bool good;

	if (!sink_open(&s, path, err, errlen))
		return false;
	good = write_counts(s.to, m, now);
	return sink_close(&s, good, err, errlen) && good;
}
