/* sandbox - see sandbox.h. */
#include "config.h"

#include "bulk/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/check.h"

enum { KEPT = 3 };
#define MEMORY_MAX ((rlim_t)8 << 30)

int
sandbox_keep_only(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
	}
	if (fd != KEPT)
		CHECK(dup2(fd, KEPT) == KEPT);
	if (close_range(KEPT + 1, ~0U, 0) != 0)
		for (int i = KEPT + 1; i < 65536; i++)
			(void)close(i);
	return KEPT;
}

/* ---- the parts ---- */

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif

static bool
limit_resources(void)
{
	const struct rlimit none = {0, 0};
	bool good = setrlimit(RLIMIT_CORE, &none) == 0;
#ifndef HAS_ASAN /* its shadow is 16 terabytes */
	const struct rlimit memory = {MEMORY_MAX, MEMORY_MAX};

	good = setrlimit(RLIMIT_AS, &memory) == 0 && good;
#endif
	return good;
}

/* A ruleset that handles every access to files and allows none. */
static bool
close_files(void)
{
	struct landlock_ruleset_attr attr = {0};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	long fd;
	bool good;

	if (abi < 1)
		return false;
	/* Bits 0 to 12 are those of the first version; bit 13 (REFER) came with the second. */
	attr.handled_access_fs = ((uint64_t)1 << (abi >= 2 ? 14 : 13)) - 1;
	fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);
	if (fd < 0)
		return false;
	good = syscall(SYS_landlock_restrict_self, (int)fd, 0) == 0;
	(void)close((int)fd);
	return good;
}

static const int allowed[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev),
    SCMP_SYS(recvfrom), SCMP_SYS(sendto), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(poll),
    SCMP_SYS(shutdown), SCMP_SYS(getsockopt), SCMP_SYS(setsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(close), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_create1), SCMP_SYS(fcntl),
    SCMP_SYS(ioctl), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
    SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(futex), SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(tgkill), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall),
    SCMP_SYS(sched_yield), SCMP_SYS(getrusage), SCMP_SYS(fstat), SCMP_SYS(newfstatat)};
static const int deadly[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev)};

/* What is neither allowed nor deadly fails with EPERM. */
static bool
filter_calls(void)
{
	static const int families[] = {AF_INET, AF_INET6};
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool good = c != NULL;

	for (size_t i = 0; good && i < N_ELEMENTS(allowed); i++) /* EDOM and the like: not on this machine */
		(void)seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; good && i < N_ELEMENTS(deadly); i++)
		(void)seccomp_rule_add(c, SCMP_ACT_KILL_PROCESS, deadly[i], 0);
	for (size_t i = 0; good && i < N_ELEMENTS(families); i++)
		good = seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
			   SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i], 0)) == 0;
	good = good && seccomp_load(c) == 0;
	if (c != NULL)
		seccomp_release(c);
	return good;
}

bool
sandbox_enter(void)
{
	bool good = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;

	good = limit_resources() && good;
	good = close_files() && good;
	return filter_calls() && good;
}

bool
sandbox_works(void)
{
	pid_t pid = fork();
	int status = 1;

	if (pid == 0)
		_exit(sandbox_enter() ? 0 : 1);
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
