// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "chain/array.h"
#include "chain/devices.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "storage/superblock.h"
#include "system/crypttab.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

void root_device_next_image(struct finding *f, bool lost)
{
	finding_next(f, "Write nothing to this disk; make an image of it first (dd, ddrescue).%s",
		     lost ? " Tell its host's administrator: the disk gave other bytes than were "
			    "written."
			  : "");
}

/* wipefs prints these bytes, too; Linux, ext4.h, xfs_format.h, btrfs_tree.h. */
static void next_put_back(struct finding *f, const char *kind, const char *path)
{
	static const struct {
		const char *kind, *bytes;
		unsigned int offset;
	} magics[] = {
		{ "xfs", "XFSB", 0 },
		{ "btrfs", "_BHRfS_M", 65600 },
		{ "ext", "\\123\\357", 1080 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		if (strncmp(kind, magics[i].kind, strlen(magics[i].kind)) != 0)
			continue;
		finding_next(f,
			     "To put it back, on a copy first: printf '%s' | dd of=%s bs=1 seek=%u "
			     "conv=notrunc",
			     magics[i].bytes, path, magics[i].offset);
		return;
	}
}

void root_device_next(struct finding *f, const struct lost_superblock *l, const char *path)
{
	/* Another file system that was there before leaves a spare one as well. */
	const char *when = l->how == LOSS_DAMAGED && l->spare.first_is_its
				   ? "On a copy, or when the storage is sound"
				   : "On a copy";

	if (l->how == LOSS_ERASED && !l->removed)
		next_put_back(f, l->is.kind, path);
	if (!l->has_spare)
		return;
	finding_text(f, EVIDENCE_UUID, "%s", l->spare.is.uuid);
	finding_number(f, EVIDENCE_SPARE_SUPERBLOCK, l->spare.block);
	if (l->spare.size)
		finding_next(
			f, "%s%s%s: e2fsck -b %llu -B %u %s", when,
			l->spare.first_is_its
				? ""
				: ", if the file system that is wanted is the one with the UUID ",
			l->spare.first_is_its ? "" : l->spare.is.uuid,
			(unsigned long long)l->spare.block, l->spare.size, path);
	else
		finding_next(f, "%s: btrfs rescue super-recover %s", when, path);
}

/* What a boot has of its root. */
struct scene {
	struct report *r;
	const char *root, *sealed; /* sealed: its UUID, or "" */
	const struct root_search *s;
	const struct block_devices *b;
	enum builder builder;
	bool seen; /* its superblock is there and right */
};

enum owner { OWNER_ROOT, OWNER_OTHER, OWNER_UNKNOWN };

/* What root= names by its UUID is what is looked for; else the record alone knows the root's. */
static enum owner owner_of(const struct scene *c, const char *uuid)
{
	if (c->s->name.kind == ROOT_UUID && !strcasecmp(uuid, c->s->name.value))
		return OWNER_ROOT;
	if (!*c->sealed)
		return OWNER_UNKNOWN;
	return strcasecmp(uuid, c->sealed) ? OWNER_OTHER : OWNER_ROOT;
}

static const char *lost_uuid(const struct lost_superblock *l)
{
	return l->how != LOSS_ERASED && l->has_spare ? l->spare.is.uuid : l->is.uuid;
}

static const char *whose(const struct scene *c, const struct lost_superblock *l)
{
	switch (owner_of(c, lost_uuid(l))) {
	case OWNER_ROOT:
		return "the root by its UUID";
	case OWNER_OTHER:
		return "not the root that was sealed";
	case OWNER_UNKNOWN:
		break;
	}
	return "the root perhaps, whose UUID no record tells";
}

/* Where the root that was sealed is, or a copy of it: nothing tells one from the other. */
static void tell_sealed(struct finding *f, const struct scene *c)
{
	if (!*c->sealed)
		return;
	finding_text(f, EVIDENCE_SEALED_ROOT, "UUID %s%s%s", c->sealed,
		     c->s->sealed_at ? ", which is on " : "",
		     c->s->sealed_at ? c->s->sealed_at : "");
	if (c->s->sealed_at)
		finding_next(
			f,
			"%s has the UUID of the root that was sealed. Is it that, and no copy? "
			"Then [e] in the boot menu edits root= for one boot: root=UUID=%s",
			c->s->sealed_at, c->sealed);
}

static void tell_erased(const struct scene *c, const char *path, const struct lost_superblock *l)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ERASED, path,
		"The magic of the %s superblock here was erased, a few bytes, and all else is right, as "
		"%s. So %s, and programs that make something else of a disk; a disk "
		"loses whole sectors. Nothing mounts it like this.",
		l->is.kind,
		l->is.proven ? "its checksum proves once they are put back"
			     : "its spare superblock says",
		l->removed ? "`btrfs device remove` leaves a device that it took out, and wipefs"
			   : "wipefs leaves it");

	finding_text(f, EVIDENCE_UUID, "%s", l->is.uuid);
	if (l->removed) {
		finding_number(f, EVIDENCE_DEVICE_COUNT, l->is.devices);
		finding_next(
			f,
			"Was it taken out of its file system? Then that is on the other devices, "
			"and one of those is what is missing: do not put the magic back. btrfs "
			"filesystem show; cable, power, driver, dmesg.");
	} else {
		finding_next(f, "When it was erased on purpose, root= must name another one.");
	}
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

