/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_SEAL_H
#define BV_LUKS_SEAL_H

#include "manifest/manifest.h"
#include "manifest/sealing.h"
#include "system/installation.h"

/*
 * Records the LUKS devices that the boot unlocks in m->luks. When one is damaged, by itself or
 * against the record that it has already, all keep the records that they have. Records the root file
 * system's UUID, where the kernel tells on which device it is. Nothing is written.
 */
int seal_luks(const struct boot_files *f, const struct seal_options *o, struct manifest *m);

#endif
