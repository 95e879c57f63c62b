// SPDX-License-Identifier: GPL-2.0-or-later
/* What is seen of a device that cryptsetup made: whose record it has, and which bytes are bad. */
#include "luks_device.h"

#include "luks/match.h"
#include "luks/record.h"
#include "luks/view.h"
#include "luks/view_read.h"
#include "util/util.h"

#define HEADER_BYTES 16384u

static struct luks_device device;
static struct luks_memory memory;
static struct source source;
static struct sealed_luks sealed;

/* As a file's end is read: what is there. */
static ssize_t read_to_the_end(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct luks_memory *m = ctx;

	if (offset >= m->len)
		return 0;
	return luks_memory_read(ctx, buf, len < m->len - offset ? len : m->len - offset, offset);
}

static int make_device(void **state)
{
	(void)state;
	device = luks_device_make("3M",
				  "cryptsetup luksFormat -q --type luks2 --luks2-metadata-size 16k "
				  "--luks2-keyslots-size 1M --offset 4096 $fast $f $d/p; "
				  "cryptsetup luksAddKey -q $fast --key-file $d/p $f $d/q");
	return 0;
}

static int free_device(void **state)
{
	(void)state;
	luks_device_free(&device);
	return 0;
}

/* A copy of the device to damage, and the record of how it was. */
static struct bytes image;

static int set_up(void **state)
{
	struct luks l;

	(void)state;
	image = bytes_copy(&device.image);
	memory = (struct luks_memory){ .p = image.p, .len = image.len };
	source = (struct source){ read_to_the_end, &memory, image.len };
	assert_int_equal(luks_read(&source, &l), 0);
	assert_int_equal(luks_record(&sealed, &l, &source), 0);
	assert_int_equal(sealed.slot_count, 2);
	sealed.device = strdup("/dev/one");
	sealed.place = strdup("/dev/disk/by-partuuid/1");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	sealed_luks_clear(&sealed);
	bytes_free(&image);
	return 0;
}

static enum record_match match(const char *name)
{
	struct luks l;

	assert_int_equal(luks_read(&source, &l), 0);
	return luks_record_match(&sealed, &l, &source, name);
}

static void test_match(void **state)
{
	(void)state;
	assert_int_equal(match("/dev/other"), RECORD_UUID);
	/* Another UUID, with a right checksum: the keyslots are where they were. */
	for (size_t copy = 0; copy < LUKS_HEADERS; copy++) {
		image.p[copy * HEADER_BYTES + 168] ^= 1;
		luks2_sign(image.p + copy * HEADER_BYTES, HEADER_BYTES);
	}
	assert_int_equal(match("/dev/other"), RECORD_BYTES);
	/* No header at all, and one block of one keyslot. */
	memset(image.p, 0, sealed.slots[1].offset + 4096);
	memset(image.p + sealed.slots[1].offset + 8192, 0,
	       image.len - sealed.slots[1].offset - 8192);
	assert_int_equal(match("/dev/other"), RECORD_BYTES);
	memset(image.p, 0, image.len);
	assert_int_equal(match("/dev/other"), RECORD_OTHER);
	/* Which name it is: one that goes to another disk, or one that stays. */
	assert_int_equal(match("/dev/one"), RECORD_CALLED);
	assert_int_equal(match("/dev/disk/by-partuuid/1"), RECORD_NAMED);
	sealed.header = strdup("/dev/mapper/header");
	assert_int_equal(match("/dev/mapper/header"), RECORD_NAMED);
}

/* Also under another name of the same file. */
static void test_match_same_file(void **state)
{
	(void)state;
	memset(image.p, 0, image.len);
	free(sealed.device);
	sealed.device = strdup("/proc/self/exe");
	assert_int_equal(match("/proc/self/../self/exe"), RECORD_NAMED);
	assert_int_equal(match("/proc/self/status"), RECORD_OTHER);
}

static struct luks_view look(const struct sealed_luks *s)
{
	struct luks_view v = { .device = "/dev/one" };

	assert_int_equal(luks_view_read(&v, &source), 0);
	assert_int_equal(luks_view_compare(&v, &source, s, 7), 0);
	return v;
}

static void assert_range(const struct bad_ranges *bad, size_t i, uint64_t offset, uint64_t length,
			 enum damage_kind kind)
{
	assert_true(i < bad->count);
	assert_true(bad->ranges[i].offset == offset);
	assert_true(bad->ranges[i].length == length);
	assert_int_equal(bad->ranges[i].damage.kind, kind);
}

static void test_healthy(void **state)
{
	struct luks_view v = look(&sealed);

	(void)state;
	assert_int_equal(v.comparison.slots[0], SLOT_AS_SEALED);
	assert_int_equal(v.comparison.slots[1], SLOT_AS_SEALED);
	assert_int_equal(v.bad[0].count + v.bad[1].count, 0);
	assert_int_equal(v.bad_copies[0].count + v.bad_copies[1].count, 0);
	assert_null(v.other);
	assert_true(v.sealed_at == 7);
	assert_string_equal(luks_view_place(&v), "/dev/one");
	v.header = "/boot/header";
	assert_string_equal(luks_view_place(&v), "/boot/header");
	luks_view_clear(&v);
}

