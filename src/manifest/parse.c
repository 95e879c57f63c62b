// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/parse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/syntax.h"
#include "util/array.h"
#include "util/memory.h"
#include "util/util.h"

#define HASH_DIGITS 16

/* Devices that one boot unlocks; what compares them does so pair by pair. */
#define LUKS_DEVICES_MAX 256u

/*
 * The reader accepts exactly what the writer makes: what it has read and would write again is
 * the same text. It allocates only in proportion to text that is there: a count that the text
 * cannot fill is refused before memory is asked for.
 */
struct reader {
	const char *line, *line_end; /* the current line, without its newline */
	const char *next, *end;
	const char *field;   /* the next field of the current line; NULL: none is left */
	unsigned int number; /* of the current line, from 1 */
	int error;
	char *reason;
	size_t *taken; /* of memory_take(), by the manifest */
};

static int __attribute__((format(printf, 3, 4)))
fail(struct reader *r, int error, const char *format, ...)
{
	char what[100];
	va_list args;

	if (r->error)
		return r->error;
	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	r->error = error;
	if (r->number)
		snprintf(r->reason, MANIFEST_REASON_BYTES, "line %u: %s", r->number, what);
	else
		snprintf(r->reason, MANIFEST_REASON_BYTES, "%s", what);
	return error;
}

static int bad(struct reader *r, const char *what)
{
	return fail(r, -EBADMSG, "%s", what);
}

static int no_memory(struct reader *r)
{
	return fail(r, -ENOMEM, "out of memory");
}

/* Counts memory before it is asked for. */
static int take_memory(struct reader *r, size_t bytes)
{
	if (!memory_take(bytes))
		return fail(r, -EOVERFLOW, "%s", memory_reason());
	*r->taken += bytes;
	return 0;
}

/* Whether the next line begins with this word, which ends it or is followed by a space. */
static bool next_is(const struct reader *r, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(r->end - r->next) > len && memcmp(r->next, word, len) == 0 &&
	       r->next[len] == ' ';
}

/* Goes to the next line, which must begin with this word, and to the field behind it. */
static int next_line(struct reader *r, const char *word)
{
	const char *newline;

	r->number++;
	if (!next_is(r, word))
		return fail(r, -EBADMSG, "\"%s\" is expected here", word);
	newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
	if (!newline)
		return bad(r, "the line is cut short");
	r->line = r->next;
	r->line_end = newline;
	r->next = newline + 1;
	r->field = r->line + strlen(word) + 1;
	return 0;
}

/* Takes the next field, which may be empty. */
static int take_field(struct reader *r, const char **start, const char **end)
{
	const char *space;

	if (!r->field)
		return bad(r, "a field is missing");
	space = memchr(r->field, ' ', (size_t)(r->line_end - r->field));
	*start = r->field;
	*end = space ? space : r->line_end;
	r->field = space ? space + 1 : NULL;
	return 0;
}

static int line_done(struct reader *r)
{
	return r->field ? bad(r, "there is more on the line than its fields") : 0;
}

static int take_number(struct reader *r, unsigned int base, uint64_t max, uint64_t *value)
{
	const char *p = NULL, *end = NULL;
	uint64_t v = 0;

	if (take_field(r, &p, &end) < 0)
		return r->error;
	if (p == end || (*p == '0' && end - p > 1))
		return bad(r, "a number is malformed");
	for (; p < end; p++) {
		unsigned int digit = (unsigned int)(unsigned char)*p - '0';

		if (digit >= base)
			return bad(r, "a number is malformed");
		if (__builtin_mul_overflow(v, base, &v) || __builtin_add_overflow(v, digit, &v))
			return bad(r, "a number is too big");
	}
	if (v > max)
		return bad(r, "a number is too big");
	*value = v;
	return 0;
}

static int take_u64(struct reader *r, uint64_t *value)
{
	return take_number(r, 10, UINT64_MAX, value);
}

static int take_u32(struct reader *r, uint32_t *value)
{
	uint64_t v;

	if (take_number(r, 10, UINT32_MAX, &v) < 0)
		return r->error;
	*value = (uint32_t)v;
	return 0;
}

