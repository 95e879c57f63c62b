// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/array.h"

#include "luks/report_member.h"
#include "storage/signature.h"
#include "util/text.h"

bool array_has_member(const struct block_device *d, const struct source *source, struct md *md)
{
	bool member = md_read(source, md) || recognise_md(source);

	return member && !(d && d->divided);
}

const char *array_find_stopped(const struct block_devices *b, struct md *md)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct block_device *d = &b->items[i];
		struct source source;
		bool found;

		if (block_devices_array_runs(b, d) || source_open(&source, d->path))
			continue;
		found = array_has_member(d, &source, md);
		source_close(&source);
		if (found)
			return d->path;
	}
	return NULL;
}

char *array_text(const struct md *md)
{
	return md->member ? text_format("%s (%s of %u)", md->device, md->level, md->disks)
			  : text_copy("one that its damaged superblock does not tell");
}

void array_tell(struct finding *f, const struct md *md, const char *member)
{
	if (md->member)
		luks_tell_array(f, md);
	finding_text(f, EVIDENCE_ARRAY_MEMBER, "%s", member);
	luks_next_start_array(f);
	luks_next_find_members(f);
	finding_next(f,
		     "When it runs, and holds what is missing (blkid): mdadm --readwrite %s; then: "
		     "exit",
		     md->member ? md->device : "/dev/mdN");
	finding_next(f,
		     "Mount no member alone, and let root= name none: the array does not see what "
		     "is written there.");
	luks_next_left_over(f, member);
}
