# SPDX-License-Identifier: GPL-2.0-or-later
"""Compressed streams in every way in which they are written, by the real tools and by hand.

Formats: RFC 1952 (gzip), RFC 8878 (zstd), the .xz file format 1.2.1, xz's lzma-file-format.txt,
lz4's lz4_Frame_format.md ("Legacy frame").
"""

import lzma
import struct
import zlib

from lab import host

CRC32 = {"check": lzma.CHECK_CRC32}


def by(*command):
    """A filter, as a function from bytes to bytes."""
    return lambda data: host.run_bytes(list(command), data)


def gzip_member(data, flags=0, fields=b"", level=9, strategy=zlib.Z_DEFAULT_STRATEGY):
    """One member with optional header fields, which must be in the order of the RFC."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    head = struct.pack("<BBBBIBB", 0x1f, 0x8b, 8, flags, 0, 2, 3) + fields
    if flags & 2:
        head += struct.pack("<H", zlib.crc32(head) & 0xffff)
    tail = struct.pack("<II", zlib.crc32(data), len(data) & 0xffffffff)
    return head + packer.compress(data) + packer.flush() + tail


def gzip_with_all_fields(data):
    """FEXTRA, FNAME, FCOMMENT, FHCRC, FTEXT."""
    return gzip_member(data, 1 | 2 | 4 | 8 | 16,
                       struct.pack("<H", 8) + b"BV\4\0abcd" + b"initrd\0" + b"a comment\0")


def xz(data, *filters, check=lzma.CHECK_CRC32):
    """One stream with a filter chain."""
    return lzma.compress(data, lzma.FORMAT_XZ, check, filters=list(filters) or None)


def lzma2(**options):
    """The last filter of every chain."""
    return {"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 1 << 20, **options}


def lzma_known_size(data):
    """As lzma_alone writers other than xz do: the size instead of -1, and no end marker's need."""
    stream = bytearray(lzma.compress(data, lzma.FORMAT_ALONE))
    stream[5:13] = struct.pack("<Q", len(data))
    return bytes(stream)


def zstd_skippable(content=b"padding"):
    """A frame that decoders skip."""
    return struct.pack("<II", 0x184D2A50, len(content)) + content


def in_pieces(pack, size):
    """A stream for each piece of so many bytes."""
    return lambda data: b"".join(pack(data[at:at + size]) for at in range(0, len(data), size))