static const char *what_is_here(bool is_root)
{
	return is_root ? "The root file system is on this device"
		       : "A file system is on this device, which root= names";
}

static void tell_damaged(const struct scene *c, const char *path, const struct lost_superblock *l)
{
	bool is_root = owner_of(c, lost_uuid(l)) == OWNER_ROOT;
	struct finding *f = report_finding(
		c->r, VERDICT_STORAGE_CORRUPTION, FINDING_CHAIN_SUPERBLOCK, path,
		"%s, but its superblock is damaged: %s.", what_is_here(is_root),
		!l->is.damaged ? "its magic is lost, and all else is as a spare one says"
		: l->has_spare ? "its checksum is wrong, and a spare one is there"
			       : "its checksum is wrong");

	if (is_root)
		finding_not(f, "root=, fstab, or the initramfs");
	else
		tell_sealed(f, c);
	root_device_next_image(f, true);
	root_device_next(f, l, path);
}

/* No byte is proven lost. */
static void tell_wrong_checksum(const struct scene *c, const char *path,
				const struct lost_superblock *l)
{
	bool is_root = owner_of(c, lost_uuid(l)) == OWNER_ROOT;
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SUPERBLOCK, path,
		"%s, and its superblock's checksum is wrong, so that nothing mounts it; but all that "
		"never changes while it is used is as a spare one says. %s stopped half-way, or the disk "
		"lost some bytes: nothing here tells which.",
		what_is_here(is_root),
		l->spare.size ? "A program wrote to it that keeps no checksum, a write of it"
			      : "A write of it");

	if (is_root)
		finding_not(f, "root=, fstab, or the initramfs");
	else
		tell_sealed(f, c);
	finding_next(f, "Did %sthe power fail? Did the disk report errors? dmesg; smartctl -a",
		     l->spare.size
			     ? "another system write to it (Windows with Ext2Fsd), or a small "
			       "tune2fs (BusyBox), or did "
			     : "");
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

/* The first block, or more: a disk loses it, and its owner's programs write there. */
static void tell_start_gone(const struct scene *c, const char *path,
			    const struct lost_superblock *l)
{
	bool more = l->how == LOSS_START;
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SUPERBLOCK, path,
		"A file system (%s) was on this device, %s, and its %s: the disk lost %s, or somebody "
		"overwrote it%s. A spare superblock is there.",
		l->spare.is.kind, whose(c, l),
		more ? "start is gone, more than its superblock"
		     : "superblock's block is gone, and what follows it is as it was",
		more ? "it" : "that block",
		more ? "" : ": swap with a random key begins so, and swap that was wiped again");

	finding_next(f,
		     "Was this disk wiped, made swap (crypttab, fstab), or replaced by another one "
		     "that holds the root now? Then that one is not there.");
	finding_next(f, "Did the disk report errors? dmesg; smartctl -a");
	tell_sealed(f, c);
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

