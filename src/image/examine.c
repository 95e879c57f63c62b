// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/examine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "image/contents.h"
#include "image/guard.h"
#include "manifest/format.h"
#include "manifest/parse.h"
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

static void compare_with_record(struct image_proof *proof)
{
	size_t known = 0;

	for (size_t i = 0; i < proof->record.content_count; i++) {
		const struct content *c = &proof->record.contents[i];

		if (manifest_find(&proof->found, c->path))
			known++;
		if (!image_content_as_recorded(proof, c) && !is_replaced(proof, c))
			proof->differing++;
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

bool image_complete_before_fault(const struct image_proof *proof)
{
	const struct content *init = manifest_find(&proof->found, "init");

	return proof->fault.behind && init && init->segment != GUARD_SEGMENT;
}

bool image_is_foreign_behind(const struct image_proof *proof)
{
	const struct initrd_fault *f = &proof->fault;

	return initrd_fault_is_foreign(f) || (f->is && image_complete_before_fault(proof));
}

bool image_was_repacked(const struct manifest *found)
{
	const struct content *record = manifest_find(found, GUARD_MANIFEST);
	const struct content *init = manifest_find(found, "init");

	return record && init && init->segment != GUARD_SEGMENT && record->segment == init->segment;
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

/* An empty file, or one without a guard that is cut off. */
static bool ends_early(const struct image_proof *proof)
{
	const struct initrd_fault *f = &proof->fault;

	return f->error == -ENODATA && f->offset == proof->size && !proof->guard_bytes &&
	       !proof->guard_broken && (!proof->size || !f->behind);
}

enum soundness image_soundness(const struct image_proof *proof)
{
	const struct initrd_fault *f = &proof->fault;
	bool foreign = f->built_so || image_is_foreign_behind(proof);
	bool tail = image_complete_before_fault(proof);
	/* What this program cannot unpack, or has no memory for, is not broken for that. */
	bool broken = f->error && !is_own_limit(f->error) && !f->built_so &&
		      !(f->behind && f->is) && !tail;
	bool unread = proof->record_error && !is_own_limit(proof->record_error) &&
		      proof->record_error != -EPROTO;

	if (ends_early(proof))
		return UNFINISHED;
	if (broken || unread || proof->guard_broken || (proof->differing && (!f->error || tail)))
		return BROKEN;
	if (foreign || segment_unread(&proof->found))
		return FOREIGN;
	if (f->error || proof->record_error)
		return UNPROVEN;
	if (is_loose(&proof->found) && !(proof->has_record && !proof->unlisted))
		return LOOSE;
	return proof->has_record && !proof->unlisted ? PROVEN : SOUND;
}
