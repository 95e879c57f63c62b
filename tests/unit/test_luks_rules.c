// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "luks/record.h"
#include "luks/report.h"
#include "luks/rules.h"
#include "luks/view.h"
#include "luks/view_read.h"
#include "util/hash.h"
#include "util/util.h"

/*
 * A device in memory and what a reader would say of it: two keyslots in use (0 and 3), each with
 * an area of 5 blocks, key material in the first three and a half.
 */
#define HEADER_BYTES 16384u
#define AREA	     (5u * BLOCK_SIZE)
#define USED	     (3u * BLOCK_SIZE + BLOCK_SIZE / 2)
#define AREA_0	     (2u * HEADER_BYTES)
#define AREA_3	     (AREA_0 + AREA)
#define DEVICE_BYTES (AREA_3 + AREA + BLOCK_SIZE)

struct device {
	unsigned char bytes[DEVICE_BYTES];
	uint64_t unreadable; /* a read that touches this byte fails; 0: none */
	struct luks luks;
};

static ssize_t read_bytes(void *ctx, void *buf, size_t len, uint64_t offset)
{
	const struct device *d = ctx;

	if (offset >= DEVICE_BYTES)
		return 0;
	if (len > DEVICE_BYTES - offset)
		len = (size_t)(DEVICE_BYTES - offset);
	if (d->unreadable && d->unreadable >= offset && d->unreadable < offset + len)
		return -EIO;
	memcpy(buf, d->bytes + offset, len);
	return (ssize_t)len;
}

static struct source source_of(struct device *d)
{
	return (struct source){ read_bytes, d, DEVICE_BYTES };
}

/* Bytes as of a cipher, the same for the same seed. */
static void scramble(unsigned char *p, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i += 8) {
		uint64_t key[2] = { seed, i }, h = hash64(key, sizeof(key));

		memcpy(p + i, &h, len - i < 8 ? len - i : 8);
	}
}

static void make_slot(struct luks *l, unsigned int number, uint64_t offset)
{
	struct luks_keyslot *k = &l->slots[number];

	k->present = k->active = true;
	k->offset = offset;
	k->length = AREA;
	k->used = USED;
	k->described = 100 + number;
	l->slot_count++;
}

static void make_device(struct device *d, int version)
{
	struct luks *l = &d->luks;

	memset(d, 0, sizeof(*d));
	scramble(d->bytes, DEVICE_BYTES, 1);
	l->version = version;
	strcpy(l->uuid, "0c9a9c7e-6f41-4c8c-9a4b-0123456789ab");
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (version == 1 && i == 1)
			break;
		l->copies[i].state = LUKS_COPY_GOOD;
		l->copies[i].offset = i * HEADER_BYTES;
		l->copies[i].length = version == 1 ? 592 : HEADER_BYTES;
		l->copies[i].seqid = version == 1 ? 0 : 7;
		l->copies[i].hash = 50 + i;
		l->copies[i].checksummed = version == 2;
	}
	l->immutable_hash = version == 1 ? 77 : 0;
	make_slot(l, 0, AREA_0);
	make_slot(l, 3, AREA_3);
}

/* What cryptsetup does: fields of the header change, and in LUKS2 the seqid. */
static void header_changes(struct device *d)
{
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (!d->luks.copies[i].length)
			continue;
		d->luks.copies[i].hash += 1000;
		d->luks.copies[i].seqid += d->luks.version == 2;
	}
}

static void area_is_written(struct device *d, unsigned int slot)
{
	scramble(d->bytes + d->luks.slots[slot].offset, USED, 99);
}

/* ---- what happens to a device: its owner, or its disk ---- */

static void nothing(struct device *d)
{
	(void)d;
}

static void key_changed(struct device *d)
{
	header_changes(d);
	d->luks.slots[3].described++;
	area_is_written(d, 3);
}

static void key_added(struct device *d)
{
	header_changes(d);
	make_slot(&d->luks, 5, AREA_3 + AREA);
	d->luks.slots[5].length = d->luks.slots[5].used = BLOCK_SIZE;
}

static void key_removed(struct device *d)
{
	header_changes(d);
	area_is_written(d, 0);
	d->luks.slots[0].described++;
	d->luks.slots[0].active = false;
	if (d->luks.version == 2)
		d->luks.slots[0].present = false;
}

static void every_key_removed(struct device *d)
{
	key_removed(d);
	area_is_written(d, 3);
	d->luks.slots[3].described++;
	d->luks.slots[3].active = false;
	d->luks.slots[3].present = d->luks.version == 1;
}

/* luksFormat wrote a header without a keyslot (2), and those that came then are lost. */
static void of_before_its_keyslots(struct device *d)
{
	every_key_removed(d);
	d->luks.copies[0].seqid = d->luks.copies[1].seqid = 2;
}

static void every_key_is_unbound(struct device *d)
{
	for (unsigned int i = 0; i < LUKS_SLOTS_MAX; i++)
		d->luks.slots[i].unbound = true;
}

static void key_moved(struct device *d)
{
	header_changes(d);
	d->luks.slots[0].offset = AREA_3 + AREA;
	d->luks.slots[0].length = d->luks.slots[0].used = BLOCK_SIZE;
	d->luks.slots[0].described++;
	scramble(d->bytes + AREA_0, AREA, 5);
}

static void priority_set(struct device *d)
{
	header_changes(d);
	d->luks.slots[3].described++;
}

static void label_set(struct device *d)
{
	header_changes(d);
}

static void uuid_set(struct device *d)
{
	header_changes(d);
	strcpy(d->luks.uuid, "ffffffff-1111-4444-9999-abababababab");
}

