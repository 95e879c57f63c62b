// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/request.h"

#include <unistd.h>

#include "boot/mounts.h"
#include "boot/paths.h"
#include "boot/system.h"
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

void request_read(struct request *q, const struct boot_options *options)
{
	cleanup(free_ptr) char *line = request_command_line();

	q->options = options;
	boot_config_read(&q->config, BOOT_CONFIG);
	parameters_parse(&q->parameters, line ? line : "");
	q->policy = q->parameters.policy != POLICY_NONE ? q->parameters.policy : q->config.policy;
}

void request_hold(const struct request *q)
{
	ssize_t n = 0;

	if (q->options->hold_fd >= 0)
		n = write(q->options->hold_fd, "h", 1);
	(void)n;
}
