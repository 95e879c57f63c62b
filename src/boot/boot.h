/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_BOOT_H
#define BV_BOOT_BOOT_H

/* When in a boot. */
enum boot_stage {
	BOOT_CONTENT,	    /* before the original init: what was unpacked */
	BOOT_BEFORE_UNLOCK, /* before the passphrase prompt: LUKS headers (scripts/local-top) */
	BOOT_AFTER_REFUSAL, /* before it is asked for once more (scripts/local-block) */
	BOOT_AFTER_FAILURE, /* before the rescue shell: the chain to the root (scripts/panic) */
};

/* How the stub (src/stub/checker.c) and the scripts in initramfs-tools/ call the checker. */
struct boot_options {
	enum boot_stage stage;
	int hold_fd; /* a byte 'h' written here: a person is being asked; -1: nobody waits */
	int no_init; /* errno with which the original init could not be executed; 0: not tried yet */
};

/*
 * Verifies what belongs to the stage and does about it what the policy says. Returns 0 when the
 * boot is to go on, 2 when the check could not run. With no_init it returns only when it could not
 * run. The later stages end by themselves when they take longer than CHECK_TIMEOUT.
 */
int boot_run(const struct boot_options *options);

#endif
