# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things lie in an initrd, found independently of the program under test.

Formats: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst (newc), xxHash's
doc/xxhash_spec.md (XXH64).
"""

import dataclasses
import re
import struct
import zlib

from . import host

HEADER = 110
MAGICS = {b"\x28\xb5\x2f\xfd": "zstd", b"\x1f\x8b": "gzip", b"\xfd7zXZ\0": "xz",
          b"\x02\x21\x4c\x18": "lz4"}
MASK = (1 << 64) - 1
P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                      0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)


@dataclasses.dataclass(frozen=True)
class Member:
    """One member of an uncompressed segment; offsets are from the start of the image."""

    name: str
    header: int
    data: int
    size: int
    fields: tuple  # the header's numbers


def number(digits):
    """A number of a header as Linux reads it: up to what is no digit (init/initramfs.c)."""
    return int(re.match(rb"[0-9A-Fa-f]*", digits)[0] or b"0", 16)


def plain_members(path):
    """The members of all uncompressed segments in front, and where the compressed one starts."""
    with open(path, "rb") as f:
        image = f.read()
    found, at = [], 0
    while at < len(image):
        if image[at] == 0:
            at += 1
            continue
        if image[at:at + 6] not in (b"070701", b"070702"):
            break
        fields = tuple(number(image[at + 6 + 8 * i:at + 14 + 8 * i]) for i in range(13))
        size, name_size = fields[6], fields[11]
        name = image[at + HEADER:at + HEADER + name_size - 1].decode("utf-8", "replace")
        data = at + (HEADER + name_size + 3) // 4 * 4
        found.append(Member(name, at, data, size, fields))
        at = data + (size + 3) // 4 * 4
    return found, at


def member(path, name):
    """The member of that name, "./" in front or not."""
    for m in plain_members(path)[0]:
        if re.sub(r"^\./", "", m.name) == name:
            return m
    raise KeyError(f"{path}: no {name} in an uncompressed segment")


def compressor(path, start):
    """The name of the format that starts at an offset of a file, or "" when none is known."""
    with open(path, "rb") as f:
        f.seek(start)
        magic = f.read(6)
    return next((name for m, name in MAGICS.items() if magic.startswith(m)), "")


def unpacked(path):
    """What the kernel would see: the plain members, and the compressed segment's bytes as far as
    they can be decompressed, checksums ignored as the kernel's gzip does."""
    members, start = plain_members(path)
    with open(path, "rb") as f:
        image = f.read()
    plain = [(m.name, m.fields, image[m.data:m.data + m.size]) for m in members]
    kind = compressor(path, start)
    if kind == "gzip":
        stream, main = zlib.decompressobj(31), b""
        try:
            for at in range(start, len(image), 65536):
                main += stream.decompress(image[at:at + 65536])
        except zlib.error as e:
            if "incorrect data check" not in str(e):
                return None
        return plain, main
    if kind == "zstd":
        try:
            return plain, host.run_bytes(["zstd", "-dcq", "--no-check"], image[start:])
        except host.CommandFailed:
            return None
    return None


def rotate(value, bits):
    """Rotate a 64-bit number to the left."""
    return (value << bits | value >> (64 - bits)) & MASK


def xxh64(data):
    """XXH64 with seed 0."""
    def mix(lane, value):
        return rotate((lane + value * P2) & MASK, 31) * P1 & MASK

    at, size = 0, len(data)
    if size >= 32:
        lanes = [(P1 + P2) & MASK, P2, 0, -P1 & MASK]
        while at + 32 <= size:
            words = struct.unpack_from("<4Q", data, at)
            lanes = [mix(lane, word) for lane, word in zip(lanes, words)]
            at += 32
        value = sum(rotate(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            value = ((value ^ mix(0, lane)) * P1 + P4) & MASK
    else:
        value = P5
    value = (value + size) & MASK
    while at + 8 <= size:
        word = struct.unpack_from("<Q", data, at)[0]
        value = (rotate(value ^ mix(0, word), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= size:
        value ^= struct.unpack_from("<I", data, at)[0] * P1 & MASK
        value = (rotate(value, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        value = rotate(value ^ byte * P5 & MASK, 11) * P1 & MASK
    value = (value ^ value >> 33) * P2 & MASK
    value = (value ^ value >> 29) * P3 & MASK
    return value ^ value >> 32


def archive(files):
    """An uncompressed archive (newc) of regular files: {name: bytes}."""
    made = b""
    for name, data in [*files.items(), ("TRAILER!!!", b"")]:
        mode = 0o100644 if name != "TRAILER!!!" else 0
        fields = (len(made) + 1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        made += b"070701" + b"".join(b"%08X" % f for f in fields) + name.encode() + b"\0"
        made += bytes(-len(made) % 4) + data
        made += bytes(-len(made) % 4)
    return made
