/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_CHAIN_CHAIN_LAYERS_H
#define BV_CHAIN_CHAIN_LAYERS_H

#include <stdbool.h>

#include "chain/chain.h"

/* Tells the first broken layer above an opened device. False: there is none. */
bool chain_layers_report(struct report *r, const struct chain *c);

#endif