/* The other one may be wanted: no command that would destroy it. */
static void tell_overwritten(const struct scene *c, const char *path,
			     const struct lost_superblock *l)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_OTHER, path,
		"What is on this device now is %s. But a spare superblock of a file system (%s) is "
		"left, %s: somebody made it anew, or other data were written over it.",
		l->now, l->spare.is.kind, whose(c, l));

	finding_text(f, EVIDENCE_UUID, "%s", l->spare.is.uuid);
	finding_number(f, EVIDENCE_SPARE_SUPERBLOCK, l->spare.block);
	block_devices_tell(c->b, f);
	finding_next(f,
		     "Write nothing to this disk, and use neither of the two; make an image of it "
		     "first (dd, ddrescue).");
	finding_next(
		f, "Which of them is wanted? If it is what is there now, root= must name "
		   "another one; if it is the root, examine the image with the spare superblock:");
	if (l->spare.size)
		finding_next(f, "dumpe2fs -h -o superblock=%llu -o blocksize=%u IMAGE",
			     (unsigned long long)l->spare.block, l->spare.size);
	else
		finding_next(f, "btrfs inspect-internal dump-super -s 1 IMAGE");
}

/* Without a checksum nothing tells which of the two it had last. */
static void tell_two_uuids(const struct scene *c, const char *path, const struct lost_superblock *l)
{
	unsigned long long block = l->spare.block;
	bool label = !strcasecmp(l->is.uuid, l->spare.is.uuid);
	struct finding *f;

	if (label)
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SUPERBLOCK, path,
			"Its superblock has another label than a spare one of it, which is the one that "
			"root= names: it lost its label, or was given another one. No checksum covers "
			"either.");
	else
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SUPERBLOCK, path,
			"Its superblock has the UUID %s, and a spare one of it %s, which %s: it lost "
			"its UUID, or was given another one. No checksum covers either.",
			l->is.uuid, l->spare.is.uuid,
			c->s->name.kind == ROOT_UUID ? "root= names" : "was the root's");
	finding_number(f, EVIDENCE_SPARE_SUPERBLOCK, block);
	finding_next(
		f,
		"Compare both: dumpe2fs -h %s; dumpe2fs -h -o superblock=%llu -o blocksize=%u %s",
		path, block, l->spare.size, path);
	finding_next(f,
		     "If it was given another one: boot with root=UUID=%s ([e] in the boot menu).",
		     l->is.uuid);
	finding_next(
		f,
		"If not: write nothing to this disk; make an image of it first (dd, ddrescue). On a "
		"copy: e2fsck -b %llu -B %u %s",
		block, l->spare.size, path);
}

static void tell_lost(const struct scene *c, const char *path, const struct lost_superblock *l)
{
	switch (l->how) {
	case LOSS_NONE:
		break;
	case LOSS_ERASED:
		tell_erased(c, path, l);
		break;
	case LOSS_DAMAGED:
		tell_damaged(c, path, l);
		break;
	case LOSS_CHECKSUM:
		tell_wrong_checksum(c, path, l);
		break;
	case LOSS_UUID:
		tell_two_uuids(c, path, l);
		break;
	case LOSS_BLOCK:
	case LOSS_START:
		tell_start_gone(c, path, l);
		break;
	case LOSS_OVERWRITTEN:
		tell_overwritten(c, path, l);
		break;
	}
}

/* initramfs-tools: resolve_device() in it gives the UUID to blkid, which compares it as it is. */
#define RESOLVES_AS_IT_IS "/scripts/functions"

static void next_edit(struct finding *f, const struct scene *c, const char *uuid)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);

	finding_next(f,
		     "In the boot menu: [e] edits root= for one boot%s%s. Then mend "
		     "/etc/default/grub or /etc/fstab, and: update-grub; %s",
		     uuid ? ": root=UUID=" : "", uuid ? uuid : "", rebuild);
}

/*
 * No device has a UUID of 36 characters in capitals, so none that is missing can be the one. A letter
 * or two lost bits make of small ones; and dracut takes all for small ones (modules.d, parse-block.sh).
 */
static bool is_capital(const struct root_search *s)
{
	const char *a = s->name.value, *b = s->alike;
	unsigned int differing = 0;

	if (!s->alike_at || strcasecmp(a, b) != 0 || access(RESOLVES_AS_IT_IS, F_OK))
		return false;
	for (; *a && *b; a++, b++)
		differing += *a != *b;
	return differing > 2;
}

