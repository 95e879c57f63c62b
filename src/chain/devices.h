/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_DEVICES_H
#define BV_CHAIN_DEVICES_H

#include "report/report.h"
#include "system/block_devices.h"

/* Adds to a finding what every device holds, so that a person can see what is missing. */
void block_devices_tell(const struct block_devices *b, struct finding *f);

/* Who may be looked for. */
enum suspicion {
	SUSPECT_ROOT, /* a root file system, or what it lies in */
	SUSPECT_LUKS, /* a LUKS container: not what has signs of another content, sound or damaged */
};

/*
 * The devices that may be to blame when something is not found, with the reason, as text that the
 * caller frees: those that hold nothing known and are large enough for a root file system or a LUKS
 * container, that cannot be read, or that are damaged by their own checksums. NULL: none. named: the path
 * of one that counts whatever it holds, because crypttab names it; or NULL.
 */
char *block_devices_suspects(const struct block_devices *b, enum suspicion suspicion,
			     const char *named);

/* That sysfs could not be read, so that nothing is known of the disks; the caller frees it. */
char *block_devices_error_text(const struct block_devices *b);

#endif
