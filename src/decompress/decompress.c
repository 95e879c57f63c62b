/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decompress/decompress.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decompress/codec.h"
#include "util/memory.h"
#include "util/util.h"

/* A window is counted in steps, as the content fills it. */
#define WINDOW_STEP ((size_t)1 << 20)

/*
 * The kernel looks at two bytes only (lib/decompress.c), and so does this table where we go on
 * to unpack: a stream with a damaged third byte is still called by its name. What is only named
 * needs its whole magic, so that no garbage is given a name.
 */
static const struct {
	enum codec codec;
	unsigned char len;
	unsigned char magic[9];
} magics[] = {
	{ CODEC_GZIP, 2, { 0x1f, 0x8b } },
	{ CODEC_GZIP, 2, { 0x1f, 0x9e } },
	{ CODEC_BZIP2, 3, { 'B', 'Z', 'h' } },
	{ CODEC_LZMA, 2, { 0x5d, 0x00 } },
	{ CODEC_XZ, 2, { 0xfd, '7' } },
	{ CODEC_LZO, 9, { 0x89, 'L', 'Z', 'O', 0x00, '\r', '\n', 0x1a, '\n' } },
	{ CODEC_LZ4, 2, { 0x02, 0x21 } },
	{ CODEC_ZSTD, 2, { 0x28, 0xb5 } },
};

static const struct {
	const char *name, *checksum;
	const struct codec_ops *ops;
} codecs[] = {
	[CODEC_NONE] = { "none", NULL, NULL },
	[CODEC_GZIP] = { "gzip", "CRC32", &codec_gzip_ops },
	[CODEC_BZIP2] = { "bzip2", "CRC32", NULL },
	[CODEC_LZMA] = { "lzma", NULL, &codec_lzma_ops },
	[CODEC_XZ] = { "xz", "CRC", &codec_xz_ops },
	[CODEC_LZO] = { "lzo", "Adler-32", NULL },
	[CODEC_LZ4] = { "lz4", NULL, &codec_lz4_ops },
	[CODEC_ZSTD] = { "zstd", "XXH64", &codec_zstd_ops },
};

enum codec codec_detect(const unsigned char *p, size_t len)
{
	if (len < 2)
		return CODEC_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++)
		if (memcmp(p, magics[i].magic, len < magics[i].len ? len : magics[i].len) == 0)
			return magics[i].codec;
	return CODEC_NONE;
}

const char *codec_name(enum codec codec)
{
	return (size_t)codec < ARRAY_SIZE(codecs) ? codecs[codec].name : "unknown";
}

const char *codec_checksum(enum codec codec)
{
	return (size_t)codec < ARRAY_SIZE(codecs) ? codecs[codec].checksum : NULL;
}

int decompressor_open(struct decompressor **dp, enum codec codec, struct input *in)
{
	struct decompressor *d;
	int r;

	*dp = NULL;
	if ((size_t)codec >= ARRAY_SIZE(codecs) || !codecs[codec].ops)
		return -EOPNOTSUPP;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	d->ops = codecs[codec].ops;
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
