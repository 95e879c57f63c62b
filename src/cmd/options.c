// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "report/json.h"
#include "report/lines.h"
#include "report/text.h"
#include "system/installation.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

bool kernel_option(struct kernel_options *o, int c, const char *argument)
{
	switch (c) {
	case 'k':
		o->release = argument;
		return true;
	case OPT_ALL:
		o->all = true;
		return true;
	case OPT_ROOT:
		o->root = argument;
		return true;
	case OPT_BOOT:
		o->boot = argument;
		return true;
	default:
		return false;
	}
}

char *kernel_options_folder(const struct kernel_options *o)
{
	cleanup(free_ptr) char *prefix = root_prefix(o->root);

	return boot_folder(prefix, o->boot);
}

int kernel_options_check(const struct kernel_options *o, const char *command)
{
	if (o->all && o->release)
		return usage_error(command, "-k and --all exclude each other");
	if (o->release && (strchr(o->release, '/') || !*o->release))
		return usage_error(command, "'%s': not a kernel version", o->release);
	if (o->root && !o->all && !o->release)
		return usage_error(command, "with --root, say which kernel version: -k or --all");
	return 0;
}

void output_options_init(struct output_options *o)
{
	memset(o, 0, sizeof(*o));
	o->color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
}

static void choose_color(struct output_options *o, const char *when)
{
	if (strcmp(when, "always") == 0)
		o->color = true;
	else if (strcmp(when, "never") == 0)
		o->color = false;
	else if (strcmp(when, "auto") != 0)
		o->bad_color = when;
}

bool output_option(struct output_options *o, int c, const char *argument)
{
	switch (c) {
	case OPT_JSON:
		o->json = true;
		return true;
	case OPT_COLOR:
		choose_color(o, argument);
		return true;
	case 'q':
		o->quiet = true;
		return true;
	case 'v':
		o->verbose = true;
		return true;
	default:
		return false;
	}
}

int output_options_check(const struct output_options *o, const char *command)
{
	if (!o->bad_color)
		return 0;
	return usage_error(command, "--color %s: not auto, always or never", o->bad_color);
}

/* Why the command could not run. */
static void say_why_not(const struct report *r)
{
	for (size_t i = 0; r->verdict == VERDICT_NONE && i < r->finding_count; i++) {
		if (r->findings[i].verdict == VERDICT_NONE)
			finding_say(&r->findings[i]);
	}
}

void identify_report(struct report *r, const char *os, const char *release)
{
	/* os may be what the report has until now. */
	cleanup(free_ptr) char *of = text_copy(os);
	struct utsname u;

	report_identify(r, uname(&u) == 0 ? u.nodename : "", of, release);
}

int output_end(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	message("standard output: %s", strerror(errno));
	return 2;
}

int output_report(const struct output_options *o, struct report *r)
{
	int status;

	report_conclude(r);
	status = (int)r->verdict;
	say_why_not(r);
	if (o->json)
		report_print_json(r, stdout);
	else if (!o->quiet)
		report_print_text(r, stdout, o->verbose, o->color);
	report_clear(r);
	return output_end(status);
}
