// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/report_place.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "luks/advice.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "storage/device.h"
#include "util/text.h"
#include "util/util.h"

void report_luks_data_elsewhere(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SIZE, luks_view_place(v),
		"Its header says that the data begin at byte %" PRIu64 ", and there are %" PRIu64
		" bytes: %s, or it is the detached header of another device.",
		l->data_offset, l->size,
		l->version == 1 ? "the device became shorter, or that field is damaged (LUKS1 has "
				  "no checksum)"
				: "the device became shorter");

	finding_number(f, EVIDENCE_NEEDED, l->data_offset);
	finding_number(f, EVIDENCE_THERE, l->size);
	finding_next(f, "A partition: is it as long in the partition table as it was? (fdisk -l; "
			"sfdisk --dump) Write nothing to the disk before it is.");
	finding_next(f, "A detached header: bootverdict luks --header %s DEVICE",
		     luks_view_place(v));
}

/* Its header is right by its own checksum; whether the rest is behind the end, or lost, is not seen. */
void report_luks_too_small(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	uint64_t needed = l->needed > l->size	  ? l->needed
			  : l->data_end > l->size ? l->data_end
						  : l->data_offset;
	slot_set cut = luks_slots_cut(v);
	cleanup(free_ptr) char *slots = luks_slots_text(cut);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_SIZE, luks_view_place(v),
		"It is too small for the LUKS%d container that begins on it: that needs %s%" PRIu64
		" bytes, and there are %" PRIu64
		". cryptsetup does not open it. The partition or volume was made smaller, it was copied "
		"to a smaller one, or the disk answers with less than it has.",
		l->version, l->chosen < 0 ? "at least " : "", needed, l->size);

	finding_number(f, EVIDENCE_NEEDED, needed);
	finding_number(f, EVIDENCE_THERE, l->size);
	if (cut)
		finding_text(f, EVIDENCE_BEHIND_END, "%s", slots);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	finding_next(f, "A partition: is it as long in the partition table as it was? (fdisk -l; "
			"sfdisk --dump) Write nothing to the disk before it is.");
	finding_next(
		f,
		"A copy or an image: it ends too early. Copy it again, and compare the sizes. A whole "
		"disk: does it tell the size that it had? (dmesg; fdisk -l)");
}

static char *inside_command(const struct luks_view *v)
{
	const char *place = luks_view_place(v);
	char part[64];

	if (device_at(place, v->luks.inside.offset, part, sizeof(part)))
		return text_format("bootverdict luks %s", part);
	return text_format(
		"bootverdict luks \"$(losetup --read-only --find --show --offset %" PRIu64 " %s)\"",
		v->luks.inside.offset, place);
}

/*
 * The bytes in front of the start are not here, or not known to be there: those who copied it began too
 * late, or the device begins too late.
 */
static void container_cut_off(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	const char *place = luks_view_place(v);
	uint64_t before = l->inside.before;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_INSIDE, place,
		"%s not in its place: the container begins %" PRIu64 " bytes in front of what "
		"is here. Its start was cut off when it was copied, or the device begins too late. "
		"cryptsetup does not find it like this.",
		v->sealed ? "What was sealed of the LUKS container is here,"
			  : "The second copy of a LUKS2 header is here, and good,",
		before);

	if (v->other)
		finding_text(f, EVIDENCE_AT_START, "%s", v->other);
	finding_text(f, v->sealed ? EVIDENCE_SEALED_UUID : EVIDENCE_CONTAINER_UUID, "%s",
		     l->inside.uuid);
	finding_number(f, EVIDENCE_BYTES_MISSING_IN_FRONT, before);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	finding_next(
		f,
		"Write nothing to it: a header that is restored or repaired now goes to the wrong "
		"place, into key material or the data.");
	finding_next(
		f,
		"An image: copy it again from where it came from, from the first byte on. A device: "
		"its start has to be earlier by so many bytes, %" PRIu64
		" in sectors of 512 (losetup "
		"--list; sfdisk --dump).",
		before / 512);
	finding_next(
		f,
		"When what was in front is lost: in a copy, put its place back, and examine that: { "
		"head -c %" PRIu64 " /dev/zero; cat %s; } >WHOLE.img; bootverdict luks WHOLE.img",
		before, place);
}

/* Where a container that moved begins: the device to count from, and the byte there. */
static uint64_t moved_to(const struct luks_view *v, const struct location *start,
			 const char **device)
{
	const struct luks *l = &v->luks;
	bool is_part = start->known && strcmp(start->disk, start->device) != 0;

	*device = is_part ? start->disk : luks_view_place(v);
	return (is_part ? start->lba * 512 : 0) + l->inside.offset - l->inside.before;
}

