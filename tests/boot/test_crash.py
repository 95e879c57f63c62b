# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample of the power cuts of `make check-crash`."""

import tempfile

import crash
from lab.suite import case

LIMIT = 4
IDLE = 8


def cut(t, kind, scenario, suite):
    """What is wrong with the disks that a power cut leaves of a scenario."""
    with tempfile.TemporaryDirectory(prefix="crash.") as folder:
        guest = crash.make_initrd(folder + "/guest", suite)
        recording = crash.record(t, guest, kind, scenario, IDLE)
        count, found = crash.examine(t, guest, kind, recording, LIMIT)
    t.note(f"{count} disks, {len(found)} looks found something wrong")
    return count, [": ".join(f) for f in found]


def holds(kind, scenario, suite):
    def test(t):
        count, found = cut(t, kind, scenario, suite)
        t.check(count > 20, "too few writes: was the disk written at all?")
        t.check(not found, "\n".join(found[:40]))
    return test


case("power cut: sealing on vfat, Linux 6.1: old or new, whole, and new after exit 0")(
    holds("vfat", "update", "bookworm"))
case("power cut: sealing on ext4, Linux 6.12: old or new, whole, for a boot loader, too",
     long=True)(
    holds("ext4-ordered", "update", "trixie"))
case("power cut: the records that seal --remove takes away stay away, on vfat", long=True)(
    holds("vfat", "remove", "trixie"))


@case("power cut: a file that is only renamed over another one is seen not to be durable on vfat")
def renamed(t):
    _, found = cut(t, "vfat", "by-hand", "bookworm")
    t.sees("after exit 0: mounted: image old", "\n".join(found))
