// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "manifest/format.h"
#include "manifest/load.h"
#include "util/util.h"

#define ROOT_UUID "1d0b8d8f-7052-4d9d-8b5c-0123456789ab"

static char reason[MANIFEST_REASON_BYTES];

static char *copy(const char *s)
{
	char *c = strdup(s);

	assert_non_null(c);
	return c;
}

static uint64_t *some_hashes(size_t count, uint64_t seed)
{
	uint64_t *hashes = calloc(count, sizeof(*hashes));

	assert_non_null(hashes);
	for (size_t i = 0; i < count; i++) {
		uint64_t key = seed + i;

		hashes[i] = hash64(&key, sizeof(key));
	}
	return hashes;
}

static void fill_file(struct sealed_file *f, const char *path, uint64_t size)
{
	f->present = true;
	f->path = copy(path);
	f->size = size;
	f->inode = 131;
	f->mtime_ns = 1795255321123456789;
	f->ctime_ns = -5;
	memset(f->sha256, 0xa9, sizeof(f->sha256));
	f->block_count = (size_t)((size + BLOCK_SIZE - 1) / BLOCK_SIZE);
	f->blocks = some_hashes(f->block_count, size);
}

static struct content *add_content(struct manifest *m, const char *path, enum content_type type)
{
	struct content *c;

	m->contents = reallocarray(m->contents, m->content_count + 1, sizeof(*m->contents));
	assert_non_null(m->contents);
	c = &m->contents[m->content_count++];
	memset(c, 0, sizeof(*c));
	c->path = copy(path);
	c->type = type;
	c->mode = 0755;
	return c;
}

static void fill_keyslot(struct sealed_keyslot *k, unsigned int number, uint64_t length)
{
	k->number = number;
	k->offset = 32768 + number * 258048u;
	k->length = length;
	k->used = length - 2048;
	k->described = 0xfedcba9876543210u - number;
	k->edge = 7;
	k->block_count = (size_t)((length + BLOCK_SIZE - 1) / BLOCK_SIZE);
	k->blocks = some_hashes(k->block_count, number);
}

/* LUKS2 with two keyslots and all that lies on it; LUKS1 with neither. */
static void fill_luks(struct manifest *m)
{
	struct sealed_luks *s = calloc(2, sizeof(*s));

	assert_non_null(s);
	m->luks = s;
	m->luks_count = 2;
	s->version = 2;
	s->reencrypting = true;
	s->uuid = copy("0c9a9c7e-6f41-4c8c-9a4b-0123456789ab");
	s->device = copy("UUID=0c9a9c7e-6f41-4c8c-9a4b-0123456789ab");
	s->place = copy("/dev/disk/by-partuuid/1-2");
	s->header = copy("/boot/a header");
	s->seqid = 5;
	s->copies[0].length = s->copies[1].length = s->copies[1].offset = 16384;
	s->copies[0].hash = 0xabcdef;
	s->copies[1].hash = UINT64_MAX;
	s->slots = calloc(2, sizeof(*s->slots));
	assert_non_null(s->slots);
	s->slot_count = 2;
	fill_keyslot(&s->slots[0], 0, 9 * 4096);
	fill_keyslot(&s->slots[1], 31, 5000);
	s->layers = calloc(2, sizeof(*s->layers));
	assert_non_null(s->layers);
	s->layer_count = 2;
	strcpy(s->layers[0].kind, "crypt");
	s->layers[0].name = copy("vda3_crypt");
	s->layers[0].uuid = copy("");
	strcpy(s->layers[1].kind, "ext4");
	s->layers[1].name = copy("");
	s->layers[1].uuid = copy("1234-5678");
	s[1].version = 1;
	s[1].uuid = copy("u");
	s[1].device = copy("/dev/vdb");
	s[1].place = copy("");
	s[1].copies[0].length = 592;
	s[1].immutable_hash = 99;
}

