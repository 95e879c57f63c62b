// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>

#include "image/rules.h"
#include "util/util.h"

#define BLOCKS 800u

static const struct sealed_file sealed = { .size = BLOCKS * BLOCK_SIZE, .block_count = BLOCKS };

/* One file as it is found, and what must be said of it. */
struct row {
	const char *what;
	struct comparison c; /* size 0: as sealed */
	uint64_t bad_from, bad;
	enum damage_kind damage;
	bool touched, in_place; /* in_place: with the inode that was sealed */
	enum soundness soundness;
	uint64_t guard;
	enum changed changed; /* CHANGED_KERNEL when not said */
	enum verdict verdict;
	enum ground ground;
};

static const struct row rows[] = {
	{ .what = "as sealed", .verdict = VERDICT_INTACT, .ground = GROUND_AS_SEALED },
	{ .what = "moved to another disk, same bytes",
	  .touched = true,
	  .verdict = VERDICT_INTACT,
	  .ground = GROUND_AS_SEALED },
	{ .what = "gone",
	  .c = { .error = -ENOENT },
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_MISSING },
	{ .what = "not allowed",
	  .c = { .error = -EACCES },
	  .verdict = VERDICT_NONE,
	  .ground = GROUND_CANNOT_OPEN },
	{ .what = "the inode cannot be read",
	  .c = { .error = -EIO },
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNREADABLE },
	{ .what = "unreadable block",
	  .c = { .unreadable = 1 },
	  .bad = 1,
	  .touched = true,
	  .soundness = PROVEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNREADABLE },
	{ .what = "unstable block",
	  .c = { .unstable = 1 },
	  .bad = 1,
	  .touched = true,
	  .soundness = PROVEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNSTABLE },
	{ .what = "the page cache is wrong, the disk right",
	  .c = { .only_cached = 2 },
	  .bad = 2,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_ONLY_CACHED },
	{ .what = "the disk is wrong, the page cache right",
	  .c = { .only_device = 2 },
	  .bad = 2,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_ONLY_DEVICE },
	{ .what = "nobody wrote it, one block differs",
	  .bad = 1,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNTOUCHED },
	{ .what = "nobody wrote it, all differs",
	  .bad = BLOCKS,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNTOUCHED },
	{ .what = "written since, few blocks, sound as far as its checksums go",
	  .changed = CHANGED_COMPRESSED,
	  .bad_from = 100,
	  .bad = 3,
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_FEW_BLOCKS },
	{ .what = "written since, few blocks outside the guard, members as in its own record",
	  .changed = CHANGED_COMPRESSED,
	  .bad_from = 400,
	  .bad = 1,
	  .touched = true,
	  .soundness = PROVEN,
	  .guard = 300 * BLOCK_SIZE,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_FEW_BLOCKS },
	{ .what = "sealed again, and the power went before the record was written",
	  .changed = CHANGED_COMPRESSED,
	  .bad_from = 10,
	  .bad = 50,
	  .touched = true,
	  .soundness = PROVEN,
	  .guard = 300 * BLOCK_SIZE,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "an image of another seal was restored: few blocks, in the guard and behind it",
	  .changed = CHANGED_COMPRESSED,
	  .bad_from = 290,
	  .bad = 20,
	  .touched = true,
	  .soundness = PROVEN,
	  .guard = 300 * BLOCK_SIZE,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "the same blocks, and the members are not as in its own record",
	  .changed = CHANGED_COMPRESSED,
	  .bad_from = 290,
	  .bad = 20,
	  .touched = true,
	  .soundness = SOUND,
	  .guard = 300 * BLOCK_SIZE,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_FEW_BLOCKS },
	{ .what = "rebuilt, another size",
	  .c = { .size = (BLOCKS - 9) * BLOCK_SIZE },
	  .bad = 700,
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "rebuilt, by chance the same size",
	  .bad = 500,
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "rebuilt, and broken",
	  .c = { .size = (BLOCKS - 9) * BLOCK_SIZE },
	  .bad = 700,
	  .touched = true,
	  .soundness = BROKEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_BROKEN },
	{ .what = "something was appended",
	  .c = { .size = (BLOCKS + 9) * BLOCK_SIZE },
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_APPENDED },
	{ .what = "something was appended that replaces files, or has no checksum",
	  .c = { .size = (BLOCKS + 9) * BLOCK_SIZE },
	  .touched = true,
	  .soundness = UNPROVEN,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_APPENDED },
	{ .what = "something was appended that no kernel unpacks",
	  .c = { .size = (BLOCKS + 9) * BLOCK_SIZE },
	  .touched = true,
	  .soundness = FOREIGN,
	  .verdict = VERDICT_CONFIG_ERROR,
	  .ground = GROUND_APPENDED },
	{ .what = "something was appended that is broken: no sealed byte is",
	  .c = { .size = (BLOCKS + 9) * BLOCK_SIZE },
	  .touched = true,
	  .soundness = BROKEN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_APPENDED },
	{ .what = "something was appended, and a sealed block is lost",
	  .c = { .size = (BLOCKS + 9) * BLOCK_SIZE },
	  .bad_from = 500,
	  .bad = 1,
	  .touched = true,
	  .soundness = BROKEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_BROKEN },
	{ .what = "a kernel signed again",
	  .bad = 2,
	  .touched = true,
	  .soundness = SOUND,
	  .changed = CHANGED_SIGNATURE,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "the same, of which nothing else can be verified",
	  .bad = 2,
	  .touched = true,
	  .soundness = UNPROVEN,
	  .changed = CHANGED_SIGNATURE,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "blocks that no checksum covers, in a kernel whose payload's checksum is right",
	  .bad = 2,
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "the same, and something was appended",
	  .c = { .size = BLOCKS * BLOCK_SIZE + 1500 },
	  .bad = 2,
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "a kernel of which blocks became zeros, all else as sealed",
	  .bad_from = 300,
	  .bad = 400,
	  .damage = DAMAGE_ZEROED,
	  .touched = true,
	  .soundness = UNPROVEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_LOST },
	{ .what = "a kernel whose payload is right, and the code behind it became zeros",
	  .bad_from = 790,
	  .bad = 2,
	  .damage = DAMAGE_ZEROED,
	  .touched = true,
	  .soundness = SOUND,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_LOST },
	{ .what = "a copy of the sealed kernel that is cut off",
	  .c = { .size = 400 * BLOCK_SIZE },
	  .bad_from = 400,
	  .bad = 400,
	  .damage = DAMAGE_TRUNCATED,
	  .touched = true,
	  .soundness = UNPROVEN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_UNFINISHED },
	{ .what = "a copy of the sealed kernel that has zeros and is cut off",
	  .c = { .size = 700 * BLOCK_SIZE },
	  .bad_from = 400,
	  .bad = 400,
	  .damage = DAMAGE_ZEROED,
	  .touched = true,
	  .soundness = BROKEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_BROKEN },
	{ .what = "a copy of the sealed image that is cut off",
	  .c = { .size = 400 * BLOCK_SIZE },
	  .bad_from = 400,
	  .bad = 400,
	  .damage = DAMAGE_TRUNCATED,
	  .touched = true,
	  .soundness = UNFINISHED,
	  .guard = 300 * BLOCK_SIZE,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_UNFINISHED },
	{ .what = "the sealed image itself, which ends early",
	  .c = { .size = 400 * BLOCK_SIZE },
	  .bad_from = 400,
	  .bad = 400,
	  .damage = DAMAGE_TRUNCATED,
	  .touched = true,
	  .in_place = true,
	  .soundness = UNFINISHED,
	  .guard = 300 * BLOCK_SIZE,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_BROKEN },
	{ .what = "an image of another seal, written over it, that ends early",
	  .c = { .size = 400 * BLOCK_SIZE },
	  .bad_from = 10,
	  .bad = 500,
	  .touched = true,
	  .in_place = true,
	  .soundness = UNFINISHED,
	  .guard = 300 * BLOCK_SIZE,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_UNFINISHED },
	{ .what = "another archive behind the guard of the sealed image, of which a few blocks differ",
	  .bad_from = 780,
	  .bad = 20,
	  .touched = true,
	  .soundness = EDITED,
	  .guard = 300 * BLOCK_SIZE,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_EDITED },
	{ .what = "the same, and nobody wrote it",
	  .bad_from = 780,
	  .bad = 20,
	  .soundness = EDITED,
	  .guard = 300 * BLOCK_SIZE,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNTOUCHED },
	{ .what = "a kernel that is cut off, all before it as sealed",
	  .c = { .size = 400 * BLOCK_SIZE },
	  .bad_from = 400,
	  .bad = 400,
	  .damage = DAMAGE_TRUNCATED,
	  .touched = true,
	  .in_place = true,
	  .soundness = UNPROVEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_LOST },
	{ .what = "appended to, and a sealed compressed block differs",
	  .c = { .size = BLOCKS * BLOCK_SIZE + 1500 },
	  .bad_from = 500,
	  .bad = 1,
	  .touched = true,
	  .soundness = UNPROVEN,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_FEW_BLOCKS },
	{ .what = "text was appended, and a sealed plain block differs",
	  .c = { .size = BLOCKS * BLOCK_SIZE + 1500 },
	  .bad_from = 500,
	  .bad = 1,
	  .touched = true,
	  .soundness = FOREIGN,
	  .changed = CHANGED_PLAIN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "an archive was appended that replaces what a sealed plain block is of",
	  .c = { .size = (BLOCKS + 9) * BLOCK_SIZE },
	  .bad_from = 500,
	  .bad = 1,
	  .touched = true,
	  .soundness = PROVEN,
	  .guard = 300 * BLOCK_SIZE,
	  .changed = CHANGED_PLAIN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "text lies where the first block was",
	  .bad = 1,
	  .touched = true,
	  .soundness = FOREIGN,
	  .changed = CHANGED_PLAIN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "a kernel signed again, and its payload's checksum is wrong",
	  .bad = 2,
	  .touched = true,
	  .soundness = BROKEN,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_BROKEN },
	{ .what = "the same, and nobody wrote it",
	  .bad = 2,
	  .soundness = SOUND,
	  .verdict = VERDICT_STORAGE_CORRUPTION,
	  .ground = GROUND_UNTOUCHED },
	{ .what = "a kernel without a checksum, a few blocks rewritten",
	  .bad = 2,
	  .touched = true,
	  .soundness = UNPROVEN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "a few plain blocks of an initrd, rewritten",
	  .bad_from = 400,
	  .bad = 2,
	  .touched = true,
	  .soundness = SOUND,
	  .changed = CHANGED_PLAIN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_FEW_PLAIN },
	{ .what = "the same, and all in it is as its own record says",
	  .bad_from = 400,
	  .bad = 2,
	  .touched = true,
	  .soundness = PROVEN,
	  .changed = CHANGED_PLAIN,
	  .verdict = VERDICT_STALE,
	  .ground = GROUND_REPLACED },
	{ .what = "rebuilt, and nothing proves that it is complete",
	  .bad = 700,
	  .touched = true,
	  .soundness = LOOSE,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_LOOSE },
	{ .what = "rebuilt in a format that no kernel unpacks",
	  .bad = 700,
	  .touched = true,
	  .soundness = FOREIGN,
	  .changed = CHANGED_COMPRESSED,
	  .verdict = VERDICT_CONFIG_ERROR,
	  .ground = GROUND_FOREIGN },
	{ .what = "an unknown kind of kernel, replaced",
	  .bad = BLOCKS,
	  .touched = true,
	  .soundness = UNPROVEN,
	  .verdict = VERDICT_INCONCLUSIVE,
	  .ground = GROUND_UNPROVEN },
};

