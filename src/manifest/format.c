// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/format.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/syntax.h"
#include "util/util.h"

/* Text that grows; once memory has run out it swallows what follows. */
struct text {
	char *data;
	size_t len, size;
	bool failed;
};

static bool text_reserve(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : 64 * 1024;
	char *data;

	/* Nobody would read what is longer. */
	if (t->failed || t->len > MANIFEST_BYTES_MAX)
		return false;
	if (more <= t->size - t->len)
		return true;
	while (size - t->len < more) {
		if (__builtin_mul_overflow(size, 2, &size)) {
			t->failed = true;
			return false;
		}
	}
	data = realloc(t->data, size);
	if (!data) {
		t->failed = true;
		return false;
	}
	t->data = data;
	t->size = size;
	return true;
}

static void add_bytes(struct text *t, const char *s, size_t len)
{
	if (!text_reserve(t, len))
		return;
	memcpy(t->data + t->len, s, len);
	t->len += len;
}

static void add_string(struct text *t, const char *s)
{
	add_bytes(t, s, strlen(s));
}

/* For short lines: what is printed must fit 128 bytes. */
static void __attribute__((format(printf, 2, 3)))
add_format(struct text *t, const char *format, ...)
{
	char buf[128];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(buf))
		t->failed = true;
	else
		add_bytes(t, buf, (size_t)n);
}

static void add_hash(struct text *t, uint64_t hash)
{
	static const char digits[] = "0123456789abcdef";
	char hex[16];

	for (int i = 15; i >= 0; i--) {
		hex[i] = digits[hash & 15];
		hash >>= 4;
	}
	add_bytes(t, hex, sizeof(hex));
}

static void add_encoded(struct text *t, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; s && *s; s++) {
		unsigned char c = (unsigned char)*s;
		char coded[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (manifest_plain_byte(c))
			add_bytes(t, s, 1);
		else
			add_bytes(t, coded, sizeof(coded));
	}
}

static void add_blocks(struct text *t, const uint64_t *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add_string(t, i % MANIFEST_BLOCKS_PER_LINE == 0 ? "blocks " : " ");
		add_hash(t, blocks[i]);
		if (i % MANIFEST_BLOCKS_PER_LINE == MANIFEST_BLOCKS_PER_LINE - 1 || i == count - 1)
			add_string(t, "\n");
	}
}

static void add_sealed_file(struct text *t, const char *kind, const struct sealed_file *f)
{
	add_format(t, "artifact %s ", kind);
	add_encoded(t, f->path);
	add_format(t, "\nsize %" PRIu64 "\nsha256 ", f->size);
	for (size_t i = 0; i < sizeof(f->sha256); i++)
		add_format(t, "%02x", f->sha256[i]);
	add_format(t, "\nidentity %" PRIu64 " %" PRId64 " %" PRId64 "\n", f->inode, f->mtime_ns,
		   f->ctime_ns);
	for (size_t i = 0; i < f->extent_count; i++) {
		const struct extent *e = &f->extents[i];

		add_string(t, "extent ");
		add_encoded(t, f->device[0] ? f->device : "-");
		add_format(t, " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", e->file_offset,
			   e->device_offset, e->length);
	}
	add_blocks(t, f->blocks, f->block_count);
}

static void add_keyslot(struct text *t, const struct sealed_keyslot *k)
{
	add_format(t, "keyslot %u %" PRIu64 " %" PRIu64 " %" PRIu64 " ", k->number, k->offset,
		   k->length, k->used);
	add_hash(t, k->described);
	add_string(t, " ");
	add_hash(t, k->edge);
	add_string(t, "\n");
	add_blocks(t, k->blocks, k->block_count);
}

static void add_names(struct text *t, const char *word, const char *const *names, size_t count)
{
	add_string(t, word);
	for (size_t i = 0; i < count; i++) {
		add_string(t, " ");
		add_encoded(t, names[i]);
	}
	add_string(t, "\n");
}

