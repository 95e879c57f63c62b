/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_ROOT_MISSING_H
#define BV_CHAIN_ROOT_MISSING_H

#include "chain/root_scene.h"

/* Tells that no device is what root= names, and what may be the reason; ... */
void root_tell_missing(const struct root_scene *c);
/* ... and that it may lie on an md array which does not run. */
void root_tell_array(const struct root_scene *c);

#endif
