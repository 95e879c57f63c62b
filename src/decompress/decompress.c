// SPDX-License-Identifier: GPL-2.0-or-later
#include "decompress/decompress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decompress/codec.h"
#include "util/memory.h"
#include "util/util.h"

/* A window is counted in steps, as the content fills it. */
#define WINDOW_STEP ((size_t)1 << 20)

static const struct codec_ops *const decoders[] = {
	[CODEC_GZIP] = &codec_gzip_ops, [CODEC_LZMA] = &codec_lzma_ops, [CODEC_XZ] = &codec_xz_ops,
	[CODEC_LZ4] = &codec_lz4_ops,	[CODEC_ZSTD] = &codec_zstd_ops,
};

int decompressor_open(struct decompressor **dp, enum codec codec, struct input *in)
{
	struct decompressor *d;
	int r;

	*dp = NULL;
	if ((size_t)codec >= ARRAY_SIZE(decoders) || !decoders[codec])
		return -EOPNOTSUPP;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->ops = decoders[codec];
	d->in = in;
	r = decompressor_restart(d);
	if (r < 0) {
		decompressor_free(d);
		return r;
	}
	*dp = d;
	return 0;
}

int decompressor_restart(struct decompressor *d)
{
	d->looked = d->ended = d->verified = d->anywhere = false;
	d->reason = "";
	d->error = 0;
	d->window = d->made = d->whole_until = 0;
	return d->ops->open(d);
}

/* An allocated window costs nothing until it is filled: pages that nobody touched are not there. */
static int take_window(struct decompressor *d)
{
	uint64_t used = d->made < d->window ? d->made : d->window;

	return codec_take(d, (size_t)(used + WINDOW_STEP - 1) / WINDOW_STEP * WINDOW_STEP);
}

ssize_t decompressor_read(struct decompressor *d, void *buf, size_t len)
{
	ssize_t n;
	int r;

	if (d->error < 0)
		return d->error;
	if (d->ended)
		return 0;
	n = d->ops->read(d, buf, len);
	if (n <= 0)
		return n;
	d->made += (uint64_t)n;
	r = take_window(d);
	return r < 0 ? r : n;
}

const char *decompressor_reason(const struct decompressor *d)
{
	return d->reason;
}

bool decompressor_damaged_anywhere(const struct decompressor *d)
{
	return d->anywhere;
}

bool decompressor_verified(const struct decompressor *d)
{
	return d->ended && d->verified;
}

uint64_t decompressor_whole_until(const struct decompressor *d)
{
	return d->error ? d->whole_until : 0;
}

void decompressor_free(struct decompressor *d)
{
	if (!d)
		return;
	if (d->state)
		d->ops->close(d);
	memory_give(d->taken);
	free(d);
}
