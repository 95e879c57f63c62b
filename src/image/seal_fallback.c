// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/seal_fallback.h"

#include <errno.h>
#include <libgen.h>
#include <string.h>

#include "image/compare.h"
#include "image/kept.h"
#include "manifest/report_replace.h"
#include "report/lines.h"
#include "util/interrupt.h"
#include "util/message.h"
#include "util/text.h"
#include "util/util.h"

/*
 * A disk that loses parts of big writes may keep small ones. The second size is the smallest that
 * a file system gives to a device.
 */
static const size_t pieces[] = { 64 * 1024, BLOCK_SIZE };

/* ---- the image before ------------------------------------------------------------------------- */

/* What builders, and the hook that runs before them, leave of it: NAME is the image's. */
static const char *const previous_names[][2] = {
	{ "", ".dpkg-bak" },		      /* initramfs-tools, until a rebuild has succeeded */
	{ ".", KEPT_SUFFIX },		      /* image/kept */
	{ "", ".old-dkms" },		      /* dkms */
	{ "", ".bak" },	      { "", ".old" }, /* kept on purpose */
};

static bool reads_as_sealed(const struct fallback *c, const char *path, bool *past_cache)
{
	const struct sealed_file *sealed = &c->previous->files[ARTIFACT_INITRD];
	struct comparison found;
	bool same;

	/* A refused one has a record as well, and boots no better. */
	if (!sealed->present || c->previous->refusal)
		return false;
	same = !sealed_file_compare(sealed, path, c->read_back == READ_BACK, &found) &&
	       !found.error && found.size == sealed->size && !found.bad.blocks;
	*past_cache = c->read_back == READ_BACK && found.direct != DIRECT_NONE;
	comparison_clear(&found);
	return same;
}

static bool put_previous(struct fallback *c)
{
	cleanup(free_ptr) char *for_folder = text_copy(c->image->path);
	cleanup(free_ptr) char *for_name = text_copy(c->image->path);
	const char *folder = dirname(for_folder), *name = basename(for_name);
	bool past_cache = false;
	struct stat before;

	for (size_t i = 0; i < ARRAY_SIZE(previous_names); i++) {
		cleanup(free_ptr) char *other =
			text_format("%s%s%s", previous_names[i][0], name, previous_names[i][1]);
		cleanup(free_ptr) char *path = text_format("%s/%s", folder, other);

		if (!reads_as_sealed(c, path, &past_cache) || lstat(path, &before) < 0 ||
		    replace_with(c->image->path, other, &c->stands))
			continue;
		c->stands = before;
		finding_say(seal_stands(
			c->report, VERDICT_STALE, c->image->name,
			"The image before this one, %s, %s as it was sealed, and stands in its place "
			"again.",
			path, past_cache ? "reads back from the disk" : "is"));
		return true;
	}
	return false;
}

/* ---- the guard in front ------------------------------------------------------------------------ */

static bool install(struct fallback *c, struct replacement *r)
{
	struct stat new;

	if (!replace_stat(r, &new))
		return false;
	replace_expect(r, &c->stands);
	if (replace_install(r) != 0 && !replace_installed(r))
		return false;
	c->stands = new;
	return true;
}

/* Writes the image behind the guard; all that must have been kept of it is the guard. */
static bool put_guarded(struct fallback *c)
{
	struct replacement *r = NULL;
	struct replace_result result;
	bool done = false;
	int err = image_write_beside(c->image, c->guard, c->guard_size, 0, &r);

	if (!err)
		err = replace_verify(r, c->read_back, &result);
	if (!err || (err == -EILSEQ && result.bad_offset >= c->guard_size))
		done = install(c, r);
	c->past_cache = done && result.past_cache;
	replace_abort(r);
	return done;
}

/* As little as must be kept for the next boot to explain. */
static bool put_guard_alone(struct fallback *c)
{
	struct replacement *r = NULL;
	struct replace_result result;
	bool done = false;
	int err = replace_begin(&r, c->image->path, c->image->st.st_mode & 07777);

	if (!err) {
		replace_in_pieces(r, BLOCK_SIZE);
		err = replace_write(r, c->guard, c->guard_size);
	}
	if (!err)
		err = replace_verify(r, c->read_back, &result);
	if (!err)
		done = install(c, r);
	c->alone = done;
	c->past_cache = done && result.past_cache;
	replace_abort(r);
	return done;
}

/* What may boot all the same is not given up for a guard. */
static bool may_boot(const struct fallback *c)
{
	return c->refusal == REFUSED_UNKNOWN || c->refusal == REFUSED_START;
}

static bool put_guard(struct fallback *c)
{
	if (!c->guard)
		return false;
	if (c->first && c->first_kept >= c->guard_size && install(c, c->first)) {
		c->past_cache = true;
		return true;
	}
	/* Of an image whose first program was changed nothing may be unpacked. */
	if (!c->first && c->refusal != REFUSED_CHANGED && put_guarded(c))
		return true;
	return !may_boot(c) && put_guard_alone(c);
}

/* ---- once more --------------------------------------------------------------------------------- */

