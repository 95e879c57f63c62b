/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_BOOT_H
#define BV_BOOT_BOOT_H

#include "boot/options.h"

/*
 * Verifies what belongs to the stage and does about it what the policy says. Returns 0 when the
 * boot is to go on, 2 when the check could not run. With no_init it returns only when it could not
 * run. The later stages end by themselves when they take longer than CHECK_TIMEOUT.
 */
int boot_run(const struct boot_options *options);

#endif