/* A manifest that has everything once; paths of all kinds of bytes. */
static void fill(struct manifest *m)
{
	struct content *c;

	manifest_init(m);
	m->kernel = copy("6.12.107+deb13-amd64");
	m->os = copy("Debian GNU/Linux 13 (trixie)");
	m->sealed_at = 1795255331;
	m->guard_bytes = 1433600;
	m->newest = 1795255000;
	m->builder = copy("dracut");
	strcpy(m->root_uuid, ROOT_UUID);
	fill_file(&m->files[ARTIFACT_KERNEL], "/boot/vmlinuz-6.12.107+deb13-amd64", 0);
	fill_file(&m->files[ARTIFACT_INITRD], "/boot/initrd.img-6.12.107+deb13-amd64",
		  17 * 4096 + 1);
	strcpy(m->files[ARTIFACT_INITRD].device, "/dev/vda2");
	m->files[ARTIFACT_INITRD].extents = calloc(2, sizeof(struct extent));
	assert_non_null(m->files[ARTIFACT_INITRD].extents);
	m->files[ARTIFACT_INITRD].extents[0] = (struct extent){ 0, 1048576, 8192 };
	m->files[ARTIFACT_INITRD].extents[1] = (struct extent){ 8192, UINT64_MAX, 61441 };
	m->files[ARTIFACT_INITRD].extent_count = 2;
	fill_luks(m);
	m->segments = calloc(2, sizeof(*m->segments));
	assert_non_null(m->segments);
	m->segments[0] = (struct sealed_segment){
		.codec = CODEC_NONE, .length = 4096, .unpacked = 4096, .verified = true
	};
	m->segments[1] = (struct sealed_segment){ .codec = CODEC_ZSTD,
						  .offset = 4096,
						  .length = 60000,
						  .unpacked = 200000,
						  .verified = true };
	m->segment_count = 2;
	c = add_content(m, "bin/a b%c\n\xc3\xa9\x7f", CONTENT_FILE);
	c->size = 9 * 4096;
	c->mode = 04755;
	c->hash = 0x0123456789abcdefu;
	c->segment = 1;
	c->data_position = 4;
	c->image_offset = 5000;
	c->block_count = 9;
	c->blocks = some_hashes(9, 3);
	add_content(m, "bootverdict", CONTENT_DIRECTORY)->segment = GUARD_SEGMENT;
	c = add_content(m, "dev/console", CONTENT_CHAR);
	c->rdev_major = 5;
	c->rdev_minor = UINT32_MAX;
	c = add_content(m, "init", CONTENT_SYMLINK);
	c->size = 22;
	c = add_content(m, "init2", CONTENT_FILE);
	c->size = 4096;
	c->mode = 0;
	c = add_content(m, "init3", CONTENT_FILE);
	c->size = 40960;
	c->hard_link = true;
	add_content(m, "z-fifo", CONTENT_FIFO);
	add_content(m, "z-socket", CONTENT_SOCKET);
	add_content(m, "z1", CONTENT_BLOCK);
}

static char *format(const struct manifest *m, size_t *len)
{
	char *text = NULL;

	assert_int_equal(manifest_format(m, &text, len), 0);
	assert_non_null(text);
	return text;
}

/* The text of fill(). */
static char *sample(size_t *len)
{
	struct manifest m;
	char *text;

	fill(&m);
	text = format(&m, len);
	manifest_clear(&m);
	return text;
}

static int parse(const char *text, size_t len)
{
	struct manifest m;
	int rc;

	reason[0] = '\0';
	rc = manifest_parse(&m, text, len, reason);
	if (rc < 0) {
		assert_string_not_equal(reason, "");
		assert_null(m.kernel);
		assert_null(m.contents);
		assert_int_equal(m.content_count, 0);
	}
	manifest_clear(&m);
	return rc;
}

