/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_MODULES_H
#define BV_SYSTEM_MODULES_H

enum module_state {
	MODULE_MISSING,
	MODULE_THERE,	/* its file is here, or it is built in; it need not be loaded */
	MODULE_UNKNOWN, /* the list of modules cannot be read */
};

/* Of the running kernel, in this root; name: what its file's name begins with ("dm-mod.ko"). */
enum module_state module_state(const char *name);

#endif
