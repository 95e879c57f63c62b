# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots that look damaged, and are not: another initrd as well, too little memory, or a compression
that the kernel does not read."""

import os
import re
import subprocess
import tempfile

import guarded
from lab import cpio, image, kernel
from lab.suite import case

FILE, FOLDER = 0o100644, 0o040700


def second_image(first, members):
    """A cpio archive of (path, mode, bytes), and the padding that it needs behind the first image."""
    archive, padding = b"", bytes(-os.path.getsize(first) % 4)
    for number, (path, mode, data) in enumerate([*members, ("TRAILER!!!", 0, b"")], 1):
        name = path.encode() + b"\0"
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
        archive += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        archive += b"\0" * (-len(archive) % 4)
        archive += data + b"\0" * (-len(data) % 4)
    return padding + archive


def spare_module(initrd):
    """A module that this guest does not need, by its path in the image."""
    members, _ = cpio.plain_members(initrd)
    spare = [m for m in members if m.name.endswith("/fan.ko.xz")]
    return spare[0]


@case("other initrd: of the same size, other modes, new files, junk behind it: the boot goes on")
def other_initrd(t):
    disk = guarded.disk("trixie")
    module = spare_module(disk.initrd)
    second = second_image(disk.initrd, [
        ("etc", FOLDER, b""),
        ("etc/of-the-other-image", FILE, b"new"),
        (module.name, FILE, bytes(n * 7 % 255 + 1 for n in range(module.size))),
    ])
    initrd = guarded.append(disk, t.file("initrd.img"), second + b"junkjunk")
    with t.vm(disk, initrd=initrd) as vm:
        vm.login()
        t.sees("unpacking failed", vm.text, "the kernel did not complain")
        t.sees_not("VERDICT|CORRUPT", vm.text)
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "inconclusive", "the report says " + facts["verdict"])
        finding = facts["findings"][0]
        t.check(finding["id"] == "BV-CONTENT-REPLACED", "it says " + finding["id"])
        t.check(finding["evidence"]["files_different"] == 2, str(finding["evidence"]))
        vm.poweroff()
    # The damaged twin: one bit of the module, and no other image replaces it.
    at = module.data + module.size // 2
    second = second_image(disk.initrd, [("etc/of-the-other-image", FILE, b"new")])
    initrd = guarded.append(disk, t.file("damaged.img"), second)
    with open(initrd, "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ 4]))
    with t.vm(disk, initrd=initrd) as vm:
        text = "\n".join(guarded.corrupt_screen(t, vm))
        t.sees(module.name.rsplit("/", 1)[-1], text)
        t.sees(f"at byte {at}", text)


@case("too little memory to unpack it: a configuration error, with how much it takes")
def too_little_memory(t):
    disk = guarded.disk("trixie")
    with t.vm(disk, options="rootfstype=tmpfs", memory=120) as vm:
        text = "\n".join(guarded.screen(t, vm))
        t.sees("write error", vm.text, "the kernel did not run out of memory")
        t.sees("VERDICT: CONFIGURATION ERROR", text)
        t.sees(r"its files take \d+ MiB", text)
        t.sees_not("CORRUPT", text)


UNREADABLE = r"This kernel does not read zstd that the initial RAM disk is compressed with"


@case("a kernel without zstd: a configuration error, with the kernel's words")
def no_zstd(t):
    disk = guarded.disk("trixie")
    with t.vm(disk, kernel=kernel.without_zstd(disk.vmlinuz, t.file("vmlinux.bin"))) as vm:
        text = " ".join("\n".join(guarded.screen(t, vm)).split())
        t.sees("VERDICT: CONFIGURATION ERROR - not the storage", text)
        t.sees(UNREADABLE, text)
        t.sees("All that comes before is as sealed", text)
        t.sees("compression method zstd not configured", text)
        t.sees("Choose a compressor that this kernel reads", text)
        t.sees_not("CORRUPT", vm.text)


@case("a kernel without zstd, and one bit wrong before that segment: storage corruption", long=True)
def no_zstd_damaged(t):
    disk = guarded.disk("trixie")
    module = spare_module(disk.initrd)
    initrd, drive = guarded.flipped(t, disk, module.data + module.size // 2)
    with t.vm(disk, initrd=initrd, drive=drive,
              kernel=kernel.without_zstd(disk.vmlinuz, t.file("vmlinux.bin"))) as vm:
        text = "\n".join(guarded.corrupt_screen(t, vm))
        t.sees(module.name.rsplit("/", 1)[-1], text)
        t.sees_not(UNREADABLE, text)


# Whoever packs with xz alone gets a check that no kernel reads; mkinitramfs itself asks for CRC32.
XZ_ALONE = """mv /usr/bin/xz /usr/bin/xz.real
printf '#!/bin/sh\\nexec xz.real "$@" --check=crc64\\n' >/usr/bin/xz
chmod 755 /usr/bin/xz
"""


@case("packed with xz's own check: seal says so, and the boot is a configuration error", long=True)
def xz_check(t):
    guest = guarded.guest("trixie", compress="xz", extra=XZ_ALONE)
    t.sees("it is not sealed: no kernel unpacks its segment at offset .* --check=crc32", guest.log)
    disk = image.build(guest)
    with t.vm(disk) as vm:
        text = " ".join("\n".join(guarded.screen(t, vm)).split())
        t.sees("VERDICT: CONFIGURATION ERROR - not the storage", text)
        t.sees("not sealed, because no kernel unpacks it as it is packed", text)
        t.sees("settings that are not supported by this XZ decoder", text)
        t.sees_not("CORRUPT", vm.text)


def unpacked(initrd):
    """All archives of an image: those in front as they are, the last one without its compression."""
    members, main = cpio.plain_members(initrd)
    with open(initrd, "rb") as f:
        image = f.read()
    rest = subprocess.run(["zstd", "-dcq"], input=image[main:], stdout=subprocess.PIPE, check=True)
    ends = [m.data for m in members if m.name == "TRAILER!!!"] + [main]
    plain = [image[start:end] for start, end in zip([0] + ends[:-1], ends)]
    return [*plain, rest.stdout]


def pack(archive, path):
    """An edited file, all of it as one stream."""
    edited = re.sub(rb"KEYMAP=n", rb"KEYMAP=y", archive, count=1)
    with open(path, "wb") as f:
        subprocess.run(["zstd", "-qc", "--check"], input=edited, stdout=f, check=True)
    return path


def packed_with_times(initrd, path):
    """As unpacked with cpio -id: its guard's files have times. The order is as it was."""
    archive = bytearray(b"".join(unpacked(initrd)))
    for m in cpio.plain_members(initrd)[0]:
        if m.name.startswith("bootverdict/"):
            archive[m.header + 46:m.header + 54] = b"65A00000"
    return pack(bytes(archive), path)


