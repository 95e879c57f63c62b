// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks2.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "luks/copy.h"
#include "luks/luks2_binary.h"
#include "luks/luks2_json.h"
#include "luks/luks2_rebuild.h"
#include "util/bytes.h"
#include "util/hash.h"
#include "util/text.h"
#include "util/util.h"

/* A place where a copy should be, and what is there. */
struct place {
	unsigned int index; /* 0: the first copy */
	uint64_t offset;
	unsigned char binary[LUKS2_BINARY];
	bool erased;	   /* its magic is all zero, and binary has it as it must be */
	bool recognised;   /* damaged or not, this is a LUKS2 header */
	bool newer;	   /* its checksum proves that it is of a newer version */
	bool elsewhere;	   /* a whole header's fields, of a container that begins elsewhere */
	uint64_t begins;   /* ELSEWHERE: there, bytes */
	struct luks found; /* copies[0] is this copy; the rest counts when that is GOOD */
};

static struct luks_copy *copy_of(struct place *p)
{
	return &p->found.copies[0];
}

static const unsigned char *magic_of(const struct place *p)
{
	return p->index == 0 ? luks_magic : luks2_magic_second;
}

static bool has_magic(const struct place *p)
{
	return memcmp(p->binary, magic_of(p), LUKS_MAGIC_BYTES) == 0;
}

/* Three of four: what a LUKS2 header here says of itself, other than by its magic. */
static bool has_marks(const struct place *p)
{
	unsigned int marks = 0;

	marks += be16(p->binary + LUKS2_AT_VERSION) == 2;
	marks += luks2_is_size(be64(p->binary + LUKS2_AT_SIZE));
	marks += be64(p->binary + LUKS2_AT_OFFSET) == p->offset;
	marks += luks2_checksum_bytes(p->binary) != 0;
	return marks >= 3;
}

static void fill_from_binary(struct place *p)
{
	const unsigned char *b = p->binary;
	struct luks *l = &p->found;

	copy_of(p)->seqid = be64(b + LUKS2_AT_SEQID);
	if (luks2_is_size(be64(b + LUKS2_AT_SIZE)))
		copy_of(p)->length = be64(b + LUKS2_AT_SIZE);
	if (luks_is_uuid(b + LUKS2_AT_UUID, LUKS2_UUID_BYTES))
		text_field(l->uuid, sizeof(l->uuid), b + LUKS2_AT_UUID, LUKS2_UUID_BYTES);
	text_field(l->label, sizeof(l->label), b + LUKS2_AT_LABEL, LUKS2_LABEL_BYTES);
	text_field(l->subsystem, sizeof(l->subsystem), b + LUKS2_AT_SUBSYSTEM, LUKS2_LABEL_BYTES);
}

static void says_magic(struct place *p, enum luks_copy_state state)
{
	const unsigned char *b = p->binary;

	luks_copy_says(copy_of(p), state,
		       "it begins with %02x %02x %02x %02x %02x %02x, not with \"%.4s\" ba be",
		       b[0], b[1], b[2], b[3], b[4], b[5], p->index == 0 ? "LUKS" : "SKUL");
}

/* More than the magic is lost. */
static void says_zeros(struct place *p)
{
	memset(p->binary, 0, LUKS_MAGIC_BYTES);
	copy_of(p)->unfinished = false;
	says_magic(p, LUKS_COPY_BAD_FIELD);
}

/* Whether the binary header keeps to the format, but for its checksum. */
static bool binary_is_right(struct place *p)
{
	const unsigned char *b = p->binary;
	uint64_t size = be64(b + LUKS2_AT_SIZE), offset = be64(b + LUKS2_AT_OFFSET);
	struct luks_copy *c = copy_of(p);

	if (!has_magic(p))
		says_magic(p, LUKS_COPY_BAD_FIELD);
	else if (!luks2_is_size(size))
		luks_copy_says(c, LUKS_COPY_BAD_FIELD, "no header has %" PRIu64 " bytes", size);
	else if (offset != p->offset)
		luks_copy_says(c, LUKS_COPY_BAD_FIELD,
			       "it says that it is at offset %" PRIu64 ", not at %" PRIu64, offset,
			       p->offset);
	else if (p->index == 1 && size != p->offset)
		luks_copy_says(c, LUKS_COPY_BAD_FIELD,
			       "a header of %" PRIu64 " bytes has its second copy at %" PRIu64
			       ", not at %" PRIu64,
			       size, size, p->offset);
	else if (!luks_is_name(b + LUKS2_AT_ALGORITHM, LUKS2_NAME_BYTES))
		luks_copy_says(c, LUKS_COPY_BAD_FIELD, "the checksum's name is none");
	else
		return true;
	return false;
}

