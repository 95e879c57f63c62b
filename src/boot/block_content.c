// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/block_content.h"

#include <stdlib.h>
#include <string.h>

#include "artifact/luks_source.h"
#include "artifact/superblock.h"
#include "manifest/luks_view.h"
#include "util/text.h"
#include "util/util.h"
#include "verdict/luks_rules.h"

/* Smaller is neither a root file system nor a LUKS container, but a boot loader's partition. */
#define ROOT_MIN (8u << 20)

static void tell(const struct block_device *d, const struct luks_source *source, struct finding *f)
{
	struct superblock seen;
	const char *found;

	if (superblock_read(source, &seen)) {
		finding_text(f, d->path, "cannot be read");
		return;
	}
	if (*seen.kind) {
		finding_text(f, d->path, "%s %s", seen.kind, seen.uuid);
		return;
	}
	found = luks_recognise_volume(source);
	if (found) {
		finding_text(f, d->path, "%s", found);
		return;
	}
	found = luks_recognise_rest(source);
	finding_text(f, d->path, "nothing known at its start%s%s", found ? ": " : "",
		     found ? found : "");
}

void block_devices_tell(const struct block_devices *b, struct finding *f)
{
	for (size_t i = 0; i < b->count; i++) {
		struct luks_source source;

		if (b->items[i].divided || luks_source_open(&source, b->items[i].path))
			continue;
		tell(&b->items[i], &source, f);
		luks_source_close(&source);
	}
}

/* As doubt(), of LUKS. */
static const char *doubt_luks(const struct luks_source *source, const char *path)
{
	struct luks_view v = { .device = path };
	bool read = !luks_view_read(&v, source) && !luks_view_compare(&v, source, NULL, 0);
	struct luks_judgement j = judge_luks(&v);

	luks_view_clear(&v);
	if (read && j.ground == LUKS_MEMBER)
		return "a member of an md array";
	return read && v.luks.chosen >= 0 && j.verdict == VERDICT_STALE
		       ? NULL
		       : "its LUKS header or a keyslot is not as it should be";
}

/* NULL: what it holds is known, and right as far as it has checksums. */
static const char *doubt(const struct luks_source *source, const char *path)
{
	struct superblock seen;

	if (superblock_read(source, &seen))
		return "its start cannot be read";
	if (!*seen.kind && (source->size < ROOT_MIN || luks_recognise_volume(source)))
		return NULL;
	if (!*seen.kind)
		return "nothing known at its start";
	if (seen.damaged)
		return "the checksum of its superblock is wrong";
	if (seen.ext_block && !seen.uuid[strspn(seen.uuid, "0-")])
		return "its UUID is nothing but zeros";
	return strcmp(seen.kind, "crypto_LUKS") ? NULL : doubt_luks(source, path);
}

static void add_suspect(char **text, const char *path, const char *why)
{
	char *longer = text_format("%s%s%s (%s)", *text ? *text : "", *text ? ", " : "", path, why);

	free(*text);
	*text = longer;
}

char *block_devices_suspects(const struct block_devices *b, const char *named)
{
	char *text = NULL;

	for (size_t i = 0; i < b->count; i++) {
		const char *path = b->items[i].path, *why;
		struct luks_source source;

		if (b->items[i].divided || luks_source_open(&source, path))
			continue;
		why = doubt(&source, path);
		luks_source_close(&source);
		if (!why)
			continue;
		add_suspect(&text, path, why);
		if (named && !strcmp(path, named))
			named = NULL;
	}
	if (named)
		add_suspect(&text, named, "crypttab names it");
	return text;
}
