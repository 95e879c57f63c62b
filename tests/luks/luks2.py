# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes LUKS2 headers that no cryptsetup of today writes, with checksums that are right."""

import hashlib
import json
import struct

from places import luks2_metadata

JSON = 4096         # where the JSON area begins
VERSION = 6
SEQID = 16
CHECKSUM = 448


def rewrite(path, change=None, version=2, copies=(0, 1)):
    """change(metadata) alters the JSON; version is that of the binary header."""
    with open(path, "r+b") as f:
        data = f.read()
        metadata, size = luks2_metadata(data)
        if change:
            change(metadata)
        text = json.dumps(metadata, separators=(",", ":")).encode()
        for copy in copies:
            f.seek(copy * size)
            f.write(sealed(bytearray(data[copy * size:(copy + 1) * size]), text, version))


def sealed(header, text, version):
    """A copy with another JSON text and version, the next seqid and its checksum."""
    struct.pack_into(">H", header, VERSION, version)
    seqid, = struct.unpack_from(">Q", header, SEQID)
    struct.pack_into(">Q", header, SEQID, seqid + 1)
    header[JSON:] = text + bytes(len(header) - JSON - len(text))
    header[CHECKSUM:CHECKSUM + 64] = bytes(64)
    header[CHECKSUM:CHECKSUM + 32] = hashlib.sha256(header).digest()
    return header
