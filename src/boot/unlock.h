/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_UNLOCK_H
#define BV_BOOT_UNLOCK_H

#include "boot/request.h"
#include "system/paths.h"

/*
 * Before the passphrase is asked for: compares every LUKS device of the guard's manifest with its
 * record, and does about damage what the policy says. Returns when the boot is to go on.
 */
void unlock_check(const struct request *q);

/* The UUIDs, one a line, of devices that were there then: cryptsetup has asked for these. */
#define UNLOCK_ASKED BOOT_RUN "/asked"

/* Likewise, of those that were asked for and not opened: passphrases were refused (local-block). */
#define UNLOCK_REFUSED BOOT_RUN "/refused"

#endif
