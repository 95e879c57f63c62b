// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/layer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "storage/signature.h"
#include "storage/source.h"
#include "util/util.h"

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

bool chain_layer_look(struct chain_layer *l, const struct block_devices *b,
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

bool chain_layer_is_lvm(const struct sealed_layer *s)
{
	return !strcmp(s->kind, "lvm") || !strcmp(s->kind, "LVM2_member");
}

const char *chain_layer_words(const struct chain_layer *l)
{
	switch (l->state) {
	case LINK_THERE:
		return l->seen.hibernated ? "there, with a hibernated system" : "there";
	case LINK_NOT_REACHED:
		return "not reached";
	case LINK_ABSENT:
		return "NOT THERE";
	case LINK_DAMAGED:
		return *l->seen.kind		       ? "DAMAGED"
		       : chain_layer_is_lvm(l->sealed) ? "NO LABEL"
						       : "NO SUPERBLOCK";
	case LINK_UNREADABLE:
		return "UNREADABLE";
	case LINK_OTHER:
		break;
	}
	return "ANOTHER ONE";
}
