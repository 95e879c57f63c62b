// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "image/unpacked.h"
#include "system/paths.h"
#include "system/system.h"
#include "util/util.h"

#define SETTINGS BOOT_RUN "/shell-settings"
#define VT_MAJOR 4 /* with minors below 64: the virtual terminals (Linux, devices.txt) */

const char *shell_find(const struct manifest *m, int root)
{
	static const char *const paths[] = {
		BOOT_BUSYBOX, "/usr/bin/busybox", "/bin/busybox", "/usr/bin/sh", "/bin/sh",
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (m ? content_as_sealed(m, root, paths[i] + 1) : !i && !access(paths[i], X_OK))
			return paths[i];
	}
	return NULL;
}

/* Process 1 is the stub, which does not listen to a plain "reboot". */
static void write_settings(void)
{
	FILE *out = fopen(SETTINGS, "we");

	if (!out)
		return;
	fputs("alias reboot='reboot -f' poweroff='poweroff -f' halt='halt -f'\n", out);
	fclose(out);
}

static _Noreturn void become_shell(const char *program, const struct console *c)
{
	bool vt = major(c->id.device) == VT_MAJOR && minor(c->id.device) < 64;
	const char *argv[] = { "sh", "-i", NULL };
	const char *envp[] = {
		"PATH=" BOOT_GUARD ":/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/",
		"PS1=bootverdict# ",
		"ENV=" SETTINGS,
		vt ? "TERM=linux" : "TERM=vt102",
		NULL,
	};
	int fd;

	setsid();
	fd = system_open_device(c->id.device, O_RDWR | O_NOCTTY);
	if (fd < 0)
		_exit(126);
	tcsetattr(fd, TCSANOW, &c->saved);
	ioctl(fd, TIOCSCTTY, 1);
	for (int i = 0; i <= 2; i++)
		dup2(fd, i);
	execve(program, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)envp);
	_exit(127);
}

pid_t shell_start(const char *program, struct console *c)
{
	pid_t pid;

	write_settings();
	console_write(c, "\nThis shell runs in memory. Try: bootverdict check, dmesg, blkid.\n"
			 "'exit' returns to the menu, 'reboot' restarts the machine.\n\n");
	pid = fork();
	if (!pid)
		become_shell(program, c);
	if (pid < 0)
		return -errno;
	c->lent = true;
	return pid;
}
