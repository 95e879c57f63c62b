// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/unlisted.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "image/guard.h"
#include "util/text.h"
#include "util/util.h"

/* However many there are, and however deep: it is looked until something is found. */
#define LOOKED_AT_MAX 200000u
#define DEPTH_MAX     64u

struct search {
	const struct manifest *m;
	dev_t device;
	size_t looked_at, count;
	char *first;
	char path[PATH_MAX];
};

/* Linux makes dev and root, and /initrd.image of what is no archive (usr/default_cpio_list). */
static bool is_made_here(const char *path)
{
	static const char *const names[] = { "dev", "root", "proc",	    "sys",
					     "run", "tmp",  "initrd.image", GUARD_DIR };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(path, names[i]))
			return true;
	}
	return !strncmp(path, ".bootverdict-", 13);
}

static void look_into(struct search *s, int parent, const char *name, size_t used,
		      unsigned int depth);

static void look_at(struct search *s, int folder, const char *name, size_t used, unsigned int depth)
{
	size_t length = strlen(name);
	struct stat st;

	s->looked_at++;
	if (used + length + 2 > sizeof(s->path) ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_dev != s->device)
		return;
	memcpy(s->path + used, name, length + 1);
	if (is_made_here(s->path))
		return;
	if (!manifest_find(s->m, s->path)) {
		s->count++;
		if (!s->first)
			s->first = text_copy(s->path);
		return;
	}
	if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
		s->path[used + length] = '/';
		look_into(s, folder, name, used + length + 1, depth + 1);
	}
}

static void look_into(struct search *s, int parent, const char *name, size_t used,
		      unsigned int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;

	if (!folder) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while (s->looked_at < LOOKED_AT_MAX && s->count < UNLISTED_MAX && (e = readdir(folder))) {
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			look_at(s, dirfd(folder), e->d_name, used, depth);
	}
	closedir(folder);
}

size_t unlisted_find(const struct manifest *m, int root, char **first)
{
	struct search s = { .m = m };
	struct stat st;

	*first = NULL;
	if (fstat(root, &st))
		return 0;
	s.device = st.st_dev;
	look_into(&s, root, ".", 0, 0);
	*first = s.first;
	return s.count;
}
