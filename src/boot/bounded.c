// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/bounded.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "console/terminals.h"
#include "system/kernel_log.h"
#include "system/system.h"

#define HOLD_BYTE    'h'
#define KILL_WAIT_MS 2000
#define POLL_MS	     20

static enum bounded unchecked(const char *why)
{
	kernel_log_write(LOG_LEVEL_CRITICAL, "the LUKS check %s; this boot goes on without it",
			 why);
	return BOUNDED_FAILED;
}

/* True: a person is being asked. False: the other end was closed, or nothing came in time. */
static bool wait_for_hold(int fd, unsigned int ms)
{
	uint64_t end = system_now_ms() + ms;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		uint64_t now = system_now_ms();
		char byte = 0;

		if (now >= end)
			return false;
		if (poll(&p, 1, (int)(end - now)) <= 0)
			continue;
		return read(fd, &byte, 1) == 1 && byte == HOLD_BYTE;
	}
}

/* Also a killed process may stay, inside a driver. */
static bool has_ended(pid_t pid, unsigned int ms, int *status)
{
	uint64_t end = system_now_ms() + ms;
	unsigned int pause = 1;

	/* A healthy one ends a moment after its end of the pipe was closed. */
	for (;;) {
		if (waitpid(pid, status, WNOHANG) == pid)
			return true;
		if (system_now_ms() >= end)
			return false;
		system_sleep_ms(pause);
		pause = pause < POLL_MS ? 2 * pause : POLL_MS;
	}
}

/* Its end of the pipe is closed when it has ended, so only one that hangs has used up its time. */
static bool ended_in_time(pid_t pid, int fd, unsigned int seconds, int *status)
{
	uint64_t start = system_now_ms();

	if (wait_for_hold(fd, seconds * 1000u)) {
		while (waitpid(pid, status, 0) < 0 && errno == EINTR)
			;
		return true;
	}
	return has_ended(pid, system_now_ms() - start < seconds * 1000u ? KILL_WAIT_MS : 0, status);
}

static enum bounded wait_for(pid_t pid, int fd, unsigned int seconds)
{
	int status = 0;
	bool in_time = ended_in_time(pid, fd, seconds, &status);

	if (in_time && WIFEXITED(status) && !WEXITSTATUS(status))
		return BOUNDED_DONE;
	/* It may have turned kernel messages off on the console. */
	kernel_log_console(1);
	if (in_time) {
		terminals_restore();
		return unchecked(WIFSIGNALED(status) ? "crashed" : "failed");
	}
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	has_ended(pid, KILL_WAIT_MS, &status);
	terminals_restore();
	return unchecked("took too long and was ended");
}

enum bounded bounded_start(unsigned int seconds, int *hold_fd)
{
	int ends[2];
	enum bounded result;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return unchecked("has no pipe");
	pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		return unchecked("has no process");
	}
	if (!pid) {
		setpgid(0, 0);
		close(ends[0]);
		*hold_fd = ends[1];
		return BOUNDED_CHILD;
	}
	setpgid(pid, pid);
	close(ends[1]);
	result = wait_for(pid, ends[0], seconds);
	close(ends[0]);
	return result;
}
