/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_LUKS_LUKS_PRIVATE_H
#define BV_LUKS_LUKS_PRIVATE_H

#include "luks/luks.h"

/* What the files of the LUKS reader share; everyone else includes luks/luks.h. */

#define LUKS_MAGIC_BYTES 6u
#define LUKS_SECTOR	 512u  /* LUKS1 counts in these */
#define LUKS2_BINARY	 4096u /* LUKS2: the binary header, in front of the JSON area */

extern const unsigned char luks_magic[LUKS_MAGIC_BYTES];

static inline uint32_t luks_be16(const unsigned char *p)
{
	return (uint32_t)p[0] << 8 | (uint32_t)p[1];
}

static inline uint32_t luks_be32(const unsigned char *p)
{
	return luks_be16(p) << 16 | luks_be16(p + 2);
}

static inline uint64_t luks_be64(const unsigned char *p)
{
	return (uint64_t)luks_be32(p) << 32 | luks_be32(p + 4);
}

/* Reads len bytes, fewer only at the end of the source: how many, or what the source answered. */
ssize_t luks_read_at(const struct luks_source *source, void *buf, size_t len, uint64_t offset);

void luks_copy_says(struct luks_copy *c, enum luks_copy_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A text field of len bytes as a string of at most size - 1. All but printable ASCII becomes '?': a
 * terminal obeys some of the rest, and a character may be cut.
 */
void luks_text(char *to, size_t size, const void *from, size_t len);

/* Whether a field of len bytes holds nothing but a name: printable ASCII and its end. */
bool luks_is_name(const unsigned char *field, size_t len);

/* Whether it holds a UUID as libuuid writes one, and its end. */
bool luks_is_uuid(const unsigned char *field, size_t len);

/*
 * The first len bytes of a device of size bytes as a LUKS1 header. False: it is none, also not a
 * damaged one, and *l is as it was.
 */
bool luks1_parse(const unsigned char *header, size_t len, uint64_t size, struct luks *l);

/*
 * The same where its beginning was overwritten: what is left of it cannot be put together, but tells
 * that it was there. Fills l->left, and l->uuid when that is left; else *l is as it was.
 */
void luks1_find_remains(const unsigned char *header, size_t len, struct luks *l);

/* The header at the start with its magic, and the descriptors of its keyslots, as they must be. */
int luks1_rebuild(const struct luks_source *source, unsigned char **header, size_t *len);

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

/* Of the hash that the binary header names; 0: one that this program does not know. */
size_t luks2_checksum_bytes(const unsigned char *binary);

/*
 * The checksum of a whole copy of len bytes, its field taken as zero. Returns how many bytes, as
 * luks2_checksum_bytes() does.
 */
size_t luks2_checksum(const unsigned char *whole, size_t len,
		      unsigned char digest[LUKS2_CHECKSUM_MAX]);

/*
 * Puts a header together from what is left of both copies, of which luks2_read() has filled in
 * where they are: for *l, with l->rebuilt, when a checksum proves it or a JSON text is whole. 0
 * also when that cannot be done; -ENOMEM. header: what luks_header_to_use() gives, or NULL.
 */
int luks2_rebuild(const struct luks_source *source, struct luks *l, unsigned char **header);

/*
 * Finds and reads both copies. version is 2 when one of them was recognised, else 0: then
 * inside.offset is where a container may begin all the same. -ENOMEM.
 */
int luks2_read(const struct luks_source *source, struct luks *l);

/*
 * Whether a container begins at l->inside.offset: its version and UUID, or version 0. Below 0, modulo
 * 2^64: in front of the source, which has the second header. -ENOMEM.
 */
int luks_look_inside(const struct luks_source *source, struct luks *l);

/*
 * Fills *l from the JSON area of a header of header_bytes (binary header and JSON area): len bytes
 * at json. -EBADMSG, and why in reason; -ENOMEM.
 */
#define LUKS2_REASON 160u
int luks2_json_read(const char *json, size_t len, uint64_t header_bytes, struct luks *l,
		    char reason[LUKS2_REASON]);

#endif
