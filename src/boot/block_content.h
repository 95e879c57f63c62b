/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_BLOCK_CONTENT_H
#define BV_BOOT_BLOCK_CONTENT_H

#include "boot/block_devices.h"
#include "report/report.h"

/* Adds to a finding what every device holds, so that a person can see what is missing. */
void block_devices_tell(const struct block_devices *b, struct finding *f);

#endif
