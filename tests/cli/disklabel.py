#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""disklabel.py KIND FILE: the partition table of another system, over what is there, with what util-linux
(libblkid/src/partitions/) asks of it: mac, aix, bsd, solaris, ultrix, atari."""
import functools
import os
import struct
import sys

SECTOR = 512


def mac(sectors):
    entries = [(1, 63, b"Apple", b"Apple_partition_map"), (64, sectors - 64, b"untitled", b"Apple_HFS")]
    label = struct.pack(">2sHI", b"ER", SECTOR, sectors).ljust(SECTOR, b"\0")
    for start, size, name, kind in entries:
        entry = struct.pack(">2sHIII", b"PM", 0, len(entries), start, size)
        entry += name.ljust(32, b"\0") + kind.ljust(32, b"\0") + struct.pack(">III", 0, size, 3)
        label += entry.ljust(SECTOR, b"\0")
    return 0, label


def aix(_):
    return 0, b"\xc9\xc2\xd4\xc1".ljust(SECTOR, b"\0")


def bsd(sectors):
    label = bytearray(148 + 3 * 16)
    struct.pack_into("<I", label, 0, 0x82564557)
    struct.pack_into("<6I", label, 40, SECTOR, 63, 255, sectors // 16065, 16065, sectors)
    struct.pack_into("<IHHII", label, 132, 0x82564557, 0, 3, 8192, 8192)
    struct.pack_into("<IIIBBH", label, 148, sectors - 64, 64, 2048, 7, 8, 16)
    struct.pack_into("<IIIBBH", label, 148 + 32, sectors, 0, 0, 0, 0, 0)
    words = struct.unpack(f"<{len(label) // 2}H", label)
    struct.pack_into("<H", label, 136, functools.reduce(lambda a, b: a ^ b, words))
    # The boot code in front of it, which overwrites what was there.
    return 0, bytes(SECTOR) + bytes(label).ljust(SECTOR, b"\0")


def solaris(sectors):
    label = struct.pack("<3I2I8sHH", 0, 0, 0, 0x600DDEEE, 1, b"", SECTOR, 16) + bytes(40)
    label += struct.pack("<HHII", 2, 0, 64, sectors - 64)
    return 0, bytes(SECTOR) + label.ljust(SECTOR, b"\0")


def ultrix(sectors):
    label = struct.pack("<II", 0x032957, 1) + struct.pack("<iI", sectors - 64, 64) + bytes(56)
    # The boot blocks in front of it.
    return 0, bytes(16384 - 72) + label


def atari(sectors):
    label = bytearray(SECTOR)
    struct.pack_into(">I", label, 450, sectors)
    struct.pack_into(">B3sII", label, 454, 1, b"LNX", 2, sectors - 2)
    return 0, bytes(label)


def main():
    kind, path = sys.argv[1:]
    make = {"mac": mac, "aix": aix, "bsd": bsd, "solaris": solaris, "ultrix": ultrix, "atari": atari}[kind]
    with open(path, "r+b") as f:
        at, label = make(os.path.getsize(path) // SECTOR)
        f.seek(at)
        f.write(label)


main()
