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
	const char *when =
		l->how == LOSS_DAMAGED ? "On a copy, or when the storage is sound" : "On a copy";

	if (l->how == LOSS_ERASED)
		next_put_back(f, l->is.kind, path);
	if (!l->has_spare)
		return;
	finding_text(f, "UUID", "%s", l->spare.is.uuid);
	finding_number(f, "spare superblock", l->spare.block);
	if (l->spare.size)
		finding_next(f, "%s: e2fsck -b %llu -B %u %s", when,
			     (unsigned long long)l->spare.block, l->spare.size, path);
	else
		finding_next(f, "%s: btrfs rescue super-recover %s", when, path);
}

static void tell_erased(struct report *r, const char *path, const struct lost_superblock *l)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ERASED", path,
		"The magic of the %s superblock here was erased, a few bytes, and all else is right, as "
		"%s. So wipefs leaves it, and programs that make something else of a disk; a disk "
		"loses whole sectors. Nothing mounts it like this.",
		l->is.kind,
		l->is.proven ? "its checksum proves once they are put back"
			     : "its spare superblock says");

	finding_text(f, "UUID", "%s", l->is.uuid);
	finding_not(f, "root=, fstab, or the initramfs");
	finding_next(f, "When it was erased on purpose, root= must name another one.");
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

static void tell_damaged(struct report *r, const char *path, const struct lost_superblock *l)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", path,
		"The root file system is on this device, but its superblock is damaged: %s.",
		l->is.damaged && l->has_spare ? "its checksum is wrong, and a spare one is there"
		: l->is.damaged		      ? "its checksum is wrong"
				: "that block alone is lost, and a spare one is there");

	finding_not(f, "root=, fstab, or the initramfs");
	root_device_next_image(f, true);
	root_device_next(f, l, path);
}

static void tell_start_gone(struct report *r, const char *path, const struct lost_superblock *l)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", path,
		"A file system (%s) was on this device, the root by all that is left, and its start "
		"is gone, more than its superblock: the disk lost it, or somebody overwrote it. A "
		"spare superblock is there.",
		l->spare.is.kind);

	finding_next(
		f, "Was this disk wiped, or replaced by another one that holds the root now? Then "
		   "that one is not there.");
	root_device_next_image(f, false);
	root_device_next(f, l, path);
}

/* The other one may be wanted: no command that would destroy it. */
static void tell_overwritten(struct report *r, const char *path, const struct lost_superblock *l,
			     const struct block_devices *b)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-OTHER", path,
		"What is on this device now is %s. But a spare superblock of a file system (%s) is "
		"left, the root by all that it says: somebody made it anew, or other data were "
		"written over it.",
		l->now, l->spare.is.kind);

	finding_text(f, "UUID", "%s", l->spare.is.uuid);
	finding_number(f, "spare superblock", l->spare.block);
	block_devices_tell(b, f);
	finding_next(f,
		     "Write nothing to this disk, and use neither of the two; make an image of it "
		     "first (dd, ddrescue).");
	finding_next(f,
		     "Which of them is wanted? If it is what is there now, root= must name "
		     "another one; if it is the root, examine the image with the spare superblock: "
		     "dumpe2fs -h -o superblock=%llu -o blocksize=%u IMAGE",
		     (unsigned long long)l->spare.block, l->spare.size);
}

/* Without a checksum nothing tells which of the two it had last. */
static void tell_two_uuids(struct report *r, const char *path, const struct lost_superblock *l)
{
	unsigned long long block = l->spare.block;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", path,
		"Its superblock has the UUID %s, and a spare one of it %s, which root= names: it lost "
		"its UUID, or was given another one. No checksum covers either.",
		l->is.uuid, l->spare.is.uuid);

	finding_number(f, "spare superblock", block);
	finding_next(
		f,
		"Compare both: dumpe2fs -h %s; dumpe2fs -h -o superblock=%llu -o blocksize=%u %s",
		path, block, l->spare.size, path);
	finding_next(f,
		     "If it was given another UUID: boot with root=UUID=%s ([e] in the boot menu).",
		     l->is.uuid);
	finding_next(
		f,
		"If not: write nothing to this disk; make an image of it first (dd, ddrescue). On a "
		"copy: e2fsck -b %llu -B %u %s",
		block, l->spare.size, path);
}

static void tell_lost(struct report *r, const char *path, const struct lost_superblock *l,
		      const struct block_devices *b)
{
	switch (l->how) {
	case LOSS_NONE:
		break;
	case LOSS_ERASED:
		tell_erased(r, path, l);
		break;
	case LOSS_DAMAGED:
		tell_damaged(r, path, l);
		break;
	case LOSS_UUID:
		tell_two_uuids(r, path, l);
		break;
	case LOSS_START:
		tell_start_gone(r, path, l);
		break;
	case LOSS_OVERWRITTEN:
		tell_overwritten(r, path, l, b);
		break;
	}
}

