// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/examine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/contents.h"
#include "image/guard.h"
#include "manifest/format.h"
#include "manifest/load.h"
#include "util/file.h"
#include "util/memory.h"
#include "util/util.h"

static bool same_content(const struct content *a, const struct content *b)
{
	return a->type == b->type && a->mode == b->mode && a->size == b->size &&
	       a->hash == b->hash && a->rdev_major == b->rdev_major &&
	       a->rdev_minor == b->rdev_minor;
}

const struct content *image_content_as_recorded(const struct image_proof *proof,
						const struct content *recorded)
{
	const struct content *c = manifest_find(&proof->found, recorded->path);

	return c && same_content(c, recorded) ? c : NULL;
}

/* By an archive that was appended after the seal. */
static bool is_replaced(const struct image_proof *proof, const struct content *recorded)
{
	const struct content *c = manifest_find(&proof->found, recorded->path);

	return c && c->segment != GUARD_SEGMENT && c->segment >= proof->record.segment_count;
}

static int by_offset(const void *a, const void *b)
{
	const struct sealed_segment *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* The segment of m that begins there, or NULL. */
static const struct sealed_segment *segment_at(const struct manifest *m, uint64_t offset)
{
	const struct sealed_segment key = { .offset = offset };

	return m->segment_count ? bsearch(&key, m->segments, m->segment_count, sizeof(*m->segments),
					  by_offset)
				: NULL;
}

/* The segment of m that holds the content; NULL: the guard, or one that did not come to its end. */
static struct sealed_segment *segment_of(const struct manifest *m, const struct content *c)
{
	return c->segment < m->segment_count ? &m->segments[c->segment] : NULL;
}

/* Of a path that an archive brings twice, the loss of one changes the place, too. */
#define MOVED_MIN 2u

/*
 * Whether a program has written the segment where sealed bytes were, after one more of its contents was
 * looked at. other: that was never sealed.
 */
static bool is_another(const struct manifest *record, const struct sealed_segment *s, bool other)
{
	const struct sealed_segment *then = segment_at(record, s->offset), *last;

	if (s->loose || !record->segment_count)
		return false;
	last = &record->segments[record->segment_count - 1];
	if (s->offset >= last->offset + last->length)
		return false;
	if (!s->verified)
		return then && s->moved >= MOVED_MIN;
	return other || (then && (s->moved || s->codec != then->codec));
}

static void compare_segments(struct image_proof *proof)
{
	for (size_t i = 0; i < proof->found.content_count; i++) {
		const struct content *now = &proof->found.contents[i];
		const struct content *then = manifest_find(&proof->record, now->path);
		struct sealed_segment *s = segment_of(&proof->found, now);
		bool same = then && same_content(now, then);

		if (!s)
			continue;
		s->moved += same && !now->hard_link && now->data_position != then->data_position;
		s->another = s->another || is_another(&proof->record, s, !same);
		proof->packed_again = proof->packed_again || s->another;
	}
}

/* The image ends there, and no archive does. */
static bool is_cut_off(const struct image_proof *proof)
{
	return initrd_fault_is_end(&proof->fault, proof->size);
}

/* What has that path now; NULL: nothing, or what the guard has for the time until main brings its own. */
static const struct content *brought(const struct image_proof *proof,
				     const struct content *recorded)
{
	const struct content *now = manifest_find(&proof->found, recorded->path);

	return now && now->segment == GUARD_SEGMENT && recorded->segment != GUARD_SEGMENT ? NULL
											  : now;
}

/* Whether a content that is not as recorded is so because another archive was put there. */
static bool is_of_another(const struct image_proof *proof, const struct content *recorded)
{
	const struct content *now = brought(proof, recorded);
	const struct sealed_segment *then = segment_of(&proof->record, recorded), *s;

	if (now)
		s = segment_of(&proof->found, now);
	else
		s = then ? segment_at(&proof->found, then->offset) : NULL;
	if (s)
		return s->another;
	/* Nothing begins any more where its archive did. */
	return !now && then && proof->packed_again;
}

/* Whether it is so because the image ends before it. What had not come to its end has no hash yet. */
static bool is_behind_end(const struct image_proof *proof, const struct content *recorded)
{
	const struct content *now = brought(proof, recorded);

	return recorded->segment != GUARD_SEGMENT &&
	       (!now || now->segment < recorded->segment || (!now->hash && now->size));
}

static bool is_explained(const struct image_proof *proof, const struct content *recorded)
{
	if (!proof->guard_as_built)
		return false;
	return proof->fault.error ? is_cut_off(proof) && is_behind_end(proof, recorded)
				  : is_of_another(proof, recorded);
}

static void compare_with_record(struct image_proof *proof)
{
	size_t known = 0;

	compare_segments(proof);
	for (size_t i = 0; i < proof->record.content_count; i++) {
		const struct content *c = &proof->record.contents[i];

		if (manifest_find(&proof->found, c->path))
			known++;
		if (image_content_as_recorded(proof, c) || is_replaced(proof, c))
			continue;
		proof->differing++;
		proof->damaged += !is_explained(proof, c);
	}
	proof->unlisted = proof->found.content_count - known;
}

static void read_record(struct input *in, struct image_proof *proof)
{
	cleanup(free_ptr) char *text = NULL;
	size_t len;
	int r = memory_take(MANIFEST_BYTES_MAX) ? 0 : -EOVERFLOW;
	bool taken = !r;

	if (!r)
		r = guard_read(in, GUARD_MANIFEST, MANIFEST_BYTES_MAX, &text, &len);
	if (!r)
		r = manifest_parse(&proof->record, text, len, proof->record_reason);
	else
		snprintf(proof->record_reason, sizeof(proof->record_reason), "%s",
			 !taken	       ? memory_reason()
			 : r == -EFBIG ? "it is longer than any that is read"
				       : strerror(-r));
	if (taken)
		memory_give(MANIFEST_BYTES_MAX);
	proof->has_record = r != -ENOENT;
	proof->record_error = proof->has_record ? r : 0;
}

int image_record(const char *path, struct manifest *m)
{
	struct image_proof proof = { .has_record = false };
	cleanup(close_fd) int fd = file_open(path);
	struct input *in = NULL;
	uint64_t size = 0;
	struct stat st;

	manifest_init(m);
	manifest_init(&proof.record);
	if (fd >= 0 && !fstat(fd, &st))
		in = input_from_fd(fd, 0, (uint64_t)st.st_size);
	if (in && (guard_find(in, &size) == -EBADMSG || size))
		read_record(in, &proof);
	input_free(in);
	*m = proof.record;
	return proof.has_record ? proof.record_error : -ENOENT;
}

static int walk(struct image_proof *proof, struct recorder *r, int fd, bool guard)
{
	uint64_t start = guard ? 0 : proof->guard_bytes;
	uint64_t end = guard ? proof->guard_bytes : proof->size;
	struct input *in = input_from_fd(fd, start, end);
	int err;

	if (!in)
		return -ENOMEM;
	err = recorder_walk(r, in, guard, start, &proof->fault);
	input_free(in);
	if (err && !proof->fault.error)
		return err;
	proof->fault_in_guard = err && guard;
	return 0;
}

int image_examine(int fd, uint64_t size, struct image_proof *proof)
{
	struct recorder *recorder = recorder_new();
	struct input *in = input_from_fd(fd, 0, size);
	struct initrd_fault unlisted;
	int r = recorder && in ? 0 : -ENOMEM;

	memset(proof, 0, sizeof(*proof));
	manifest_init(&proof->found);
	manifest_init(&proof->record);
	proof->size = size;
	if (r)
		goto out;

	if (size > INITRD_BYTES_MAX) {
		proof->fault.error = -EOVERFLOW;
		snprintf(proof->fault.reason, sizeof(proof->fault.reason),
			 "it has more than %llu MiB, and no initrd has", INITRD_BYTES_MAX >> 20);
		goto out;
	}
	r = guard_find(in, &proof->guard_bytes);
	if (r == -EBADMSG)
		proof->guard_broken = true;
	proof->guard_as_built = proof->guard_bytes && guard_is_as_built(in, proof->guard_bytes);
	r = 0;

	if (proof->guard_bytes)
		r = walk(proof, recorder, fd, true);
	if (!r && !proof->fault.error)
		r = walk(proof, recorder, fd, false);
	/* A fault of the walk is what is told. */
	if (!r)
		r = recorder_finish(recorder, &proof->found,
				    proof->fault.error ? &unlisted : &proof->fault);
	if (r && proof->fault.error)
		r = 0;
	/* Decoders' windows and the tree of names go first: never is all of it in memory at once. */
	recorder_free(recorder);
	recorder = NULL;
	if (!r && proof->guard_bytes)
		read_record(in, proof);
	if (!r && proof->has_record && !proof->record_error)
		compare_with_record(proof);
out:
	input_free(in);
	recorder_free(recorder);
	return r;
}

void image_proof_clear(struct image_proof *proof)
{
	manifest_clear(&proof->found);
	manifest_clear(&proof->record);
}

enum builder image_builder(const struct image_proof *proof)
{
	return builder_either(manifest_builder(&proof->found), manifest_builder(&proof->record));
}

bool image_complete_before_fault(const struct image_proof *proof)
{
	const struct content *init = manifest_find(&proof->found, "init");

	return proof->fault.behind && init && init->segment != GUARD_SEGMENT;
}

bool image_is_foreign_behind(const struct image_proof *proof)
{
	const struct initrd_fault *f = &proof->fault;

	return initrd_fault_is_foreign(f) || (f->whole && image_complete_before_fault(proof));
}

bool image_was_repacked(const struct manifest *found)
{
	const struct content *record = manifest_find(found, GUARD_MANIFEST);

	return record && record->segment != GUARD_SEGMENT;
}

bool image_was_edited(const struct image_proof *proof)
{
	return !proof->fault.error && proof->differing && !proof->damaged;
}

const struct sealed_segment *segment_unread(const struct manifest *m)
{
	for (size_t i = 0; i < m->segment_count; i++) {
		if (m->segments[i].unread)
			return &m->segments[i];
	}
	return NULL;
}

static bool is_loose(const struct manifest *m)
{
	for (size_t i = 0; i < m->segment_count; i++) {
		if (m->segments[i].loose)
			return true;
	}
	return false;
}

/* An empty file, or one that is cut off; what a guard at its start tells of the rest is right. */
static bool ends_early(const struct image_proof *proof)
{
	bool sealed = proof->guard_as_built && proof->has_record && !proof->record_error &&
		      !proof->damaged;

	return is_cut_off(proof) && !proof->guard_broken && (!proof->guard_bytes || sealed);
}

enum soundness image_soundness(const struct image_proof *proof)
{
	const struct initrd_fault *f = &proof->fault;
	bool foreign = f->built_so || image_is_foreign_behind(proof);
	bool tail = image_complete_before_fault(proof);
	/* What this program cannot unpack, or has no memory for, is not broken for that. */
	bool broken = f->error && !is_own_limit(f->error) && !f->built_so &&
		      !(f->behind && f->is) && !tail;
	bool unread = manifest_error_verdict(proof->record_error) == VERDICT_STORAGE_CORRUPTION;

	if (ends_early(proof))
		return UNFINISHED;
	if (broken || unread || proof->guard_broken || (proof->damaged && (!f->error || tail)))
		return BROKEN;
	if (foreign || segment_unread(&proof->found))
		return FOREIGN;
	if (f->error || proof->record_error)
		return UNPROVEN;
	if (image_was_edited(proof))
		return EDITED;
	if (is_loose(&proof->found) && !(proof->has_record && !proof->unlisted))
		return LOOSE;
	if (!proof->has_record)
		return SOUND;
	return proof->unlisted ? EXTENDED : PROVEN;
}
