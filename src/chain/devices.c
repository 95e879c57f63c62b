// SPDX-License-Identifier: GPL-2.0-or-later
#include "chain/devices.h"

#include <stdlib.h>
#include <string.h>

#include "chain/array.h"
#include "luks/rules.h"
#include "luks/view.h"
#include "luks/view_read.h"
#include "storage/lvm.h"
#include "storage/signature.h"
#include "storage/source.h"
#include "storage/superblock.h"
#include "util/bytes.h"
#include "util/text.h"
#include "util/util.h"

/* Smaller is neither a root file system nor a LUKS container, but a boot loader's partition. */
#define ROOT_MIN (8u << 20)

/* Of something else than LUKS, where nothing is known at the start; the caller frees it. NULL: none. */
static char *remains(const struct source *source)
{
	struct superblock erased;
	struct superblock_spare spare;
	enum lvm_state lvm;
	uint64_t offset;

	if (superblock_is_erased(source, &erased))
		return text_format("the superblock of %s %s without its magic", erased.kind,
				   erased.uuid);
	if (superblock_find_spare(source, NULL, NULL, &spare))
		return text_format("a spare superblock of %s %s", spare.is.kind, spare.is.uuid);
	lvm = lvm_examine(source, &offset);
	return lvm == LVM_ABSENT || lvm == LVM_SOUND ? NULL : text_copy(lvm_state_text(lvm));
}

static void tell_unknown(const char *path, const struct source *source, struct finding *f)
{
	cleanup(free_ptr) char *left = remains(source);
	const char *other = recognise_rest(source);

	finding_text(f, EVIDENCE_DEVICES, "%s: nothing known at its start%s%s%s%s", path,
		     other ? ": " : "", other ? other : "", left ? "; " : "", left ? left : "");
}

static void tell(const struct block_device *d, const struct source *source, struct finding *f)
{
	struct superblock seen;
	struct md md;
	const char *volume, *lvm = NULL;
	uint64_t offset;

	if (superblock_read(source, &seen)) {
		finding_text(f, EVIDENCE_DEVICES, "%s: cannot be read", d->path);
		return;
	}
	if (array_has_member(d, source, &md)) {
		cleanup(free_ptr) char *array = array_text(&md);

		finding_text(f, EVIDENCE_DEVICES, "%s: a member of an md array: %s%s%s", d->path,
			     array, *seen.kind ? "; at its start: " : "", seen.kind);
		return;
	}
	volume = *seen.kind ? NULL : recognise_volume(source);
	if (volume) {
		finding_text(f, EVIDENCE_DEVICES, "%s: %s", d->path, volume);
		return;
	}
	if (!*seen.kind) {
		tell_unknown(d->path, source, f);
		return;
	}
	if (!strcmp(seen.kind, "LVM2_member"))
		lvm = lvm_state_text(lvm_examine(source, &offset));
	finding_text(f, EVIDENCE_DEVICES, "%s: %s %s%s%s", d->path, seen.kind, seen.uuid,
		     lvm ? "; " : "",
		     lvm	       ? lvm
		     : seen.damaged    ? "; the checksum of its superblock is wrong"
		     : seen.hibernated ? ", with a hibernated system"
				       : "");
}

/* UEFI Specification, 5.2.1: a table ends with 55 aa, and has four entries from byte 446 on. */
static bool is_table(const unsigned char *sector)
{
	return sector[510] == 0x55 && sector[511] == 0xaa;
}

/* Linux, block/partitions/msdos.c: each logical partition is in a table of its own, in a chain. */
static bool is_extended(unsigned char type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

/* Its length is in sectors of the disk's own size. */
static bool begins_with_table(const struct source *source, uint64_t sector)
{
	static const uint32_t sizes[] = { 512, 4096 };
	unsigned char data[512];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		ssize_t n = source_read(source, data, sizeof(data), sector * sizes[i]);

		if (n < 0 || (n == (ssize_t)sizeof(data) && is_table(data)))
			return true;
	}
	return false;
}

