// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/cause.h"

#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "damage/bitflip.h"
#include "image/unpack_message.h"
#include "image/unpack_order.h"
#include "util/bytes.h"
#include "util/file.h"
#include "util/text.h"
#include "util/util.h"

/* A search tries each bit of up to a block; one that takes longer is not worth the wait. */
#define BIT_SEARCHES 8u

/* What the checker itself may have taken or given back since the kernel found it full. */
#define ROOM_LEFT_MAX (64u << 10)

/* The first of all that is not as sealed. */
static const struct bad_entry *first_bad(const struct circumstances *c)
{
	const struct bad_entry *damaged = c->damaged->count ? c->damaged->items : NULL;
	const struct bad_entry *missing = c->missing->count ? c->missing->items : NULL;

	if (!damaged || !missing)
		return damaged ? damaged : missing;
	return content_compare_position(damaged->content, missing->content) < 0 ? damaged : missing;
}

/* ---- blocks --------------------------------------------------------------------------------- */

/* Block after block of a file as it is now. */
struct blocks {
	const struct content *content;
	unsigned char *data; /* of this block: size bytes */
	size_t size;
	bool as_sealed, zero;
};

/* Calls look for each block until it says no; false also when not all of it can be read. */
static bool each_block(const struct circumstances *c, const struct content *file,
		       bool (*look)(void *ctx, const struct blocks *b), void *ctx)
{
	cleanup(close_fd) int fd = entry_open(c->reader, file->path);
	struct blocks b = { .content = file, .data = c->reader->buffer };

	if (fd < 0 || (file->size > BLOCK_SIZE && !file->block_count))
		return false;
	for (uint64_t at = 0, number = 0; at < file->size; at += BLOCK_SIZE, number++) {
		uint64_t left = file->size - at;
		uint64_t sealed = file->block_count ? file->blocks[number] : file->hash;

		b.size = left < BLOCK_SIZE ? (size_t)left : BLOCK_SIZE;
		if (file_read_up_to(fd, b.data, b.size) != (long)b.size)
			return false;
		b.zero = bytes_are_zero(b.data, b.size);
		b.as_sealed = hash64(b.data, b.size) == sealed;
		if (!look(ctx, &b))
			return false;
	}
	return true;
}

/* ---- another initrd ------------------------------------------------------------------------- */

struct look {
	unsigned int bit_searches;
};

/* What is as sealed for the most part, or lost a block or a bit, was not replaced. */
static bool is_another_block(void *ctx, const struct blocks *b)
{
	struct look *l = ctx;
	size_t byte;
	unsigned int bit;

	if (b->zero)
		return b->as_sealed;
	if (b->as_sealed)
		return false;
	if (b->content->block_count || !l->bit_searches)
		return true;
	l->bit_searches--;
	return !bitflip_find(b->data, b->size, b->content->hash, &byte, &bit);
}

static bool is_wholly_another(const struct circumstances *c, const struct content *file,
			      struct look *l)
{
	return file->type == CONTENT_SYMLINK || each_block(c, file, is_another_block, l);
}

/*
 * Whether a file of another size is as sealed in all whole blocks that it has in common with the
 * sealed one: it was cut off, or its size is what was damaged. What became longer beside a second
 * image may be the same file with more in it.
 */
static bool begins_as_sealed(const struct circumstances *c, const struct content *file)
{
	cleanup(close_fd) int fd = entry_open(c->reader, file->path);
	unsigned char *data = c->reader->buffer;
	uint64_t whole = file->block_count ? file->size / BLOCK_SIZE : 0;
	bool written = false;
	struct stat st;

	if (file->type != CONTENT_FILE || fd < 0 || fstat(fd, &st) < 0 ||
	    (c->unlisted && (uint64_t)st.st_size > file->size))
		return false;
	for (uint64_t i = 0; i < whole && file_read_up_to(fd, data, BLOCK_SIZE) == BLOCK_SIZE;
	     i++) {
		if (hash64(data, BLOCK_SIZE) != file->blocks[i])
			return false;
		written = written || !bytes_are_zero(data, BLOCK_SIZE);
	}
	return written;
}

static enum codec codec_of(const struct circumstances *c, const struct content *content)
{
	return content->segment < c->m->segment_count ? c->m->segments[content->segment].codec
						      : CODEC_NONE;
}

/* The kernel ignores gzip's checksum, and the others have none. */
static bool kernel_verifies(enum codec codec)
{
	return codec == CODEC_ZSTD || codec == CODEC_XZ;
}

static bool any_of_another_size(const struct circumstances *c)
{
	for (size_t i = 0; i < c->damaged->count; i++) {
		if (c->damaged->items[i].state == ENTRY_SIZE)
			return true;
	}
	return false;
}

static bool looks_replaced(const struct circumstances *c, const struct unpack_order *order)
{
	bool quiet = !c->kernel_message, size = any_of_another_size(c), unproven = false;
	bool second = c->unlisted || (quiet && size), all_later = true;
	struct look look = { .bit_searches = BIT_SEARCHES };

	for (size_t i = 0; i < c->damaged->count; i++) {
		const struct bad_entry *b = &c->damaged->items[i];
		enum codec codec = codec_of(c, b->content);
		bool later = unpack_order_is_later(order, c, b->content);
		bool small =
			later || (quiet && codec != CODEC_NONE && b->content->size <= BLOCK_SIZE);

		all_later = all_later && later;
		unproven = unproven || !kernel_verifies(codec);
		switch (b->state) {
		case ENTRY_SIZE:
			if (begins_as_sealed(c, b->content))
				return false;
			break;
		case ENTRY_TYPE:
		case ENTRY_MODE:
			if (!second && !size && !small)
				return false;
			break;
		case ENTRY_BYTES:
			if ((!second && !small) || !is_wholly_another(c, b->content, &look))
				return false;
			break;
		default:
			return false;
		}
	}
	return c->unlisted || size || !unproven || c->damaged->count == 1 || all_later;
}

