// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "stub.h"

#define LINE_BYTES 256

int open_device(const char *path, const char *own, unsigned int major, unsigned int minor,
		int flags)
{
	int fd = open(path, flags | O_APPEND | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	unlink(own);
	if (mknod(own, S_IFCHR | 0600, makedev(major, minor)))
		return -1;
	fd = open(own, flags | O_NOCTTY | O_CLOEXEC);
	unlink(own);
	return fd;
}

static void write_all(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		p += n;
		len -= (size_t)n;
	}
}

void say_on_console(const char *text)
{
	int fd = open_device(STUB_ROOT "/dev/console", STUB_ROOT "/.bootverdict-console", 5, 1,
			     O_WRONLY);

	write_all(fd >= 0 ? fd : 2, text, strlen(text));
	if (fd >= 0)
		close(fd);
}

static size_t append(char *line, size_t used, const char *text)
{
	while (*text && used < LINE_BYTES - 2)
		line[used++] = *text++;
	return used;
}

void say(char level, const char *a, const char *b, const char *c)
{
	/* The kernel takes one write as one record: "<level>text\n". */
	char line[LINE_BYTES] = { '<', level, '>' };
	size_t used = append(line, 3, "bootverdict: ");
	ssize_t n = -1;
	int fd;

	used = append(line, used, a);
	if (b)
		used = append(line, used, b);
	if (c)
		used = append(line, used, c);
	line[used++] = '\n';
	line[used] = 0;

	fd = open_device(STUB_ROOT "/dev/kmsg", STUB_ROOT "/.bootverdict-kmsg", 1, 11, O_WRONLY);
	if (fd >= 0) {
		n = write(fd, line, used);
		close(fd);
	}
	if (n < 0 && level < SAY_DEBUG)
		say_on_console(line + 3);
}

const char *number_text(long number, char buf[NUMBER_BYTES])
{
	char *p = buf + NUMBER_BYTES - 1;
	unsigned long n = number < 0 ? -(unsigned long)number : (unsigned long)number;

	*p = 0;
	do {
		*--p = (char)('0' + n % 10);
	} while (n /= 10);
	if (number < 0)
		*--p = '-';
	return p;
}