/* Reads all of a copy: NULL, and why, when that cannot be done. magic: to be put there, or NULL. */
static unsigned char *read_whole(const struct source *source, struct luks_copy *c,
				 const unsigned char *magic)
{
	unsigned char *whole = malloc(c->length);
	ssize_t n = whole ? source_read(source, whole, c->length, c->offset) : -ENOMEM;

	if (n == (ssize_t)c->length) {
		if (magic)
			memcpy(whole, magic, LUKS_MAGIC_BYTES);
		c->hash = hash64(whole, c->length);
		return whole;
	}
	free(whole);
	if (*c->reason)
		return NULL;
	if (n < 0)
		luks_copy_says(c, LUKS_COPY_UNREADABLE, "reading it failed: %s", strerror((int)-n));
	else
		luks_copy_says(c, LUKS_COPY_CUT,
			       "its %" PRIu64 " bytes would end behind the end of the device",
			       c->length);
	return NULL;
}

static void examine_version(struct place *p, const unsigned char *whole)
{
	bool known = luks2_checksum_bytes(p->binary);
	struct luks_copy *c = copy_of(p);
	uint32_t version = be16(p->binary + LUKS2_AT_VERSION);
	unsigned char digest[LUKS2_CHECKSUM_MAX];

	if (known)
		p->newer = version > 2 && luks2_checksum_holds(whole, c->length, version, digest);
	if (version < 2 || (known && luks2_checksum_holds(whole, c->length, 2, digest)))
		luks_copy_says(c, LUKS_COPY_BAD_FIELD, "the version is %" PRIu32 ", not 2",
			       version);
	else
		luks_copy_says(c, LUKS_COPY_UNKNOWN,
			       "version %" PRIu32 " is newer than this program", version);
}

static void says_checksum(struct luks_copy *c, const char *name, const unsigned char *found,
			  const unsigned char *stated)
{
	luks_copy_says(c, LUKS_COPY_BAD_CHECKSUM,
		       "its %s begins with %08" PRIx32 ", and it states %08" PRIx32, name,
		       be32(found), be32(stated));
}

static int examine_whole(struct place *p, const unsigned char *whole)
{
	const char *sum = luks2_checksum_name(p->binary);
	struct luks_copy *c = copy_of(p);
	unsigned char digest[LUKS2_CHECKSUM_MAX];
	int r;

	if (be16(p->binary + LUKS2_AT_VERSION) != 2) {
		examine_version(p, whole);
		return 0;
	}
	if (!sum) {
		luks_copy_says(c, LUKS_COPY_UNKNOWN, "this program does not know its checksum, %s",
			       (const char *)p->binary + LUKS2_AT_ALGORITHM);
		return 0;
	}
	c->checksummed = true;
	if (!luks2_checksum_holds(whole, c->length, 2, digest)) {
		c->unfinished = bytes_are_zero(whole + LUKS2_AT_CHECKSUM, LUKS2_CHECKSUM_MAX);
		says_checksum(c, sum, digest, whole + LUKS2_AT_CHECKSUM);
		return 0;
	}
	r = luks2_json_read((const char *)whole + LUKS2_BINARY, c->length - LUKS2_BINARY, c->length,
			    &p->found, c->reason);
	if (r == -ENOMEM)
		return r;
	c->state = r < 0 ? LUKS_COPY_BAD_JSON : LUKS_COPY_GOOD;
	return 0;
}

/* Of a copy that is good: what no checksum covers is told apart, and is no other header. */
static void set_unused_apart(struct luks_copy *c, unsigned char *whole)
{
	size_t used = LUKS2_AT_CHECKSUM + luks2_checksum_bytes(whole);

	if (bytes_are_zero(whole + used, LUKS2_UNUSED_END - used))
		return;
	c->unused_bad = c->offset + used;
	c->boot_mark = !c->offset && memcmp(whole + LUKS2_UNUSED_END - 2, "\x55\xaa", 2) == 0 &&
		       bytes_are_zero(whole + used, LUKS2_UNUSED_END - 2 - used);
	memset(whole + used, 0, LUKS2_UNUSED_END - used);
	c->hash = hash64(whole, c->length);
}

static int examine(const struct source *source, struct place *p)
{
	unsigned char *whole cleanup(free_ptr) = NULL;
	struct luks_copy *c = copy_of(p);
	int r = 0;
	bool right;

	fill_from_binary(p);
	right = binary_is_right(p);
	if (c->length)
		whole = read_whole(source, c, p->erased ? magic_of(p) : NULL);
	if (right && whole)
		r = examine_whole(p, whole);
	if (whole && c->state == LUKS_COPY_GOOD)
		set_unused_apart(c, whole);
	if (p->erased && c->state == LUKS_COPY_GOOD)
		luks_copy_says(c, LUKS_COPY_ERASED,
			       "its first six bytes are zeros; with \"%.4s\" ba be there, its "
			       "checksum is right",
			       p->index == 0 ? "LUKS" : "SKUL");
	else if (p->erased && c->state != LUKS_COPY_UNREADABLE)
		says_zeros(p);
	return r;
}

