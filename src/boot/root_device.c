// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/root_device.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "artifact/luks_source.h"
#include "artifact/superblock.h"
#include "boot/block_content.h"
#include "storage/crypttab.h"
#include "util/text.h"
#include "util/util.h"

char *root_parameter(const char *command_line)
{
	char *root = NULL;

	for (const char *s = command_line; *s; s += strspn(s, " \t\n")) {
		size_t len = strcspn(s, " \t\n");

		if (len > 5 && !strncmp(s, "root=", 5)) {
			free(root);
			root = text_format("%.*s", (int)(len - 5), s + 5);
		}
		s += len;
	}
	return root;
}

/* What was seen on the devices, and whether one of them is it. */
struct search {
	const char *uuid;
	bool found;
	const char *unreadable; /* path of one whose start cannot be read, or NULL */
	const char *damaged;	/* path of one with a spare superblock of it, or NULL */
	uint32_t spare_size;
	uint64_t spare_block;
	char other
		[41]; /* the UUID in the superblock itself, where no checksum proves it; else "" */
};

/* Its spares have the UUID that is looked for: it lost its own, or was given another one in part. */
static void look_for_spare(struct search *s, const struct block_device *d,
			   const struct luks_source *source, const struct superblock *seen)
{
	uint64_t block;
	uint32_t size = superblock_find_spare(source, s->uuid, &block);
	bool unproven = *seen->kind && !seen->damaged;

	/* Those of a file system that was there before lie elsewhere, or are its own by now. */
	if (!size || (unproven && size != seen->ext_block))
		return;
	s->damaged = d->path;
	s->spare_size = size;
	s->spare_block = block;
	snprintf(s->other, sizeof(s->other), "%s", unproven ? seen->uuid : "");
}

static void look_at(struct search *s, const struct block_device *d)
{
	struct luks_source source;
	struct superblock seen;
	int err;

	if (d->divided || luks_source_open(&source, d->path))
		return;
	err = superblock_read(&source, &seen);
	if (!err || err == -EIO) {
		bool same = *seen.kind && !strcasecmp(seen.uuid, s->uuid);

		s->found |= same && !seen.damaged;
		if (err)
			s->unreadable = d->path;
		/* A sound one of another kind may have been made over it: its spares outlive that. */
		if ((!*seen.kind || seen.damaged || (seen.ext_block && !same)) &&
		    (!s->damaged || *s->other))
			look_for_spare(s, d, &source, &seen);
	}
	luks_source_close(&source);
}

static void tell_spare(struct report *r, const struct search *s)
{
	struct finding *f = report_finding(
		r, VERDICT_STORAGE_CORRUPTION, "BV-CHAIN-SUPERBLOCK", s->damaged,
		"The root file system is on this device, but its superblock is damaged: a spare one "
		"with the UUID that root= names is there.");

	finding_text(f, "UUID", "%s", s->uuid);
	finding_number(f, "spare superblock", s->spare_block);
	finding_not(f, "root=, fstab, or the initramfs");
	finding_next(f,
		     "Write nothing to this disk; make an image of it first (dd, ddrescue). Tell "
		     "its host's administrator: the disk gave other bytes than were written.");
	finding_next(f, "On a copy, or when the storage is sound: e2fsck -b %llu -B %u %s",
		     (unsigned long long)s->spare_block, s->spare_size, s->damaged);
}

/* Without a checksum nothing tells which of the two it had last. */
static void tell_two_uuids(struct report *r, const struct search *s)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, "BV-CHAIN-SUPERBLOCK", s->damaged,
		"Its superblock has the UUID %s, and a spare one of it %s, which root= names: it lost "
		"its UUID, or was given another one. No checksum covers either.",
		s->other, s->uuid);

	finding_number(f, "spare superblock", s->spare_block);
	finding_next(
		f,
		"Compare both: dumpe2fs -h %s; dumpe2fs -h -o superblock=%llu -o blocksize=%u %s",
		s->damaged, (unsigned long long)s->spare_block, s->spare_size, s->damaged);
	finding_next(f,
		     "If it was given another UUID: boot with root=UUID=%s ([e] in the boot menu).",
		     s->other);
	finding_next(
		f,
		"If not: write nothing to this disk; make an image of it first (dd, ddrescue). On a "
		"copy: e2fsck -b %llu -B %u %s",
		(unsigned long long)s->spare_block, s->spare_size, s->damaged);
}

/* What would decide it. */
static void tell_suspects(struct finding *f, const char *suspects)
{
	if (!suspects)
		return;
	finding_text(f, "may be it", "%s", suspects);
	finding_next(f,
		     "Is one of these the disk of the root? (%s) Write nothing to it, and examine "
		     "it: bootverdict luks DEVICE; blkid -p DEVICE",
		     suspects);
}

