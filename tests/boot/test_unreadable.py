# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests on a disk with sectors that it cannot read."""

import re

import guarded
import luksguest
from lab import host, image
from lab.suite import case
from test_luks import screen_before_prompt

SECTOR = 512
ENODATA = 61  # what the kernel makes of a medium error of an NVMe disk, for whoever reads directly


def unreadable(t, sealed, offsets):
    """A drive above the disk on which the sectors at these offsets of the LUKS device are bad."""
    path = t.file("unreadable.qcow2")
    host.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", sealed.path, path])
    drive = (f"driver=blkdebug,image.driver=qcow2,image.file.driver=file,"
             f"image.file.filename={path}")
    for number, offset in enumerate(offsets):
        sector = (sealed.root_offset + offset) // SECTOR
        rule = f",inject-error.{number}."
        drive += (f"{rule}event=none{rule}iotype=read{rule}errno={ENODATA}{rule}sector={sector}")
    return drive


@case("LUKS: neither header can be read: the screen before the prompt blames the disk")
def both_headers(t):
    sealed = luksguest.disk()
    drive = unreadable(t, sealed, [0, luksguest.COPY])
    with t.vm(sealed, drive=drive, nvme=True, keep=True) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees("The device cannot read the LUKS header", shown)
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)
        status, output = vm.run("bootverdict luks /dev/nvme0n1p3", 60, guarded.RESCUE)
        t.check(status == 1, f"`bootverdict luks` in the shell: status {status}\n{output}")
        t.sees("cannot read the LUKS header", output)
        guarded.leave_shell(vm)
        vm.send("r")
        vm.wait_end(30)


def one_header(t, which, offset):
    """What the screen says opens the disk; and without that, it does not."""
    sealed = luksguest.disk()
    key = f"printf %s {image.PASSPHRASE} | cryptsetup open --key-file - "
    with t.vm(sealed, drive=unreadable(t, sealed, [offset]), nvme=True, keep=True) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees(f"The {which} copy of the LUKS2 header cannot be read; the [a-z]* one is good", shown)
        advice = re.search(r"(dd if=/dev/nvme0n1p3 [^;]*); cryptsetup open "
                           r"(--header /tmp/header /dev/nvme0n1p3 root_crypt) ", shown)
        t.check(advice, "the screen does not say how to open it")
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)
        status, output = vm.run(key + "/dev/nvme0n1p3 root_crypt", 60, guarded.RESCUE)
        t.check(status != 0, f"it opens by itself\n{output}")
        vm.run(advice[1], 120, guarded.RESCUE)
        status, output = vm.run(key + advice[2], 60, guarded.RESCUE)
        t.check(status == 0, f"the advice does not help: status {status}\n{output}")
        guarded.leave_shell(vm)
        vm.send("c")
        vm.login()
        vm.poweroff()


@case("LUKS: the first header cannot be read: a copy with the second one opens the disk", long=True)
def first_header(t):
    one_header(t, "first", 0)


@case("LUKS: the second header cannot be read: a copy with the first one opens the disk", long=True)
def second_header(t):
    one_header(t, "second", luksguest.COPY)


@case("LUKS: a sector of keyslot 0 cannot be read: the screen names keyslot 1", long=True)
def keyslot(t):
    sealed = luksguest.disk()
    drive = unreadable(t, sealed, [luksguest.SLOTS + 100 * 1024])
    with t.vm(sealed, drive=drive, nvme=True, keep=True) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees("The device cannot read all of keyslot 0", shown)
        t.sees("passphrase of keyslot 1 still opens the disk", shown)
        t.sees(r"cryptsetup open --key-slot 1 /dev/nvme0n1p3", shown)
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)
        # What this rests on: cryptsetup does not come to keyslot 1 by itself, and does when told.
        status, output = vm.run(f"printf %s {luksguest.SECOND} | cryptsetup open --test-passphrase "
                                "--key-file - /dev/nvme0n1p3", 60, guarded.RESCUE)
        t.check(status != 0, f"keyslot 1 opens it without being named\n{output}")
        status, output = vm.run(f"printf %s {luksguest.SECOND} | cryptsetup open --test-passphrase "
                                "--key-file - --key-slot 1 /dev/nvme0n1p3", 60, guarded.RESCUE)
        t.check(status == 0, f"keyslot 1 does not open it: status {status}\n{output}")
        guarded.leave_shell(vm)
        vm.send("r")
        vm.wait_end(30)


@case("LUKS: the same disk as an NVMe disk, healthy", long=True)
def healthy(t):
    sealed = luksguest.disk()
    with t.vm(sealed, drive=unreadable(t, sealed, []), nvme=True, keep=True) as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        guarded.quiet_console(t, vm)
        vm.login()
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "intact", "the report says " + facts["verdict"])
        vm.poweroff()
