// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "image/initrd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Damaged data may unpack to very much: what matters has been seen by then. */
#define OUTPUT_MAX (16u << 20)

/* What a walk must keep to, whatever it reads. */
struct watch {
	size_t image_size;
	uint64_t output, left;
	uint64_t segment_end;
	unsigned int segments;
	bool in_segment, in_member;
};

static int on_segment(void *ctx, const struct segment *s)
{
	struct watch *w = ctx;

	assert(!w->in_segment && s->index == w->segments);
	assert(s->offset >= w->segment_end && s->offset < w->image_size);
	w->in_segment = true;
	return 0;
}

static int on_segment_end(void *ctx, const struct segment *s)
{
	struct watch *w = ctx;

	assert(w->in_segment && !w->in_member && s->length > 0);
	assert(s->offset + s->length <= w->image_size);
	assert(s->codec != CODEC_NONE || (s->length == s->unpacked && !s->verified));
	w->in_segment = false;
	w->segment_end = s->offset + s->length;
	w->segments++;
	/* What is unpacked without being shown counts as well. */
	w->output += s->unpacked;
	return w->output > OUTPUT_MAX ? 1 : 0;
}

static int on_member(void *ctx, const struct member *m)
{
	struct watch *w = ctx;
	size_t len = strlen(m->path);

	assert(w->in_segment && !w->in_member);
	assert(len < INITRD_PATH_MAX && m->path[0] != '/' && (len > 0 || m->skipped));
	assert(m->data_position > m->position && m->data_position % 4 == 0);
	assert(m->position % 4 == 0 && m->image_offset <= w->image_size);
	if (m->segment->codec == CODEC_NONE)
		assert(m->image_offset == m->segment->offset + m->position);
	w->in_member = true;
	w->left = m->skipped ? 0 : m->size; /* nobody sees what the kernel reads over */
	return 0;
}

static int on_data(void *ctx, const void *data, size_t len)
{
	struct watch *w = ctx;

	(void)data;
	assert(w->in_member && len > 0 && len <= w->left);
	w->left -= len;
	w->output += len;
	return w->output > OUTPUT_MAX ? 1 : 0;
}

static int on_member_end(void *ctx, const struct member *m)
{
	struct watch *w = ctx;

	assert(w->in_member && w->left == 0 && m->path);
	w->in_member = false;
	return 0;
}

static const struct initrd_visitor visitor = { on_segment, on_member, on_data, on_member_end,
					       on_segment_end };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watch w = { .image_size = size };
	struct input *in = input_from_memory(data, size);
	struct initrd_fault f;
	int r;

	if (!in)
		return 0;
	r = initrd_walk(in, &visitor, &w, &f);
	assert(r == 1 || r == f.error);
	if (r < 0) {
		assert(f.reason[0] && memchr(f.reason, 0, sizeof(f.reason)));
		assert(memchr(f.path, 0, sizeof(f.path)));
		assert(f.offset <= size);
	} else if (r == 0) {
		assert(w.segments > 0 && !w.in_segment && input_offset(in) == size);
	}
	input_free(in);
	return 0;
}