/* ---- not enough memory ---------------------------------------------------------------------- */

bool cause_room(int root, uint64_t *size, uint64_t *left)
{
	struct statfs fs;

	if (fstatfs(root, &fs) || fs.f_type != TMPFS_MAGIC || !fs.f_blocks)
		return false;
	*size = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize;
	*left = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	return true;
}

/* As sealed up to where it was cut off, zeros from there on. */
static bool is_cut_off_block(void *ctx, const struct blocks *b)
{
	bool *cut = ctx;

	if (*cut)
		return b->zero;
	*cut = b->zero && !b->as_sealed;
	return *cut || b->as_sealed;
}

static bool is_cut_off(const struct circumstances *c, const struct content *file)
{
	bool cut = false;

	return each_block(c, file, is_cut_off_block, &cut) && cut;
}

static bool is_zero_block(void *ctx, const struct blocks *b)
{
	(void)ctx;
	return b->zero;
}

/* Whether nothing behind the first one that differs holds a byte that was written. */
static bool nothing_behind(const struct circumstances *c, const struct content *first)
{
	for (size_t i = 0; i < c->m->content_count; i++) {
		const struct content *content = &c->m->contents[i];

		if (c->states[i] == ENTRY_AS_SEALED && content->type == CONTENT_FILE &&
		    !content->hard_link && content_compare_position(content, first) > 0 &&
		    !each_block(c, content, is_zero_block, NULL))
			return false;
	}
	return true;
}

static bool ran_out_of_room(const struct circumstances *c, const struct bad_entry *first)
{
	uint64_t size, left;

	return unpack_message_is_write_error(c->kernel_message) && !c->guard_bad &&
	       cause_room(c->reader->root, &size, &left) && left <= ROOM_LEFT_MAX &&
	       first->state == ENTRY_BYTES && first->content->type == CONTENT_FILE &&
	       is_cut_off(c, first->content) && nothing_behind(c, first->content);
}

/* ---- a format that this kernel does not read ------------------------------------------------- */

static bool cannot_read_format(const struct circumstances *c, const struct bad_entry *first)
{
	if (first->state != ENTRY_MISSING || c->guard_bad ||
	    !unpack_message_is_about_codec(c->kernel_message, codec_of(c, first->content)))
		return false;
	for (size_t i = 0; i < c->m->content_count; i++) {
		const struct content *content = &c->m->contents[i];

		/* A folder can be there from before. */
		if (!content_is_guard(content) && content->segment >= first->content->segment &&
		    content->type != CONTENT_DIRECTORY && c->states[i] == ENTRY_AS_SEALED)
			return false;
	}
	return true;
}

/* Of bytes that did not unpack its owner is not the author. */
static bool was_packed_again(const struct circumstances *c, const struct unpack_order *order)
{
	return !c->kernel_message && unpack_order_is_another(order);
}

/*
 * Whether the archive, not the unpacking, gave this path a time after all that was sealed: to the second (Linux,
 * init/initramfs.c, do_utime()), where the kernel keeps times at all.
 */
static bool is_from_later(const struct circumstances *c, const char *path)
{
	struct stat st;

	return !entry_stat(c->reader, path, &st) && !st.st_mtim.tv_nsec &&
	       st.st_mtim.tv_sec > c->m->newest && st.st_mtim.tv_sec != st.st_ctim.tv_sec;
}

/* The same of what is left of the way to a path. */
static bool is_folder_from_later(const struct circumstances *c, const char *path)
{
	cleanup(free_ptr) char *folder = text_copy(path);
	struct stat st;
	char *end;

	while ((end = strrchr(folder, '/'))) {
		*end = '\0';
		if (!entry_stat(c->reader, folder, &st))
			return is_from_later(c, folder);
	}
	return is_from_later(c, ".");
}

static bool was_edited(const struct circumstances *c)
{
	if (c->kernel_message || !c->just_now || !c->m->newest)
		return false;
	for (size_t i = 0; i < c->damaged->count; i++) {
		if (!is_from_later(c, c->damaged->items[i].content->path))
			return false;
	}
	for (size_t i = 0; i < c->missing->count; i++) {
		if (!is_folder_from_later(c, c->missing->items[i].content->path))
			return false;
	}
	return true;
}

enum cause cause_find(const struct circumstances *c)
{
	const struct bad_entry *first = first_bad(c);
	struct unpack_order order;
	bool replaced, repacked;

	unpack_order_read(&order, c);
	repacked = was_packed_again(c, &order);
	replaced = !repacked && !c->missing->count && looks_replaced(c, &order);
	unpack_order_clear(&order);
	if (repacked)
		return CAUSE_REPACKED;
	/* Nothing of main differs. */
	if (!first)
		return CAUSE_DAMAGE;
	if (replaced)
		return CAUSE_REPLACED;
	if (was_edited(c))
		return CAUSE_EDITED;
	if (ran_out_of_room(c, first))
		return CAUSE_NO_ROOM;
	return cannot_read_format(c, first) ? CAUSE_CODEC : CAUSE_DAMAGE;
}

bool cause_is_fault(enum cause cause)
{
	return cause != CAUSE_REPACKED && cause != CAUSE_EDITED && cause != CAUSE_REPLACED;
}
