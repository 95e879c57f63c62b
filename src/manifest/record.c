// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/record.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "artifact/guard.h"
#include "util/util.h"

#define SYMLINKS_FOLLOWED_MAX 40 /* as the kernel's own limit, path_resolution(7) */

/* A path as it stands so far. */
struct path_entry {
	struct content content;
	char *target; /* of a symbolic link; owned; else NULL */
};

/* Names that a hard link group had so far: members with the same device and inode number. */
struct link_group {
	uint32_t dev_major, dev_minor, ino;
	struct content **names;
	size_t count;
};

struct recorder {
	struct sealed_segment *segments;
	size_t segment_count;

	struct path_entry **entries; /* in order of arrival; owned */
	size_t entry_count, entry_room;
	void *by_path;	   /* tsearch tree over entries */
	void *link_groups; /* tsearch tree over struct link_group */

	const struct recorder_watch *watch; /* or NULL */

	/* The walk under way. */
	bool as_guard;
	uint64_t base;

	/* The member under way. */
	struct path_entry *current; /* NULL: one that is left out */
	bool watched;
	char *target; /* of a symbolic link, INITRD_PATH_MAX + 1 bytes */
	size_t target_len;
	struct hasher *hasher;
	unsigned char block[BLOCK_SIZE];
	size_t block_len, block_room;
};

static void entry_free(struct path_entry *e)
{
	free(e->content.path);
	free(e->content.blocks);
	free(e->target);
	free(e);
}

static int by_path(const void *a, const void *b)
{
	const struct path_entry *x = a, *y = b;

	return strcmp(x->content.path, y->content.path);
}

static int by_link(const void *a, const void *b)
{
	const struct link_group *x = a, *y = b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	if (x->dev_major != y->dev_major)
		return x->dev_major < y->dev_major ? -1 : 1;
	if (x->dev_minor != y->dev_minor)
		return x->dev_minor < y->dev_minor ? -1 : 1;
	return 0;
}

static void link_group_free(void *node)
{
	struct link_group *g = node;

	free(g->names);
	free(g);
}

static void keep(void *node)
{
	(void)node;
}

static void destroy_tree(void **root, int (*compare)(const void *, const void *),
			 void (*release)(void *))
{
	while (*root) {
		void *item = *(void **)*root;

		tdelete(item, root, compare);
		release(item);
	}
}

struct recorder *recorder_new(void)
{
	struct recorder *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->target = malloc(INITRD_PATH_MAX + 1);
	r->hasher = hasher_new();
	if (r->target && r->hasher)
		return r;
	recorder_free(r);
	return NULL;
}

void recorder_free(struct recorder *r)
{
	if (!r)
		return;
	destroy_tree(&r->by_path, by_path, keep);
	destroy_tree(&r->link_groups, by_link, link_group_free);
	for (size_t i = 0; i < r->entry_count; i++)
		entry_free(r->entries[i]);
	free(r->entries);
	free(r->segments);
	free(r->target);
	hasher_free(r->hasher);
	free(r);
}

void recorder_watch(struct recorder *r, const struct recorder_watch *watch)
{
	r->watch = watch;
}

static struct path_entry *find(struct recorder *r, const char *path)
{
	union {
		const char *in;
		char *out;
	} name = { .in = path }; /* the key is only compared */
	const struct path_entry key = { .content.path = name.out };
	struct path_entry **node = tfind(&key, &r->by_path, by_path);

	return node ? *node : NULL;
}

/* Replaces the first len bytes of path, a link, with where the link leads. NULL: no memory. */
static char *follow(const char *path, size_t len, const char *target)
{
	const char *slash = memrchr(path, '/', len);
	size_t parent = *target == '/' || !slash ? 0 : (size_t)(slash - path) + 1;
	char *joined = NULL;

	if (asprintf(&joined, "%.*s%s%s", (int)parent, path, target, path + len) < 0)
		return NULL;
	return joined;
}

