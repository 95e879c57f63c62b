// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/chain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chain/array.h"
#include "chain/devices.h"
#include "chain/needs.h"
#include "chain/root.h"
#include "luks/match.h"
#include "luks/report.h"
#include "luks/report_header.h"
#include "luks/report_member.h"
#include "luks/words.h"
#include "storage/signature.h"
#include "system/crypttab.h"
#include "util/array.h"
#include "util/text.h"
#include "util/util.h"

#define DEVICE_MAPPER "/sys/class/misc/device-mapper"

/* Where initramfs-tools and dracut put it. */
static bool lvm_is_here(void)
{
	return !access("/sbin/lvm", F_OK) || !access("/usr/sbin/lvm", F_OK);
}

/* "ext" for ext2, ext3 and ext4: a mount or a conversion makes one of another. */
static size_t family_length(const char *kind)
{
	return strncmp(kind, "ext", 3) ? strlen(kind) + 1 : 3;
}

static bool same_kind(const char *a, const char *b)
{
	return !strncmp(a, b, family_length(a));
}

/*
 * Its first block is random: a program that writes through the encryption leaves what it wrote. Of 4096
 * random bytes all but a few of the 256 values are there.
 */
static bool begins_with_noise(const struct source *source)
{
	unsigned char block[BLOCK_SIZE];
	bool seen[256] = { false };
	unsigned int values = 0;

	if (source_read(source, block, sizeof(block), 0) != (ssize_t)sizeof(block))
		return false;
	for (size_t i = 0; i < sizeof(block); i++) {
		values += !seen[block[i]];
		seen[block[i]] = true;
	}
	return values >= 240;
}

/* What is at path, against what was sealed. */
static void look_at_content(struct chain_layer *l, const char *kind)
{
	const char *uuid = l->sealed->uuid ? l->sealed->uuid : "";
	struct source source;
	uint64_t offset;

	l->state = LINK_UNREADABLE;
	l->error = source_open(&source, l->path);
	if (l->error)
		return;
	l->error = superblock_read(&source, &l->seen);
	if (!l->error) {
		const char *other = *l->seen.kind ? NULL : recognise_volume(&source);
		bool same = same_kind(l->seen.kind, kind) &&
			    (!*uuid || !strcasecmp(l->seen.uuid, uuid));

		/* With a wrong checksum the UUID proves nothing. */
		bool damaged = l->seen.damaged && same_kind(l->seen.kind, kind);

		l->state = damaged || (!*l->seen.kind && !other) ? LINK_DAMAGED
			   : same				 ? LINK_THERE
								 : LINK_OTHER;
		l->other = other;
		l->noise = l->state == LINK_DAMAGED && begins_with_noise(&source);
		if (!strcmp(kind, "LVM2_member")) {
			l->lvm = lvm_examine(&source, &offset);
			if (lvm_is_damaged(l->lvm))
				l->state = LINK_DAMAGED;
			if (l->lvm == LVM_OTHER) {
				l->state = LINK_OTHER;
				l->other = recognise_over_lvm(&source);
			}
		} else if (l->state == LINK_DAMAGED && *uuid) {
			l->lost = lost_superblock_find(&source, &l->seen, uuid, NULL);
		}
	}
	source_close(&source);
}

/* Device-mapper's name of a logical volume: dashes in the parts of "VG/LV" are doubled. */
static void lvm_dm_name(char *out, size_t size, const char *name)
{
	size_t used = 0;

	for (; *name && used + 3 < size; name++) {
		if (*name == '-')
			out[used++] = '-';
		out[used++] = *name == '/' ? '-' : *name;
	}
	out[used] = '\0';
}

static const struct block_device *find_volume(const struct sealed_layer *s,
					      const struct block_devices *b)
{
	char name[256];

	for (size_t i = 0; i < b->count; i++) {
		if (s->uuid && *s->uuid && !strcmp(b->items[i].dm_uuid, s->uuid))
			return &b->items[i];
	}
	lvm_dm_name(name, sizeof(name), s->name ? s->name : "");
	return block_devices_mapped(b, name);
}

/*
 * The first volume of a chain also stands for the physical volume below it. True: the next layer
 * can be looked at, *device is where.
 */
