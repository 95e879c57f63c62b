/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_OPTIONS_H
#define BV_BOOT_OPTIONS_H

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

#endif