/* Removes "//", "/./", "x/../" and leading slashes, in place. */
static void normalise(char *path)
{
	char *out = path;
	const char *in = path;

	while (*in) {
		size_t n;

		while (*in == '/')
			in++;
		n = strcspn(in, "/");
		if (n == 2 && in[0] == '.' && in[1] == '.') {
			while (out > path && *--out != '/')
				;
		} else if (n > 0 && !(n == 1 && in[0] == '.')) {
			if (out > path)
				*out++ = '/';
			memmove(out, in, n);
			out += n;
		}
		in += n;
	}
	*out = '\0';
}

/* Where a member of this name ends up; the last component is not followed. NULL: no memory. */
static char *resolve(struct recorder *r, const char *archived)
{
	char *path = strdup(archived);

	if (!path)
		return NULL;
	normalise(path);
	for (unsigned int followed = 0; followed < SYMLINKS_FOLLOWED_MAX; followed++) {
		char *slash = path, *next = NULL;

		while (!next && (slash = strchr(slash, '/'))) {
			const struct path_entry *e;

			*slash = '\0';
			e = find(r, path);
			*slash = '/';
			if (e && e->target) {
				next = follow(path, (size_t)(slash - path), e->target);
				if (!next) {
					free(path);
					return NULL;
				}
			}
			slash++;
		}
		if (!next)
			return path;
		free(path);
		path = next;
		normalise(path);
	}
	return path;
}

static bool has_children(const struct recorder *r, const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < r->entry_count; i++) {
		const char *p = r->entries[i]->content.path;

		if (strncmp(p, path, n) == 0 && p[n] == '/')
			return true;
	}
	return false;
}

/* Returns the entry of that path, new or emptied for what comes now. NULL: no memory. */
static struct path_entry *enter(struct recorder *r, char *path)
{
	struct path_entry *e = find(r, path);

