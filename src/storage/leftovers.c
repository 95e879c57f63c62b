// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/replace.h"
#include "util/file.h"
#include "util/text.h"

static bool is_leftover(const char *name)
{
	return name[0] == '.' && text_has_ending(name + 1, REPLACE_SUFFIX);
}

/* exfat can lose a file's name while it is replaced: then the new one may be all there is. */
static bool has_its_file(int folder, const char *leftover)
{
	char name[NAME_MAX + 1];
	struct stat st;

	snprintf(name, sizeof(name), "%.*s", (int)(strlen(leftover) - 1 - strlen(REPLACE_SUFFIX)),
		 leftover + 1);
	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

void leftovers_each(const char *folder, int remove,
		    void (*found)(void *ctx, const char *path, uint64_t size, bool removed),
		    void *ctx)
{
	DIR *d = folder_open(folder);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char path[PATH_MAX];
		struct stat st;
		bool removed;
		int n = snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);

		if (!is_leftover(e->d_name) || n < 0 || (size_t)n >= sizeof(path) ||
		    lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		removed = remove && has_its_file(dirfd(d), e->d_name) && unlink(path) == 0;
		if (found)
			found(ctx, path, (uint64_t)st.st_size, removed);
	}
	if (d)
		closedir(d);
}
