# SPDX-License-Identifier: GPL-2.0-or-later
"""Healthy guests: they boot as before, and the report says so."""

import guarded
from lab import image, tree
from lab.suite import case


def boots_in_silence(suite, compress, **how):
    def test(t):
        disk = guarded.disk(suite, compress=compress, **how)
        t.check(guarded.sealed_entries(disk.initrd), "update-initramfs left the image unsealed")
        with t.vm(disk) as vm:
            vm.login()
            guarded.quiet_console(t, vm)
            log = guarded.kernel_log(vm)
            t.check(len(log) == 1, f"{len(log)} lines in the kernel log: {log}")
            t.sees(guarded.INTACT, log[0])
            t.check(guarded.report(t, vm)["verdict"] == "intact", "the report is not `intact`")
            status, output = vm.run("bootverdict check")
            t.check(status == 0, f"`bootverdict check`: status {status}\n{output}")
            vm.poweroff()
        t.note(log[0])
    return test


for _suite in tree.SUITES:
    for _compress in ("zstd", "gzip", "xz", "lz4"):
        case(f"healthy: Debian {_suite}, {_compress}: silence, and one line in the kernel log",
             long=_compress != "zstd" and (_suite, _compress) != ("trixie", "gzip"))(
            boots_in_silence(_suite, _compress))
case("healthy: microcode in front of the image")(
    boots_in_silence("trixie", "zstd", microcode=True))
case("healthy: all modules that Debian puts in by itself", long=True)(
    boots_in_silence("trixie", "zstd", modules="most"))


def boots_systemd(suite):
    def test(t):
        disk = guarded.disk(suite)
        with t.vm(disk, drive=systemd_on_disk(t, disk), boot="grub", keep=True) as vm:
            vm.login(300)
            guarded.quiet_console(t, vm)
            t.check(len(guarded.kernel_log(vm)) == 1, "not one line in the kernel log")
            t.check(guarded.report(t, vm)["verdict"] == "intact", "the report is not `intact`")
            _, state = vm.run("systemctl is-system-running --wait; systemctl --failed --no-legend")
            t.check(state == "running", "systemd: " + state)
            left = vm.must("findmnt -rno TARGET; ls -d /bootverdict 2>/dev/null || true")
            t.sees_not("bootverdict", left, "left behind")
            vm.poweroff()
    return test


def systemd_on_disk(t, disk):
    """A disk whose GRUB starts systemd instead of the laboratory's init."""
    drive = t.disk(disk)
    image.write_boot_file(disk, t.file("disk.qcow2"), "options.cfg", b'set options=""\n')
    return drive


for _suite in tree.SUITES:
    case(f"healthy: Debian {_suite} through GRUB and systemd",
         long=_suite != "trixie")(boots_systemd(_suite))


@case("healthy: bootverdict=off leaves one line in the kernel log")
def off(t):
    with t.vm(guarded.disk("trixie"), options="bootverdict=off") as vm:
        vm.login()
        guarded.quiet_console(t, vm)
        log = guarded.kernel_log(vm)
        t.check(len(log) == 1 and "off" in log[0], f"the kernel log: {log}")
        vm.poweroff()


@case("healthy: panic= and every policy change nothing")
def options_change_nothing(t):
    for options in ("panic=10", "bootverdict=stop", "bootverdict=ask", "bootverdict=continue"):
        with t.vm(guarded.disk("trixie"), options=options) as vm:
            vm.login()
            guarded.quiet_console(t, vm)
            t.check(len(guarded.kernel_log(vm)) == 1, options + ": not one line")
            vm.poweroff()
