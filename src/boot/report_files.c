/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/report_files.h"

#include <errno.h>
#include <sys/stat.h>

#include "util/text.h"
#include "util/util.h"

static void print_text(const struct report *r, FILE *out)
{
	report_print_text(r, out, true, false);
}

/* Rootfs is memory: a rename after closing is all the durability that there is. */
static int write_one(const struct report *r, const char *folder, const char *name,
		     void (*print)(const struct report *, FILE *))
{
	cleanup(free_ptr) char *path = text_format("%s/%s", folder, name);
	cleanup(free_ptr) char *temporary = text_format("%s/.%s", folder, name);
	FILE *out = fopen(temporary, "we");
	int rc = 0;

	if (!out)
		return -errno;
	print(r, out);
	if (ferror(out))
		rc = -EIO;
	if (fclose(out))
		rc = -errno;
	if (!rc && rename(temporary, path))
		rc = -errno;
	if (rc)
		unlink(temporary);
	return rc;
}

int report_files_write(const struct report *r, const char *folder)
{
	int text, json;

	if (mkdir(folder, 0755) && errno != EEXIST)
		return -errno;
	text = write_one(r, folder, "report.txt", print_text);
	json = write_one(r, folder, "report.json", report_print_json);
	return text ? text : json;
}
