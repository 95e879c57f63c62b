/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_POLICY_H
#define BV_BOOT_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "system/rescue.h"

/* What the administrator wants done about a damaged boot. */
enum policy {
	POLICY_NONE,	 /* nothing said */
	POLICY_STOP,	 /* wait for a person; the default */
	POLICY_ASK,	 /* the same for a time, then go on if possible */
	POLICY_CONTINUE, /* report, and go on if possible */
	POLICY_OFF,	 /* verify nothing */
};

/* What the boot is told to do. */
enum decision {
	DECIDE_GO,		 /* go on in silence or with one line */
	DECIDE_SHOW_AND_GO,	 /* show the report, go on */
	DECIDE_MENU,		 /* show the report and a menu, wait without end */
	DECIDE_MENU_FOR_A_WHILE, /* the same with a countdown, then go on */
	DECIDE_PANIC,		 /* show the report; then halt, reboot or power off */
};

/* "stop", "ask", "continue" or "off"; POLICY_NONE for any other text. len bytes of text. */
enum policy policy_from_text(const char *text, size_t len);
const char *policy_name(enum policy policy);

/*
 * bad: what this boot is about to run is damaged, or its init cannot be started. can_go_on: the
 * original init is there as sealed. Nobody gets a menu unless panic is PANIC_NONE.
 */
enum decision policy_decide(enum policy policy, enum on_panic panic, bool bad, bool can_go_on);

#endif
