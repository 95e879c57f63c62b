// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/chroot.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "storage/replace.h"

/* The inode of the first PID namespace (Linux, include/linux/proc_ns.h, PROC_PID_INIT_INO). */
#define FIRST_PID_NAMESPACE 0xeffffffcu

static bool stat_below(const char *folder, const char *name, struct stat *st)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	return n > 0 && (size_t)n < sizeof(path) && stat(path, st) == 0;
}

bool in_chroot_by(const char *proc)
{
	struct stat own, first, namespace;

	/* In a container process 1 is not the machine's. */
	if (!stat_below(proc, "self/ns/pid", &namespace) || namespace.st_ino != FIRST_PID_NAMESPACE)
		return true;
	if (stat("/", &own) < 0 || !stat_below(proc, "1/root", &first))
		return true;
	return own.st_dev != first.st_dev || own.st_ino != first.st_ino;
}

bool in_chroot(void)
{
	return in_chroot_by("/proc");
}