static void test_every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct bad_range range = { row->bad_from * BLOCK_SIZE,
					   row->bad * BLOCK_SIZE,
					   { .kind = row->damage } };
		struct comparison c = row->c;
		struct judgement j;

		if (!c.size)
			c.size = sealed.size;
		c.same_ctime = c.same_mtime = !row->touched;
		c.same_inode = !row->touched || row->in_place;
		if (row->bad) {
			c.bad.ranges = &range;
			c.bad.count = 1;
			c.bad.blocks = row->bad;
		}
		j = judge_file(&sealed, &c, row->soundness, row->guard, row->changed);
		if (j.verdict != row->verdict || j.ground != row->ground)
			fail_msg("%s: verdict %s, ground %d", row->what, verdict_name(j.verdict),
				 (int)j.ground);
		/* A walk through the file is asked for exactly where its outcome matters. */
		if (!judge_needs_soundness(&sealed, &c))
			assert_int_equal(judge_file(&sealed, &c, BROKEN, 0, row->changed).ground,
					 j.ground);
	}
}

static void test_worst(void **state)
{
	const enum verdict order[] = { VERDICT_INTACT,	     VERDICT_STALE,
				       VERDICT_CONFIG_ERROR, VERDICT_INCONCLUSIVE,
				       VERDICT_NONE,	     VERDICT_STORAGE_CORRUPTION };

	(void)state;
	for (size_t a = 0; a < ARRAY_SIZE(order); a++) {
		for (size_t b = 0; b < ARRAY_SIZE(order); b++)
			assert_int_equal(verdict_worst(order[a], order[b]), order[a > b ? a : b]);
	}
}

