// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root_search.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "chain/array.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "util/util.h"

static const struct {
	enum root_kind kind;
	const char *word, *tag, *link;
} names[] = {
	{ ROOT_UUID, "UUID", "UUID=", "/dev/disk/by-uuid/" },
	{ ROOT_LABEL, "label", "LABEL=", "/dev/disk/by-label/" },
	{ ROOT_PARTUUID, "partition's UUID", "PARTUUID=", "/dev/disk/by-partuuid/" },
	{ ROOT_PARTLABEL, "partition's label", "PARTLABEL=", "/dev/disk/by-partlabel/" },
};

struct root_name root_name_parse(const char *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *const starts[] = { names[i].tag, names[i].link };

		for (size_t k = 0; k < ARRAY_SIZE(starts); k++) {
			size_t len = strlen(starts[k]);

			if (!strncmp(root, starts[k], len))
				return (struct root_name){ names[i].kind, root + len };
		}
	}
	return (struct root_name){ ROOT_PATH, root };
}

const char *root_name_word(enum root_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (names[i].kind == kind)
			return names[i].word;
	}
	return "path";
}

/*
 * Linux, fs/btrfs/volumes.c, btrfs_scratch_superblocks(): the magic of each copy is erased; wipefs
 * erases the first. Where there is room for one copy alone, one of several devices may be either.
 */
static bool is_removed(const struct source *source, const struct superblock *s)
{
	struct superblock_spare spare;

	return s->devices &&
	       (s->devices > 1 || (source->size >= SUPERBLOCK_BTRFS_COPIED &&
				   !superblock_find_spare(source, s->uuid, NULL, &spare)));
}

/* A program that keeps no checksum leaves it so, and half a write. */
static bool is_used_alone(const struct source *source, const struct superblock *seen,
			  struct superblock_spare *spare)
{
	return !seen->lost && superblock_find_spare(source, seen->uuid, NULL, spare) &&
	       spare->first_is_same;
}

/* The spare one may have the label that it had before another program gave it its own. */
static bool find_erased(const struct source *source, const char *uuid, const char *label,
			struct lost_superblock *l)
{
	memset(l, 0, sizeof(*l));
	if (!superblock_is_erased(source, &l->is))
		return false;
	l->erased = l->is.damaged;
	l->has_spare = l->erased && superblock_find_spare(source, l->is.uuid, NULL, &l->spare);
	if (!superblock_is_named(&l->is, uuid, label) &&
	    !(l->has_spare && superblock_is_named(&l->spare.is, uuid, label)))
		return false;
	l->how = l->erased ? LOSS_CHECKSUM : LOSS_ERASED;
	l->removed = is_removed(source, &l->is);
	return true;
}

static bool find_magic_lost(const struct source *source, const char *uuid, const char *label,
			    struct lost_superblock *l)
{
	memset(l, 0, sizeof(*l));
	if (!superblock_magic_is_lost(source, &l->is) || !superblock_is_named(&l->is, uuid, label))
		return false;
	l->how = LOSS_DAMAGED;
	l->has_spare = superblock_find_spare(source, l->is.uuid, NULL, &l->spare) &&
		       !l->spare.first_is_other;
	return true;
}

struct lost_superblock lost_superblock_find(const struct source *source,
					    const struct superblock *seen, const char *uuid,
					    const char *label)
{
	const char *volume = *seen->kind ? NULL : recognise_volume(source);
	struct lost_superblock l;
	struct superblock_spare spare;
	bool own; /* not of a file system that was there before */

	if (!*seen->kind && !volume &&
	    (find_erased(source, uuid, label, &l) || find_magic_lost(source, uuid, label, &l)))
		return l;
	l = (struct lost_superblock){ .how = LOSS_NONE, .is = *seen };
	if (*seen->kind && !seen->damaged && superblock_is_named(seen, uuid, label))
		return l;
	l.has_spare = superblock_find_spare(source, uuid, label, &l.spare);
	own = l.has_spare && !strncmp(seen->kind, l.spare.is.kind, 3) && !l.spare.first_is_other;
	if (seen->damaged && (own || superblock_is_named(seen, uuid, label))) {
		l.how = LOSS_DAMAGED;
		l.has_spare = own;
		if (is_used_alone(source, seen, &spare)) {
			l.how = LOSS_CHECKSUM;
			l.has_spare = true;
			l.spare = spare;
		}
	} else if (l.has_spare && seen->ext_block == l.spare.size && l.spare.size &&
		   !l.spare.first_is_other) {
		/* Spares of a file system that was there before lie elsewhere, or are its own by now. */
		l.how = LOSS_UUID;
	} else if (l.has_spare && (*seen->kind || volume)) {
		l.how = LOSS_OVERWRITTEN;
		snprintf(l.now, sizeof(l.now), "%s%s%s%s", volume ? volume : seen->kind,
			 volume ? "" : " ", volume ? "" : seen->uuid,
			 seen->damaged ? ", whose checksum is wrong" : "");
	} else if (l.has_spare && l.spare.first_is_other) {
		l.how = LOSS_OVERWRITTEN;
		snprintf(l.now, sizeof(l.now),
			 "the superblock of another ext file system, without its magic");
	} else if (l.has_spare) {
		l.how = !l.spare.rest_is_there	 ? LOSS_START
			: l.spare.first_is_alike ? LOSS_DAMAGED
						 : LOSS_BLOCK;
	}
	return l;
}

