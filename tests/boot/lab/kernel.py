# SPDX-License-Identifier: GPL-2.0-or-later
"""A Debian kernel as it would be without one of its decompressors."""

import re
import struct

from . import host

# Linux, lib/decompress.c: the table of a magic, the name and the function, closed by an empty entry.
ENTRY = struct.Struct("<2s6xQQ")
FIRST = re.compile(rb"\x1f\x8b\0{6}.{16}\x1f\x9e\0{6}", re.DOTALL)
ZSTD = b"\x28\xb5"


def without_zstd(vmlinuz, path):
    """Write the unpacked kernel with the function that CONFIG_RD_ZSTD=n leaves out: none.

    QEMU boots such a file by its PVH entry. The payload's place is in the boot header, and its length
    is repeated behind it (Linux, Documentation/arch/x86/boot.rst).
    """
    with open(vmlinuz, "rb") as f:
        packed = f.read()
    offset, length = struct.unpack_from("<II", packed, 0x248)
    start = (packed[0x1F1] + 1) * 512 + offset
    kernel = bytearray(host.run_bytes(["zstd", "-dcq"], packed[start:start + length - 4]))
    at = FIRST.search(kernel).start()
    magic, name, _ = ENTRY.unpack_from(kernel, at)
    while magic != ZSTD:
        if magic == b"\0\0":
            raise ValueError(f"{vmlinuz}: its table of decompressors has no zstd")
        at += ENTRY.size
        magic, name, _ = ENTRY.unpack_from(kernel, at)
    ENTRY.pack_into(kernel, at, magic, name, 0)
    with open(path, "wb") as f:
        f.write(kernel)
    return path
