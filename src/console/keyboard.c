// SPDX-License-Identifier: GPL-2.0-or-later
#include "console/keyboard.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "image/unpacked.h"
#include "system/modules.h"
#include "system/system.h"
#include "util/array.h"
#include "util/file.h"
#include "util/text.h"
#include "util/util.h"

#define DEP_MAX	   (4u << 20)
#define COMPRESSED 4 /* MODULE_INIT_COMPRESSED_FILE (Linux, include/uapi/linux/module.h) */

/* What makes the keys of a PC arrive, besides what Debian's kernels have built in. */
static const char *const wanted_modules[] = {
	"ehci-pci", "ohci-pci", "uhci-hcd", "xhci-pci", "usbhid", "hid-generic", NULL,
};

/* Whether the path's file name is NAME.ko, with any suffix of a compressor. */
static bool is_module(const char *path, size_t len, const char *name)
{
	size_t n = strlen(name);
	size_t start = len;

	while (start && path[start - 1] != '/')
		start--;
	return len - start >= n + 3 && !memcmp(path + start, name, n) &&
	       !memcmp(path + start + n, ".ko", 3) &&
	       (len - start == n + 3 || path[start + n + 3] == '.');
}

static void add_path(struct string_list *paths, const char *path, size_t len)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (strlen(paths->items[i]) == len && !memcmp(paths->items[i], path, len))
			return;
	}
	paths->items = grow_array(paths->items, &paths->count, sizeof(*paths->items));
	paths->items[paths->count - 1] = text_format("%.*s", (int)len, path);
}

/* "MODULE: NEEDED NEEDED ...": each needs those behind it, so the last comes first. */
static void add_line(struct string_list *paths, const char *line, size_t len)
{
	while (len) {
		size_t end, start;

		while (len && line[len - 1] == ' ')
			len--;
		end = len;
		while (len && line[len - 1] != ' ')
			len--;
		start = len;
		if (end > start && line[end - 1] == ':')
			end--;
		if (end > start)
			add_path(paths, line + start, end - start);
	}
}

void keyboard_modules(struct string_list *paths, const char *dep, const char *const *wanted)
{
	for (; *wanted; wanted++) {
		for (const char *line = dep; *line;) {
			size_t len = strcspn(line, "\n");
			const char *colon = memchr(line, ':', len);

			if (colon && is_module(line, (size_t)(colon - line), *wanted))
				add_line(paths, line, len);
			line += len;
			line += *line != '\0';
		}
	}
}

static void load(const char *path)
{
	cleanup(close_fd) int fd = file_open(path);
	size_t len = strlen(path);
	bool plain = len > 3 && !strcmp(path + len - 3, ".ko");

	/* One that is loaded already, or does not fit, is no reason to stop. */
	if (fd >= 0)
		syscall(SYS_finit_module, fd, "", plain ? 0 : COMPRESSED);
}

/* The folder of the modules, without a leading "/", if its modules.dep is as sealed. */
static char *folder_as_sealed(const struct manifest *m, int root, const char *release)
{
	char *folder;

	for (size_t i = 0; (folder = modules_folder(i, release)); i++) {
		cleanup(free_ptr) char *dep = text_format("%s/modules.dep", folder);

		if (content_as_sealed(m, root, dep))
			return folder;
		free(folder);
	}
	return NULL;
}

static void load_all(const struct manifest *m, int root, const char *folder)
{
	cleanup(free_ptr) char *dep_path = text_format("/%s/modules.dep", folder);
	cleanup(free_ptr) char *dep = system_read_text(dep_path, DEP_MAX);
	struct string_list paths = { 0 };

	if (!dep)
		return;
	keyboard_modules(&paths, dep, wanted_modules);
	for (size_t i = 0; i < paths.count; i++) {
		cleanup(free_ptr) char *path = text_format("/%s/%s", folder, paths.items[i]);

		if (content_as_sealed(m, root, path + 1))
			load(path);
	}
	/* The lists end with this process. */
}

pid_t keyboard_start(const struct manifest *m, int root, const char *release)
{
	cleanup(free_ptr) char *folder = folder_as_sealed(m, root, release);
	pid_t pid;

	if (!folder)
		return 0;
	pid = fork();
	if (pid)
		return pid < 0 ? 0 : pid;
	load_all(m, root, folder);
	_exit(0);
}