static int take_i64(struct reader *r, int64_t *value)
{
	bool negative = r->field && r->field < r->line_end && *r->field == '-';
	uint64_t v;

	if (negative)
		r->field++;
	if (take_number(r, 10, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, &v) < 0)
		return r->error;
	if (negative && v == 0)
		return bad(r, "a number is malformed");
	*value = negative ? (int64_t)(0 - v) : (int64_t)v;
	return 0;
}

/* The value of a lower-case (hex) or upper-case (coded byte) digit, or 16. */
static unsigned int hex_value(char c, char ten)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (c >= ten && c < ten + 6)
		return (unsigned int)(c - ten) + 10;
	return 16;
}

/* One more than the value of a lower-case digit; 0: it is none. */
static const unsigned char hash_digits[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* Most of a manifest is hashes, and it is read while a person waits for the boot. */
static int take_hash(struct reader *r, uint64_t *hash)
{
	const unsigned char *p = (const unsigned char *)r->field;
	uint64_t v = 0;

	if (!p)
		return bad(r, "a field is missing");
	if (r->line_end - r->field < HASH_DIGITS ||
	    (r->line_end - r->field > HASH_DIGITS && p[HASH_DIGITS] != ' '))
		return bad(r, "a hash has not 16 digits");
	for (size_t i = 0; i < HASH_DIGITS; i++) {
		unsigned int digit = hash_digits[p[i]];

		if (!digit)
			return bad(r, "a hash has a digit that is not hexadecimal");
		v = v << 4 | (digit - 1);
	}
	r->field = p[HASH_DIGITS] == ' ' ? r->field + HASH_DIGITS + 1 : NULL;
	*hash = v;
	return 0;
}

static int take_sha256(struct reader *r, unsigned char digest[SHA256_BYTES])
{
	const char *p = NULL, *end = NULL;

	if (take_field(r, &p, &end) < 0)
		return r->error;
	if (end - p != 2 * SHA256_BYTES)
		return bad(r, "a SHA-256 has not 64 digits");
	for (size_t i = 0; i < SHA256_BYTES; i++) {
		unsigned int high = hex_value(p[2 * i], 'a'), low = hex_value(p[2 * i + 1], 'a');

		if (high == 16 || low == 16)
			return bad(r, "a SHA-256 has a digit that is not hexadecimal");
		digest[i] = (unsigned char)(high << 4 | low);
	}
	return 0;
}

/* Decodes a field into out, which is as long as the field and one byte more. */
static int decode(struct reader *r, const char *p, const char *end, char *out)
{
	for (; p < end; p++) {
		unsigned int high, low;

		if (manifest_plain_byte((unsigned char)*p)) {
			*out++ = *p;
			continue;
		}
		if (*p != '%' || end - p < 3)
			return bad(r, "a name has a byte that must be encoded");
		high = hex_value(p[1], 'A');
		low = hex_value(p[2], 'A');
		if (high == 16 || low == 16 || (high | low) == 0 ||
		    manifest_plain_byte((unsigned char)(high << 4 | low)))
			return bad(r, "a name is encoded wrongly");
		*out++ = (char)(high << 4 | low);
		p += 2;
	}
	*out = '\0';
	return 0;
}

/* *name is malloc'ed. */
static int take_name(struct reader *r, bool may_be_empty, char **name)
{
	const char *p = NULL, *end = NULL;

	if (take_field(r, &p, &end) < 0)
		return r->error;
	if (p == end && !may_be_empty)
		return bad(r, "a name is empty");
	if (take_memory(r, memory_cost((size_t)(end - p) + 1)) < 0)
		return r->error;
	*name = malloc((size_t)(end - p) + 1);
	if (!*name)
		return no_memory(r);
	return decode(r, p, end, *name);
}

/* Whether a field is this word; takes it if so. */
static bool take_word(struct reader *r, const char *word)
{
	size_t len = strlen(word);

	if (!r->field || (size_t)(r->line_end - r->field) < len || memcmp(r->field, word, len) != 0)
		return false;
	if (r->field + len == r->line_end)
		r->field = NULL;
	else if (r->field[len] == ' ')
		r->field += len + 1;
	else
		return false;
	return true;
}

/* Makes room for one more element; the array grows by doubling. */
static int grow(struct reader *r, void **array, size_t count, size_t element)
{
	if (take_memory(r, element) < 0)
		return r->error;
	return array_grow(array, count, element) ? no_memory(r) : 0;
}

static int parse_blocks(struct reader *r, uint64_t size, uint64_t **blocks, size_t *block_count)
{
	uint64_t count = size / BLOCK_SIZE + (size % BLOCK_SIZE != 0);
	uint64_t *b;

	/* 16 digits, and a space or a newline, for each. */
	if (count > (uint64_t)(r->end - r->next) / 17) {
		r->number++;
		return bad(r, "block hashes are missing");
	}
	if (count == 0)
		return 0;
	if (take_memory(r, memory_cost((size_t)count * sizeof(*b))) < 0)
		return r->error;
	b = calloc((size_t)count, sizeof(*b));
	if (!b)
		return no_memory(r);
	*blocks = b;
	*block_count = (size_t)count;
	for (uint64_t i = 0; i < count; i++) {
		if (i % MANIFEST_BLOCKS_PER_LINE == 0 &&
		    (line_done(r) < 0 || next_line(r, "blocks") < 0))
			return r->error;
		if (take_hash(r, &b[i]) < 0)
			return r->error;
	}
	return line_done(r);
}

static int parse_extents(struct reader *r, struct sealed_file *f)
{
	while (next_is(r, "extent")) {
		cleanup(free_ptr) char *device = NULL;
		struct extent *e;

		if (next_line(r, "extent") < 0 || take_name(r, false, &device) < 0)
			return r->error;
		if (strcmp(device, "-") == 0)
			device[0] = '\0';
		if (strlen(device) >= sizeof(f->device))
			return bad(r, "a device name is too long");
		if (f->extent_count && strcmp(device, f->device) != 0)
			return bad(r, "the device is not that of the line before");
		strcpy(f->device, device);
		if (grow(r, (void **)&f->extents, f->extent_count, sizeof(*e)) < 0)
			return r->error;
		e = &f->extents[f->extent_count++];
		if (take_u64(r, &e->file_offset) < 0 || take_u64(r, &e->device_offset) < 0 ||
		    take_u64(r, &e->length) < 0 || line_done(r) < 0)
			return r->error;
	}
	return 0;
}

static int parse_artifact(struct reader *r, struct manifest *m)
{
	struct sealed_file *f;

	if (next_line(r, "artifact") < 0)
		return r->error;
	if (take_word(r, manifest_artifact_name(ARTIFACT_KERNEL)))
		f = &m->files[ARTIFACT_KERNEL];
	else if (take_word(r, manifest_artifact_name(ARTIFACT_INITRD)))
		f = &m->files[ARTIFACT_INITRD];
	else
		return bad(r, "an artifact of unknown kind");
	if (f->present || (f == &m->files[ARTIFACT_KERNEL] && m->files[ARTIFACT_INITRD].present))
		return bad(r, "artifacts are repeated or out of order");
	f->present = true;
	if (take_name(r, false, &f->path) < 0 || line_done(r) < 0)
		return r->error;
	if (next_line(r, "size") < 0 || take_u64(r, &f->size) < 0 || line_done(r) < 0)
		return r->error;
	if (next_line(r, "sha256") < 0 || take_sha256(r, f->sha256) < 0 || line_done(r) < 0)
		return r->error;
	if (next_line(r, "identity") < 0 || take_u64(r, &f->inode) < 0 ||
	    take_i64(r, &f->mtime_ns) < 0 || take_i64(r, &f->ctime_ns) < 0 || line_done(r) < 0)
		return r->error;
	if (parse_extents(r, f) < 0)
		return r->error;
	return parse_blocks(r, f->size, &f->blocks, &f->block_count);
}

static int parse_keyslots(struct reader *r, struct sealed_luks *s)
{
	while (next_is(r, "keyslot")) {
		struct sealed_keyslot *k;
		uint32_t number = 0;

		if (next_line(r, "keyslot") < 0 || take_u32(r, &number) < 0 ||
		    grow(r, (void **)&s->slots, s->slot_count, sizeof(*k)) < 0)
			return r->error;
		k = &s->slots[s->slot_count++];
		memset(k, 0, sizeof(*k));
		k->number = number;
		if (number >= LUKS_SLOTS_MAX || (s->slot_count > 1 && k[-1].number >= number))
			return bad(r, "the keyslot's number is out of range or order");
		if (take_u64(r, &k->offset) < 0 || take_u64(r, &k->length) < 0 ||
		    take_u64(r, &k->used) < 0 || take_hash(r, &k->described) < 0 ||
		    take_hash(r, &k->edge) < 0 || line_done(r) < 0)
			return r->error;
		if (k->used > k->length || k->length > UINT64_MAX - k->offset)
			return bad(r, "a keyslot's area cannot be");
		if (parse_blocks(r, k->length, &k->blocks, &k->block_count) < 0)
			return r->error;
	}
	return 0;
}

static int parse_layers(struct reader *r, struct sealed_luks *s)
{
	while (next_is(r, "layer")) {
		cleanup(free_ptr) char *kind = NULL;
		struct sealed_layer *l;

		if (next_line(r, "layer") < 0 || take_name(r, false, &kind) < 0 ||
		    grow(r, (void **)&s->layers, s->layer_count, sizeof(*l)) < 0)
			return r->error;
		l = &s->layers[s->layer_count++];
		memset(l, 0, sizeof(*l));
		if (strlen(kind) >= sizeof(l->kind))
			return bad(r, "the kind of a layer is too long");
		strcpy(l->kind, kind);
		if (take_name(r, true, &l->name) < 0 || take_name(r, true, &l->uuid) < 0 ||
		    line_done(r) < 0)
			return r->error;
	}
	return 0;
}

/* A line that is there when one was in progress. */
static int parse_reencryption(struct reader *r, struct sealed_luks *s)
{
	if (next_line(r, "reencryption") < 0)
		return r->error;
	s->reencrypting = take_word(r, "yes");
	return s->reencrypting ? line_done(r)
			       : bad(r, "a reencryption is in progress, or not told of");
}

static int parse_luks(struct reader *r, struct manifest *m)
{
	struct sealed_luks *s;
	uint64_t version;

	if (m->luks_count == LUKS_DEVICES_MAX)
		return fail(r, -EFBIG, "more than %u LUKS devices", LUKS_DEVICES_MAX);
	if (next_line(r, "luks") < 0 || grow(r, (void **)&m->luks, m->luks_count, sizeof(*s)) < 0)
		return r->error;
	s = &m->luks[m->luks_count++];
	memset(s, 0, sizeof(*s));
	if (take_number(r, 10, 2, &version) < 0 || take_name(r, false, &s->uuid) < 0 ||
	    take_name(r, false, &s->device) < 0 || take_name(r, true, &s->place) < 0 ||
	    line_done(r) < 0)
		return r->error;
	if (version == 0)
		return bad(r, "no LUKS header has this version");
	s->version = (int)version;
	if (next_is(r, "header") &&
	    (next_line(r, "header") < 0 || take_name(r, false, &s->header) < 0 || line_done(r) < 0))
		return r->error;
	for (size_t i = 0; i < LUKS_HEADERS; i++) {
		if (next_line(r, "copy") < 0 || take_u64(r, &s->copies[i].offset) < 0 ||
		    take_u64(r, &s->copies[i].length) < 0 || take_hash(r, &s->copies[i].hash) < 0 ||
		    line_done(r) < 0)
			return r->error;
	}
	if (next_line(r, "state") < 0 || take_u64(r, &s->seqid) < 0 ||
	    take_hash(r, &s->immutable_hash) < 0 || line_done(r) < 0)
		return r->error;
	if (next_is(r, "reencryption") && parse_reencryption(r, s) < 0)
		return r->error;
	return parse_keyslots(r, s) < 0 ? r->error : parse_layers(r, s);
}

static int take_codec(struct reader *r, enum codec *codec)
{
	for (int c = CODEC_NONE; c < CODEC_COUNT; c++) {
		if (take_word(r, codec_name((enum codec)c))) {
			*codec = (enum codec)c;
			return 0;
		}
	}
	return bad(r, "a codec is unknown");
}

static int parse_segment(struct reader *r, struct manifest *m)
{
	struct sealed_segment *s;

	if (next_line(r, "segment") < 0 ||
	    grow(r, (void **)&m->segments, m->segment_count, sizeof(*s)) < 0)
		return r->error;
	s = &m->segments[m->segment_count++];
	memset(s, 0, sizeof(*s));
	if (take_codec(r, &s->codec) < 0 || take_u64(r, &s->offset) < 0 ||
	    take_u64(r, &s->length) < 0 || take_u64(r, &s->unpacked) < 0)
		return r->error;
	return line_done(r);
}

static int take_type(struct reader *r, struct content *c)
{
	if (take_word(r, MANIFEST_HARD_LINK)) {
		c->type = CONTENT_FILE;
		c->hard_link = true;
		return 0;
	}
	for (int t = CONTENT_FILE; t <= CONTENT_SOCKET; t++) {
		if (take_word(r, content_type_name((enum content_type)t))) {
			c->type = (enum content_type)t;
			return 0;
		}
	}
	return bad(r, "a content type is unknown");
}

static int take_segment(struct reader *r, const struct manifest *m, uint32_t *segment)
{
	if (take_word(r, "guard")) {
		*segment = GUARD_SEGMENT;
		return 0;
	}
	if (take_u32(r, segment) < 0)
		return r->error;
	return *segment < m->segment_count ? 0 : bad(r, "there is no segment of that number");
}

static int parse_content(struct reader *r, struct manifest *m)
{
	uint64_t mode;
	struct content *c;

	if (next_line(r, "content") < 0 ||
	    grow(r, (void **)&m->contents, m->content_count, sizeof(*c)) < 0)
		return r->error;
	c = &m->contents[m->content_count++];
	memset(c, 0, sizeof(*c));
	if (take_type(r, c) < 0 || take_number(r, 8, 07777, &mode) < 0 ||
	    take_u64(r, &c->size) < 0 || take_hash(r, &c->hash) < 0 ||
	    take_u32(r, &c->rdev_major) < 0 || take_u32(r, &c->rdev_minor) < 0 ||
	    take_segment(r, m, &c->segment) < 0 || take_u64(r, &c->data_position) < 0 ||
	    take_u64(r, &c->image_offset) < 0 || take_name(r, false, &c->path) < 0 ||
	    line_done(r) < 0)
		return r->error;
	c->mode = (uint32_t)mode;
	if (m->content_count > 1 && strcmp(c[-1].path, c->path) >= 0)
		return bad(r, "the path is not behind the one before it in order");
	if (c->type != CONTENT_FILE || c->hard_link || c->size <= BLOCK_SIZE)
		return 0;
	return parse_blocks(r, c->size, &c->blocks, &c->block_count);
}

static int parse_refused(struct reader *r, struct manifest *m)
{
	if (next_line(r, "refused") < 0)
		return r->error;
	for (int i = REFUSED_BROKEN; i <= REFUSED_FORMAT && !m->refusal; i++) {
		if (take_word(r, manifest_refusal_name((enum refusal)i)))
			m->refusal = (enum refusal)i;
	}
	if (!m->refusal)
		return bad(r, "an image is refused for a reason that is not known");
	return take_name(r, false, &m->refused) < 0 ? r->error : line_done(r);
}

/* A line that may be absent. */
static int parse_time(struct reader *r, const char *key, int64_t *seconds)
{
	if (!next_is(r, key))
		return 0;
	if (next_line(r, key) < 0 || take_i64(r, seconds) < 0 || line_done(r) < 0)
		return r->error;
	return *seconds ? 0 : bad(r, "the time is 0");
}

static int parse_builder(struct reader *r, struct manifest *m)
{
	if (next_line(r, "builder") < 0 || take_name(r, false, &m->builder) < 0)
		return r->error;
	return line_done(r);
}

static int parse_head(struct reader *r, struct manifest *m)
{
	if (next_line(r, "bootverdict-manifest") < 0)
		return r->error;
	r->field = NULL; /* check_version() has read it */
	if (next_line(r, "kernel") < 0 || take_name(r, true, &m->kernel) < 0 || line_done(r) < 0)
		return r->error;
	if (next_line(r, "os") < 0 || take_name(r, true, &m->os) < 0 || line_done(r) < 0)
		return r->error;
	if (parse_time(r, "sealed", &m->sealed_at) < 0 ||
	    parse_time(r, "update-lost", &m->update_lost_at) < 0)
		return r->error;
	if (next_is(r, "guard")) {
		if (next_line(r, "guard") < 0 || take_u64(r, &m->guard_bytes) < 0 ||
		    line_done(r) < 0)
			return r->error;
		if (m->guard_bytes == 0)
			return bad(r, "the guard's length is 0");
	}
	if (parse_time(r, "newest", &m->newest) < 0 ||
	    (next_is(r, "builder") && parse_builder(r, m) < 0))
		return r->error;
	return next_is(r, "refused") ? parse_refused(r, m) : 0;
}

static int parse_root(struct reader *r, struct manifest *m)
{
	char *uuid = NULL;

	if (next_line(r, "root") < 0 || take_name(r, false, &uuid) < 0 || line_done(r) < 0) {
		free(uuid);
		return r->error;
	}
	if (strlen(uuid) < sizeof(m->root_uuid))
		strcpy(m->root_uuid, uuid);
	else
		bad(r, "a UUID is too long");
	free(uuid);
	return r->error;
}

static int parse_body(struct reader *r, struct manifest *m, bool devices_only)
{
	if (parse_head(r, m) < 0)
		return r->error;
	while (next_is(r, "artifact")) {
		if (parse_artifact(r, m) < 0)
			return r->error;
	}
	while (next_is(r, "luks")) {
		if (parse_luks(r, m) < 0)
			return r->error;
	}
	if (next_is(r, "root") && parse_root(r, m) < 0)
		return r->error;
	if (devices_only)
		return 0;
	while (next_is(r, "segment")) {
		if (parse_segment(r, m) < 0)
			return r->error;
	}
	while (next_is(r, "content")) {
		if (parse_content(r, m) < 0)
			return r->error;
	}
	if (r->next == r->end)
		return 0;
	r->number++;
	return bad(r, "a line of unknown kind");
}

static unsigned int count_lines(const char *p, const char *end)
{
	unsigned int lines = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		lines++;
		p++;
	}
	return lines;
}

