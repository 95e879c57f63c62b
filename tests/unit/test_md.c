// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "luks_device.h"
#include "storage/md.h"
#include "util/util.h"

/* Half a MiB of nothing, in an array; the second member of three. */
static struct bytes member_of(const char *metadata, unsigned int level)
{
	char command[512];

	snprintf(
		command, sizeof(command),
		"d=$(mktemp -d); truncate -s 512K $d/a; tests/cli/md.py %s %u 65536 $d/a $d/0 $d/1 $d/2 "
		"&& cat $d/1; rm -r $d",
		metadata, level);
	return bytes_through(command, NULL, 0);
}

static bool read_md(const struct bytes *b, struct md *md)
{
	struct luks_memory m = { .p = b->p, .len = b->len };
	const struct source source = { luks_memory_read, &m, b->len };

	return md_read(&source, md);
}

static void test_kinds(void **state)
{
	static const struct {
		const char *metadata, *device, *uuid, *name;
		unsigned int level;
		uint64_t data_offset;
	} rows[] = {
		{ "0.90", "/dev/md7", "33221100:77665544:bbaa9988:ffeeddcc", "RAID1", 1, 0 },
		{ "0.90", "/dev/md7", "33221100:77665544:bbaa9988:ffeeddcc", "RAID0", 0, 0 },
		{ "1.0", "/dev/md/root", "00112233:44556677:8899aabb:ccddeeff", "RAID1", 1, 0 },
		{ "1.0", "/dev/md/root", "00112233:44556677:8899aabb:ccddeeff", "RAID5", 5, 0 },
		{ "1.2", "/dev/md/root", "00112233:44556677:8899aabb:ccddeeff", "RAID5", 5,
		  1 << 20 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bytes b = member_of(rows[i].metadata, rows[i].level);
		struct md md;

		assert_true(read_md(&b, &md));
		assert_true(md.member);
		assert_int_equal(md.mirror, rows[i].level == 1);
		assert_int_equal(md.chunk, rows[i].level == 1 ? 0 : 65536);
		assert_int_equal(md.disks, 3);
		assert_int_equal(md.data_offset, rows[i].data_offset);
		assert_string_equal(md.device, rows[i].device);
		assert_string_equal(md.uuid, rows[i].uuid);
		assert_string_equal(md.level, rows[i].name);
		bytes_free(&b);
	}
}

static uint64_t place_of(const struct bytes *b, const char *metadata)
{
	if (!strcmp(metadata, "0.90"))
		return b->len / 65536 * 65536 - 65536;
	return strcmp(metadata, "1.0") ? 4096 : b->len / 4096 * 4096 - 8192;
}

/* Nothing is believed of one that lost a bit: each is under its checksum, or is the magic or the place. */
static void test_each_bit(void **state)
{
	static const char *const metadata[] = { "0.90", "1.0", "1.2" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(metadata); i++) {
		struct bytes b = member_of(metadata[i], 5);
		uint64_t at = place_of(&b, metadata[i]);
		size_t len = i ? 256 + 2 * 3 : 4096;

		for (size_t byte = 0; byte < len; byte++) {
			struct md md;

			b.p[at + byte] ^= 1 << byte % 8;
			assert_false(read_md(&b, &md));
			assert_false(md.member);
			b.p[at + byte] ^= 1 << byte % 8;
		}
		bytes_free(&b);
	}
}

/* Made on a machine with the other byte order: every word the other way round. */
static void test_other_byte_order(void **state)
{
	struct bytes b = member_of("0.90", 1);
	unsigned char *p = b.p + place_of(&b, "0.90");
	struct md md;

	(void)state;
	for (size_t i = 0; i < 4096; i += 4) {
		unsigned char word[4];

		memcpy(word, p + i, 4);
		for (size_t k = 0; k < 4; k++)
			p[i + k] = word[3 - k];
	}
	assert_true(read_md(&b, &md));
	assert_true(md.mirror);
	assert_string_equal(md.device, "/dev/md7");
	bytes_free(&b);
}

/* Too short for a superblock, or nothing there. */
static void test_nothing(void **state)
{
	static const size_t sizes[] = { 0,    1,     511,   4095,  4096,  8191,
					8192, 12288, 65535, 65536, 200000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct bytes b = { 0 };
		struct md md;

		bytes_add_zeros(&b, sizes[i]);
		assert_false(read_md(&b, &md));
		bytes_free(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_other_byte_order),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
