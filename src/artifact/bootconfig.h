/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_ARTIFACT_BOOTCONFIG_H
#define BV_ARTIFACT_BOOTCONFIG_H

#include <stdint.h>

#include "util/input.h"

/*
 * Parameters that `bootconfig -a` has put behind an initrd: the kernel cuts them off before it
 * unpacks the rest, whether it is built to understand them or not (Linux,
 * Documentation/admin-guide/bootconfig.rst; init/main.c, get_boot_config_from_initrd()).
 * Where they begin in the input, whose offset stays; its end when there are none, or their sum is wrong.
 */
uint64_t bootconfig_offset(struct input *in);

#endif