/* What proves that root= is wrong; false: nothing does. */
static bool tell_wrong(const struct scene *c)
{
	const struct root_search *s = c->s;
	struct finding *f;

	if (!is_capital(s))
		return false;
	f = report_finding(
		c->r, VERDICT_CONFIG_ERROR, FINDING_CHAIN_ROOT, c->root,
		"root= names a UUID in capital letters, which no device has: they are small "
		"ones. %s has it: %s.",
		s->alike_at, s->alike);
	block_devices_tell(c->b, f);
	next_edit(f, c, s->alike);
	return true;
}

/* A copy has the UUID of what it was made of, or one that was changed by hand. */
static void next_alike(struct finding *f, const struct root_search *s)
{
	if (!s->alike_at)
		return;
	finding_text(f, EVIDENCE_SIMILAR_UUID, "%s on %s", s->alike, s->alike_at);
	finding_next(
		f,
		"%s has a UUID that differs in a digit or two: %s. Was it mistyped, or a bit lost "
		"in the boot loader's file or in memory? Or is that a copy, and the root's disk "
		"not there? If it is the root: [e] in the boot menu, root=UUID=%s",
		s->alike_at, s->alike, s->alike);
}

static void tell_volume(const struct scene *c)
{
	const struct root_search *s = c->s;
	struct finding *f;

	if (!s->lvm_at)
		return;
	f = report_finding(
		c->r, VERDICT_STORAGE_CORRUPTION, FINDING_CHAIN_LVM, s->lvm_at,
		"This is an LVM physical volume, and %s. The root may be a volume of its "
		"group.",
		lvm_state_text(s->lvm));
	finding_number(f, EVIDENCE_OFFSET, s->lvm_offset);
	root_device_next_image(f, true);
	finding_next(f,
		     "Is the text of its metadata there, or on another disk of the group? pvck "
		     "--dump metadata_search %s; /etc/lvm/backup of a backup has a copy.",
		     s->lvm_at);
}

/* What would decide it. */
static void next_look(struct finding *f, const struct root_search *s, const char *suspects)
{
	if (suspects) {
		finding_text(f, EVIDENCE_SUSPECTS, "%s", suspects);
		finding_next(f,
			     "Is one of these the disk of the root? (%s) Write nothing to it, and "
			     "examine it: bootverdict luks DEVICE; blkid -p DEVICE",
			     suspects);
	}
	if (s->locked)
		finding_next(f, "The root may be inside %s, which is LUKS and not open.",
			     s->locked);
	if (s->volumes_at)
		finding_next(f,
			     "The root may be a volume of the LVM group of %s. Is a disk of it "
			     "missing? lvm pvs; lvm vgs; lvm lvs -a. If it is in the list: lvm "
			     "vgchange -ay; exit",
			     s->volumes_at);
	finding_next(f,
		     "Compare root= on the kernel command line with what is there (blkid), and the "
		     "disks and partitions with those that should be: cable, power, driver, the "
		     "firmware's list, dmesg, fdisk -l.");
}

/* Not every kernel tells these: then the link was looked for alone. */
static bool is_of_partition(const struct root_name *name)
{
	return name->kind == ROOT_PARTUUID || name->kind == ROOT_PARTLABEL;
}

/* A member alone says nothing of what its array holds. */
static struct finding *tell_array(const struct scene *c)
{
	const struct root_search *s = c->s;
	cleanup(free_ptr) char *array = array_text(&s->array);
	struct finding *f;

	if (s->array_is_it)
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ARRAY, c->root,
			"What root= names is to be seen on %s, but that is a member of an md array that "
			"does not run: %s. Only the array tells whether that is its own, and whole.",
			s->array_at, array);
	else
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ARRAY, c->root,
			"What root= names is not there, and an md array that it may lie on does not run: "
			"%s. %s is a member of it.",
			array, s->array_at);
	array_tell(f, &s->array, s->array_at);
	return f;
}

