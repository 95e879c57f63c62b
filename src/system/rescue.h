/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_RESCUE_H
#define BV_SYSTEM_RESCUE_H

#include <stdbool.h>

#include "system/image_files.h"

/* What becomes of a boot that cannot go on. */
enum on_panic {
	PANIC_NONE, /* a person may be asked */
	PANIC_HALT,
	PANIC_REBOOT,
	PANIC_POWER_OFF,
};

/*
 * Which consoles are asked: they alone are read from, and have the menu. All of them have the text.
 */
enum consoles_asked {
	CONSOLES_NONE,
	CONSOLES_FIRST, /* the first of the list, which /dev/console is (Linux, console_device()) */
	CONSOLES_ALL,
	CONSOLES_NAMED, /* one by its name */
};

/*
 * What the distribution's own init would do about a boot that cannot go on, by its own rules: nobody
 * gets a shell from bootverdict whom that init would not have given one. There is one table per
 * builder of images in rescue.c. Facts: initramfs-tools 0.142 and 0.148 (init; panic() in
 * scripts/functions), dracut 059, 106 and 111 (dracut-emergency.sh, dracut-lib.sh), util-linux 2.41
 * (sulogin.c).
 *
 * The rules that an image brings along (panic= in initramfs-tools' conf.d, dracut's /etc/cmdline.d, a
 * password for root) are read twice. Sealing writes them into the guard's config, because the image
 * that is to be explained may have lost the files that say them. The boot reads the files that are
 * there as well, because a second initrd may have brought others, which the init would heed. The
 * stricter answer counts:
 *
 *   - No rule in the guard's config, or one that is damaged: a menu, no shell.
 *   - Files that are lost or damaged in this boot take nothing from what was sealed. They add to it
 *     what they still say; one that may say something, but is not understood, denies the shell.
 *   - A builder that is not in the table: a menu, no shell; panic= is heeded.
 */
struct rescue {
	bool shell;		   /* a person may have one, without a password */
	enum consoles_asked where; /* who is asked at all */
	char terminal[32];	   /* CONSOLES_NAMED */
	enum on_panic panic;	   /* PANIC_NONE: somebody may be asked; else there is no menu */
	unsigned int panic_ms;	   /* PANIC_REBOOT: after so long */
	char why[50];		   /* PANIC_*: what says so */
};

/* Bytes of a line of rules, its closing NUL included. */
#define RESCUE_RULES_MAX 400

/*
 * The rules that these files make, as one line "BUILDER WORD...", without a newline; the caller frees
 * it. A word " unclear=PATH" in it: that file may deny the shell, but is not understood.
 */
char *rescue_rules(const struct image_files *files);

/*
 * sealed: the rules that the guard carries, or NULL; now: those of the files that are there, or NULL.
 */
void rescue_decide(struct rescue *r, const char *sealed, const char *now, const char *command_line);

/*
 * The same by the variable "panic" of initramfs-tools' init, which it exports to its scripts: its own
 * conclusion from all of that.
 */
void rescue_decide_by_variable(struct rescue *r, const char *panic);

#endif
