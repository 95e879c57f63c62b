// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The recorder, with archives that are made of the input in two ways: the input is the image; or its
 * bytes choose members out of few names, links and inode numbers, which meet each other, again and
 * again, so that what is not linear takes too long.
 */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/contents.h"
#include "image/cpio.h"
#include "manifest/format.h"
#include "manifest/parse.h"
#include "util/memory.h"
#include "util/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Damaged data may unpack to very much: what matters has been seen by then. */
#define OUTPUT_MAX (8u << 20)

#define MEMBERS_MAX 3000u
#define MEMBER_ROOM 9000u /* of the longest member made here */
#define BOUND_MIB   24u

/* ---- archives of members that meet ------------------------------------------------------------ */

struct archive {
	unsigned char bytes[4u << 20];
	size_t size;
};

static void append(struct archive *a, const void *data, size_t size)
{
	memcpy(a->bytes + a->size, data, size);
	a->size += size;
	while (a->size % 4)
		a->bytes[a->size++] = 0;
}

static void append_member(struct archive *a, const struct cpio_header *fields, const char *path,
			  const void *data)
{
	struct cpio_header h = *fields;
	unsigned char head[CPIO_HEADER_BYTES + 256];
	size_t length = strlen(path) + 1;

	h.name_size = (uint32_t)length;
	cpio_header_format(&h, head);
	memcpy(head + CPIO_HEADER_BYTES, path, length);
	append(a, head, CPIO_HEADER_BYTES + length);
	append(a, data, h.size);
}

/* "a", "b/a", "../c/b", "", ...: four names of three letters, which meet often. */
static void make_path(char path[48], unsigned int choice)
{
	static const char *const names[] = { "a", "b", "c", "..", ".", "", "/", "longer-name" };
	size_t length = 0;

	for (unsigned int i = 0; i < 3; i++, choice >>= 3) {
		const char *name = names[choice & 7];

		if (length)
			path[length++] = '/';
		memcpy(path + length, name, strlen(name));
		length += strlen(name);
		path[length] = '\0';
	}
}

/* Four bytes of the input: one member, or a trailer. */
static void append_chosen(struct archive *a, const uint8_t *choice)
{
	static const mode_t modes[] = { S_IFREG | 0644, S_IFREG | 0600, S_IFREG | 0644,
					S_IFDIR | 0755, S_IFLNK | 0777, S_IFLNK | 0777,
					S_IFCHR | 0600, S_IFREG | 0755 };
	static unsigned char data[2 * BLOCK_SIZE + 1];
	struct cpio_header h = { .mode = modes[choice[0] & 7] };
	char path[48] = "", target[48];

	if (choice[0] == 0xff) {
		append_member(a, &(const struct cpio_header){ 0 }, CPIO_TRAILER, "");
		return;
	}
	make_path(path, choice[1] | (choice[3] & 1u) << 8);
	h.ino = choice[2] & 3;
	h.nlink = choice[0] & 8 ? 2 : 1;
	if (S_ISLNK(h.mode)) {
		make_path(target, choice[2] | (choice[3] & 2u) << 7);
		h.size = (uint32_t)strlen(target);
		append_member(a, &h, path, target);
		return;
	}
	h.size = (choice[0] >> 4 & 3) == 3 ? sizeof(data) : choice[0] >> 4 & 3;
	memset(data, choice[3], sizeof(data));
	append_member(a, &h, path, data);
}

/* The first byte says how often all of the others are used. */
static void make_archive(struct archive *a, const uint8_t *data, size_t size)
{
	unsigned int members = 0;

	a->size = 0;
	for (unsigned int round = 0; round <= data[0]; round++) {
		for (size_t i = 1; i + 4 <= size; i += 4) {
			if (++members > MEMBERS_MAX || a->size + MEMBER_ROOM > sizeof(a->bytes))
				break;
			append_chosen(a, data + i);
		}
	}
	append_member(a, &(const struct cpio_header){ 0 }, CPIO_TRAILER, "");
}

