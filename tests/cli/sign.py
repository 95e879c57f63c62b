# SPDX-License-Identifier: GPL-2.0-or-later
"""Signs a kernel image as sbsign does, as far as the file's form goes: certificates at the end,
their place and the checksum in the header (Microsoft, PE format). What was signed is signed again.

usage: sign.py IMAGE SEED
"""
import random
import struct
import sys

path, seed = sys.argv[1:]
b = bytearray(open(path, "rb").read())
HEADER = 0x40
OPTIONAL = HEADER + 24
CHECKSUM, ENTRY = OPTIONAL + 64, OPTIONAL + 144
if b[HEADER : HEADER + 4] == b"PE\0\0":
    del b[struct.unpack_from("<I", b, ENTRY)[0] :]
b[0:2] = b"MZ"
struct.pack_into("<I", b, 0x3C, HEADER)
b[HEADER : HEADER + 4] = b"PE\0\0"
struct.pack_into("<H", b, OPTIONAL, 0x20B)
b += bytes(-len(b) % 8)
start = len(b)
random.seed(seed)
b += struct.pack("<IHH", 1504, 0x200, 2) + random.randbytes(1496)
struct.pack_into("<II", b, ENTRY, start, len(b) - start)
struct.pack_into("<I", b, CHECKSUM, 0)
total = sum(struct.unpack("<%dH" % (len(b) // 2), b))
while total >> 16:
    total = (total & 0xFFFF) + (total >> 16)
struct.pack_into("<I", b, CHECKSUM, total + len(b))
open(path, "r+b").write(b)
