// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "storage/device.h"
#include "storage/direct.h"
#include "storage/replace.h"
#include "storage/sysfs.h"
#include "util/util.h"

#define FILE_BYTES (3u * 1024 * 1024 + 777)

/* A folder in /var/tmp, which is on a disk more often than /tmp, with one file in it. */
struct fixture {
	char folder[32], path[64];
	unsigned char *data;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	if (!f)
		return -1;
	strcpy(f->folder, "/var/tmp/bv-storage-XXXXXX");
	f->data = malloc(FILE_BYTES);
	if (!f->data || !mkdtemp(f->folder))
		return -1;
	for (size_t i = 0; i < FILE_BYTES; i++)
		f->data[i] = (unsigned char)(i * 7 + i / 4096);
	snprintf(f->path, sizeof(f->path), "%s/file", f->folder);
	fd = open(f->path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0 || write(fd, f->data, FILE_BYTES) != FILE_BYTES || fsync(fd) < 0)
		return -1;
	close(fd);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	rmdir(f->folder);
	free(f->data);
	free(f);
	return 0;
}

static void test_direct_read(void **state)
{
	static const struct {
		uint64_t offset;
		size_t len;
	} reads[] = {
		{ 0, 1 },
		{ 0, 4096 },
		{ 4096, 10 },
		{ 8192, 1048576 },
		{ 0, FILE_BYTES },
		{ 4096, 1048577 },
		{ FILE_BYTES & ~4095u, 4096 },
		{ 0, FILE_BYTES + 5000 },
		{ 4194304, 4096 },
	};
	struct fixture *f = *state;
	/* One byte off any alignment. */
	unsigned char *buf = malloc(FILE_BYTES + 8192), *unaligned;
	struct direct *d;

	assert_non_null(buf);
	unaligned = buf + 1;
	assert_int_equal(direct_open(&d, AT_FDCWD, f->path), 0);
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
		uint64_t offset = reads[i].offset;
		size_t left = offset < FILE_BYTES ? FILE_BYTES - (size_t)offset : 0;
		size_t expected = reads[i].len < left ? reads[i].len : left;

		memset(buf, 0xee, FILE_BYTES + 8192);
		assert_int_equal(direct_read(d, unaligned, reads[i].len, offset), expected);
		assert_memory_equal(unaligned, f->data + (expected ? offset : 0), expected);
		assert_int_equal(unaligned[expected], 0xee);
	}
	direct_close(d);
	direct_close(NULL);
	free(buf);
}

static void test_direct_sees_a_change(void **state)
{
	struct fixture *f = *state;
	unsigned char before, after = 0;
	struct direct *d;
	int fd = open(f->path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(direct_open(&d, AT_FDCWD, f->path), 0);
	assert_int_equal(direct_read(d, &before, 1, 4096), 1);
	before ^= 0xff;
	assert_int_equal(pwrite(fd, &before, 1, 4096), 1);
	assert_int_equal(fsync(fd), 0);
	assert_int_equal(direct_read(d, &after, 1, 4096), 1);
	assert_int_equal(before, after);
	direct_close(d);
	close(fd);
}

static void test_direct_refuses(void **state)
{
	struct fixture *f = *state;
	char fifo[64];
	struct direct *d;

	assert_int_equal(direct_open(&d, AT_FDCWD, f->folder), -EINVAL);
	snprintf(fifo, sizeof(fifo), "%s/fifo", f->folder);
	assert_int_equal(direct_open(&d, AT_FDCWD, fifo), -ENOENT);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(direct_open(&d, AT_FDCWD, fifo), -EINVAL);
	assert_int_equal(unlink(fifo), 0);
}

/* What has no device cannot be read from it, and says so. */
static void test_direct_without_device(void **state)
{
	char path[] = "/dev/shm/bv-storage-XXXXXX", buf[16];
	int fd = mkstemp(path);
	struct direct *d;

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(write(fd, "0123456789", 10), 10);
	close(fd);
	assert_int_equal(direct_open(&d, AT_FDCWD, path), 0);
	assert_int_equal(direct_kind(d), DIRECT_NONE);
	assert_int_equal(direct_read(d, buf, sizeof(buf), 0), 10);
	assert_memory_equal(buf, "0123456789", 10);
	direct_close(d);
	unlink(path);
}

static void test_extents(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->path, O_RDONLY);
	struct extent_map map;
	uint64_t next = 0;
	int rc;

	assert_true(fd >= 0);
	rc = extent_map_read(&map, fd);
	close(fd);
	if (rc == -EOPNOTSUPP)
		skip();
	assert_int_equal(rc, 0);
	assert_true(map.count > 0);
	for (size_t i = 0; i < map.count; i++) {
		assert_true(map.extents[i].file_offset >= next);
		assert_true(map.extents[i].length > 0);
		next = map.extents[i].file_offset + map.extents[i].length;
	}
	assert_true(next >= FILE_BYTES);
	extent_map_free(&map);
	assert_int_equal(map.count, 0);
}

