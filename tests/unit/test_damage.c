// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "damage/damage.h"
#include "damage/ranges.h"
#include "util/hash.h"
#include "util/util.h"

#define BLOCKS 8u

/* A small sealed file: eight different blocks, of which number 5 is all zero. */
struct fixture {
	unsigned char data[BLOCKS][BLOCK_SIZE];
	uint64_t hashes[BLOCKS];
	struct block_index *index;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	uint32_t random = 12345;

	if (!f)
		return -1;
	for (size_t n = 0; n < BLOCKS; n++) {
		for (size_t i = 0; i < BLOCK_SIZE; i++) {
			random = random * 1664525 + 1013904223;
			f->data[n][i] = n == 5 ? 0 : (unsigned char)(random >> 24);
		}
		f->hashes[n] = hash64(f->data[n], BLOCK_SIZE);
	}
	f->index = block_index_new(f->hashes, BLOCKS);
	*state = f;
	return f->index ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	block_index_free(f->index);
	free(f);
	return 0;
}

/* Classifies data in place of block number 2, and sees that it is not changed. */
static struct damage classify(const struct fixture *f, unsigned char *data, size_t len)
{
	unsigned char before[BLOCK_SIZE];
	struct damage damage;

	memcpy(before, data, len);
	damage_classify(data, len, BLOCK_SIZE, f->hashes[2], 2, f->index, true, true, &damage);
	assert_memory_equal(before, data, len);
	return damage;
}

static void test_zeroed_and_ones(void **state)
{
	struct fixture *f = *state;

	/* Block 5 is sealed as zeros: this one is no copy of it all the same. */
	memset(f->data[2], 0, BLOCK_SIZE);
	assert_int_equal(classify(f, f->data[2], BLOCK_SIZE).kind, DAMAGE_ZEROED);
	memset(f->data[2], 0xff, BLOCK_SIZE);
	assert_int_equal(classify(f, f->data[2], BLOCK_SIZE).kind, DAMAGE_ONES);
	f->data[2][BLOCK_SIZE - 1] = 0xfe;
	assert_int_equal(classify(f, f->data[2], BLOCK_SIZE).kind, DAMAGE_CHANGED);
}

static void test_misplaced(void **state)
{
	struct fixture *f = *state;
	struct damage damage;

	damage = classify(f, f->data[7], BLOCK_SIZE);
	assert_int_equal(damage.kind, DAMAGE_MISPLACED);
	assert_int_equal(damage.origin, 7 * BLOCK_SIZE);
	/* Without the list of blocks it is only another content. */
	damage_classify(f->data[7], BLOCK_SIZE, BLOCK_SIZE, f->hashes[2], 2, NULL, true, true,
			&damage);
	assert_int_equal(damage.kind, DAMAGE_CHANGED);
}

static void test_bit_flip(void **state)
{
	static const size_t places[] = { 0, 1, 63, 64, 1023, 1024, 2049, 3071, 4031, 4032, 4095 };
	struct fixture *f = *state;
	struct damage unsearched;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			struct damage damage;

			f->data[2][places[i]] ^= (unsigned char)(1u << bit);
			damage = classify(f, f->data[2], BLOCK_SIZE);
			f->data[2][places[i]] ^= (unsigned char)(1u << bit);
			assert_int_equal(damage.kind, DAMAGE_BIT_FLIP);
			assert_int_equal(damage.byte, places[i]);
			assert_int_equal(damage.bit, bit);
		}
	}
	/* Not searched for, it is only another content. */
	f->data[2][10] ^= 1;
	damage_classify(f->data[2], BLOCK_SIZE, BLOCK_SIZE, f->hashes[2], 2, f->index, true, false,
			&unsearched);
	assert_int_equal(unsearched.kind, DAMAGE_CHANGED);
	f->data[2][2000] ^= 0x80;
	assert_int_equal(classify(f, f->data[2], BLOCK_SIZE).kind, DAMAGE_CHANGED);
}

/* The last block of a file may have any length, and its bits are found as well. */
static void test_bit_flip_in_short_blocks(void **state)
{
	static const size_t lengths[] = { 1,   3,   8,	 16,   17,   100,  128,	 129,  200,
					  240, 241, 512, 1000, 1024, 1025, 2048, 3000, 4095 };
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		size_t len = lengths[i];
		size_t places[] = { 0, len / 3, len / 2, len - 1 };
		uint64_t expected = hash64(f->data[2], len);

		for (size_t k = 0; k < ARRAY_SIZE(places); k++) {
			struct damage damage;

			f->data[2][places[k]] ^= 0x10;
			damage_classify(f->data[2], len, len, expected, 2, f->index, true, true,
					&damage);
			f->data[2][places[k]] ^= 0x10;
			assert_int_equal(damage.kind, DAMAGE_BIT_FLIP);
			assert_int_equal(damage.byte, places[k]);
			assert_int_equal(damage.bit, 4);
		}
	}
}

