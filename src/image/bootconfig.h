/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_BOOTCONFIG_H
#define BV_IMAGE_BOOTCONFIG_H

#include <stdint.h>

#include "util/input.h"

struct bootconfig {
	uint64_t
		offset; /* where it begins in the input; the input's end: there is none, or that cannot
			    * be told */
	const char *wrong; /* there is one, and its bytes are not what its own sum covers; static */
};

/*
 * Parameters that `bootconfig -a` has put behind an initrd: the kernel cuts them off before it
 * unpacks the rest, whether it is built to understand them or not (Linux,
 * Documentation/admin-guide/bootconfig.rst; init/main.c, get_boot_config_from_initrd()).
 * The input's offset stays.
 */
void bootconfig_find(struct input *in, struct bootconfig *found);

#endif