static void test_extents_of_what_has_none(void **state)
{
	struct extent_map map;
	int fd = open("/proc/self/status", O_RDONLY);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(extent_map_read(&map, fd), -EOPNOTSUPP);
	assert_int_equal(map.count, 0);
	close(fd);
	assert_int_equal(extent_map_read(&map, -1), -EBADF);
}

/* The first block device that may be read here. */
static int open_any_device(dev_t *number)
{
	static const char *const names[] = { "/dev/loop0", "/dev/vda", "/dev/sda", "/dev/nvme0n1" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open(names[i], O_RDONLY);
		struct stat st;

		if (fd >= 0 && fstat(fd, &st) == 0 && S_ISBLK(st.st_mode)) {
			*number = st.st_rdev;
			return fd;
		}
		if (fd >= 0)
			close(fd);
	}
	return -1;
}

static void test_extents_of_a_device(void **state)
{
	struct extent_map map;
	struct location l;
	dev_t number;
	int fd = open_any_device(&number);

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(extent_map_read(&map, fd), 0);
	close(fd);
	assert_int_equal(map.count, 1);
	assert_true(map.device == number);
	extent_map_locate(&map, 1ull << 40, &l);
	if (l.known)
		assert_true(l.lba >= (1ull << 40) / 512);
	extent_map_free(&map);
}

static void test_extents_by_name(void **state)
{
	struct fixture *f = *state;
	struct extent_map map;
	int rc = extent_map_open(&map, f->path);

	assert_true(rc == 0 || rc == -EOPNOTSUPP);
	assert_true(rc == 0 ? map.count > 0 : map.count == 0);
	extent_map_free(&map);
	assert_int_equal(extent_map_open(&map, "/nonexistent/file"), -ENOENT);
	assert_int_equal(map.count, 0);
}

