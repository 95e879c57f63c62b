// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/contents.h"

#include <errno.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/guard.h"
#include "image/programs.h"
#include "util/array.h"
#include "util/memory.h"
#include "util/util.h"

/* As the kernel's own limit, path_resolution(7). */
#define SYMLINKS_FOLLOWED_MAX 40

/*
 * Bytes of targets that the names of one image may lead through, all together. With links to links
 * each name could cost as much as the kernel's limits allow: 160 KiB.
 */
#define LINK_BYTES_MAX (16u << 20)

/* What tsearch() allocates for each item. */
#define TREE_NODE_BYTES (4 * sizeof(void *))

/*
 * The tree of names, as the kernel's own: a name that was met has a node, whether a member brought it
 * or not. What a name stands for is an inode, which hard links share. Nothing here takes longer than
 * n log n of the names, whatever the archive says.
 */
struct node {
	struct node *parent; /* NULL: the root */
	struct node *older;  /* made before this one */
	struct inode *inode; /* NULL: no member brought it */
	size_t children;     /* names directly in it that have an inode */
	const char *name;    /* length bytes, without an end; behind the node itself */
	uint32_t length, path_length;
};

struct inode {
	struct content content; /* without a path */
	struct node *brought;	/* the name whose member brought the data: it keeps the blocks */
	char *target;		/* of a symbolic link */
	size_t names;		/* that have it */
};

/* The first name of a hard link: members of one archive with this device, inode number and type. */
struct link_group {
	uint32_t dev_major, dev_minor, ino, type;
	struct node *first; /* NULL: that one is nowhere */
};

struct recorder {
	struct sealed_segment *segments;
	size_t segment_count;

	struct node root;
	struct node *newest;
	size_t contents;		    /* nodes with an inode */
	void *by_name;			    /* tsearch tree over nodes */
	void *link_groups;		    /* tsearch tree over struct link_group */
	unsigned int archive;		    /* that the link groups are of */
	size_t taken;			    /* of memory_take(), by all that is here */
	size_t links_taken, segments_taken; /* of that */
	uint64_t link_bytes;
	struct skipped skipped;
	struct initrd_fault fault; /* .error: why it cannot go on */

	const struct recorder_watch *watch; /* or NULL */

	struct programs *programs;
	uint32_t latest; /* of the times of main's members */

	/* The walk under way. */
	bool as_guard;
	uint64_t base;

	/* The member under way. */
	const struct member *m;
	struct inode *current; /* NULL: one that is left out, or brings no data */
	bool watched;
	char *target; /* of a symbolic link, INITRD_PATH_MAX + 1 bytes */
	size_t target_len;
	struct hasher *hasher;
	unsigned char block[BLOCK_SIZE];
	size_t block_len, block_room;
};

/* ---- limits --------------------------------------------------------------------------------- */

/* Notes why the walk cannot go on, and where; reason: static or copied. */
static int beyond(struct recorder *r, int error, const char *reason)
{
	struct initrd_fault *f = &r->fault;

	f->error = error;
	snprintf(f->reason, sizeof(f->reason), "%s", reason);
	if (!r->m)
		return error;
	f->segment = r->m->segment->index;
	f->codec = r->m->segment->codec;
	f->offset = r->m->image_offset;
	f->position = r->m->position;
	snprintf(f->path, sizeof(f->path), "%s", r->m->path);
	return error;
}

static int no_memory(struct recorder *r)
{
	return beyond(r, -ENOMEM, "out of memory");
}

static int take(struct recorder *r, size_t cost)
{
	if (!memory_take(cost))
		return beyond(r, -EOVERFLOW, memory_reason());
	r->taken += cost;
	return 0;
}

static void give(struct recorder *r, size_t cost)
{
	memory_give(cost);
	r->taken -= cost;
}

/* Zeroed; NULL: r->fault says why. */
static void *allocate(struct recorder *r, size_t size)
{
	void *p;

	if (take(r, memory_cost(size)))
		return NULL;
	p = calloc(1, size);
	if (!p)
		no_memory(r);
	return p;
}

static void release(struct recorder *r, void *p, size_t size)
{
	if (!p)
		return;
	free(p);
	give(r, memory_cost(size));
}

