// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/cpio.h"
#include "util/bytes.h"
#include "util/util.h"

#define LINK_TARGET "/" GUARD_STUB

#define MODE_FOLDER  (S_IFDIR | 0755)
#define MODE_LINK    (S_IFLNK | 0777)
#define MODE_PROGRAM (S_IFREG | 0755)
#define MODE_DATA    (S_IFREG | 0444)
#define MODE_PRIVATE (S_IFREG | 0400)

/* What the last member begins with, for a rescuer who finds it with a hex editor. */
#define END_TEXT       "end of the guard\n"
#define END_TEXT_MERGE "end of the guard; the early cpio goes on\n"

/* No guard has more members; a damaged header cannot send the search through the image. */
#define GUARD_MEMBERS_MAX 64u
#define GUARD_MEMBER_MAX  (16u << 20)

/* Members of the guard, the early cpio's mark among them, but not its end. */
#define LISTED 14u

/* What a member of the guard is made of. */
struct entry {
	const char *path;
	mode_t mode;
	const void *data;
	size_t size;
};

struct archive {
	unsigned char *bytes;
	size_t size, room;
	uint32_t next_ino;
};

static int append(struct archive *a, const void *data, size_t size)
{
	if (a->size + size > a->room) {
		size_t room = (a->size + size) * 2;
		unsigned char *grown = realloc(a->bytes, room);

		if (!grown)
			return -ENOMEM;
		a->bytes = grown;
		a->room = room;
	}
	if (size)
		memcpy(a->bytes + a->size, data, size);
	a->size += size;
	return 0;
}

static int append_zeros(struct archive *a, size_t size)
{
	static const unsigned char zeros[BLOCK_SIZE];

	return append(a, zeros, size);
}

static int append_member(struct archive *a, const struct entry *e)
{
	unsigned char header[CPIO_HEADER_BYTES];
	const struct cpio_header h = {
		.ino = ++a->next_ino,
		.mode = e->mode,
		.nlink = S_ISDIR(e->mode) ? 2 : 1,
		.size = (uint32_t)e->size,
		.name_size = (uint32_t)strlen(e->path) + 1,
	};
	int r;

	cpio_header_format(&h, header);
	r = append(a, header, sizeof(header));
	if (!r)
		r = append(a, e->path, h.name_size);
	if (!r)
		r = append_zeros(a, cpio_padding(a->size));
	if (!r)
		r = append(a, e->data, e->size);
	if (!r)
		r = append_zeros(a, cpio_padding(a->size));
	return r;
}

static size_t member_size(const char *path, size_t data_size)
{
	size_t size = CPIO_HEADER_BYTES + strlen(path) + 1;

	size += cpio_padding(size) + data_size;
	return size + cpio_padding(size);
}

/* The last member's data fills the guard up to a multiple of 4096. */
static int append_end(struct archive *a, bool merge)
{
	unsigned char fill[BLOCK_SIZE] = { 0 };
	size_t used = a->size + member_size(GUARD_END, 0);
	size_t trailer = merge ? 0 : member_size(CPIO_TRAILER, 0);
	size_t size = (size_t)(-(used + trailer) % BLOCK_SIZE);
	const char *text = merge ? END_TEXT_MERGE : END_TEXT;
	const struct entry end = { GUARD_END, MODE_DATA, fill, size };

	memcpy(fill, text, strlen(text) < size ? strlen(text) : size);

	int r = append_member(a, &end);

	if (!r && !merge)
		r = append_member(a, &(const struct entry){ CPIO_TRAILER, 0, NULL, 0 });
	return r;
}

/*
 * All members but the end, in their order. What keeps the kernel from panicking comes first and is
 * small; the large files, which damage hits most often, come last.
 */
static void list_members(const struct guard_parts *parts, struct entry list[LISTED])
{
	const mode_t manifest = parts->manifest_private ? MODE_PRIVATE : MODE_DATA;
	const struct entry members[LISTED] = {
		{ GUARD_DIR, MODE_FOLDER, NULL, 0 },
		{ GUARD_STUB, MODE_PROGRAM, parts->stub, parts->stub_size },
		{ "init", MODE_LINK, LINK_TARGET, strlen(LINK_TARGET) },
		{ "etc", MODE_FOLDER, NULL, 0 },
		{ "etc/init", MODE_LINK, LINK_TARGET, strlen(LINK_TARGET) },
		{ "usr", MODE_FOLDER, NULL, 0 },
		{ "usr/lib", MODE_FOLDER, NULL, 0 },
		{ "usr/lib/bootverdict", MODE_FOLDER, NULL, 0 },
		{ GUARD_DIVERTED, MODE_LINK, LINK_TARGET, strlen(LINK_TARGET) },
		{ GUARD_CONFIG, MODE_DATA, parts->config, parts->config_size },
		{ GUARD_MANIFEST, manifest, parts->manifest, parts->manifest_size },
		{ GUARD_BUSYBOX, MODE_PROGRAM, parts->busybox, parts->busybox_size },
		{ GUARD_CHECKER, MODE_PROGRAM, parts->checker, parts->checker_size },
		{ GUARD_EARLY_CPIO_MARK, S_IFREG | 0644, "1\n", 2 },
	};

	memcpy(list, members, sizeof(members));
}

