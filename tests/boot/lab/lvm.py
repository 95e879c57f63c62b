# SPDX-License-Identifier: GPL-2.0-or-later
"""An LVM2 physical volume with one linear logical volume, written without LVM or device-mapper.

The layout is that of LVM2's own sources, lib/format_text/layout.h and lib/label/label.h: the label
in the second sector, the metadata area from byte 4096 up to the first extent, all of it text behind
a header of 512 bytes. The guest's LVM reads it, so a mistake here shows as a guest without a root.
"""

import hashlib
import struct
import zlib

from .host import MIB

SECTOR = 512
LABEL = SECTOR               # where the label is
START = MIB                  # where the first extent is
EXTENT = 4 * MIB
METADATA = 4096
IN_USE = 1                   # a flag of the extension: the volume belongs to a group
MAGIC = b"\x20LVM2\x20x[5A%r0N*>"
SEED = 0xF597A6CF


def crc(data):
    """LVM's checksum: CRC-32 with a start of its own and without the inversion at the end."""
    return zlib.crc32(data, SEED ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def identity(name):
    """An LVM UUID, always the same for the same name: 32 letters and digits."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


def dashed(uuid):
    """The way LVM writes it."""
    parts = (6, 4, 4, 4, 4, 4, 6)
    return "-".join(uuid[sum(parts[:i]):sum(parts[:i + 1])] for i in range(len(parts)))


def description(group, volume, extents):
    """The metadata of a group of one physical volume that one logical volume fills."""
    ids = [dashed(identity(name)) for name in (group, "pv", volume)]
    return f"""\
{group} {{
id = "{ids[0]}"
seqno = 1
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = {EXTENT // SECTOR}
max_lv = 0
max_pv = 0
metadata_copies = 0
physical_volumes {{
pv0 {{
id = "{ids[1]}"
device = "/dev/mapper/unknown"
status = ["ALLOCATABLE"]
flags = []
dev_size = {(START + extents * EXTENT) // SECTOR}
pe_start = {START // SECTOR}
pe_count = {extents}
}}
}}
logical_volumes {{
{volume} {{
id = "{ids[2]}"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
segment_count = 1
segment1 {{
start_extent = 0
extent_count = {extents}
type = "striped"
stripe_count = 1
stripes = ["pv0", 0]
}}
}}
}}
}}
contents = "Text Format Volume Group"
version = 1
description = ""
creation_host = "guest"
creation_time = 1700000000
"""


def physical_volume(group, volume, size):
    """The first START bytes of a physical volume; behind them come SIZE bytes of the volume."""
    if size % EXTENT:
        raise ValueError(f"a volume of {size} bytes is not made of extents")
    text = description(group, volume, size // EXTENT).encode() + b"\0"
    area = START - METADATA
    # The data area and the metadata area, each list ended by zeros; then an empty extension.
    header = identity("pv").encode() + struct.pack("<Q", START + size)
    header += struct.pack("<QQQQQQQQ", START, 0, 0, 0, METADATA, area, 0, 0)
    header += struct.pack("<IIQQ", 2, IN_USE, 0, 0)
    label = struct.pack("<I8s", 32, b"LVM2 001") + header
    label = label.ljust(SECTOR - 20, b"\0")
    label = b"LABELONE" + struct.pack("<QI", LABEL // SECTOR, crc(label)) + label
    place = struct.pack("<QQII", SECTOR, len(text), crc(text), 0) + bytes(24)
    index = MAGIC + struct.pack("<IQQ", 1, METADATA, area) + place
    index = index.ljust(SECTOR - 4, b"\0")
    start = bytes(LABEL) + label
    start = start.ljust(METADATA, b"\0") + struct.pack("<I", crc(index)) + index + text
    return start.ljust(START, b"\0")
