// SPDX-License-Identifier: GPL-2.0-or-later
#include "luks/luks2_rebuild.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "luks/luks2_binary.h"
#include "luks/luks2_json.h"
#include "util/text.h"
#include "util/util.h"

/*
 * The two copies of a LUKS2 header say the same, but for their magic, offset, salt and checksum
 * ("LUKS2 On-Disk Format Specification", sections 2.1 and 3): what one has lost, the other may
 * have, and what the format prescribes nobody needs to have. Whether the sum of it is what was
 * written, one of the two checksums tells.
 */

/* Places where the JSON areas differ; each is taken from one copy or the other. */
#define RUNS_MAX 6u

/*
 * What is hashed at most, bytes: all choices of a header of the default size. A boot waits for it, and
 * a slow processor takes a second.
 */
#define HASHED_MAX (4u << 20)

/* Choices of each copy that are tried even so, of a size that something on the device tells. */
#define CHOICES_MIN 4u

struct run {
	size_t at, end;
};

struct remains {
	size_t bytes; /* of a copy */
	unsigned char *copies[LUKS_HEADERS], *sum;
	struct run runs[RUNS_MAX];
	size_t run_count;
	size_t *hashed; /* so far, in all sizes */
	bool guessed;	/* nothing tells the size */
};

static void remains_clear(struct remains *r)
{
	free(r->copies[0]);
	free(r->copies[1]);
	free(r->sum);
}

/* What cannot be read is zero, and so not what was there. */
static unsigned char *read_copy(const struct source *source, uint64_t offset, size_t bytes)
{
	unsigned char *copy = calloc(1, bytes);

	if (copy && source_read(source, copy, bytes, offset) == (ssize_t)bytes)
		return copy;
	for (size_t at = 0; copy && at < bytes; at += BLOCK_SIZE) {
		if (source_read(source, copy + at, BLOCK_SIZE, offset + at) < 0)
			memset(copy + at, 0, BLOCK_SIZE);
	}
	return copy;
}

/* Each sector by itself, or those together that follow each other. False: there are too many. */
static bool find_runs(struct remains *r, bool together)
{
	struct run *last = NULL;

	r->run_count = 0;
	for (size_t at = LUKS2_BINARY; at < r->bytes; at += SECTOR_BYTES) {
		if (memcmp(r->copies[0] + at, r->copies[1] + at, SECTOR_BYTES) == 0)
			continue;
		if (!last || !together || at > last->end) {
			if (r->run_count == RUNS_MAX)
				return false;
			last = &r->runs[r->run_count++];
			last->at = at;
		}
		last->end = at + SECTOR_BYTES;
	}
	return true;
}

/* When there are too many even so, the JSON area is taken as a whole. */
static void find_all_runs(struct remains *r)
{
	if (find_runs(r, false) || find_runs(r, true))
		return;
	r->runs[0] = (struct run){ LUKS2_BINARY, r->bytes };
	r->run_count = 1;
}

static int remains_read(const struct source *source, size_t bytes, size_t *hashed,
			struct remains *r)
{
	*r = (struct remains){ .bytes = bytes, .hashed = hashed };
	for (unsigned int i = 0; i < LUKS_HEADERS; i++)
		r->copies[i] = read_copy(source, i * bytes, bytes);
	r->sum = malloc(bytes);
	if (!r->copies[0] || !r->copies[1] || !r->sum)
		return -ENOMEM;
	find_all_runs(r);
	return 0;
}

static void put_be64(unsigned char *p, uint64_t n)
{
	for (unsigned int i = 8; i > 0; i--) {
		p[i - 1] = (unsigned char)n;
		n >>= 8;
	}
}

/* What the format prescribes, whatever is there. */
static void as_prescribed(unsigned char *copy, unsigned int index, size_t bytes)
{
	size_t text;

	memcpy(copy, index == 0 ? luks_magic : luks2_magic_second, LUKS_MAGIC_BYTES);
	copy[LUKS2_AT_VERSION] = 0;
	copy[LUKS2_AT_VERSION + 1] = 2;
	put_be64(copy + LUKS2_AT_SIZE, bytes);
	put_be64(copy + LUKS2_AT_OFFSET, index * bytes);
	if (!luks2_checksum_bytes(copy)) {
		memset(copy + LUKS2_AT_ALGORITHM, 0, LUKS2_NAME_BYTES);
		strcpy((char *)copy + LUKS2_AT_ALGORITHM, "sha256");
	}
	memset(copy + LUKS2_AT_PADDING, 0, LUKS2_AT_CHECKSUM - LUKS2_AT_PADDING);
	memset(copy + SECTOR_BYTES, 0, LUKS2_BINARY - SECTOR_BYTES);
	text = strnlen((char *)copy + LUKS2_BINARY, bytes - LUKS2_BINARY);
	memset(copy + LUKS2_BINARY + text, 0, bytes - LUKS2_BINARY - text);
}

