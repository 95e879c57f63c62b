// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/report_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "report/json.h"
#include "report/text.h"
#include "util/text.h"
#include "util/util.h"

static void print_text(const struct report *r, FILE *out)
{
	report_print_text(r, out, true, false);
}

static mode_t mode_by(const char *record)
{
	struct stat st;

	return stat(record, &st) == 0 && st.st_mode & S_IROTH ? 0644 : 0600;
}

/* Never wider than the mode, not for a moment. */
static FILE *create(const char *path, mode_t mode)
{
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	return fd < 0 ? NULL : fdopen(fd, "w");
}

/* Rootfs is memory: a rename after closing is all the durability that there is. */
static int write_one(const struct report *r, const char *folder, const char *name, mode_t mode,
		     void (*print)(const struct report *, FILE *))
{
	cleanup(free_ptr) char *path = text_format("%s/%s", folder, name);
	cleanup(free_ptr) char *temporary = text_format("%s/.%s", folder, name);
	FILE *out = create(temporary, mode);
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

int report_files_write(const struct report *r, const char *folder, const char *record)
{
	mode_t mode = mode_by(record);
	int text, json;

	if (mkdir(folder, 0755) && errno != EEXIST)
		return -errno;
	text = write_one(r, folder, "report.txt", mode, print_text);
	json = write_one(r, folder, "report.json", mode, report_print_json);
	return text ? text : json;
}