/* Writes all of it, in pieces. 1: it is in place; 0: the device did not keep it again. */
static int write_in_pieces(struct fallback *c, size_t piece, struct replacement **r)
{
	struct replace_result result;
	int err;

	message("%s: writing it once more, in pieces of %zu KiB", c->image->name, piece / 1024);
	err = image_write_beside(c->image, c->guard, c->guard_size, piece, r);
	if (!err)
		err = replace_verify(*r, c->read_back, &result);
	/* The page cache may have given up what the disk does not have. */
	if ((!err || err == -EILSEQ) && c->first && !replace_wrote_same(c->first, *r))
		return -ESTALE;
	if (!err) {
		if (!install(c, *r))
			return -EAGAIN;
		c->past_cache = result.past_cache;
		return 1;
	}
	return replace_blames_disk(err) ? 0 : err;
}

/* The blocks of what failed stay taken, so that the next one comes to lie elsewhere. */
static void hold_all(struct replacement **tried, size_t count)
{
	for (size_t i = 0; i < count; i++)
		replace_hold(tried[i]);
}

static void let_all_go(struct replacement **tried, size_t count)
{
	for (size_t i = 0; i < count; i++)
		replace_let_go(tried[i]);
}

static bool write_again(struct fallback *c)
{
	struct replacement *tried[1 + ARRAY_SIZE(pieces)] = { c->first };
	bool elsewhere = true;
	int done = 0;

	for (size_t i = 0; !done && i < ARRAY_SIZE(pieces); i++) {
		if (elsewhere)
			hold_all(tried, 1 + i);
		done = write_in_pieces(c, pieces[i], &tried[1 + i]);
		if (done == -ENOSPC && elsewhere) {
			elsewhere = false;
			let_all_go(tried, 1 + i);
			replace_abort(tried[1 + i]);
			tried[1 + i] = NULL;
			done = write_in_pieces(c, pieces[i], &tried[1 + i]);
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		replace_abort(tried[1 + i]);
	return done > 0;
}

/* ---- in all -------------------------------------------------------------------------------------- */

/* Also an image that could not be sealed may be whole on the disk, and nothing boots better. */
static bool is_whole(const struct fallback *c)
{
	struct replace_result ignored;

	return !c->refusal && c->read_back == READ_BACK && image_is_kept(c->image, &ignored) == 0 &&
	       ignored.past_cache;
}

/* What another program writes there is its own. */
static bool is_ours(const struct fallback *c)
{
	struct stat now;

	return lstat(c->image->path, &now) == 0 && replace_is_same_file(&now, &c->stands);
}

static enum standing secure(struct fallback *c)
{
	if (is_whole(c))
		return STANDS_WHOLE;
	if (put_previous(c))
		return STANDS_PREVIOUS;
	return put_guard(c) ? STANDS_GUARDED : STANDS_UNCHANGED;
}

static void say_standing(const struct fallback *c, enum verdict v, const char *words)
{
	finding_say(seal_stands(c->report, v, c->image->name, "%s", words));
}

/* Without a proof that it is damaged the boot decides. */
static void tell_guarded(const struct fallback *c)
{
	cleanup(free_ptr) char *words = text_format(
		"A reboot %s: bootverdict's guard%s stands %s.",
		may_boot(c) ? "boots this image if it can all the same, and else explains why not"
			    : "will not boot this image, but explain why",
		c->past_cache ? " reads back whole from the disk, and" : "",
		c->alone ? "in its place alone" : "in front of what there is");

	say_standing(c, VERDICT_INCONCLUSIVE, words);
}

static void tell_sealed(const struct fallback *c)
{
	cleanup(free_ptr) char *words = text_format(
		"A reboot boots this image: it was written once more%s. What else was written lately "
		"may be lost.",
		c->past_cache ? ", and reads back from the disk as it was sealed" : "");

	say_standing(c, VERDICT_INTACT, words);
}

static void tell(const struct fallback *c, enum standing s)
{
	switch (s) {
	case STANDS_SEALED:
		tell_sealed(c);
		break;
	case STANDS_PREVIOUS:
		say_standing(c, VERDICT_STALE,
			     "A reboot boots the image before this one, not the new one.");
		break;
	case STANDS_WHOLE:
		say_standing(c, VERDICT_INTACT,
			     "A reboot boots the image as it stood before: all of it reads back "
			     "from the disk.");
		break;
	case STANDS_GUARDED:
		tell_guarded(c);
		break;
	case STANDS_OTHER:
		seal_not_done(c->report, c->image->name,
			      "It changed while it was being sealed: what another program has put "
			      "there was not touched, and is not sealed; seal again.");
		break;
	case STANDS_UNCHANGED:
		say_standing(
			c, VERDICT_INCONCLUSIVE,
			may_boot(c)
				? "A reboot boots this image if it can all the same, and may else end "
				  "in a panic: it stands as it was, and nothing could be put in front "
				  "of it."
				: "DO NOT REBOOT: that may end in a panic. The image stands as it was, "
				  "and nothing else could be put in its place.");
		break;
	}
}

enum standing seal_fall_back(struct fallback *c)
{
	enum standing s;

	/* Who interrupts now must not be left with what the disk has made of it. */
	interrupt_defer(true);
	s = secure(c);
	interrupt_defer(false);
	if (!c->refusal && c->guard && is_ours(c) && write_again(c))
		s = STANDS_SEALED;
	if (!is_ours(c))
		s = STANDS_OTHER;
	tell(c, s);
	return s;
}
