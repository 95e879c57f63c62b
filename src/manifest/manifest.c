// SPDX-License-Identifier: GPL-2.0-or-later
#include "manifest/manifest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "system/modules.h"
#include "util/memory.h"
#include "util/text.h"
#include "util/util.h"

void manifest_init(struct manifest *m)
{
	memset(m, 0, sizeof(*m));
}

void sealed_file_clear(struct sealed_file *f)
{
	free(f->path);
	free(f->blocks);
	free(f->extents);
	memset(f, 0, sizeof(*f));
}

void manifest_forget_image(struct manifest *m)
{
	free(m->segments);
	for (size_t i = 0; i < m->content_count; i++) {
		free(m->contents[i].path);
		free(m->contents[i].blocks);
	}
	free(m->contents);
	free(m->skipped.first);
	m->skipped = (struct skipped){ 0, 0, NULL };
	m->segments = NULL;
	m->contents = NULL;
	m->segment_count = m->content_count = 0;
	m->guard_bytes = 0;
}

void manifest_clear(struct manifest *m)
{
	free(m->kernel);
	free(m->os);
	free(m->builder);
	free(m->refused);
	for (size_t i = 0; i < ARRAY_SIZE(m->files); i++)
		sealed_file_clear(&m->files[i]);
	for (size_t i = 0; i < m->luks_count; i++)
		sealed_luks_clear(&m->luks[i]);
	free(m->luks);
	manifest_forget_image(m);
	memory_give(m->memory);
	manifest_init(m);
}

void manifest_swap_initrd(struct manifest *a, struct manifest *b)
{
	struct manifest other = *a;

	a->files[ARTIFACT_INITRD] = b->files[ARTIFACT_INITRD];
	a->builder = b->builder;
	a->guard_bytes = b->guard_bytes;
	a->segments = b->segments;
	a->segment_count = b->segment_count;
	a->contents = b->contents;
	a->content_count = b->content_count;
	b->files[ARTIFACT_INITRD] = other.files[ARTIFACT_INITRD];
	b->builder = other.builder;
	b->guard_bytes = other.guard_bytes;
	b->segments = other.segments;
	b->segment_count = other.segment_count;
	b->contents = other.contents;
	b->content_count = other.content_count;
}

const struct content *manifest_find(const struct manifest *m, const char *path)
{
	size_t low = 0, high = m->content_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(path, m->contents[middle].path);

		if (order == 0)
			return &m->contents[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool has_content(const void *manifest, const char *path)
{
	return manifest_find(manifest, path);
}

void manifest_note_builder(struct manifest *m)
{
	const char *name = builder_name(builder_shown(has_content, m));

	if (!name)
		return;
	free(m->builder);
	m->builder = text_copy(name);
}

enum builder manifest_builder(const struct manifest *m)
{
	return builder_find(m->builder);
}

enum builder manifest_builder_below(const struct manifest *m, int root)
{
	return builder_either(manifest_builder(m), builder_below(root));
}

char *manifest_other_modules(const struct manifest *m, const char *release)
{
	const char *name = NULL, *other = NULL;
	size_t len, other_len = 0;

	for (size_t i = 0; i < m->content_count; i++) {
		const struct content *c = &m->contents[i];

		len = modules_release(c->path, &name);
		if (!len)
			continue;
		if (strlen(release) == len && !memcmp(name, release, len))
			return NULL;
		/* An empty folder is left over, or made for what comes later. */
		if (!other && name[len] && c->type == CONTENT_FILE) {
			other = name;
			other_len = len;
		}
	}
	return other ? text_format("%.*s", (int)other_len, other) : NULL;
}

int content_type_from_mode(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return CONTENT_FILE;
	case S_IFDIR:
		return CONTENT_DIRECTORY;
	case S_IFLNK:
		return CONTENT_SYMLINK;
	case S_IFCHR:
		return CONTENT_CHAR;
	case S_IFBLK:
		return CONTENT_BLOCK;
	case S_IFIFO:
		return CONTENT_FIFO;
	case S_IFSOCK:
		return CONTENT_SOCKET;
	default:
		return -EINVAL;
	}
}

const char *content_type_name(enum content_type type)
{
	switch (type) {
	case CONTENT_FILE:
		return "file";
	case CONTENT_DIRECTORY:
		return "directory";
	case CONTENT_SYMLINK:
		return "symlink";
	case CONTENT_CHAR:
		return "char";
	case CONTENT_BLOCK:
		return "block";
	case CONTENT_FIFO:
		return "fifo";
	case CONTENT_SOCKET:
		return "socket";
	}
	return "unknown";
}