def packed_sorted(initrd, path):
    """As unpacked with cpio -idm, which keeps times, and packed as mkinitramfs does: sorted."""
    with tempfile.TemporaryDirectory() as folder:
        for part in unpacked(initrd):
            if part.strip(b"\0"):
                subprocess.run(["cpio", "-idmu", "--quiet"], input=part, cwd=folder, check=True)
        archive = subprocess.run("find . | LC_ALL=C sort | cpio -o -H newc --quiet", cwd=folder,
                                 shell=True, stdout=subprocess.PIPE, check=True)
    return pack(archive.stdout, path)


def boots_packed_again(t, how):
    disk = guarded.disk("trixie")
    with t.vm(disk, initrd=how(disk.initrd, t.file("initrd.img"))) as vm:
        vm.login()
        t.sees_not("VERDICT|CORRUPT", vm.text)
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "inconclusive", "the report says " + facts["verdict"])
        finding = facts["findings"][0]
        t.check(finding["id"] == "BV-CONTENT-REPACKED", "it says " + finding["id"])
        vm.poweroff()


@case("packed again by hand, with the guard in it and a file edited: the boot goes on", long=True)
def packed_by_hand(t):
    boots_packed_again(t, packed_with_times)


@case("packed again by hand in sorted order and with kept times: the boot goes on", long=True)
def packed_by_hand_sorted(t):
    boots_packed_again(t, packed_sorted)


def edited_behind_guard(initrd, path):
    """All but the last archive byte for byte; a line added to a file of that one."""
    _, main = cpio.plain_members(initrd)
    with open(initrd, "rb") as f:
        kept = f.read(main)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["cpio", "-idm", "--quiet"], input=unpacked(initrd)[-1], cwd=folder, check=True)
        with open(folder + "/scripts/functions", "a", encoding="utf-8") as f:
            f.write("# edited\n")
        archive = subprocess.run("find . | LC_ALL=C sort | cpio -o -H newc --quiet | zstd -qc",
                                 cwd=folder, shell=True, stdout=subprocess.PIPE, check=True)
    with open(path, "wb") as f:
        f.write(kept + archive.stdout)
    return path


@case("a file edited behind the guard, which was kept: the boot goes on", long=True)
def edited_with_guard_kept(t):
    boots_packed_again(t, edited_behind_guard)
