/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CONSOLE_MENU_H
#define BV_CONSOLE_MENU_H

#include <stdbool.h>

#include "console/consoles.h"
#include "report/report.h"

enum menu_choice {
	MENU_CONTINUE, /* a person chose to go on */
	MENU_REBOOT,
	MENU_TIME_OVER, /* nobody pressed a key within the time */
};

struct menu {
	const struct report *report;
	bool can_go_on;		   /* offer to continue */
	const char *go_on;	   /* what that is, in words; NULL: "continue anyway" */
	const char *shell;	   /* program, or NULL: no shell is offered */
	unsigned int timeout;	   /* seconds until MENU_TIME_OVER; 0: wait without end */
	enum consoles_asked where; /* which consoles have the menu */
	const char *terminal;	   /* CONSOLES_NAMED */
};

/*
 * Shows the report on every console and answers keys from those that have the menu until a choice is
 * made.
 */
enum menu_choice menu_run(const struct menu *m);

/* Shows the report alone, where nobody may be asked. note: a last line, or NULL. */
void menu_show_only(const struct report *r, const char *note);

/* The last line: what can be chosen. buf has at least SCREEN_COLUMNS + 1 bytes. */
const char *menu_line(const struct menu *m, const char *details, char *buf);

#endif
