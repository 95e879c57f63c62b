// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/chain_layers.h"

#include <errno.h>
#include <string.h>

#include "chain/root_lost.h"
#include "util/text.h"
#include "util/util.h"

/* What is proven lost; else its owner, or a program, may have done it. */
static bool is_proven_lost(const struct chain_layer *l)
{
	if (l->state == LINK_UNREADABLE)
		return l->error == -EIO;
	if (chain_layer_is_lvm(l->sealed))
		return lvm_is_damaged(l->lvm) || (l->lvm == LVM_LABEL_LOST && l->noise);
	return (l->seen.damaged && l->lost.how != LOSS_CHECKSUM) || l->lost.how == LOSS_DAMAGED ||
	       (l->lost.how == LOSS_BLOCK && l->noise);
}

static char *loss_words(const struct chain_layer *l)
{
	const char *lvm = lvm_state_text(l->lvm);

	if (l->state == LINK_UNREADABLE && l->error == -EIO)
		return text_copy("cannot be read from the disk");
	if (l->state == LINK_UNREADABLE)
		return text_format("could not be looked at: %s", strerror(-l->error));
	if (l->lost.how == LOSS_CHECKSUM)
		return text_format(
			"has a superblock whose checksum is wrong, while all that never changes "
			"in it is as a spare one says, as half a write leaves it, and a program "
			"that keeps no checksum%s",
			l->lost.erased ? "; and its magic is zeros, as wipefs leaves it" : "");
	if (chain_layer_is_lvm(l->sealed))
		return text_format("has lost its %s%s%s",
				   l->lvm == LVM_ABSENT || l->lvm <= LVM_LABEL_BAD ? "label"
										   : "metadata",
				   lvm ? ": " : "", lvm ? lvm : "");
	if (l->lost.how == LOSS_ERASED)
		return text_format(
			"has a superblock of which the magic was erased, as %s it, and all "
			"else is right",
			l->lost.removed ? "wipefs and `btrfs device remove` do" : "wipefs does");
	return text_copy(l->seen.damaged ? "has a damaged superblock: its checksum is wrong"
					 : "has no superblock any more");
}

static void tell_no_superblock(struct report *r, const struct chain *c, const struct chain_layer *l)
{
	const char *mapping = sealed_luks_mapping(c->device->sealed);
	const char *kind = l->sealed->kind;
	cleanup(free_ptr) char *words = loss_words(l);
	bool lvm = chain_layer_is_lvm(l->sealed), lost = is_proven_lost(l);
	struct finding *f = report_finding(
		r, lost ? VERDICT_STORAGE_CORRUPTION : VERDICT_INCONCLUSIVE,
		lvm			     ? FINDING_CHAIN_LVM
		: l->lost.how == LOSS_ERASED ? FINDING_CHAIN_ERASED
					     : FINDING_CHAIN_SUPERBLOCK,
		l->path, "The passphrase was right and %s was unlocked, but the %s inside it %s%s.",
		*mapping ? mapping : "the LUKS device", lvm ? "LVM physical volume" : kind, words,
		lost ? ""
		: l->state == LINK_UNREADABLE
			? ". That is no proof that the disk lost it"
			: ". The disk lost it, or somebody wrote there: nothing "
			  "here tells which");

	chain_add_text(f, c);
	if (l->sealed->uuid && *l->sealed->uuid)
		finding_text(f, EVIDENCE_SEALED_UUID, "%s", l->sealed->uuid);
	/* What could not be opened may be missed for lack of a driver or of udev. */
	finding_not(f, l->state == LINK_UNREADABLE && !lost
			       ? "the passphrase"
			       : "the passphrase, root=, crypttab, fstab, or the initramfs");
	root_device_next_image(f, lost);
	if (lvm)
		finding_next(f,
			     "On a copy, or when the storage is sound: is the text of its metadata "
			     "there? pvck --dump metadata_search %s",
			     l->path);
	root_device_next(f, &l->lost, l->path);
}

static void tell_other_content(struct report *r, const struct chain *c, const struct chain_layer *l)
{
	const char *mapping = sealed_luks_mapping(c->device->sealed);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_OTHER, l->path,
		"%s was unlocked, but inside it is %s%s%s, where %s%s%s was sealed: somebody made "
		"it anew, or the wrong data were written there.",
		*mapping ? mapping : "The LUKS device", l->other ? l->other : l->seen.kind,
		*l->seen.uuid && !l->other ? " " : "", l->other ? "" : l->seen.uuid,
		l->sealed->kind, l->sealed->uuid && *l->sealed->uuid ? " " : "",
		l->sealed->uuid ? l->sealed->uuid : "");

	chain_add_text(f, c);
	finding_not(f, "the passphrase");
	finding_next(
		f,
		"If you changed it: compare root= and /etc/fstab with the UUID that it has now, "
		"then: %s",
		rebuild);
}

static void tell_no_volume(struct report *r, const struct chain *c, const struct chain_layer *l)
{
	const char *volume = l->sealed->name ? l->sealed->name : "";
	bool doubt = c->lvm || lvm_state_text(l->lvm);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);
	struct finding *f;

	if (doubt)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_LVM, l->path,
			"It was unlocked and holds an LVM physical volume, but the logical volume %s "
			"is not active: it was renamed or removed, another disk of its group is "
			"missing, or the group's metadata is damaged.",
			volume);
	else
		f = report_finding(
			r, VERDICT_CONFIG_ERROR, FINDING_CHAIN_LVM, l->path,
			"It was unlocked and holds an LVM physical volume, but the logical volume %s "
			"is not active: this initramfs has no LVM (/sbin/lvm).",
			volume);
	chain_add_text(f, c);
	finding_not(f, "the passphrase or the LUKS header");
	if (doubt) {
		finding_next(f, "Is a disk of the group missing, or its metadata damaged? "
				"lvm pvs; lvm vgs; lvm lvs -a say so.");
		finding_next(f, "If the volume is in the list: lvm vgchange -ay; exit");
		return;
	}
	finding_next(f, "Boot an older kernel from the boot menu, or a rescue system.");
	finding_next(f, "Install the package lvm2 there, then: %s", rebuild);
}

bool chain_layers_report(struct report *r, const struct chain *c)
{
	for (size_t i = 0; i < c->layer_count; i++) {
		const struct chain_layer *l = &c->layers[i];

		switch (l->state) {
		case LINK_THERE:
			continue;
		case LINK_NOT_REACHED:
			return true;
		case LINK_ABSENT:
			tell_no_volume(r, c, l);
			return true;
		case LINK_OTHER:
			tell_other_content(r, c, l);
			return true;
		case LINK_DAMAGED:
		case LINK_UNREADABLE:
			tell_no_superblock(r, c, l);
			return true;
		}
	}
	return false;
}
