#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""commit.py FILE PROGRAM: runs PROGRAM, Python, with the first superblock of a btrfs as sb, and writes that.
new() is the one that the next commit writes, without its checksum, more() that of one that changes more, csum(it)
that checksum. btrfs dev
documentation, "On-disk format": the generation is at 0x48, the roots of four commits at 0xb2b."""
import sys

AT, SIZE, BACKUPS, BACKUP = 65536, 4096, 0xB2B, 168


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def csum(sb):
    return crc32c(sb[32:]).to_bytes(4, "little")


def main():
    name, program = sys.argv[1:]
    with open(name, "r+b") as f:
        f.seek(AT)
        sb = bytearray(f.read(SIZE))

        def new():
            n = bytearray(sb)
            generation = int.from_bytes(n[0x48:0x50], "little") + 1
            n[0x48:0x50] = generation.to_bytes(8, "little")
            at = BACKUPS + BACKUP * (generation % 4)
            n[at : at + BACKUP] = n[BACKUPS : BACKUPS + BACKUP]
            n[at + 8 : at + 16] = generation.to_bytes(8, "little")
            return n

        def more():
            n = new()
            n[0x50:0x58] = (int.from_bytes(n[0x50:0x58], "little") + 0x4000).to_bytes(8, "little")
            n[0x71] ^= 0x50  # bytes in all
            n[0xBC] ^= 0x08  # features
            n[0x12B:0x130] = b"label"
            n[0x340:0x350] = b"another chunk..."
            return n

        exec(program, {"sb": sb, "new": new, "more": more, "csum": csum})
        f.seek(AT)
        f.write(sb)


main()
