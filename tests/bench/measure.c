/*
 * measure - run a command with its input and output on /dev/null, and say what it used:
 *
 *	measure COMMAND [ARGUMENT...]
 *	0.012345 0.008000 21484		seconds of wall, seconds of CPU, peak kB
 *
 * CPU and peak are wait4's, so the command's own children count as far as it has waited for them.
 * It is C because a process starts with the peak of the one that has called exec: under a Python
 * parent every small program seems as large as Python.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* In the child: never returns. */
static void
run(char *const argv[])
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(null, 0) == 0 && dup2(null, 1) == 1 && dup2(null, 2) == 2)
		execvp(argv[0], argv);
	_exit(127);
}

int
main(int argc, char *argv[])
{
	struct rusage used;
	double start = now();
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: measure COMMAND [ARGUMENT...]\n");
		return 2;
	}
	pid = fork();
	if (pid == 0)
		run(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &used) != pid) {
		perror("measure");
		return 4;
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 127) {
		fprintf(stderr, "measure: %s did not run\n", argv[1]);
		return 4;
	}
	printf("%.6f %.6f %ld\n", now() - start, seconds(used.ru_utime) + seconds(used.ru_stime),
	    used.ru_maxrss);
	return 0;
}