int guard_build(const struct guard_parts *parts, unsigned char **bytes, size_t *size)
{
	size_t count = LISTED - !(parts->merge && parts->early_cpio_mark);
	struct entry list[LISTED];
	struct archive a = { 0 };
	int r = 0;

	list_members(parts, list);
	for (size_t i = 0; !r && i < count; i++)
		r = append_member(&a, &list[i]);
	if (!r)
		r = append_end(&a, parts->merge);
	if (r) {
		free(a.bytes);
		return r;
	}
	*bytes = a.bytes;
	*size = a.size;
	return 0;
}

/* Reads the member header and name at the input's offset; name is cut to fit. */
static int read_member(struct input *in, struct cpio_header *h, char *name, size_t name_room)
{
	const unsigned char *p;
	ssize_t n = input_peek(in, CPIO_HEADER_BYTES, &p);
	int r;

	if (n < (ssize_t)CPIO_HEADER_BYTES)
		return n < 0 ? (int)n : -ENODATA;
	r = cpio_header_parse(p, h);
	if (r)
		return r;
	if (h->name_size == 0 || h->name_size > name_room)
		return -EBADMSG;
	n = input_peek(in, CPIO_HEADER_BYTES + h->name_size, &p);
	if (n < (ssize_t)(CPIO_HEADER_BYTES + h->name_size))
		return n < 0 ? (int)n : -ENODATA;
	memcpy(name, p + CPIO_HEADER_BYTES, h->name_size);
	return name[h->name_size - 1] == '\0' ? 0 : -EBADMSG;
}

/* Moves from a member's header to the next one's. */
static int skip_member(struct input *in, const struct cpio_header *h)
{
	uint64_t next = input_offset(in) + CPIO_HEADER_BYTES + h->name_size;

	next += cpio_padding(next);
	next += h->size;
	next += cpio_padding(next);
	if (next <= input_end(in))
		return input_seek(in, next);
	/* More than any member of a guard has is what a damaged header says. */
	return h->size > GUARD_MEMBER_MAX ? -EBADMSG : -ENODATA;
}

/* The member at the input's offset, up to the next one. */
static int next_member(struct input *in, char *name, size_t name_room)
{
	struct cpio_header h;
	int r = read_member(in, &h, name, name_room);

	return r ? r : skip_member(in, &h);
}

/* Up to the end of the guard, as it is made. -ENOENT: what follows the member that says so is no guard's. */
static int find_end(struct input *in, char *name, size_t name_room)
{
	int r;

	for (unsigned int i = 0; i < GUARD_MEMBERS_MAX; i++) {
		r = next_member(in, name, name_room);
		if (r)
			return r;
		if (strcmp(name, GUARD_END) == 0)
			break;
	}
	if (strcmp(name, GUARD_END) != 0)
		return -EBADMSG;
	/* A guard that is an archive by itself ends with its trailer, at a multiple of 4096. */
	if (input_offset(in) % BLOCK_SIZE != 0) {
		r = next_member(in, name, name_room);
		if (r || strcmp(name, CPIO_TRAILER) != 0)
			return r ? r : -ENOENT;
	}
	return input_offset(in) % BLOCK_SIZE == 0 ? 0 : -ENOENT;
}

/* Whether the archive goes on to its trailer, member after member: no damage moves them. */
static bool has_trailer(struct input *in, char *name, size_t name_room)
{
	for (unsigned int i = 0; i < GUARD_MEMBERS_MAX; i++) {
		if (strcmp(name, CPIO_TRAILER) == 0)
			return true;
		if (next_member(in, name, name_room))
			return false;
	}
	return false;
}

int guard_find(struct input *in, uint64_t *size)
{
	struct cpio_header h;
	char name[64];
	int r;

	*size = 0;
	r = input_seek(in, 0);
	if (!r)
		r = read_member(in, &h, name, sizeof(name));
	if (r == -EBADMSG || r == -ENODATA || (!r && strcmp(name, GUARD_DIR) != 0))
		return 0;
	if (!r)
		r = find_end(in, name, sizeof(name));
	if (!r)
		*size = input_offset(in);
	if (r == -ENOENT)
		return has_trailer(in, name, sizeof(name)) ? 0 : -EBADMSG;
	return r;
}

/* The padding that follows position, which must be zeros. */
static bool padding_is_zero(struct input *in, uint64_t position)
{
	size_t len = cpio_padding(position);
	const unsigned char *p;

	return !input_seek(in, position) &&
	       (!len || (input_peek(in, len, &p) >= (ssize_t)len && bytes_are_zero(p, len)));
}

