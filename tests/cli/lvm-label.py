# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the label of an LVM physical volume to FILE, as pvcreate does: in the second sector, with its
checksum (LVM2, lib/format_text/layout.h and lib/misc/crc.c)."""
import struct
import sys
import zlib

label = bytearray(512)
label[0:8] = b"LABELONE"
struct.pack_into("<Q", label, 8, 1)
struct.pack_into("<I", label, 20, 32)
label[24:32] = b"LVM2 001"
label[32:64] = b"a" * 32
crc = ~zlib.crc32(bytes(label[20:]), ~0xF597A6CF & 0xFFFFFFFF) & 0xFFFFFFFF
struct.pack_into("<I", label, 16, crc)
with open(sys.argv[1], "r+b") as f:
    f.seek(512)
    f.write(label)
