// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/progress.h"
#include "util/util.h"

/*
 * Twice the window: what is left is moved to the front at most once per INPUT_WINDOW bytes
 * consumed, however the caller mixes long look-aheads with short steps.
 */
#define CAPACITY (2 * (size_t)INPUT_WINDOW)

struct input {
	int fd;			   /* -1: memory */
	const unsigned char *data; /* the bytes that are at hand */
	size_t pos, have;	   /* in data: the current offset, and where its bytes end */
	uint64_t base;		   /* offset of data[0] */
	uint64_t start, end;	   /* of the whole range */
	uint64_t limit;		   /* start <= limit <= end */
	unsigned char *buf;	   /* data's storage; NULL: memory */
};

struct input *input_from_fd(int fd, uint64_t start, uint64_t end)
{
	struct input *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->buf = malloc(CAPACITY);
	if (!in->buf) {
		free(in);
		return NULL;
	}
	in->fd = fd;
	in->data = in->buf;
	in->base = in->start = start;
	in->end = in->limit = end > start ? end : start;
	return in;
}

struct input *input_from_memory(const void *data, size_t len)
{
	struct input *in = calloc(1, sizeof(*in));

	if (!in)
		return NULL;
	in->fd = -1;
	in->data = data;
	in->have = len;
	in->end = in->limit = len;
	return in;
}

void input_free(struct input *in)
{
	if (!in)
		return;
	free(in->buf);
	free(in);
}

uint64_t input_offset(const struct input *in)
{
	return in->base + in->pos;
}

uint64_t input_end(const struct input *in)
{
	return in->limit;
}

/*
 * Reads more bytes behind those at hand. When a long read fails, one up to the next block
 * boundary is tried, so that everything in front of a bad block is still delivered.
 */
static int fetch(struct input *in)
{
	uint64_t at = in->base + in->have;
	size_t room = CAPACITY - in->have;
	ssize_t n;

	if (room > INPUT_WINDOW)
		room = INPUT_WINDOW;
	if (room > in->end - at)
		room = (size_t)(in->end - at);
	n = file_read_at(in->fd, in->buf + in->have, room, at);
	if (n < 0) {
		size_t step = BLOCK_SIZE - (size_t)(at % BLOCK_SIZE);

		n = file_read_at(in->fd, in->buf + in->have, step < room ? step : room, at);
	}
	if (n < 0)
		return (int)n;
	if (n == 0) { /* the file became shorter than its owner said */
		in->end = at;
		if (in->limit > at)
			in->limit = at;
	}
	in->have += (size_t)n;
	progress_read(at, in->end);
	return 0;
}

/* How many of the bytes at hand lie before the limit. */
static size_t at_hand(const struct input *in)
{
	uint64_t allowed = in->limit - input_offset(in);
	size_t n = in->have - in->pos;

	return n < allowed ? n : (size_t)allowed;
}

ssize_t input_peek(struct input *in, size_t want, const unsigned char **p)
{
	uint64_t left = in->limit - input_offset(in);
	int r;

	if (want > INPUT_WINDOW)
		return -EINVAL;
	if (want > left)
		want = (size_t)left;
	if (in->buf && in->have - in->pos < want && in->pos > 0) {
		memmove(in->buf, in->buf + in->pos, in->have - in->pos);
		in->base += in->pos;
		in->have -= in->pos;
		in->pos = 0;
	}
	while (in->buf && in->have - in->pos < want && in->base + in->have < in->end) {
		r = fetch(in);
		if (r < 0)
			return r;
	}
	*p = in->data + in->pos;
	return (ssize_t)at_hand(in);
}

void input_consume(struct input *in, size_t n)
{
	size_t most = at_hand(in);

	in->pos += n < most ? n : most;
}

int input_seek(struct input *in, uint64_t offset)
{
	if (offset < in->start || offset > in->limit)
		return -EINVAL;
	if (offset >= in->base && offset - in->base <= in->have) {
		in->pos = (size_t)(offset - in->base);
		return 0;
	}
	in->base = offset;
	in->pos = in->have = 0;
	return 0;
}

void input_limit(struct input *in, uint64_t end)
{
	uint64_t least = input_offset(in), most = end < in->end ? end : in->end;

	in->limit = most < least ? least : most;
}