static void uuid_bit(struct device *d)
{
	d->luks.copies[0].hash++;
	d->luks.uuid[0] ^= 1;
}

static void formatted(struct device *d)
{
	uuid_set(d);
	d->luks.immutable_hash++;
	d->luks.slots[0].described += 10;
	d->luks.slots[3] = (struct luks_keyslot){ 0 };
	scramble(d->bytes, DEVICE_BYTES, 3);
}

/* LUKS1: a new volume key in the same layout, under the same UUID. */
static void reencrypted(struct device *d)
{
	header_changes(d);
	d->luks.immutable_hash++;
	d->luks.slots[0].described++;
	d->luks.slots[3].described++;
	scramble(d->bytes + AREA_0, 2 * AREA, 8);
}

static void reencryption_begins(struct device *d)
{
	key_added(d);
	d->luks.reencrypting = true;
}

static void converted(struct device *d)
{
	d->luks.version = d->luks.version == 2 ? 1 : 2;
	header_changes(d);
	d->luks.copies[1] = d->luks.copies[0];
}

static void backup_restored(struct device *d)
{
	header_changes(d);
	d->luks.copies[0].seqid = d->luks.copies[1].seqid = 4;
}

static void copy_repaired(struct device *d)
{
	d->luks.copies[1].hash++;
}

static void one_bit(struct device *d)
{
	d->bytes[AREA_3 + 2 * BLOCK_SIZE + 17] ^= 4;
}

static void bit_in_edge_block(struct device *d)
{
	d->bytes[AREA_3 + USED - 1] ^= 4;
}

static void bit_behind_edge(struct device *d)
{
	d->bytes[AREA_3 + USED] ^= 4;
}

static void padding_block(struct device *d)
{
	memset(d->bytes + AREA_3 + 4 * BLOCK_SIZE, 0, BLOCK_SIZE);
}

static void all_zero(struct device *d)
{
	memset(d->bytes + AREA_0, 0, AREA);
}

static void blocks_swapped(struct device *d)
{
	unsigned char kept[BLOCK_SIZE];

	memcpy(kept, d->bytes + AREA_0, BLOCK_SIZE);
	memcpy(d->bytes + AREA_0, d->bytes + AREA_3, BLOCK_SIZE);
	memcpy(d->bytes + AREA_3, kept, BLOCK_SIZE);
}

static void unreadable(struct device *d)
{
	d->unreadable = AREA_0 + 5;
}

static void unreadable_padding(struct device *d)
{
	d->unreadable = AREA_0 + 4 * BLOCK_SIZE;
}

/* Damage in one keyslot, and then its owner changes another one. */
static void bit_then_key_added(struct device *d)
{
	one_bit(d);
	key_added(d);
}

static void zero_then_label(struct device *d)
{
	all_zero(d);
	label_set(d);
}

/* Its owner changed it, and then the disk lost a block: what is left is not as it was sealed. */
static void changed_then_zero(struct device *d)
{
	key_changed(d);
	memset(d->bytes + AREA_3, 0, BLOCK_SIZE);
}

/* LUKS2: of a keyslot that its owner gave another priority. */
static void priority_and_bit(struct device *d)
{
	priority_set(d);
	one_bit(d);
}

static void slot_field(struct device *d)
{
	d->luks.copies[0].hash++;
	d->luks.slots[3].described++;
}

static void slot_state_lost(struct device *d)
{
	slot_field(d);
	d->luks.slots[3].active = false;
}

static void slot_moved_by_damage(struct device *d)
{
	slot_field(d);
	d->luks.immutable_hash++;
	d->luks.slots[3].offset += 512;
}

static void lasting_field(struct device *d)
{
	d->luks.copies[0].hash++;
	d->luks.immutable_hash++;
}

static void unused_field(struct device *d)
{
	d->luks.copies[0].hash++;
}

static void first_copy(struct device *d)
{
	d->luks.copies[0].state = LUKS_COPY_BAD_CHECKSUM;
	d->luks.copies[0].hash++;
	d->luks.chosen = 1;
}

static void second_copy(struct device *d)
{
	d->luks.copies[1].state = LUKS_COPY_UNREADABLE;
}

static void both_copies(struct device *d)
{
	first_copy(d);
	second_copy(d);
	d->luks.chosen = -1;
}

static void header_is_lost(struct device *d)
{
	memset(&d->luks, 0, sizeof(d->luks));
	d->luks.chosen = -1;
}

/* What is there is no noise, and no format that is known. */
static void no_header(struct device *d)
{
	header_is_lost(d);
	for (size_t i = 0; i < BLOCK_SIZE; i++)
		d->bytes[i] = (unsigned char)(i * i % 97);
}

/* As swap with a random key begins; the bytes of the device are noise already. */
static void noise_in_the_first_block(struct device *d)
{
	if (d->luks.version == 1) {
		header_is_lost(d);
		return;
	}
	d->luks.copies[0].state = LUKS_COPY_ABSENT;
	d->luks.chosen = 1;
	memcpy(d->bytes + BLOCK_SIZE, d->bytes + HEADER_BYTES + BLOCK_SIZE,
	       HEADER_BYTES - BLOCK_SIZE);
}

static void zeros_in_it_besides(struct device *d)
{
	noise_in_the_first_block(d);
	memset(d->bytes + 512, 0, 512);
}

static void a_block_of_a_keyslot_in_it(struct device *d)
{
	noise_in_the_first_block(d);
	memcpy(d->bytes, d->bytes + AREA_0, BLOCK_SIZE);
}

static void noise_and_a_bit(struct device *d)
{
	noise_in_the_first_block(d);
	d->bytes[AREA_3 + 2 * BLOCK_SIZE + 17] ^= 4;
}

