/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_MANIFEST_FORMAT_H
#define BV_MANIFEST_FORMAT_H

#include "manifest/manifest.h"
#include "util/must_check.h"

/*
 * The file form of a manifest: lines of ASCII text, fields separated by one space, numbers in
 * decimal unless said otherwise, hashes as 16 lower-case hexadecimal digits. Paths are
 * percent-encoded (every byte up to 0x20, "%", and from 0x7f on). In this order:
 *
 *	bootverdict-manifest 1
 *	kernel RELEASE
 *	os NAME...			(percent-encoded)
 *	sealed UNIXTIME			(not in the guard)
 *	update-lost UNIXTIME		(if it was; not in the guard)
 *	guard BYTES
 *	newest UNIXTIME			(of the times that the image's members have)
 *	builder NAME			(of the image, where it is known: system/builder.h)
 *	refused broken|unknown|start|changed|format REASON	(if it was; percent-encoded)
 *	artifact kernel|initrd PATH	(0 to 2 of them; not in the guard)
 *	  size BYTES
 *	  sha256 64 HEX DIGITS
 *	  identity INODE MTIME_NS CTIME_NS
 *	  extent DEVICE FILE_OFFSET DEVICE_OFFSET LENGTH	(any number; DEVICE "-" if unknown)
 *	  blocks HASH...		(up to 8 a line)
 *	luks VERSION UUID DEVICE PLACE	(any number; PLACE may be empty)
 *	  header PATH			(if the header is detached)
 *	  copy OFFSET LENGTH HASH	(of the header; two of them; LENGTH 0: there is none)
 *	  state SEQID IMMUTABLE		(IMMUTABLE: HASH of LUKS1's lasting fields)
 *	  keyslot NUMBER OFFSET LENGTH USED DESCRIBED EDGE	(DESCRIBED, EDGE: HASH)
 *	    blocks HASH...
 *	  layer KIND NAME UUID		(both may be empty; lowest first)
 *	root UUID			(of the root file system, where it was known)
 *	segment CODEC OFFSET LENGTH UNPACKED
 *	content TYPE MODE(octal) SIZE HASH MAJOR MINOR SEGMENT|guard DATA_POSITION IMAGE_OFFSET PATH
 *	  blocks HASH...
 *	end HASH			hash64() of everything before this line
 *
 * (No line is really indented.) A record of before has no builder, and a NAME that is not known is no
 * error: both are of an unknown one. What luks tells is in sealed_luks.h, and reveals no key. TYPE is one of
 * content_type_name(), or "hardlink" for another name of a file, which has no block lines. Outside
 * the image the hashes of private content (private.h) are 0: they are not recorded.
 */

/*
 * Appends the file form to *text (malloc'ed, *len bytes; the caller frees it). -ENOMEM, or -EFBIG: it
 * would be longer than MANIFEST_BYTES_MAX.
 */
must_check int manifest_format(const struct manifest *m, char **text, size_t *len);

#endif
