// SPDX-License-Identifier: GPL-2.0-or-later
#include "storage/lvm.h"

#include <string.h>

#include "storage/lvm_label.h"
#include "storage/signature.h"
#include "util/bytes.h"
#include "util/util.h"

#define LABELS	   4u /* sectors in which a label may be */
#define AREA_MAGIC "\040LVM2\040x[5A%r0N*>"
#define AREA_AT	   4096u /* of the first metadata area, as pvcreate places it */
#define AREAS_MAX  2u
#define TEXT_MAX   (16u << 20)
#define IGNORED	   1u /* raw_locn: RAW_LOCN_IGNORED */

static bool read_at(const struct source *source, void *buf, size_t len, uint64_t offset)
{
	return source_read(source, buf, len, offset) == (ssize_t)len;
}

static bool is_erased(const unsigned char *label)
{
	unsigned char copy[LVM_SECTOR];
	bool magic, type;

	memcpy(copy, label, LVM_SECTOR);
	magic = bytes_put_back(copy, LVM_LABEL_MAGIC, 8);
	type = bytes_put_back(copy + 24, LVM_LABEL_TYPE, 8);
	return (magic || type) && lvm_label_is_right(copy);
}

/* SOUND: the one at *at is right. */
static enum lvm_state look_for_label(const unsigned char *head, size_t *at)
{
	for (unsigned int i = 0; i < LABELS; i++) {
		const unsigned char *label = head + (size_t)i * LVM_SECTOR;

		*at = (size_t)i * LVM_SECTOR;
		if (lvm_label_is_right(label))
			return LVM_SOUND;
		if (is_erased(label))
			return LVM_ERASED;
		if (!memcmp(label, LVM_LABEL_MAGIC, 8) || !memcmp(label + 24, LVM_LABEL_TYPE, 8))
			return LVM_LABEL_BAD;
	}
	return LVM_ABSENT;
}

static bool header_is_right(const unsigned char *h)
{
	return lvm_crc(LVM_CRC_INIT, h + 4, LVM_SECTOR - 4) == le32(h) &&
	       !memcmp(h + 4, AREA_MAGIC, sizeof(AREA_MAGIC) - 1);
}

/* Where in a metadata area a text is read. */
struct place {
	const struct source *source;
	uint64_t area, size, at;
};

/* The next bytes of it; 0: none can be read. At the end of its area it goes on behind the header. */
static size_t read_text(struct place *p, unsigned char *buf, uint64_t len)
{
	uint64_t n = p->size - p->at < len ? p->size - p->at : len;

	if (!read_at(p->source, buf, n, p->area + p->at))
		return 0;
	p->at = p->at + n == p->size ? LVM_SECTOR : p->at + n;
	return n;
}

/* True: as its checksum says. */
static bool text_is_right(const struct source *source, uint64_t area, uint64_t area_size,
			  const unsigned char *locn)
{
	uint64_t at = le64(locn), left = le64(locn + 8);
	struct place p = { source, area, area_size, at };
	uint32_t crc = LVM_CRC_INIT;
	unsigned char block[4096];

	if (!left || left > TEXT_MAX || at < LVM_SECTOR || at >= area_size ||
	    left > area_size - LVM_SECTOR)
		return true;
	while (left) {
		size_t n = read_text(&p, block, left < sizeof(block) ? left : sizeof(block));

		if (!n)
			return true;
		crc = lvm_crc(crc, block, n);
		left -= n;
	}
	return crc == le32(locn + 16);
}

/* What of a text was read; LVM2, lib/config/config.c: sections in braces, strings, a zero at the end. */
struct reader {
	unsigned int depth, sections;
	bool string, escaped, bad;
};

static void read_character(struct reader *r, unsigned char c)
{
	bool quote = c == '"' && !r->escaped;

	r->bad |= c < ' ' && c != '\n' && c != '\t';
	r->escaped = r->string && c == '\\' && !r->escaped;
	if (quote)
		r->string = !r->string;
	if (r->string)
		return;
	r->bad |= c == '}' && !r->depth;
	r->depth += c == '{';
	r->depth -= c == '}';
	r->sections += c == '{';
}

/*
 * A whole text, but one that ends elsewhere than the header says: two hosts have written to one disk
 * without locks. A sector that was lost moves no end.
 */
static bool is_another_text(const struct source *source, uint64_t area, uint64_t area_size,
			    const unsigned char *locn)
{
	struct place p = { source, area, area_size, le64(locn) };
	struct reader r = { .depth = 0 };
	unsigned char block[4096];
	uint64_t len = 0;

	while (len < area_size && len < TEXT_MAX && !r.bad) {
		size_t n = read_text(&p, block, sizeof(block));

		for (size_t i = 0; i < n && !r.bad; i++) {
			len++;
			if (!block[i])
				return r.sections && !r.depth && !r.string && len != le64(locn + 8);
			read_character(&r, block[i]);
		}
		if (!n)
			break;
	}
	return false;
}