/*
 * The last line first: when the sum over all before it is right, nothing that a disk does can
 * have changed it, and what the lines say is what the writer wrote.
 */
static int check_sum(struct reader *r, const char *text, size_t len)
{
	size_t body = len - MANIFEST_END_BYTES;
	uint64_t sum, expected;

	if (len < MANIFEST_END_BYTES || memcmp(text + body, "end ", 4) != 0 ||
	    text[len - 1] != '\n' || (body && text[body - 1] != '\n'))
		return bad(r, "the line \"end\" is missing: cut short, or overwritten");
	r->number = count_lines(text, text + len) - 1;
	r->next = text + body;
	if (next_line(r, "end") < 0 || take_hash(r, &expected) < 0 || line_done(r) < 0)
		return r->error;
	sum = hash64(text, body);
	if (sum != expected)
		return fail(r, -EBADMSG,
			    "the sum of all lines is %016" PRIx64 ", this one says %016" PRIx64,
			    sum, expected);
	r->end = text + body;
	r->next = text;
	r->number = 0;
	return 0;
}

static int check_version(struct reader *r)
{
	uint64_t version;
	struct reader start = *r;

	if (next_line(r, "bootverdict-manifest") < 0 || take_u64(r, &version) < 0 ||
	    line_done(r) < 0)
		return r->error;
	if (version > MANIFEST_VERSION)
		return fail(r, -EPROTO,
			    "form %" PRIu64 " is of a newer bootverdict; this one reads %d",
			    version, MANIFEST_VERSION);
	if (version != MANIFEST_VERSION)
		return bad(r, "no form has this number");
	*r = start;
	return 0;
}

static int parse(struct manifest *m, const char *text, size_t len, bool devices_only, char *reason)
{
	struct reader r = {
		.end = text + len, .next = text, .reason = reason, .taken = &m->memory
	};

	manifest_init(m);
	if (len > MANIFEST_BYTES_MAX)
		return fail(&r, -EFBIG, "%zu bytes are more than any manifest has", len);
	if (len == 0)
		return bad(&r, "it is empty");
	if (!next_is(&r, "bootverdict-manifest"))
		return bad(&r, "it does not begin as a manifest does");
	if (check_sum(&r, text, len) < 0 || check_version(&r) < 0 ||
	    parse_body(&r, m, devices_only) < 0) {
		manifest_clear(m);
		return r.error;
	}
	return 0;
}

int manifest_parse(struct manifest *m, const char *text, size_t len, char *reason)
{
	return parse(m, text, len, false, reason);
}

int manifest_parse_devices(struct manifest *m, const char *text, size_t len, char *reason)
{
	return parse(m, text, len, true, reason);
}