static void tell_no_uuid(struct report *r, const char *root, const struct search *s,
			 const struct block_devices *b)
{
	cleanup(free_ptr) char *suspects = block_devices_suspects(b, NULL);
	struct finding *f;

	if (!b->count) {
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"The kernel has found no disk at all: none answers, or the driver "
			"of its controller is not in this initramfs.");
		finding_next(f, "Look for the disk in the firmware's list, and in dmesg.");
		return;
	}
	if (s->unreadable)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"No device has the UUID that root= names, but it may be on %s, whose start "
			"cannot be read: Input/output error. These are there:",
			s->unreadable);
	else
		f = report_finding(r, suspects ? VERDICT_INCONCLUSIVE : VERDICT_CONFIG_ERROR,
				   "BV-CHAIN-ROOT", root,
				   "No device has the UUID that root= names%s. These are there:",
				   suspects ? ", but it may be lost" : "");
	tell_suspects(f, suspects);
	block_devices_tell(b, f);
	finding_next(f, "Compare root= on the kernel command line with the UUIDs above (blkid); a "
			"disk may be missing as well: cable, driver, dmesg.");
	finding_next(f,
		     "In the boot menu: [e] edits root= for one boot. Then mend /etc/default/grub "
		     "or /etc/fstab, and: update-grub; update-initramfs -u -k all");
}

static void tell_no_file(struct report *r, const char *root, const struct block_devices *b)
{
	cleanup(free_ptr) char *suspects = block_devices_suspects(b, NULL);
	bool doubt = suspects || !b->count;
	struct finding *f = report_finding(
		r, doubt ? VERDICT_INCONCLUSIVE : VERDICT_CONFIG_ERROR, "BV-CHAIN-ROOT", root,
		"%s, which root= names, does not exist%s. These devices do:", root,
		suspects ? ", and what it is made from may be lost" : "");

	tell_suspects(f, suspects);
	block_devices_tell(b, f);
	finding_next(f, "Compare root= on the kernel command line with the devices above.");
	finding_next(f, "In the boot menu: [e] edits root= for one boot.");
}

static bool tell_content(struct report *r, const char *root, const struct superblock *seen,
			 uint32_t spare_size, uint64_t spare_block)
{
	struct finding *f;

	if (!spare_size && *seen->kind && !seen->damaged)
		return false;
	f = report_finding(
		r, spare_size || seen->damaged ? VERDICT_STORAGE_CORRUPTION : VERDICT_INCONCLUSIVE,
		"BV-CHAIN-SUPERBLOCK", root,
		seen->damaged
			? "The device that root= names is there, but the checksum of its file "
			  "system's superblock is wrong."
		: spare_size ? "The device that root= names is there, but its file system's "
			       "superblock is damaged: only a spare one is left."
			     : "The device that root= names is there, but no file system that is "
			       "known here: its superblock, or a LUKS header, may be lost.");
	finding_not(f, "root= or the passphrase");
	finding_next(f, "Write nothing to this disk; make an image of it first (dd, ddrescue).");
	if (spare_size)
		finding_next(f, "On a copy, or when the storage is sound: e2fsck -b %llu -B %u %s",
			     (unsigned long long)spare_block, spare_size, root);
	return true;
}

/* Neither its owner's mistake nor a wrong write leaves a trace. */
static bool tell_no_file_system(struct report *r, const char *root, const char *kind)
{
	static const char *const kinds[] = { "crypto_LUKS", "swap", "LVM2_member" };
	struct finding *f;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kind, kinds[i]) != 0)
			continue;
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, "BV-CHAIN-ROOT", root,
			"The device that root= names is there, and holds %s, which is no "
			"file system: root= names the wrong one, or the file system was "
			"overwritten.",
			kind);
		finding_next(f, "Which device holds the root? blkid. Compare root= with it.");
		finding_next(f, "In the boot menu: [e] edits root= for one boot.");
		return true;
	}
	return false;
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
static bool report_content(struct report *r, const char *root)
{
	struct luks_source source;
	struct superblock seen;
	uint64_t block = 0;
	uint32_t size;
	bool told = false;
	int err;

	if (luks_source_open(&source, root))
		return false;
	err = superblock_read(&source, &seen);
	if (err == -EIO) {
		tell_unreadable(r, root);
		told = true;
	} else if (!err) {
		size = *seen.kind ? 0 : superblock_find_spare(&source, NULL, &block);
		told = tell_no_file_system(r, root, seen.kind) ||
		       tell_content(r, root, &seen, size, block);
	}
	luks_source_close(&source);
	return told;
}

static bool report_uuid(struct report *r, const char *root, const struct block_devices *b)
{
	struct search s = { .uuid = root + 5 };

	for (size_t i = 0; i < b->count; i++)
		look_at(&s, &b->items[i]);
	if (s.found)
		return false;
	if (s.damaged && *s.other)
		tell_two_uuids(r, &s);
	else if (s.damaged)
		tell_spare(r, &s);
	else
		tell_no_uuid(r, root, &s, b);
	return true;
}

/* A link is one that udev makes, where it makes any. */
static bool is_missing(const char *root, const char *path)
{
	bool link = strcmp(root, path) != 0;

	return access(path, F_OK) && !(link && access("/dev/disk", F_OK));
}

bool root_device_is_known(const char *root)
{
	cleanup(free_ptr) char *path = crypttab_path("", root);

	/* Words for a root that is on no disk. */
	return !strncmp(path, "/dev/", 5) && strcmp(path, "/dev/nfs") != 0 &&
	       strcmp(path, "/dev/cifs") != 0;
}

bool root_device_report(struct report *r, const char *root, const struct block_devices *b)
{
	cleanup(free_ptr) char *path = crypttab_path("", root);

	if (!root_device_is_known(root))
		return false;
	if (!strncmp(root, "UUID=", 5))
		return report_uuid(r, root, b);
	if (is_missing(root, path)) {
		tell_no_file(r, root, b);
		return true;
	}
	return report_content(r, path);
}