static void test_refusals(void **state)
{
	static const struct {
		enum refusal refusal;
		enum verdict unpacked, cut_off;
	} refusals[] = {
		{ NOT_REFUSED, VERDICT_INTACT, VERDICT_INTACT },
		{ REFUSED_BROKEN, VERDICT_STORAGE_CORRUPTION, VERDICT_STORAGE_CORRUPTION },
		{ REFUSED_UNKNOWN, VERDICT_INCONCLUSIVE, VERDICT_INCONCLUSIVE },
		{ REFUSED_START, VERDICT_CONFIG_ERROR, VERDICT_INCONCLUSIVE },
		{ REFUSED_CHANGED, VERDICT_CONFIG_ERROR, VERDICT_INCONCLUSIVE },
		{ REFUSED_FORMAT, VERDICT_CONFIG_ERROR, VERDICT_CONFIG_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		assert_int_equal(judge_refusal(refusals[i].refusal, false), refusals[i].unpacked);
		assert_int_equal(judge_refusal(refusals[i].refusal, true), refusals[i].cut_off);
	}
}

static void test_exit_codes_are_public(void **state)
{
	(void)state;
	assert_int_equal(VERDICT_INTACT, 0);
	assert_int_equal(VERDICT_STORAGE_CORRUPTION, 1);
	assert_int_equal(VERDICT_CONFIG_ERROR, 3);
	assert_int_equal(VERDICT_STALE, 4);
	assert_int_equal(VERDICT_INCONCLUSIVE, 5);
	assert_string_equal(verdict_name(VERDICT_STORAGE_CORRUPTION), "storage-corruption");
	assert_string_equal(verdict_name(VERDICT_CONFIG_ERROR), "config-error");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_worst),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_exit_codes_are_public),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
