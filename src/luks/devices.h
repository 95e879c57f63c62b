/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_DEVICES_H
#define BV_LUKS_DEVICES_H

#include <stddef.h>

#include "luks/device.h"
#include "manifest/manifest.h"
#include "system/crypttab.h"

/* The LUKS devices of this boot. */
struct luks_devices {
	/* One per record of the manifest, in its order; then those of crypttab without one; then what
	 * root= names, when that is another one, and LUKS. */
	struct luks_device *items;
	size_t count;
	struct crypttab crypttab; /* what this boot is told to unlock */
};

/*
 * Finds the device of every record among the block devices by what is on it, so that one whose
 * header is gone is found by its key material, and looks at it. Waits up to wait_ms for those that
 * the boot unlocks and that are not there yet. Of several with one UUID that one counts which cryptsetup
 * opens: what crypttab's name, or the UUID's link, leads to. Devices are read only. crypttab: the text of
 * unlock_list_read(); root: the value of root=; either may be NULL. What they name and no record is of, is
 * examined by what it proves itself; for root='s nothing is waited for.
 */
void luks_devices_find(struct luks_devices *l, const struct manifest *m, const char *crypttab,
		       const char *root, unsigned int wait_ms);
void luks_devices_clear(struct luks_devices *l);

#endif
