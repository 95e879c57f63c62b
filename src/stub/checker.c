// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/klog.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stub.h"
#include "xxh64.h"

/* What the checker gets its end of the pipe as, and says through it. */
#define HOLD_FD	     3
#define HOLD_FD_TEXT "3"
#define HOLD_BYTE    'h' /* a person is being asked: no bound any more */

#define KILL_WAIT      2 /* seconds until a killed checker must be gone */
#define LOG_CONSOLE_ON 7 /* klogctl: the console's log level as it was (Linux, syslog(2)) */

_Static_assert(sizeof(long) == sizeof(time_t), "the system call below fills a struct timespec");

static long long now_ms(void)
{
	struct timespec t = { 0, 0 };

	/* Not through the vDSO: the code that finds it there is larger than the rest of this file. */
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Fills buf unless the file ends before. Returns the bytes, or -1. */
static ssize_t read_piece(int fd, unsigned char *buf, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, buf + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (!n)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

void checker_disable(void)
{
	chmod(STUB_CHECKER, 0);
}

bool checker_is_sound(const struct stub_config *config, const char **why)
{
	static unsigned char buf[16384]; /* a multiple of XXH64_STRIPE */
	struct xxh64 x;
	uint64_t hash;
	ssize_t n;
	int fd;

	*why = "its checksum is damaged or absent";
	if (!config->checker_known)
		return false;
	*why = "it cannot be read";
	fd = open(STUB_CHECKER, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return false;
	xxh64_begin(&x);
	while ((n = read_piece(fd, buf, sizeof(buf))) == (ssize_t)sizeof(buf))
		xxh64_stripes(&x, buf, sizeof(buf));
	close(fd);
	if (n < 0)
		return false;
	*why = "its bytes are not those that were sealed";
	hash = xxh64_end(&x, buf, (size_t)n);
	return hash == config->checker_hash &&
	       x.total + (size_t)n % XXH64_STRIPE == config->checker_size;
}

static _Noreturn void become_checker(int hold, char **envp, int no_init)
{
	char number[NUMBER_BYTES];
	const char *argv[] = { "bootverdict", "boot", "--hold-fd", HOLD_FD_TEXT, NULL, NULL, NULL };
	sigset_t none;

	if (no_init) {
		argv[4] = "--no-init";
		argv[5] = number_text(no_init, number);
	}
	setpgid(0, 0);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* dup2() onto itself would leave it to be closed by exec. */
	if (hold == HOLD_FD)
		hold = dup3(hold, HOLD_FD + 1, O_CLOEXEC);
	dup2(hold, HOLD_FD);
	execve(STUB_CHECKER, (char *const *)(uintptr_t)argv, envp);
	say(SAY_CRITICAL, "the checker cannot be executed: errno ", number_text(errno, number),
	    NULL);
	_exit(127);
}

/* Reaps what has ended, also processes whose parents are gone. True: the checker is among it. */
static bool reap(pid_t checker, int *status)
{
	bool seen = false;
	pid_t pid;
	int s;

	while ((pid = waitpid(-1, &s, WNOHANG)) > 0) {
		if (pid == checker) {
			*status = s;
			seen = true;
		}
	}
	/* No child at all: it cannot be running, whatever became of it. */
	if (pid < 0 && errno == ECHILD && !seen) {
		*status = 0;
		seen = true;
	}
	return seen;
}

/* Waits for a child to end; SIGCHLD is blocked, so none is missed between reap() and here. */
static void wait_for_child(long long ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000 };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigtimedwait(&set, NULL, &t);
}

static bool person_is_asked(int hold)
{
	char byte = 0;
	ssize_t n;

	do {
		n = read(hold, &byte, 1);
	} while (n < 0 && errno == EINTR);
	return n == 1 && byte == HOLD_BYTE;
}

/* True: it ended, *status says how. False: it did not within the bound. */
static bool wait_for_checker(pid_t checker, int hold, unsigned int seconds, int *status)
{
	long long deadline = now_ms() + (long long)seconds * 1000;
	bool held = false;

	for (;;) {
		long long left = deadline - now_ms();

		if (reap(checker, status))
			return true;
		if (held) {
			wait_for_child(3600000);
			continue;
		}
		if (left > 0) {
			wait_for_child(left);
			continue;
		}
		/* The byte matters only now: before, there is time left anyway. */
		held = person_is_asked(hold);
		if (!held)
			return false;
	}
}

/*
 * Ends the checker and all that it started: nothing may compete with init for the console. As
 * process 1 this means everything; its menu's shell has a process group of its own.
 */
static bool kill_checker(pid_t checker, int *status)
{
	kill(-checker, SIGKILL);
	kill(checker, SIGKILL);
	if (getpid() == 1)
		kill(-1, SIGKILL);
	return wait_for_checker(checker, -1, KILL_WAIT, status);
}

/* True when it decided; else it is ended, and that is said. */
static bool judge(pid_t checker, bool ended, int status, unsigned int seconds)
{
	char number[NUMBER_BYTES];

	if (ended && WIFEXITED(status) && !WEXITSTATUS(status))
		return true;
	/* It may have turned kernel messages off on the console, and this is one. */
	klogctl(LOG_CONSOLE_ON, NULL, 0);
	if (!ended)
		say(SAY_CRITICAL, "the checker did not decide within ",
		    number_text((long)seconds, number), " s and was ended; this boot is unchecked");
	else if (WIFSIGNALED(status))
		say(SAY_CRITICAL, "the checker crashed, signal ",
		    number_text(WTERMSIG(status), number), "; this boot is unchecked");
	else
		say(SAY_CRITICAL, "the checker failed, exit status ",
		    number_text(WEXITSTATUS(status), number), "; this boot is unchecked");
	if (!kill_checker(checker, &status) && !ended)
		say(SAY_CRITICAL, "the checker cannot be ended and was left behind", NULL, NULL);
	terminals_restore();
	return false;
}

bool checker_run(const struct stub_config *config, char **envp, int no_init)
{
	int ends[2] = { -1, -1 };
	sigset_t child, before;
	bool ended, decided = false;
	int status = 0;
	pid_t pid;

	/* Not blocking: it is looked into when time is up. */
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK)) {
		say(SAY_CRITICAL, "no pipe to the checker; this boot is unchecked", NULL, NULL);
		goto out;
	}
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	pid = _Fork(); /* nothing here needs the handlers that fork() would run */
	if (!pid)
		become_checker(ends[1], envp, no_init);
	if (pid < 0) {
		say(SAY_CRITICAL, "no process for the checker; this boot is unchecked", NULL, NULL);
	} else {
		setpgid(pid, pid);
		ended = wait_for_checker(pid, ends[0], config->wait, &status);
		decided = judge(pid, ended, status, config->wait);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
out:
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
	}
	return decided;
}
