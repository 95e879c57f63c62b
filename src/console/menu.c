// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/menu.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "console/consoles.h"
#include "console/screen.h"
#include "console/shell.h"
#include "report/text.h"
#include "system/system.h"
#include "util/text.h"
#include "util/util.h"

#define SHELL_POLL_MS 200   /* how soon the end of a shell is noticed */
#define IDLE_MS	      60000 /* any time: nothing happens but keys */

/* The menu at work. */
struct session {
	const struct menu *menu;
	struct consoles consoles;
	pid_t shells[CONSOLES_MAX]; /* by console; 0: none */
	char *details;		    /* text of all pages */
	size_t page;		    /* the next one to show */
	uint64_t deadline;	    /* of the countdown, milliseconds; 0: none */
};

const char *menu_line(const struct menu *m, const char *details, char *buf)
{
	const char *go_on = m->go_on ? m->go_on : "continue anyway";

	snprintf(buf, SCREEN_COLUMNS + 1, "[d] %s%s%s%s   [r] reboot ", details,
		 m->can_go_on ? "   [c] " : "", m->can_go_on ? go_on : "",
		 m->shell ? "   [s] shell" : "");
	return buf;
}

/* On one console, or on all that are asked when c is NULL. */
static void show(struct session *s, struct console *c, const struct screen *screen)
{
	cleanup(free_ptr) char *rows = screen_text(screen);
	cleanup(free_ptr) char *text = text_format("\n%s", rows);

	for (size_t i = 0; i < s->consoles.count; i++) {
		struct console *each = &s->consoles.items[i];

		if (c ? c == each : each->asked)
			console_write(each, text);
	}
}

/* The report alone, on the consoles that are not asked. */
static void show_others(struct session *s, const struct report *r, const char *note)
{
	struct screen screen;

	screen_render(&screen, r, note, NULL);
	for (size_t i = 0; i < s->consoles.count; i++) {
		if (s->consoles.items[i].asked)
			continue;
		show(s, &s->consoles.items[i], &screen);
		console_write(&s->consoles.items[i], "\n");
	}
}

static void show_first(struct session *s, struct console *c)
{
	char note[SCREEN_COLUMNS + 1], menu[SCREEN_COLUMNS + 1];
	uint64_t now = system_now_ms();
	struct screen screen;

	if (s->deadline)
		snprintf(note, sizeof(note), "Going on in %u s, unless a key is pressed.",
			 s->deadline > now ? (unsigned int)((s->deadline - now + 999) / 1000) : 0);
	screen_render(&screen, s->menu->report, s->deadline ? note : NULL,
		      menu_line(s->menu, "details", menu));
	show(s, c, &screen);
}

static void show_details(struct session *s)
{
	char menu[SCREEN_COLUMNS + 1];
	struct screen screen;

	menu_line(s->menu, "more", menu);
	if (screen_page(&screen, s->details, s->page, menu)) {
		s->page++;
		show(s, NULL, &screen);
		return;
	}
	s->page = 0;
	show_first(s, NULL);
}

static char *make_details(const struct report *r)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return text_copy("There is no memory for the details.\n");
	report_print_text(r, out, true, false);
	if (fclose(out)) {
		free(text);
		return text_copy("There is no memory for the details.\n");
	}
	return text;
}

/* ---- the shells ---- */

static bool any_shell(const struct session *s)
{
	for (size_t i = 0; i < s->consoles.count; i++) {
		if (s->shells[i])
			return true;
	}
	return false;
}

static void start_shell(struct session *s, size_t which)
{
	struct console *c = &s->consoles.items[which];
	pid_t pid;

	if (!s->menu->shell)
		return;
	pid = shell_start(s->menu->shell, c);
	if (pid < 0) {
		console_write(c, "\nThe shell cannot be started: no process for it.\n");
		return;
	}
	s->shells[which] = pid;
}

