/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_SYSTEM_CHROOT_H
#define BV_SYSTEM_CHROOT_H

#include <stdbool.h>

/* in_chroot() with another folder in the place of /proc, for tests. */
bool in_chroot_by(const char *proc);

#endif
