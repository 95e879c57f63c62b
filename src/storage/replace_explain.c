// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/replace_explain.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/file.h"
#include "util/message.h"
#include "util/util.h"

static const char *what_stands(const char *path, const struct replace_result *result)
{
	struct stat old;

	if (result && result->installed)
		return "the new file is in place, but a power cut may bring back the old one";
	return lstat(path, &old) == 0 ? "the old file is still in place" : "there is no old one";
}

/* Which of them is still wanted only their owner knows. */
static void tell_backups(const char *path)
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
		message("%s/%s, %llu bytes, is a backup of update-initramfs; keep it until the image in "
			"its place has booted, or move it to another file system",
			folder, e->d_name, (unsigned long long)st.st_size);
	}
	if (d)
		closedir(d);
}

int replace_explain(const char *path, int error, const struct replace_result *result)
{
	const char *stands = what_stands(path, result);

	switch (error) {
	case -EILSEQ:
		message("%s: the disk did not keep what was written: %llu of its 4096-byte blocks "
			"read back differently, the first one at offset %llu",
			path, (unsigned long long)result->bad_blocks,
			(unsigned long long)result->bad_offset);
		message("this is storage corruption, not a configuration error: have the disk, or "
			"the host that provides it, checked");
		return 1;
	case -EIO:
		message("%s: the disk reports an input/output error: this is a storage fault; %s",
			path, stands);
		return 1;
	case -ENOSPC:
	case -EDQUOT:
		message("%s: no room for a second copy beside it; %s, unsealed: make room (older "
			"kernels?) and seal again",
			path, stands);
		tell_backups(path);
		return 2;
	case -EROFS:
		message("%s: the file system is read-only; %s", path, stands);
		return 2;
	case -EAGAIN:
		message("%s: it changed while it was being sealed: nothing was written; seal again",
			path);
		return 2;
	case -EINTR:
		message("%s: interrupted; %s", path, stands);
		return 2;
	default:
		message("%s: %s; %s", path, file_error(error), stands);
		return 2;
	}
}
