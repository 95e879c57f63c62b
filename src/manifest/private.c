// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/private.h"

#include <stdlib.h>
#include <string.h>

#include "util/util.h"

#define OTHERS_READ   04u
#define OTHERS_SEARCH 01u

/* The folder that it is in; NULL: the root, or there is no memory, which *unknown tells. */
static const struct content *parent(const struct manifest *m, const struct content *c,
				    bool *unknown)
{
	const char *slash = strrchr(c->path, '/');
	cleanup(free_ptr) char *path = slash ? strndup(c->path, (size_t)(slash - c->path)) : NULL;

	*unknown = slash && !path;
	return path ? manifest_find(m, path) : NULL;
}

static bool hides(const struct content *folder)
{
	return folder && !(folder->mode & OTHERS_SEARCH);
}

static bool others_cannot_read(const struct content *c)
{
	return c->type == CONTENT_FILE && !(c->mode & OTHERS_READ);
}

bool content_is_private(const struct manifest *m, const struct content *c)
{
	bool unknown = false;

	if (others_cannot_read(c))
		return true;
	while ((c = parent(m, c, &unknown))) {
		if (hides(c))
			return true;
	}
	return unknown;
}

static void hide(struct content *c)
{
	c->hash = 0;
	for (size_t i = 0; i < c->block_count; i++)
		c->blocks[i] = 0;
}

void manifest_hide_private(struct manifest *m)
{
	/* Of each content whether it is below such a folder: folders stand before what is in them. */
	cleanup(free_ptr) bool *below = calloc(m->content_count + 1, sizeof(*below));

	for (size_t i = 0; i < m->content_count; i++) {
		struct content *c = &m->contents[i];
		bool unknown, hidden = !below;
		const struct content *folder = below ? parent(m, c, &unknown) : NULL;

		if (below) {
			below[i] =
				unknown || hides(folder) || (folder && below[folder - m->contents]);
			hidden = below[i];
		}
		if (hidden || others_cannot_read(c))
			hide(c);
	}
}