static void next_edit(struct finding *f, const char *uuid)
{
	finding_next(f,
		     "In the boot menu: [e] edits root= for one boot%s%s. Then mend "
		     "/etc/default/grub or /etc/fstab, and: update-grub; update-initramfs -u -k "
		     "all",
		     uuid ? ": root=UUID=" : "", uuid ? uuid : "");
}

/* What proves that root= is wrong; false: nothing does. */
static bool tell_wrong(struct report *r, const char *root, const char *sealed,
		       const struct root_search *s, const struct block_devices *b)
{
	struct finding *f;

	if (s->alike_at)
		f = report_finding(
			r, VERDICT_CONFIG_ERROR, "BV-CHAIN-ROOT", root,
			"No device has the UUID that root= names, but %s has one that differs "
			"from it %s: %s. Compare them.",
			s->alike_at,
			strcasecmp(s->alike, s->name.value) ? "in one or two digits"
							    : "in capital and small letters",
			s->alike);
	else if (s->sealed_at)
		f = report_finding(
			r, VERDICT_CONFIG_ERROR, "BV-CHAIN-ROOT", root,
			"%s, which root= names, does not exist. The root file system that was sealed does, "
			"and its superblock is sound: %s on %s.",
			root, sealed, s->sealed_at);
	else
		return false;
	block_devices_tell(b, f);
	next_edit(f, s->alike_at ? s->alike : sealed);
	if (!s->alike_at)
		finding_next(f,
			     "If the root was moved to another disk after the last seal, that disk "
			     "is what is missing: cable, driver, dmesg.");
	return true;
}

static void tell_volume(struct report *r, const struct root_search *s)
{
	struct finding *f;

	if (!s->lvm_at)
		return;
	f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-LVM", s->lvm_at,
		"This is an LVM physical volume, and %s. The root may be a volume of its "
		"group.",
		lvm_state_text(s->lvm));
	finding_number(f, "offset", s->lvm_offset);
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
		finding_text(f, "may be it", "%s", suspects);
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
static struct finding *tell_array(struct report *r, const char *root, const struct root_search *s)
{
	cleanup(free_ptr) char *array = array_text(&s->array);
	struct finding *f;

	if (s->array_is_it)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ARRAY", root,
			"What root= names is to be seen on %s, but that is a member of an md array that "
			"does not run: %s. Only the array tells whether that is its own, and whole.",
			s->array_at, array);
	else
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ARRAY", root,
			"What root= names is not there, and an md array that it may lie on does not run: "
			"%s. %s is a member of it.",
			array, s->array_at);
	array_tell(f, &s->array, s->array_at);
	return f;
}

static void tell_not_there(struct report *r, const char *root, const struct root_search *s,
			   const struct block_devices *b)
{
	cleanup(free_ptr) char *suspects = block_devices_suspects(b, SUSPECT_ROOT, NULL);
	struct finding *f;

	if (!b->count)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"The kernel has found no disk at all: none answers, or the driver "
			"of its controller is not in this initramfs.");
	else if (s->array_at)
		f = tell_array(r, root, s);
	else if (s->unreadable)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"No device is what root= names, but it may be on %s, whose start cannot be "
			"read: Input/output error. These are there:",
			s->unreadable);
	else if (s->name.kind == ROOT_PATH || is_of_partition(&s->name))
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"%s, which root= names, does not exist: root= is wrong, or its disk, "
			"partition or volume is not there. These devices are:",
			root);
	else
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"No device that the kernel has found has the %s that root= names: "
			"root= is wrong, or its disk or partition is not there. These are "
			"there:",
			root_name_word(s->name.kind));
	block_devices_tell(b, f);
	next_look(f, s, suspects);
	if (b->count)
		next_edit(f, NULL);
}

static void tell_no_link(struct report *r, const char *root, const char *path)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
		"What root= names is there: %s. But that name is not: udev has not made it.", path);

	finding_not(f, "the disk, or its file system's superblock");
	finding_next(f, "Look for what udev said: dmesg | grep -i udev");
	finding_next(f, "In the boot menu: [e] edits root= for one boot: root=%s", path);
}

