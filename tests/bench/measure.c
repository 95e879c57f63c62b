// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * measure ROOT COMMAND [ARGUMENT]...
 *
 * Runs a command, below another root when ROOT is not empty, and writes one line to descriptor 3:
 * wall-clock, user and system time in microseconds, peak memory in KiB, exit status.
 *
 * A program of its own because the kernel counts the memory of the process that forked as the
 * child's until it executes something: a script's interpreter would hide what is smaller than it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static long long time_us(struct timeval t)
{
	return t.tv_sec * 1000000ll + t.tv_usec;
}

static _Noreturn void run(const char *root, char **command)
{
	close(3);
	if (*root && (chroot(root) || chdir("/")))
		perror(root);
	else if (execvp(command[0], command))
		perror(command[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	long long start = now_us();
	struct rusage used;
	pid_t child;
	int status;

	if (argc < 3)
		return 2;
	child = fork();
	if (child == 0)
		run(argv[1], argv + 2);
	if (child < 0 || wait4(child, &status, 0, &used) != child)
		return 2;
	dprintf(3, "%lld %lld %lld %ld %d\n", now_us() - start, time_us(used.ru_utime),
		time_us(used.ru_stime), used.ru_maxrss,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
