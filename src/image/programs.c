// SPDX-License-Identifier: GPL-2.0-or-later
#include "image/programs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image/guard.h"
#include "util/util.h"

#define LINKS_FOLLOWED_MAX 40 /* as the kernel's own limit, path_resolution(7) */

/* One link or program, by where its data is in the image; text is a link's target, or `needs`. */
struct note {
	uint64_t position; /* in the segment's unpacked bytes */
	uint32_t segment;
	uint32_t text; /* offset in texts */
	uint16_t machine;
	unsigned char kind, format[2];
	bool needs_unknown;
	uint64_t end;
};

struct programs {
	const struct manifest *m;
	struct note *notes; /* in the order of the walk, so sorted by segment and position */
	size_t count, room;
	char *texts; /* strings with their NULs */
	size_t texts_len, texts_room;
	bool forgot; /* there was more */

	/* The member under way. */
	bool wanted, link;
	struct note now;
	size_t head_len;
	/* A loader's name is in the first page of what any linker makes. */
	unsigned char head[BLOCK_SIZE];
};

_Static_assert(BLOCK_SIZE >= PATH_MAX, "a link's target fits");

struct programs *programs_new(void)
{
	return calloc(1, sizeof(struct programs));
}

void programs_free(struct programs *s)
{
	if (!s)
		return;
	free(s->notes);
	free(s->texts);
	free(s);
}

/* Makes room for len more items; false: no memory, or too much of it. */
static bool grow(void *array, size_t *room, size_t used, size_t len, size_t item, size_t others)
{
	size_t wanted = *room ? *room : 256;
	void *grown;

	while (wanted < used + len)
		wanted *= 2;
	if (wanted == *room)
		return true;
	if (wanted * item + others > PROGRAMS_BYTES_MAX)
		return false;
	grown = reallocarray(*(void **)array, wanted, item);
	if (!grown)
		return false;
	*(void **)array = grown;
	*room = wanted;
	return true;
}

static void add(struct programs *s, const char *text, size_t len)
{
	if (s->forgot ||
	    !grow(&s->notes, &s->room, s->count, 1, sizeof(*s->notes), s->texts_room) ||
	    !grow(&s->texts, &s->texts_room, s->texts_len, len + 1, 1,
		  s->room * sizeof(*s->notes))) {
		s->forgot = true;
		return;
	}
	s->now.text = (uint32_t)s->texts_len;
	memcpy(s->texts + s->texts_len, text, len);
	s->texts[s->texts_len + len] = '\0';
	s->texts_len += len + 1;
	s->notes[s->count++] = s->now;
}

void programs_are_of(struct programs *s, const struct manifest *m)
{
	s->m = m;
}

void programs_member(struct programs *s, const struct member *m)
{
	s->link = S_ISLNK(m->mode);
	s->wanted = m->size > 0 && (s->link || (S_ISREG(m->mode) && (m->mode & 0111)));
	s->head_len = 0;
	s->now = (struct note){ .segment = m->segment->index, .position = m->data_position };
}

void programs_data(struct programs *s, const void *data, size_t len)
{
	size_t n = sizeof(s->head) - s->head_len;

	if (!s->wanted)
		return;
	n = len < n ? len : n;
	memcpy(s->head + s->head_len, data, n);
	s->head_len += n;
}

void programs_member_end(struct programs *s)
{
	struct program p;

	if (!s->wanted)
		return;
	if (s->link) {
		add(s, (const char *)s->head, strnlen((const char *)s->head, s->head_len));
		return;
	}
	program_read_memory(&p, s->head, s->head_len);
	if (p.kind == PROGRAM_NONE)
		return;
	s->now.kind = (unsigned char)p.kind;
	memcpy(s->now.format, p.format, sizeof(p.format));
	s->now.machine = p.machine;
	s->now.needs_unknown = p.needs_unknown;
	s->now.end = p.end;
	add(s, p.needs, strlen(p.needs));
}

