# SPDX-License-Identifier: GPL-2.0-or-later
"""What Debian does alone. If these change, the other tests prove nothing any more."""

import re

from lab import damage, image, tree
from lab.baddisk import BadDisk
from lab.suite import case


def unguarded(suite):
    return image.build(tree.guest(suite))


def healthy(suite):
    def test(t):
        with t.vm(unguarded(suite)) as vm:
            vm.login()
            t.check(vm.must("uname -r").endswith("amd64"), "not a Debian kernel")
            vm.poweroff()
    return test


def panics(suite):
    def test(t):
        disk = unguarded(suite)
        damage.damage(disk.initrd, t.file("initrd.img"), "zeros4k", 0.6)
        with t.vm(disk, initrd=t.file("initrd.img"), fast=False) as vm:
            how, what = vm.outcome()
            t.check(how == "panic", f"{how}: {what}")
            t.sees(r"VFS: Unable to mount root fs|No working init", what)
            t.sees("Initramfs unpacking failed", vm.text)
    return test


for name in tree.SUITES:
    case(f"Debian {name} without bootverdict boots to a shell", long=name != "trixie")(healthy(name))
    case(f"Debian {name} without bootverdict panics when 4 KiB of its initrd are zero",
         long=name != "trixie")(panics(name))


@case("a disk that loses writes goes unnoticed in a guest without bootverdict")
def bad_disk_is_silent(t):
    disk = unguarded("trixie")
    copy = "dd if=/dev/urandom of=/boot/big bs=1M count=8 status=none && sha256sum </boot/big"
    with BadDisk(disk.path, t.folder) as bad, t.vm(disk, drive=bad.drive, keep=True) as vm:
        vm.login()
        t.check(not bad.lost(), "the disk lost writes before it was told to")
        bad.lose(mode="tail-zero", min_kib=256)
        written = vm.must(copy + " && sync")
        t.check(bad.lost(), "the disk lost nothing")
        t.check(vm.must("sha256sum </boot/big") == written, "even the page cache is wrong")
        bad.honest()
        vm.must("umount /boot; mount /boot; echo 3 >/proc/sys/vm/drop_caches")
        read = vm.must("sha256sum </boot/big")
        t.check(re.match(r"[0-9a-f]{64}", read) and read != written, "nothing was lost on the disk")
        vm.poweroff()