static enum lvm_state examine_area(const struct source *source, uint64_t area, uint64_t size,
				   uint64_t *offset)
{
	unsigned char h[LVM_SECTOR];

	*offset = area;
	if (!read_at(source, h, sizeof(h), area))
		return LVM_SOUND;
	if (bytes_are_zero(h, sizeof(h)))
		return LVM_AREA_ZERO;
	if (!header_is_right(h))
		return LVM_HEADER_BAD;
	if (le32(h + 40 + 20) & IGNORED || text_is_right(source, area, size, h + 40))
		return LVM_SOUND;
	*offset = area + le64(h + 40);
	return is_another_text(source, area, size, h + 40) ? LVM_TEXT_OTHER : LVM_TEXT_BAD;
}

/* Behind the UUID and the size two lists of places, each ended by zeros: of data, and of metadata. */
static enum lvm_state examine_areas(const struct source *source, const unsigned char *label,
				    uint64_t *offset)
{
	size_t at = (size_t)le32(label + 20) + 40;
	enum lvm_state state = LVM_SOUND;
	unsigned int list = 0, areas = 0;

	for (; list < 2 && at <= LVM_SECTOR - 16 && areas < AREAS_MAX; at += 16) {
		if (!le64(label + at)) {
			list++;
			continue;
		}
		if (!list)
			continue;
		areas++;
		state = examine_area(source, le64(label + at), le64(label + at + 8), offset);
		if (state != LVM_SOUND)
			break;
	}
	return state;
}

/*
 * The label's own sector, which no checksum covers: LVM2, lib/label/label.c, takes no label that is in
 * another. Then its partition begins elsewhere than it did, or that number is damaged while the
 * metadata area is where the label says.
 */
static enum lvm_state examine_sector(const struct source *source, const unsigned char *label,
				     size_t at)
{
	unsigned char area[LVM_SECTOR];

	if (le64(label + 8) == at / LVM_SECTOR)
		return LVM_SOUND;
	return read_at(source, area, sizeof(area), AREA_AT) && header_is_right(area) ? LVM_LABEL_BAD
										     : LVM_MOVED;
}

static enum lvm_state examine(const struct source *source, uint64_t *offset)
{
	unsigned char head[LABELS * LVM_SECTOR], area[LVM_SECTOR];
	enum lvm_state state;
	size_t at = 0;

	*offset = 0;
	if (!read_at(source, head, sizeof(head), 0))
		return LVM_ABSENT;
	state = look_for_label(head, &at);
	*offset = state == LVM_ABSENT ? 0 : at;
	if (state == LVM_SOUND)
		state = examine_sector(source, head + at, at);
	if (state == LVM_SOUND)
		return examine_areas(source, head + at, offset);
	if (state != LVM_ABSENT || !read_at(source, area, sizeof(area), AREA_AT) ||
	    !header_is_right(area))
		return state;
	if (bytes_are_zero(head, sizeof(head)))
		return LVM_LABEL_GONE;
	return recognise_other(source) ? LVM_ABSENT : LVM_LABEL_LOST;
}

enum lvm_state lvm_examine(const struct source *source, uint64_t *offset)
{
	enum lvm_state state = examine(source, offset);

	return state != LVM_ABSENT && state != LVM_SOUND && recognise_over_lvm(source) ? LVM_OTHER
										       : state;
}

const char *lvm_state_text(enum lvm_state state)
{
	static const char *const texts[] = {
		[LVM_ERASED] = "eight bytes of its LVM label were erased, as wipefs does it",
		[LVM_LABEL_GONE] = "an LVM metadata area is there, and no label in front of it, as "
				   "pvremove leaves it",
		[LVM_LABEL_LOST] = "other bytes are where its LVM label was, and its metadata area "
				   "is there",
		[LVM_OTHER] = "it was an LVM physical volume, and another format is over that",
		[LVM_MOVED] = "its LVM label says that it lies in another sector than it does: its "
			      "partition begins elsewhere than it did",
		[LVM_LABEL_BAD] = "its LVM label is wrong by its checksum or its sector",
		[LVM_HEADER_BAD] = "the checksum of its LVM metadata area's header is wrong",
		[LVM_TEXT_BAD] = "the checksum of its LVM metadata is wrong",
		[LVM_TEXT_OTHER] =
			"a whole text of LVM metadata is there, but not the one that the header "
			"tells of: two hosts wrote to it without locks, or it gave back old "
			"bytes",
		[LVM_AREA_ZERO] = "zeros are where its LVM label says that its metadata begin",
	};

	return state < ARRAY_SIZE(texts) ? texts[state] : NULL;
}