/* Of swap that was in use: up to some block of the first keyslot. */
static void noise_into_a_keyslot(struct device *d)
{
	header_is_lost(d);
	scramble(d->bytes, AREA_0 + 2 * BLOCK_SIZE, 5);
}

static void noise_into_it_with_a_hole(struct device *d)
{
	noise_into_a_keyslot(d);
	memset(d->bytes + AREA_0, 0, BLOCK_SIZE);
}

static void noise_behind_a_sound_block(struct device *d)
{
	noise_in_the_first_block(d);
	scramble(d->bytes + AREA_0 + BLOCK_SIZE, BLOCK_SIZE, 5);
}

static void noise_in_more_of_the_copy(struct device *d)
{
	noise_in_the_first_block(d);
	scramble(d->bytes + 2 * BLOCK_SIZE, BLOCK_SIZE, 5);
}

static void zeros_in_more_of_the_copy(struct device *d)
{
	noise_in_more_of_the_copy(d);
	memset(d->bytes + 3 * BLOCK_SIZE, 0, BLOCK_SIZE);
}

/* A file system with a random key writes some blocks, and others not. */
static void noise_here_and_there(struct device *d)
{
	noise_behind_a_sound_block(d);
	scramble(d->bytes + AREA_3, BLOCK_SIZE, 6);
	scramble(d->bytes + AREA_3 + 3 * BLOCK_SIZE, 2 * BLOCK_SIZE, 7);
}

static void noise_here_and_there_and_a_bit(struct device *d)
{
	noise_here_and_there(d);
	d->bytes[AREA_3 + BLOCK_SIZE + 17] ^= 4;
}

static void noise_here_and_there_and_zeros(struct device *d)
{
	noise_here_and_there(d);
	memset(d->bytes + AREA_3 + BLOCK_SIZE + 512, 0, 512);
}

static void noise_here_and_there_and_a_wrong_place(struct device *d)
{
	noise_here_and_there(d);
	memcpy(d->bytes + AREA_3 + BLOCK_SIZE, d->bytes + AREA_0, BLOCK_SIZE);
}

static void noise_in_a_whole_keyslot(struct device *d)
{
	noise_in_the_first_block(d);
	scramble(d->bytes + AREA_3, USED, 9);
}

static void a_pattern_in_a_whole_keyslot(struct device *d)
{
	noise_in_the_first_block(d);
	memset(d->bytes + AREA_3, 0x55, USED);
}

/* Two copies of which each has lost something else: text is left of the one, the start of the other. */
static void noise_in_both_copies(struct device *d)
{
	static const unsigned char magic[] = { 'S', 'K', 'U', 'L', 0xba, 0xbe, 0, 2 };
	unsigned char *first = d->bytes, *second = d->bytes + HEADER_BYTES;

	memset(second, 0, HEADER_BYTES);
	memcpy(second, magic, sizeof(magic));
	strcpy((char *)second + BLOCK_SIZE, "{\"keyslots\":{}}");
	noise_here_and_there(d);
	d->luks.chosen = -1;
	d->luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
	scramble(first + 2 * BLOCK_SIZE, BLOCK_SIZE, 6);
	scramble(second + BLOCK_SIZE, BLOCK_SIZE, 7);
}

static void zeros_for_the_text_of_both(struct device *d)
{
	noise_in_both_copies(d);
	memset(d->bytes + BLOCK_SIZE, 0, BLOCK_SIZE);
}

static void no_noise_in_the_second(struct device *d)
{
	noise_in_both_copies(d);
	memcpy(d->bytes + HEADER_BYTES + BLOCK_SIZE, d->bytes + BLOCK_SIZE, BLOCK_SIZE);
}

static void ones_in_the_second(struct device *d)
{
	noise_in_both_copies(d);
	memset(d->bytes + HEADER_BYTES + 3 * BLOCK_SIZE, 0xff, BLOCK_SIZE);
}

/* As of another disk, or where the container begins elsewhere. */
static void nothing_left(struct device *d)
{
	header_is_lost(d);
	scramble(d->bytes, DEVICE_BYTES, 2);
}

static void one_block_left(struct device *d)
{
	unsigned char block[BLOCK_SIZE];

	memcpy(block, d->bytes + AREA_0 + BLOCK_SIZE, sizeof(block));
	nothing_left(d);
	memcpy(d->bytes + AREA_0 + BLOCK_SIZE, block, sizeof(block));
}

/* Padding is no proof: other disks have the same. */
static void padding_left(struct device *d)
{
	unsigned char block[BLOCK_SIZE];

	memcpy(block, d->bytes + AREA_0 + 4 * BLOCK_SIZE, sizeof(block));
	nothing_left(d);
	memcpy(d->bytes + AREA_0 + 4 * BLOCK_SIZE, block, sizeof(block));
}

/* As above, and what is at the start is no noise. */
static void one_block_left_behind_text(struct device *d)
{
	one_block_left(d);
	no_header(d);
}

static void unreadable_for_the_rest(struct device *d)
{
	nothing_left(d);
	d->unreadable = AREA_3 + 3;
}

static void future(struct device *d)
{
	d->luks.copies[0].state = d->luks.copies[1].state = LUKS_COPY_UNKNOWN;
	d->luks.chosen = -1;
}

static void requirement(struct device *d)
{
	label_set(d);
	strcpy(d->luks.requirements, "something-new");
}

static void interrupted(struct device *d)
{
	label_set(d);
	d->luks.copies[0].seqid++;
}