/* What a typing error makes of a UUID. Those that were made up by hand come in rows, which differ so. */
static bool is_nearly(const char *a, const char *b)
{
	unsigned int differing = 0, digits = 0;
	bool seen[16] = { false };
	size_t i;

	for (i = 0; a[i] && b[i]; i++) {
		if (isxdigit((unsigned char)b[i])) {
			int digit = tolower((unsigned char)b[i]);

			seen[isdigit(digit) ? digit - '0' : digit - 'a' + 10] = true;
		}
		differing += tolower((unsigned char)a[i]) != tolower((unsigned char)b[i]);
	}
	for (size_t k = 0; k < ARRAY_SIZE(seen); k++)
		digits += seen[k];
	return !a[i] && !b[i] && strcmp(a, b) != 0 &&
	       (!differing || (differing <= 2 && digits >= 9));
}

static void look_for_lost(struct root_search *s, const struct block_device *d,
			  const struct source *source, const struct superblock *seen)
{
	struct lost_superblock l;

	if ((s->name.kind != ROOT_UUID && s->name.kind != ROOT_LABEL) || !*s->name.value)
		return;
	l = lost_superblock_find(source, seen, s->name.kind == ROOT_UUID ? s->name.value : NULL,
				 s->name.kind == ROOT_LABEL ? s->name.value : NULL);
	if (l.how == LOSS_NONE || (s->lost_at && s->lost.how <= l.how))
		return;
	s->lost = l;
	s->lost_at = d->path;
}

static void look_at_volume(struct root_search *s, const struct block_device *d,
			   const struct source *source, const struct superblock *seen)
{
	enum lvm_state state;
	uint64_t offset;

	if (*seen->kind && strcmp(seen->kind, "LVM2_member") != 0)
		return;
	state = lvm_examine(source, &offset);
	if (state != LVM_ABSENT && state != LVM_OTHER && !s->volumes_at)
		s->volumes_at = d->path;
	if (s->lvm_at || !lvm_is_damaged(state))
		return;
	s->lvm_at = d->path;
	s->lvm = state;
	s->lvm_offset = offset;
}

static bool is_root(const struct root_search *s, const struct source *source, const char *sealed)
{
	const char *uuid = s->name.kind == ROOT_UUID ? s->name.value : NULL;
	const char *label = s->name.kind == ROOT_LABEL ? s->name.value : NULL;
	bool named = (uuid && *uuid) || (label && *label);
	struct superblock seen;

	if (superblock_read(source, &seen))
		return false;
	if (*seen.kind && ((*sealed && superblock_is_named(&seen, sealed, NULL)) ||
			   (named && superblock_is_named(&seen, uuid, label))))
		return true;
	return named && lost_superblock_find(source, &seen, uuid, label).how != LOSS_NONE;
}

static void look_at_member(struct root_search *s, const struct block_device *d,
			   const struct source *source, const struct md *md, const char *sealed)
{
	struct source_part data = { source, md->data_offset };
	struct source array = source_of_part(&data);
	bool is_it =
		is_root(s, source, sealed) ||
		(md->data_offset && md->data_offset < source->size && is_root(s, &array, sealed));

	if (s->array_at && (s->array_is_it || !is_it))
		return;
	s->array_at = d->path;
	s->array = *md;
	s->array_is_it = is_it;
}

static void add_found(struct root_search *s, const char *path)
{
	if (!s->found)
		s->found = path;
	else if (!s->twin && !s->found_part)
		s->twin = path;
}

static void look_at_content(struct root_search *s, const struct block_device *d,
			    const struct source *source, const struct superblock *seen,
			    const char *sealed, const struct block_devices *b)
{
	bool is_found = *seen->kind && !seen->damaged && *s->name.value &&
			((s->name.kind == ROOT_UUID && !strcmp(seen->uuid, s->name.value)) ||
			 (s->name.kind == ROOT_LABEL && !strcmp(seen->label, s->name.value)));

	if (is_found) {
		s->found_part |= seen->devices > 1;
		add_found(s, d->path);
		return;
	}
	look_for_lost(s, d, source, seen);
	look_at_volume(s, d, source, seen);
	if (!strcmp(seen->kind, "crypto_LUKS") && !block_devices_opened(b, seen->uuid))
		s->locked = d->path;
	if (!seen->proven)
		return;
	if (*sealed && !strcasecmp(seen->uuid, sealed))
		s->sealed_at = d->path;
	if (s->name.kind == ROOT_UUID && is_nearly(s->name.value, seen->uuid)) {
		s->alike_at = d->path;
		memcpy(s->alike, seen->uuid, sizeof(s->alike));
	}
}

static void look_at(struct root_search *s, const struct block_device *d, const char *sealed,
		    const struct block_devices *b)
{
	struct source source;
	struct superblock seen;
	struct md md;
	int err;

	if (d->divided || source_open(&source, d->path))
		return;
	err = superblock_read(&source, &seen);
	if (err == -EIO)
		s->unreadable = d->path;
	if (array_has_member(d, &source, &md)) {
		if (!block_devices_array_runs(b, d))
			look_at_member(s, d, &source, &md, sealed);
	} else if (!err) {
		look_at_content(s, d, &source, &seen, sealed, b);
	}
	source_close(&source);
}

static bool is_partition(const struct root_name *name, const struct block_device *d)
{
	return (name->kind == ROOT_PARTUUID && !strcasecmp(d->part_uuid, name->value)) ||
	       (name->kind == ROOT_PARTLABEL && !strcmp(d->part_name, name->value));
}

void root_search(struct root_search *s, const char *root, const char *sealed,
		 const struct block_devices *b)
{
	memset(s, 0, sizeof(*s));
	s->name = root_name_parse(root);
	for (size_t i = 0; i < b->count; i++) {
		if (*s->name.value && is_partition(&s->name, &b->items[i]))
			add_found(s, b->items[i].path);
		look_at(s, &b->items[i], sealed, b);
	}
}
