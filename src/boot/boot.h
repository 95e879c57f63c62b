/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_BOOT_H
#define BV_BOOT_BOOT_H

/* How the stub calls the checker (src/stub/checker.c). */
struct boot_options {
	int hold_fd; /* a byte 'h' written here: a person is being asked; -1: nobody waits */
	int no_init; /* errno with which the original init could not be executed; 0: not tried yet */
};

/*
 * Verifies what was unpacked and does about it what the policy says. Returns 0 when the boot is
 * to go on, 2 when the check could not run. With no_init it returns only when it could not run.
 */
int boot_run(const struct boot_options *options);

#endif
