// SPDX-License-Identifier: GPL-2.0-or-later
#include "system/modules.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "system/system.h"
#include "util/text.h"
#include "util/util.h"

#define LIST_MAX (4u << 20)

/* A merged /usr has both names, one of them a link. */
static const char *const places[] = { "usr/lib/modules/", "lib/modules/" };

char *modules_folder(size_t number, const char *release)
{
	return number < ARRAY_SIZE(places) ? text_format("%s%s", places[number], release) : NULL;
}

size_t modules_release(const char *path, const char **release)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		size_t len = strlen(places[i]);

		if (strncmp(path, places[i], len) != 0)
			continue;
		*release = path + len;
		return **release >= '0' && **release <= '9' ? strcspn(*release, "/") : 0;
	}
	return 0;
}

/* Owned by the caller; NULL: there is none. */
static char *folder_that_exists(const char *release)
{
	char *folder;

	for (size_t i = 0; (folder = modules_folder(i, release)); i++) {
		char *path = text_format("/%s", folder);

		free(folder);
		if (access(path, F_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

/* depmod makes modules.dep of the files that are there. */
enum module_state module_state(const char *name)
{
	static const char *const lists[] = { "modules.dep", "modules.builtin" };
	enum module_state state = MODULE_MISSING;
	struct utsname kernel;
	cleanup(free_ptr) char *folder = NULL, *file = text_format("/%s", name);

	if (uname(&kernel) < 0)
		return MODULE_UNKNOWN;
	folder = folder_that_exists(kernel.release);
	if (!folder)
		return MODULE_MISSING;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		cleanup(free_ptr) char *path = text_format("%s/%s", folder, lists[i]);
		cleanup(free_ptr) char *text = system_read_text(path, LIST_MAX);

		if (text && strstr(text, file))
			return MODULE_THERE;
		if (!text)
			state = MODULE_UNKNOWN;
	}
	return state;
}