static void add_luks(struct text *t, const struct sealed_luks *s)
{
	add_format(t, "luks %d", s->version);
	add_names(t, "", (const char *[]){ s->uuid, s->device, s->place }, 3);
	if (s->header)
		add_names(t, "header", (const char *[]){ s->header }, 1);
	for (size_t i = 0; i < LUKS_HEADERS; i++) {
		add_format(t, "copy %" PRIu64 " %" PRIu64 " ", s->copies[i].offset,
			   s->copies[i].length);
		add_hash(t, s->copies[i].hash);
		add_string(t, "\n");
	}
	add_format(t, "state %" PRIu64 " ", s->seqid);
	add_hash(t, s->immutable_hash);
	add_string(t, s->reencrypting ? "\nreencryption yes\n" : "\n");
	for (size_t i = 0; i < s->slot_count; i++)
		add_keyslot(t, &s->slots[i]);
	for (size_t i = 0; i < s->layer_count; i++) {
		const struct sealed_layer *l = &s->layers[i];

		add_names(t, "layer", (const char *[]){ l->kind, l->name, l->uuid }, 3);
	}
}

static void add_content(struct text *t, const struct content *c)
{
	add_format(t, "content %s %" PRIo32 " %" PRIu64 " ",
		   c->hard_link ? MANIFEST_HARD_LINK : content_type_name(c->type), c->mode,
		   c->size);
	add_hash(t, c->hash);
	add_format(t, " %" PRIu32 " %" PRIu32 " ", c->rdev_major, c->rdev_minor);
	if (c->segment == GUARD_SEGMENT)
		add_string(t, "guard");
	else
		add_format(t, "%" PRIu32, c->segment);
	add_format(t, " %" PRIu64 " %" PRIu64 " ", c->data_position, c->image_offset);
	add_encoded(t, c->path);
	add_string(t, "\n");
	add_blocks(t, c->blocks, c->block_count);
}

int manifest_format(const struct manifest *m, char **text, size_t *len)
{
	struct text t = { 0 };

	add_format(&t, "bootverdict-manifest %d\n", MANIFEST_VERSION);
	add_string(&t, "kernel ");
	add_encoded(&t, m->kernel);
	add_string(&t, "\nos ");
	add_encoded(&t, m->os);
	add_string(&t, "\n");
	if (m->sealed_at)
		add_format(&t, "sealed %" PRId64 "\n", m->sealed_at);
	if (m->update_lost_at)
		add_format(&t, "update-lost %" PRId64 "\n", m->update_lost_at);
	if (m->guard_bytes)
		add_format(&t, "guard %" PRIu64 "\n", m->guard_bytes);
	if (m->newest)
		add_format(&t, "newest %" PRId64 "\n", m->newest);
	if (m->builder)
		add_names(&t, "builder", (const char *[]){ m->builder }, 1);
	if (m->refused) {
		add_string(&t, "refused ");
		add_string(&t, manifest_refusal_name(m->refusal));
		add_string(&t, " ");
		add_encoded(&t, m->refused);
		add_string(&t, "\n");
	}
	for (int kind = 0; kind < ARTIFACT_KINDS; kind++) {
		if (m->files[kind].present)
			add_sealed_file(&t, manifest_artifact_name((enum artifact_kind)kind),
					&m->files[kind]);
	}
	for (size_t i = 0; i < m->luks_count; i++)
		add_luks(&t, &m->luks[i]);
	if (*m->root_uuid)
		add_names(&t, "root", (const char *[]){ m->root_uuid }, 1);
	for (size_t i = 0; i < m->segment_count; i++) {
		const struct sealed_segment *s = &m->segments[i];

		add_format(&t, "segment %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
			   codec_name(s->codec), s->offset, s->length, s->unpacked);
	}
	for (size_t i = 0; i < m->content_count; i++)
		add_content(&t, &m->contents[i]);
	if (!t.failed) {
		uint64_t sum = hash64(t.data, t.len);

		add_string(&t, "end ");
		add_hash(&t, sum);
		add_string(&t, "\n");
	}
	if (t.failed || t.len > MANIFEST_BYTES_MAX) {
		free(t.data);
		return t.failed ? -ENOMEM : -EFBIG;
	}
	*text = t.data;
	*len = t.len;
	return 0;
}