static bool look_at_layer(struct chain_layer *l, const struct block_devices *b,
			  const struct block_device **device, bool *physical_seen)
{
	const char *kind = l->sealed->kind;

	snprintf(l->path, sizeof(l->path), "%s", (*device)->path);
	if (strcmp(kind, "lvm") != 0) {
		look_at_content(l, kind);
		/* Swap with a random key is made on a volume as on any partition. */
		l->noise &= !*physical_seen;
		*physical_seen = !strcmp(kind, "LVM2_member");
		return l->state == LINK_THERE;
	}
	if (!*physical_seen) {
		const struct sealed_layer any = { .kind = "LVM2_member" };
		struct chain_layer physical = { .sealed = &any };

		memcpy(physical.path, l->path, sizeof(l->path));
		look_at_content(&physical, any.kind);
		l->state = physical.state;
		l->seen = physical.seen;
		l->lvm = physical.lvm;
		l->other = physical.other;
		l->noise = physical.noise;
		l->error = physical.error;
		if (l->state != LINK_THERE)
			return false;
		*physical_seen = true;
	}
	*device = find_volume(l->sealed, b);
	l->state = *device ? LINK_THERE : LINK_ABSENT;
	if (*device)
		snprintf(l->path, sizeof(l->path), "%s", (*device)->path);
	return *device;
}

/* Such a device shares bytes with it where it is a path to it, or a member of an array. */
static bool holds_another(const struct luks_device *d, const char *path)
{
	struct source source;
	struct luks l;
	struct stat a, b;
	bool another;

	if (d->sealed->header || d->own || stat(path, &a) || stat(d->path, &b) ||
	    a.st_rdev == b.st_rdev || source_open(&source, path))
		return false;
	another = !luks_read(&source, &l) &&
		  luks_record_match(d->sealed, &l, &source, path) <= RECORD_NAMED;
	source_close(&source);
	return another;
}

static bool names_uuid(const char *source, const char *uuid)
{
	return *uuid && !strcasecmp(crypttab_uuid(source), uuid);
}

/* Whether the initramfs is told to open the device, and by a name that there is. */
static void look_at_crypttab(struct chain *c, const char *text)
{
	struct crypttab t;

	crypttab_parse(&t, text);
	for (size_t i = 0; i < t.count; i++) {
		const struct crypttab_entry *e = &t.entries[i];
		cleanup(free_ptr) char *path = crypttab_path("", e->source);

		if (!luks_device_is_of_entry(c->device, e)) {
			/* With another UUID it is another one's. */
			if (!c->nowhere && access(path, F_OK) && !*crypttab_uuid(e->source))
				c->nowhere = text_copy(e->source);
			continue;
		}
		c->in_crypttab = true;
		if (!c->name)
			c->name = text_copy(e->name);
		free(c->missing);
		c->missing = access(path, F_OK) ? text_copy(e->source) : NULL;
		free(c->other);
		c->other = holds_another(c->device, path) ? text_copy(e->source) : NULL;
		free(c->key);
		c->key = e->key ? text_copy(e->key) : NULL;
	}
	crypttab_clear(&t);
}

void chain_gather(struct chain *c, const struct luks_device *d, const struct block_devices *b,
		  const char *crypttab)
{
	const struct sealed_luks *s = d->sealed;
	const struct block_device *device;
	bool reached, physical_seen = false;

	memset(c, 0, sizeof(*c));
	c->device = d;
	if (*sealed_luks_mapping(s))
		c->name = text_copy(sealed_luks_mapping(s));
	c->opened = block_devices_opened(b, s->uuid);
	if (crypttab)
		look_at_crypttab(c, crypttab);
	c->device_mapper = !access(DEVICE_MAPPER, F_OK);
	if (!c->device_mapper)
		c->dm_mod = module_state("dm-mod.ko");
	if (luks_device_seen(d) && !c->opened)
		c->lacks = luks_lacks(&d->view.luks);
	c->lvm = lvm_is_here();
	device = c->opened;
	reached = device;
	for (size_t i = 0; i < s->layer_count; i++) {
		struct chain_layer *l;

		if (!strcmp(s->layers[i].kind, "crypt"))
			continue;
		c->layers = grow_array(c->layers, &c->layer_count, sizeof(*c->layers));
		l = &c->layers[c->layer_count - 1];
		l->sealed = &s->layers[i];
		l->state = LINK_NOT_REACHED;
		if (reached)
			reached = look_at_layer(l, b, &device, &physical_seen);
	}
}

void chain_clear(struct chain *c)
{
	free(c->layers);
	free(c->missing);
	free(c->other);
	free(c->key);
	free(c->name);
	free(c->nowhere);
	free(c->lacks);
	memset(c, 0, sizeof(*c));
}

/* ---- in words ---- */

