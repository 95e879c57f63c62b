/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_MODULES_H
#define BV_SYSTEM_MODULES_H

#include <stddef.h>

/*
 * Where the modules of a kernel version lie, in a system and in an initrd, without a leading "/": the
 * number-th place; NULL behind the last. Owned by the caller.
 */
char *modules_folder(size_t number, const char *release);

/* The version in a path in one of these folders, and its length; 0: it is elsewhere, or no kernel version. */
size_t modules_release(const char *path, const char **release);

enum module_state {
	MODULE_MISSING,
	MODULE_THERE,	/* its file is here, or it is built in; it need not be loaded */
	MODULE_UNKNOWN, /* the list of modules cannot be read */
};

/* Of the running kernel, in this root; name: what its file's name begins with ("dm-mod.ko"). */
enum module_state module_state(const char *name);

#endif
