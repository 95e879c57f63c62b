/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS2_JSON_H
#define BV_LUKS_LUKS2_JSON_H

#include "luks/header.h"

/*
 * Fills *l from the JSON area of a header of header_bytes (binary header and JSON area): len bytes
 * at json. -EBADMSG, and why in reason; -ENOMEM.
 */
#define LUKS2_REASON 160u
int luks2_json_read(const char *json, size_t len, uint64_t header_bytes, struct luks *l,
		    char reason[LUKS2_REASON]);

#endif
