/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_PARAMETERS_H
#define BV_BOOT_PARAMETERS_H

#include "boot/policy.h"

/*
 * What bootverdict heeds of the kernel command line. Words are separated by spaces; double
 * quotes around a value or a whole word are removed (Linux, lib/cmdline.c, next_arg()). The
 * last of several counts.
 */
struct parameters {
	enum policy policy;  /* bootverdict=; POLICY_NONE: not given, or no such policy */
	enum on_panic panic; /* panic=, as initramfs-tools understands it; PANIC_NONE: not given */
	unsigned int panic_ms; /* PANIC_REBOOT: after so long */
};

void parameters_parse(struct parameters *p, const char *command_line);

#endif