/* The CPU time of one search that finds nothing, in nanoseconds. */
static int64_t search_time(struct fixture *f, size_t len)
{
	struct timespec before, after;
	struct damage damage;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	damage_classify(f->data[3], len, len, f->hashes[2], 2, NULL, true, true, &damage);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
	assert_int_equal(damage.kind, DAMAGE_CHANGED);
	return (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
}

/* A disk with thousands of changed blocks must not hold up a boot. */
static void test_full_blocks_are_searched_fast(void **state)
{
	int64_t full = search_time(*state, BLOCK_SIZE), slow = search_time(*state, BLOCK_SIZE - 1);

	print_message("%" PRId64 " us for a full block, %" PRId64 " us for a shorter one\n",
		      full / 1000, slow / 1000);
	assert_true(full * 3 < slow);
}

static void test_zero_sectors(void **state)
{
	struct fixture *f = *state;
	struct damage damage;

	memset(f->data[2] + 512, 0, 1024);
	damage = classify(f, f->data[2], BLOCK_SIZE);
	assert_int_equal(damage.kind, DAMAGE_ZERO_SECTORS);
	assert_int_equal(damage.zero_sectors, 2);
	/* They may have been zero when the block was sealed, and other bytes of it differ. */
	damage_classify(f->data[2], BLOCK_SIZE, BLOCK_SIZE, f->hashes[2], 2, f->index, false, true,
			&damage);
	assert_int_equal(damage.kind, DAMAGE_CHANGED);
	assert_int_equal(damage.zero_sectors, 0);
	f->data[2][512] = 1;
	f->data[2][1024] = 1;
	assert_int_equal(classify(f, f->data[2], BLOCK_SIZE).kind, DAMAGE_CHANGED);
}

static void test_truncated(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(classify(f, f->data[2], BLOCK_SIZE - 1).kind, DAMAGE_TRUNCATED);
	assert_int_equal(classify(f, f->data[2], 0).kind, DAMAGE_TRUNCATED);
}

static void test_names_differ(void **state)
{
	(void)state;
	for (int a = DAMAGE_CHANGED; a < DAMAGE_COUNT; a++) {
		const char *name = damage_name((enum damage_kind)a);

		assert_string_not_equal(name, "unknown");
		for (int b = DAMAGE_CHANGED; b < a; b++)
			assert_string_not_equal(name, damage_name((enum damage_kind)b));
	}
}

static void add(struct bad_ranges *r, uint64_t block, enum damage_kind kind, uint64_t origin_block)
{
	struct damage damage = { .kind = kind, .origin = origin_block * BLOCK_SIZE };

	assert_int_equal(bad_ranges_add(r, block * BLOCK_SIZE, BLOCK_SIZE, &damage), 0);
}

static void test_ranges(void **state)
{
	struct bad_ranges r = { 0 };

	(void)state;
	add(&r, 1, DAMAGE_ZEROED, 0);
	add(&r, 2, DAMAGE_ZEROED, 0); /* joined */
	add(&r, 3, DAMAGE_CHANGED, 0);
	add(&r, 5, DAMAGE_CHANGED, 0); /* not a neighbour */
	add(&r, 6, DAMAGE_MISPLACED, 20);
	add(&r, 7, DAMAGE_MISPLACED, 21); /* joined: the origin goes on as well */
	add(&r, 8, DAMAGE_MISPLACED, 30);
	add(&r, 9, DAMAGE_BIT_FLIP, 0);
	add(&r, 10, DAMAGE_BIT_FLIP, 0); /* each one by itself */
	assert_int_equal(r.count, 7);
	assert_int_equal(r.blocks, 9);
	assert_int_equal(r.bytes, 9 * BLOCK_SIZE);
	assert_int_equal(r.ranges[0].offset, BLOCK_SIZE);
	assert_int_equal(r.ranges[0].length, 2 * BLOCK_SIZE);
	assert_int_equal(r.ranges[2].offset, 5 * BLOCK_SIZE);
	assert_int_equal(r.ranges[3].length, 2 * BLOCK_SIZE);
	assert_int_equal(r.ranges[3].damage.origin, 20 * BLOCK_SIZE);
	assert_int_equal(r.ranges[4].damage.origin, 30 * BLOCK_SIZE);
	bad_ranges_clear(&r);
	assert_int_equal(r.count, 0);
	assert_null(r.ranges);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_zeroed_and_ones, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_misplaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bit_flip, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bit_flip_in_short_blocks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full_blocks_are_searched_fast, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_zero_sectors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_truncated, set_up, tear_down),
		cmocka_unit_test(test_names_differ),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