static void tell_not_there(const struct scene *c)
{
	cleanup(free_ptr) char *suspects = block_devices_suspects(c->b, SUSPECT_ROOT, NULL);
	cleanup(free_ptr) char *unknown = block_devices_error_text(c->b);
	const struct root_search *s = c->s;
	const char *sealed =
		s->sealed_at ? " The root that was sealed, or a copy of it, is there: " : "";
	struct finding *f;

	if (c->b->error)
		f = report_finding(c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root, "%s",
				   unknown);
	else if (!c->b->count)
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			"The kernel has found no disk at all: none answers, or the driver "
			"of its controller is not in this initramfs.");
	else if (s->array_at)
		f = tell_array(c);
	else if (s->unreadable)
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			"No device is what root= names, but it may be on %s, whose start cannot be "
			"read: Input/output error. These are there:",
			s->unreadable);
	else if (is_of_partition(&s->name))
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			"No partition is seen here that has the %s that root= names: root= is wrong, "
			"its disk or partition is not there, or nothing here tells it (udev).%s%s",
			root_name_word(s->name.kind), sealed, s->sealed_at ? s->sealed_at : "");
	else if (s->name.kind == ROOT_PATH)
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			"%s, which root= names, does not exist: root= is wrong, or its disk, "
			"partition or volume is not there.%s%s",
			c->root, sealed, s->sealed_at ? s->sealed_at : "");
	else
		f = report_finding(
			c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			"No device that the kernel has found has the %s that root= names: "
			"root= is wrong, or its disk or partition is not there.%s%s",
			root_name_word(s->name.kind), sealed, s->sealed_at ? s->sealed_at : "");
	block_devices_tell(c->b, f);
	next_alike(f, s);
	tell_sealed(f, c);
	next_look(f, s, suspects);
	if (c->b->count)
		next_edit(f, c, NULL);
}

static void tell_no_link(const struct scene *c, const char *path)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
		"What root= names is there: %s. But that name is not: udev has not made it.", path);

	finding_not(f, "the disk, or its file system's superblock");
	finding_next(f, "Look for what udev said: dmesg | grep -i udev");
	finding_next(f, "In the boot menu: [e] edits root= for one boot: root=%s", path);
}

/* Neither its owner's mistake nor a wrong write leaves a trace. */
static void tell_no_file_system(const struct scene *c, const char *kind)
{
	struct finding *f =
		report_finding(c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			       "The device that root= names is there, and holds %s, which is no "
			       "file system: root= names the wrong one, or the file system was "
			       "overwritten.",
			       kind);

	tell_sealed(f, c);
	finding_next(f, "Which device holds the root? blkid. Compare root= with it.");
	finding_next(f, "In the boot menu: [e] edits root= for one boot.");
}

static bool is_no_file_system(const char *kind)
{
	static const char *const kinds[] = { "crypto_LUKS", "swap", "LVM2_member" };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kind, kinds[i]))
			return true;
	}
	return false;
}

static void tell_unknown(const struct scene *c, const char *volume)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, volume ? FINDING_CHAIN_ROOT : FINDING_CHAIN_SUPERBLOCK,
		c->root, "The device that root= names is there, %s%s%s.",
		volume ? "and holds " : "but no ",
		volume ? volume
		       : "file system that is known here: its superblock, or a LUKS header, may be "
			 "lost",
		volume ? ", which is not examined here" : "");

	finding_not(f, "the passphrase");
	tell_sealed(f, c);
	root_device_next_image(f, false);
}

static void tell_unreadable(const struct scene *c)
{
	struct finding *f = report_finding(
		c->r, VERDICT_STORAGE_CORRUPTION, FINDING_CHAIN_SUPERBLOCK, c->root,
		"The device that root= names is there, but the place of its file system's "
		"superblock cannot be read: Input/output error.");

	finding_not(f, "root= or the passphrase");
	finding_next(f,
		     "Look at the kernel's messages about this disk (dmesg), and tell its host's "
		     "administrator. Write nothing to it.");
}

