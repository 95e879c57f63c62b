// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/request.h"

#include <unistd.h>

#include "boot/parameters.h"
#include "system/mounts.h"
#include "system/paths.h"
#include "system/system.h"
#include "util/util.h"

#define COMMAND_LINE_MAX 16384

char *request_command_line(void)
{
	char *line = NULL;

	if (!mounts_proc())
		line = system_read_text("/proc/cmdline", COMMAND_LINE_MAX);
	mounts_proc_off();
	return line;
}

/* The scripts of initramfs-tools are told by its init itself. */
static void read_rescue(struct request *q, const char *command_line)
{
	const char *panic = getenv("panic");
	struct image_files files = { 0 };
	cleanup(free_ptr) char *now = NULL;

	if (panic && q->options->stage != BOOT_CONTENT) {
		rescue_decide_by_variable(&q->rescue, panic);
		return;
	}
	image_files_read(&files, "");
	now = rescue_rules(&files);
	image_files_clear(&files);
	rescue_decide(&q->rescue, q->config.rescue, now, command_line);
}

void request_read(struct request *q, const struct boot_options *options)
{
	cleanup(free_ptr) char *line = request_command_line();

	q->options = options;
	boot_config_read(&q->config, BOOT_CONFIG);
	q->policy = parameters_policy(line ? line : "");
	if (q->policy == POLICY_NONE)
		q->policy = q->config.policy;
	read_rescue(q, line ? line : "");
}

void request_hold(const struct request *q)
{
	ssize_t n = 0;

	if (q->options->hold_fd >= 0)
		n = write(q->options->hold_fd, "h", 1);
	(void)n;
}