	if (e) {
		free(path);
		free(e->target);
		free(e->content.blocks);
		e->target = NULL;
		e->content.blocks = NULL;
		e->content.block_count = 0;
		return e;
	}
	if (r->entry_count == r->entry_room) {
		size_t room = r->entry_room ? r->entry_room * 2 : 1024;
		struct path_entry **grown = reallocarray(r->entries, room, sizeof(*grown));

		if (!grown)
			goto no_memory;
		r->entries = grown;
		r->entry_room = room;
	}
	e = calloc(1, sizeof(*e));
	if (!e)
		goto no_memory;
	e->content.path = path;
	if (!tsearch(e, &r->by_path, by_path)) {
		free(e);
		goto no_memory;
	}
	r->entries[r->entry_count++] = e;
	return e;

no_memory:
	free(path);
	return NULL;
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

static int on_member(void *ctx, const struct member *m)
{
	struct recorder *r = ctx;
	int type = content_type_from_mode(m->mode);

	r->current = NULL;
	r->watched = false;
	r->block_len = r->block_room = r->target_len = 0;
	hasher_reset(r->hasher);
	/* The root folder is there already, and the kernel skips what has no type. */
	if (type < 0 || strcmp(m->path, ".") == 0 || left_out(r, m->path))
		return 0;

	char *path = resolve(r, m->path);

	if (!path)
		return -ENOMEM;

	const struct path_entry *old = find(r, path);

	/* The kernel cannot put anything in place of a folder that is not empty. */
	if (!*path || (old && old->content.type == CONTENT_DIRECTORY && type != CONTENT_DIRECTORY &&
		       has_children(r, path))) {
		free(path);
		return 0;
	}

	r->current = enter(r, path);
	if (!r->current)
		return -ENOMEM;
	fill(r, &r->current->content, m, (enum content_type)type);
	r->watched = r->watch && (type == CONTENT_FILE || type == CONTENT_SYMLINK) &&
		     r->watch->file(r->watch->ctx, r->current->content.path,
				    type == CONTENT_SYMLINK);
	return 0;
}

static int add_block(struct recorder *r)
{
	struct content *c = &r->current->content;

	if (c->block_count == r->block_room) {
		size_t room = r->block_room ? r->block_room * 2 : 16;
		uint64_t *grown = reallocarray(c->blocks, room, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		c->blocks = grown;
		r->block_room = room;
	}
	c->blocks[c->block_count++] = hash64(r->block, r->block_len);
	r->block_len = 0;
	return 0;
}

static int on_data(void *ctx, const void *data, size_t len)
{
	struct recorder *r = ctx;
	const unsigned char *p = data;

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

static struct link_group *link_group(struct recorder *r, const struct member *m)
{
	const struct link_group key = { .dev_major = m->dev_major,
					.dev_minor = m->dev_minor,
					.ino = m->ino };
	struct link_group **node = tfind(&key, &r->link_groups, by_link);

	if (node)
		return *node;

	struct link_group *g = malloc(sizeof(*g));

	if (!g)
		return NULL;
	*g = key;
	if (!tsearch(g, &r->link_groups, by_link)) {
		free(g);
		return NULL;
	}
	return g;
}

/* The name that brought the data keeps the blocks. */
static void share_data(struct content *to, const struct content *from)
{
	free(to->blocks);
	to->blocks = NULL;
	to->block_count = 0;
	to->hard_link = true;
	to->size = from->size;
	to->hash = from->hash;
	to->mode = from->mode;
	to->segment = from->segment;
	to->data_position = from->data_position;
	to->image_offset = from->image_offset;
}

/* All names of a hard link show the data that any of them brought last. */
static int join_links(struct recorder *r, const struct member *m)
{
	struct content *c = &r->current->content;
	struct link_group *g = link_group(r, m);

	if (!g)
		return -ENOMEM;

	struct content **grown = reallocarray(g->names, g->count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	g->names = grown;
	for (size_t i = 0; m->size > 0 && i < g->count; i++) {
		if (g->names[i] != c)
			share_data(g->names[i], c);
	}
	if (m->size == 0 && g->count && g->names[0] != c)
		share_data(c, g->names[0]);
	g->names[g->count++] = c;
	return 0;
}

static int on_member_end(void *ctx, const struct member *m)
{
	struct recorder *r = ctx;
	if (!r->current)
		return 0;

	struct content *c = &r->current->content;

	if (r->block_len) {
		int err = add_block(r);

		if (err)
			return err;
	}
	if (c->type == CONTENT_FILE || c->type == CONTENT_SYMLINK)
		c->hash = hasher_digest(r->hasher);
	if (c->type == CONTENT_SYMLINK) {
		r->target[r->target_len] = '\0';
		r->current->target = strdup(r->target);
		if (!r->current->target)
			return -ENOMEM;
	}
	if (c->type == CONTENT_FILE && m->nlink > 1)
		return join_links(r, m);
	return 0;
}

static int on_segment_end(void *ctx, const struct segment *s)
{
	struct recorder *r = ctx;

	/* Inode numbers mean nothing beyond their archive. */
	destroy_tree(&r->link_groups, by_link, link_group_free);
	if (r->as_guard)
		return 0;

	struct sealed_segment *grown =
		reallocarray(r->segments, r->segment_count + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	r->segments = grown;
	grown[r->segment_count++] = (struct sealed_segment){
		.codec = s->codec,
		.offset = s->offset - r->base,
		.length = s->length,
		.unpacked = s->unpacked,
		.verified = s->verified,
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
	err = initrd_walk(in, &visitor, r, fault);
	/* A guard that is merged with an early cpio has no trailer of its own. */
	if (as_guard && err == -ENODATA && !*fault->path && fault->offset == input_end(in)) {
		memset(fault, 0, sizeof(*fault));
		err = 0;
	}
	return err;
}

static int by_content_path(const void *a, const void *b)
{
	return strcmp(((const struct content *)a)->path, ((const struct content *)b)->path);
}

int recorder_finish(struct recorder *r, struct manifest *m)
{
	struct content *list = calloc(r->entry_count ? r->entry_count : 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	destroy_tree(&r->by_path, by_path, keep);
	for (size_t i = 0; i < r->entry_count; i++) {
		struct path_entry *e = r->entries[i];

		list[i] = e->content;
		free(e->target);
		free(e);
	}
	qsort(list, r->entry_count, sizeof(*list), by_content_path);
	m->contents = list;
	m->content_count = r->entry_count;
	m->segments = r->segments;
	m->segment_count = r->segment_count;
	r->entry_count = r->segment_count = 0;
	r->segments = NULL;
	return 0;
}
