// SPDX-License-Identifier: GPL-2.0-or-later
#include "decompress/kind.h"

#include <string.h>

#include "util/util.h"

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
} codecs[] = {
	[CODEC_NONE] = { "none", NULL },      [CODEC_GZIP] = { "gzip", "CRC32" },
	[CODEC_BZIP2] = { "bzip2", "CRC32" }, [CODEC_LZMA] = { "lzma", NULL },
	[CODEC_XZ] = { "xz", "CRC" },	      [CODEC_LZO] = { "lzo", "Adler-32" },
	[CODEC_LZ4] = { "lz4", NULL },	      [CODEC_ZSTD] = { "zstd", "XXH64" },
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
