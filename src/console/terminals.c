// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/terminals.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "system/paths.h"
#include "system/system.h"
#include "util/util.h"

#define TERMINALS BOOT_RUN "/terminals"

/* The stub, which is compiled on its own, reads the same. */
struct record {
	uint32_t major, minor;
	unsigned char settings[56]; /* what TCGETS gave: the kernel's struct termios, no libc's */
};

void terminals_remember(dev_t device, int fd)
{
	struct record r = { .major = major(device), .minor = minor(device) };
	cleanup(close_fd) int out = -1;
	ssize_t n = 0;

	if (ioctl(fd, TCGETS, r.settings))
		return;
	mkdir(BOOT_RUN, 0755);
	out = open(TERMINALS, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (out >= 0)
		n = write(out, &r, sizeof(r));
	(void)n; /* one that is cut short is not used */
}

void terminals_forget(void)
{
	unlink(TERMINALS);
}

void terminals_restore(void)
{
	cleanup(close_fd) int in = open(TERMINALS, O_RDONLY | O_CLOEXEC);
	struct record r;

	while (in >= 0 && read(in, &r, sizeof(r)) == (ssize_t)sizeof(r)) {
		cleanup(close_fd) int fd = system_open_device(makedev(r.major, r.minor),
							      O_RDWR | O_NOCTTY | O_NONBLOCK);

		if (fd >= 0)
			ioctl(fd, TCSETS, r.settings);
	}
	terminals_forget();
}
