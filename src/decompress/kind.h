/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_DECOMPRESS_KIND_H
#define BV_DECOMPRESS_KIND_H

#include <stddef.h>

/* What a kernel can unpack (Linux, lib/decompress.c), in the order of its own table. */
enum codec {
	CODEC_NONE, /* not compressed, or not recognised */
	CODEC_GZIP,
	CODEC_BZIP2, /* recognised and named, not unpacked */
	CODEC_LZMA,
	CODEC_XZ,
	CODEC_LZO, /* recognised and named, not unpacked */
	CODEC_LZ4, /* the legacy frame, magic 0x184C2102 */
	CODEC_ZSTD,
};
#define CODEC_COUNT (CODEC_ZSTD + 1)

/* Recognises a stream by its first bytes; len may be short. CODEC_NONE when nothing fits. */
enum codec codec_detect(const unsigned char *p, size_t len);

/* "gzip", "zstd", ...; "none" for CODEC_NONE. */
const char *codec_name(enum codec codec);

/* The checksum that the stream itself carries over its content, or NULL when it has none. */
const char *codec_checksum(enum codec codec);

#endif