static void tell_extended(const char *path, const struct source *source, struct finding *f)
{
	unsigned char table[512];

	if (source_read(source, table, sizeof(table), 0) != (ssize_t)sizeof(table) ||
	    !is_table(table))
		return;
	for (const unsigned char *entry = table + 446; entry < table + 510; entry += 16) {
		uint32_t sector = le32(entry + 8);

		if (is_extended(entry[4]) && !begins_with_table(source, sector))
			finding_text(
				f, EVIDENCE_DEVICES,
				"%s: its extended partition, from sector %u on, begins without a "
				"table (55 aa): it has no logical partitions, or has lost them",
				path, sector);
	}
}

static void tell_empty(const struct block_device *d, struct finding *f)
{
	if (!strncmp(d->name, "md", 2))
		finding_text(f, EVIDENCE_DEVICES, "%s: has 0 bytes: an array that was not started",
			     d->path);
	else if (d->removable)
		finding_text(f, EVIDENCE_DEVICES,
			     "%s: has 0 bytes: no medium is in it, or it is dead", d->path);
	else
		finding_text(f, EVIDENCE_DEVICES, "%s: has 0 bytes: a dead disk shows itself so",
			     d->path);
}

void block_devices_tell(const struct block_devices *b, struct finding *f)
{
	for (size_t i = 0; i < b->empty_count; i++)
		tell_empty(&b->empty[i], f);
	for (size_t i = 0; i < b->count; i++) {
		const struct block_device *d = &b->items[i];
		struct source source;

		if (source_open(&source, d->path))
			continue;
		if (d->divided)
			tell_extended(d->path, &source, f);
		else
			tell(d, &source, f);
		source_close(&source);
	}
}

/* As doubt(), of LUKS. */
static const char *doubt_luks(const struct source *source, const char *path)
{
	struct luks_view v = { .device = path };
	bool read = !luks_view_read(&v, source) && !luks_view_compare(&v, source, NULL, 0);
	struct luks_judgement j = judge_luks(&v);

	luks_view_clear(&v);
	if (read && j.ground == LUKS_MEMBER)
		return "a member of an md array";
	return read && v.luks.chosen >= 0 && j.verdict == VERDICT_STALE
		       ? NULL
		       : "its LUKS header or a keyslot is not as it should be";
}

/* NULL: what it holds is known, and right as far as it has checksums, or no LUKS container. */
static const char *doubt(const struct source *source, const char *path, enum suspicion suspicion)
{
	bool luks = suspicion == SUSPECT_LUKS;
	struct superblock seen;
	struct md md;
	uint64_t offset;

	if (superblock_read(source, &seen))
		return "its start cannot be read";
	/* It is told with its array. */
	if (array_has_member(NULL, source, &md) && (!luks || strcmp(seen.kind, "crypto_LUKS") != 0))
		return NULL;
	if (!*seen.kind && (source->size < ROOT_MIN || recognise_volume(source)))
		return NULL;
	if (!*seen.kind) {
		cleanup(free_ptr) char *left = luks ? remains(source) : NULL;

		return left ? NULL : "nothing known at its start";
	}
	if (!strcmp(seen.kind, "crypto_LUKS"))
		return doubt_luks(source, path);
	if (luks)
		return NULL;
	if (!strcmp(seen.kind, "LVM2_member"))
		return lvm_state_text(lvm_examine(source, &offset));
	if (seen.ext_block && !seen.uuid[strspn(seen.uuid, "0-")])
		return "its UUID is nothing but zeros";
	return seen.damaged ? "the checksum of its superblock is wrong" : NULL;
}

static void add_suspect(char **text, const char *path, const char *why)
{
	char *longer = text_format("%s%s%s (%s)", *text ? *text : "", *text ? ", " : "", path, why);

	free(*text);
	*text = longer;
}

char *block_devices_suspects(const struct block_devices *b, enum suspicion suspicion,
			     const char *named)
{
	char *text = NULL;

	for (size_t i = 0; i < b->count; i++) {
		const char *path = b->items[i].path, *why;
		struct source source;

		if (b->items[i].divided || source_open(&source, path))
			continue;
		why = doubt(&source, path, suspicion);
		source_close(&source);
		if (!why)
			continue;
		add_suspect(&text, path, why);
		if (named && !strcmp(path, named))
			named = NULL;
	}
	if (named)
		add_suspect(&text, named, "crypttab names it");
	return text;
}

char *block_devices_error_text(const struct block_devices *b)
{
	return text_format("Which disks there are cannot be told: " BLOCK_DEVICES_SYSFS ": %s.",
			   strerror(-b->error));
}