static void take_fields(unsigned char *copy, const unsigned char *other)
{
	memcpy(copy + LUKS2_AT_SEQID, other + LUKS2_AT_SEQID, 8);
	memcpy(copy + LUKS2_AT_LABEL, other + LUKS2_AT_LABEL, LUKS2_LABEL_BYTES);
	memcpy(copy + LUKS2_AT_UUID, other + LUKS2_AT_UUID, LUKS2_UUID_BYTES);
	memcpy(copy + LUKS2_AT_SUBSYSTEM, other + LUKS2_AT_SUBSYSTEM, LUKS2_LABEL_BYTES);
}

/* Copy base, with the fields and those runs of the JSON area (bit n: run n) that the other has. */
static void compose(struct remains *r, unsigned int base, bool fields, unsigned int runs)
{
	const unsigned char *other = r->copies[!base];

	memcpy(r->sum, r->copies[base], r->bytes);
	if (fields)
		take_fields(r->sum, other);
	for (size_t i = 0; i < r->run_count; i++) {
		if (runs >> i & 1)
			memcpy(r->sum + r->runs[i].at, other + r->runs[i].at,
			       r->runs[i].end - r->runs[i].at);
	}
	as_prescribed(r->sum, base, r->bytes);
}

static bool is_proven(const struct remains *r)
{
	unsigned char digest[LUKS2_CHECKSUM_MAX];
	size_t len = luks2_checksum(r->sum, r->bytes, digest);

	return memcmp(digest, r->sum + LUKS2_AT_CHECKSUM, len) == 0;
}

/* 1: r->sum is a header, and *l is of it. */
static int accept_sum(const struct remains *r, enum luks_rebuilt how, struct luks *l)
{
	const char *text = (const char *)r->sum + LUKS2_BINARY;
	struct luks found = { .version = 2, .chosen = l->chosen, .rebuilt = how };
	char reason[LUKS2_REASON];
	int err = luks2_json_read(text, r->bytes - LUKS2_BINARY, r->bytes, &found, reason);

	if (err)
		return err == -ENOMEM ? err : 0;
	memcpy(found.copies, l->copies, sizeof(found.copies));
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		if (found.copies[i].length == r->bytes)
			continue;
		found.copies[i].offset = i * r->bytes;
		found.copies[i].length = r->bytes;
	}
	if (luks_is_uuid(r->sum + LUKS2_AT_UUID, LUKS2_UUID_BYTES))
		text_field(found.uuid, sizeof(found.uuid), r->sum + LUKS2_AT_UUID,
			   LUKS2_UUID_BYTES);
	text_field(found.label, sizeof(found.label), r->sum + LUKS2_AT_LABEL, LUKS2_LABEL_BYTES);
	text_field(found.subsystem, sizeof(found.subsystem), r->sum + LUKS2_AT_SUBSYSTEM,
		   LUKS2_LABEL_BYTES);
	*l = found;
	return 1;
}

static int prove_with(struct remains *r, unsigned int base, struct luks *l)
{
	const unsigned int choices = 2u << r->run_count;

	for (unsigned int i = 0; i < choices; i++) {
		int found;

		if ((i >= CHOICES_MIN || r->guessed) && *r->hashed + r->bytes > HASHED_MAX)
			return 0;
		compose(r, base, i & 1, i >> 1);
		*r->hashed += r->bytes;
		found = is_proven(r) ? accept_sum(r, LUKS_REBUILT_PROVEN, l) : 0;
		if (found)
			return found;
	}
	return 0;
}

/* The JSON text of one copy, whole by itself. */
static int believe(struct remains *r, unsigned int base, struct luks *l)
{
	bool other = !luks_is_uuid(r->copies[base] + LUKS2_AT_UUID, LUKS2_UUID_BYTES) &&
		     luks_is_uuid(r->copies[!base] + LUKS2_AT_UUID, LUKS2_UUID_BYTES);

	compose(r, base, other, 0);
	return accept_sum(r, LUKS_REBUILT_UNPROVEN, l);
}

