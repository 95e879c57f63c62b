// SPDX-License-Identifier: GPL-2.0-or-later
#include "artifact/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "artifact/cpio.h"
#include "util/bytes.h"
#include "util/util.h"

#define LINK_TARGET "/" GUARD_STUB

/* No guard has more members; a damaged header cannot send the search through the image. */
#define GUARD_MEMBERS_MAX 64u

/* What each member of the guard is made of, in their order in the image. */
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

/*
 * The last member's data fills the guard up to a multiple of 4096. It begins with what ends the
 * guard, so that a rescuer who finds it with a hex editor understands it.
 */
static int append_end(struct archive *a, bool merge)
{
	unsigned char fill[BLOCK_SIZE] = { 0 };
	size_t used = a->size + member_size(GUARD_END, 0);
	size_t trailer = merge ? 0 : member_size(CPIO_TRAILER, 0);
	size_t size = (size_t)(-(used + trailer) % BLOCK_SIZE);
	const char *text =
		merge ? "end of the guard; the early cpio goes on\n" : "end of the guard\n";
	const struct entry end = { GUARD_END, S_IFREG | 0444, fill, size };

	memcpy(fill, text, strlen(text) < size ? strlen(text) : size);

	int r = append_member(a, &end);

	if (!r && !merge)
		r = append_member(a, &(const struct entry){ CPIO_TRAILER, 0, NULL, 0 });
	return r;
}

int guard_build(const struct guard_parts *parts, unsigned char **bytes, size_t *size)
{
	const mode_t directory = S_IFDIR | 0755, link = S_IFLNK | 0777;
	const mode_t manifest = S_IFREG | (parts->manifest_private ? 0400 : 0444);
	/*
	 * What keeps the kernel from panicking comes first and is small; the large files, which
	 * damage hits most often, come last.
	 */
	const struct entry entries[] = {
		{ GUARD_DIR, directory, NULL, 0 },
		{ GUARD_STUB, S_IFREG | 0755, parts->stub, parts->stub_size },
		{ "init", link, LINK_TARGET, strlen(LINK_TARGET) },
		{ "etc", directory, NULL, 0 },
		{ "etc/init", link, LINK_TARGET, strlen(LINK_TARGET) },
		{ "usr", directory, NULL, 0 },
		{ "usr/lib", directory, NULL, 0 },
		{ "usr/lib/bootverdict", directory, NULL, 0 },
		{ GUARD_DIVERTED, link, LINK_TARGET, strlen(LINK_TARGET) },
		{ GUARD_CONFIG, S_IFREG | 0444, parts->config, parts->config_size },
		{ GUARD_MANIFEST, manifest, parts->manifest, parts->manifest_size },
		{ GUARD_BUSYBOX, S_IFREG | 0755, parts->busybox, parts->busybox_size },
		{ GUARD_CHECKER, S_IFREG | 0755, parts->checker, parts->checker_size },
	};
	const struct entry mark = { GUARD_EARLY_CPIO_MARK, S_IFREG | 0644, "1\n", 2 };
	struct archive a = { 0 };
	int r = 0;

	for (size_t i = 0; !r && i < ARRAY_SIZE(entries); i++)
		r = append_member(&a, &entries[i]);
	if (!r && parts->merge && parts->early_cpio_mark)
		r = append_member(&a, &mark);
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
		return n < 0 ? (int)n : -EBADMSG;
	r = cpio_header_parse(p, h);
	if (r)
		return r;
	if (h->name_size == 0 || h->name_size > name_room)
		return -EBADMSG;
	n = input_peek(in, CPIO_HEADER_BYTES + h->name_size, &p);
	if (n < (ssize_t)(CPIO_HEADER_BYTES + h->name_size))
		return n < 0 ? (int)n : -EBADMSG;
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
	return next > input_end(in) ? -EBADMSG : input_seek(in, next);
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
	if (r == -EBADMSG || (!r && strcmp(name, GUARD_DIR) != 0))
		return 0;
	if (r)
		return r;

	for (unsigned int i = 0; i < GUARD_MEMBERS_MAX; i++) {
		r = read_member(in, &h, name, sizeof(name));
		if (!r)
			r = skip_member(in, &h);
		if (r)
			return r;
		if (strcmp(name, GUARD_END) == 0)
			break;
	}
	if (strcmp(name, GUARD_END) != 0)
		return -EBADMSG;
	/* A guard that is an archive by itself ends with its trailer, at a multiple of 4096. */
	if (input_offset(in) % BLOCK_SIZE != 0) {
		r = read_member(in, &h, name, sizeof(name));
		if (!r && strcmp(name, CPIO_TRAILER) != 0)
			r = -EBADMSG;
		if (!r)
			r = skip_member(in, &h);
		if (r)
			return r;
	}
	if (input_offset(in) % BLOCK_SIZE != 0)
		return -EBADMSG;
	*size = input_offset(in);
	return 0;
}

/* The padding that follows position, which must be zeros. */
static bool padding_is_zero(struct input *in, uint64_t position)
{
	size_t len = cpio_padding(position);
	const unsigned char *p;

	return !input_seek(in, position) &&
	       (!len || (input_peek(in, len, &p) >= (ssize_t)len && bytes_are_zero(p, len)));
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
	built.mode = strcmp(name, CPIO_TRAILER) ? h.mode : 0;
	built.nlink = S_ISDIR(h.mode) ? 2 : 1;
	built.size = h.size;
	built.name_size = (uint32_t)strlen(name) + 1;
	cpio_header_format(&built, header);
	if (input_peek(in, sizeof(header), &p) < (ssize_t)sizeof(header) ||
	    memcmp(p, header, sizeof(header)) != 0)
		return false;
	data = start + CPIO_HEADER_BYTES + h.name_size;
	return padding_is_zero(in, data) &&
	       padding_is_zero(in, data + cpio_padding(data) + h.size) && !input_seek(in, start) &&
	       !skip_member(in, &h);
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
