/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_VIEW_READ_H
#define BV_LUKS_VIEW_READ_H

#include "luks/view.h"
#include "storage/source.h"

/*
 * First: reads and understands the header. Returns as luks_read() does. luks_view_clear() frees
 * what a view owns, in any case. *v is zeroed but for what is the caller's.
 */
int luks_view_read(struct luks_view *v, const struct source *source);

/*
 * Then: compares it with the record (NULL: there is none), and looks closer at what differs. Only
 * the areas of active keyslots are read. -ENOMEM.
 */
int luks_view_compare(struct luks_view *v, const struct source *source,
		      const struct sealed_luks *sealed, int64_t sealed_at);
/*
 * Then, perhaps: opened are the keyslots (bit N is keyslot N) that a passphrase opened. What gives
 * the volume key is no damaged keyslot, whatever the record says: it was changed after the seal.
 */
void luks_view_tried(struct luks_view *v, uint32_t opened);

#endif
