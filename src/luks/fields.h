/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_FIELDS_H
#define BV_LUKS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* What headers of both versions have. */

#define LUKS_MAGIC_BYTES 6u

extern const unsigned char luks_magic[LUKS_MAGIC_BYTES];

/* Whether a field of len bytes holds nothing but a name: printable ASCII and its end. */
bool luks_is_name(const unsigned char *field, size_t len);

/* Whether it holds a UUID as libuuid writes one, and its end. */
bool luks_is_uuid(const unsigned char *field, size_t len);

#endif
