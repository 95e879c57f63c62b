// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "storage/attributes.h"
#include "storage/replace.h"
#undef BLOCK_SIZE /* of <linux/fs.h> */
#include "util/util.h"

#define ACCESS_LIST  "system.posix_acl_access"
#define DEFAULT_LIST "system.posix_acl_default"

/* acl(5)'s entries as the kernel has them: include/uapi/linux/posix_acl_xattr.h. */
struct entry {
	uint16_t tag, permissions;
	uint32_t id;
};

struct list {
	uint32_t version;
	struct entry entries[5];
};

/* user::rw-, user:1234:USER, group::GROUP, mask::MASK, other::OTHER */
static struct list access_list(uint16_t user, uint16_t group, uint16_t mask, uint16_t other)
{
	struct list list = { 2,
			     { { 0x01, 6, UINT32_MAX },
			       { 0x02, user, 1234 },
			       { 0x04, group, UINT32_MAX },
			       { 0x10, mask, UINT32_MAX },
			       { 0x20, other, UINT32_MAX } } };

	return list;
}

struct fixture {
	char path[64], old[96], new[96];
	int folder, from, fd;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->path, "/var/tmp/bv-attributes-XXXXXX");
	if (!mkdtemp(f->path))
		return -1;
	snprintf(f->old, sizeof(f->old), "%s/old", f->path);
	snprintf(f->new, sizeof(f->new), "%s/new", f->path);
	f->folder = open(f->path, O_RDONLY | O_DIRECTORY);
	f->from = open(f->old, O_RDWR | O_CREAT | O_EXCL, 0600);
	f->fd = open(f->new, O_RDWR | O_CREAT | O_EXCL, 0600);
	*state = f;
	return f->folder < 0 || f->from < 0 || f->fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	close(f->fd);
	close(f->from);
	close(f->folder);
	unlink(f->old);
	unlink(f->new);
	rmdir(f->path);
	free(f);
	return 0;
}

static mode_t mode_of(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_mode & 07777;
}

static void assert_same_list(int a, int b)
{
	char one[512], two[512];
	ssize_t n = fgetxattr(a, ACCESS_LIST, one, sizeof(one));

	assert_true(n > 0);
	assert_int_equal(fgetxattr(b, ACCESS_LIST, two, sizeof(two)), n);
	assert_memory_equal(one, two, n);
}

static void need_lists(const struct fixture *f)
{
	struct list list = access_list(4, 4, 4, 0);

	if (geteuid() != 0 || fsetxattr(f->from, ACCESS_LIST, &list, sizeof(list), 0) < 0) {
		print_message("needs root and a file system with access lists\n");
		skip();
	}
}

/* The group has nothing, user 1234 may read: the mode says 0640, and must not become the group's. */
static void test_access_list(void **state)
{
	struct fixture *f = *state;
	struct list list = access_list(4, 0, 4, 0);

	need_lists(f);
	assert_int_equal(fsetxattr(f->from, ACCESS_LIST, &list, sizeof(list), 0), 0);
	assert_int_equal(mode_of(f->from), 0640);
	assert_int_equal(attributes_copy(f->folder, "old", f->fd, 0666), 0);
	assert_same_list(f->from, f->fd);
	assert_int_equal(mode_of(f->fd), 0640);
	/* And again, as after the last write. */
	assert_int_equal(attributes_copy(f->folder, "old", f->fd, 0666), 0);
	assert_same_list(f->from, f->fd);
	assert_int_equal(mode_of(f->fd), 0640);
}

