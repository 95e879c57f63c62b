// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/chain_report.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "chain/array.h"
#include "chain/chain_layers.h"
#include "chain/devices.h"
#include "luks/match.h"
#include "luks/report.h"
#include "luks/report_header.h"
#include "luks/report_member.h"
#include "luks/rules.h"
#include "luks/words.h"
#include "system/crypttab.h"
#include "util/text.h"
#include "util/util.h"

/* The devices that may have been it, also the one that crypttab names, whatever it holds now. */
static char *suspects_of(const struct chain *c, const struct block_devices *b)
{
	const struct sealed_luks *own = c->device->own;
	cleanup(free_ptr) char *link = own ? crypttab_path("", own->device) : NULL;
	cleanup(free_ptr) char *path = link ? realpath(link, NULL) : NULL;

	return block_devices_suspects(b, SUSPECT_LUKS, path);
}

static void tell_absent(struct report *r, const struct chain *c, const struct block_devices *b)
{
	const struct sealed_luks *s = c->device->sealed;
	cleanup(free_ptr) char *suspects = suspects_of(c, b);
	cleanup(free_ptr) char *unknown = block_devices_error_text(b);
	struct md md;
	const char *member = array_find_stopped(b, &md);
	struct finding *f;

	if (b->error) {
		f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT,
				   *s->uuid ? s->uuid : s->device, "%s", unknown);
	} else if (!b->count) {
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT,
			*s->uuid ? s->uuid : s->device,
			"The kernel has found no disk at all, so not the encrypted one either: "
			"none answers, or the driver of its controller is not in this initramfs.");
	} else if (c->device->own) {
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT, s->device,
			"No LUKS header is where crypttab says, nor one with that UUID on another "
			"disk: the disk is not attached, does not answer, its driver is missing, or "
			"all of its start was overwritten. No record of it was sealed that could "
			"tell it.");
	} else {
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT, s->uuid,
			"No disk holds the LUKS device %s that was sealed, nor any of its key "
			"material: it is not attached, does not answer, its driver is missing, or "
			"all of its start was overwritten.",
			s->uuid);
	}
	chain_add_text(f, c);
	if (suspects)
		finding_text(f, EVIDENCE_SUSPECTS, "%s", suspects);
	block_devices_tell(b, f);
	finding_not(f, "the passphrase: it was not even tried");
	finding_next(f, "Compare the disks that are there ([d] or the report has the list) with "
			"those that should be: cable, power, the firmware's list, dmesg.");
	if (member)
		array_tell(f, &md, member);
	if (suspects)
		finding_next(
			f,
			"May have been it: %s. Keep it as it is, and restore the header from a "
			"backup (luksHeaderRestore) on a copy first.",
			suspects);
}

/*
 * Without the word `luks` Debian opens what has no header as plain dm-crypt (cryptsetup-initramfs,
 * functions, _get_crypt_type()), with any passphrase.
 */
static bool tell_may_be_plain(struct report *r, const struct chain *c)
{
	const char *device = c->device->sealed->device;
	cleanup(free_ptr) char *path = crypttab_path("", device);
	struct finding *f;

	if (access(path, F_OK) < 0)
		return false;
	f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_ABSENT, device,
		"No LUKS header is on it, and crypttab does not say `luks`: either it is plain dm-crypt, "
		"which has none, or both copies of its header are lost. Nothing here tells which.");
	chain_add_text(f, c);
	finding_next(
		f,
		"Plain dm-crypt: are cipher, size and hash in crypttab as they were? Any passphrase "
		"opens it, the right one alone shows what is on it.");
	finding_next(f, "LUKS: write nothing to it, and examine it: bootverdict luks %s", path);
	finding_next(f,
		     "Say which it is in crypttab's fourth field (plain, or luks), and update the "
		     "initramfs: then the next boot can tell.");
	return true;
}

/* Nothing is said of what the member holds: the array may hold other bytes, or more. */
static void tell_no_array(struct report *r, const struct chain *c)
{
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_MEMBER, c->device->path,
		"By its md superblock this is a member of an array that the LUKS container lies on, and "
		"the array is not there: another member is missing, or the array was not started. Or that "
		"superblock is left over from an array of before.");

	luks_tell_array(f, &c->device->view.array);
	chain_add_text(f, c);
	luks_next_start_array(f);
	luks_next_look_at_array(f, &c->device->view.array);
	luks_next_find_members(f);
	luks_next_left_over(f, c->device->path);
}

