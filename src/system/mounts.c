// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/mounts.h"

#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define QUIET_FLAGS (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static bool proc_is_ours;

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

/* Once the original init runs it has mounted them, and more on them. */
static bool is_mounted(const char *folder)
{
	struct stat root, own;

	return !stat("/", &root) && !stat(folder, &own) && root.st_dev != own.st_dev;
}

int mounts_proc(void)
{
	int rc;

	if (is_mounted("/proc"))
		return 0;
	rc = mount_on("proc", "/proc", QUIET_FLAGS);
	proc_is_ours = !rc;
	return rc;
}

void mounts_proc_off(void)
{
	if (proc_is_ours)
		umount2("/proc", MNT_DETACH);
	proc_is_ours = false;
}

void mounts_for_shell(void)
{
	if (!is_mounted("/sys"))
		mount_on("sysfs", "/sys", QUIET_FLAGS);
	if (!is_mounted("/dev"))
		mount_on("devtmpfs", "/dev", MS_NOSUID);
}