/* Disks that were found in another order, a root that moved, or a wrong root=: nothing tells which. */
static void tell_another(const struct scene *c, const char *path, const char *left,
			 const char *kind, const char *uuid)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_OTHER, path,
		"root= leads to this device, and what is on it is %s%s %s: not the root that was "
		"sealed, %s. The disks were found in another order, root= is wrong, or the root was "
		"moved after the last seal.",
		left, kind, uuid, c->sealed);

	block_devices_tell(c->b, f);
	tell_sealed(f, c);
	finding_next(f,
		     "Write nothing to this disk before that is clear. Compare root= with what is "
		     "there: blkid");
}

static void tell_too_small(const struct scene *c, const char *path, const struct superblock *seen,
			   uint64_t size)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SMALL, path,
		"Its %s is bigger than the device that it is on, so nothing mounts it: the partition or "
		"volume was made smaller, it was copied to a smaller one, or the disk answers with "
		"less than it has.",
		seen->kind);

	finding_number(f, EVIDENCE_BYTES_TAKEN, seen->bytes);
	finding_number(f, EVIDENCE_BYTES_THERE, size);
	finding_next(
		f,
		"Compare the partition table with how it was: fdisk -l; dmesg. Run no fsck "
		"that would cut the file system off: what lies behind the end may be there yet.");
}

/* What is there of a btrfs: the numbers of its devices, of which copies count once. */
struct members {
	uint64_t *items;
	size_t count;
	const char *seed; /* of some file system, perhaps of this one; or NULL */
};

static bool add_member(struct members *m, uint64_t device)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->items[i] == device)
			return false;
	}
	m->items = grow_array(m->items, &m->count, sizeof(*m->items));
	m->items[m->count - 1] = device;
	return true;
}

static void look_at_member(const char *path, const char *uuid, struct members *m)
{
	struct source source;
	struct superblock seen;

	if (source_open(&source, path))
		return;
	if (!superblock_read(&source, &seen) && !strcmp(seen.kind, "btrfs") && !seen.damaged) {
		if (!strcmp(seen.uuid, uuid))
			add_member(m, seen.device);
		else if (seen.seed)
			m->seed = path;
	}
	source_close(&source);
}

/* Unless it is a copy of one that is there. */
static void tell_damaged_member(const struct scene *c, const char *path, const char *uuid,
				struct members *m)
{
	struct lost_superblock l = { .how = LOSS_NONE };
	struct source source;
	struct superblock seen;

	if (source_open(&source, path))
		return;
	if (!superblock_read(&source, &seen) && seen.damaged && !strcmp(seen.kind, "btrfs"))
		l = lost_superblock_find(&source, &seen, uuid, NULL);
	if (l.how == LOSS_DAMAGED && add_member(m, l.has_spare ? l.spare.is.device : seen.device))
		tell_damaged(c, path, &l);
	source_close(&source);
}

/* Those with a damaged superblock are told. */
static struct members look_at_members(const struct scene *c, const struct superblock *of)
{
	const struct block_devices *b = c->b;
	struct members m = { .count = 0 };

	for (size_t i = 0; i < b->count; i++) {
		if (!b->items[i].divided)
			look_at_member(b->items[i].path, of->uuid, &m);
	}
	for (size_t i = 0; i < b->count && m.count < of->devices; i++) {
		if (!b->items[i].divided)
			tell_damaged_member(c, b->items[i].path, of->uuid, &m);
	}
	free(m.items);
	return m;
}

/* One that was grown from a seed counts it: nothing in its superblock tells which that is. */
static bool tell_incomplete(const struct scene *c, const char *path, const struct superblock *seen)
{
	size_t told = c->r->finding_count;
	struct members m;
	struct finding *f;

	if (seen->devices < 2)
		return false;
	m = look_at_members(c, seen);
	if (m.count >= seen->devices)
		return c->r->finding_count > told;
	f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, path,
		"This is one device of a btrfs file system of %llu, and of those only %zu "
		"can be seen here: %s%s%s.",
		(unsigned long long)seen->devices, m.count,
		m.seed ? "it was grown from " : "another one is not there", m.seed ? m.seed : "",
		m.seed ? ", a seed, or another one is not there, or its superblock is lost"
		       : ", or its superblock is lost");
	finding_text(f, EVIDENCE_UUID, "%s", seen->uuid);
	block_devices_tell(c->b, f);
	finding_next(f,
		     "Which one is missing? btrfs filesystem show; cable, power, driver, dmesg.");
	if (!m.seed)
		finding_next(f, "Without it, to read alone: mount -o ro,degraded %s /mnt", path);
	return true;
}

