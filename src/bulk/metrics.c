/* metrics - see metrics.h. */
#include "config.h"

#include "bulk/metrics.h"

#include <inttypes.h>
#include <unistd.h>

enum { STAT_SIZE = 1024, STAT_UTIME = 14, STAT_RSS = 24 }; /* proc(5): fields of /proc/PID/stat */

static void
head(FILE *to, const char *name, const char *type, const char *help)
{
	(void)fprintf(to, "# HELP tlsaudit_scan_%s %s\n# TYPE tlsaudit_scan_%s %s\n", name, help, name,
	    type);
}

static void
whole(FILE *to, const char *name, const char *type, const char *help, uint64_t v)
{
	head(to, name, type, help);
	(void)fprintf(to, "tlsaudit_scan_%s %" PRIu64 "\n", name, v);
}

/* ---- targets ---- */

static void
put_counts(const struct metrics *m, FILE *to)
{
	const struct meter *c = m->meter;

	whole(to, "targets_read_total", "counter", "Targets of the list read so far.", m->now.read);
	whole(to, "targets_passed_over_total", "counter",
	    "Targets that were done before, or are another shard's.", m->now.passed_over);
	whole(to, "targets_done_total", "counter", "Targets that are over.", c->done);
	whole(to, "bad_lines_total", "counter", "Lines of the list that are no target.", c->bad_lines);
	whole(to, "connections_total", "counter", "Connections made for targets that are over.",
	    c->connections);
	whole(to, "written_bytes_total", "counter", "Bytes of records written.", m->now.written);
	whole(to, "targets_in_flight", "gauge", "Targets that workers have in hand.", m->now.in_flight);
	whole(to, "targets_waiting", "gauge", "Targets looked up or being so, and not begun.",
	    m->now.waiting);
	head(to, "records_total", "counter", "Records written, by the endpoint's status.");
	for (int i = 0; i < STATUS__MAX; i++)
		(void)fprintf(to, "tlsaudit_scan_records_total{status=\"%s\"} %" PRIu64 "\n",
		    status_name((enum status)i), c->by_status[i]);
}

static void
put_pace(const struct metrics *m, FILE *to)
{
	uint64_t left = meter_seconds_left(m->meter, &m->now);

	head(to, "targets_per_second", "gauge", "Targets ended a second, over the last seconds.");
	(void)fprintf(to, "tlsaudit_scan_targets_per_second %.3f\n", m->meter->rate);
	whole(to, "elapsed_seconds", "gauge", "How long the scan has been running.",
	    (loop_now_ms() - m->meter->begun_ms) / 1000);
	if (left > 0) /* else nobody knows */
		whole(to, "left_seconds", "gauge", "How long it will go on, about.", left);
}

/* ---- processes ---- */

/* Of /proc/PID/stat: resident bytes and seconds of CPU; false: there is no such process. */
static bool
read_process(long pid, uint64_t *rss, double *cpu)
{
	unsigned long long v[STAT_RSS + 1] = {0};
	char path[64], text[STAT_SIZE], *p;
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "re");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof(text) - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	p = strrchr(text, ')'); /* a program's name may hold anything, but ends here */
	if (p == NULL || p[1] == '\0')
		return false;
	p += 2;
	for (int field = 3; field <= STAT_RSS && *p != '\0'; field++) {
		(void)sscanf(p, "%llu", &v[field]);
		p += strcspn(p, " ");
		p += *p == ' ';
	}
	*cpu = (double)(v[STAT_UTIME] + v[STAT_UTIME + 1]) / (double)sysconf(_SC_CLK_TCK);
	*rss = v[STAT_RSS] * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

/* The supervisor is number 0. */
static void
put_processes(const struct metrics *m, FILE *to, bool memory)
{
	for (unsigned i = 0; i <= m->now.workers; i++) {
		long pid = i == 0 ? (long)getpid() : crew_pid(m->crew, i - 1);
		char name[32] = "supervisor";
		uint64_t rss;
		double cpu;

		if (pid == 0 || !read_process(pid, &rss, &cpu))
			continue;
		if (i > 0)
			(void)snprintf(name, sizeof(name), "worker %u", i);
		if (memory)
			(void)fprintf(to, "tlsaudit_scan_resident_memory_bytes{process=\"%s\"} %" PRIu64 "\n",
			    name, rss);
		else
			(void)fprintf(to, "tlsaudit_scan_cpu_seconds_total{process=\"%s\"} %.2f\n", name, cpu);
	}
}

/* How late the beats of the workers' loops came. */
static void
put_lag(const struct metrics *m, FILE *to)
{
	uint64_t n = 0;

	head(to, "loop_lag_seconds", "histogram", "How late the event loops of the workers are.");
	for (unsigned i = 0; i < LAG_CLASSES - 1; i++) {
		n += m->now.lag[i];
		(void)fprintf(to, "tlsaudit_scan_loop_lag_seconds_bucket{le=\"%g\"} %" PRIu64 "\n",
		    (double)(1u << i) / 1000, n);
	}
	n += m->now.lag[LAG_CLASSES - 1];
	(void)fprintf(to, "tlsaudit_scan_loop_lag_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", n);
	(void)fprintf(to, "tlsaudit_scan_loop_lag_seconds_sum %.3f\n", (double)m->now.late_ms / 1000);
	(void)fprintf(to, "tlsaudit_scan_loop_lag_seconds_count %" PRIu64 "\n", n);
}

void
metrics_write(const struct metrics *m, FILE *to)
{
	put_counts(m, to);
	put_pace(m, to);
	whole(to, "workers", "gauge", "Workers that share the list.", m->now.workers);
	whole(to, "workers_replaced_total", "counter", "Workers that crashed or hung.", m->now.replaced);
	put_lag(m, to);
	head(to, "resident_memory_bytes", "gauge", "Memory of a process of the scan.");
	put_processes(m, to, true);
	head(to, "cpu_seconds_total", "counter", "CPU time of a process of the scan.");
	put_processes(m, to, false);
}