/* Neither its owner's mistake nor a wrong write leaves a trace. */
static void tell_no_file_system(struct report *r, const char *root, const char *kind)
{
	struct finding *f =
		report_finding(r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			       "The device that root= names is there, and holds %s, which is no "
			       "file system: root= names the wrong one, or the file system was "
			       "overwritten.",
			       kind);

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

static void tell_unknown(struct report *r, const char *root, const char *volume)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, volume ? "BV-CHAIN-ROOT" : "BV-CHAIN-SUPERBLOCK", root,
		"The device that root= names is there, %s%s%s.", volume ? "and holds " : "but no ",
		volume ? volume
		       : "file system that is known here: its superblock, or a LUKS header, may be "
			 "lost",
		volume ? ", which is not examined here" : "");

	finding_not(f, "the passphrase");
	root_device_next_image(f, false);
}

static void tell_unreadable(struct report *r, const char *root)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", root,
		"The device that root= names is there, but the place of its file system's "
		"superblock cannot be read: Input/output error.");

	finding_not(f, "root= or the passphrase");
	finding_next(f,
		     "Look at the kernel's messages about this disk (dmesg), and tell its host's "
		     "administrator. Write nothing to it.");
}

/* Nothing was sealed of it: what is there must speak for itself. */
static bool tell_content(struct report *r, const char *root, const struct source *source,
			 const struct superblock *seen, const struct block_devices *b)
{
	struct lost_superblock l;

	/* A sound one has spares of itself. */
	if (*seen->kind && !seen->damaged && !is_no_file_system(seen->kind))
		return false;
	l = lost_superblock_find(source, seen, NULL, NULL);
	/* A spare of another file system than the root may outlive it here. */
	if (l.how != LOSS_NONE && l.how != LOSS_OVERWRITTEN)
		tell_lost(r, root, &l, b);
	else if (*seen->kind)
		tell_no_file_system(r, root, seen->kind);
	else
		tell_unknown(r, root, recognise_volume(source));
	return true;
}

/* The kernel mounts no member of an array that runs; of one that does not, a member is but a half. */
static void tell_member(struct report *r, const char *root, const struct md *md,
			const struct block_devices *b)
{
	cleanup(free_ptr) char *array = array_text(md);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ARRAY", root,
		"The device that root= names is a member of an md array: %s. What it holds is not "
		"examined: only the array tells of it.",
		array);

	array_tell(f, md, root);
	block_devices_tell(b, f);
}

static const struct block_device *find_device(const struct block_devices *b, const char *path)
{
	cleanup(free_ptr) char *real = realpath(path, NULL);

	for (size_t i = 0; real && i < b->count; i++) {
		if (!strcmp(b->items[i].path, real))
			return &b->items[i];
	}
	return NULL;
}

static bool report_content(struct report *r, const char *root, const struct block_devices *b)
{
	struct source source;
	struct superblock seen;
	struct md md;
	bool told = false;
	int err;

	if (source_open(&source, root))
		return false;
	if (array_has_member(find_device(b, root), &source, &md)) {
		tell_member(r, root, &md, b);
		source_close(&source);
		return true;
	}
	err = superblock_read(&source, &seen);
	if (err == -EIO) {
		tell_unreadable(r, root);
		told = true;
	} else if (!err) {
		told = tell_content(r, root, &source, &seen, b);
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

/* Looks for it on every device. */
static bool report_search(struct report *r, const char *root, const char *path, const char *sealed,
			  const struct block_devices *b)
{
	struct root_search s;

	root_search(&s, root, sealed, b);
	/* initramfs-tools needs no link for a tag. */
	if (s.found && (!strncmp(root, "UUID=", 5) || !access(path, F_OK)))
		return report_content(r, s.found, b);
	if (s.found) {
		if (!report_content(r, s.found, b))
			tell_no_link(r, root, s.found);
		return true;
	}
	/* A kind of file system of which the UUID is not known here. */
	if (s.name.kind != ROOT_PATH && !access(path, F_OK) && !is_empty(b, path))
		return report_content(r, path, b);
	if (is_of_partition(&s.name) && access("/dev/disk", F_OK))
		return false;
	if (s.array_is_it || (s.array_at && is_array(root))) {
		block_devices_tell(b, tell_array(r, root, &s));
		return true;
	}
	if (s.lost_at) {
		tell_lost(r, s.lost_at, &s.lost, b);
		return true;
	}
	tell_volume(r, &s);
	if (!tell_wrong(r, root, sealed, &s, b))
		tell_not_there(r, root, &s, b);
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
			const struct block_devices *b)
{
	cleanup(free_ptr) char *path = crypttab_path("", root);

	if (!root_device_is_known(root))
		return false;
	if (root_name_parse(root).kind == ROOT_PATH && !access(path, F_OK) && !is_empty(b, path))
		return report_content(r, path, b);
	return report_search(r, root, path, sealed, b);
}
