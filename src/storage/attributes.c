// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/attributes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>

#include "util/file.h"
#undef BLOCK_SIZE /* of <linux/fs.h> */
#include "util/util.h"

#define ACCESS_LIST  "system.posix_acl_access"
#define DEFAULT_LIST "system.posix_acl_default"

/* Immutable and append-only are not among them: such a file cannot be replaced at all. */
#define COPIED_FLAGS                                                                             \
	(FS_SYNC_FL | FS_NODUMP_FL | FS_NOATIME_FL | FS_COMPR_FL | FS_NOCOMP_FL | FS_NOTAIL_FL | \
	 FS_NOCOW_FL)

struct values {
	char names[XATTR_LIST_MAX], value[XATTR_SIZE_MAX];
};

/* The file system has no such thing, or this process may not set it: no reason to give up. */
static bool is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == EINVAL || error == ENOSYS ||
	       error == EOPNOTSUPP || error == ENODATA || error == E2BIG || error == ERANGE;
}

static void copy_flags(int from, int fd)
{
	int old, new;

	/* The C libraries disagree on the type of ioctl()'s request. */
	if (syscall(SYS_ioctl, from, FS_IOC_GETFLAGS, &old) < 0 ||
	    syscall(SYS_ioctl, fd, FS_IOC_GETFLAGS, &new) < 0 || !((old ^ new) & COPIED_FLAGS))
		return;
	new = (new & ~COPIED_FLAGS) | (old & COPIED_FLAGS);
	(void)syscall(SYS_ioctl, fd, FS_IOC_SETFLAGS, &new);
}

/* Also takes away the list that fd has from its folder. 1: refused, whoever is on the list. */
static int copy_access_list(int from, int fd, struct values *v)
{
	ssize_t n = fgetxattr(from, ACCESS_LIST, v->value, sizeof(v->value));
	int r;

	if (n < 0 && errno != ENODATA && errno != EOPNOTSUPP)
		return is_refusal(errno) ? 1 : -errno;
	r = n < 0 ? fremovexattr(fd, ACCESS_LIST)
		  : fsetxattr(fd, ACCESS_LIST, v->value, (size_t)n, 0);
	if (r == 0 || (n < 0 && (errno == ENODATA || errno == EOPNOTSUPP)))
		return 0;
	return is_refusal(errno) ? 1 : -errno;
}

/* Owner, mode and access list have their own order; the others speak of the old bytes. */
static bool is_copied(const char *name)
{
	static const char *const others[] = { ACCESS_LIST, DEFAULT_LIST, "security.ima",
					      "security.evm" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (strcmp(name, others[i]) == 0)
			return false;
	}
	return true;
}

static int copy_extended(int from, int fd, struct values *v)
{
	ssize_t size = flistxattr(from, v->names, sizeof(v->names));

	if (size < 0)
		return is_refusal(errno) ? 0 : -errno;
	for (const char *name = v->names; name < v->names + size; name += strlen(name) + 1) {
		ssize_t n = -1;

		if (!is_copied(name))
			continue;
		n = fgetxattr(from, name, v->value, sizeof(v->value));
		if ((n < 0 || fsetxattr(fd, name, v->value, (size_t)n, 0) < 0) &&
		    !is_refusal(errno))
			return -errno;
	}
	return 0;
}

/* vfat has no modes, and says EPERM. */
static int set_mode(int fd, mode_t mode)
{
	return fchmod(fd, mode) < 0 && errno != EPERM ? -errno : 0;
}

/*
 * The mode's group bits are the mask of the access list when there is one: set without that list
 * they would be the group's own. So the mode comes last; until then, and after a refusal, it is the
 * owner's alone.
 */
static int copy_access(int from, int fd, const struct stat *old, struct values *v)
{
	bool refused;
	int rc = set_mode(fd, old->st_mode & 0700);

	if (rc < 0)
		return rc;
	refused = fchown(fd, old->st_uid, old->st_gid) < 0;
	if (refused && !is_refusal(errno))
		return -errno;
	rc = copy_access_list(from, fd, v);
	if (rc < 0)
		return rc;
	refused = refused || rc == 1;
	return set_mode(fd, old->st_mode & (refused ? 0700 : 07777));
}

static int copy_all(int from, int fd)
{
	cleanup(free_ptr) struct values *v = malloc(sizeof(*v));
	struct stat old;
	int rc;

	if (!v)
		return -ENOMEM;
	if (fstat(from, &old) < 0)
		return -errno;
	copy_flags(from, fd);
	rc = copy_access(from, fd, &old, v);
	/* After the owner: a new one takes file capabilities away. */
	return rc < 0 ? rc : copy_extended(from, fd, v);
}

int attributes_copy(int folder, const char *name, int fd, mode_t mode)
{
	cleanup(close_fd) int from = file_open_at(folder, name, O_NOFOLLOW, false);

	if (from < 0)
		return from == -ENOENT ? set_mode(fd, mode) : from;
	return copy_all(from, fd);
}