/* Blocks that changed places between keyslots, a bit, zeros, and what the device cannot read. */
static void test_damage_of_keyslots(void **state)
{
	const uint64_t a = sealed.slots[0].offset, b = sealed.slots[1].offset;
	struct luks_view v;

	(void)state;
	memcpy(image.p + a, image.p + b + 2 * BLOCK_SIZE, BLOCK_SIZE);
	image.p[a + BLOCK_SIZE + 77] ^= 16;
	memset(image.p + a + 4 * BLOCK_SIZE, 0, 3 * BLOCK_SIZE);
	memory.bad_from = b + 5 * BLOCK_SIZE;
	memory.bad_to = memory.bad_from + 1;
	v = look(&sealed);
	assert_int_equal(v.comparison.slots[0], SLOT_DAMAGED);
	assert_int_equal(v.comparison.slots[1], SLOT_UNREADABLE);
	assert_int_equal(v.bad[0].count, 3);
	assert_range(&v.bad[0], 0, a, BLOCK_SIZE, DAMAGE_MISPLACED);
	assert_true(v.bad[0].ranges[0].damage.origin == b + 2 * BLOCK_SIZE);
	assert_range(&v.bad[0], 1, a + BLOCK_SIZE, BLOCK_SIZE, DAMAGE_BIT_FLIP);
	assert_int_equal(v.bad[0].ranges[1].damage.byte, 77);
	assert_int_equal(v.bad[0].ranges[1].damage.bit, 4);
	assert_range(&v.bad[0], 2, a + 4 * BLOCK_SIZE, 3 * BLOCK_SIZE, DAMAGE_ZEROED);
	assert_int_equal(v.bad[1].count, 1);
	assert_range(&v.bad[1], 0, b + 5 * BLOCK_SIZE, BLOCK_SIZE, DAMAGE_UNREADABLE);
	luks_view_clear(&v);
	assert_int_equal(v.bad[0].count, 0);
}

static void test_damage_by_statistics(void **state)
{
	const uint64_t b = sealed.slots[1].offset;
	struct luks_view v;

	(void)state;
	memset(image.p + b + BLOCK_SIZE, 0xff, 2 * BLOCK_SIZE);
	v = look(NULL);
	assert_int_equal(v.implausible[0], 0);
	assert_int_equal(v.implausible[1], 2);
	assert_int_equal(v.bad[1].count, 1);
	assert_range(&v.bad[1], 0, b + BLOCK_SIZE, 2 * BLOCK_SIZE, DAMAGE_ONES);
	assert_true(v.sealed_at == 0);
	luks_view_clear(&v);
}

static void test_damage_of_copies(void **state)
{
	struct luks_view v;

	(void)state;
	/* One block of the JSON area of the second copy, with the first one to compare with. */
	image.p[HEADER_BYTES + 2 * BLOCK_SIZE + 9] ^= 1;
	v = look(&sealed);
	assert_int_equal(v.bad_copies[0].count, 0);
	assert_int_equal(v.bad_copies[1].count, 1);
	assert_range(&v.bad_copies[1], 0, HEADER_BYTES + 2 * BLOCK_SIZE, BLOCK_SIZE,
		     DAMAGE_BIT_FLIP);
	luks_view_clear(&v);
	/* Both: nothing tells which bytes. */
	image.p[9] ^= 1;
	v = look(&sealed);
	assert_range(&v.bad_copies[0], 0, 0, HEADER_BYTES, DAMAGE_CHANGED);
	assert_range(&v.bad_copies[1], 0, HEADER_BYTES, HEADER_BYTES, DAMAGE_CHANGED);
	luks_view_clear(&v);
	/* Neither: the record tells where they were. */
	memset(image.p, 0, 2 * HEADER_BYTES);
	v = look(&sealed);
	assert_string_equal(v.other, "zeros");
	assert_range(&v.bad_copies[0], 0, 0, HEADER_BYTES, DAMAGE_ZEROED);
	assert_range(&v.bad_copies[1], 0, HEADER_BYTES, HEADER_BYTES, DAMAGE_ZEROED);
	luks_view_clear(&v);
	v = look(NULL);
	assert_int_equal(v.bad_copies[0].count, 0);
	luks_view_clear(&v);
}

/* A device that ends inside its header and its keyslots. */
static void test_short_device(void **state)
{
	const uint64_t ends[] = { 0, 100, 4096, 20000, sealed.slots[0].offset + 5000 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct luks_view v;

		memory.len = source.size = ends[i];
		v = look(&sealed);
		if (ends[i] < HEADER_BYTES)
			assert_int_equal(v.luks.chosen, -1);
		else
			assert_int_equal(v.luks.chosen, 0);
		luks_view_clear(&v);
		v = look(NULL);
		luks_view_clear(&v);
	}
}

static void test_same_record(void **state)
{
	struct sealed_luks again;
	struct luks l;

	(void)state;
	assert_int_equal(luks_read(&source, &l), 0);
	assert_int_equal(luks_record(&again, &l, &source), 0);
	assert_true(sealed_luks_same(&sealed, &again));
	again.slots[1].blocks[3]++;
	assert_false(sealed_luks_same(&sealed, &again));
	again.slots[1].blocks[3]--;
	again.seqid++;
	assert_false(sealed_luks_same(&sealed, &again));
	again.seqid--;
	again.copies[1].hash++;
	assert_false(sealed_luks_same(&sealed, &again));
	again.copies[1].hash--;
	again.uuid[0] ^= 1;
	assert_false(sealed_luks_same(&sealed, &again));
	again.uuid[0] ^= 1;
	assert_true(sealed_luks_same(&sealed, &again));
	sealed_luks_clear(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_match, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_match_same_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_healthy, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_of_keyslots, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_by_statistics, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damage_of_copies, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_short_device, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_same_record, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, make_device, free_device);
}
