/* progress - see progress.h. */
#include "config.h"

#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned
terminal_columns(void)
{
	struct winsize w;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

void
progress_init(struct progress *p, bool wanted)
{
	const char *term = getenv("TERM");

	*p = (struct progress){0};
	p->on = wanted && isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
	if (p->on)
		p->columns = terminal_columns();
}

void
progress_show(struct progress *p, const char *host, size_t done, size_t total, unsigned connections)
{
	char line[256];
	int n;

	if (!p->on)
		return;
	n = snprintf(line, sizeof(line), "%s: %zu of %zu probes, %u connections", host, done, total,
	    connections);
	if (n < 0)
		return;
	if ((unsigned)n >= p->columns) /* the last column is left free: no terminal wraps there */
		n = (int)p->columns - 1;
	/* CR, the line, and "erase to the end of it" (ECMA-48, EL). */
	(void)fprintf(stderr, "\r%.*s\033[K", n, line);
	(void)fflush(stderr);
	p->shown = true;
}

void
progress_clear(struct progress *p)
{
	if (!p->shown)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	p->shown = false;
}
