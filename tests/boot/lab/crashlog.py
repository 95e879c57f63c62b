# SPDX-License-Identifier: GPL-2.0-or-later
"""The log of a disk's writes, and the disks that a power cut could leave.

Each entry is a header, the offset on the disk and the count of bytes (little-endian, 8 bytes each),
and the bytes. A flush has no bytes and the offset FLUSH.

A disk may keep what it was given in a cache of its own until it is told to flush. So when the
power is cut, every write before the last flush is on the medium, and of the writes since then any
of them, in any order, whole or in part.
"""

import dataclasses
import random
import struct

FLUSH = (1 << 64) - 1
HEADER = struct.Struct("<QQ")
SECTOR = 512
PAGE = 4096


@dataclasses.dataclass(frozen=True)
class Entry:
    """One write, or a flush (data is empty)."""

    offset: int
    data: bytes

    @property
    def is_flush(self):
        return self.offset == FLUSH


def write_entry(offset, data):
    """The bytes of one write in the log."""
    return HEADER.pack(offset, len(data)) + bytes(data)


def flush_entry():
    """The bytes of a flush in the log."""
    return HEADER.pack(FLUSH, 0)


def read(path):
    """All entries."""
    entries, at = [], 0
    with open(path, "rb") as f:
        log = memoryview(f.read())
    while at < len(log):
        offset, size = HEADER.unpack_from(log, at)
        at += HEADER.size
        entries.append(Entry(offset, bytes(log[at:at + size])))
        at += size
    return entries


def epochs(entries):
    """The numbers of the writes between one flush and the next: a list of lists."""
    found = [[]]
    for number, entry in enumerate(entries):
        if entry.is_flush:
            found.append([])
        else:
            found[-1].append(number)
    return found


def whole(numbers, entries):
    """Writes as a snapshot names them: all of their bytes."""
    return [(n, len(entries[n].data)) for n in numbers]


def torn(size, unit):
    """Pieces of a write that can be all of it that arrived, in units of what stays together."""
    return sorted({cut for cut in (unit, size // 2 // unit * unit, size - unit) if 0 < cut < size})


def spread(count, limit):
    """At most LIMIT of range(count), the first and the last among them."""
    if count <= limit:
        return list(range(count))
    return sorted({round(i * (count - 1) / (limit - 1)) for i in range(limit)})


def subsets(epoch, entries, limit, unit, seed):
    """What a power cut may leave of the writes of an epoch: (how, [(number, bytes)]) each.

    Every prefix; every prefix with its last write torn; all but one; only one; all but the first
    ones; some of them by lot. Of each kind at most LIMIT.
    """
    everything = whole(epoch, entries)
    places = spread(len(epoch), limit)
    yield "nothing", []
    for i in places:
        yield f"up to write {i}", everything[:i + 1]
    for i in places:
        for cut in torn(len(entries[epoch[i]].data), unit):
            yield f"write {i} torn at {cut}", everything[:i] + [(epoch[i], cut)]
    for i in places:
        yield f"all but write {i}", everything[:i] + everything[i + 1:]
        yield f"only write {i}", [everything[i]]
        yield f"from write {i} on", everything[i:]
    lot = random.Random(seed)
    for i in range(limit if len(epoch) > 3 else 0):
        yield f"by lot, {i}", [w for w in everything if lot.random() < 0.5]