static void cut_in_the_first(struct device *d)
{
	header_changes(d);
	d->luks.copies[0].state = LUKS_COPY_BAD_CHECKSUM;
	d->luks.copies[0].unfinished = true;
	d->luks.copies[1].seqid--;
	d->luks.copies[1].hash -= 1000;
	d->luks.chosen = 1;
}

static void cut_in_the_second(struct device *d)
{
	header_changes(d);
	d->luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
	d->luks.copies[1].unfinished = true;
}

/* Zeros in the checksum, and no update: its seqid is the sealed one. */
static void checksum_lost(struct device *d)
{
	first_copy(d);
	d->luks.copies[0].unfinished = true;
}

static void future_begun(struct device *d)
{
	d->luks.copies[0].state = LUKS_COPY_UNKNOWN;
	d->luks.chosen = 1;
}

static void old_slot_wiped(struct device *d)
{
	reencryption_begins(d);
	area_is_written(d, 3);
}

/* As cryptsetup leaves it when it is interrupted: the header says nothing yet. */
static void slot_wiped(struct device *d)
{
	area_is_written(d, 3);
}

/* The block that the area ends in has a write of its own. */
static void slot_wiped_but_its_end(struct device *d)
{
	scramble(d->bytes + AREA_3, USED / BLOCK_SIZE * BLOCK_SIZE, 99);
}

static void slot_wiped_in_part(struct device *d)
{
	scramble(d->bytes + AREA_3, 2 * BLOCK_SIZE, 99);
}

static void slot_wiped_but_its_start(struct device *d)
{
	scramble(d->bytes + AREA_3 + BLOCK_SIZE, USED - BLOCK_SIZE, 99);
}

static void slot_wiped_and_key_added(struct device *d)
{
	slot_wiped(d);
	key_added(d);
}

static void slot_wiped_and_a_bit(struct device *d)
{
	slot_wiped(d);
	d->bytes[AREA_0 + 2 * BLOCK_SIZE] ^= 4;
}

static void slot_wiped_and_a_copy(struct device *d)
{
	slot_wiped(d);
	first_copy(d);
}

/* Of 40 times that a disk that rotates is written to, some are patterns. */
static void slot_wiped_by_pattern(struct device *d)
{
	for (size_t i = 0; i < USED - 1; i++)
		d->bytes[AREA_3 + i] = (unsigned char)(0x924924 >> (16 - 8 * (i % 3)));
}

static void slot_wiped_by_one_byte(struct device *d)
{
	memset(d->bytes + AREA_3, 0x77, USED);
}

static void slot_of_another_byte(struct device *d)
{
	memset(d->bytes + AREA_3, 0x73, USED);
}

static void slot_of_ones(struct device *d)
{
	memset(d->bytes + AREA_3, 0xff, USED);
}

static void slot_wiped_and_zeros(struct device *d)
{
	slot_wiped(d);
	memset(d->bytes + AREA_3 + BLOCK_SIZE, 0, BLOCK_SIZE);
}

static void slot_of_another_place(struct device *d)
{
	memcpy(d->bytes + AREA_3, d->bytes + AREA_0, AREA);
}

static void wiped_by_zeros_while_reencrypting(struct device *d)
{
	reencryption_begins(d);
	memset(d->bytes + AREA_3, 0, USED);
}

static void another_writer(struct device *d)
{
	both_copies(d);
	d->luks.copies[0].state = d->luks.copies[1].state = LUKS_COPY_BAD_JSON;
}

static void another_writer_and_damage(struct device *d)
{
	both_copies(d);
	d->luks.copies[0].state = LUKS_COPY_BAD_JSON;
	d->luks.copies[1].state = LUKS_COPY_BAD_CHECKSUM;
}

static void another_writer_begun(struct device *d)
{
	d->luks.copies[0].state = LUKS_COPY_BAD_JSON;
	d->luks.chosen = 1;
}

static void copy_reverted(struct device *d)
{
	d->luks.copies[1].seqid--;
	d->luks.copies[1].hash++;
}

static void first_copy_reverted(struct device *d)
{
	d->luks.copies[0].seqid--;
	d->luks.copies[0].hash++;
	d->luks.chosen = 1;
}

/* By what proves that the rest of it is newer: luks2_read(). */
static void first_block_reverted(struct device *d)
{
	first_copy(d);
	d->luks.copies[0].seqid--;
	d->luks.copies[0].older_start = true;
}

/* A backup of before the last luksChangeKey, written from the front. */
static void restored_in_part(struct device *d)
{
	backup_restored(d);
	d->luks.slots[3].described++;
	scramble(d->bytes + AREA_3, 2 * BLOCK_SIZE, 6);
}

static void restored_and_zeros(struct device *d)
{
	restored_in_part(d);
	memset(d->bytes + AREA_3, 0, BLOCK_SIZE);
}

static void restored_further_in(struct device *d)
{
	backup_restored(d);
	d->luks.slots[3].described++;
	scramble(d->bytes + AREA_3 + BLOCK_SIZE, BLOCK_SIZE, 6);
}

struct row {
	const char *what;
	int version; /* 0: both */
	void (*happens)(struct device *);
	enum verdict verdict;
	enum luks_ground ground;
	enum slot_state slot_0, slot_3, slot_5;
	bool unsealed;
};

#define SAME SLOT_AS_SEALED
#define NONE SLOT_UNKNOWN

