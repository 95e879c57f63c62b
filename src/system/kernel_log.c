// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/kernel_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/sysmacros.h>

#include "system/system.h"
#include "util/text.h"
#include "util/util.h"

/* Actions of klogctl(), which has no names for them (Linux, include/linux/syslog.h). */
#define ACTION_READ_ALL	   3
#define ACTION_CONSOLE_OFF 6
#define ACTION_CONSOLE_ON  7
#define ACTION_SIZE	   10

#define LOG_BYTES_MAX (4 << 20)

size_t kernel_log_format(char record[KERNEL_LOG_RECORD_MAX], enum log_level level,
			 const char *format, va_list args)
{
	size_t used =
		(size_t)snprintf(record, KERNEL_LOG_RECORD_MAX, "<%d>bootverdict: ", (int)level);

	vsnprintf(record + used, KERNEL_LOG_RECORD_MAX - used - 1, format, args);
	text_printable(record + used, TEXT_UTF8);
	/* Without its newline a record would stay unfinished until the kernel writes the next. */
	used = strlen(record);
	record[used] = '\n';
	return used + 1;
}

void kernel_log_write(enum log_level level, const char *format, ...)
{
	cleanup(close_fd) int fd = system_open_device(makedev(1, 11), O_WRONLY); /* /dev/kmsg */
	char record[KERNEL_LOG_RECORD_MAX];
	va_list args;
	size_t size;
	ssize_t n;

	if (fd < 0)
		return;
	va_start(args, format);
	size = kernel_log_format(record, level, format, args);
	va_end(args);
	n = write(fd, record, size);
	(void)n;
}

void kernel_log_console(int on)
{
	klogctl(on ? ACTION_CONSOLE_ON : ACTION_CONSOLE_OFF, NULL, 0);
}

/* "<3>[    0.412] text" without what stands before the text; len is adjusted. */
static const char *skip_prefix(const char *line, size_t *len)
{
	const char *end = line + *len;
	const char *p = line;
	const char *close;

	if (*len && *p == '<') {
		close = memchr(p, '>', (size_t)(end - p));
		if (close)
			p = close + 1;
	}
	if (p < end && *p == '[') {
		close = memchr(p, ']', (size_t)(end - p));
		if (close)
			p = close + 1;
	}
	while (p < end && *p == ' ')
		p++;
	*len = (size_t)(end - p);
	return p;
}

/*
 * Linux, init/initramfs.c, do_populate_rootfs(): the first with CONFIG_BLK_DEV_RAM not built in,
 * the second otherwise.
 */
static bool is_unpack_message(const char *text, size_t len)
{
	static const char *const starts[] = {
		"Initramfs unpacking failed: ",
		"rootfs image is not initramfs (",
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		size_t n = strlen(starts[i]);

		if (len > n && !memcmp(text, starts[i], n))
			return true;
	}
	return false;
}

char *kernel_log_find_unpack_message(const char *log)
{
	while (*log) {
		size_t len = strcspn(log, "\n");
		size_t rest = len;
		const char *text = skip_prefix(log, &rest);

		if (is_unpack_message(text, rest))
			return text_format("%.*s", (int)(rest < 200 ? rest : 200), text);
		log += len;
		log += *log != '\0';
	}
	return NULL;
}

char *kernel_log_unpack_message(void)
{
	int size = klogctl(ACTION_SIZE, NULL, 0);
	cleanup(free_ptr) char *log = NULL;
	int n;

	if (size <= 0)
		return NULL;
	if (size > LOG_BYTES_MAX)
		size = LOG_BYTES_MAX;
	log = malloc((size_t)size + 1);
	if (!log)
		return NULL;
	n = klogctl(ACTION_READ_ALL, log, size);
	if (n < 0)
		return NULL;
	log[n] = '\0';
	return kernel_log_find_unpack_message(log);
}