static void tell_unreadable(struct report *r, const struct chain *c)
{
	chain_add_text(report_luks_unreadable(r, c->device->path, c->device->match <= RECORD_NAMED),
		       c);
}

static enum luks_ground ground_of(const struct chain *c)
{
	return judge_luks(&c->device->view).ground;
}

/* What the LUKS header is, where it does not keep anybody from unlocking the device. */
static const char *header_words(const struct chain *c)
{
	if (ground_of(c) == LUKS_NOT_KNOWN)
		return "has parts that are not known here";
	return luks_device_state(c->device) == LUKS_SOUND ? "is sound" : "can be used";
}

static char *open_command(const struct chain *c)
{
	const struct sealed_luks *s = c->device->sealed;

	return text_format("cryptsetup open %s%s%s%s %s", s->header ? "--header " : "",
			   s->header ? s->header : "", s->header ? " " : "", c->device->path,
			   c->name ? c->name : "NAME");
}

/* What is wrong with the header besides is told by report_luks(). */
static void not_tried(struct finding *f, const struct chain *c)
{
	bool sound = luks_device_state(c->device) == LUKS_SOUND;

	finding_not(f, "%s: it was not even tried",
		    sound ? "the disk, or the passphrase" : "the passphrase");
}

static void tell_no_device_mapper(struct report *r, const struct chain *c)
{
	cleanup(free_ptr) char *command = open_command(c);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);
	bool missing = c->dm_mod == MODULE_MISSING;
	struct finding *f = report_finding(
		r, missing ? VERDICT_CONFIG_ERROR : VERDICT_INCONCLUSIVE, FINDING_LUKS_NO_DRIVER,
		c->device->path,
		"The LUKS header %s, but this kernel has no device-mapper, without which nothing is "
		"unlocked: %s.",
		header_words(c),
		missing			      ? "its module dm_mod is not in this initramfs"
		: c->dm_mod == MODULE_UNKNOWN ? "dm_mod is not loaded, and whether it is in this "
						"initramfs could not be seen"
					      : "dm_mod is in this initramfs, and is not loaded");

	chain_add_text(f, c);
	not_tried(f, c);
	if (!missing)
		finding_next(f, "modprobe dm_crypt. When that works: %s; then: exit", command);
	finding_next(f, "Boot an older kernel from the boot menu, or a rescue system.");
	finding_next(f, "Then build the initramfs again: %s", rebuild);
}

static void tell_no_entry(struct report *r, const struct chain *c)
{
	cleanup(free_ptr) char *command = open_command(c);
	cleanup(free_ptr) char *option = builder_crypttab_option(c->builder);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);
	cleanup(free_ptr) char * or
		= c->nowhere ? text_format(", unless %s, which leads nowhere, is meant for it",
					   c->nowhere)
			     : NULL;
	struct finding *f = report_finding(
		r, c->nowhere ? VERDICT_INCONCLUSIVE : VERDICT_CONFIG_ERROR, FINDING_LUKS_NO_ENTRY,
		c->device->path,
		"The LUKS header %s, but nothing tells this initramfs to unlock it: its crypttab has "
		"no entry for it%s.",
		header_words(c), or ? or : "");

	chain_add_text(f, c);
	not_tried(f, c);
	if (c->device->own)
		finding_next(f, "root= names the LUKS device itself. It must name what is inside: "
				"/dev/mapper/NAME, or its UUID.");
	finding_next(f, "Unlock it here: %s; then: exit", command);
	finding_next(f,
		     "In the running system mend /etc/crypttab. An option puts an entry into the "
		     "initramfs: %s. Then: %s",
		     option, rebuild);
}

static bool names_uuid(const char *source, const char *uuid)
{
	return *uuid && !strcasecmp(crypttab_uuid(source), uuid);
}