/* What was noted of a path's data; NULL: nothing. */
static const struct note *note_of(const struct programs *s, const struct content *c)
{
	size_t low = 0, high = s ? s->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct note *n = &s->notes[middle];

		if (n->segment == c->segment && n->position == c->data_position)
			return n;
		if (n->segment < c->segment ||
		    (n->segment == c->segment && n->position < c->data_position))
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A path on the way: what is resolved, and what is still to come. */
struct way {
	char done[PATH_MAX], rest[PATH_MAX];
	bool link; /* the path itself is one, and not only a folder on the way */
};

/* Puts a link's target in front of what is to come. */
static int take_link(struct way *w, const char *target)
{
	size_t target_len = strlen(target), rest_len = strlen(w->rest);
	char *slash = strrchr(w->done, '/');

	if (target_len + 1 + rest_len >= sizeof(w->rest))
		return -ENODATA;
	memmove(w->rest + target_len + 1, w->rest, rest_len + 1);
	memcpy(w->rest, target, target_len);
	w->rest[target_len] = '/';
	if (*target == '/' || !slash)
		*w->done = '\0';
	else
		*slash = '\0';
	return 0;
}

/* Moves the next component from rest to done. False: there is none that needs a look. */
static bool take_component(struct way *w)
{
	size_t skip = strspn(w->rest, "/"), len = strcspn(w->rest + skip, "/");
	const char *name = w->rest + skip;
	size_t used = strlen(w->done);
	bool up = len == 2 && memcmp(name, "..", 2) == 0;
	bool look = len && !up && !(len == 1 && *name == '.');
	char *slash = strrchr(w->done, '/');

	if (up)
		*(slash ? slash : w->done) = '\0';
	if (look) {
		if (used)
			w->done[used++] = '/';
		memcpy(w->done + used, name, len);
		w->done[used + len] = '\0';
	}
	memmove(w->rest, w->rest + skip + len, strlen(w->rest + skip + len) + 1);
	return look;
}

/* Follows links as the kernel will, from the root; not by what is not there, of which *w tells. */
static int resolve(const struct programs *s, const char *path, struct way *way,
		   const struct content **found)
{
	struct way w;
	int followed = 0, r;

	*found = NULL;
	*w.done = *way->done = '\0';
	w.link = way->link = false;
	if (strlen(path) >= sizeof(w.rest))
		return -ENODATA;
	memcpy(w.rest, path, strlen(path) + 1);
	while (w.rest[strspn(w.rest, "/")]) {
		const struct note *n;
		const struct content *c;

		if (strlen(w.done) + strlen(w.rest) + 1 >= sizeof(w.done))
			return -ENODATA;
		if (!take_component(&w)) {
			*found = manifest_find(s->m, w.done);
			continue;
		}
		c = *found = manifest_find(s->m, w.done);
		if (!c && !*way->done)
			*way = w;
		if (!c || c->type != CONTENT_SYMLINK)
			continue;
		if (c->segment == GUARD_SEGMENT) /* the guard's links all lead to the stub */
			return -ELOOP;
		if (++followed > LINKS_FOLLOWED_MAX)
			return -ELOOP;
		n = note_of(s, c);
		if (!n)
			return -ENODATA;
		w.link = w.link || !w.rest[strspn(w.rest, "/")];
		r = take_link(&w, s->texts + n->text);
		if (r)
			return r;
	}
	return *found ? 0 : -ENOENT;
}

static bool differs_in_a_bit(const char *a, const char *b)
{
	size_t n = strlen(a);
	int bits = 0;

	if (strlen(b) != n)
		return false;
	for (size_t i = 0; i < n && bits < 2; i++)
		bits += __builtin_popcount((unsigned char)(a[i] ^ b[i]));
	return bits == 1;
}

const char *programs_near(const struct manifest *m, const char *path)
{
	for (size_t i = 0; i < m->content_count; i++) {
		const struct content *c = &m->contents[i];

		if (c->segment != GUARD_SEGMENT && differs_in_a_bit(c->path, path))
			return c->path;
	}
	return NULL;
}

/* Where a path leads that is not there. False: it is there, or that is not known, or longer than a name. */
static bool leads_to(const struct programs *s, const char *path, struct way *w,
		     char end[PROGRAM_NAME_MAX])
{
	const struct content *c;
	const char *rest;
	int n;

	if (resolve(s, path, w, &c) != -ENOENT || !*w->done)
		return false;
	rest = w->rest + strspn(w->rest, "/");
	n = snprintf(end, PROGRAM_NAME_MAX, "%s%s%s", w->done, *rest ? "/" : "", rest);
	if (n >= (int)PROGRAM_NAME_MAX)
		return false;
	/* Behind a link's target there is one more. */
	while (n > 1 && end[n - 1] == '/')
		end[--n] = '\0';
	return true;
}

bool programs_link_ends(const struct programs *s, const char *path, char end[PROGRAM_NAME_MAX])
{
	struct way w;

	return leads_to(s, path, &w, end) && w.link;
}

bool programs_near_way(struct programs *s, const char *path, char near[PROGRAM_NAME_MAX])
{
	char end[PROGRAM_NAME_MAX];
	const char *found;
	struct way w;

	if (!leads_to(s, path, &w, end))
		return false;
	found = programs_near(s->m, w.done);
	if (!found)
		return program_near(programs_find, s, path, near) ||
		       program_near(programs_find, s, end, near);
	snprintf(near, PROGRAM_NAME_MAX, "%s", found);
	return true;
}

bool programs_is_whole(const struct programs *s, const struct content *c)
{
	const struct note *n = note_of(s, c);

	return n && n->kind == PROGRAM_ELF && !n->needs_unknown && n->end == c->size;
}

bool programs_is_written(const struct programs *s, const struct content *c)
{
	const struct note *n = note_of(s, c);

	return n && (n->kind == PROGRAM_SCRIPT ||
		     (n->kind == PROGRAM_ELF && n->end && n->end < c->size));
}

bool programs_is_any(const struct programs *s, const struct content *c)
{
	const struct note *n = note_of(s, c);

	return n && n->kind != PROGRAM_NONE;
}

int programs_find(void *ctx, const char *path, struct program *p)
{
	const struct programs *s = ctx;
	const struct content *c;
	const struct note *n;
	struct way w;
	int r = resolve(s, path, &w, &c);

	memset(p, 0, sizeof(*p));
	if (r)
		return r;
	/* The stub would execute itself, for ever. */
	if (strcmp(c->path, GUARD_DIVERTED) == 0 || strcmp(c->path, GUARD_STUB) == 0)
		return -ELOOP;
	if (c->type != CONTENT_FILE || !(c->mode & 0111))
		return -EACCES;
	if (c->segment == GUARD_SEGMENT)
		return -ENODATA;
	n = note_of(s, c);
	if (!n)
		return s->forgot ? -ENODATA : 0;
	p->kind = (enum program_kind)n->kind;
	memcpy(p->format, n->format, sizeof(p->format));
	p->machine = n->machine;
	p->needs_unknown = n->needs_unknown;
	p->end = n->end;
	p->whole = n->kind == PROGRAM_ELF && n->end == c->size;
	memcpy(p->needs, s->texts + n->text, strlen(s->texts + n->text) + 1);
	return 0;
}