static void shell_ended(struct session *s, size_t which, int status)
{
	struct console *c = &s->consoles.items[which];

	s->shells[which] = 0;
	console_take_back(c);
	if (WIFEXITED(status) && (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127))
		console_write(c, "\nThe shell could not be started, or ended with an error.\n");
	s->page = 0;
	show_first(s, c);
}

static void reap_shells(struct session *s)
{
	for (size_t i = 0; i < s->consoles.count; i++) {
		int status;

		if (s->shells[i] && waitpid(s->shells[i], &status, WNOHANG) == s->shells[i])
			shell_ended(s, i, status);
	}
}

/* Nothing may compete with init for the console. */
static void end_shells(struct session *s)
{
	for (size_t i = 0; i < s->consoles.count; i++) {
		if (!s->shells[i])
			continue;
		kill(-s->shells[i], SIGKILL);
		kill(s->shells[i], SIGKILL);
		waitpid(s->shells[i], NULL, 0);
		console_take_back(&s->consoles.items[i]);
	}
}

/* ---- keys ---- */

static unsigned int time_to_wait(const struct session *s)
{
	uint64_t now = system_now_ms();
	unsigned int ms = any_shell(s) ? SHELL_POLL_MS : IDLE_MS;

	if (s->deadline && s->deadline <= now)
		return 0;
	if (s->deadline && s->deadline - now < ms)
		return (unsigned int)(s->deadline - now);
	return ms;
}

/* True: *choice was made. */
static bool answer(struct session *s, int key, size_t which, enum menu_choice *choice)
{
	bool counting = s->deadline != 0;

	s->deadline = 0;
	switch (tolower(key)) {
	case 'd':
		show_details(s);
		return false;
	case 's':
		start_shell(s, which);
		return false;
	case 'r':
		*choice = MENU_REBOOT;
		return true;
	case 'c':
		*choice = MENU_CONTINUE;
		if (s->menu->can_go_on)
			return true;
		console_write(&s->consoles.items[which],
			      "\nThere is nothing to continue with: the original init is damaged, "
			      "or cannot be started.\n");
		break;
	default:
		if (!counting)
			return false;
	}
	show_first(s, counting ? NULL : &s->consoles.items[which]);
	return false;
}

static enum menu_choice wait_for_choice(struct session *s)
{
	enum menu_choice choice;
	size_t which;

	for (;;) {
		int key = consoles_key(&s->consoles, time_to_wait(s), &which);

		reap_shells(s);
		if (key >= 0 && answer(s, key, which, &choice))
			return choice;
		if (s->deadline && system_now_ms() >= s->deadline)
			return MENU_TIME_OVER;
	}
}

/* Why there are no keys to press here. */
static void note_for_others(char note[SCREEN_COLUMNS + 1], const struct consoles *c)
{
	const struct console *asked = consoles_who_is_asked(c);

	snprintf(note, SCREEN_COLUMNS + 1, "The menu is on the console %.31s.",
		 asked ? asked->id.name : "that the distribution uses");
}

enum menu_choice menu_run(const struct menu *m)
{
	struct session s = { .menu = m };
	char note[SCREEN_COLUMNS + 1];
	enum menu_choice choice;

	consoles_open(&s.consoles, m->where, m->terminal);
	s.details = make_details(m->report);
	if (m->timeout)
		s.deadline = system_now_ms() + m->timeout * 1000ull;
	note_for_others(note, &s.consoles);
	show_others(&s, m->report, note);
	show_first(&s, NULL);
	choice = wait_for_choice(&s);
	end_shells(&s);
	consoles_write(&s.consoles, choice == MENU_REBOOT ? "\nRebooting.\n" : "\nGoing on.\n");
	consoles_close(&s.consoles);
	free(s.details);
	return choice;
}

void menu_show_only(const struct report *r, const char *note)
{
	struct session s = { .menu = NULL };

	consoles_open(&s.consoles, CONSOLES_NONE, NULL);
	show_others(&s, r, note);
	consoles_close(&s.consoles);
}
