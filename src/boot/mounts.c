/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/mounts.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define QUIET_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

int mounts_make_private(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	return 0;
}

static int mount_on(const char *type, const char *folder, unsigned long flags)
{
	mkdir(folder, 0755);
	return mount(type, folder, type, flags, NULL) ? -errno : 0;
}

int mounts_proc(void)
{
	return mount_on("proc", "/proc", QUIET_FLAGS);
}

void mounts_proc_off(void)
{
	umount2("/proc", MNT_DETACH);
}

void mounts_for_shell(void)
{
	mount_on("sysfs", "/sys", QUIET_FLAGS);
	mount_on("devtmpfs", "/dev", MS_NOSUID);
}
