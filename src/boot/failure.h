/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_BOOT_FAILURE_H
#define BV_BOOT_FAILURE_H

#include "boot/request.h"

/*
 * After cryptsetup was called for a device in vain, before it asks again: one line about each, on
 * every console, once in a boot.
 */
void failure_tell_refusal(const struct request *q);

/*
 * After the root could not be unlocked or mounted, before the rescue shell: shows the verdict,
 * either way, with the chain to the root file system and its first broken link.
 */
void failure_explain(const struct request *q);

#endif
