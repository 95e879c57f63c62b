/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_PARAMETERS_H
#define BV_BOOT_PARAMETERS_H

#include "boot/policy.h"

/*
 * What bootverdict itself is told on the kernel command line: bootverdict=, by the kernel's rules for
 * words. The last that names a policy counts. POLICY_NONE: there is none.
 */
enum policy parameters_policy(const char *command_line);

#endif
