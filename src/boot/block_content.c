// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/block_content.h"

#include "artifact/luks_source.h"
#include "artifact/superblock.h"

static void tell(const struct block_device *d, const struct luks_source *source, struct finding *f)
{
	struct superblock seen;
	const char *other;

	if (superblock_read(source, &seen)) {
		finding_text(f, d->path, "cannot be read");
		return;
	}
	if (*seen.kind) {
		finding_text(f, d->path, "%s %s", seen.kind, seen.uuid);
		return;
	}
	other = luks_recognise_other(source);
	finding_text(f, d->path, "nothing known at its start%s%s", other ? ": " : "",
		     other ? other : "");
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
