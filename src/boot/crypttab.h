/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_CRYPTTAB_H
#define BV_BOOT_CRYPTTAB_H

#include <stdbool.h>

/*
 * Whether a crypttab (crypttab(5); in an initramfs, cryptsetup-initramfs writes it to
 * /cryptroot/crypttab) has an entry of this name, or whose source is this UUID. Either may be "".
 */
bool crypttab_has(const char *text, const char *name, const char *uuid);

#endif
