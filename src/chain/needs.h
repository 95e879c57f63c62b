/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_NEEDS_H
#define BV_CHAIN_NEEDS_H

#include "luks/header.h"

/*
 * What the right passphrase needs besides to open a container, and is not found here: the kernel's cipher,
 * or the memory of a keyslot. In words, which the caller frees; NULL: all of it is here.
 */
char *luks_lacks(const struct luks *l);

#endif
