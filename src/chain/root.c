// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "chain/array.h"
#include "chain/devices.h"
#include "chain/root_lost.h"
#include "chain/root_members.h"
#include "chain/root_missing.h"
#include "chain/root_scene.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "storage/superblock.h"
#include "system/crypttab.h"
#include "util/util.h"

static void tell_no_link(const struct root_scene *c, const char *path)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
		"What root= names is there: %s. But that name is not: udev has not made it.", path);

	finding_not(f, "the disk, or its file system's superblock");
	finding_next(f, "Look for what udev said: dmesg | grep -i udev");
	finding_next(f, "In the boot menu: [e] edits root= for one boot: root=%s", path);
}

/* Neither its owner's mistake nor a wrong write leaves a trace. */
static void tell_no_file_system(const struct root_scene *c, const char *kind)
{
	struct finding *f =
		report_finding(c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
			       "The device that root= names is there, and holds %s, which is no "
			       "file system: root= names the wrong one, or the file system was "
			       "overwritten.",
			       kind);

	root_tell_sealed(f, c);
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

static void tell_unknown(const struct root_scene *c, const char *volume)
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
	root_tell_sealed(f, c);
	root_device_next_image(f, false);
}

static void tell_unreadable(const struct root_scene *c)
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
static void tell_another(const struct root_scene *c, const char *path, const char *left,
			 const char *kind, const char *uuid)
{
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_OTHER, path,
		"root= leads to this device, and what is on it is %s%s %s: not the root that was "
		"sealed, %s. The disks were found in another order, root= is wrong, or the root was "
		"moved after the last seal.",
		left, kind, uuid, c->sealed);

	block_devices_tell(c->b, f);
	root_tell_sealed(f, c);
	finding_next(f,
		     "Write nothing to this disk before that is clear. Compare root= with what is "
		     "there: blkid");
}

static void tell_too_small(const struct root_scene *c, const char *path,
			   const struct superblock *seen, uint64_t size)
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
/* Without a checksum nothing but a spare superblock tells; btrfs has one, perhaps of a kind not known here. */
static bool is_as_it_was(const struct source *source, const struct superblock *seen)
{
	struct superblock_spare spare;

	return seen->proven || (superblock_find_spare(source, seen->uuid, NULL, &spare) &&
				spare.size && spare.first_is_same);
}

/* What is there, sound: whether it is the root, all of it. */
static bool tell_sound(struct root_scene *c, const char *path, const struct source *source,
		       const struct superblock *seen)
{
	bool other = *c->sealed && strcasecmp(seen->uuid, c->sealed) != 0;
	bool told = false;

	/* What root= names by its UUID may be wanted, whatever was sealed. */
	if (!other || root_owner_of(c, seen->uuid) == OWNER_ROOT) {
		if (seen->bytes > source->size) {
			tell_too_small(c, path, seen, source->size);
			return true;
		}
		told = root_tell_incomplete(c, path, seen);
	}
	if (other && !told)
		tell_another(c, path, "", seen->kind, seen->uuid);
	if (other || told)
		return true;
	c->seen = is_as_it_was(source, seen);
	return false;
}

/* What is there must speak for itself, where nothing was sealed of it. */
static bool tell_content(struct root_scene *c, const char *path, const struct source *source,
			 const struct superblock *seen)
{
	bool sound = *seen->kind && !seen->damaged && !is_no_file_system(seen->kind);
	struct lost_superblock l = { .how = LOSS_NONE };

	if (*c->sealed)
		l = lost_superblock_find(source, seen, c->sealed, NULL);
	if (l.how != LOSS_NONE) {
		root_tell_lost(c, path, &l);
		return true;
	}
	/* A sound one has spares of itself. */
	if (sound)
		return tell_sound(c, path, source, seen);
	l = lost_superblock_find(source, seen, NULL, NULL);
	if (l.how != LOSS_NONE && l.how != LOSS_OVERWRITTEN && l.how != LOSS_DAMAGED &&
	    root_owner_of(c, root_lost_uuid(&l)) == OWNER_OTHER)
		tell_another(c, path, "what is left of ", l.has_spare ? l.spare.is.kind : l.is.kind,
			     root_lost_uuid(&l));
	/* A spare of another file system than the root may outlive it here. */
	else if (l.how != LOSS_NONE && l.how != LOSS_OVERWRITTEN)
		root_tell_lost(c, path, &l);
	else if (*seen->kind)
		tell_no_file_system(c, seen->kind);
	else
		tell_unknown(c, recognise_volume(source));
	return true;
}

/* The kernel mounts no member of an array that runs; of one that does not, a member is but a half. */
static void tell_member(const struct root_scene *c, const char *path, const struct md *md)
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

static bool report_content(struct root_scene *c, const char *path)
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
static void tell_twins(const struct root_scene *c)
{
	const struct root_search *s = c->s;
	struct finding *f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, c->root,
		"More than one device has the %s that root= names: %s and %s. No link of udev's is "
		"there, which would tell one of them.",
		root_name_word(s->name.kind), s->found, s->twin);

	block_devices_tell(c->b, f);
	root_tell_sealed(f, c);
	finding_next(f, "Is one of them a copy (a clone, a snapshot)? Detach it, or boot with the "
			"path of the other one: [e] in the boot menu edits root= for one boot.");
}

/* The link tells which is meant, but not every program asks it: blkid does not. */
static void note_twin(const struct root_scene *c, const char *linked)
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
static bool report_search(struct root_scene *c, const char *path)
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
		root_tell_array(c);
		return true;
	}
	if (s->lost_at) {
		root_tell_lost(c, s->lost_at, &s->lost);
		return true;
	}
	root_tell_missing(c);
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
	struct root_scene c = {
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
