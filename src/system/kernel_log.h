/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_KERNEL_LOG_H
#define BV_SYSTEM_KERNEL_LOG_H

#include <stdarg.h>
#include <stddef.h>

/* Levels (Linux, include/linux/kern_levels.h). */
enum log_level {
	LOG_LEVEL_CRITICAL = 2,
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_NOTICE = 5, /* not on the console of a quiet boot */
	LOG_LEVEL_DEBUG = 7,
};

/* Writes "bootverdict: ..." as one record: one line of printable text, cut at 900 bytes. */
void kernel_log_write(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What is written then. Returns its bytes, the newline included. */
#define KERNEL_LOG_RECORD_MAX 900
size_t kernel_log_format(char record[KERNEL_LOG_RECORD_MAX], enum log_level level,
			 const char *format, va_list args) __attribute__((format(printf, 3, 0)));

/* Keeps kernel messages off the consoles while a screen is on them, and lets them on again. */
void kernel_log_console(int on);

/*
 * The kernel's message that it could not unpack the initrd, without level and time, owned by the
 * caller; NULL: it did not say so.
 */
char *kernel_log_unpack_message(void);

/* The same in a given log, as klogctl(SYSLOG_ACTION_READ_ALL) gives it. */
char *kernel_log_find_unpack_message(const char *log);

#endif
