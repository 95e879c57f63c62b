// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/report_replace.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "manifest/sealing.h"
#include "report/lines.h"
#include "util/file.h"
#include "util/util.h"

static const char *what_stands(const char *path, const struct replace_result *result)
{
	struct stat old;

	if (result && result->installed)
		return "the new file is in place, but a power cut may bring back the old one";
	return lstat(path, &old) == 0 ? "the old file is still in place" : "there is no old one";
}

/* Which of them is still wanted only their owner knows. */
static void advise_backups(struct finding *f, const char *path)
{
	cleanup(free_ptr) char *image = realpath(path, NULL);
	const char *folder = image ? dirname(image) : NULL;
	DIR *d = folder ? folder_open(folder) : NULL;
	struct dirent *e;
	struct stat st;

	while (d && (e = readdir(d))) {
		const char *end = strrchr(e->d_name, '.');

		if (strncmp(e->d_name, "init", 4) != 0 || !end ||
		    (strcmp(end, ".bak") != 0 && strcmp(end, ".dpkg-bak") != 0) ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		finding_next(
			f,
			"%s/%s, %llu bytes, is a backup of before a rebuild; keep it until the image "
			"in its place has booted, or move it to another file system.",
			folder, e->d_name, (unsigned long long)st.st_size);
	}
	if (d)
		closedir(d);
}

static void not_kept(struct report *r, const char *path, const struct replace_result *result)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, FINDING_SEAL_NOT_KEPT, path,
		"The disk did not keep what was written: %llu of its 4096-byte blocks read back "
		"differently, the first one at offset %llu.",
		(unsigned long long)result->bad_blocks, (unsigned long long)result->bad_offset);

	finding_number(f, EVIDENCE_BAD_BLOCKS, result->bad_blocks);
	finding_number(f, EVIDENCE_OFFSET, result->bad_offset);
	finding_next(f, "This is storage corruption, not a configuration error: have the disk, or "
			"the host that provides it, checked.");
	finding_say(f);
}

static void no_room(struct report *r, const char *path, const char *stands)
{
	struct finding *f =
		report_finding(r, VERDICT_NONE, FINDING_SEAL_NOT_DONE, path,
			       "No room for a second copy beside it; %s, unsealed.", stands);

	finding_next(f, "Make room (older kernels?) and seal again.");
	advise_backups(f, path);
	finding_say(f);
}

bool replace_blames_disk(int error)
{
	return error == -EILSEQ || error == -EIO;
}

int report_replace(struct report *r, const char *path, int error,
		   const struct replace_result *result)
{
	const char *stands = what_stands(path, result);

	switch (error) {
	case -EILSEQ:
		not_kept(r, path, result);
		return 1;
	case -EIO:
		return seal_write_failed(
			r, path,
			"The disk reports an input/output error: this is a storage fault; %s.",
			stands);
	case -ENOSPC:
	case -EDQUOT:
		no_room(r, path, stands);
		return 2;
	case -EROFS:
		return seal_not_done(r, path, "The file system is read-only; %s.", stands);
	case -EAGAIN:
		return seal_not_done(
			r, path,
			"It changed while it was being sealed: nothing was written; seal again.");
	case -EINTR:
		return seal_not_done(r, path, "Interrupted; %s.", stands);
	default:
		return seal_not_done(r, path, "It could not be replaced: %s; %s.",
				     file_error(error), stands);
	}
}
