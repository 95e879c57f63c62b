// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/unpack_order.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "image/guard.h"
#include "util/util.h"

/* One return may be the clock's, or that of another processor. */
#define RETURNS_MIN 2u

/* Files of the guard whose headers are far from each other. */
#define HANDLED_MIN 3u

/* What lies behind the guard's folder in it, in its order: list_members() in image/guard.c. */
static const char *const guard_files[] = { GUARD_STUB,	  GUARD_CONFIG,	 GUARD_MANIFEST,
					   GUARD_BUSYBOX, GUARD_CHECKER, GUARD_END };

struct placed {
	const struct content *content;
	int64_t changed;
};

static int64_t change_time(const struct stat *st)
{
	return (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

/* A file gets a new change time with each of its names. */
static bool has_own_time(const struct content *c, const struct stat *st)
{
	return c->type == CONTENT_FILE && !c->hard_link && st->st_nlink == 1;
}

static int compare_place(const void *a, const void *b)
{
	return content_compare_position(((const struct placed *)a)->content,
					((const struct placed *)b)->content);
}

static bool collect(struct unpack_order *o, const struct circumstances *c)
{
	o->files = malloc((c->m->content_count + 1) * sizeof(*o->files));
	for (size_t i = 0; o->files && i < c->m->content_count; i++) {
		const struct content *content = &c->m->contents[i];
		struct stat st;

		if (c->states[i] != ENTRY_AS_SEALED || content_is_guard(content) ||
		    entry_stat(c->reader, content->path, &st) || !has_own_time(content, &st))
			continue;
		o->files[o->count++] = (struct placed){ content, change_time(&st) };
	}
	if (o->count)
		qsort(o->files, o->count, sizeof(*o->files), compare_place);
	return o->count;
}

static int64_t guard_time(const struct circumstances *c)
{
	struct stat checker, stub;

	if (entry_stat(c->reader, GUARD_CHECKER, &checker) ||
	    entry_stat(c->reader, GUARD_STUB, &stub))
		return INT64_MIN;
	return change_time(&checker) < change_time(&stub) ? change_time(&checker)
							  : change_time(&stub);
}

/*
 * The guard gives its files no time, and the kernel keeps that to the second, where it keeps times at
 * all. A program that unpacks them by hand may give them the time of that.
 */
static bool is_handled(const struct circumstances *c)
{
	size_t handled = 0;

	for (size_t i = 0; i < ARRAY_SIZE(guard_files); i++) {
		struct stat st;

		if (entry_stat(c->reader, guard_files[i], &st))
			continue;
		if (!st.st_mtim.tv_sec || st.st_mtim.tv_nsec ||
		    st.st_mtim.tv_sec == st.st_ctim.tv_sec)
			return false;
		handled++;
	}
	return handled >= HANDLED_MIN;
}

/*
 * A file system in memory numbers its files as they are made: tmpfs one after the other, ramfs for each
 * processor from a range of its own (Linux, mm/shmem.c, shmem_reserve_inode(); fs/inode.c,
 * get_next_ino()), so that the number returns where the unpacking moves to another processor.
 */
static size_t guard_returns(const struct circumstances *c)
{
	size_t returns = 0;
	struct statfs fs;
	ino_t last = 0;

	if (fstatfs(c->reader->root, &fs) || (fs.f_type != TMPFS_MAGIC && fs.f_type != RAMFS_MAGIC))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(guard_files); i++) {
		struct stat st;

		if (entry_stat(c->reader, guard_files[i], &st))
			continue;
		returns += st.st_ino < last;
		last = st.st_ino;
	}
	return returns;
}

void unpack_order_read(struct unpack_order *o, const struct circumstances *c)
{
	int64_t guard;

	*o = (struct unpack_order){ .guard_handled = is_handled(c),
				    .guard_returns = guard_returns(c) };
	if (!c->just_now || !collect(o, c))
		return;
	guard = guard_time(c);
	o->newest = o->files[0].changed;
	for (size_t i = 0; i < o->count; i++) {
		int64_t changed = o->files[i].changed;

		o->newest = changed > o->newest ? changed : o->newest;
		o->guard_later = o->guard_later || changed < guard;
		o->returns += i && changed < o->files[i - 1].changed;
	}
}

void unpack_order_clear(struct unpack_order *o)
{
	free(o->files);
}

bool unpack_order_is_another(const struct unpack_order *o)
{
	return o->guard_handled || o->guard_returns >= RETURNS_MIN ||
	       (o->guard_later && o->returns >= RETURNS_MIN);
}

bool unpack_order_is_later(const struct unpack_order *o, const struct circumstances *c,
			   const struct content *file)
{
	int64_t changed;
	struct stat st;

	if (o->returns || entry_stat(c->reader, file->path, &st) || !has_own_time(file, &st))
		return false;
	changed = change_time(&st);
	for (size_t i = 0; changed >= o->newest && i < o->count; i++) {
		if (o->files[i].changed < changed &&
		    content_compare_position(o->files[i].content, file) > 0)
			return true;
	}
	return false;
}