static const struct row rows[] = {
	{ "as sealed", 0, nothing, VERDICT_INTACT, LUKS_AS_SEALED, SAME, SAME, NONE, false },
	{ "luksChangeKey", 0, key_changed, VERDICT_STALE, LUKS_CHANGED, SAME, SLOT_CHANGED, NONE,
	  false },
	{ "luksAddKey", 0, key_added, VERDICT_STALE, LUKS_CHANGED, SAME, SAME, SLOT_NEW, false },
	{ "luksKillSlot", 0, key_removed, VERDICT_STALE, LUKS_CHANGED, SLOT_REMOVED, SAME, NONE,
	  false },
	{ "luksChangeKey into another area", 2, key_moved, VERDICT_STALE, LUKS_CHANGED,
	  SLOT_CHANGED, SAME, NONE, false },
	{ "a priority", 2, priority_set, VERDICT_STALE, LUKS_CHANGED, SAME, SAME, NONE, false },
	{ "a label, a token", 2, label_set, VERDICT_STALE, LUKS_CHANGED, SAME, SAME, NONE, false },
	{ "luksUUID", 0, uuid_set, VERDICT_STALE, LUKS_CHANGED, SAME, SAME, NONE, false },
	{ "luksFormat", 0, formatted, VERDICT_STALE, LUKS_CHANGED, SLOT_CHANGED, SLOT_REMOVED, NONE,
	  false },
	{ "reencrypted", 1, reencrypted, VERDICT_STALE, LUKS_CHANGED, SLOT_CHANGED, SLOT_CHANGED,
	  NONE, false },
	{ "a reencryption that wiped an old keyslot", 2, old_slot_wiped, VERDICT_STALE,
	  LUKS_CHANGED, SAME, SLOT_CHANGED, SLOT_NEW, false },
	{ "a removal that was interrupted", 0, slot_wiped, VERDICT_INCONCLUSIVE, LUKS_SLOT_WIPED,
	  SAME, SLOT_WIPED, NONE, false },
	{ "one between its two writes", 0, slot_wiped_but_its_end, VERDICT_INCONCLUSIVE,
	  LUKS_SLOT_WIPED, SAME, SLOT_WIPED, NONE, false },
	{ "a change of a key that was interrupted", 0, slot_wiped_and_key_added,
	  VERDICT_INCONCLUSIVE, LUKS_SLOT_WIPED, SAME, SLOT_WIPED, SLOT_NEW, false },
	{ "wiped with one word", 0, slot_wiped_by_pattern, VERDICT_INCONCLUSIVE, LUKS_SLOT_WIPED,
	  SAME, SLOT_WIPED, NONE, false },
	{ "wiped with one byte", 0, slot_wiped_by_one_byte, VERDICT_INCONCLUSIVE, LUKS_SLOT_WIPED,
	  SAME, SLOT_WIPED, NONE, false },
	{ "random bytes, and a part as sealed", 0, slot_wiped_in_part, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "random bytes, and the start as sealed", 0, slot_wiped_but_its_start,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "random bytes, and zeros", 0, slot_wiped_and_zeros, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "a byte that nothing wipes with", 0, slot_of_another_byte, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "an area of ones", 0, slot_of_ones, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME,
	  SLOT_DAMAGED, NONE, false },
	{ "another keyslot's area", 0, slot_of_another_place, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "a removal that was interrupted, and a bit", 0, slot_wiped_and_a_bit,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SLOT_DAMAGED, SLOT_WIPED, NONE, false },
	{ "a removal that was interrupted, and a copy", 2, slot_wiped_and_a_copy,
	  VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, SAME, SLOT_WIPED, NONE, false },
	{ "zeros during a reencryption", 2, wiped_by_zeros_while_reencrypting,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, SLOT_NEW, false },
	{ "another writer's metadata", 2, another_writer, VERDICT_INCONCLUSIVE, LUKS_NOT_KNOWN,
	  SAME, SAME, NONE, false },
	{ "another writer's metadata, and a bit", 2, another_writer_and_damage,
	  VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, SAME, SAME, NONE, false },
	{ "another writer's metadata in one copy", 2, another_writer_begun, VERDICT_INCONCLUSIVE,
	  LUKS_NOT_KNOWN, SAME, SAME, NONE, false },
	{ "reencryption in progress", 2, reencryption_begins, VERDICT_STALE, LUKS_CHANGED, SAME,
	  SAME, SLOT_NEW, false },
	{ "convert", 0, converted, VERDICT_STALE, LUKS_CHANGED, SLOT_CHANGED, SLOT_CHANGED, NONE,
	  false },
	{ "luksHeaderRestore", 2, backup_restored, VERDICT_INCONCLUSIVE, LUKS_OLDER, SAME, SAME,
	  NONE, false },
	{ "luksErase", 0, every_key_removed, VERDICT_STALE, LUKS_NO_KEYSLOT, SLOT_REMOVED,
	  SLOT_REMOVED, NONE, false },
	{ "luksErase, not sealed", 0, every_key_removed, VERDICT_INCONCLUSIVE, LUKS_NO_KEYSLOT,
	  NONE, NONE, NONE, true },
	{ "luksFormat's first header, not sealed", 2, of_before_its_keyslots, VERDICT_INCONCLUSIVE,
	  LUKS_NO_KEYSLOT, NONE, NONE, NONE, true },
	{ "luksFormat's first header", 2, of_before_its_keyslots, VERDICT_INCONCLUSIVE,
	  LUKS_NO_KEYSLOT, SLOT_REMOVED, SLOT_REMOVED, NONE, false },
	{ "sealed without a keyslot of the volume", 2, every_key_is_unbound, VERDICT_INTACT,
	  LUKS_AS_SEALED, SAME, SAME, NONE, false },
	{ "a copy repaired silently", 2, copy_repaired, VERDICT_STALE, LUKS_REWRITTEN, SAME, SAME,
	  NONE, false },
	{ "an update was interrupted", 2, interrupted, VERDICT_INCONCLUSIVE, LUKS_COPY_OLDER, SAME,
	  SAME, NONE, false },
	{ "a bit in key material", 0, one_bit, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME,
	  SLOT_DAMAGED, NONE, false },
	{ "the last byte of key material", 0, bit_in_edge_block, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "the first byte behind it", 0, bit_behind_edge, VERDICT_INTACT, LUKS_HARMLESS_BAD, SAME,
	  SLOT_PADDING, NONE, false },
	{ "a block of padding", 0, padding_block, VERDICT_INTACT, LUKS_HARMLESS_BAD, SAME,
	  SLOT_PADDING, NONE, false },
	{ "an area of zeros", 0, all_zero, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SLOT_DAMAGED,
	  SAME, NONE, false },
	{ "blocks swapped", 0, blocks_swapped, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD,
	  SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "unreadable key material", 0, unreadable, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD,
	  SLOT_UNREADABLE, SAME, NONE, false },
	{ "unreadable padding", 0, unreadable_padding, VERDICT_INTACT, LUKS_HARMLESS_BAD,
	  SLOT_PADDING, SAME, NONE, false },
	{ "damage, then luksAddKey", 0, bit_then_key_added, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, SLOT_NEW, false },
	{ "zeros, then a label", 2, zero_then_label, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD,
	  SLOT_DAMAGED, SAME, NONE, false },
	{ "luksChangeKey, then zeros", 0, changed_then_zero, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_CHANGED, NONE, false },
	{ "a priority, and a bit", 2, priority_and_bit, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD,
	  SAME, SLOT_DAMAGED, NONE, false },
	{ "LUKS1: a salt", 1, slot_field, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME,
	  SLOT_DAMAGED, NONE, false },
	{ "LUKS1: a state", 1, slot_state_lost, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME,
	  SLOT_DAMAGED, NONE, false },
	{ "LUKS1: an offset", 1, slot_moved_by_damage, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD,
	  SAME, SLOT_DAMAGED, NONE, false },
	{ "LUKS1: a lasting field", 1, lasting_field, VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD,
	  SAME, SAME, NONE, false },
	{ "LUKS1: a bit of the UUID", 1, uuid_bit, VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD,
	  SAME, SAME, NONE, false },
	{ "LUKS1: a field of no use", 1, unused_field, VERDICT_INTACT, LUKS_HARMLESS_BAD, SAME,
	  SAME, NONE, false },
	{ "the first copy", 2, first_copy, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, SAME, SAME,
	  NONE, false },
	{ "the second copy", 2, second_copy, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, SAME, SAME,
	  NONE, false },
	{ "an update cut in the first copy", 2, cut_in_the_first, VERDICT_INCONCLUSIVE,
	  LUKS_COPY_OLDER, SAME, SAME, NONE, false },
	{ "an update cut in the second copy", 2, cut_in_the_second, VERDICT_INCONCLUSIVE,
	  LUKS_COPY_OLDER, SAME, SAME, NONE, false },
	{ "zeros in the checksum", 2, checksum_lost, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD,
	  SAME, SAME, NONE, false },
	{ "a copy of before the seal", 2, copy_reverted, VERDICT_STORAGE_CORRUPTION,
	  LUKS_COPY_OLDER, SAME, SAME, NONE, false },
	{ "a first copy of before the seal", 2, first_copy_reverted, VERDICT_INCONCLUSIVE,
	  LUKS_COPY_OLDER, SAME, SAME, NONE, false },
	{ "a first block of before the seal", 2, first_block_reverted, VERDICT_INCONCLUSIVE,
	  LUKS_COPY_OLDER, SAME, SAME, NONE, false },
	{ "luksHeaderRestore that was stopped", 0, restored_in_part, VERDICT_INCONCLUSIVE,
	  LUKS_SLOT_WIPED, SAME, SLOT_WIPED, NONE, false },
	{ "luksHeaderRestore that was stopped, and zeros", 0, restored_and_zeros,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "other bytes further in, and an older header", 0, restored_further_in,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "both copies", 2, both_copies, VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD, SAME, SAME,
	  NONE, false },
	{ "no header", 0, no_header, VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SAME, SAME, NONE,
	  false },
	{ "noise in the first block", 0, noise_in_the_first_block, VERDICT_INCONCLUSIVE, LUKS_NOISE,
	  SAME, SAME, NONE, false },
	{ "noise in it, not sealed", 2, noise_in_the_first_block, VERDICT_INCONCLUSIVE, LUKS_NOISE,
	  NONE, NONE, NONE, true },
	{ "zeros in it besides", 1, zeros_in_it_besides, VERDICT_STORAGE_CORRUPTION, LUKS_GONE,
	  SAME, SAME, NONE, false },
	{ "zeros in it besides", 2, zeros_in_it_besides, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD,
	  SAME, SAME, NONE, false },
	{ "a block of a keyslot in it", 1, a_block_of_a_keyslot_in_it, VERDICT_STORAGE_CORRUPTION,
	  LUKS_GONE, SAME, SAME, NONE, false },
	{ "a block of a keyslot in it", 2, a_block_of_a_keyslot_in_it, VERDICT_STORAGE_CORRUPTION,
	  LUKS_COPY_BAD, SAME, SAME, NONE, false },
	{ "noise in it, and a bit in key material", 1, noise_and_a_bit, VERDICT_STORAGE_CORRUPTION,
	  LUKS_GONE, SAME, SLOT_DAMAGED, NONE, false },
	{ "noise in it, and a bit in key material", 2, noise_and_a_bit, VERDICT_STORAGE_CORRUPTION,
	  LUKS_SLOT_BAD, SAME, SLOT_DAMAGED, NONE, false },
	{ "noise up to a keyslot's second block", 1, noise_into_a_keyslot, VERDICT_INCONCLUSIVE,
	  LUKS_NOISE, SLOT_DAMAGED, SAME, NONE, false },
	{ "noise up to a keyslot's second block", 2, noise_into_a_keyslot, VERDICT_INCONCLUSIVE,
	  LUKS_NOISE, SLOT_DAMAGED, SAME, NONE, false },
	{ "a block of zeros in it", 1, noise_into_it_with_a_hole, VERDICT_STORAGE_CORRUPTION,
	  LUKS_GONE, SLOT_DAMAGED, SAME, NONE, false },
	{ "a block of zeros in it", 2, noise_into_it_with_a_hole, VERDICT_STORAGE_CORRUPTION,
	  LUKS_GONE, SLOT_DAMAGED, SAME, NONE, false },
	{ "noise in it, and behind a sound block", 0, noise_behind_a_sound_block,
	  VERDICT_INCONCLUSIVE, LUKS_NOISE, SLOT_DAMAGED, SAME, NONE, false },
	{ "noise in it, and further in", 2, noise_in_more_of_the_copy, VERDICT_INCONCLUSIVE,
	  LUKS_NOISE, SAME, SAME, NONE, false },
	{ "noise in it, and further in, not sealed", 2, noise_in_more_of_the_copy,
	  VERDICT_INCONCLUSIVE, LUKS_NOISE, NONE, NONE, NONE, true },
	{ "noise in it, further in, and zeros", 2, zeros_in_more_of_the_copy,
	  VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, SAME, SAME, NONE, false },
	{ "noise in it, further in, and zeros, not sealed", 2, zeros_in_more_of_the_copy,
	  VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, NONE, NONE, NONE, true },
	{ "noise in it, here and there", 0, noise_here_and_there, VERDICT_INCONCLUSIVE, LUKS_NOISE,
	  SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise here and there, and a bit", 1, noise_here_and_there_and_a_bit,
	  VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise here and there, and a bit", 2, noise_here_and_there_and_a_bit,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise here and there, and a sector of zeros", 1, noise_here_and_there_and_zeros,
	  VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise here and there, and a sector of zeros", 2, noise_here_and_there_and_zeros,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise here and there, and a sealed block", 1, noise_here_and_there_and_a_wrong_place,
	  VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise here and there, and a sealed block", 2, noise_here_and_there_and_a_wrong_place,
	  VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise in it, and in a whole keyslot", 0, noise_in_a_whole_keyslot, VERDICT_INCONCLUSIVE,
	  LUKS_NOISE, SAME, SLOT_WIPED, NONE, false },
	{ "noise in it, and a pattern in a keyslot", 1, a_pattern_in_a_whole_keyslot,
	  VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SAME, SLOT_WIPED, NONE, false },
	{ "noise in it, and a pattern in a keyslot", 2, a_pattern_in_a_whole_keyslot,
	  VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD, SAME, SLOT_WIPED, NONE, false },
	{ "noise in both copies, with holes", 2, noise_in_both_copies, VERDICT_INCONCLUSIVE,
	  LUKS_NOISE, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "zeros for the text of both", 2, zeros_for_the_text_of_both, VERDICT_STORAGE_CORRUPTION,
	  LUKS_HEADERS_BAD, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "no noise in the second copy", 2, no_noise_in_the_second, VERDICT_STORAGE_CORRUPTION,
	  LUKS_HEADERS_BAD, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "ones in the second copy besides", 2, ones_in_the_second, VERDICT_STORAGE_CORRUPTION,
	  LUKS_HEADERS_BAD, SLOT_DAMAGED, SLOT_DAMAGED, NONE, false },
	{ "noise, a block of key material left", 0, one_block_left, VERDICT_INCONCLUSIVE,
	  LUKS_NOISE, SLOT_DAMAGED, SLOT_WIPED, NONE, false },
	{ "no header, a block of key material left", 0, one_block_left_behind_text,
	  VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SLOT_DAMAGED, SLOT_WIPED, NONE, false },
	{ "neither header nor key material", 0, nothing_left, VERDICT_INCONCLUSIVE, LUKS_NOT_HERE,
	  SLOT_WIPED, SLOT_WIPED, NONE, false },
	{ "nothing but padding", 0, padding_left, VERDICT_INCONCLUSIVE, LUKS_NOT_HERE, SLOT_WIPED,
	  SLOT_WIPED, NONE, false },
	{ "nothing, and a sector that cannot be read", 0, unreadable_for_the_rest,
	  VERDICT_STORAGE_CORRUPTION, LUKS_GONE, SLOT_WIPED, SLOT_UNREADABLE, NONE, false },
	{ "a future version", 2, future, VERDICT_INCONCLUSIVE, LUKS_NOT_KNOWN, SAME, SAME, NONE,
	  false },
	{ "a future version in one copy", 2, future_begun, VERDICT_INCONCLUSIVE, LUKS_NOT_KNOWN,
	  SAME, SAME, NONE, false },
	{ "a requirement", 2, requirement, VERDICT_INCONCLUSIVE, LUKS_NOT_KNOWN, SAME, SAME, NONE,
	  false },
	{ "not sealed", 0, nothing, VERDICT_STALE, LUKS_NOT_SEALED, NONE, NONE, NONE, true },
	{ "not sealed, a bit", 0, one_bit, VERDICT_STALE, LUKS_NOT_SEALED, NONE, NONE, NONE, true },
	{ "not sealed, zeros", 0, all_zero, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, NONE, NONE,
	  NONE, true },
	{ "not sealed, one copy bad", 2, first_copy, VERDICT_STORAGE_CORRUPTION, LUKS_COPY_BAD,
	  NONE, NONE, NONE, true },
	{ "not sealed, both bad", 2, both_copies, VERDICT_STORAGE_CORRUPTION, LUKS_HEADERS_BAD,
	  NONE, NONE, NONE, true },
	{ "not sealed, wiped with one word", 0, slot_wiped_by_pattern, VERDICT_INCONCLUSIVE,
	  LUKS_SLOT_WIPED, NONE, SLOT_WIPED, NONE, true },
	{ "not sealed, ones", 0, slot_of_ones, VERDICT_STORAGE_CORRUPTION, LUKS_SLOT_BAD, NONE,
	  NONE, NONE, true },
	{ "never a header", 0, no_header, VERDICT_INCONCLUSIVE, LUKS_NEVER_THERE, NONE, NONE, NONE,
	  true },
};