/* Without the name there was no prompt: not a word about the passphrase. */
static void tell_no_source(struct report *r, const struct chain *c, const struct block_devices *b)
{
	cleanup(free_ptr) char *command = open_command(c);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);
	bool named = names_uuid(c->missing, c->device->sealed->uuid);
	struct finding *f;

	/* A copy of it has its UUID as well, while the disk that crypttab names is dead. */
	if (!named)
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SOURCE, c->missing,
			"crypttab names a disk that is not there: %s. The one that was "
			"sealed, or a copy of it, is there: %s, UUID=%s. Either crypttab is "
			"wrong, or the disk that it names is missing.",
			c->missing, c->device->path, c->device->sealed->uuid);
	else
		f = report_finding(r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SOURCE, c->device->path,
				   "The disk is there: %s. But it is not found by its UUID, which "
				   "crypttab names: udev has not made that name.",
				   c->device->path);
	chain_add_text(f, c);
	finding_not(f, "the passphrase: it was not even asked for");
	if (named) {
		finding_next(f, "Unlock it here: %s; then: exit", command);
		return;
	}
	block_devices_tell(b, f);
	finding_next(f, "Is the disk that crypttab names one of this machine's? Then it does not "
			"answer: cable, power, driver, dmesg.");
	finding_next(
		f,
		"If not, and %s is no copy: unlock it here: %s; then: exit. In the running system "
		"mend /etc/crypttab, then: %s",
		c->device->path, command, rebuild);
}

static void tell_other_disk(struct report *r, const struct chain *c, const struct block_devices *b)
{
	cleanup(free_ptr) char *command = open_command(c);
	cleanup(free_ptr) char *link = crypttab_path("", c->other);
	cleanup(free_ptr) char *path = realpath(link, NULL);
	cleanup(free_ptr) char *rebuild = builder_rebuild_all(c->builder);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_SOURCE, c->other,
		"crypttab names %s, and that leads to another disk (%s), which holds nothing of what was "
		"sealed. The one that was sealed is there: %s, UUID=%s. Or that is a copy, and the disk that "
		"crypttab names lost its start.",
		c->other, path ? path : link, c->device->path, c->device->sealed->uuid);

	chain_add_text(f, c);
	finding_not(f, "the passphrase: that disk has no keyslot of it");
	finding_next(f, "Unlock it here: %s; then: exit", command);
	block_devices_tell(b, f);
	finding_next(
		f,
		"Two disks may bear one name, as when one was cloned, or its partition table: "
		"detach the other one, or write UUID=%s into /etc/crypttab in the running system, "
		"then: %s",
		c->device->sealed->uuid, rebuild);
}

static void next_for_passphrase(struct finding *f, const struct chain *c)
{
	cleanup(free_ptr) char *command = open_command(c);

	finding_next(f, "Type it at the shell's prompt, where it can be seen, and delete it again: "
			"do the keys give what they should? (layout, Caps Lock, Num Lock)");
	finding_next(f, "Try again: %s; then: exit", command);
}

/* Of an unlocking that failed: what of it is proven to be as sealed, for words. */
struct proven {
	bool slots;  /* all active keyslots */
	bool header; /* ... and the header */
};

static struct proven proven(const struct chain *c)
{
	const struct luks_view *v = &c->device->view;
	enum luks_ground ground = ground_of(c);
	bool slots = luks_slots_sound(v) && !luks_slots_unproven(v) && ground != LUKS_NOT_KNOWN;

	return (struct proven){ slots, slots && ground == LUKS_AS_SEALED };
}

static const char *proven_words(struct proven p)
{
	return p.header	 ? "its LUKS header and keyslots are as sealed, byte for byte"
	       : p.slots ? "its keyslots are as sealed, byte for byte"
			 : "its LUKS header and keyslots are sound as far as can be known";
}

static void not_what_is_proven(struct finding *f, struct proven p)
{
	if (p.slots)
		finding_not(f, "%s", p.header ? "the LUKS header or its keyslots" : "its keyslots");
}

/* Nobody typed anything: the keys are not to blame, and what gives the key was not looked at. */
static void tell_key(struct report *r, const struct chain *c)
{
	cleanup(free_ptr) char *command = open_command(c);
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, c->device->path,
		"It was not unlocked, and %s. By crypttab its key comes from %s: whether that was there "
		"and gave the right key was not seen.",
		proven_words(proven(c)), c->key);

	chain_add_text(f, c);
	not_what_is_proven(f, proven(c));
	finding_next(f,
		     "Is %s there in this initramfs, and the device that it is read from? Look for "
		     "what cryptsetup said about it, above or in dmesg.",
		     c->key);
	finding_next(f, "With a passphrase that was added to it, if there is one: %s; then: exit",
		     command);
}

