/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_BOUNDED_H
#define BV_BOOT_BOUNDED_H

/*
 * Work in a process of its own whose time is bounded, as the stub bounds the first check: a
 * device that does not answer must not hold up a boot.
 */
enum bounded {
	BOUNDED_CHILD, /* this is that process; it ends with _exit() */
	BOUNDED_DONE,  /* it has ended with status 0 */
	BOUNDED_FAILED, /* it failed, crashed, or was ended because time was up: one line was logged */
};

/*
 * Returns twice: in the new process, and in the caller once that has ended, at the latest after so
 * many seconds and two more. In the new process *hold_fd is where a byte 'h' lifts the bound.
 */
enum bounded bounded_start(unsigned int seconds, int *hold_fd);

#endif