static void seal(struct device *d, struct sealed_luks *s)
{
	struct source source = source_of(d);

	assert_int_equal(luks_record(s, &d->luks, &source), 0);
	s->device = strdup("/dev/nowhere");
	s->place = strdup("");
	assert_true(s->device && s->place);
}

static void check_row(const struct row *row, int version)
{
	static struct device d;
	struct luks_view v = { .device = "/dev/nowhere" };
	struct source source = source_of(&d);
	struct luks_judgement j;
	struct sealed_luks s;
	struct report r;

	make_device(&d, version);
	seal(&d, &s);
	row->happens(&d);
	v.luks = d.luks;
	assert_int_equal(luks_view_compare(&v, &source, row->unsealed ? NULL : &s, 5), 0);
	j = judge_luks(&v);
	if (j.verdict != row->verdict || j.ground != row->ground)
		fail_msg("LUKS%d: %s: verdict %s, ground %d", version, row->what,
			 verdict_name(j.verdict), (int)j.ground);
	if (v.comparison.slots[0] != row->slot_0 || v.comparison.slots[3] != row->slot_3 ||
	    v.comparison.slots[5] != row->slot_5)
		fail_msg("LUKS%d: %s: keyslots %d %d %d", version, row->what,
			 (int)v.comparison.slots[0], (int)v.comparison.slots[3],
			 (int)v.comparison.slots[5]);
	/* What is told is what was judged. */
	report_init(&r, "luks");
	report_luks(&r, &v);
	report_conclude(&r);
	if (r.verdict != row->verdict)
		fail_msg("LUKS%d: %s: the report says %s", version, row->what,
			 verdict_name(r.verdict));
	report_clear(&r);
	luks_view_clear(&v);
	sealed_luks_clear(&s);
}

