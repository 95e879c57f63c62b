// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/compare.h"
#include "image/contents.h"
#include "image/record.h"
#include "util/util.h"

#define BLOCKS 200u
#define SIZE   (BLOCKS * BLOCK_SIZE + 77u)

struct sealed {
	char path[64];
	struct sealed_file record;
};

static int set_up(void **state)
{
	struct sealed *s = calloc(1, sizeof(*s));
	unsigned char block[BLOCK_SIZE];
	uint32_t x = 12345;
	int fd;

	strcpy(s->path, "/tmp/bootverdict-compare-XXXXXX");
	fd = mkstemp(s->path);
	for (size_t done = 0; done < SIZE; done += sizeof(block)) {
		size_t n = SIZE - done < sizeof(block) ? SIZE - done : sizeof(block);

		for (size_t i = 0; i < n; i++) {
			x = x * 1103515245u + 12345u;
			block[i] = (unsigned char)(x >> 16);
		}
		assert_int_equal(write(fd, block, n), n);
	}
	assert_int_equal(record_file(&s->record, fd, "/boot/initrd.img"), 0);
	close(fd);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct sealed *s = *state;

	unlink(s->path);
	free(s->record.path);
	free(s->record.blocks);
	free(s->record.extents);
	free(s);
	return 0;
}

static void overwrite(const struct sealed *s, uint64_t offset, const void *data, size_t len)
{
	int fd = open(s->path, O_WRONLY);

	assert_int_equal(pwrite(fd, data, len, (off_t)offset), len);
	close(fd);
}

static void read_at(const struct sealed *s, uint64_t offset, void *data, size_t len)
{
	int fd = open(s->path, O_RDONLY);

	assert_int_equal(pread(fd, data, len, (off_t)offset), len);
	close(fd);
}

static struct comparison compare(const struct sealed *s, bool direct)
{
	struct comparison c;

	assert_int_equal(sealed_file_compare(&s->record, s->path, direct, &c), 0);
	assert_int_equal(c.error, 0);
	return c;
}

static void test_intact(void **state)
{
	for (int direct = 0; direct <= 1; direct++) {
		struct comparison c = compare(*state, direct);

		assert_int_equal(c.bad.blocks, 0);
		assert_int_equal(c.unreadable + c.unstable + c.only_cached + c.only_device, 0);
		assert_true(comparison_untouched(&((struct sealed *)*state)->record, &c));
		comparison_clear(&c);
	}
}

/* As FAT gives it after the next mount; whoever writes a copy there changes a time. */
static void test_another_inode_number(void **state)
{
	struct sealed *s = *state;
	struct comparison c;

	s->record.inode++;
	c = compare(s, false);
	assert_true(comparison_untouched(&s->record, &c));
	comparison_clear(&c);
	s->record.mtime_ns++;
	c = compare(s, false);
	assert_false(comparison_untouched(&s->record, &c));
	assert_false(c.same_inode);
	comparison_clear(&c);
}

static void test_zeroed_and_flipped(void **state)
{
	static const unsigned char zeros[2 * BLOCK_SIZE];
	struct sealed *s = *state;
	struct comparison c;
	unsigned char byte;

	overwrite(s, 10 * BLOCK_SIZE, zeros, sizeof(zeros));
	read_at(s, 70 * BLOCK_SIZE + 1000, &byte, 1);
	byte ^= 0x10;
	overwrite(s, 70 * BLOCK_SIZE + 1000, &byte, 1);
	c = compare(s, true);
	assert_int_equal(c.bad.blocks, 3);
	assert_int_equal(c.bad.count, 2);
	assert_int_equal(c.bad.ranges[0].offset, 10 * BLOCK_SIZE);
	assert_int_equal(c.bad.ranges[0].length, 2 * BLOCK_SIZE);
	assert_int_equal(c.bad.ranges[0].damage.kind, DAMAGE_ZEROED);
	assert_int_equal(c.bad.ranges[1].damage.kind, DAMAGE_BIT_FLIP);
	assert_int_equal(c.bad.ranges[1].damage.byte, 1000);
	assert_int_equal(c.bad.ranges[1].damage.bit, 4);
	assert_false(comparison_untouched(&s->record, &c));
	comparison_clear(&c);
}

static void test_misplaced(void **state)
{
	struct sealed *s = *state;
	unsigned char block[BLOCK_SIZE];
	struct comparison c;

	read_at(s, 5 * BLOCK_SIZE, block, sizeof(block));
	overwrite(s, 150 * BLOCK_SIZE, block, sizeof(block));
	c = compare(s, false);
	assert_int_equal(c.bad.blocks, 1);
	assert_int_equal(c.bad.ranges[0].damage.kind, DAMAGE_MISPLACED);
	assert_int_equal(c.bad.ranges[0].damage.origin, 5 * BLOCK_SIZE);
	comparison_clear(&c);
}

static void test_truncated(void **state)
{
	struct sealed *s = *state;
	struct comparison c;

	assert_int_equal(truncate(s->path, 190 * BLOCK_SIZE + 5), 0);
	c = compare(s, true);
	assert_int_equal(c.size, 190 * BLOCK_SIZE + 5);
	assert_int_equal(c.bad.blocks, 11);
	assert_int_equal(c.bad.count, 1);
	assert_int_equal(c.bad.ranges[0].damage.kind, DAMAGE_TRUNCATED);
	comparison_clear(&c);
}

static void test_emptied_and_missing(void **state)
{
	struct sealed *s = *state;
	struct comparison c;

	assert_int_equal(truncate(s->path, 0), 0);
	c = compare(s, false);
	assert_int_equal(c.bad.blocks, BLOCKS + 1);
	comparison_clear(&c);
	assert_int_equal(unlink(s->path), 0);
	assert_int_equal(sealed_file_compare(&s->record, s->path, false, &c), 0);
	assert_int_equal(c.error, -ENOENT);
	comparison_clear(&c);
}

/* What a rebuild does: all blocks differ, and the search for bits stays bounded. */
static void test_all_different(void **state)
{
	struct sealed *s = *state;
	struct comparison c;

	for (uint64_t i = 0; i < BLOCKS; i++) {
		unsigned char block[BLOCK_SIZE];

		read_at(s, i * BLOCK_SIZE, block, sizeof(block));
		block[3] ^= 0x55;
		block[9] ^= 0x0f;
		overwrite(s, i * BLOCK_SIZE, block, sizeof(block));
	}
	c = compare(s, false);
	assert_int_equal(c.bad.blocks, BLOCKS);
	assert_int_equal(c.bad.count, 1);
	assert_int_equal(c.bad.ranges[0].damage.kind, DAMAGE_CHANGED);
	comparison_clear(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_intact, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_another_inode_number, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_zeroed_and_flipped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_misplaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_truncated, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_emptied_and_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_all_different, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
