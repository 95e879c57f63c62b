# SPDX-License-Identifier: GPL-2.0-or-later
"""Deterministic damage: what storage does to a file, at a place given as a fraction of its size."""

import random
import shutil

from . import host

BLOCK = 4096
SECTOR = 512
KINDS = ("zeros4k", "bit", "sector512", "truncate", "swap")


class Harmless(Exception):
    """The chosen place holds what the damage would put there: nothing would change."""


def places(count, first=0.001, last=0.999):
    """COUNT fractions, evenly from FIRST to LAST, both included."""
    return [round(first + (last - first) * i / (count - 1), 4) for i in range(count)]


def damage(source, target, kind, place):
    """Write SOURCE, damaged, to TARGET; return the damaged byte ranges [(offset, length)].

    kind   one of KINDS; truncate cuts the file, swap exchanges a 4 KiB block with the one a quarter
           of the file behind it
    place  0.0 to 1.0: where in the file, as a fraction of its size

    The same arguments always give the same bytes. Raises Harmless when nothing would differ.
    """
    shutil.copyfile(source, target)
    with open(target, "r+b") as f:
        return damage_range(f, 0, f.seek(0, 2), kind, place)


def damage_range(f, start, end, kind, place):
    """The same for the bytes START to END of an open file (truncate: to the end of the file)."""
    size = end - start
    at = start + min(int(size * place), size - 1)
    seed = random.Random(f"{kind} {place} {size}")
    if kind == "truncate":
        if at + BLOCK > end:
            at = max(start, end - BLOCK)
        f.truncate(at)
        return [(at, end - at)]
    if kind == "bit":
        old = read(f, at, 1)
        return write(f, at, old, bytes([old[0] ^ 1 << seed.randrange(8)]))
    if kind == "swap":
        one = aligned(at, BLOCK, start, end - 2 * BLOCK)
        # At a fixed distance: a place that changed with the file's size would now and then hit the
        # checker itself, and then another screen is right.
        other = aligned(start + (at - start + size // 4) % size, BLOCK, start, end - 2 * BLOCK)
        if other == one:
            other = one + BLOCK
        first, second = read(f, one, BLOCK), read(f, other, BLOCK)
        return sorted(write(f, one, first, second) + write(f, other, second, first))
    length = {"zeros4k": BLOCK, "sector512": SECTOR}[kind]
    at = aligned(at, length, start, end - length)
    old = read(f, at, length)
    new = bytes(length) if kind == "zeros4k" else seed.randbytes(length)
    return write(f, at, old, new)


def aligned(at, unit, low, high):
    """AT rounded down to a multiple of UNIT, kept between LOW and HIGH (both rounded down)."""
    return max(low, min(at, high)) // unit * unit


def read(f, at, length):
    """LENGTH bytes of an open file from AT on (less at its end)."""
    f.seek(at)
    return f.read(length)


def write(f, at, old, new):
    """Replace OLD by NEW; return the range, or raise Harmless when they are the same."""
    new = new[:len(old)]
    if old == new:
        raise Harmless(f"{len(old)} bytes at {at} would not change")
    f.seek(at)
    f.write(new)
    return [(at, len(old))]


def lose_tails(source, target, write_kib=4096, keep_kib=3584):
    """The story's disk: of every large write only the head arrives, the rest reads as zeros."""
    shutil.copyfile(source, target)
    ranges = []
    with open(target, "r+b") as f:
        size = f.seek(0, 2)
        for start in range(keep_kib * 1024, size, write_kib * 1024):
            length = min((write_kib - keep_kib) * 1024, size - start)
            f.seek(start)
            f.write(bytes(length))
            ranges.append((start, length))
    return ranges


def overlay(image, damaged, ranges, target):
    """A small qcow2 disk above IMAGE in which /boot's initrd has the bytes of the file DAMAGED.

    Only RANGES are written, so that the disk shows what the loader would have read. Lost tails
    (truncate) appear as zeros: a disk cannot shorten a file.
    """
    extents = image.extents(f"initrd.img-{image.kernel}")
    host.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", image.path, target])
    commands = []
    with open(damaged, "rb") as f:
        for offset, length in ranges:
            for where, first, count in pieces(extents, offset, length):
                name = f"{target}.{first}"
                with open(name, "wb") as out:
                    out.write(read(f, first, count).ljust(count, b"\0"))
                commands += ["-c", f"write -q -s {name} {where} {count}"]
    if commands:
        host.run(["qemu-io", "-f", "qcow2"] + commands + [target])
    return f"file={target},format=qcow2,cache=unsafe"


def pieces(extents, offset, length):
    """Where OFFSET..OFFSET+LENGTH of a file lies: (disk offset, file offset, bytes)."""
    found, first = [], 0
    for where, size in extents:
        low, high = max(offset, first), min(offset + length, first + size)
        if low < high:
            found.append((where + low - first, low, high - low))
        first += size
    return found
