// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "system/paths.h"
#include "util/file.h"
#include "util/util.h"

#define MEMINFO_MAX 8192u

uint64_t system_now_ms(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000u + (uint64_t)t.tv_nsec / 1000000u;
}

void system_sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

char *system_read_text(const char *path, size_t max)
{
	char *text;

	return file_read(path, max, &text) < 0 ? NULL : text;
}

uint64_t system_available_kib(void)
{
	cleanup(free_ptr) char *text = system_read_text("/proc/meminfo", MEMINFO_MAX);
	const char *p = text ? strstr(text, "MemAvailable:") : NULL;

	return p ? strtoull(p + strlen("MemAvailable:"), NULL, 10) : 0;
}

int system_open_device(dev_t device, int flags)
{
	int fd;

	mkdir(BOOT_RUN, 0755);
	unlink(BOOT_RUN "/node");
	if (mknod(BOOT_RUN "/node", S_IFCHR | 0600, device))
		return -errno;
	fd = open(BOOT_RUN "/node", flags | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	unlink(BOOT_RUN "/node");
	return fd;
}

void system_secure_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		int null;

		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		null = system_open_device(makedev(1, 3), O_RDWR); /* /dev/null */
		if (null >= 0 && null != fd) {
			dup2(null, fd);
			close(null);
		}
	}
}

void system_reboot(void)
{
	sync();
	reboot(RB_AUTOBOOT);
}

void system_halt(void)
{
	sync();
	reboot((int)RB_HALT_SYSTEM);
}

void system_power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
}