static void next_put_start_back(struct finding *f, const struct location *start, uint64_t byte)
{
	finding_next(
		f,
		"Put the start of the partition back, byte %" PRIu64 ", sector %" PRIu64 " of 512 "
		"bytes: sfdisk "
		"--dump %s >TABLE, on another disk; in a copy of it, start= and size= of %s as "
		"they were; sfdisk --wipe never --wipe-partitions never --no-reread %s <COPY. "
		"Then restart, or partprobe %s.",
		byte, byte / 512, start->disk, start->device, start->disk, start->disk);
}

/*
 * The sealed one, and its device begins elsewhere than it did: whatever restores a header would write
 * into the data.
 */
void report_luks_moved(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	struct location start;
	const char *device;
	uint64_t byte;
	struct finding *f;

	device_locate(luks_view_place(v), 0, &start);
	byte = moved_to(v, &start, &device);
	/* Below 0. */
	if (byte > INT64_MAX) {
		container_cut_off(r, v);
		return;
	}
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_INSIDE, luks_view_place(v),
		"The LUKS%d container that was sealed is there, but it begins %" PRIu64
		" bytes %s: "
		"%s. %scryptsetup does not find it like this.",
		l->inside.version, l->inside.before ? l->inside.before : l->inside.offset,
		l->inside.before ? "in front of the start" : "further in",
		device == start.disk
			? "the partition table gives another start than when it was sealed"
			: "what it lies on begins elsewhere than when it was sealed",
		l->inside.whole ? "Its header is good. " : "");
	if (v->other)
		finding_text(f, EVIDENCE_AT_START, "%s", v->other);
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	finding_text(f, EVIDENCE_BEGINS_AT, "at byte %" PRIu64 " of %s", byte, device);
	finding_not(f, "the passphrase, its length, or the keyboard layout");
	finding_next(f,
		     "Write nothing to the disk: a header that is restored or repaired now goes to "
		     "the wrong place, into the data.");
	finding_next(
		f,
		"See whether all of it is there: bootverdict luks \"$(losetup --read-only --find "
		"--show --offset %" PRIu64 " %s)\"",
		byte, device);
	if (device == start.disk)
		next_put_start_back(f, &start, byte);
}

static void look_into(struct finding *f, const struct luks_view *v)
{
	const struct disk_form *l = v->disk_form;
	const char *place = luks_view_place(v);

	if (!l->format) {
		finding_next(
			f,
			"Unpack it to a new file, elsewhere: %s -dc %s >DISK.img; bootverdict luks "
			"DISK.img",
			l->unpack, place);
		return;
	}
	finding_next(f,
		     "Attach it, read only: modprobe nbd max_part=16; qemu-nbd -r -c /dev/nbd0 "
		     "-f %s %s. Then name the partition: lsblk -o NAME,SIZE,FSTYPE /dev/nbd0; "
		     "bootverdict luks /dev/nbd0p1",
		     l->format, place);
	finding_next(f,
		     "Or write what it holds to a new file, elsewhere: qemu-img convert -f %s -O "
		     "raw %s DISK.img; bootverdict luks DISK.img",
		     l->format, place);
}

void report_luks_disk_form(struct report *r, const struct luks_view *v)
{
	const struct disk_form *l = v->disk_form;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_LAYER, luks_view_place(v),
		"It begins as %s, not as a disk byte for byte: what it holds is seen when it is %s.%s",
		l->name, l->format ? "attached" : "unpacked",
		v->sealed
			? " A LUKS container was sealed under this name, and nothing of it is here: "
			  "it was converted, or written over."
			: "");

	if (!v->sealed) {
		look_into(f, v);
		return;
	}
	finding_text(f, EVIDENCE_SEALED_UUID, "%s", v->sealed->uuid);
	luks_next_keep_evidence(f, v);
	finding_next(f, "Which of the two shall it be? When %s, restore no header.", l->name);
	look_into(f, v);
	luks_next_restore_header(f, v);
}

void report_luks_inside(struct report *r, const struct luks_view *v)
{
	const struct luks *l = &v->luks;
	cleanup(free_ptr) char *command = NULL;
	struct finding *f;

	if (l->inside.cut) {
		container_cut_off(r, v);
		return;
	}
	command = inside_command(v);
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_INSIDE, luks_view_place(v),
		"A LUKS%d container begins at byte %" PRIu64
		" in it, and none at its start: it is what "
		"the container lies on (a disk with partitions, a RAID member, a physical volume).",
		l->inside.version, l->inside.offset);

	if (v->other)
		finding_text(f, EVIDENCE_AT_START, "%s", v->other);
	finding_text(f, EVIDENCE_CONTAINER_UUID, "%s", l->inside.uuid);
	finding_next(f, "Name the partition or volume that begins there: %s", command);
}
