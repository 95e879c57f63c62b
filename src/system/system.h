/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_SYSTEM_H
#define BV_SYSTEM_SYSTEM_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Small services of the operating system that several parts of the boot need. */

/* Milliseconds on a clock that never goes back. */
uint64_t system_now_ms(void);
void system_sleep_ms(unsigned int ms);

/* The start of a text file, at most max bytes, closed with a NUL; the caller frees it. NULL: no. */
char *system_read_text(const char *path, size_t max);

/* What the kernel says could be had without swapping, KiB (proc(5), meminfo); 0: it does not. */
uint64_t system_available_kib(void);

/*
 * Opens a character device by its number, through a node of our own that is gone afterwards:
 * nothing is mounted on /dev when a boot begins. -errno.
 */
int system_open_device(dev_t device, int flags);

/* Descriptors 0 to 2 must exist: without a console the kernel leaves them closed. */
void system_secure_descriptors(void);

/* These do not return as long as the kernel obeys. */
void system_reboot(void);
void system_halt(void);
void system_power_off(void);

#endif
