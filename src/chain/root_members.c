// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/root_members.h"

#include <stdlib.h>
#include <string.h>

#include "chain/devices.h"
#include "chain/root_lost.h"
#include "storage/source.h"
#include "util/array.h"

/* What is there of a btrfs: the numbers of its devices, of which copies count once. */
struct members {
	uint64_t *items;
	size_t count;
	const char *seed; /* of some file system, perhaps of this one; or NULL */
};

static bool add_member(struct members *m, uint64_t device)
{
	for (size_t i = 0; i < m->count; i++) {
		if (m->items[i] == device)
			return false;
	}
	m->items = grow_array(m->items, &m->count, sizeof(*m->items));
	m->items[m->count - 1] = device;
	return true;
}

static void look_at_member(const char *path, const char *uuid, struct members *m)
{
	struct source source;
	struct superblock seen;

	if (source_open(&source, path))
		return;
	if (!superblock_read(&source, &seen) && !strcmp(seen.kind, "btrfs") && !seen.damaged) {
		if (!strcmp(seen.uuid, uuid))
			add_member(m, seen.device);
		else if (seen.seed)
			m->seed = path;
	}
	source_close(&source);
}

/* Unless it is a copy of one that is there. */
static void tell_damaged_member(const struct root_scene *c, const char *path, const char *uuid,
				struct members *m)
{
	struct lost_superblock l = { .how = LOSS_NONE };
	struct source source;
	struct superblock seen;

	if (source_open(&source, path))
		return;
	if (!superblock_read(&source, &seen) && seen.damaged && !strcmp(seen.kind, "btrfs"))
		l = lost_superblock_find(&source, &seen, uuid, NULL);
	if (l.how == LOSS_DAMAGED && add_member(m, l.has_spare ? l.spare.is.device : seen.device))
		root_tell_damaged(c, path, &l);
	source_close(&source);
}

/* Those with a damaged superblock are told. */
static struct members look_at_members(const struct root_scene *c, const struct superblock *of)
{
	const struct block_devices *b = c->b;
	struct members m = { .count = 0 };

	for (size_t i = 0; i < b->count; i++) {
		if (!b->items[i].divided)
			look_at_member(b->items[i].path, of->uuid, &m);
	}
	for (size_t i = 0; i < b->count && m.count < of->devices; i++) {
		if (!b->items[i].divided)
			tell_damaged_member(c, b->items[i].path, of->uuid, &m);
	}
	free(m.items);
	return m;
}

/* One that was grown from a seed counts it: nothing in its superblock tells which that is. */
bool root_tell_incomplete(const struct root_scene *c, const char *path,
			  const struct superblock *seen)
{
	size_t told = c->r->finding_count;
	struct members m;
	struct finding *f;

	if (seen->devices < 2)
		return false;
	m = look_at_members(c, seen);
	if (m.count >= seen->devices)
		return c->r->finding_count > told;
	f = report_finding(
		c->r, VERDICT_INCONCLUSIVE, FINDING_CHAIN_ROOT, path,
		"This is one device of a btrfs file system of %llu, and of those only %zu "
		"can be seen here: %s%s%s.",
		(unsigned long long)seen->devices, m.count,
		m.seed ? "it was grown from " : "another one is not there", m.seed ? m.seed : "",
		m.seed ? ", a seed, or another one is not there, or its superblock is lost"
		       : ", or its superblock is lost");
	finding_text(f, EVIDENCE_UUID, "%s", seen->uuid);
	block_devices_tell(c->b, f);
	finding_next(f,
		     "Which one is missing? btrfs filesystem show; cable, power, driver, dmesg.");
	if (!m.seed)
		finding_next(f, "Without it, to read alone: mount -o ro,degraded %s /mnt", path);
	return true;
}
