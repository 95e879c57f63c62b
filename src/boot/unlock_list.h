/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_UNLOCK_LIST_H
#define BV_BOOT_UNLOCK_LIST_H

/*
 * What this boot unlocks, as the text of a crypttab that the caller frees: cryptopts= on the kernel
 * command line (may be NULL), of which cryptsetup-initramfs makes its list anew (Debian's cryptsetup,
 * debian/initramfs/scripts/local-top/cryptroot), else the initramfs' own list, where its builder puts that.
 * NULL: there is neither.
 */
char *unlock_list_read(const char *command_line);

#endif
