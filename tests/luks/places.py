# SPDX-License-Identifier: GPL-2.0-or-later
"""Every field and area of a LUKS header, read from the specifications and not with bootverdict.

A place is (name, offset, length, means): what damage there means, as the findings name it:
"header" (no passphrase can open it), "copy N" (a copy of a LUKS2 header), "slot N", "unused"
(bytes that belong to a structure, and that nothing needs), "nothing" (outside all structures:
gaps between areas, areas of no keyslot in use, what a reencryption keeps for itself).
"""

import json
import struct

BLOCK = 4096

LUKS1_BYTES = 592
LUKS1_FIELDS = [
    ("magic", 0, 6), ("version", 6, 2), ("cipher", 8, 32), ("mode", 40, 32), ("hash", 72, 32),
    ("payload offset", 104, 4), ("key bytes", 108, 4), ("digest", 112, 20),
    ("digest salt", 132, 32), ("digest iterations", 164, 4), ("uuid", 168, 40),
]
LUKS1_SLOT_FIELDS = [
    ("state", 0, 4), ("iterations", 4, 4), ("salt", 8, 32), ("offset", 40, 4), ("stripes", 44, 4),
]
LUKS2_FIELDS = [
    ("magic", 0, 6), ("version", 6, 2), ("size", 8, 8), ("seqid", 16, 8), ("label", 24, 48),
    ("checksum name", 72, 32), ("salt", 104, 64), ("uuid", 168, 40), ("subsystem", 208, 48),
    ("offset", 256, 8), ("padding", 264, 184), ("checksum", 448, 32), ("rest", 512, 3584),
]


def area(slot, offset, used, length):
    """Start, middle and end of the key material, and what lies behind it."""
    yield f"slot {slot}: first byte", offset, 1, f"slot {slot}"
    yield f"slot {slot}: a sector", offset + 512 * 5, 512, f"slot {slot}"
    middle = offset + used // 2 // BLOCK * BLOCK
    yield f"slot {slot}: a block", middle, BLOCK, f"slot {slot}"
    yield f"slot {slot}: last byte", offset + used - 1, 1, f"slot {slot}"
    yield f"slot {slot}: all", offset, length, f"slot {slot}"
    if length > used:
        yield f"slot {slot}: padding", offset + used, length - used, "unused"


def gaps(taken, end):
    """What lies between structures: the first and the last block of each gap."""
    at = 0
    for offset, length in sorted(taken) + [(end, 0)]:
        if offset > at:
            size = min(BLOCK, offset - at)
            yield f"gap at {at}: its start", at, size, "nothing"
            if offset - at > size:
                yield f"gap at {at}: its end", offset - size, size, "nothing"
        at = max(at, offset + length)


def luks1(data):
    """All places of a LUKS1 header."""
    payload, key_bytes = struct.unpack_from(">II", data, 104)
    taken = [(0, LUKS1_BYTES)]
    for name, offset, length in LUKS1_FIELDS:
        yield name, offset, length, "header"
    for slot in range(8):
        at = 208 + 48 * slot
        state, = struct.unpack_from(">I", data, at)
        start, = struct.unpack_from(">I", data, at + 40)
        active = state == 0x00AC71F3
        for name, offset, length in LUKS1_SLOT_FIELDS:
            means = "header"
            if name in ("iterations", "salt"):
                means = f"slot {slot}" if active else "unused"
            yield f"slot {slot}: {name}", at + offset, length, means
        if active:
            used = key_bytes * 4000
            length = (used + BLOCK - 1) // BLOCK * BLOCK
            taken.append((start * 512, length))
            yield from area(slot, start * 512, used, length)
    yield from gaps(taken, payload * 512 or len(data))


def luks2(data):
    """All places of a LUKS2 header."""
    metadata, size = luks2_metadata(data)
    text = len(json.dumps(metadata, separators=(",", ":")))
    taken = [(0, 2 * size)]
    for copy in range(2):
        start = copy * size
        for name, offset, length in LUKS2_FIELDS:
            yield f"copy {copy}: {name}", start + offset, length, f"copy {copy}"
        yield f"copy {copy}: JSON begins", start + 4096, 1, f"copy {copy}"
        yield f"copy {copy}: in the JSON", start + 4096 + text // 2, 64, f"copy {copy}"
        yield f"copy {copy}: behind the JSON", start + size - 512, 512, f"copy {copy}"
        yield f"copy {copy}: a block", start + 4096, BLOCK, f"copy {copy}"
        yield f"copy {copy}: all", start, size, f"copy {copy}"
    for slot, keyslot in sorted(metadata["keyslots"].items(), key=lambda item: int(item[0])):
        offset, length = (int(keyslot["area"][key]) for key in ("offset", "size"))
        if keyslot["type"] == "luks2":
            taken.append((offset, length))
            yield from area(slot, offset, keyslot["key_size"] * 4000, length)
    yield from gaps(taken, 2 * size + int(metadata["config"]["keyslots_size"]))


def luks2_metadata(data):
    """The JSON area of the first copy, and a copy's size."""
    size, = struct.unpack_from(">Q", data, 8)
    text = data[4096:size]
    return json.loads(text[:text.index(b"\0")]), size


def needed_bytes(data):
    """The least that a device needs for header and keyslots, as cryptsetup asks for it."""
    if not is_luks1(data):
        metadata, size = luks2_metadata(data)
        return 2 * size + int(metadata["config"]["keyslots_size"])
    used = (struct.unpack_from(">I", data, 108)[0] * 4000 + 511) // 512 * 512
    return max(struct.unpack_from(">I", data, 208 + 48 * slot + 40)[0] * 512
               for slot in range(8)) + used


def is_luks1(data):
    """Whether the healthy header is of version 1."""
    return data[6:8] == b"\0\1"


def places(data):
    """All places of a healthy header; none lies behind the end of its file."""
    found = luks1(data) if is_luks1(data) else luks2(data)
    return [place for place in found if place[1] + place[2] <= len(data)]


def slot_places(found):
    """The places of key material: {keyslot: [(offset, used, length)]}, from places()."""
    slots = {}
    for name, offset, length, means in found:
        if means.startswith("slot") and name.endswith(": all"):
            slots[int(means.split()[1])] = (offset, length)
    return slots