static void test_round_trip(void **state)
{
	struct manifest m, back;
	size_t len, len2;
	char *text, *text2;
	const struct content *c;

	(void)state;
	fill(&m);
	text = format(&m, &len);
	assert_int_equal(manifest_parse(&back, text, len, reason), 0);
	text2 = format(&back, &len2);
	assert_int_equal(len, len2);
	assert_memory_equal(text, text2, len);

	assert_string_equal(back.kernel, m.kernel);
	assert_string_equal(back.os, m.os);
	assert_true(back.sealed_at == m.sealed_at);
	assert_true(back.guard_bytes == m.guard_bytes);
	assert_true(back.newest == m.newest);
	assert_string_equal(back.builder, m.builder);
	for (int k = 0; k < ARTIFACT_KINDS; k++) {
		const struct sealed_file *f = &back.files[k], *g = &m.files[k];

		assert_true(f->present);
		assert_string_equal(f->path, g->path);
		assert_true(f->size == g->size && f->inode == g->inode);
		assert_true(f->mtime_ns == g->mtime_ns && f->ctime_ns == g->ctime_ns);
		assert_memory_equal(f->sha256, g->sha256, sizeof(f->sha256));
		assert_int_equal(f->block_count, g->block_count);
		assert_true(f->block_count == 0 ||
			    memcmp(f->blocks, g->blocks, f->block_count * 8) == 0);
		assert_int_equal(f->extent_count, g->extent_count);
		assert_string_equal(f->device, g->device);
	}
	assert_true(back.files[ARTIFACT_INITRD].extents[1].device_offset == UINT64_MAX);
	assert_int_equal(back.segment_count, 2);
	assert_int_equal(back.segments[1].codec, CODEC_ZSTD);
	assert_true(back.segments[1].unpacked == 200000);
	/* Not part of the file form. */
	assert_false(back.segments[0].verified || back.segments[1].verified);
	assert_int_equal(back.content_count, m.content_count);
	c = manifest_find(&back, m.contents[0].path);
	assert_ptr_equal(c, &back.contents[0]);
	assert_int_equal(c->mode, 04755);
	assert_true(c->hash == 0x0123456789abcdefu);
	assert_memory_equal(c->blocks, m.contents[0].blocks, 9 * 8);
	c = manifest_find(&back, "bootverdict");
	assert_non_null(c);
	assert_true(c->segment == GUARD_SEGMENT);
	c = manifest_find(&back, "dev/console");
	assert_non_null(c);
	assert_true(c->rdev_minor == UINT32_MAX && c->type == CONTENT_CHAR);
	assert_null(manifest_find(&back, "init1"));
	assert_null(manifest_find(&back, "zz"));
	assert_null(manifest_find(&back, ""));
	free(text);
	free(text2);
	manifest_clear(&m);
	manifest_clear(&back);
}

/* With and without it: older records have none. */
static void test_root_uuid(void **state)
{
	struct manifest m, back;
	char *text;
	size_t len;

	(void)state;
	for (int known = 0; known <= 1; known++) {
		fill(&m);
		strcpy(m.root_uuid, known ? ROOT_UUID : "");
		text = format(&m, &len);
		assert_int_equal(strstr(text, "\nroot ") != NULL, known);
		assert_int_equal(manifest_parse(&back, text, len, reason), 0);
		assert_string_equal(back.root_uuid, known ? ROOT_UUID : "");
		manifest_clear(&back);
		assert_int_equal(manifest_parse_devices(&back, text, len, reason), 0);
		assert_string_equal(back.root_uuid, known ? ROOT_UUID : "");
		manifest_clear(&back);
		manifest_clear(&m);
		free(text);
	}
}

