/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_CHAIN_REPORT_H
#define BV_CHAIN_CHAIN_REPORT_H

#include <stdbool.h>

#include "chain/chain.h"

/* Tells its first broken link. False: there is none. What is damaged in the LUKS header and its
 * keyslots is not told here but by report_luks(). */
bool chain_report(struct report *r, const struct chain *c, const struct block_devices *b);

#endif
