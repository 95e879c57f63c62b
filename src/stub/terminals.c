// SPDX-License-Identifier: GPL-2.0-or-later
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stub.h"

/* One terminal, as src/console/terminals.c writes it. */
struct record {
	uint32_t major, minor;
	unsigned char settings[56]; /* what TCGETS gave: the kernel's struct termios */
};

static void restore(const struct record *r)
{
	/* A serial line may have nobody at its other end to wait for. */
	int fd = open_device(STUB_ROOT "/dev/terminal", STUB_ROOT "/.bootverdict-terminal",
			     r->major, r->minor, O_RDWR | O_NONBLOCK);

	if (fd < 0)
		return;
	ioctl(fd, TCSETS, r->settings);
	close(fd);
}

void terminals_restore(void)
{
	struct record records[8];
	long bytes = read_start(STUB_TERMINALS, (char *)records, sizeof(records));

	for (long i = 0; bytes >= (i + 1) * (long)sizeof(*records); i++)
		restore(&records[i]);
	unlink(STUB_TERMINALS);
}