/*
 * A second header's place in which the first or second header of another container lies, as all
 * that it says of itself tells: so looks a disk with a partition there.
 */
static bool is_of_another(struct place *p)
{
	const unsigned char *b = p->binary;
	uint64_t offset = be64(b + LUKS2_AT_OFFSET), size = be64(b + LUKS2_AT_SIZE);
	bool first = memcmp(b, luks_magic, LUKS_MAGIC_BYTES) == 0;
	uint32_t version = be16(b + LUKS2_AT_VERSION);

	if (p->index == 0)
		return false;
	p->begins = first ? p->offset : p->offset - offset;
	if (first && version == 1)
		return true;
	return version == 2 && luks2_is_size(size) && luks2_checksum_bytes(b) &&
	       (first ? offset == 0 : has_magic(p) && offset == size && offset < p->offset);
}

/* A header of which the device has the beginning alone. */
static void look_at_rest(struct place *p, size_t len)
{
	struct luks_copy *c = copy_of(p);

	p->recognised = p->index == 0 && len >= LUKS2_AT_SEQID && has_magic(p) &&
			be16(p->binary + LUKS2_AT_VERSION) == 2 &&
			luks2_is_size(be64(p->binary + LUKS2_AT_SIZE));
	if (p->recognised)
		c->length = be64(p->binary + LUKS2_AT_SIZE);
	luks_copy_says(c, p->recognised ? LUKS_COPY_CUT : LUKS_COPY_ABSENT, "the device ends %s it",
		       len ? "inside" : "in front of");
}

/* Looks at the place of a copy. */
static int look(const struct source *source, unsigned int index, uint64_t offset, struct place *p)
{
	struct luks_copy *c = copy_of(p);
	ssize_t n;

	memset(p, 0, sizeof(*p));
	p->index = index;
	p->offset = c->offset = offset;
	n = source_read(source, p->binary, LUKS2_BINARY, offset);
	if (n < 0) {
		luks_copy_says(c, LUKS_COPY_UNREADABLE, "reading it failed: %s", strerror((int)-n));
		return 0;
	}
	if (n < (ssize_t)LUKS2_BINARY) {
		look_at_rest(p, (size_t)n);
		return 0;
	}
	p->elsewhere = is_of_another(p);
	p->recognised = has_magic(p) || has_marks(p);
	p->erased = p->recognised && bytes_are_zero(p->binary, LUKS_MAGIC_BYTES);
	if (p->erased)
		memcpy(p->binary, magic_of(p), LUKS_MAGIC_BYTES);
	if (p->recognised)
		return examine(source, p);
	says_magic(p, LUKS_COPY_ABSENT);
	return 0;
}

static bool is_good(const struct place *p)
{
	return p->found.copies[0].state == LUKS_COPY_GOOD;
}

static bool is_erased(const struct place *p)
{
	return p->found.copies[0].state == LUKS_COPY_ERASED;
}

/* Which of two places has more to say about the second copy. */
static bool says_more(const struct place *a, const struct place *b)
{
	if (is_good(a) != is_good(b))
		return is_good(a);
	if (is_good(a))
		return a->found.copies[0].seqid > b->found.copies[0].seqid;
	if (is_erased(a) != is_erased(b))
		return is_erased(a);
	return a->recognised && !b->recognised;
}

/* Where nothing begins at the start, what is of another container is no copy of this one. */
static void set_aside(const struct place *first, struct place *p, uint64_t *inside)
{
	if (first->recognised || !p->elsewhere)
		return;
	if (!*inside)
		*inside = p->begins;
	p->recognised = false;
	memset(&p->found, 0, sizeof(p->found));
	p->found.copies[0].offset = p->offset;
	says_magic(p, LUKS_COPY_ABSENT);
}

/* The first copy tells where the second one is, or when it cannot, all places are searched. */
static int find_second(const struct source *source, const struct place *first, struct place *second,
		       uint64_t *inside)
{
	uint64_t expected = first->found.copies[0].length;
	struct place other;
	int r = look(source, 1, expected ? expected : luks2_sizes[0], second);

	set_aside(first, second, inside);
	for (size_t i = 0; r == 0 && !is_good(first) && i < LUKS2_SIZES; i++) {
		if (luks2_sizes[i] == second->offset)
			continue;
		r = look(source, 1, luks2_sizes[i], &other);
		set_aside(first, &other, inside);
		if (says_more(&other, second))
			*second = other;
	}
	if (!expected && copy_of(second)->state == LUKS_COPY_ABSENT)
		luks_copy_says(copy_of(second), LUKS_COPY_ABSENT,
			       "there is no second header, nor at any other place for it");
	return r;
}