static void put(const char *folder, const char *name, const char *text)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Folders as /sys has them: a disk, its second partition, and a device-mapper device. */
static void make_sysfs(const char *folder)
{
	static const char *const folders[] = { "d",	 "d/vda",     "d/vda/vda2",
					       "d/dm-0", "d/dm-0/dm", "b" };
	char path[128], target[128];

	assert_int_equal(mkdir(folder, 0700), 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	put(folder, "d/vda/uevent", "MAJOR=254\nMINOR=0\nDEVNAME=vda\nDEVTYPE=disk\n");
	put(folder, "d/vda/vda2/uevent", "MAJOR=254\nMINOR=2\nDEVNAME=vda2\nPARTN=2\n");
	put(folder, "d/vda/vda2/partition", "2\n");
	put(folder, "d/vda/vda2/start", "206848\n");
	put(folder, "d/dm-0/uevent", "MAJOR=253\nMINOR=0\nDEVNAME=dm-0\n");
	put(folder, "d/dm-0/dm/name", "vg-root\n");
	snprintf(path, sizeof(path), "%s/b/254:0", folder);
	assert_int_equal(symlink("../d/vda", path), 0);
	snprintf(path, sizeof(path), "%s/b/254:2", folder);
	assert_int_equal(symlink("../d/vda/vda2", path), 0);
	snprintf(path, sizeof(path), "%s/b/253:0", folder);
	snprintf(target, sizeof(target), "../d/dm-0");
	assert_int_equal(symlink(target, path), 0);
}

static void remove_sysfs(const char *folder)
{
	char command[160];

	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	assert_int_equal(system(command), 0);
}

static void test_locate(void **state)
{
	struct fixture *f = *state;
	char folder[64], block[80], name[64];
	struct location l;

	snprintf(folder, sizeof(folder), "%s/sys", f->folder);
	snprintf(block, sizeof(block), "%s/b", folder);
	make_sysfs(folder);

	sysfs_locate(block, makedev(254, 2), 8192, &l);
	assert_true(l.known);
	assert_string_equal(l.device, "/dev/vda2");
	assert_string_equal(l.disk, "/dev/vda");
	assert_int_equal(l.lba, 206848 + 16);

	sysfs_locate(block, makedev(254, 0), 8192, &l);
	assert_true(l.known);
	assert_string_equal(l.device, "/dev/vda");
	assert_string_equal(l.disk, "/dev/vda");
	assert_int_equal(l.lba, 16);

	/* Below a device-mapper device its own sectors are counted. */
	sysfs_locate(block, makedev(253, 0), 512, &l);
	assert_true(l.known);
	assert_string_equal(l.device, "/dev/mapper/vg-root");
	assert_string_equal(l.disk, "/dev/mapper/vg-root");
	assert_int_equal(l.lba, 1);

	sysfs_locate(block, makedev(0, 45), 512, &l);
	assert_false(l.known);
	assert_string_equal(l.device, "");

	assert_true(sysfs_part_at(block, makedev(254, 0), 206848 * 512ull, name, sizeof(name)));
	assert_string_equal(name, "/dev/vda2");
	assert_false(
		sysfs_part_at(block, makedev(254, 0), 206848 * 512ull + 1, name, sizeof(name)));
	assert_false(sysfs_part_at(block, makedev(254, 0), 206847 * 512ull, name, sizeof(name)));
	assert_false(sysfs_part_at(block, makedev(253, 0), 0, name, sizeof(name)));

	assert_false(sysfs_name(block, makedev(254, 2), "", name, 9));
	assert_string_equal(name, "");
	assert_true(sysfs_name(block, makedev(254, 2), "", name, 10));
	remove_sysfs(folder);
}

static void test_locate_in_extents(void **state)
{
	struct extent extents[] = { { 0, 1048576, 4096 }, { 8192, 4096, 8192 } };
	struct extent_map map = { makedev(0, 0), extents, 2 };
	struct location l;

	(void)state;
	/* No such device: nothing is known, and nothing is claimed. */
	extent_map_locate(&map, 0, &l);
	assert_false(l.known);
	map.count = 0;
	extent_map_locate(&map, 0, &l);
	assert_false(l.known);
}

/* With the machine's own /sys, where there is one: the file is where the file system says. */
static void test_locate_for_real(void **state)
{
	struct fixture *f = *state;
	int fd = open(f->path, O_RDONLY);
	struct extent_map map;
	struct location l;
	char name[64];
	int rc;

	assert_true(fd >= 0);
	rc = extent_map_read(&map, fd);
	close(fd);
	if (rc == -EOPNOTSUPP)
		skip();
	assert_int_equal(rc, 0);
	extent_map_locate(&map, 4096, &l);
	assert_int_equal(l.known, device_name(map.device, name, sizeof(name)));
	if (l.known) {
		assert_string_equal(l.device, name);
		assert_int_equal(strncmp(name, "/dev/", 5), 0);
	}
	/* Behind the end there is nothing. */
	extent_map_locate(&map, 1ull << 40, &l);
	assert_false(l.known);
	extent_map_free(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_direct_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_direct_sees_a_change, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_direct_refuses, set_up, tear_down),
		cmocka_unit_test(test_direct_without_device),
		cmocka_unit_test_setup_teardown(test_extents, set_up, tear_down),
		cmocka_unit_test(test_extents_of_what_has_none),
		cmocka_unit_test(test_extents_of_a_device),
		cmocka_unit_test_setup_teardown(test_extents_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_locate, set_up, tear_down),
		cmocka_unit_test(test_locate_in_extents),
		cmocka_unit_test_setup_teardown(test_locate_for_real, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
