// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/rules.h"

#include <errno.h>
#include <stddef.h>

#include "util/util.h"

/* A kernel of which not even half differs was not rebuilt: most of it is its compressed payload. */
#define FEW_OF_KERNEL 2u

static struct judgement judge(enum verdict verdict, enum ground ground)
{
	return (struct judgement){ verdict, ground };
}

static bool as_sealed(const struct sealed_file *f, const struct comparison *c)
{
	return c->bad.blocks == 0 && c->size == f->size;
}

static bool decided_by_device(const struct comparison *c)
{
	return c->unreadable || c->unstable || c->only_device ||
	       (c->only_cached && c->only_cached == c->bad.blocks);
}

bool judge_needs_soundness(const struct sealed_file *f, const struct comparison *c)
{
	return !c->error && !as_sealed(f, c) && !decided_by_device(c) &&
	       !comparison_untouched(f, c);
}

static struct judgement judge_unopened(int error)
{
	/* Removed by somebody, or its name lost by the file system: nothing here tells. */
	if (error == -ENOENT)
		return judge(VERDICT_INCONCLUSIVE, GROUND_MISSING);
	if (error == -EIO)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_UNREADABLE);
	return judge(VERDICT_NONE, GROUND_CANNOT_OPEN);
}

static bool few_blocks(const struct sealed_file *f, const struct comparison *c,
		       enum changed changed)
{
	unsigned int of = changed == CHANGED_KERNEL ? FEW_OF_KERNEL : FEW_BLOCKS_OF;

	return c->size >= f->size && c->bad.blocks * of <= f->block_count;
}

static uint64_t block_count(uint64_t bytes)
{
	return (bytes + BLOCK_SIZE - 1) / BLOCK_SIZE;
}

/* Whether of what was sealed behind that offset more is left than chance leaves there. */
static bool is_left(const struct sealed_file *f, const struct comparison *c, uint64_t offset)
{
	uint64_t of = f->block_count - block_count(offset), bad = 0;

	for (size_t i = 0; i < c->bad.count; i++) {
		const struct bad_range *r = &c->bad.ranges[i];
		uint64_t end = r->offset + r->length;

		if (end > offset)
			bad += block_count(end - (r->offset > offset ? r->offset : offset));
	}
	return (of - bad) * FEW_BLOCKS_OF > of;
}

/*
 * Nobody builds a kernel that is the sealed one up to zeros, or up to an earlier end; nor an image that has
 * the sealed blocks where they were, and nothing between them.
 */
static bool lost(const struct sealed_file *f, const struct comparison *c, enum changed changed)
{
	bool kernel = changed == CHANGED_KERNEL;

	for (size_t i = 0; i < c->bad.count; i++) {
		enum damage_kind kind = c->bad.ranges[i].damage.kind;

		if (kind != DAMAGE_ZEROED && kind != (kernel ? DAMAGE_TRUNCATED : DAMAGE_ONES))
			return false;
	}
	return kernel || (changed != CHANGED_SIGNATURE && is_left(f, c, 0));
}

/* Whether a block differs as hardly anything but damage makes it. */
static bool any_is_lost(const struct bad_ranges *bad)
{
	for (size_t i = 0; i < bad->count; i++) {
		enum damage_kind kind = bad->ranges[i].damage.kind;

		if (kind != DAMAGE_CHANGED && kind != DAMAGE_ZERO_SECTORS &&
		    kind != DAMAGE_TRUNCATED)
			return true;
	}
	return false;
}

static bool is_one_piece(const struct bad_ranges *bad)
{
	for (size_t i = 1; i < bad->count; i++) {
		const struct bad_range *before = &bad->ranges[i - 1];

		if (bad->ranges[i].offset != before->offset + before->length)
			return false;
	}
	return true;
}

/*
 * Whether it differs as when a file is added at its end: a compressor gives the same bytes up to the first
 * that is new. What is as sealed in all else, and has more, may differ in front of that in lengths.
 */
static bool is_added_to(const struct sealed_file *f, const struct comparison *c,
			enum soundness soundness)
{
	const struct bad_range *last = c->bad.count ? &c->bad.ranges[c->bad.count - 1] : NULL;

	return last && last->offset + last->length >= f->size &&
	       (soundness == EXTENDED || (is_one_piece(&c->bad) && !any_is_lost(&c->bad)));
}

bool judge_other_guard(const struct comparison *c, uint64_t guard_bytes)
{
	return c->bad.count && c->bad.ranges[0].offset < guard_bytes;
}

/* Whether (nearly) nothing of the sealed file is in it, and somebody wrote it. */
static bool is_another(const struct sealed_file *f, const struct comparison *c)
{
	uint64_t blocks = block_count(c->size);
	uint64_t kept = f->block_count - c->bad.blocks;

	return !(c->same_inode && c->same_mtime && c->same_ctime) && kept * FEW_BLOCKS_OF <= blocks;
}

/*
 * Whether nothing was written from some place on: the end is not there, or there is room for it, or for a part
 * of it, that holds nothing. What held nothing when it was sealed is no part that was written.
 */
static bool is_cut_off(const struct sealed_file *f, const struct comparison *c)
{
	uint64_t at = c->bad.count ? c->bad.ranges[0].offset : f->size;

	for (size_t i = 0; i < c->bad.count; i++) {
		const struct bad_range *r = &c->bad.ranges[i];
		bool half = !i && r->length <= BLOCK_SIZE &&
			    (r->damage.kind == DAMAGE_ZERO_SECTORS || r->damage.ends_in_zero);
		bool empty = half || r->damage.kind == DAMAGE_ZEROED;

		if (!sealed_file_held_nothing(f, at, r->offset) ||
		    (r->damage.kind != DAMAGE_TRUNCATED && !empty))
			return false;
		at = r->offset + r->length;
	}
	return c->bad.count && sealed_file_held_nothing(f, at, f->size);
}

