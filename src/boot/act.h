/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_ACT_H
#define BV_BOOT_ACT_H

#include <stdbool.h>

#include "boot/request.h"
#include "manifest/manifest.h"
#include "report/report.h"

/* Damage that this boot meets, and what may be done about it. */
struct act {
	const struct request *request;
	const struct report *report; /* what is shown */
	const char *files;	     /* where all of it can be read, for the kernel log */
	bool can_go_on;
	bool cannot_work;  /* going on cannot end well: halt or reboot where nobody may be asked */
	const char *go_on; /* what [c] does, in words; NULL: "continue anyway" */
	const struct manifest *manifest; /* for the choice of a shell; NULL: none is usable */
	int root;			 /* the folder that it describes, open */
	const char *drivers_of; /* kernel release: load the keyboard's drivers; NULL: init has */
};

/*
 * Shows the report on every console and does what policy and rescue say. Returns when the boot is
 * to go on.
 */
void act_on_damage(const struct act *a);

#endif
