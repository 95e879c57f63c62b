// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/image_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/array.h"
#include "util/file.h"
#include "util/text.h"
#include "util/util.h"

static const char *const single[] = {
	"bin/dracut-emergency",
	"conf/initramfs.conf",
	"etc/cmdline",
	"etc/passwd",
	"etc/shadow",
	"lib/dracut-lib.sh",
	"usr/lib/dracut-lib.sh",
	"usr/bin/dracut-emergency",
};

/* Every file that lies directly in one of these counts. */
static const char *const folders[] = { "conf/conf.d/", "etc/cmdline.d/", "scripts/panic/" };

void image_files_clear(struct image_files *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->items[i].path);
		free(f->items[i].text);
	}
	free(f->items);
	memset(f, 0, sizeof(*f));
}

bool image_files_wants(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(single); i++) {
		if (!strcmp(path, single[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		size_t len = strlen(folders[i]);

		/* The names are a shell's "*": none that begins with a dot. */
		if (!strncmp(path, folders[i], len) && path[len] != '.' && path[len] &&
		    !strchr(path + len, '/'))
			return true;
	}
	return false;
}

void image_files_begin(struct image_files *f, const char *path, bool link)
{
	for (size_t i = 0; i < f->count; i++) {
		if (strcmp(f->items[i].path, path) != 0)
			continue;
		free(f->items[i].path);
		free(f->items[i].text);
		memmove(&f->items[i], &f->items[i + 1], (--f->count - i) * sizeof(*f->items));
		break;
	}
	if (f->count == IMAGE_FILES_MAX) {
		f->incomplete = true;
		return;
	}
	f->items = grow_array(f->items, &f->count, sizeof(*f->items));
	f->items[f->count - 1].path = text_copy(path);
	f->items[f->count - 1].text = text_copy("");
	f->items[f->count - 1].link = link;
}

void image_files_add(struct image_files *f, const void *data, size_t len)
{
	struct image_file *file = f->count ? &f->items[f->count - 1] : NULL;
	const char *bytes = data;
	char *grown;

	if (!file || f->incomplete || len > IMAGE_FILES_BYTES_MAX - f->bytes) {
		f->incomplete = true;
		return;
	}
	grown = realloc(file->text, file->len + len + 1);
	if (!grown) {
		f->incomplete = true;
		return;
	}
	file->text = grown;
	for (size_t i = 0; i < len; i++) {
		if (bytes[i])
			file->text[file->len++] = bytes[i];
	}
	file->text[file->len] = '\0';
	f->bytes += len;
}

static int by_path(const void *a, const void *b)
{
	const struct image_file *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void image_files_end(struct image_files *f)
{
	if (f->count)
		qsort(f->items, f->count, sizeof(*f->items), by_path);
}

static void read_one(struct image_files *f, const char *root, const char *path)
{
	cleanup(free_ptr) char *full = text_format("%s/%s", root, path);
	cleanup(free_ptr) char *text = NULL;
	/* One byte more shows one that is too long. */
	ssize_t n = file_read(full, IMAGE_FILES_BYTES_MAX - f->bytes + 1, &text);

	/* The distribution's init passes over what is no file. */
	if (n == -ENOENT || n == -ENOTDIR || n == -EINVAL)
		return;
	if (n < 0) {
		f->incomplete = true;
		return;
	}
	image_files_begin(f, path, false);
	image_files_add(f, text, (size_t)n);
}

static void read_folder(struct image_files *f, const char *root, const char *folder)
{
	cleanup(free_ptr) char *full = text_format("%s/%s", root, folder);
	DIR *dir = folder_open(full);
	const struct dirent *entry;

	if (!dir)
		return;
	while (!f->incomplete && (entry = readdir(dir))) {
		cleanup(free_ptr) char *path = text_format("%s%s", folder, entry->d_name);

		if (image_files_wants(path))
			read_one(f, root, path);
	}
	closedir(dir);
}

void image_files_read(struct image_files *f, const char *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(single); i++)
		read_one(f, root, single[i]);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		read_folder(f, root, folders[i]);
	image_files_end(f);
}

bool image_files_have(const struct image_files *f, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < f->count; i++) {
		const char *of = f->items[i].path;

		if (!strncmp(of, path, len) && (!of[len] || of[len] == '/'))
			return true;
	}
	return false;
}

const char *image_files_find(const struct image_files *f, const char *path)
{
	for (size_t i = 0; i < f->count; i++) {
		if (!strcmp(f->items[i].path, path))
			return f->items[i].text;
	}
	return NULL;
}