static void test_every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int version = 1; version <= 2; version++) {
			if (!rows[i].version || rows[i].version == version)
				check_row(&rows[i], version);
		}
	}
}

static void test_sets(void **state)
{
	static struct device d;
	struct luks_view v = { .device = "/dev/nowhere" };
	struct source source = source_of(&d);
	struct sealed_luks s;

	(void)state;
	make_device(&d, 2);
	seal(&d, &s);
	one_bit(&d);
	key_added(&d);
	v.luks = d.luks;
	assert_int_equal(luks_view_compare(&v, &source, &s, 5), 0);
	assert_int_equal(luks_slots_sound(&v), 1u << 0);
	assert_int_equal(luks_slots_damaged(&v), 1u << 3);
	assert_int_equal(luks_slots_unproven(&v), 1u << 5);
	assert_int_equal(v.comparison.bad_blocks[3], 1);
	assert_true(v.comparison.first_bad[3] == AREA_3 + 2 * BLOCK_SIZE);
	luks_view_clear(&v);
	sealed_luks_clear(&s);
}

/* Every bit of the key material; the whole of a block that it shares with padding, too. */
static void test_every_block(void **state)
{
	static struct device d;
	struct source source = source_of(&d);
	struct luks_comparison c;
	struct sealed_luks s;

	(void)state;
	make_device(&d, 2);
	seal(&d, &s);
	for (uint64_t at = 0; at < AREA; at += 61) {
		d.bytes[AREA_0 + at] ^= (unsigned char)(1u << at % 8);
		assert_int_equal(sealed_luks_compare(&s, &d.luks, &source, &c), 0);
		assert_int_equal(c.slots[0], at < USED ? SLOT_DAMAGED : SLOT_PADDING);
		assert_int_equal(c.slots[3], SLOT_AS_SEALED);
		d.bytes[AREA_0 + at] ^= (unsigned char)(1u << at % 8);
	}
	assert_int_equal(sealed_luks_compare(&s, &d.luks, &source, &c), 0);
	assert_int_equal(c.slots[0], SLOT_AS_SEALED);
	sealed_luks_clear(&s);
}

/* What is damaged is not sealed. */
static void test_refused(void **state)
{
	static void (*const kinds[])(struct device *) = { first_copy, second_copy, both_copies,
							  no_header, interrupted };
	static struct device d;
	struct source source = source_of(&d);
	struct sealed_luks s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		make_device(&d, 2);
		kinds[i](&d);
		assert_int_equal(luks_record(&s, &d.luks, &source), -EBADMSG);
		assert_null(s.uuid);
		assert_null(s.slots);
	}
	make_device(&d, 2);
	d.luks.slots[3].offset = DEVICE_BYTES - BLOCK_SIZE;
	assert_int_equal(luks_record(&s, &d.luks, &source), -EBADMSG);
	make_device(&d, 1);
	d.unreadable = AREA_3 + 3;
	assert_int_equal(luks_record(&s, &d.luks, &source), -EIO);
	assert_null(s.slots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_every_block),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