static const char *luks_words(const struct chain *c)
{
	/* An update or a removal that was interrupted damaged nothing. */
	bool doubt = luks_device_seen(c->device) &&
		     judge_luks(&c->device->view).verdict == VERDICT_INCONCLUSIVE;

	if (luks_device_is_member(c->device))
		return "ARRAY NOT THERE";
	if (luks_device_is_doubted(c->device))
		return "NOTHING OF IT THERE";
	switch (luks_device_state(c->device)) {
	case LUKS_SOUND:
		return luks_slots_unproven(&c->device->view) ? "sound" : "as sealed";
	case LUKS_RECOVERABLE:
		return doubt ? "half changed, usable" : "damaged, usable";
	case LUKS_SLOT_DAMAGED:
		return doubt ? "a keyslot is overwritten" : "a keyslot is damaged";
	case LUKS_LOST:
		if (judge_luks(&c->device->view).ground == LUKS_TOO_SMALL)
			return "TOO SMALL";
		return doubt ? "HALF CHANGED" : "DAMAGED";
	case LUKS_UNREADABLE:
		return "UNREADABLE";
	case LUKS_NOT_SEEN:
		break;
	}
	return "NOT THERE";
}

static bool is_lvm(const struct sealed_layer *s)
{
	return !strcmp(s->kind, "lvm") || !strcmp(s->kind, "LVM2_member");
}

static const char *layer_words(const struct chain_layer *l)
{
	switch (l->state) {
	case LINK_THERE:
		return l->seen.hibernated ? "there, with a hibernated system" : "there";
	case LINK_NOT_REACHED:
		return "not reached";
	case LINK_ABSENT:
		return "NOT THERE";
	case LINK_DAMAGED:
		return *l->seen.kind ? "DAMAGED" : is_lvm(l->sealed) ? "NO LABEL" : "NO SUPERBLOCK";
	case LINK_UNREADABLE:
		return "UNREADABLE";
	case LINK_OTHER:
		break;
	}
	return "ANOTHER ONE";
}

char *chain_text(const struct chain *c)
{
	const struct luks_device *d = c->device;
	const char *opened = c->opened		   ? "open"
			     : luks_device_seen(d) ? "not opened"
						   : "not reached";
	char *text = text_format("%s > LUKS (%s) > %s (%s)", *d->path ? d->path : "disk",
				 luks_words(c), c->name ? c->name : "mapping", opened);

	for (size_t i = 0; i < c->layer_count; i++) {
		const struct chain_layer *l = &c->layers[i];
		const char *name = l->sealed->name ? l->sealed->name : "";
		char *longer = text_format("%s > %s%s%s (%s)", text, l->sealed->kind,
					   *name ? " " : "", name, layer_words(l));

		free(text);
		text = longer;
	}
	return text;
}

/* ---- findings ---- */

static void add_chain(struct finding *f, const struct chain *c)
{
	cleanup(free_ptr) char *text = chain_text(c);

	finding_text(f, EVIDENCE_CHAIN, "%s", text);
}

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
	add_chain(f, c);
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
	add_chain(f, c);
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
	add_chain(f, c);
	luks_next_start_array(f);
	luks_next_look_at_array(f, &c->device->view.array);
	luks_next_find_members(f);
	luks_next_left_over(f, c->device->path);
}

static void tell_unreadable(struct report *r, const struct chain *c)
{
	add_chain(report_luks_unreadable(r, c->device->path, c->device->match <= RECORD_NAMED), c);
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

	add_chain(f, c);
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

	add_chain(f, c);
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
	add_chain(f, c);
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

	add_chain(f, c);
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

	add_chain(f, c);
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
	add_chain(f, c);
	next_for_passphrase(f, c);
}

/* What is proven lost; else its owner, or a program, may have done it. */
static bool is_proven_lost(const struct chain_layer *l)
{
	if (l->state == LINK_UNREADABLE)
		return l->error == -EIO;
	if (is_lvm(l->sealed))
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
		return text_copy(
			"has a superblock whose checksum is wrong, while all that never changes "
			"in it is as a spare one says, as half a write leaves it, and a program "
			"that keeps no checksum");
	if (is_lvm(l->sealed))
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
	bool lvm = is_lvm(l->sealed), lost = is_proven_lost(l);
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

	add_chain(f, c);
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

	add_chain(f, c);
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
	add_chain(f, c);
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

static bool tell_layers(struct report *r, const struct chain *c)
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

bool chain_report(struct report *r, const struct chain *c, const struct block_devices *b)
{
	enum luks_state state = luks_device_state(c->device);

	if (c->opened)
		return tell_layers(r, c);
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
