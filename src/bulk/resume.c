/* resume - see resume.h. */
#include "config.h"

#include "bulk/resume.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapt/zstd.h"
#include "base/check.h"
#include "base/xalloc.h"

enum {
	CHUNK = 1 << 18,
	LINE_CAP = 64 << 20,  /* no line of ours is that long */
	FRAME_CAP = 256 << 20,
	SAMPLES = 64,
	SEEN_TO = 2048	      /* the members that count stand in front */
};
#define SEQ_MAX ((uint64_t)1 << 34) /* two gigabytes of map */

struct sample {
	uint64_t seq, digest;
};

struct resume {
	uint8_t *map;
	uint64_t map_bits, n_done, keep;
	struct sample samples[SAMPLES], first;
	uint64_t stride; /* of the seqs that are sampled */
	size_t n_samples;
	uint64_t line;	 /* of the output, for messages */

	resume_line_fn *on_line; /* or NULL */
	void *arg;

	uint64_t at;	 /* where the next line begins */
	uint64_t target; /* whose records are being read; 0: nobody's */
	unsigned next;	 /* which of them comes next */
};

struct mark { /* what a record says of itself */
	uint64_t seq, digest;
	unsigned record, records;
};

struct resume *
resume_new(void)
{
	struct resume *r = xcalloc(1, sizeof(*r));

	r->stride = 1;
	return r;
}

void
resume_free(struct resume *r)
{
	if (r == NULL)
		return;
	free(r->map);
	free(r);
}

uint64_t
resume_keep(const struct resume *r)
{
	return r->keep;
}

uint64_t
resume_count(const struct resume *r)
{
	return r->n_done;
}

void
resume_on_line(struct resume *r, resume_line_fn *fn, void *arg)
{
	r->on_line = fn;
	r->arg = arg;
}

/* ---- the map ---- */

static void
grow(struct resume *r, uint64_t bit)
{
	uint64_t bits = r->map_bits > 0 ? r->map_bits : 8192;

	while (bits <= bit)
		bits *= 2;
	if (bits == r->map_bits)
		return;
	r->map = xrealloc(r->map, bits / 8);
	memset(r->map + r->map_bits / 8, 0, (bits - r->map_bits) / 8);
	r->map_bits = bits;
}

bool
resume_has(const struct resume *r, uint64_t seq)
{
	return seq < r->map_bits && (r->map[seq / 8] & 1u << seq % 8) != 0;
}

bool
resume_add(struct resume *r, uint64_t seq)
{
	if (resume_has(r, seq))
		return false;
	grow(r, seq);
	r->map[seq / 8] = (uint8_t)(r->map[seq / 8] | 1u << seq % 8);
	r->n_done++;
	return true;
}

/* ---- samples of the digest ---- */

/* Keeps those whose seq is a multiple of the stride; when they get too many, of twice the stride. */
static void
sample(struct resume *r, uint64_t seq, uint64_t digest)
{
	size_t n = 0;

	if (r->first.seq == 0 || seq < r->first.seq)
		r->first = (struct sample){seq, digest};
	if (seq % r->stride != 0)
		return;
	while (r->n_samples == SAMPLES) {
		r->stride *= 2;
		n = 0;
		for (size_t i = 0; i < r->n_samples; i++)
			if (r->samples[i].seq % r->stride == 0)
				r->samples[n++] = r->samples[i];
		r->n_samples = n;
	}
	if (seq % r->stride == 0)
		r->samples[r->n_samples++] = (struct sample){seq, digest};
}

bool
resume_matches(const struct resume *r, uint64_t seq, uint64_t digest)
{
	if (r->first.seq == seq && r->first.digest != digest)
		return false;
	for (size_t i = 0; i < r->n_samples; i++)
		if (r->samples[i].seq == seq && r->samples[i].digest != digest)
			return false;
	return true;
}

/* ---- lines ---- */

