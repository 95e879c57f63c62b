// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/startable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "image/program.h"
#include "image/programs.h"
#include "image/unpacked.h"
#include "util/file.h"
#include "util/util.h"

/* Follows links, but not out of the root. */
static int open_program(int root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd < 0 && errno == ENOSYS) /* before Linux 5.6 */
		fd = openat(root, path + strspn(path, "/"), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return (int)fd;
}

static bool link_of(int fd, char *target, size_t size)
{
	char name[32];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, target, size - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return true;
}

/* An open file's path below the root, as the manifest has it; NULL: it cannot be known. */
static const char *path_below(int root, int fd, char *path, size_t size)
{
	char top[PATH_MAX];
	size_t n;

	if (!link_of(root, top, sizeof(top)) || !link_of(fd, path, size))
		return NULL;
	n = strcmp(top, "/") == 0 ? 0 : strlen(top);
	return strncmp(path, top, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

static bool is_sound(const struct manifest *m, int root, int fd)
{
	char buf[PATH_MAX];
	const char *path = m ? path_below(root, fd, buf, sizeof(buf)) : NULL;
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return false;
	/* Without /proc its name is not known: that it is there must do. */
	return !path || content_as_sealed(m, root, path);
}

static ssize_t file_bytes(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const int *fd = ctx;

	return offset > INT64_MAX ? -1 : file_read_at(*fd, buf, len, offset);
}

struct place {
	const struct manifest *m;
	int root;
};

static int find_program(void *ctx, const char *path, struct program *p)
{
	const struct place *in = ctx;
	cleanup(close_fd) int fd = open_program(in->root, path);

	if (fd < 0)
		return -errno;
	if (!is_sound(in->m, in->root, fd))
		return -EACCES;
	program_read(p, file_bytes, &fd);
	return 0;
}

bool startable(const struct manifest *m, int root, const char *path)
{
	struct place in = { m, root };
	struct program_chain chain;
	int r = program_chain(find_program, &in, NULL, path, &chain);

	return !r || r == -ENODATA;
}

/* The nearest folder of a path that is there, and opens; path then ends behind what is missing in it. */
static int open_folder(int root, char *path)
{
	for (;;) {
		char *slash = strrchr(path, '/');
		int fd;

		if (slash)
			*slash = '\0';
		fd = open_program(root, slash && slash != path ? path : "/");
		if (slash && (fd >= 0 || slash == path))
			*slash = '/';
		if (fd >= 0 || !slash || slash == path)
			return fd;
	}
}

bool startable_near(const struct manifest *m, int root, const char *path,
		    char near[PROGRAM_NAME_MAX])
{
	char folder[PATH_MAX], missing[PATH_MAX], way[PROGRAM_NAME_MAX];
	struct place in = { NULL, root }, sealed = { m, root };
	struct program_chain chain;
	cleanup(close_fd) int fd = -1;
	const char *below, *name, *found;

	if (program_chain(find_program, &in, NULL, path, &chain) != -ENOENT)
		return false;
	memcpy(way, chain.path, sizeof(way));
	fd = open_folder(root, way);
	name = strrchr(way, '/');
	name = name ? name + 1 : way;
	below = fd < 0 ? NULL : path_below(root, fd, folder, sizeof(folder));
	if (snprintf(missing, sizeof(missing), "%s%s%s", below ? below : "",
		     below && *below ? "/" : "", name) >= (int)sizeof(missing))
		return false;
	found = programs_near(m, missing);
	if (!found)
		return program_near(find_program, &sealed, chain.path, near);
	snprintf(near, PROGRAM_NAME_MAX, "%s", found);
	return true;
}