/* Without a checksum nothing but a spare superblock tells; btrfs has one, perhaps of a kind not known here. */
static bool is_as_it_was(const struct source *source, const struct superblock *seen)
{
	struct superblock_spare spare;

	return seen->proven || (superblock_find_spare(source, seen->uuid, NULL, &spare) &&
				spare.size && spare.first_is_same);
}

/* What is there, sound: whether it is the root, all of it. */
static bool tell_sound(struct scene *c, const char *path, const struct source *source,
		       const struct superblock *seen)
{
	bool other = *c->sealed && strcasecmp(seen->uuid, c->sealed) != 0;
	bool told = false;

	/* What root= names by its UUID may be wanted, whatever was sealed. */
	if (!other || owner_of(c, seen->uuid) == OWNER_ROOT) {
		if (seen->bytes > source->size) {
			tell_too_small(c, path, seen, source->size);
			return true;
		}
		told = tell_incomplete(c, path, seen);
	}
	if (other && !told)
		tell_another(c, path, "", seen->kind, seen->uuid);
	if (other || told)
		return true;
	c->seen = is_as_it_was(source, seen);
	return false;
}

/* What is there must speak for itself, where nothing was sealed of it. */
static bool tell_content(struct scene *c, const char *path, const struct source *source,
			 const struct superblock *seen)
{
	bool sound = *seen->kind && !seen->damaged && !is_no_file_system(seen->kind);
	struct lost_superblock l = { .how = LOSS_NONE };

	if (*c->sealed)
		l = lost_superblock_find(source, seen, c->sealed, NULL);
	if (l.how != LOSS_NONE) {
		tell_lost(c, path, &l);
		return true;
	}
	/* A sound one has spares of itself. */
	if (sound)
		return tell_sound(c, path, source, seen);
	l = lost_superblock_find(source, seen, NULL, NULL);
	if (l.how != LOSS_NONE && l.how != LOSS_OVERWRITTEN && l.how != LOSS_DAMAGED &&
	    owner_of(c, lost_uuid(&l)) == OWNER_OTHER)
		tell_another(c, path, "what is left of ", l.has_spare ? l.spare.is.kind : l.is.kind,
			     lost_uuid(&l));
	/* A spare of another file system than the root may outlive it here. */
	else if (l.how != LOSS_NONE && l.how != LOSS_OVERWRITTEN)
		tell_lost(c, path, &l);
	else if (*seen->kind)
		tell_no_file_system(c, seen->kind);
	else
		tell_unknown(c, recognise_volume(source));
	return true;
}

/* The kernel mounts no member of an array that runs; of one that does not, a member is but a half. */
static void tell_member(const struct scene *c, const char *path, const struct md *md)
{
	cleanup(free_ptr) char *array = array_text(md);
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ARRAY, path,
		"The device that root= names is a member of an md array: %s. What it holds is not "
		"examined: only the array tells of it.",
		array);

	array_tell(f, md, path);
	block_devices_tell(c->b, f);
}

static const struct block_device *find_device(const struct block_devices *b, const char *path)
{
	cleanup(free_ptr) char *real = realpath(path, NULL);

	for (size_t i = 0; real && i < b->count; i++) {
		cleanup(free_ptr) char *own = realpath(b->items[i].path, NULL);

		if (own && !strcmp(own, real))
			return &b->items[i];
	}
	return NULL;
}

static bool report_content(struct scene *c, const char *path)
{
	struct source source;
	struct superblock seen;
	struct md md;
	bool told = false;
	int err;

	if (source_open(&source, path))
		return false;
	if (array_has_member(find_device(c->b, path), &source, &md)) {
		tell_member(c, path, &md);
		source_close(&source);
		return true;
	}
	err = superblock_read(&source, &seen);
	if (err == -EIO) {
		tell_unreadable(c);
		told = true;
	} else if (!err) {
		told = tell_content(c, path, &source, &seen);
	}
	source_close(&source);
	return told;
}