/* The mode that guard_build() gives a member; a guard of another version may have others. */
static mode_t built_mode(const char *name, mode_t mode)
{
	const struct guard_parts parts = { .manifest_private = mode == MODE_PRIVATE };
	struct entry list[LISTED];

	if (strcmp(name, CPIO_TRAILER) == 0)
		return 0;
	if (strcmp(name, GUARD_END) == 0)
		return MODE_DATA;
	list_members(&parts, list);
	for (size_t i = 0; i < LISTED; i++) {
		if (strcmp(name, list[i].path) == 0)
			return list[i].mode;
	}
	return mode;
}

static bool is_end_fill(const unsigned char *p, size_t size)
{
	const char *const texts[] = { END_TEXT, END_TEXT_MERGE };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		size_t len = strlen(texts[i]) < size ? strlen(texts[i]) : size;

		if (memcmp(p, texts[i], len) == 0 && bytes_are_zero(p + len, size - len))
			return true;
	}
	return false;
}

/*
 * Data that is the same in each guard, at the input's offset. The record has the hash of the rest, but
 * not of itself and the end, nor of links in whose place main puts its own.
 */
static bool data_is_as_built(struct input *in, const char *name, mode_t mode, uint32_t size)
{
	bool end = strcmp(name, GUARD_END) == 0;
	const unsigned char *p;

	if (S_ISDIR(mode) || mode == 0)
		return size == 0;
	if (!end && !S_ISLNK(mode))
		return true;
	if (size >= BLOCK_SIZE || input_peek(in, size, &p) < (ssize_t)size)
		return false;
	return end ? is_end_fill(p, size)
		   : size == strlen(LINK_TARGET) && memcmp(p, LINK_TARGET, size) == 0;
}

/* One member; the input then stands at the next one. */
static bool member_is_as_built(struct input *in, uint32_t ino)
{
	uint64_t start = input_offset(in), data;
	unsigned char header[CPIO_HEADER_BYTES];
	struct cpio_header h, built = { .ino = ino };
	const unsigned char *p;
	char name[64];

	if (read_member(in, &h, name, sizeof(name)))
		return false;
	built.mode = built_mode(name, h.mode);
	built.nlink = S_ISDIR(built.mode) ? 2 : 1;
	built.size = h.size;
	built.name_size = (uint32_t)strlen(name) + 1;
	cpio_header_format(&built, header);
	if (input_peek(in, sizeof(header), &p) < (ssize_t)sizeof(header) ||
	    memcmp(p, header, sizeof(header)) != 0)
		return false;
	data = start + CPIO_HEADER_BYTES + h.name_size;
	if (!padding_is_zero(in, data))
		return false;
	data += cpio_padding(data);
	return !input_seek(in, data) && data_is_as_built(in, name, built.mode, h.size) &&
	       padding_is_zero(in, data + h.size) && !input_seek(in, start) && !skip_member(in, &h);
}

bool guard_is_as_built(struct input *in, uint64_t size)
{
	bool same = !input_seek(in, 0);

	for (uint32_t ino = 1; same && input_offset(in) < size; ino++)
		same = member_is_as_built(in, ino);
	return same;
}

/* Copies size bytes from an absolute offset. */
static int copy_bytes(struct input *in, uint64_t offset, size_t size, char **data)
{
	char *copy = malloc(size + 1);
	size_t done = 0;
	int r = copy ? input_seek(in, offset) : -ENOMEM;

	while (!r && done < size) {
		const unsigned char *p;
		ssize_t n = input_peek(in, 1, &p);

		if (n <= 0) {
			r = n < 0 ? (int)n : -EBADMSG;
			break;
		}

		size_t take = size - done < (size_t)n ? size - done : (size_t)n;

		memcpy(copy + done, p, take);
		input_consume(in, take);
		done += take;
	}
	if (r) {
		free(copy);
		return r;
	}
	copy[size] = '\0';
	*data = copy;
	return 0;
}

int guard_read(struct input *in, const char *path, size_t max, char **data, size_t *size)
{
	struct cpio_header h;
	char name[64];
	int r = input_seek(in, 0);

	for (unsigned int i = 0; !r && i < GUARD_MEMBERS_MAX; i++) {
		uint64_t start = input_offset(in) + CPIO_HEADER_BYTES;

		r = read_member(in, &h, name, sizeof(name));
		if (r)
			return r;
		if (strcmp(name, path) == 0) {
			if (h.size > max)
				return -EFBIG;
			start += h.name_size;
			*size = h.size;
			return copy_bytes(in, start + cpio_padding(start), h.size, data);
		}
		if (strcmp(name, GUARD_END) == 0)
			return -ENOENT;
		r = skip_member(in, &h);
	}
	return r ? r : -ENOENT;
}

bool guard_is_early_member(const char *path)
{
	return strcmp(path, GUARD_EARLY_CPIO_MARK) == 0 ||
	       strncmp(path, "kernel/x86/microcode", 20) == 0 ||
	       strncmp(path, "kernel/firmware/acpi", 20) == 0;
}
