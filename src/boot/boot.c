/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "boot/config.h"
#include "boot/facts.h"
#include "boot/kernel_log.h"
#include "boot/keyboard.h"
#include "boot/menu.h"
#include "boot/mounts.h"
#include "boot/parameters.h"
#include "boot/paths.h"
#include "boot/report_files.h"
#include "boot/screen.h"
#include "boot/shell.h"
#include "boot/system.h"
#include "util/message.h"
#include "util/util.h"

#define COMMAND_LINE_MAX 16384

/* What was asked for, from all places. */
struct request {
	const struct boot_options *options;
	enum policy policy;
	struct parameters parameters;
	struct boot_config config;
};

static void read_request(struct request *q, const struct boot_options *options)
{
	cleanup(free_ptr) char *line = NULL;

	q->options = options;
	boot_config_read(&q->config, BOOT_CONFIG);
	if (!mounts_proc())
		line = system_read_text("/proc/cmdline", COMMAND_LINE_MAX);
	parameters_parse(&q->parameters, line ? line : "");
	mounts_proc_off();
	q->policy = q->parameters.policy != POLICY_NONE ? q->parameters.policy : q->config.policy;
}

/* From here on a person needs time: the stub must not end this process. */
static void hold(const struct request *q)
{
	ssize_t n = 0;

	if (q->options->hold_fd >= 0)
		n = write(q->options->hold_fd, "h", 1);
	(void)n;
}

/* At most 5 lines; the sixth tells the outcome. */
static void log_findings(const struct boot_facts *f)
{
	size_t told = 0;

	kernel_log_write(LOG_LEVEL_ERROR, "VERDICT: %s", verdict_headline(f->report.verdict));
	for (size_t i = 0; i < f->report.finding_count && told < 3; i++, told++)
		kernel_log_write(LOG_LEVEL_ERROR, "%s: %s", f->report.findings[i].target,
				 f->report.findings[i].summary);
	kernel_log_write(LOG_LEVEL_ERROR, "all of it is in %s, later in /run/bootverdict",
			 BOOT_REPORT_TEXT);
}

static _Noreturn void wait_forever(void)
{
	for (;;)
		system_sleep_ms(60000);
}

static _Noreturn void do_panic(const struct parameters *p)
{
	if (p->panic == PANIC_REBOOT) {
		system_sleep_ms(p->panic_ms);
		kernel_log_write(LOG_LEVEL_CRITICAL, "rebooting (panic= on the command line)");
		system_reboot();
	} else {
		kernel_log_write(LOG_LEVEL_CRITICAL, "halting (panic= on the command line)");
		system_halt();
	}
	wait_forever();
}

static void show_and_panic(const struct request *q, const struct boot_facts *f)
{
	char note[SCREEN_COLUMNS + 1] = "Halting (panic= on the kernel command line).";

	if (q->parameters.panic == PANIC_REBOOT && !q->parameters.panic_ms)
		snprintf(note, sizeof(note), "Rebooting now (panic= on the kernel command line).");
	else if (q->parameters.panic == PANIC_REBOOT)
		snprintf(note, sizeof(note),
			 "Rebooting in %u s (panic= on the kernel command line).",
			 (q->parameters.panic_ms + 999) / 1000);
	hold(q);
	menu_show_only(&f->report, note);
	do_panic(&q->parameters);
}

static void ask(const struct request *q, const struct boot_facts *f, int root, bool for_a_while)
{
	struct menu menu = {
		.report = &f->report,
		.can_go_on = f->next_init_sound,
		.shell = shell_find(f->manifest_usable ? &f->manifest : NULL, root),
		.timeout = for_a_while ? q->config.timeout : 0,
	};

	enum menu_choice choice;
	pid_t drivers = 0;

	hold(q);
	mounts_for_shell();
	if (f->manifest_usable)
		drivers = keyboard_start(&f->manifest, root, f->release);
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
				 q->config.timeout);
		break;
	case MENU_REBOOT:
		kernel_log_write(LOG_LEVEL_ERROR, "rebooting: a person chose to");
		system_reboot();
		wait_forever();
	}
}

static void act(const struct request *q, const struct boot_facts *f, int root)
{
	enum decision decision =
		policy_decide(q->policy, q->parameters.panic, f->stops, f->next_init_sound);

	/* Messages would be written across the screen. */
	kernel_log_console(0);
	log_findings(f);
	/* For the list of consoles. */
	mounts_proc();
	switch (decision) {
	case DECIDE_PANIC:
		show_and_panic(q, f);
		break;
	case DECIDE_MENU:
	case DECIDE_MENU_FOR_A_WHILE:
		ask(q, f, root, decision == DECIDE_MENU_FOR_A_WHILE);
		break;
	case DECIDE_SHOW_AND_GO:
		menu_show_only(&f->report, "Going on, as bootverdict= or the configuration says.");
		kernel_log_write(LOG_LEVEL_ERROR, "going on: the policy is to %s",
				 policy_name(q->policy));
		break;
	case DECIDE_GO:
		break;
	}
	kernel_log_console(1);
}

/* Nothing stops this boot: one line, on the console only when there is something to tell. */
static void go_on(const struct boot_facts *f)
{
	cleanup(free_ptr) char *line = boot_facts_line(f);
	bool quiet = f->report.verdict == VERDICT_INTACT && !f->report.finding_count;

	kernel_log_write(quiet ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR, "%s", line);
}

static int check(const struct request *q)
{
	cleanup(close_fd) int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct boot_facts facts;
	int rc;

	if (root < 0) {
		message("cannot open /: %s", strerror(errno));
		return 2;
	}
	boot_facts_gather(&facts, root, q->options->no_init);
	rc = report_files_write(&facts.report, BOOT_RUN);
	if (rc)
		kernel_log_write(LOG_LEVEL_ERROR, "cannot write the report to %s: %s", BOOT_RUN,
				 strerror(-rc));
	if (facts.stops)
		act(q, &facts, root);
	else
		go_on(&facts);
	boot_facts_clear(&facts);
	return 0;
}

int boot_run(const struct boot_options *options)
{
	struct request q;
	int rc;

	if (access(BOOT_CONFIG, F_OK) && access(BOOT_MANIFEST, F_OK)) {
		message("boot: " BOOT_GUARD
			" is not here: this command is for the initial RAM disk");
		return 2;
	}
	system_secure_descriptors();
	if (options->hold_fd >= 0)
		fcntl(options->hold_fd, F_SETFD, FD_CLOEXEC);
	rc = mounts_make_private();
	if (rc) {
		message("boot: no mount namespace of its own: %s", strerror(-rc));
		return 2;
	}
	read_request(&q, options);
	if (q.policy == POLICY_OFF && !options->no_init) {
		kernel_log_write(LOG_LEVEL_DEBUG, "off: nothing was verified");
		return 0;
	}
	return check(&q);
}
