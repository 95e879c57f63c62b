/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS2_BINARY_H
#define BV_LUKS_LUKS2_BINARY_H

#include <stdint.h>

#include "luks/fields.h"

#define LUKS2_BINARY 4096u /* the binary header, in front of the JSON area */

/* "LUKS2 On-Disk Format Specification", section 2.1 "Binary Header"; numbers are big-endian. */
#define LUKS2_AT_VERSION   6u
#define LUKS2_AT_SIZE	   8u
#define LUKS2_AT_SEQID	   16u
#define LUKS2_AT_LABEL	   24u
#define LUKS2_AT_ALGORITHM 72u
#define LUKS2_AT_SALT	   104u
#define LUKS2_AT_UUID	   168u
#define LUKS2_AT_SUBSYSTEM 208u
#define LUKS2_AT_OFFSET	   256u
#define LUKS2_AT_PADDING   264u
#define LUKS2_AT_CHECKSUM  448u
#define LUKS2_LABEL_BYTES  48u
#define LUKS2_NAME_BYTES   32u
#define LUKS2_UUID_BYTES   40u
#define LUKS2_CHECKSUM_MAX 64u

extern const unsigned char luks2_magic_second[LUKS_MAGIC_BYTES];

/* The sizes of a header, which are also the places of the second one: ibid., section 2. */
#define LUKS2_SIZES 9u
extern const uint64_t luks2_sizes[LUKS2_SIZES];

bool luks2_is_size(uint64_t bytes);

/* Of the hash that the binary header names: its name and its bytes; NULL and 0: it is not known here. */
const char *luks2_checksum_name(const unsigned char *binary);
size_t luks2_checksum_bytes(const unsigned char *binary);

/*
 * The checksum of a whole copy of len bytes, its field taken as zero. Returns how many bytes, as
 * luks2_checksum_bytes() does.
 */
size_t luks2_checksum(const unsigned char *whole, size_t len,
		      unsigned char digest[LUKS2_CHECKSUM_MAX]);

/*
 * Whether the checksum that a copy states, of a known kind, is right as if its version were this one:
 * that tells a damaged version from a future one. digest: what it would be.
 */
bool luks2_checksum_holds(const unsigned char *whole, size_t len, uint32_t version,
			  unsigned char digest[LUKS2_CHECKSUM_MAX]);

#define LUKS2_UNUSED_END 512u /* of a copy: where those bytes end */

#endif
