// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/boot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "boot/act.h"
#include "boot/bounded.h"
#include "boot/facts.h"
#include "boot/failure.h"
#include "boot/report_files.h"
#include "boot/request.h"
#include "boot/unlock.h"
#include "system/kernel_log.h"
#include "system/mounts.h"
#include "system/paths.h"
#include "system/system.h"
#include "util/message.h"
#include "util/util.h"

static void act(const struct request *q, const struct boot_facts *f, int root)
{
	struct act a = {
		.request = q,
		.report = &f->report,
		.files = BOOT_REPORT_TEXT ", later in /run/bootverdict",
		.can_go_on = f->next_init_sound,
		.cannot_work = true,
		.manifest = f->manifest_usable ? &f->manifest : NULL,
		.root = root,
		.drivers_of = f->release,
	};

	act_on_damage(&a);
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
	rc = report_files_write(&facts.report, BOOT_RUN, BOOT_MANIFEST);
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

static int prepare(const struct boot_options *options)
{
	int rc = mounts_make_private();

	if (rc)
		message("boot: no mount namespace of its own: %s", strerror(-rc));
	if (options->hold_fd >= 0)
		fcntl(options->hold_fd, F_SETFD, FD_CLOEXEC);
	return rc;
}

/* What the original init's scripts call: nobody else bounds its time. */
static int run_later_stage(const struct boot_options *options)
{
	struct boot_config config;
	struct boot_options own = *options;

	boot_config_read(&config, BOOT_CONFIG);
	switch (bounded_start(config.wait, &own.hold_fd)) {
	case BOUNDED_CHILD:
		break;
	case BOUNDED_DONE:
		return 0;
	case BOUNDED_FAILED:
		return 2;
	}
	if (!prepare(&own)) {
		struct request q;

		request_read(&q, &own);
		if (own.stage == BOOT_BEFORE_UNLOCK)
			unlock_check(&q);
		else if (own.stage == BOOT_AFTER_REFUSAL)
			failure_tell_refusal(&q);
		else
			failure_explain(&q);
	}
	_exit(0);
}

int boot_run(const struct boot_options *options)
{
	struct request q;

	if (access(BOOT_CONFIG, F_OK) && access(BOOT_MANIFEST, F_OK)) {
		message("boot: " BOOT_GUARD
			" is not here: this command is for the initial RAM disk");
		return 2;
	}
	system_secure_descriptors();
	if (options->stage != BOOT_CONTENT)
		return run_later_stage(options);
	if (prepare(options))
		return 2;
	request_read(&q, options);
	if (q.policy == POLICY_OFF && !options->no_init) {
		kernel_log_write(LOG_LEVEL_DEBUG, "off: nothing was verified");
		return 0;
	}
	return check(&q);
}
