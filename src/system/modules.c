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

/* depmod makes modules.dep of the files that are there. */
enum module_state module_state(const char *name)
{
	static const char *const lists[] = { "modules.dep", "modules.builtin" };
	enum module_state state = MODULE_MISSING;
	struct utsname kernel;
	cleanup(free_ptr) char *folder = NULL, *file = text_format("/%s", name);

	if (uname(&kernel) < 0)
		return MODULE_UNKNOWN;
	folder = text_format("/lib/modules/%s", kernel.release);
	if (access(folder, F_OK) < 0)
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