/*
 * Whether it is another image, or a copy of the sealed one, that was not written to its end. Storage that
 * loses bytes gives a file no other time.
 */
static bool is_unfinished(const struct sealed_file *f, const struct comparison *c,
			  const struct own_words *own)
{
	bool ends_early = own->soundness == UNFINISHED;

	if (ends_early && (is_another(f, c) || judge_other_guard(c, own->guard_bytes)))
		return true;
	return !c->same_mtime && ((ends_early && !any_is_lost(&c->bad)) || is_cut_off(f, c));
}

/*
 * Whether another guard than the sealed one stands in front of the image that was sealed, to the byte: one
 * that tells of another image. Nobody puts that there; it was there before the update of which this is left.
 */
static bool is_guard_of_before(const struct sealed_file *f, const struct comparison *c,
			       const struct own_words *own)
{
	const struct bad_range *last = c->bad.count ? &c->bad.ranges[c->bad.count - 1] : NULL;

	return own->soundness == EDITED && last && c->size == f->size &&
	       last->offset + last->length <= own->sealed_guard_bytes;
}

/* Whether it is a whole image by the record in its guard, or but for what was packed behind that. */
static bool is_another_whole(const struct comparison *c, const struct own_words *own)
{
	return own->soundness == EDITED ||
	       (own->soundness == PROVEN && judge_other_guard(c, own->guard_bytes));
}

/* No sealed byte is lost, so that nothing behind them makes it storage corruption. */
static struct judgement judge_appended(enum soundness soundness)
{
	if (soundness == BROKEN || soundness == UNFINISHED)
		return judge(VERDICT_INCONCLUSIVE, GROUND_APPENDED);
	return judge(soundness == FOREIGN ? VERDICT_CONFIG_ERROR : VERDICT_STALE, GROUND_APPENDED);
}

struct judgement judge_file(const struct sealed_file *f, const struct comparison *c,
			    const struct own_words *own)
{
	const enum soundness soundness = own->soundness;
	bool few = few_blocks(f, c, own->changed);

	if (c->error)
		return judge_unopened(c->error);
	if (c->unreadable)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_UNREADABLE);
	if (c->unstable)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_UNSTABLE);
	if (as_sealed(f, c))
		return judge(VERDICT_INTACT, GROUND_AS_SEALED);
	if (c->only_cached && c->only_cached == c->bad.blocks)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_ONLY_CACHED);
	if (c->only_device)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_ONLY_DEVICE);
	if (comparison_untouched(f, c))
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_UNTOUCHED);
	if (!c->bad.blocks && c->size > f->size)
		return judge_appended(soundness);
	if (is_unfinished(f, c, own))
		return judge(VERDICT_INCONCLUSIVE, GROUND_UNFINISHED);
	if (soundness == BROKEN || soundness == UNFINISHED)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_BROKEN);
	if (is_guard_of_before(f, c, own))
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_GUARD);
	if (is_another_whole(c, own) && c->same_inode && c->same_mtime)
		return judge(VERDICT_INCONCLUSIVE, GROUND_OLDER);
	if (soundness == EDITED)
		return judge(VERDICT_INCONCLUSIVE, GROUND_EDITED);
	if (is_another_whole(c, own))
		return judge(VERDICT_STALE, GROUND_REPLACED);
	if (lost(f, c, own->changed))
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_LOST);
	if (few && own->changed == CHANGED_COMPRESSED)
		return is_added_to(f, c, soundness)
			       ? judge(VERDICT_INCONCLUSIVE, GROUND_TAIL)
			       : judge(VERDICT_STORAGE_CORRUPTION, GROUND_FEW_BLOCKS);
	if (own->changed == CHANGED_SIGNATURE)
		return judge(VERDICT_STALE, GROUND_REPLACED);
	if (few && (soundness != PROVEN || c->size > f->size))
		return judge(VERDICT_INCONCLUSIVE, GROUND_FEW_PLAIN);
	if (soundness == FOREIGN)
		return is_left(f, c, own->sealed_guard_bytes)
			       ? judge(VERDICT_INCONCLUSIVE, GROUND_FEW_PLAIN)
			       : judge(VERDICT_CONFIG_ERROR, GROUND_FOREIGN);
	if (soundness == LOOSE)
		return judge(VERDICT_INCONCLUSIVE, GROUND_LOOSE);
	if (soundness == UNPROVEN)
		return judge(VERDICT_INCONCLUSIVE, GROUND_UNPROVEN);
	return judge(VERDICT_STALE, GROUND_REPLACED);
}

enum verdict judge_refusal(enum refusal refusal, bool cut_off)
{
	switch (refusal) {
	case NOT_REFUSED:
		return VERDICT_INTACT;
	case REFUSED_BROKEN:
		return VERDICT_STORAGE_CORRUPTION;
	case REFUSED_UNKNOWN:
		return VERDICT_INCONCLUSIVE;
	case REFUSED_START:
	case REFUSED_CHANGED:
		return cut_off ? VERDICT_INCONCLUSIVE : VERDICT_CONFIG_ERROR;
	case REFUSED_FORMAT:
		return VERDICT_CONFIG_ERROR;
	}
	return VERDICT_INCONCLUSIVE;
}