/* Older records have none, and a newer bootverdict may know more of them. */
static void test_builder(void **state)
{
	static const struct {
		const char *name;
		enum builder builder;
	} cases[] = {
		{ NULL, BUILDER_UNKNOWN },
		{ "mkinitcpio", BUILDER_UNKNOWN },
		{ "a builder", BUILDER_UNKNOWN },
		{ "dracut", BUILDER_DRACUT },
		{ "initramfs-tools", BUILDER_INITRAMFS_TOOLS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct manifest m, back;
		char *text, *again;
		size_t len, again_len;

		fill(&m);
		free(m.builder);
		m.builder = cases[i].name ? copy(cases[i].name) : NULL;
		text = format(&m, &len);
		assert_int_equal(memmem(text, len, "\nbuilder ", 9) != NULL, cases[i].name != NULL);
		assert_int_equal(manifest_parse(&back, text, len, reason), 0);
		assert_int_equal(manifest_builder(&back), cases[i].builder);
		again = format(&back, &again_len);
		assert_int_equal(again_len, len);
		assert_memory_equal(again, text, len);
		free(again);
		manifest_clear(&back);
		/* What a stage of the boot reads of it. */
		assert_int_equal(manifest_parse_devices(&back, text, len, reason), 0);
		assert_int_equal(manifest_builder(&back), cases[i].builder);
		manifest_clear(&back);
		manifest_clear(&m);
		free(text);
	}
}

/* By the content list, which says nothing where it does not show one: what was recorded stays. */
static void test_note_builder(void **state)
{
	struct manifest m;

	(void)state;
	manifest_init(&m);
	manifest_note_builder(&m);
	assert_null(m.builder);
	add_content(&m, "conf/initramfs.conf", CONTENT_FILE);
	manifest_note_builder(&m);
	assert_string_equal(m.builder, "initramfs-tools");
	manifest_forget_image(&m);
	add_content(&m, "init", CONTENT_SYMLINK);
	manifest_note_builder(&m);
	assert_string_equal(m.builder, "initramfs-tools");
	manifest_forget_image(&m);
	add_content(&m, "usr/lib/dracut/modules.txt", CONTENT_FILE);
	manifest_note_builder(&m);
	assert_string_equal(m.builder, "dracut");
	manifest_clear(&m);
}

/* The image before the update has its own. */
static void test_swapped_builder(void **state)
{
	struct manifest a, b;

	(void)state;
	manifest_init(&a);
	manifest_init(&b);
	a.builder = copy("dracut");
	manifest_swap_initrd(&a, &b);
	assert_null(a.builder);
	assert_string_equal(b.builder, "dracut");
	manifest_clear(&a);
	manifest_clear(&b);
}

/* Where the image was unpacked, its files tell what the record does not. */
static void test_builder_below(void **state)
{
	char folder[] = "/tmp/test_manifest.XXXXXX";
	struct manifest m;
	int root, fd;

	(void)state;
	manifest_init(&m);
	assert_non_null(mkdtemp(folder));
	root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(root >= 0);
	assert_int_equal(manifest_builder_below(&m, root), BUILDER_UNKNOWN);
	assert_int_equal(mkdirat(root, "conf", 0700), 0);
	fd = openat(root, "conf/initramfs.conf", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(manifest_builder_below(&m, root), BUILDER_INITRAMFS_TOOLS);
	m.builder = copy("mkinitcpio");
	assert_int_equal(manifest_builder_below(&m, root), BUILDER_INITRAMFS_TOOLS);
	strcpy(m.builder, "dracut");
	assert_int_equal(manifest_builder_below(&m, root), BUILDER_DRACUT);
	assert_int_equal(unlinkat(root, "conf/initramfs.conf", 0), 0);
	assert_int_equal(unlinkat(root, "conf", AT_REMOVEDIR), 0);
	assert_int_equal(rmdir(folder), 0);
	close(fd);
	close(root);
	manifest_clear(&m);
}

static void test_luks_round_trip(void **state)
{
	const struct sealed_luks *s;
	struct manifest back;
	size_t len;
	char *text = sample(&len);

	(void)state;
	assert_int_equal(manifest_parse(&back, text, len, reason), 0);
	assert_int_equal(back.luks_count, 2);
	s = &back.luks[0];
	assert_int_equal(s->version, 2);
	assert_string_equal(s->device, "UUID=0c9a9c7e-6f41-4c8c-9a4b-0123456789ab");
	assert_string_equal(s->place, "/dev/disk/by-partuuid/1-2");
	assert_string_equal(s->header, "/boot/a header");
	assert_true(s->seqid == 5 && s->copies[1].offset == 16384);
	assert_true(s->copies[1].hash == UINT64_MAX);
	assert_int_equal(s->slot_count, 2);
	assert_int_equal(s->slots[1].number, 31);
	assert_int_equal(s->slots[1].block_count, 2);
	assert_true(s->slots[0].described == 0xfedcba9876543210u && s->slots[0].edge == 7);
	assert_true(s->reencrypting);
	assert_int_equal(s->layer_count, 2);
	assert_string_equal(s->layers[0].name, "vda3_crypt");
	assert_string_equal(s->layers[1].uuid, "1234-5678");
	assert_null(back.luks[1].header);
	assert_string_equal(back.luks[1].place, "");
	assert_true(back.luks[1].immutable_hash == 99);
	assert_false(back.luks[1].reencrypting);
	assert_int_equal(back.luks[1].slot_count, 0);
	manifest_clear(&back);
	free(text);
}

/* A machine without LUKS: not a byte about it. */
static void test_no_luks(void **state)
{
	struct manifest m;
	char *text;
	size_t len;

	(void)state;
	fill(&m);
	while (m.luks_count)
		sealed_luks_clear(&m.luks[--m.luks_count]);
	text = format(&m, &len);
	assert_null(memmem(text, len, "luks", 4));
	assert_int_equal(parse(text, len), 0);
	free(text);
	manifest_clear(&m);
}

/* The guard's copy: nothing of the disk, nothing of the clock. */
static void test_guard_copy(void **state)
{
	struct manifest m;
	char *text;
	size_t len;

	(void)state;
	fill(&m);
	m.sealed_at = 0;
	m.guard_bytes = 0;
	m.newest = 0;
	m.files[ARTIFACT_KERNEL].present = false;
	m.files[ARTIFACT_INITRD].present = false;
	text = format(&m, &len);
	assert_null(memmem(text, len, "\nsealed ", 8));
	assert_null(memmem(text, len, "\nguard ", 7));
	assert_null(memmem(text, len, "\nartifact ", 10));
	assert_int_equal(parse(text, len), 0);
	free(text);
	manifest_clear(&m);
}

static void test_empty(void **state)
{
	struct manifest m;
	char *text;
	size_t len;

	(void)state;
	manifest_init(&m);
	text = format(&m, &len);
	assert_int_equal(parse(text, len), 0);
	free(text);
	assert_int_equal(parse("", 0), -EBADMSG);
	assert_int_equal(parse("\n", 1), -EBADMSG);
}

static void test_every_bit(void **state)
{
	size_t len;
	char *text = sample(&len);

	(void)state;
	assert_int_equal(parse(text, len), 0);
	for (size_t i = 0; i < len; i++) {
		for (unsigned int bit = 0; bit < 8; bit++) {
			text[i] ^= (char)(1u << bit);
			assert_int_equal(parse(text, len), -EBADMSG);
			text[i] ^= (char)(1u << bit);
		}
	}
	assert_int_equal(parse(text, len), 0);
	free(text);
}

static void test_every_length(void **state)
{
	size_t len;
	char *text = sample(&len);

	(void)state;
	for (size_t n = 0; n < len; n++) {
		/* In a buffer of its own, so that reading behind its end is noticed. */
		char *part = malloc(n ? n : 1);

		assert_non_null(part);
		memcpy(part, text, n);
		assert_int_equal(parse(part, n), -EBADMSG);
		free(part);
	}
	text = realloc(text, len + 1);
	assert_non_null(text);
	text[len] = '\n';
	assert_int_equal(parse(text, len + 1), -EBADMSG);
	free(text);
}

/* A disk's usual damage: sectors of zeros, and pages of something else. */
static void test_zeros(void **state)
{
	size_t len;
	char *text = sample(&len);

	(void)state;
	for (size_t at = 0; at < len; at += 512) {
		size_t n = len - at < 512 ? len - at : 512;
		char kept[512];

		memcpy(kept, text + at, n);
		memset(text + at, 0, n);
		assert_int_equal(parse(text, len), -EBADMSG);
		memcpy(text + at, kept, n);
	}
	assert_int_equal(parse(text, len), 0);
	free(text);
}

/* Replaces one part of the sample, gives it a right sum again, and parses it. */
static int parse_changed(const char *old, const char *new)
{
	size_t len, body;
	char *text = sample(&len), *at = memmem(text, len, old, strlen(old)), *changed;
	char end[32];
	int rc;

	assert_non_null(at);
	assert_null(memmem(at + 1, len - (size_t)(at + 1 - text), old, strlen(old)));
	changed = malloc(len + strlen(new) + 1);
	assert_non_null(changed);
	body = len - 21 - strlen(old) + strlen(new);
	memcpy(changed, text, (size_t)(at - text));
	strcpy(changed + (at - text), new);
	memcpy(changed + (at - text) + strlen(new), at + strlen(old),
	       len - (size_t)(at - text) - strlen(old));
	snprintf(end, sizeof(end), "end %016" PRIx64 "\n", hash64(changed, body));
	memcpy(changed + body, end, 21);
	rc = parse(changed, body + 21);
	free(text);
	free(changed);
	return rc;
}

/* With a right sum: written by a program with a fault, or by a newer one. */
static void test_strict(void **state)
{
	static const struct {
		const char *old, *new, *reason;
	} cases[] = {
		{ "manifest 1\n", "manifest 01\n", "line 1: " },
		{ "manifest 1\n", "manifest 0\n", "line 1: " },
		{ "manifest 1\n", "manifest 1 \n", "line 1: " },
		{ "\nos ", "\nso ", "line 3: \"os\" is expected" },
		{ "\nos ", "\nOs ", "line 3: \"os\" is expected" },
		{ "sealed 1795255331", "sealed 0", "line 4: the time" },
		{ "sealed 1795255331", "sealed -0", "line 4: " },
		{ "sealed 1795255331", "sealed 9223372036854775808",
		  "line 4: a number is too big" },
		{ "sealed 1795255331", "sealed +5", "line 4: " },
		{ "guard 1433600", "guard 0", "line 5: " },
		{ "newest 1795255000", "newest 0", "line 6: the time" },
		{ "artifact kernel", "artifact kernal", "line 8: an artifact of unknown kind" },
		{ "builder dracut", "builder ", "line 7: a name is empty" },
		{ "builder dracut", "builder dracut 1", "line 7: there is more" },
		{ "builder dracut", "builder dracut\nbuilder dracut", "unknown kind" },
		{ "artifact initrd", "artifact kernel", "repeated" },
		{ "identity 131 1795255321123456789 -5\nextent", "identity 131 5\nextent",
		  "missing" },
		{ "extent /dev/vda2 8192 ", "extent /dev/vda3 8192 ", "device" },
		{ "size 69633", "size 69632", "more on the line" },
		{ "size 69633", "size 18446744073709551615", "block hashes are missing" },
		{ "size 69633", "size 18446744073709551616", "too big" },
		{ "size 69633", "size 69633 1", "more on the line" },
		{ "segment zstd", "segment zst", "codec" },
		{ "segment zstd", "segment zstdd", "codec" },
		{ "content char 755", "content char 758", "number" },
		{ "content char 755", "content char 10000", "too big" },
		{ "content char", "content chair", "content type" },
		{ "content symlink", " content symlink", "unknown kind" },
		{ "0123456789abcdef", "0123456789ABCDEF", "hexadecimal" },
		{ "0123456789abcdef", "123456789abcdef", "16 digits" },
		{ "0123456789abcdef 0 0 1 4", "0123456789abcdef 0 0 2 4", "no segment" },
		{ "%0A", "%0a", "encoded wrongly" },
		{ "%0A", "%41", "encoded wrongly" },
		{ "%0A", "%00", "encoded wrongly" },
		{ "%0A", "\t", "must be encoded" },
		{ " z1\n", " z1%\n", "must be encoded" },
		{ " z1\n", " z1%2\n", "must be encoded" },
		{ " z1\n", " \n", "empty" },
		{ " z1\n", " z-socket\n", "in order" },
		{ " z1\n", " z1\n\n", "unknown kind" },
		{ " z1\n", " z1\nsegment none 1 1 1\n", "unknown kind" },
		{ "root " ROOT_UUID, "root ", "empty" },
		{ "root " ROOT_UUID, "root " ROOT_UUID "01234", "too long" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(parse_changed(cases[i].old, cases[i].new), -EBADMSG);
		if (!strstr(reason, cases[i].reason))
			fail_msg("case %zu: \"%s\" lacks \"%s\"", i, reason, cases[i].reason);
	}
	/* The twin: a change that is legitimate is accepted. */
	assert_int_equal(parse_changed("sealed 1795255331", "sealed -1"), 0);
	assert_int_equal(parse_changed("segment zstd", "segment gzip"), 0);
	assert_int_equal(parse_changed("builder dracut\n", ""), 0);
	assert_int_equal(parse_changed("builder dracut", "builder a%20new%20one"), 0);
	assert_int_equal(parse_changed(" z1\n", " z1%20\n"), 0);
	assert_int_equal(parse_changed("root " ROOT_UUID, "root " ROOT_UUID "0123"), 0);
	assert_int_equal(parse_changed("extent /dev/vda2 0 ", "extent /dev/vda2 1 "), 0);
}

/* Right sums, and what no writer writes. */
static void test_luks_strict(void **state)
{
	(void)state;
	assert_int_equal(parse_changed("keyslot 31 ", "keyslot 32 "), -EBADMSG);
	assert_int_equal(parse_changed("keyslot 31 ", "keyslot 0 "), -EBADMSG);
	assert_int_equal(parse_changed("luks 1 u ", "luks 0 u "), -EBADMSG);
	assert_int_equal(parse_changed("luks 1 u ", "luks 3 u "), -EBADMSG);
	assert_int_equal(parse_changed(" 5000 2952 ", " 5000 5001 "), -EBADMSG);
	assert_int_equal(parse_changed(" 5000 2952 ", " 50000 2952 "), -EBADMSG);
	assert_int_equal(parse_changed("copy 0 592 ", "header 0 592 "), -EBADMSG);
	assert_int_equal(parse_changed("layer crypt ", "layer crypt-and-more-of-it "), -EBADMSG);
	assert_int_equal(parse_changed("layer crypt vda3_crypt ", "layer crypt "), -EBADMSG);
	assert_int_equal(parse_changed("state 5 ", "state  "), -EBADMSG);
	assert_int_equal(parse_changed("/dev/vdb ", "/dev/vdb"), -EBADMSG);
	assert_int_equal(parse_changed("luks 1 u ", "luks 1 v "), 0);
}

static void test_newer(void **state)
{
	(void)state;
	assert_int_equal(parse_changed("manifest 1\n", "manifest 2\n"), -EPROTO);
	assert_non_null(strstr(reason, "newer"));
	assert_int_equal(parse_changed("manifest 1\n", "manifest 10 with more\n"), -EBADMSG);
}

/* A manifest as long as a Debian 13 initrd gives, or a bit longer. */
static void test_big(void **state)
{
	struct manifest m;
	struct timespec before, after;
	char *text, path[64];
	size_t len;
	int64_t ns;

	(void)state;
	manifest_init(&m);
	m.kernel = copy("6.12");
	m.segments = calloc(1, sizeof(*m.segments));
	m.segment_count = 1;
	for (unsigned int i = 0; i < 4000; i++) {
		struct content *c;

		snprintf(path, sizeof(path), "usr/lib/modules/6.12/kernel/%05u.ko.xz", i);
		c = add_content(&m, path, CONTENT_FILE);
		c->size = 40000;
		c->block_count = 10;
		c->blocks = some_hashes(10, i);
	}
	text = format(&m, &len);
	manifest_clear(&m);
	assert_true(len > 700000);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	assert_int_equal(manifest_parse(&m, text, len, reason), 0);
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
	manifest_clear(&m);
	ns = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
	print_message("%zu bytes parsed in %" PRId64 " us\n", len, ns / 1000);
	/* Far above what it takes, sanitizers included; far below anything quadratic. */
	assert_true(ns < 500 * 1000 * 1000);
	assert_int_equal(parse(text, MANIFEST_BYTES_MAX + 1), -EFBIG);
	free(text);
}

static void test_load(void **state)
{
	char folder[] = "/tmp/bv-manifest-XXXXXX", path[64];
	struct manifest m;
	size_t len;
	char *text = sample(&len);
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/m", folder);
	assert_int_equal(manifest_load(&m, path, reason), -ENOENT);
	assert_non_null(strstr(reason, "No such file"));
	assert_int_equal(manifest_load(&m, folder, reason), -EINVAL);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(manifest_load(&m, path, reason), -EINVAL);
	assert_int_equal(unlink(path), 0);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(manifest_load(&m, path, reason), 0);
	assert_string_equal(m.contents[1].path, "bootverdict");
	manifest_clear(&m);
	assert_int_equal(manifest_load_devices(&m, path, reason), 0);
	assert_int_equal(m.luks_count, 2);
	assert_true(m.luks[0].slot_count > 0);
	assert_int_equal(m.segment_count, 0);
	assert_int_equal(m.content_count, 0);
	manifest_clear(&m);
	assert_int_equal(truncate(path, (off_t)len / 2), 0);
	assert_int_equal(manifest_load_devices(&m, path, reason), -EBADMSG);
	assert_int_equal(manifest_load(&m, path, reason), -EBADMSG);
	assert_int_equal(truncate(path, (off_t)MANIFEST_BYTES_MAX + 1), 0);
	assert_int_equal(manifest_load(&m, path, reason), -EFBIG);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free(text);
}

static void test_content_types(void **state)
{
	(void)state;
	assert_int_equal(content_type_from_mode(0100644), CONTENT_FILE);
	assert_int_equal(content_type_from_mode(040755), CONTENT_DIRECTORY);
	assert_int_equal(content_type_from_mode(0120777), CONTENT_SYMLINK);
	assert_int_equal(content_type_from_mode(020600), CONTENT_CHAR);
	assert_int_equal(content_type_from_mode(060600), CONTENT_BLOCK);
	assert_int_equal(content_type_from_mode(010600), CONTENT_FIFO);
	assert_int_equal(content_type_from_mode(0140600), CONTENT_SOCKET);
	assert_int_equal(content_type_from_mode(0), -EINVAL);
	assert_int_equal(content_type_from_mode(0170000), -EINVAL);
	for (int a = CONTENT_FILE; a <= CONTENT_SOCKET; a++) {
		for (int b = CONTENT_FILE; b < a; b++)
			assert_string_not_equal(content_type_name((enum content_type)a),
						content_type_name((enum content_type)b));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_uuid),     cmocka_unit_test(test_builder),
		cmocka_unit_test(test_note_builder),  cmocka_unit_test(test_swapped_builder),
		cmocka_unit_test(test_builder_below), cmocka_unit_test(test_luks_round_trip),
		cmocka_unit_test(test_luks_strict),   cmocka_unit_test(test_no_luks),
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_guard_copy),
		cmocka_unit_test(test_empty),	      cmocka_unit_test(test_every_bit),
		cmocka_unit_test(test_every_length),  cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_strict),	      cmocka_unit_test(test_newer),
		cmocka_unit_test(test_big),	      cmocka_unit_test(test_load),
		cmocka_unit_test(test_content_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
