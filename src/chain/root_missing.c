// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root_missing.h"

#include <strings.h>
#include <unistd.h>

#include "chain/array.h"
#include "chain/devices.h"
#include "chain/root_lost.h"
#include "util/util.h"

/* initramfs-tools: resolve_device() in it gives the UUID to blkid, which compares it as it is. */
#define RESOLVES_AS_IT_IS "/scripts/functions"

static void next_edit(struct finding *f, const struct root_scene *c, const char *uuid)
{
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);

	finding_next(f,
		     "In the boot menu: [e] edits root= for one boot%s%s. Then mend "
		     "/etc/default/grub or /etc/fstab, and make anew what the boot loader reads "
		     "(update-grub, grub2-mkconfig) and the initramfs: %s",
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
static bool tell_wrong(const struct root_scene *c)
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

static void tell_volume(const struct root_scene *c)
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
static struct finding *tell_array(const struct root_scene *c)
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

static void tell_not_there(const struct root_scene *c)
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
	root_tell_sealed(f, c);
	next_look(f, s, suspects);
	if (c->b->count)
		next_edit(f, c, NULL);
}

void root_tell_array(const struct root_scene *c)
{
	block_devices_tell(c->b, tell_array(c));
}

void root_tell_missing(const struct root_scene *c)
{
	tell_volume(c);
	if (!tell_wrong(c))
		tell_not_there(c);
}