/* Whom the folder would let in by default, and the old file did not. */
static void test_inherited_list(void **state)
{
	struct fixture *f = *state;
	struct list list = access_list(6, 6, 6, 0);
	char value[512];
	int fd;

	need_lists(f);
	assert_int_equal(fremovexattr(f->from, ACCESS_LIST), 0);
	assert_int_equal(fchmod(f->from, 0640), 0);
	assert_int_equal(fsetxattr(f->folder, DEFAULT_LIST, &list, sizeof(list), 0), 0);
	assert_int_equal(unlink(f->new), 0);
	fd = open(f->new, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_true(fgetxattr(fd, ACCESS_LIST, value, sizeof(value)) > 0);
	assert_int_equal(attributes_copy(f->folder, "old", fd, 0666), 0);
	assert_int_equal(fgetxattr(fd, ACCESS_LIST, value, sizeof(value)), -1);
	assert_int_equal(errno, ENODATA);
	assert_int_equal(mode_of(fd), 0640);
	close(fd);
}

static void test_extended(void **state)
{
	static const char *const names[] = { "user.note", "trusted.note", "security.note" };
	static const char *const others[] = { "security.ima", "security.evm" };
	/* A file capability, version 2, as capabilities(7) has it: cap_net_raw, permitted. */
	static const uint32_t capability[5] = { 0x02000000, 1u << 13 };
	struct fixture *f = *state;
	char value[64];
	size_t kept = 0;

	if (geteuid() != 0 || fsetxattr(f->from, "trusted.note", "x", 1, 0) < 0)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(fsetxattr(f->from, names[i], "value\0z", 7, 0), 0);
	assert_int_equal(
		fsetxattr(f->from, "security.capability", capability, sizeof(capability), 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		kept += fsetxattr(f->from, others[i], "\1\2", 2, 0) == 0;
	assert_int_equal(attributes_copy(f->folder, "old", f->fd, 0666), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(fgetxattr(f->fd, names[i], value, sizeof(value)), 7);
		assert_memory_equal(value, "value\0z", 7);
	}
	assert_int_equal(fgetxattr(f->fd, "security.capability", value, sizeof(value)),
			 sizeof(capability));
	assert_memory_equal(value, capability, sizeof(capability));
	print_message("%zu kinds of signatures of the old bytes\n", kept);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(fgetxattr(f->fd, others[i], value, sizeof(value)), -1);
}

/* Through a whole replacement: what the writes take away is there in the end. */
static void test_replacement(void **state)
{
	static const uint32_t capability[5] = { 0x02000000, 1u << 13 };
	struct fixture *f = *state;
	struct list list = access_list(4, 0, 4, 0);
	struct replacement *r;
	char value[64];
	int fd, flags = 0, old_flags;

	need_lists(f);
	assert_int_equal(fsetxattr(f->from, ACCESS_LIST, &list, sizeof(list), 0), 0);
	assert_int_equal(fchown(f->from, 1234, 5678), 0);
	assert_int_equal(
		fsetxattr(f->from, "security.capability", capability, sizeof(capability), 0), 0);
	assert_int_equal(fsetxattr(f->from, "user.note", "v", 1, 0), 0);
	assert_int_equal(ioctl(f->from, FS_IOC_GETFLAGS, &old_flags), 0);
	old_flags |= FS_NOATIME_FL | FS_NODUMP_FL;
	assert_int_equal(ioctl(f->from, FS_IOC_SETFLAGS, &old_flags), 0);

	assert_int_equal(replace_begin(&r, f->old, 0666), 0);
	assert_int_equal(replace_write(r, "new", 3), 0);
	assert_int_equal(replace_commit(r, NO_READ_BACK, NULL), 0);
	fd = open(f->old, O_RDONLY);
	assert_int_equal(read(fd, value, sizeof(value)), 3);
	assert_same_list(f->from, fd);
	assert_int_equal(mode_of(fd), 0640);
	assert_int_equal(fgetxattr(fd, "security.capability", value, sizeof(value)),
			 sizeof(capability));
	assert_int_equal(fgetxattr(fd, "user.note", value, sizeof(value)), 1);
	assert_int_equal(ioctl(fd, FS_IOC_GETFLAGS, &flags), 0);
	assert_int_equal(flags & (FS_NOATIME_FL | FS_NODUMP_FL), FS_NOATIME_FL | FS_NODUMP_FL);
	close(fd);
}

/* A process that may not give files away: what it makes is its own, and nobody else's. */
static void test_refused(void **state)
{
	struct fixture *f = *state;
	int status;
	pid_t child;

	if (geteuid() != 0)
		skip();
	assert_int_equal(fchmod(f->from, 0664), 0);
	assert_int_equal(fchown(f->from, 1234, 5678), 0);
	assert_int_equal(fchown(f->fd, 4321, 4321), 0);
	assert_int_equal(chmod(f->path, 0755), 0);
	child = fork();
	if (child == 0) {
		if (setresgid(4321, 4321, 4321) < 0 || setresuid(4321, 4321, 4321) < 0)
			_exit(99);
		_exit(-attributes_copy(f->folder, "old", f->fd, 0666));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(mode_of(f->fd), 0600);

	/* The twin: who may, does. */
	assert_int_equal(attributes_copy(f->folder, "old", f->fd, 0666), 0);
	assert_int_equal(mode_of(f->fd), 0664);
}

/* Nothing to copy: the mode, and no attribute. */
static void test_plain(void **state)
{
	struct fixture *f = *state;
	char names[512];
	ssize_t before = flistxattr(f->from, names, sizeof(names));

	assert_int_equal(fchmod(f->from, 0604), 0);
	assert_int_equal(attributes_copy(f->folder, "old", f->fd, 0666), 0);
	assert_int_equal(mode_of(f->fd), 0604);
	assert_int_equal(flistxattr(f->fd, names, sizeof(names)), before);

	assert_int_equal(attributes_copy(f->folder, "absent", f->fd, 0640), 0);
	assert_int_equal(mode_of(f->fd), 0640);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_access_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_inherited_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_extended, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_replacement, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_plain, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
