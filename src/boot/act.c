// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/act.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "console/keyboard.h"
#include "console/menu.h"
#include "console/screen.h"
#include "console/shell.h"
#include "system/kernel_log.h"
#include "system/mounts.h"
#include "system/system.h"

/* At most 5 lines; the sixth tells the outcome. */
static void log_findings(const struct act *a)
{
	const struct report *r = a->report;
	size_t told = 0;

	kernel_log_write(LOG_LEVEL_ERROR, "VERDICT: %s", report_headline(r));
	for (size_t i = 0; i < r->finding_count && told < 3; i++, told++)
		kernel_log_write(LOG_LEVEL_ERROR, "%s: %s", r->findings[i].target,
				 r->findings[i].summary);
	kernel_log_write(LOG_LEVEL_ERROR, "all of it is in %s", a->files);
}

static _Noreturn void wait_forever(void)
{
	for (;;)
		system_sleep_ms(60000);
}

static _Noreturn void do_panic(const struct rescue *r)
{
	if (r->panic == PANIC_REBOOT) {
		system_sleep_ms(r->panic_ms);
		kernel_log_write(LOG_LEVEL_CRITICAL, "rebooting (%s)", r->why);
		system_reboot();
	} else if (r->panic == PANIC_POWER_OFF) {
		kernel_log_write(LOG_LEVEL_CRITICAL, "powering off (%s)", r->why);
		system_power_off();
	} else {
		kernel_log_write(LOG_LEVEL_CRITICAL, "halting (%s)", r->why);
		system_halt();
	}
	wait_forever();
}

static void show_and_panic(const struct act *a)
{
	const struct rescue *r = &a->request->rescue;
	char note[SCREEN_COLUMNS + 1];

	if (r->panic == PANIC_REBOOT && r->panic_ms)
		snprintf(note, sizeof(note), "Rebooting in %u s (%s).", (r->panic_ms + 999) / 1000,
			 r->why);
	else
		snprintf(note, sizeof(note), "%s (%s).",
			 r->panic == PANIC_REBOOT      ? "Rebooting now"
			 : r->panic == PANIC_POWER_OFF ? "Powering off"
						       : "Halting",
			 r->why);
	request_hold(a->request);
	menu_show_only(a->report, note);
	do_panic(r);
}

static void ask(const struct act *a, bool for_a_while)
{
	const struct rescue *rescue = &a->request->rescue;
	struct menu menu = {
		.report = a->report,
		.can_go_on = a->can_go_on,
		.go_on = a->go_on,
		.shell = rescue->shell ? shell_find(a->manifest, a->root) : NULL,
		.where = rescue->where,
		.terminal = rescue->terminal,
		.timeout = for_a_while ? a->request->config.timeout : 0,
	};

	enum menu_choice choice;
	pid_t drivers = 0;

	request_hold(a->request);
	mounts_for_shell();
	if (a->manifest && a->drivers_of)
		drivers = keyboard_start(a->manifest, a->root, a->drivers_of);
	choice = menu_run(&menu);
	if (drivers) {
		kill(drivers, SIGKILL);
		waitpid(drivers, NULL, WNOHANG); /* inside a driver it may not end now */
	}
	switch (choice) {
	case MENU_CONTINUE:
		kernel_log_write(LOG_LEVEL_ERROR, "going on: a person chose to");
		break;
	case MENU_TIME_OVER:
		kernel_log_write(LOG_LEVEL_ERROR, "going on: nobody answered within %u s",
				 a->request->config.timeout);
		break;
	case MENU_REBOOT:
		kernel_log_write(LOG_LEVEL_ERROR, "rebooting: a person chose to");
		system_reboot();
		wait_forever();
	}
}

/* Halting for what may still work would keep a machine that nobody watches from booting. */
static enum decision decide(const struct act *a)
{
	const struct request *q = a->request;

	if (a->can_go_on && !a->cannot_work && q->rescue.panic != PANIC_NONE)
		return DECIDE_SHOW_AND_GO;
	return policy_decide(q->policy, q->rescue.panic, true, a->can_go_on);
}

void act_on_damage(const struct act *a)
{
	enum decision decision = decide(a);

	/* Messages would be written across the screen. */
	kernel_log_console(0);
	log_findings(a);
	/* For the list of consoles. */
	mounts_proc();
	switch (decision) {
	case DECIDE_PANIC:
		show_and_panic(a);
		break;
	case DECIDE_MENU:
	case DECIDE_MENU_FOR_A_WHILE:
		ask(a, decision == DECIDE_MENU_FOR_A_WHILE);
		break;
	case DECIDE_SHOW_AND_GO:
		menu_show_only(a->report,
			       "Going on, as the kernel command line or the configuration says.");
		kernel_log_write(LOG_LEVEL_ERROR, "going on: the policy is to %s",
				 policy_name(a->request->policy));
		break;
	case DECIDE_GO:
		break;
	}
	kernel_log_console(1);
}