/* "/dev/md0", "/dev/md/root", "/dev/disk/by-id/md-uuid-...": nothing else makes such names. */
static bool is_array(const char *root)
{
	const char *name = strncmp(root, "/dev/disk/by-id/", 16) ? root + 5 : root + 16;

	return !strncmp(root, "/dev/", 5) && !strncmp(name, "md", 2);
}

/* Its node is there all the same. */
static bool is_empty(const struct block_devices *b, const char *path)
{
	cleanup(free_ptr) char *real = realpath(path, NULL);

	for (size_t i = 0; real && i < b->empty_count; i++) {
		if (!strcmp(b->empty[i].path, real) && !strncmp(b->empty[i].name, "md", 2))
			return true;
	}
	return false;
}

/* Nothing tells which of them is meant. */
static void tell_twins(const struct scene *c)
{
	const struct root_search *s = c->s;
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
		"More than one device has the %s that root= names: %s and %s. No link of udev's is "
		"there, which would tell one of them.",
		root_name_word(s->name.kind), s->found, s->twin);

	block_devices_tell(c->b, f);
	tell_sealed(f, c);
	finding_next(f, "Is one of them a copy (a clone, a snapshot)? Detach it, or boot with the "
			"path of the other one: [e] in the boot menu edits root= for one boot.");
}

/* The link tells which is meant, but not every program asks it: blkid does not. */
static void note_twin(const struct scene *c, const char *linked)
{
	const struct root_search *s = c->s;
	const char *twin = s->found && strcmp(s->found, linked) != 0 ? s->found : s->twin;
	struct finding *f;

	if (!twin || s->found_part)
		return;
	f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
		"More than one device has the %s that root= names. udev's link leads to %s, which "
		"was looked at; %s has it as well.",
		root_name_word(s->name.kind), linked, twin);
	f->warning = true;
	finding_next(f, "Is %s a copy (a clone, a snapshot)? Detach it before the next boot.",
		     twin);
}

/* It was looked for on every device. */
static bool report_search(struct scene *c, const char *path)
{
	const struct root_search *s = c->s;
	const struct block_device *linked =
		s->name.kind == ROOT_PATH ? NULL : find_device(c->b, path);

	if (linked) {
		bool told = report_content(c, linked->path);

		note_twin(c, linked->path);
		return told;
	}
	if (s->twin) {
		tell_twins(c);
		return true;
	}
	/* initramfs-tools needs no link for a tag. */
	if (s->found && (!strncmp(c->root, "UUID=", 5) || !access(path, F_OK)))
		return report_content(c, s->found);
	if (s->found) {
		if (!report_content(c, s->found))
			tell_no_link(c, s->found);
		return true;
	}
	/* A kind of file system of which the UUID is not known here. */
	if (s->name.kind != ROOT_PATH && !access(path, F_OK) && !is_empty(c->b, path))
		return report_content(c, path);
	if (s->array_is_it || (s->array_at && is_array(c->root))) {
		block_devices_tell(c->b, tell_array(c));
		return true;
	}
	if (s->lost_at) {
		tell_lost(c, s->lost_at, &s->lost);
		return true;
	}
	tell_volume(c);
	if (!tell_wrong(c))
		tell_not_there(c);
	return true;
}

bool root_device_is_known(const char *root)
{
	cleanup(free_ptr) char *path = crypttab_path("", root);

	/* Words for a root that is on no disk. */
	return !strncmp(path, "/dev/", 5) && strcmp(path, "/dev/nfs") != 0 &&
	       strcmp(path, "/dev/cifs") != 0;
}

bool root_device_report(struct report *r, const char *root, const char *sealed,
			const struct block_devices *b, enum builder builder, bool *seen)
{
	cleanup(free_ptr) char *path = crypttab_path("", root);
	struct root_search s;
	struct scene c = {
		.r = r, .root = root, .sealed = sealed, .s = &s, .b = b, .builder = builder
	};
	bool told;

	*seen = false;
	if (!root_device_is_known(root))
		return false;
	root_search(&s, root, sealed, b);
	told = s.name.kind == ROOT_PATH && !access(path, F_OK) && !is_empty(b, path)
		       ? report_content(&c, path)
		       : report_search(&c, path);
	*seen = c.seen;
	return told;
}
