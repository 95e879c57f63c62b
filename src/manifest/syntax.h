/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_SYNTAX_H
#define BV_MANIFEST_SYNTAX_H

#include <stdbool.h>

#include "manifest/manifest.h"

/* What the writer and the reader of the file form (format.h) share. */

#define MANIFEST_BLOCKS_PER_LINE 8u

/* The last line: "end ", 16 digits, newline. */
#define MANIFEST_END_BYTES 21u

/* Whether a byte of a path stands for itself. */
static inline bool manifest_plain_byte(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '%';
}

static inline const char *manifest_artifact_name(enum artifact_kind kind)
{
	return kind == ARTIFACT_KERNEL ? "kernel" : "initrd";
}

/* "" for NOT_REFUSED. */
static inline const char *manifest_refusal_name(enum refusal refusal)
{
	static const char *const names[] = {
		"", "broken", "unknown", "start", "changed", "format"
	};

	return names[refusal];
}

/* The type word of a content that is another name of a file. */
#define MANIFEST_HARD_LINK "hardlink"

#endif
