/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_IMAGE_KERNEL_CONFIG_H
#define BV_IMAGE_KERNEL_CONFIG_H

#include "manifest/manifest.h"
#include "system/installation.h"

/*
 * What the configuration that lies beside a kernel (config-KVER in the boot folder, or config in its
 * modules' folder) lacks to unpack these segments (Linux, usr/Kconfig, CONFIG_RD_*), in words that the
 * caller frees; NULL: nothing, or there is no such file. *proven: it says so itself; else it has no word
 * about it, as of a kernel that is too old for that, or after the loss of that line.
 */
char *kernel_config_lacks(const struct boot_files *f, const struct manifest *m, bool *proven);

#endif