/* ---- what must hold --------------------------------------------------------------------------- */

/* Sorted, no path twice, no path that an unpacked file cannot have, blocks where they belong. */
static void check_list(const struct manifest *m)
{
	for (size_t i = 0; i < m->content_count; i++) {
		const struct content *c = &m->contents[i];

		assert(i == 0 || strcmp(c[-1].path, c->path) < 0);
		assert(c->path[0] && c->path[0] != '/' && strlen(c->path) < INITRD_PATH_MAX);
		assert(!strstr(c->path, "//") && !strstr(c->path, "/../"));
		assert(!c->hard_link || (c->type == CONTENT_FILE && !c->blocks));
		assert(!c->block_count == !c->blocks);
	}
}

/* Exactly one name of a file keeps its blocks; the file form says the same. */
static void check_whole(struct manifest *m)
{
	char reason[MANIFEST_REASON_BYTES];
	struct manifest again;
	char *text;
	size_t len;

	for (size_t i = 0; i < m->content_count; i++) {
		const struct content *c = &m->contents[i];
		bool owner = !c->hard_link;

		if (c->type == CONTENT_FILE && c->size > BLOCK_SIZE && !c->hard_link)
			assert(c->block_count == (c->size + BLOCK_SIZE - 1) / BLOCK_SIZE);
		for (size_t j = 0; !owner && j < m->content_count; j++)
			owner = !m->contents[j].hard_link && m->contents[j].hash == c->hash &&
				m->contents[j].size == c->size;
		assert(owner);
	}
	m->kernel = strdup("k");
	m->os = strdup("");
	if (!m->kernel || !m->os || manifest_format(m, &text, &len))
		return;
	manifest_init(&again);
	assert(manifest_parse(&again, text, len, reason) == 0);
	assert(again.content_count == m->content_count);
	free(text);
	manifest_clear(&again);
}

static void record(const uint8_t *data, size_t size)
{
	struct recorder *r = recorder_new();
	struct input *in = input_from_memory(data, size);
	struct initrd_fault fault, late = { 0 };
	struct manifest m;
	int walked;

	manifest_init(&m);
	if (r && in) {
		walked = recorder_walk(r, in, false, 0, &fault);
		assert(walked <= 0 && walked == fault.error);
		assert(!walked || fault.reason[0]);
		if (recorder_finish(r, &m, &late) == 0) {
			check_list(&m);
			if (!walked)
				check_whole(&m);
		} else {
			assert(late.error && late.reason[0]);
		}
	}
	manifest_clear(&m);
	input_free(in);
	recorder_free(r);
	assert(memory_taken() == 0);
}

/* ---- images that unpack to little ------------------------------------------------------------- */

static int count_data(void *ctx, const void *data, size_t len)
{
	size_t *output = ctx;

	(void)data;
	*output += len;
	return *output > OUTPUT_MAX;
}

static int count_segment(void *ctx, const struct segment *s)
{
	size_t *output = ctx;

	*output += s->unpacked;
	return *output > OUTPUT_MAX;
}

static bool unpacks_to_little(const uint8_t *data, size_t size)
{
	const struct initrd_visitor visitor = { .data = count_data, .segment_end = count_segment };
	struct input *in = input_from_memory(data, size);
	size_t output = 0;
	int r = in ? initrd_walk(in, &visitor, &output, NULL) : 1;

	input_free(in);
	return r <= 0 && r != -EOVERFLOW;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct archive made;

	memory_bound(BOUND_MIB);
	if (size == 0)
		return 0;
	/* An image begins with a magic number; what begins with "!" is choices. */
	if (data[0] == '!' && size > 1) {
		make_archive(&made, data + 1, size - 1);
		record(made.bytes, made.size);
	} else if (unpacks_to_little(data, size)) {
		record(data, size);
	}
	return 0;
}