static bool
number(const char **p, const char *before, int base, uint64_t *out)
{
	size_t n = strlen(before);
	char *end;

	if (strncmp(*p, before, n) != 0)
		return false;
	*p += n;
	errno = 0;
	*out = strtoull(*p, &end, base);
	if (end == *p || errno != 0 || **p == '-' || **p == '+' || **p == ' ')
		return false;
	*p = end;
	return true;
}

/* "list":{"seq":1,"line":1,"record":1,"records":1,"digest":"..."}: as report/json.c writes it.  Within
 * a string a quote is escaped, so nothing else can look like it. */
static bool
read_mark(struct span line, struct mark *m)
{
	static const char begin[] = "\"list\":{";
	char text[SEEN_TO + 1];
	size_t n = line.n < SEEN_TO ? line.n : SEEN_TO;
	const char *p;
	uint64_t ignored, record, records;

	memcpy(text, line.p, n);
	text[n] = '\0';
	p = strstr(text, begin);
	if (line.n < 2 || line.p[0] != '{' || line.p[line.n - 1] != '}' || p == NULL)
		return false;
	p += sizeof(begin) - 1;
	if (!number(&p, "\"seq\":", 10, &m->seq) || !number(&p, ",\"line\":", 10, &ignored) ||
	    !number(&p, ",\"record\":", 10, &record) || !number(&p, ",\"records\":", 10, &records) ||
	    !number(&p, ",\"digest\":\"", 16, &m->digest))
		return false;
	m->record = (unsigned)record;
	m->records = (unsigned)records;
	return m->seq > 0 && m->seq < SEQ_MAX && record > 0 && record <= records && records < 65536;
}

/* All its records are there.  The same target from another file must be of the same list. */
static bool
end_target(struct resume *r, const struct mark *m, struct span line)
{
	bool is_new = resume_add(r, m->seq);

	if (is_new)
		sample(r, m->seq, m->digest);
	else if (!resume_matches(r, m->seq, m->digest))
		return false;
	if (r->on_line != NULL)
		r->on_line(r->arg, line, true, is_new);
	return true;
}

/* A target's records come 1 to records, one after the other. */
static bool
take_line(struct resume *r, struct span line)
{
	struct mark m;

	r->line++;
	r->at += line.n + 1;
	if (!read_mark(line, &m))
		return false;
	if (m.record == 1) {
		r->target = m.seq;
		r->next = 1;
	}
	if (m.seq != r->target || m.record != r->next)
		return false;
	r->next++;
	if (m.record < m.records) {
		if (r->on_line != NULL)
			r->on_line(r->arg, line, false, false);
		return true;
	}
	r->target = 0;
	return end_target(r, &m, line);
}

enum resume_took
resume_take(struct resume *r, struct span lines)
{
	struct mark m = {0};
	unsigned record = 0;
	uint64_t seq = 0, done = r->n_done;
	struct span line = {NULL, 0};

	while (lines.n > 0) {
		const uint8_t *end = memchr(lines.p, '\n', lines.n);

		if (end == NULL || record == UINT16_MAX)
			return RESUME_BAD;
		line = (struct span){lines.p, (size_t)(end - lines.p)};
		lines = (struct span){end + 1, lines.n - line.n - 1};
		if (!read_mark(line, &m) || m.record != ++record || (seq != 0 && m.seq != seq))
			return RESUME_BAD;
		seq = m.seq;
	}
	if (record == 0 || record != m.records)
		return RESUME_BAD;
	if (!end_target(r, &m, line))
		return RESUME_OTHER;
	return r->n_done > done ? RESUME_NEW : RESUME_KNOWN;
}

static bool
bad_line(const struct resume *r, char *err, size_t errlen)
{
	(void)snprintf(err, errlen, "line %" PRIu64 " is no record of a list, or of another list", r->line);
	return false;
}

