#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The members of a Linux md array, as files, from the bytes of the array.

md.py METADATA LEVEL CHUNK ARRAY MEMBER...

METADATA is 0.90, 1.0 or 1.2; LEVEL 0, 1 or 5 (left-symmetric). Where fields are, and how the
checksum is made: Linux, include/uapi/linux/raid/md_p.h and drivers/md/md.c.
"""
import struct
import sys

MAGIC = 0xa92b4efc
UUID = bytes.fromhex("00112233445566778899aabbccddeeff")
DATA_OFFSET = {"0.90": 0, "1.0": 0, "1.2": 1 << 20}


def chunks(level, size, array, count):
    """What each member holds, one chunk after another."""
    members = [bytearray() for _ in range(count)]
    data = count - (level == 5)
    for at in range(0, len(array), size * data):
        stripe = [array[at + i * size:at + (i + 1) * size].ljust(size, b"\0") for i in range(data)]
        first = 0
        if level == 5:
            parity = 0
            for chunk in stripe:
                parity ^= int.from_bytes(chunk, "little")
            stripe.append(parity.to_bytes(size, "little"))
            # The parity's place goes backwards, and data begin behind it.
            first = count - at // (size * data) % count
        for i, chunk in enumerate(stripe):
            members[(first + i) % count] += chunk
    return members


def folded(words):
    total = sum(words)
    return ((total & 0xffffffff) + (total >> 32)) & 0xffffffff


def old_superblock(level, chunk, count, number):
    words = [0] * 1024
    uuid = struct.unpack("<4I", UUID)
    words[:12] = [MAGIC, 0, 90, 0, 0, uuid[0], 1, level, 0, count, count, 7]
    words[13:16] = uuid[1:]
    words[32:37] = [1, 1, count, count, 0]
    words[65] = chunk
    for i in range(count):
        words[128 + 32 * i:133 + 32 * i] = [i, 0, 0, i, 6]
    words[992:997] = [number, 0, 0, number, 6]
    words[38] = folded(words)
    return struct.pack("<1024I", *words)


def new_superblock(level, chunk, count, number, at, data_offset, data_size):
    name = b"host:root".ljust(32, b"\0")
    sb = struct.pack("<4I16s32sQ2IQ3I", MAGIC, 1, 0, 0, UUID, name, 1, level, 2, data_size // 512,
                     chunk // 512, count, 0).ljust(128, b"\0")
    sb += struct.pack("<4QII16s", data_offset // 512, data_size // 512, at // 512, 0, number, 0,
                      bytes(15) + bytes([number])).ljust(64, b"\0")
    sb += struct.pack("<3QII", 1, 1, 0xffffffffffffffff, 0, count).ljust(64, b"\0")
    sb += struct.pack(f"<{count}H", *range(count))
    odd = struct.unpack("<H", sb[-2:])[0] if len(sb) % 4 else 0
    csum = folded([*struct.unpack(f"<{len(sb) // 4}I", sb[:len(sb) // 4 * 4]), odd])
    return sb[:216] + struct.pack("<I", csum) + sb[220:]


def main(metadata, level, chunk, array, *paths):
    level, chunk, count = int(level), int(chunk), len(paths)
    with open(array, "rb") as f:
        data = f.read()
    parts = [data] * count if level == 1 else chunks(level, chunk, data, count)
    offset = DATA_OFFSET[metadata]
    for number, (path, part) in enumerate(zip(paths, parts)):
        size = (offset + len(part) + 0x20000) // 0x10000 * 0x10000
        if metadata == "0.90":
            at, sb = size - 0x10000, old_superblock(level, chunk, count, number)
        else:
            at = 4096 if offset else size - 0x2000
            sb = new_superblock(level, chunk, count, number, at, offset, len(part))
        with open(path, "wb") as f:
            f.truncate(size)
            f.seek(offset)
            f.write(part)
            f.seek(at)
            f.write(sb)


main(*sys.argv[1:])
