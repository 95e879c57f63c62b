// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/sealed_look.h"

#include <errno.h>
#include <string.h>

#include "image/kernel_changed.h"
#include "util/file.h"
#include "util/input.h"
#include "util/memory.h"
#include "util/util.h"

/* At a file that changes while it is looked at. */
#define LOOKS_MAX 3

static int examine_initrd(int fd, struct sealed_look *l)
{
	int r = image_examine(fd, l->c.size, &l->proof);
	bool same_guard = !judge_other_guard(&l->c, l->proof.guard_bytes);

	l->soundness = image_soundness(&l->proof);
	l->guard_bytes = l->proof.guard_bytes;
	/*
	 * The record in the guard has no hash of what the kernel does not unpack, nor of owners and times:
	 * behind the guard that was sealed, that is what differs. Nor has it one of the guard's headers: a
	 * guard that is not as they are made is no other one.
	 */
	if ((l->soundness == PROVEN && same_guard) ||
	    ((l->soundness == PROVEN || l->soundness == EXTENDED) && !l->proof.guard_as_built))
		l->soundness = SOUND;
	return r;
}

static int examine(const char *path, enum artifact_kind kind, struct sealed_look *l)
{
	cleanup(close_fd) int fd = file_open(path);
	struct input *in;
	int r;

	if (fd < 0)
		return fd;
	if (kind == ARTIFACT_INITRD)
		return examine_initrd(fd, l);
	in = input_from_fd(fd, 0, l->c.size);
	if (!in)
		return -ENOMEM;
	r = kernel_examine(in, &l->kernel);
	input_free(in);
	if (r)
		l->soundness = is_own_limit(r)					? UNPROVEN
			       : r == -ENODATA && l->kernel.offset == l->c.size ? UNFINISHED
										: BROKEN;
	else
		l->soundness = l->kernel.recognised && l->kernel.verified ? SOUND : UNPROVEN;
	return 0;
}

/* Whether a bad range lies in a compressed segment of the sealed image. */
static enum changed where_changed(const struct manifest *m, enum artifact_kind kind,
				  const char *path, const struct comparison *c)
{
	const struct bad_ranges *bad = &c->bad;

	if (kind == ARTIFACT_KERNEL)
		return kernel_changed(path, &m->files[kind], c);
	for (size_t i = 0; i < m->segment_count; i++) {
		const struct sealed_segment *s = &m->segments[i];
		uint64_t from = m->guard_bytes + s->offset;

		for (size_t k = 0; s->codec != CODEC_NONE && k < bad->count; k++) {
			if (bad->ranges[k].offset < from + s->length &&
			    from < bad->ranges[k].offset + bad->ranges[k].length)
				return CHANGED_COMPRESSED;
		}
	}
	return CHANGED_PLAIN;
}

static int look_once(const struct sealed_file *s, enum artifact_kind kind, const char *path,
		     bool direct, struct sealed_look *l)
{
	int err;

	memset(l, 0, sizeof(*l));
	l->soundness = UNPROVEN;
	manifest_init(&l->proof.found);
	manifest_init(&l->proof.record);
	err = sealed_file_compare(s, path, direct, &l->c);
	if (!err && judge_needs_soundness(s, &l->c))
		err = examine(path, kind, l);
	/* A package that replaces the file just now makes two files out of one. */
	if (!err && !comparison_is_current(&l->c, path))
		err = -EAGAIN;
	if (err)
		sealed_look_clear(l);
	return err;
}

int sealed_look(const struct manifest *m, enum artifact_kind kind, const char *path, bool direct,
		struct sealed_look *l)
{
	const struct sealed_file *s = &m->files[kind];
	struct own_words own;
	int err = -EAGAIN;

	for (int i = 0; err == -EAGAIN && i < LOOKS_MAX; i++)
		err = look_once(s, kind, path, direct, l);
	if (err)
		return err;
	l->changed = where_changed(m, kind, path, &l->c);
	own = (struct own_words){
		.soundness = l->soundness,
		.guard_bytes = l->guard_bytes,
		.sealed_guard_bytes = kind == ARTIFACT_INITRD ? m->guard_bytes : 0,
		.changed = l->changed,
	};
	l->j = judge_file(s, &l->c, &own);
	return 0;
}

void sealed_look_clear(struct sealed_look *l)
{
	comparison_clear(&l->c);
	image_proof_clear(&l->proof);
}
