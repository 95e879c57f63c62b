// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/stage.h"

#include <string.h>
#include <sys/utsname.h>

#include "boot/report_files.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "report/append.h"
#include "report/load.h"
#include "system/kernel_log.h"
#include "system/paths.h"

bool stage_manifest(struct manifest *m)
{
	char reason[MANIFEST_REASON_BYTES];

	manifest_init(m);
	return !manifest_load_devices(m, BOOT_MANIFEST, reason);
}

void stage_report_init(struct report *r, const struct manifest *m)
{
	struct utsname name;

	report_init(r, "boot");
	report_identify(r, NULL, m->os, uname(&name) ? NULL : name.release);
}

static bool load_earlier(struct report *r)
{
	return !report_load_json(r, STAGE_FOLDER "/report.json") ||
	       !report_load_json(r, BOOT_REPORT_JSON);
}

enum verdict stage_worst(void)
{
	enum verdict worst;
	struct report r;

	report_init(&r, "boot");
	worst = load_earlier(&r) ? report_worst(&r) : VERDICT_NONE;
	report_clear(&r);
	return worst;
}

void stage_report_keep(struct report *own, struct report *all)
{
	int rc;

	report_conclude(own);
	report_init(all, "boot");
	report_append(all, own);
	load_earlier(all);
	rc = report_files_write(all, STAGE_FOLDER, BOOT_MANIFEST);
	if (rc)
		kernel_log_write(LOG_LEVEL_ERROR, "cannot write the report to %s: %s", STAGE_FOLDER,
				 strerror(-rc));
}
