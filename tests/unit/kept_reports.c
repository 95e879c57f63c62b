// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Linked into every unit test, with --wrap=report_clear: each report that a test made is kept as
 * JSON for tests/reports/run when BOOTVERDICT_REPORTS names a folder.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/json.h"
#include "report/report.h"

void __real_report_clear(struct report *r);
void __wrap_report_clear(struct report *r);

static void keep(const struct report *r, const char *folder)
{
	static unsigned int count;
	char path[4096];
	FILE *out;

	snprintf(path, sizeof(path), "%s/unit-%d-%u.json", folder, (int)getpid(), count++);
	out = fopen(path, "w");
	if (!out)
		abort();
	report_print_json(r, out);
	if (fclose(out))
		abort();
}

void __wrap_report_clear(struct report *r)
{
	const char *folder = getenv("BOOTVERDICT_REPORTS");

	if (folder && r->command && r->finding_count)
		keep(r, folder);
	__real_report_clear(r);
}