/* A missing driver or too little memory looks the same as a passphrase that was not typed. */
static struct finding *tell_not_asked(struct report *r, const struct chain *c)
{
	cleanup(free_ptr) char *lacks =
		c->refused ? text_format(
				     "What opening it needs was not found here: %s. With the right "
				     "passphrase as well it stays locked then.",
				     c->lacks)
			   : NULL;
	struct finding *f = report_finding(
		r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, c->device->path,
		"It was not unlocked, and %s. %s", proven_words(proven(c)),
		lacks ? lacks
		      : "That a passphrase was refused is not recorded in this boot: it may have been, or "
			"dm_crypt or the cipher is missing in this initramfs, or memory for the "
			"passphrase's derivation.");

	not_what_is_proven(f, proven(c));
	finding_next(
		f, "What did cryptsetup say, above or in dmesg? \"No key available\" is a refused "
		   "passphrase. Else: modprobe dm_crypt; cat /proc/crypto; free");
	return f;
}

static struct finding *tell_refused(struct report *r, const struct chain *c)
{
	slot_set sound = luks_slots_sound(&c->device->view);
	struct proven p = proven(c);
	cleanup(free_ptr) char *slots = luks_slots_text(sound);
	struct finding *f = report_finding(
		r, VERDICT_CONFIG_ERROR, FINDING_LUKS_PASSPHRASE, c->device->path,
		"It was not unlocked, and %s%s %s as sealed, byte for byte: it is the passphrase or the "
		"keyboard layout.",
		p.header ? "the LUKS header and " : "", slots,
		p.header || (sound & (sound - 1)) ? "are" : "is");

	finding_not(f, p.header ? "the disk, the LUKS header, or its keyslots" : "its keyslots");
	return f;
}

static const char *not_proven(const struct chain *c)
{
	if (ground_of(c) == LUKS_NOT_KNOWN)
		return "cryptsetup may need more for those than is here";
	if (c->device->own)
		return "its keys were never sealed, so nothing proves that they are undamaged";
	if (luks_slots_sound(&c->device->view))
		return "some of its keys were changed after the last seal, so nothing proves that they "
		       "are undamaged";
	return "its keys were changed after the last seal, so nothing proves that they are undamaged";
}

static void tell_passphrase(struct report *r, const struct chain *c)
{
	struct finding *f;

	/* One that is not proven may be the one that was meant. */
	if (!c->refused || c->lacks)
		f = tell_not_asked(r, c);
	else if (proven(c).slots)
		f = tell_refused(r, c);
	else
		f = report_finding(
			r, VERDICT_INCONCLUSIVE, FINDING_LUKS_PASSPHRASE, c->device->path,
			"It was not unlocked. The LUKS header %s, but %s; the passphrase or "
			"the keyboard layout is the likelier reason.",
			header_words(c), not_proven(c));
	chain_add_text(f, c);
	next_for_passphrase(f, c);
}

bool chain_report(struct report *r, const struct chain *c, const struct block_devices *b)
{
	enum luks_state state = luks_device_state(c->device);

	if (c->opened)
		return chain_layers_report(r, c);
	if (state == LUKS_NOT_SEEN && c->device->may_be_plain)
		return tell_may_be_plain(r, c);
	if (state == LUKS_NOT_SEEN)
		tell_absent(r, c, b);
	else if (luks_device_is_member(c->device))
		tell_no_array(r, c);
	else if (state == LUKS_UNREADABLE && !luks_device_seen(c->device))
		tell_unreadable(r, c);
	else if (state >= LUKS_SLOT_DAMAGED || luks_slots_wiped(&c->device->view))
		return true; /* told by report_luks() */
	else if (!c->in_crypttab)
		tell_no_entry(r, c);
	else if (!c->device_mapper)
		tell_no_device_mapper(r, c);
	else if (c->missing)
		tell_no_source(r, c, b);
	else if (c->other)
		tell_other_disk(r, c, b);
	else if (c->key)
		tell_key(r, c);
	else
		tell_passphrase(r, c);
	return true;
}
