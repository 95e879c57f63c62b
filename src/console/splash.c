// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/splash.h"

#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/system.h"
#include "util/util.h"

#define WAIT_MS 3000
#define POLL_MS 20

void splash_end(void)
{
	static const char *const paths[] = { "/usr/bin/plymouth", "/bin/plymouth" };
	const char *argv[] = { "plymouth", "quit", NULL };
	uint64_t end = system_now_ms() + WAIT_MS;
	const char *path = NULL;
	pid_t pid;

	for (size_t i = 0; i < ARRAY_SIZE(paths) && !path; i++)
		path = access(paths[i], X_OK) ? NULL : paths[i];
	if (!path)
		return;
	pid = fork();
	if (!pid) {
		execv(path, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0)
		return;
	while (waitpid(pid, NULL, WNOHANG) != pid) {
		if (system_now_ms() >= end) {
			kill(pid, SIGKILL);
			return;
		}
		system_sleep_ms(POLL_MS);
	}
}
