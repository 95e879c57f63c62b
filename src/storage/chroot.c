/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/stat.h>

#include "storage/replace.h"

/* The inode of the first PID namespace (Linux, include/linux/proc_ns.h, PROC_PID_INIT_INO). */
#define FIRST_PID_NAMESPACE 0xeffffffcu

bool in_chroot(void)
{
	struct stat own, first, namespace;

	/* In a container process 1 is not the machine's. */
	if (stat("/proc/self/ns/pid", &namespace) < 0 || namespace.st_ino != FIRST_PID_NAMESPACE)
		return true;
	if (stat("/", &own) < 0 || stat("/proc/1/root", &first) < 0)
		return true;
	return own.st_dev != first.st_dev || own.st_ino != first.st_ino;
}
