/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_MATCH_H
#define BV_LUKS_MATCH_H

#include <stdbool.h>

#include "luks/header.h"
#include "manifest/sealed_luks.h"
#include "storage/source.h"

/* How sure it is that a record is one of this device. */
enum record_match {
	RECORD_OTHER,  /* nothing says so */
	RECORD_CALLED, /* only its name is the device's, and disks that are found in another order
			* change such names ("/dev/sda3"): that is no evidence */
	RECORD_NAMED, /* only its name is the device's, but that stays: a file's, or a link's of udev */
	RECORD_BYTES, /* the UUID is another one or gone, but sealed bytes are there: where they were,
			* or with all of the container near to that place */
	RECORD_UUID, /* the header's UUID */
};

/*
 * Compares a record with what luks_view_read() found. The name is compared with device and as files
 * of the same number. Reads no more than the areas that the record names.
 */
enum record_match luks_record_match(const struct sealed_luks *s, const struct luks *l,
				    const struct source *source, const char *device);

/* Whether the header, or what is left of it, is the sealed one by its UUID or by what it says of keyslots. */
bool luks_record_describes(const struct sealed_luks *s, const struct luks *l);

/*
 * Of a record that is this device's: whether it says, by any name, that the device itself is what was
 * opened, and no array that it is a member of.
 */
bool luks_record_names(const struct sealed_luks *s, const char *device);

#endif