/* What looks as if it were of the future is damaged when the other copy is of today. */
static void settle_unknown(struct place *p, const struct place *other)
{
	struct luks_copy *c = copy_of(p);

	if (c->state != LUKS_COPY_UNKNOWN || p->newer || !other->recognised ||
	    other->found.copies[0].state == LUKS_COPY_UNKNOWN)
		return;
	if (be16(p->binary + LUKS2_AT_VERSION) != 2)
		luks_copy_says(c, LUKS_COPY_BAD_FIELD,
			       "the version is %" PRIu32 ", the other copy's is %" PRIu32,
			       be16(p->binary + LUKS2_AT_VERSION),
			       be16(other->binary + LUKS2_AT_VERSION));
	else
		luks_copy_says(c, LUKS_COPY_BAD_FIELD,
			       "the checksum is \"%s\", which the other copy does not say",
			       (const char *)p->binary + LUKS2_AT_ALGORITHM);
}

/* What is missing beside a copy that is there, because the device ends before. */
static void settle_end(const struct source *source, struct place *p, const struct place *other)
{
	struct luks_copy *c = copy_of(p);
	uint64_t length = other->found.copies[0].length;

	if (c->state == LUKS_COPY_ABSENT && other->recognised && length &&
	    c->offset + length > source->size)
		luks_copy_says(c, LUKS_COPY_CUT, "the device ends in front of its end");
}

/* A damaged copy is as long as the other one. */
static void settle_length(const struct source *source, struct place *p, const struct place *other)
{
	struct luks_copy *c = copy_of(p);

	if (c->length || c->state == LUKS_COPY_GOOD || !other->recognised)
		return;
	c->length = other->found.copies[0].length;
	if (c->length)
		free(read_whole(source, c, NULL));
}

/* A lost seqid alone is damage: with the other copy's in its place the checksum is right. */
static void settle_older(const struct source *source, struct place *p, const struct place *other)
{
	struct luks_copy *c = copy_of(p);
	uint64_t newer = other->found.copies[0].seqid;
	unsigned char digest[LUKS2_CHECKSUM_MAX];
	unsigned char *whole cleanup(free_ptr) = NULL;

	if (c->state != LUKS_COPY_BAD_CHECKSUM || c->unfinished || !is_good(other) || !c->seqid ||
	    c->seqid >= newer || c->length != other->found.copies[0].length)
		return;
	whole = read_whole(source, c, NULL);
	if (!whole)
		return;
	for (unsigned int i = 0; i < 8; i++)
		whole[LUKS2_AT_SEQID + i] = (unsigned char)(newer >> (56 - 8 * i));
	c->older_start = !luks2_checksum_holds(whole, c->length, 2, digest);
}

static int choose(const struct place *first, const struct place *second)
{
	if (is_good(first) && is_good(second))
		return second->found.copies[0].seqid > first->found.copies[0].seqid;
	if (is_good(first))
		return 0;
	return is_good(second) ? 1 : -1;
}

int luks2_read(const struct source *source, struct luks *l)
{
	struct place first, second;
	const struct place *best;
	uint64_t inside = 0;
	int r = look(source, 0, 0, &first);

	if (r == 0)
		r = find_second(source, &first, &second, &inside);
	if (r < 0)
		return r;
	settle_unknown(&first, &second);
	settle_unknown(&second, &first);
	settle_end(source, &second, &first);
	settle_length(source, &first, &second);
	settle_length(source, &second, &first);
	settle_older(source, &first, &second);

	/* Without a good copy, a damaged one may still tell the UUID. */
	best = second.recognised && (!first.recognised || !*first.found.uuid) ? &second : &first;
	*l = (struct luks){ .chosen = choose(&first, &second) };
	if (l->chosen >= 0) {
		best = l->chosen == 0 ? &first : &second;
		r = l->chosen;
		*l = best->found;
		l->chosen = r;
	}
	memcpy(l->uuid, best->found.uuid, sizeof(l->uuid));
	memcpy(l->label, best->found.label, sizeof(l->label));
	memcpy(l->subsystem, best->found.subsystem, sizeof(l->subsystem));
	l->version = first.recognised || second.recognised ? 2 : 0;
	l->copies[0] = first.found.copies[0];
	l->copies[1] = second.found.copies[0];
	if (l->copies[0].state == LUKS_COPY_CUT)
		l->needed = LUKS_HEADERS * l->copies[0].length;
	if (l->version == 0)
		l->inside.offset = inside;
	/* What is left in there is of the other container. */
	if (l->inside.offset)
		return 0;
	return l->chosen < 0 && !luks_any_copy_is(l, LUKS_COPY_UNKNOWN) &&
			       !luks_any_copy_is(l, LUKS_COPY_BAD_JSON)
		       ? luks2_rebuild(source, l, NULL)
		       : 0;
}
