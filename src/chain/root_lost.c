// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root_lost.h"

#include <string.h>
#include <strings.h>

#include "chain/devices.h"
#include "chain/root_scene.h"
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
static void next_put_back(struct finding *f, const char *kind)
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
		finding_next(
			f,
			"To put it back, on a copy (IMAGE) first: printf '%s' | dd of=IMAGE bs=1 "
			"seek=%u conv=notrunc",
			magics[i].bytes, magics[i].offset);
		return;
	}
}

void root_device_next(struct finding *f, const struct lost_superblock *l, const char *path)
{
	/* Another file system that was there before leaves a spare one as well. */
	bool its = l->spare.first_is_its, later = l->how == LOSS_DAMAGED && its;
	cleanup(free_ptr) char *when =
		text_format("On a copy (IMAGE)%s%s%s", later ? ", or on " : "", later ? path : "",
			    later ? " when the storage is sound" : "");

	if (l->how == LOSS_ERASED && !l->removed)
		next_put_back(f, l->is.kind);
	if (!l->has_spare)
		return;
	finding_text(f, EVIDENCE_UUID, "%s", l->spare.is.uuid);
	finding_number(f, EVIDENCE_SPARE_SUPERBLOCK, l->spare.block);
	if (l->spare.size)
		finding_next(f, "%s%s%s: e2fsck -b %llu -B %u IMAGE", when,
			     its ? ""
				 : ", if the file system that is wanted is the one with the UUID ",
			     its ? "" : l->spare.is.uuid, (unsigned long long)l->spare.block,
			     l->spare.size);
	else
		finding_next(f, "%s: btrfs rescue super-recover IMAGE", when);
}

const char *root_lost_uuid(const struct lost_superblock *l)
{
	return l->how != LOSS_ERASED && l->has_spare ? l->spare.is.uuid : l->is.uuid;
}

static const char *whose(const struct root_scene *c, const struct lost_superblock *l)
{
	switch (root_owner_of(c, root_lost_uuid(l))) {
	case OWNER_ROOT:
		return "the root by its UUID";
	case OWNER_OTHER:
		return "not the root that was sealed";
	case OWNER_UNKNOWN:
		break;
	}
	return "the root perhaps, whose UUID no record tells";
}

static void tell_erased(const struct root_scene *c, const char *path,
			const struct lost_superblock *l)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ERASED, path,
		"The magic of the %s superblock here was erased, a few bytes, and %s. So %s, and programs "
		"that make something else of a disk; a disk loses whole sectors. Nothing mounts it like "
		"this.",
		l->is.kind,
		l->is.proven ? "all else is right, as its checksum proves once they are put back"
			     : "its layout and its UUID are as a spare one says",
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

static const char *damage_words(const struct lost_superblock *l)
{
	if (l->is.damaged)
		return l->has_spare ? "its checksum is wrong, and a spare one is there"
				    : "its checksum is wrong";
	if (l->is.proven)
		return "its magic is lost, and its checksum proves all else";
	return l->spare.first_is_same
		       ? "its magic is lost, and all else that never changes is as a "
			 "spare one says"
		       : "its magic is lost, and most else is as a spare one says";
}

void root_tell_damaged(const struct root_scene *c, const char *path,
		       const struct lost_superblock *l)
{
	bool is_root = root_owner_of(c, root_lost_uuid(l)) == OWNER_ROOT;
	struct finding *f = report_finding(
		c->r, VERDICT_STORAGE_CORRUPTION, FINDING_CHAIN_SUPERBLOCK, path,
		"%s, but its superblock is damaged: %s.", what_is_here(is_root), damage_words(l));

	if (is_root)
		finding_not(f, "root=, fstab, or the initramfs");
	else
		root_tell_sealed(f, c);
	root_device_next_image(f, true);
	root_device_next(f, l, path);
}

/* No byte is proven lost: wipefs takes a magic away. */
static void tell_erased_alone(const struct root_scene *c, const char *path,
			      const struct lost_superblock *l)
{
	bool is_root = root_owner_of(c, root_lost_uuid(l)) == OWNER_ROOT;
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SUPERBLOCK, path,
		"%s, but its superblock's magic is zeros and its checksum is wrong, so that nothing mounts "
		"it; and all else that never changes is as a spare one says. So wipefs leaves it when a "
		"program wrote to it before that keeps no checksum, or when a write of it stopped "
		"half-way; or the disk lost some bytes: nothing here tells which.",
		what_is_here(is_root));

	if (!is_root)
		root_tell_sealed(f, c);
	finding_next(f, "When it was erased on purpose, root= must name another one.");
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

/* No byte is proven lost. */
static void tell_wrong_checksum(const struct root_scene *c, const char *path,
				const struct lost_superblock *l)
{
	bool is_root = root_owner_of(c, root_lost_uuid(l)) == OWNER_ROOT;
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
		root_tell_sealed(f, c);
	finding_next(f, "Did %sthe power fail? Did the disk report errors? dmesg; smartctl -a",
		     l->spare.size
			     ? "another system write to it (Windows with Ext2Fsd), or a small "
			       "tune2fs (BusyBox), or did "
			     : "");
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

/* The first block, or more: a disk loses it, and its owner's programs write there. */
static void tell_start_gone(const struct root_scene *c, const char *path,
			    const struct lost_superblock *l)
{
	bool btrfs = !l->spare.size, more = l->how == LOSS_START && !btrfs;
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SUPERBLOCK, path,
		"A file system (%s) was on this device, %s, and its %s: the disk lost %s, or somebody "
		"overwrote it%s. A spare superblock is there.",
		l->spare.is.kind, whose(c, l),
		btrfs  ? "superblock is gone"
		: more ? "start is gone, more than its superblock"
		       : "superblock's block is gone, and what follows it is as it was",
		btrfs || more ? "it" : "that block",
		btrfs || more
			? ""
			: ": swap with a random key begins so, and swap that was wiped again");

	finding_next(f,
		     "Was this disk wiped, made swap (crypttab, fstab), or replaced by another one "
		     "that holds the root now? Then that one is not there.");
	finding_next(f, "Did the disk report errors? dmesg; smartctl -a");
	root_tell_sealed(f, c);
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

/* The other one may be wanted: no command that would destroy it. */
static void tell_overwritten(const struct root_scene *c, const char *path,
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
static void tell_two_uuids(const struct root_scene *c, const char *path,
			   const struct lost_superblock *l)
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
		"copy (IMAGE): e2fsck -b %llu -B %u IMAGE",
		block, l->spare.size);
}

void root_tell_lost(const struct root_scene *c, const char *path, const struct lost_superblock *l)
{
	switch (l->how) {
	case LOSS_NONE:
		break;
	case LOSS_ERASED:
		tell_erased(c, path, l);
		break;
	case LOSS_DAMAGED:
		root_tell_damaged(c, path, l);
		break;
	case LOSS_CHECKSUM:
		if (l->erased)
			tell_erased_alone(c, path, l);
		else
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
