// SPDX-License-Identifier: GPL-2.0-or-later
#include "report/luks.h"

#include <stdlib.h>

#include "util/text.h"
#include "util/util.h"

void luks_next_keep_evidence(struct finding *f, const struct luks_view *v)
{
	finding_next(f,
		     "Write nothing to this disk, and let no cryptsetup command touch it yet: most "
		     "of them repair what they find. Keep a copy elsewhere: "
		     "dd if=%s of=HEADER-AS-FOUND.img bs=1M count=32",
		     luks_view_place(v));
	if (v->closed)
		return;
	finding_next(f, "If the container is open in a running system, do not close it and do not "
			"switch off: copy the data away first, the kernel still has the key.");
}

/* What lies before the data; cryptsetup mends the copy that it is given. */
void luks_next_copy_header(struct finding *f, const struct luks_view *v)
{
	uint64_t bytes = v->luks.data_offset ? v->luks.data_offset : 16u << 20;
	const char *mapping = v->sealed ? sealed_luks_mapping(v->sealed) : "";

	finding_next(
		f,
		"Open it with a copy of the header: dd if=%s of=/tmp/header bs=4096 count=%llu "
		"conv=noerror,sync; cryptsetup open --header /tmp/header %s %s",
		luks_view_place(v), (unsigned long long)(bytes / 4096), v->device,
		*mapping ? mapping : "NAME");
}

void luks_next_use_backup(struct finding *f, const struct luks_view *v)
{
	finding_next(f,
		     "With a header backup: examine it first (bootverdict luks BACKUP-FILE), then: "
		     "cryptsetup luksHeaderRestore %s --header-backup-file BACKUP-FILE",
		     luks_view_place(v));
}

void luks_next_restore_header(struct finding *f, const struct luks_view *v)
{
	luks_next_use_backup(f, v);
	if (v->luks.chosen >= 0 && luks_slots_sound(v) | luks_slots_unproven(v))
		finding_next(f, "A backup brings back the passphrases of its time.");
	else
		finding_next(f,
			     "A backup brings back the passphrases of its time. Without a backup%s "
			     "this program knows no way to the data.",
			     v->closed ? "" : " and without an open container");
}

void luks_next_seal(struct finding *f, const struct luks_view *v)
{
	finding_next(f,
		     "Seal it, so that the next check knows it: bootverdict seal --all (with "
		     "--device %s when the boot does not unlock it)",
		     v->device);
}
