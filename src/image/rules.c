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

/* Nobody builds a kernel that is the sealed one up to zeros, or up to an earlier end. */
static bool lost(const struct comparison *c, enum changed changed)
{
	if (changed != CHANGED_KERNEL)
		return false;
	for (size_t i = 0; i < c->bad.count; i++) {
		enum damage_kind kind = c->bad.ranges[i].damage.kind;

		if (kind != DAMAGE_ZEROED && kind != DAMAGE_TRUNCATED)
			return false;
	}
	return true;
}

bool judge_other_guard(const struct comparison *c, uint64_t guard_bytes)
{
	return c->bad.count && c->bad.ranges[0].offset < guard_bytes;
}

/* Whether (nearly) nothing of the sealed file is in it, and somebody wrote it. */
static bool is_another(const struct sealed_file *f, const struct comparison *c)
{
	uint64_t blocks = (c->size + BLOCK_SIZE - 1) / BLOCK_SIZE;
	uint64_t kept = f->block_count - c->bad.blocks;

	return !(c->same_inode && c->same_mtime && c->same_ctime) && kept * FEW_BLOCKS_OF <= blocks;
}

/*
 * Whether somebody put another file there: storage that loses bytes gives a file neither another inode
 * nor another time (and vfat numbers its inodes anew with each mount).
 */
static bool is_another_file(const struct comparison *c)
{
	return !c->same_inode && !c->same_mtime;
}

static bool is_cut_off(const struct comparison *c)
{
	for (size_t i = 0; i < c->bad.count; i++) {
		if (c->bad.ranges[i].damage.kind != DAMAGE_TRUNCATED)
			return false;
	}
	return c->bad.count;
}

/* Whether it is another image, or a copy of the sealed one, that was not written to its end. */
static bool is_unfinished(const struct sealed_file *f, const struct comparison *c,
			  enum soundness soundness, uint64_t guard_bytes)
{
	if (soundness == UNFINISHED && (is_another(f, c) || judge_other_guard(c, guard_bytes)))
		return true;
	return is_another_file(c) && (soundness == UNFINISHED || is_cut_off(c));
}

/* No sealed byte is lost, so that nothing behind them makes it storage corruption. */
static struct judgement judge_appended(enum soundness soundness)
{
	if (soundness == BROKEN || soundness == UNFINISHED)
		return judge(VERDICT_INCONCLUSIVE, GROUND_APPENDED);
	return judge(soundness == FOREIGN ? VERDICT_CONFIG_ERROR : VERDICT_STALE, GROUND_APPENDED);
}

struct judgement judge_file(const struct sealed_file *f, const struct comparison *c,
			    enum soundness soundness, uint64_t guard_bytes, enum changed changed)
{
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
	if (is_unfinished(f, c, soundness, guard_bytes))
		return judge(VERDICT_INCONCLUSIVE, GROUND_UNFINISHED);
	if (soundness == BROKEN || soundness == UNFINISHED)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_BROKEN);
	if (soundness == EDITED)
		return judge(VERDICT_INCONCLUSIVE, GROUND_EDITED);
	if (soundness == PROVEN && judge_other_guard(c, guard_bytes))
		return judge(VERDICT_STALE, GROUND_REPLACED);
	if (few_blocks(f, c, changed) && changed == CHANGED_COMPRESSED)
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_FEW_BLOCKS);
	if (lost(c, changed))
		return judge(VERDICT_STORAGE_CORRUPTION, GROUND_LOST);
	if (changed == CHANGED_SIGNATURE)
		return judge(VERDICT_STALE, GROUND_REPLACED);
	if (few_blocks(f, c, changed) && (soundness != PROVEN || c->size > f->size))
		return judge(VERDICT_INCONCLUSIVE, GROUND_FEW_PLAIN);
	if (soundness == FOREIGN)
		return judge(VERDICT_CONFIG_ERROR, GROUND_FOREIGN);
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