/* Puts an item into a tree that has none like it. */
static int tree_add(struct recorder *r, void **root, void *item,
		    int (*compare)(const void *, const void *))
{
	if (take(r, memory_cost(TREE_NODE_BYTES)))
		return r->fault.error;
	return tsearch(item, root, compare) ? 0 : no_memory(r);
}

/* ---- names and inodes ----------------------------------------------------------------------- */

static int compare_u64(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int by_name(const void *a, const void *b)
{
	const struct node *x = a, *y = b;
	int order = compare_u64((uintptr_t)x->parent, (uintptr_t)y->parent);

	if (!order)
		order = compare_u64(x->length, y->length);
	return order ? order : memcmp(x->name, y->name, x->length);
}

static int by_link(const void *a, const void *b)
{
	const struct link_group *x = a, *y = b;
	int order = compare_u64(x->ino, y->ino);

	if (!order)
		order = compare_u64(x->dev_major, y->dev_major);
	if (!order)
		order = compare_u64(x->type, y->type);
	return order ? order : compare_u64(x->dev_minor, y->dev_minor);
}

static void keep(void *item)
{
	(void)item;
}

static void forget_links(struct recorder *r)
{
	tdestroy(r->link_groups, free);
	r->link_groups = NULL;
	give(r, r->links_taken);
	r->links_taken = 0;
}

struct recorder *recorder_new(void)
{
	struct recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->target = malloc(INITRD_PATH_MAX + 1);
	r->hasher = hasher_new();
	r->programs = programs_new();
	if (r->target && r->hasher && r->programs)
		return r;
	recorder_free(r);
	return NULL;
}

static void inode_drop(struct recorder *r, struct inode *inode)
{
	if (!inode || --inode->names)
		return;
	release(r, inode->content.blocks, inode->content.block_count * sizeof(uint64_t));
	release(r, inode->target, inode->content.size + 1);
	release(r, inode, sizeof(*inode));
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	tdestroy(r->by_name, keep);
	forget_links(r);
	while (r->newest) {
		struct node *n = r->newest;

		r->newest = n->older;
		if (n->inode && !--n->inode->names) {
			free(n->inode->content.blocks);
			free(n->inode->target);
			free(n->inode);
		}
		free(n);
	}
	free(r->segments);
	free(r->skipped.first);
	free(r->target);
	hasher_free(r->hasher);
	memory_give(r->taken);
	programs_free(r->programs);
	free(r);
}

static char *path_of(const struct node *n)
{
	char *path = malloc(n->path_length + 1), *end;

	if (!path)
		return NULL;
	end = path + n->path_length;
	*end = '\0';
	for (; n->parent; n = n->parent) {
		end -= n->length;
		memcpy(end, n->name, n->length);
		if (end > path)
			*--end = '/';
	}
	return path;
}

void recorder_watch(struct recorder *r, const struct recorder_watch *watch)
{
	r->watch = watch;
}

static int show(struct recorder *r, const struct node *n)
{
	enum content_type type = r->current->content.type;
	cleanup(free_ptr) char *path = NULL;

	if (!r->watch || (type != CONTENT_FILE && type != CONTENT_SYMLINK))
		return 0;
	path = path_of(n);
	if (!path)
		return no_memory(r);
	r->watched = r->watch->file(r->watch->ctx, path, type == CONTENT_SYMLINK);
	return 0;
}

/* The node of a name in a folder; it is made if there is none. NULL: r->fault says why. */
static struct node *child(struct recorder *r, struct node *parent, const char *name, size_t length)
{
	const struct node key = { .parent = parent, .name = name, .length = (uint32_t)length };
	struct node *const *found = tfind(&key, &r->by_name, by_name);
	size_t path_length = parent->path_length + (parent->parent ? 1 : 0) + length;
	struct node *n;

	if (found)
		return *found;
	if (path_length >= INITRD_PATH_MAX) {
		beyond(r, -EOVERFLOW, "it leads through links to a path that is too long");
		return NULL;
	}
	n = allocate(r, sizeof(*n) + length);
	if (!n)
		return NULL;
	n->name = memcpy(n + 1, name, length);
	n->length = (uint32_t)length;
	n->path_length = (uint32_t)path_length;
	n->parent = parent;
	n->older = r->newest;
	r->newest = n;
	return tree_add(r, &r->by_name, n, by_name) ? NULL : n;
}

/*
 * Whether a name can be looked up in this one. The kernel itself makes two folders before it unpacks
 * anything (Linux, usr/default_cpio_list).
 */
static bool is_folder(const struct recorder *r, const struct node *n)
{
	if (n->inode)
		return n->inode->content.type == CONTENT_DIRECTORY;
	return n == &r->root ||
	       (n->parent == &r->root && ((n->length == 3 && !memcmp(n->name, "dev", 3)) ||
					  (n->length == 4 && !memcmp(n->name, "root", 4))));
}

/*
 * Where a member of this name ends up; the last name in it is not followed. *result NULL: nowhere. Its
 * links lead in circles, a name is too long, or a folder is not there (yet).
 */
static int resolve(struct recorder *r, const char *path, struct node **result)
{
	const char *left[SYMLINKS_FOLLOWED_MAX + 1] = { path };
	size_t depth = 0, followed = 0;
	struct node *at = &r->root;

	*result = NULL;
	for (;;) {
		const char *name = left[depth] + strspn(left[depth], "/");
		size_t length = strcspn(name, "/");
		struct node *n;

		if (!length && !depth)
			break;
		if (!length) {
			depth--;
			continue;
		}
		left[depth] = name + length;
		if (length > NAME_MAX || !is_folder(r, at))
			return 0;
		if (length == 1 && name[0] == '.')
			continue;
		if (length == 2 && name[0] == '.' && name[1] == '.') {
			at = at->parent ? at->parent : at;
			continue;
		}
		n = child(r, at, name, length);
		if (!n)
			return r->fault.error;
		if (!n->inode || !n->inode->target || (!depth && !left[0][strspn(left[0], "/")])) {
			at = n;
			continue;
		}
		if (followed++ == SYMLINKS_FOLLOWED_MAX)
			return 0;
		r->link_bytes += n->inode->content.size;
		if (r->link_bytes > LINK_BYTES_MAX)
			return beyond(r, -EOVERFLOW, "its names lead through too many links");
		left[++depth] = n->inode->target;
		if (*left[depth] == '/')
			at = &r->root;
	}
	*result = at;
	return 0;
}

/* Makes a name stand for this inode (NULL: for nothing), and no longer for the one that it had. */
static void set_inode(struct recorder *r, struct node *n, struct inode *inode)
{
	struct inode *old = n->inode;

	if (inode)
		inode->names++;
	n->inode = inode;
	if (!old && inode) {
		r->contents++;
		n->parent->children++;
	} else if (old && !inode) {
		r->contents--;
		n->parent->children--;
	}
	inode_drop(r, old);
}

/* What the guard carries but cannot list: the list itself, and the padding behind it. */
static bool left_out(const struct recorder *r, const char *path)
{
	return r->as_guard && (strcmp(path, GUARD_MANIFEST) == 0 || strcmp(path, GUARD_END) == 0);
}

static void fill(struct recorder *r, struct content *c, const struct member *m,
		 enum content_type type)
{
	bool plain = m->segment->codec == CODEC_NONE;

	c->type = type;
	c->mode = m->mode & 07777;
	c->hard_link = false;
	c->size = type == CONTENT_FILE || type == CONTENT_SYMLINK ? m->size : 0;
	c->hash = 0;
	c->rdev_major = type == CONTENT_CHAR || type == CONTENT_BLOCK ? m->rdev_major : 0;
	c->rdev_minor = type == CONTENT_CHAR || type == CONTENT_BLOCK ? m->rdev_minor : 0;
	c->segment = r->as_guard ? GUARD_SEGMENT : (uint32_t)r->segment_count;
	c->data_position = c->image_offset = 0;
	if (r->as_guard) /* its places depend on the manifest that this becomes part of */
		return;
	c->data_position = m->data_position;
	c->image_offset = m->image_offset - r->base;
	if (plain)
		c->image_offset += m->data_position - m->position;
}

/* As the kernel's find_link(): the group that m is a name of. Its first name, n (or NULL), makes it. */
static int find_group(struct recorder *r, const struct member *m, struct node *n,
		      const struct link_group **group, bool *made)
{
	const struct link_group key = { m->dev_major, m->dev_minor, m->ino, m->mode & S_IFMT, n };
	struct link_group *const *found = tfind(&key, &r->link_groups, by_link);
	struct link_group *g;

	*made = !found;
	if (found) {
		*group = *found;
		return 0;
	}
	g = allocate(r, sizeof(*g));
	if (!g)
		return r->fault.error;
	*group = g;
	*g = key;
	if (tree_add(r, &r->link_groups, g, by_link)) {
		free(g);
		return r->fault.error;
	}
	r->links_taken += memory_cost(sizeof(*g)) + memory_cost(TREE_NODE_BYTES);
	return 0;
}

static bool is_a(const struct node *n, enum content_type type)
{
	return n && n->inode && n->inode->content.type == type;
}

/* Something that the kernel cannot put anything else in place of. */
static bool is_full_folder(const struct node *n)
{
	return is_a(n, CONTENT_DIRECTORY) && n->children;
}

/*
 * As the kernel's maybe_link(), of a member with several names: the later ones are taken off whatever
 * they stood for, and linked to the first. 1: done, n stands for the first one's file; 0: n is the
 * first; -1: it could not be linked, and is left out.
 */
static int link_to_first(struct recorder *r, const struct member *m, struct node *n,
			 enum content_type type, int *linked)
{
	const struct link_group *group;
	bool made;
	int err = find_group(r, m, n, &group, &made);

	*linked = 0;
	if (err || made)
		return err;
	*linked = -1;
	if (!n || is_full_folder(n))
		return 0;
	/* The first name itself, once more: it is gone before it can be linked to. */
	if (group->first == n || !is_a(group->first, type)) {
		set_inode(r, n, NULL);
		return 0;
	}
	set_inode(r, n, group->first->inode);
	*linked = 1;
	return 0;
}

/* Empties a file, or what else the name stands for is replaced by something new. */
static int renew(struct recorder *r, struct node *n, enum content_type type)
{
	struct inode *inode = n->inode;

	if (type == CONTENT_FILE && is_a(n, CONTENT_FILE)) {
		release(r, inode->content.blocks, inode->content.block_count * sizeof(uint64_t));
		inode->content.blocks = NULL;
		inode->content.block_count = 0;
		return 0;
	}
	inode = allocate(r, sizeof(*inode));
	if (!inode)
		return r->fault.error;
	set_inode(r, n, inode);
	return 0;
}

static bool is_special(enum content_type type)
{
	return type != CONTENT_FILE && type != CONTENT_DIRECTORY && type != CONTENT_SYMLINK;
}

/* As the kernel's do_name() and do_symlink(). n: where it ends up, NULL: nowhere. */
static int enter(struct recorder *r, const struct member *m, struct node *n, enum content_type type)
{
	int linked = 0, err;

	if (m->nlink > 1 && (type == CONTENT_FILE || is_special(type))) {
		err = link_to_first(r, m, n, type, &linked);
		if (err || linked < 0 || (linked && is_special(type)))
			return err;
	}
	if (!n || (is_full_folder(n) && type != CONTENT_DIRECTORY))
		return 0;
	/* mknod() of what is there already fails: only the mode is set. */
	if (linked || (is_special(type) && is_a(n, type)))
		n->inode->content.mode = m->mode & 07777;
	if ((linked && !m->size) || (is_special(type) && is_a(n, type)))
		return 0;
	err = renew(r, n, type);
	if (err)
		return err;
	n->inode->brought = n;
	r->current = n->inode;
	fill(r, &n->inode->content, m, type);
	return show(r, n);
}

static int note_skipped(struct recorder *r, const struct member *m)
{
	r->skipped.count++;
	if (strncmp(m->path, "kernel/", 7) != 0)
		r->skipped.wanted++;
	if (r->skipped.first && r->skipped.wanted != 1)
		return 0;
	/* What nobody else reads is told before microcode. */
	free(r->skipped.first);
	r->skipped.first = strdup(*m->path ? m->path : "one without a name");
	return r->skipped.first ? 0 : no_memory(r);
}

/* As the kernel's do_header() and do_name(): what has no type and no data takes away what was there. */
static int skip(struct recorder *r, const struct member *m, int type)
{
	struct node *n = NULL;
	int err = note_skipped(r, m);

	if (!err && type < 0 && !m->size && *m->path)
		err = resolve(r, m->path, &n);
	if (!err && n && n != &r->root && !is_full_folder(n))
		set_inode(r, n, NULL);
	return err;
}

static int on_member(void *ctx, const struct member *m)
{
	struct recorder *r = ctx;
	int type = content_type_from_mode(m->mode);
	struct node *n;
	int err;

	if (!r->as_guard && !m->skipped)
		programs_member(r->programs, m);
	if (!r->as_guard && m->mtime > r->latest)
		r->latest = m->mtime;
	r->m = m;
	r->current = NULL;
	r->watched = false;
	r->block_len = r->block_room = r->target_len = 0;
	hasher_reset(r->hasher);
	/* Inode numbers mean nothing beyond their archive. */
	if (r->archive != m->archive)
		forget_links(r);
	r->archive = m->archive;
	if (m->skipped)
		return skip(r, m, type);
	/* The root folder is there already. */
	if (strcmp(m->path, ".") == 0 || left_out(r, m->path))
		return 0;
	err = resolve(r, m->path, &n);
	if (!err && !n)
		err = note_skipped(r, m);
	if (err || n == &r->root)
		return err;
	return enter(r, m, n, (enum content_type)type);
}

/* Changes the room for the hashes of blocks. */
static int set_block_room(struct recorder *r, size_t room)
{
	struct content *c = &r->current->content;
	size_t had = r->block_room * sizeof(*c->blocks), size = room * sizeof(*c->blocks);
	uint64_t *resized;

	if (size > had && take(r, had ? memory_cost(size) - memory_cost(had) : memory_cost(size)))
		return r->fault.error;
	resized = realloc(c->blocks, size);
	if (!resized)
		return no_memory(r);
	if (size < had)
		give(r, memory_cost(had) - memory_cost(size));
	c->blocks = resized;
	r->block_room = room;
	return 0;
}

static int add_block(struct recorder *r)
{
	struct content *c = &r->current->content;

	if (c->block_count == r->block_room) {
		int err = set_block_room(r, r->block_room ? r->block_room * 2 : 16);

		if (err)
			return err;
	}
	c->blocks[c->block_count++] = hash64(r->block, r->block_len);
	r->block_len = 0;
	return 0;
}

static int on_data(void *ctx, const void *data, size_t len)
{
	struct recorder *r = ctx;
	const unsigned char *p = data;

	if (!r->as_guard)
		programs_data(r->programs, data, len);
	if (!r->current)
		return 0;

	const struct content *c = &r->current->content;

	if (c->type == CONTENT_SYMLINK) {
		size_t n = len < INITRD_PATH_MAX - r->target_len ? len
								 : INITRD_PATH_MAX - r->target_len;

		memcpy(r->target + r->target_len, p, n);
		r->target_len += n;
	}
	if (r->watched)
		r->watch->data(r->watch->ctx, p, len);
	hasher_update(r->hasher, p, len);
	if (c->type != CONTENT_FILE || c->size <= BLOCK_SIZE)
		return 0;

	while (len) {
		size_t n = len < BLOCK_SIZE - r->block_len ? len : BLOCK_SIZE - r->block_len;
		int err;

		memcpy(r->block + r->block_len, p, n);
		r->block_len += n;
		p += n;
		len -= n;
		if (r->block_len < BLOCK_SIZE)
			continue;
		err = add_block(r);
		if (err)
			return err;
	}
	return 0;
}

static int keep_target(struct recorder *r)
{
	struct inode *inode = r->current;

	inode->target = allocate(r, inode->content.size + 1);
	if (!inode->target)
		return r->fault.error;
	memcpy(inode->target, r->target, r->target_len);
	return 0;
}

static int on_member_end(void *ctx, const struct member *m)
{
	struct recorder *r = ctx;
	int err = 0;

	if (!r->as_guard && !m->skipped)
		programs_member_end(r->programs);
	if (!r->current)
		return 0;

	struct content *c = &r->current->content;

	if (c->type == CONTENT_FILE || c->type == CONTENT_SYMLINK)
		c->hash = hasher_digest(r->hasher);
	if (c->type == CONTENT_SYMLINK)
		return keep_target(r);
	if (r->block_len)
		err = add_block(r);
	if (!err && r->block_room)
		err = set_block_room(r, c->block_count);
	return err;
}

static int on_segment_end(void *ctx, const struct segment *s)
{
	struct recorder *r = ctx;
	size_t n = r->segment_count;

	if (r->as_guard)
		return 0;
	if (take(r, 2 * sizeof(*r->segments)))
		return r->fault.error;
	r->segments_taken += 2 * sizeof(*r->segments);
	if (array_grow(&r->segments, n, sizeof(*r->segments)))
		return no_memory(r);
	r->segments[r->segment_count++] = (struct sealed_segment){
		.codec = s->codec,
		.offset = s->offset - r->base,
		.length = s->length,
		.unpacked = s->unpacked,
		.verified = s->verified,
		.loose = s->loose && !s->verified,
		.zero_tail = s->zero_tail,
		.unread = s->unread,
	};
	return 0;
}

int recorder_walk(struct recorder *r, struct input *in, bool as_guard, uint64_t base,
		  struct initrd_fault *fault)
{
	static const struct initrd_visitor visitor = {
		.member = on_member,
		.data = on_data,
		.member_end = on_member_end,
		.segment_end = on_segment_end,
	};
	int err;

	r->as_guard = as_guard;
	r->base = base;
	r->m = NULL;
	forget_links(r);
	err = initrd_walk(in, &visitor, r, fault);
	r->m = NULL;
	if (err && r->fault.error)
		*fault = r->fault;
	return err;
}

static int by_content_path(const void *a, const void *b)
{
	return strcmp(((const struct content *)a)->path, ((const struct content *)b)->path);
}

static void move_cost(struct recorder *r, struct manifest *m, size_t cost)
{
	r->taken -= cost;
	m->memory += cost;
}

/* One of an inode's names keeps the blocks: the one that brought them, if it still is its name. */
static int list_content(struct recorder *r, struct manifest *m, struct node *n)
{
	struct inode *inode = n->inode;
	struct content *c = &m->contents[m->content_count];
	size_t cost = memory_cost(n->path_length + 1);
	size_t blocks = memory_cost(inode->content.block_count * sizeof(uint64_t));

	if (take(r, cost))
		return r->fault.error;
	*c = inode->content;
	c->path = path_of(n);
	c->hard_link = false;
	if (!c->path)
		return no_memory(r);
	m->content_count++;
	if (inode->brought->inode != inode)
		inode->brought = n;
	if (inode->brought != n) {
		c->blocks = NULL;
		c->block_count = 0;
		c->hard_link = c->type == CONTENT_FILE;
	} else if (c->blocks) {
		inode->content.blocks = NULL;
		cost += blocks;
	}
	move_cost(r, m, cost);
	return 0;
}

struct programs *recorder_programs(struct recorder *r)
{
	struct programs *programs = r->programs;

	r->programs = NULL;
	return programs;
}

int recorder_finish(struct recorder *r, struct manifest *m, struct initrd_fault *fault)
{
	size_t size = (r->contents ? r->contents : 1) * sizeof(*m->contents);
	int err;

	r->m = NULL;
	tdestroy(r->by_name, keep);
	r->by_name = NULL;
	m->contents = allocate(r, size);
	err = m->contents ? 0 : r->fault.error;
	if (!err)
		move_cost(r, m, memory_cost(size));
	for (struct node *n = r->newest; !err && n; n = n->older)
		err = n->inode ? list_content(r, m, n) : 0;
	if (err) {
		*fault = r->fault;
		return err;
	}
	qsort(m->contents, m->content_count, sizeof(*m->contents), by_content_path);
	m->segments = r->segments;
	m->segment_count = r->segment_count;
	move_cost(r, m, r->segments_taken);
	manifest_note_builder(m);
	m->newest = r->latest;
	m->skipped = r->skipped;
	memset(&r->skipped, 0, sizeof(r->skipped));
	r->segments = NULL;
	r->segments_taken = 0;
	r->segment_count = 0;
	return 0;
}