/* Takes the whole lines of buf, and moves the rest to its front. */
static bool
take_lines(struct resume *r, uint8_t *buf, size_t *n)
{
	size_t from = 0;

	for (;;) {
		uint8_t *end = *n > from ? memchr(buf + from, '\n', *n - from) : NULL;
		size_t len = end != NULL ? (size_t)(end - buf) - from : 0;

		if (end == NULL)
			break;
		if (!take_line(r, (struct span){buf + from, len}))
			return false;
		if (r->target == 0)
			r->keep = r->at;
		from += len + 1;
	}
	memmove(buf, buf + from, *n - from);
	*n -= from;
	return true;
}

static ssize_t
read_chunk(int fd, uint8_t *p, size_t n)
{
	ssize_t got;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static bool
trouble(char *err, size_t errlen, const char *what)
{
	(void)snprintf(err, errlen, "%s", what);
	return false;
}

static bool
read_plain(struct resume *r, int fd, char *err, size_t errlen)
{
	size_t n = 0, cap = 0;
	uint8_t *buf = NULL;
	bool good = true;

	for (;;) {
		ssize_t got;

		if (cap - n < CHUNK) {
			cap = n + CHUNK;
			buf = xrealloc(buf, cap);
		}
		got = read_chunk(fd, buf + n, CHUNK);
		if (got <= 0) {
			good = got == 0 || trouble(err, errlen, strerror(errno));
			break;
		}
		n += (size_t)got;
		if (!take_lines(r, buf, &n)) {
			good = bad_line(r, err, errlen);
			break;
		}
		if (n > LINE_CAP) {
			good = trouble(err, errlen, "a line is too long");
			break;
		}
	}
	free(buf);
	return good;
}

/* ---- frames ---- */

/* The lines of one frame: it holds whole targets. */
static bool
take_frame(struct resume *r, struct span frame)
{
	struct unzstd *u = unzstd_new();
	uint8_t *buf = xcalloc(1, CHUNK);
	size_t n = 0, cap = CHUNK;
	bool good = true;

	while (good) {
		size_t used, made;

		if (n == cap) {
			cap *= 2;
			buf = xrealloc(buf, cap);
		}
		good = cap <= LINE_CAP && unzstd_some(u, frame, &used, buf + n, cap - n, &made);
		if (!good || (used == 0 && made == 0))
			break;
		frame.p += used;
		frame.n -= used;
		n += made;
		good = take_lines(r, buf, &n);
	}
	good = good && n == 0 && r->target == 0;
	unzstd_free(u);
	free(buf);
	return good;
}

static bool
read_frames(struct resume *r, int fd, char *err, size_t errlen)
{
	size_t n = 0, cap = 0;
	uint8_t *buf = NULL;
	uint64_t keep = 0;
	bool good = true;

	for (;;) {
		size_t len, from = 0;
		ssize_t got;

		if (cap - n < CHUNK) {
			cap = n + CHUNK + cap / 2;
			buf = xrealloc(buf, cap);
		}
		got = read_chunk(fd, buf + n, cap - n);
		if (got <= 0) { /* what is left is a frame that was cut off */
			good = got == 0 || trouble(err, errlen, strerror(errno));
			break;
		}
		n += (size_t)got;
		while (good && (len = zstd_frame_len((struct span){buf + from, n - from})) > 0) {
			good = take_frame(r, (struct span){buf + from, len}) || bad_line(r, err, errlen);
			from += len;
			keep += good ? len : 0;
		}
		memmove(buf, buf + from, n - from);
		n -= from;
		if (good && n > FRAME_CAP)
			good = trouble(err, errlen, "it does not consist of Zstandard frames");
		if (!good)
			break;
	}
	free(buf);
	r->keep = keep;
	return good;
}

bool
resume_read(struct resume *r, int fd, bool zst, char *err, size_t errlen)
{
	r->at = r->keep = r->line = r->target = 0;
	if (lseek(fd, 0, SEEK_SET) != 0)
		return trouble(err, errlen, strerror(errno));
	return zst ? read_frames(r, fd, err, errlen) : read_plain(r, fd, err, errlen);
}