static void sign(unsigned char *copy, unsigned int index, size_t bytes)
{
	unsigned char digest[LUKS2_CHECKSUM_MAX];

	as_prescribed(copy, index, bytes);
	memset(copy + LUKS2_AT_CHECKSUM, 0, LUKS2_CHECKSUM_MAX);
	memcpy(copy + LUKS2_AT_CHECKSUM, digest, luks2_checksum(copy, bytes, digest));
}

/* Both copies, each with a checksum of its own. */
static int finish(struct remains *r, unsigned char **header)
{
	static const char nil[] = "00000000-0000-0000-0000-000000000000";

	/* It opens nothing, but it has to be there. */
	if (!luks_is_uuid(r->sum + LUKS2_AT_UUID, LUKS2_UUID_BYTES)) {
		memset(r->sum + LUKS2_AT_UUID, 0, LUKS2_UUID_BYTES);
		memcpy(r->sum + LUKS2_AT_UUID, nil, sizeof(nil));
	}
	*header = malloc(LUKS_HEADERS * r->bytes);
	if (!*header)
		return -ENOMEM;
	for (unsigned int i = 0; i < LUKS_HEADERS; i++) {
		memcpy(*header + i * r->bytes, r->sum, r->bytes);
		sign(*header + i * r->bytes, i, r->bytes);
	}
	return 1;
}

static int rebuild(struct remains *r, struct luks *l, unsigned char **header)
{
	/* The newer copy first. */
	unsigned int base =
		l->chosen == 1 || (l->chosen < 0 && l->copies[1].seqid > l->copies[0].seqid);
	int found = prove_with(r, base, l);

	if (!found)
		found = prove_with(r, !base, l);
	if (!found)
		found = believe(r, base, l);
	if (!found)
		found = believe(r, !base, l);
	return found == 1 && header ? finish(r, header) : found;
}

static bool text_begins(const struct source *source, uint64_t copy)
{
	char c;

	return source_read(source, &c, 1, copy + LUKS2_BINARY) == 1 && c == '{';
}

static bool copy_tells(const struct luks *l, uint64_t bytes)
{
	return l->copies[0].length == bytes || l->copies[1].length == bytes;
}

/*
 * Whether something tells that the copies have so many bytes. One character where a text would begin
 * may be key material as well: it is tried first, and rules out no other size.
 */
static bool is_told(const struct source *source, const struct luks *l, uint64_t bytes)
{
	return copy_tells(l, bytes) || text_begins(source, bytes);
}

static int rebuild_of_size(const struct source *source, uint64_t bytes, bool guessed,
			   size_t *hashed, struct luks *l, unsigned char **header)
{
	struct remains r;
	int found = remains_read(source, (size_t)bytes, hashed, &r);

	r.guessed = guessed;
	if (!found)
		found = rebuild(&r, l, header);
	remains_clear(&r);
	return found;
}

/* found: by what was told. */
static int rebuild_guessed(const struct source *source, int found, size_t *hashed, struct luks *l,
			   unsigned char **header)
{
	for (size_t i = 0; !found && i < LUKS2_SIZES && *hashed + luks2_sizes[i] <= HASHED_MAX; i++)
		found = rebuild_of_size(source, luks2_sizes[i], true, hashed, l, header);
	return found;
}

/*
 * A word that the metadata have while a reencryption is in progress: the type of its keyslot, and a part
 * of its requirement ("LUKS2 On-Disk Format Specification", 3.2 and 3.6).
 */
static bool tells_of_reencryption(const struct source *source, const struct luks_copy *c)
{
	static const char word[] = "reencrypt";
	size_t len = c->length ? c->length : luks2_sizes[0];
	cleanup(free_ptr) unsigned char *copy = read_copy(source, c->offset, len);

	return copy && memmem(copy + LUKS2_BINARY, len - LUKS2_BINARY, word, sizeof(word) - 1);
}

int luks2_rebuild(const struct source *source, struct luks *l, unsigned char **header)
{
	size_t hashed = 0;
	bool certain = false;
	int found = 0;

	for (size_t i = 0; !found && i < LUKS2_SIZES; i++) {
		if (!is_told(source, l, luks2_sizes[i]))
			continue;
		certain |= copy_tells(l, luks2_sizes[i]);
		found = rebuild_of_size(source, luks2_sizes[i], false, &hashed, l, header);
	}
	if (!certain && text_begins(source, 0))
		found = rebuild_guessed(source, found, &hashed, l, header);
	if (!found)
		l->reencrypting = tells_of_reencryption(source, &l->copies[0]) ||
				  tells_of_reencryption(source, &l->copies[1]);
	return found < 0 ? found : 0;
}
