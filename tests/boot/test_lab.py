# SPDX-License-Identifier: GPL-2.0-or-later
"""The laboratory itself: a wrong tool would make every other result worthless."""

import os

from lab import cpio, damage, host, image, tree
from lab.suite import case


@case("lab: damage is the same every time, and exactly where it says")
def damage_is_exact(t):
    source = t.file("source.img")
    with open(source, "wb") as f:
        f.write(os.urandom(300_000))
    with open(source, "rb") as f:
        whole = f.read()
    for kind in damage.KINDS:
        for place in (0.001, 0.5, 0.999):
            results = []
            for name in ("one.img", "two.img"):
                ranges = damage.damage(source, t.file(name), kind, place)
                with open(t.file(name), "rb") as f:
                    results.append((ranges, f.read()))
            t.check(results[0] == results[1], f"{kind} at {place} is not the same twice")
            ranges, bad = results[0]
            t.check(bad != whole, f"{kind} at {place} changed nothing")
            last = 0
            for at, length in ranges:
                t.check(bad[last:at] == whole[last:at], f"{kind} at {place}: changed before {at}")
                t.check(bad[at:at + length] != whole[at:at + length], f"{kind}: {at} as before")
                last = at + length
            t.check(bad[last:] == whole[last:], f"{kind} at {place}: changed behind its range")


@case("lab: damage that changes nothing is not passed off as damage")
def damage_harmless(t):
    with open(t.file("zeros.img"), "wb") as f:
        f.write(bytes(100_000))
    for kind in ("zeros4k", "swap"):
        try:
            damage.damage(t.file("zeros.img"), t.file("out.img"), kind, 0.5)
        except damage.Harmless:
            continue
        t.check(False, f"{kind} of zeros counts as damage")


@case("lab: XXH64, against the published vectors")
def xxh64_vectors(t):
    t.check(cpio.xxh64(b"") == 0xEF46DB3751D8E999, "of nothing")
    t.check(cpio.xxh64(b"a") == 0xD24EC4F1A98C6E5B, "of one byte")
    t.check(cpio.xxh64(b"abc" * 30) == 0x792AB44C4C69814A, "of three stripes")


@case("lab: members of the plain segment are where cpio finds them")
def members_agree(t):
    initrd = tree.guest("trixie").initrd
    members, end = cpio.plain_members(initrd)
    with open(initrd, "rb") as f:
        front = f.read(end)
    listed = host.run_bytes(["cpio", "--quiet", "-t"], front).decode().split("\n")
    names = [m.name for m in members if m.name != "TRAILER!!!"]
    t.check(names == [name for name in listed if name], f"{names}\n{listed}")
    module = next(m for m in members if m.name.endswith(".ko.xz"))
    content = host.run_bytes(["cpio", "--quiet", "-i", "--to-stdout", module.name], front)
    t.check(content == front[module.data:module.data + module.size], module.name + " differs")


@case("lab: a file's extents on the disk hold the file")
def extents_agree(t):
    for suite in tree.SUITES:
        disk = image.build(tree.guest(suite))
        with open(disk.path, "rb") as d, open(disk.initrd, "rb") as f:
            for at, length in disk.extents(f"initrd.img-{disk.kernel}"):
                d.seek(at)
                t.check(d.read(length) == f.read(length), f"{suite}: other bytes at {at}")
            t.check(not f.read(1), suite + ": the extents end before the file")
