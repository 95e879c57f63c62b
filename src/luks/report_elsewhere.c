// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_elsewhere.h"

#include "luks/advice.h"

void report_luks_elsewhere(struct report *r, const char *name, const char *holds, const char *uuid,
			   const char *path)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_NAME, name,
		"This name leads to another disk than the one that was sealed by it: there is %s. The "
		"sealed one is attached, and is %s; or that is a copy, and this one lost its start.",
		holds, path);

	finding_text(f, EVIDENCE_SEALED_UUID, "%s", uuid);
	finding_next(f, "Examine the sealed one: bootverdict luks %s", path);
	finding_next(f,
		     "Two disks may bear one name, as when one was cloned, or its partition table: "
		     "lsblk -o NAME,SIZE,FSTYPE,UUID,PARTUUID; ls -l /dev/disk/*. Give one of them "
		     "other names, or detach it. Write no header to either.");
	finding_next(f,
		     "A name that is made of the container itself, for crypttab and to seal it: "
		     "UUID=%s",
		     uuid);
}

struct finding *report_luks_absent(struct report *r, const struct sealed_luks *s, const char *path,
				   const char *holds)
{
	struct finding *f;

	if (holds)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT, path,
			"The LUKS device that was sealed is not found; %s, which had that name, holds "
			"%s: it may be another disk, or all of its start was overwritten.",
			path, holds);
	else
		f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT, path,
				   "The LUKS device that was sealed is not found: neither by the "
				   "name that crypttab or --device gave, nor by its partition.");
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", s->uuid);
	finding_next(f,
		     "Is the disk attached? (lsblk -o NAME,SIZE,FSTYPE,UUID) A device that may be "
		     "it: bootverdict luks DEVICE");
	if (holds)
		luks_next_on_a_copy(f, path);
	report_artifact(r, path, KIND_LUKS, STATE_MISSING, 0, 0);
	return f;
}

void report_luks_twin(struct report *r, const char *path, const char *uuid, const char *twin)
{
	struct finding *f = report_finding(
		r, VERDICT_INTACT, FINDING_LUKS_TWIN, path,
		"%s bears the same LUKS UUID: it is a copy, or another way to the same disk. This is of "
		"%s alone.",
		twin, path);

	f->warning = true;
	finding_next(
		f,
		"Which of them is meant? ls -l /dev/disk/by-uuid/%s; bootverdict luks %s. Detach a "
		"copy before the next boot, and write no header to either.",
		uuid, twin);
}
