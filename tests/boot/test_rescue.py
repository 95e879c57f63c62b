# SPDX-License-Identifier: GPL-2.0-or-later
"""Who gets a menu and a shell: nobody whom Debian's own init would not have given one."""

import functools
import re
import time

import guarded
import luksguest
from lab import cpio
from lab.suite import case
from lab.vm import LUKS, Unexpected

FORBID = "echo panic=7 >/etc/initramfs-tools/conf.d/reboot"
DEBIAN = r"\(initramfs\) "
MENU_OR_SHELL = r"\[s\] shell|\[r\] reboot|bootverdict#"


@functools.lru_cache(maxsize=None)
def disk_with_conf(suite="trixie"):
    """A guest whose owner has forbidden the rescue shell in initramfs-tools' configuration."""
    return guarded.disk(suite, extra=FORBID)


def one_bit(t, disk=None):
    """A bit flipped in a kernel module of the plain segment."""
    disk = disk or guarded.disk("trixie")
    target = next(m for m in cpio.plain_members(disk.initrd)[0] if m.name.endswith("/fan.ko.xz"))
    initrd, drive = guarded.flipped(t, disk, target.data + target.size // 2)
    return disk, initrd, drive


def reports_and_ends(t, vm, why, seconds):
    """The report with its reason, no menu, no shell, and the machine reboots after that time."""
    vm.expect({"screen": guarded.CORRUPT}, 120)
    vm.expect({"reason": why}, 30)
    told = vm.seconds()
    vm.send("s")
    vm.wait_end(seconds + 60)
    t.check(vm.seconds() - told >= seconds - 1, f"it rebooted after {vm.seconds() - told} s")
    t.sees_not(MENU_OR_SHELL, vm.text, "a menu or a shell")
    t.sees_not("GUEST-UP", vm.text, "it went on")


def ends(options, why, seconds):
    def test(t):
        disk, initrd, drive = one_bit(t)
        with t.vm(disk, initrd=initrd, drive=drive, options=options) as vm:
            reports_and_ends(t, vm, why, seconds)
    return test


case("panic=5: the report, no menu, no shell, a reboot")(
    ends("panic=5", r"Rebooting in 5 s \(panic=5 on the kernel command line\)", 5))
case("panic=-1: the report, no menu, no shell, a reboot at once", long=True)(
    ends("panic=-1", r"Rebooting now \(panic=-1 ", 0))
case("panic= inside of quotes, of which Debian's init knows nothing: no menu, no shell",
     long=True)(
    ends('x="a panic=4 b"', r"Rebooting in 4 s \(panic=4 ", 4))


@case("conf.d: panic= there: the report, no menu, no shell, a reboot after that time")
def conf(t):
    disk, initrd, drive = one_bit(t, disk_with_conf())
    with t.vm(disk, initrd=initrd, drive=drive) as vm:
        reports_and_ends(t, vm, r"Rebooting in 7 s \(panic=7 in /conf of the initramfs\)", 7)


def conf_lost(suite):
    def test(t):
        disk = disk_with_conf(suite)
        initrd = guarded.next_init_gone(disk, t.file("initrd.img"))
        with t.vm(disk, initrd=initrd) as vm:
            reports_and_ends(t, vm, r"Rebooting in 7 s \(panic=7 in /conf of the initramfs\)", 7)
    return test


case("conf.d: panic= there, and lost with all of main: it counts all the same", long=True)(
    conf_lost("trixie"))
case("conf.d: panic= there, and lost with all of main, on Debian 12", long=True)(
    conf_lost("bookworm"))


@case("conf.d: panic= there, checker damaged, init gone: the built-in words, then a reboot")
def conf_last_words(t):
    disk = disk_with_conf()
    initrd = guarded.next_init_gone(disk, t.file("initrd.img"))
    checker = cpio.member(disk.initrd, "bootverdict/bootverdict")
    with open(initrd, "r+b") as f:
        f.seek(checker.data + checker.size // 2)
        f.write(bytes(4096))
    with t.vm(disk, initrd=initrd) as vm:
        reports_and_ends(t, vm, "rebooting in 7 s", 7)


@case("conf.d: an empty panic= on the command line takes it back (the twin)")
def conf_taken_back(t):
    disk, initrd, drive = one_bit(t, disk_with_conf())
    with t.vm(disk, initrd=initrd, drive=drive, options="panic=") as vm:
        guarded.corrupt_screen(t, vm)
        guarded.rescue_shell(t, vm)


@case("conf.d: panic= there, in a second image behind an image without: no menu, no shell")
def conf_of_second_image(t):
    disk, initrd, drive = one_bit(t)
    with open(initrd, "ab") as f:
        f.write(bytes(-f.tell() % 4))
        f.write(cpio.archive({"conf/conf.d/second": b"panic=6\n"}))
    with t.vm(disk, initrd=initrd, drive=drive) as vm:
        reports_and_ends(t, vm, r"Rebooting in 6 s \(panic=6 ", 6)


@case("conf.d: panic= there, and nothing can unlock LUKS: no menu, no shell, no prompt, a reboot",
      long=True)
def conf_luks(t):
    sealed = luksguest.disk(extra=FORBID)
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, place) for place in
                                       (luksguest.HEADER + 100,
                                        luksguest.COPY + luksguest.HEADER + 100)])
    with t.vm(sealed, drive=drive) as vm:
        reports_and_ends(t, vm, r"Rebooting in 7 s \(panic=7\)", 7)
        t.sees_not(LUKS + "|BusyBox", vm.text, "it went on")
    with t.vm(sealed, drive=drive, options="panic=") as vm:
        guarded.corrupt_screen(t, vm)
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)


def second_shows(vm, pattern, timeout=120):
    """Wait for a pattern on the second serial port."""
    limit = time.monotonic() + timeout
    while not re.search(pattern, vm.second_text):
        if time.monotonic() > limit:
            raise Unexpected(f"{pattern} not seen on the second port in {timeout} s")
        vm.pump(0.5)


@case("consoles: a second serial port: the kernel makes one of them its console, which has the menu",
      long=True)
def two_ports(t):
    # Of several console= for serial ports the first counts (serial-console.rst: one of each kind).
    disk, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, consoles=False, second=True,
              options="console=ttyS1,115200 console=ttyS0,115200") as vm:
        second_shows(vm, guarded.MENU)
        t.sees(guarded.CORRUPT, vm.second_text)
        before = len(vm.second_text)
        for key in "dsr":
            vm.send(key)
            vm.settle(1, 3)
        t.check(len(vm.second_text) == before, "keys on the other port do something")
        t.sees_not(guarded.MENU, vm.text, "a menu on a port that is no console")
        t.check(vm.process.poll() is None, "it rebooted")
        vm.send("s", second=True)
        second_shows(vm, "This shell runs in memory", 30)
        vm.send("echo $((6 * 7))\n", second=True)
        second_shows(vm, r"(?m)^42\r*$", 30)
        t.sees_not("42", vm.text)
        vm.send("exit\n", second=True)
        vm.settle(2, 5)
        vm.send("r", second=True)
        vm.wait_end(30)


@case("consoles: console=ttyS0 console=tty0: report on both, the menu on the screen alone",
      long=True)
def screen_and_port(t):
    disk, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, consoles=False,
              options="console=ttyS0,115200 console=tty0") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        vm.expect({"where": "The menu is on the console tty0"}, 30)
        vm.settle(2, 10)
        vm.screenshot("screen")
        shown = "\n".join(vm.vga())
        t.sees("(?m)^" + guarded.CORRUPT, shown, "not on VGA")
        t.sees(guarded.MENU, shown, "no menu on VGA")
        vm.send("s")
        vm.send("r")
        vm.settle(2, 5)
        vm.keys("d")
        vm.settle(2, 5)
        t.sees(r"fan\.ko\.xz", "\n".join(vm.vga()), "no details by keyboard")
        t.sees_not(MENU_OR_SHELL, vm.text, "a menu or a shell on the serial port")
        vm.keys("r")
        vm.wait_end(30)


@case("consoles: console=tty0 console=ttyS0: the menu on the port alone, the screen shows the report")
def port_and_screen(t):
    disk, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, consoles=False,
              options="console=tty0 console=ttyS0,115200") as vm:
        guarded.corrupt_screen(t, vm)
        shown = "\n".join(vm.vga())
        t.sees("(?m)^" + guarded.CORRUPT, shown, "not on VGA")
        t.sees("The menu is on the console ttyS0", shown)
        t.sees_not(MENU_OR_SHELL, shown)
        vm.keys("r")
        vm.settle(2, 5)
        t.check(vm.process.poll() is None, "a key on the screen's keyboard rebooted it")
        guarded.rescue_shell(t, vm)
        guarded.leave_shell(vm)
        vm.send("r")
        vm.wait_end(30)


def terminal_afterwards(t, leave):
    """How Debian's own shell, in the initramfs, finds the terminal that the menu had made raw."""
    disk, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, options="break=premount") as vm:
        guarded.corrupt_screen(t, vm)
        leave(vm)
        vm.expect({"Debian's shell": DEBIAN}, 240)
        vm.settle(1, 5)
        status, output = vm.run("stty -a", 120, DEBIAN)
        t.check(status == 0, "no stty there: " + output)
        t.sees(r"(?<!-)\bicanon\b", output, "raw")
        t.sees(r"(?<!-)\becho\b", output, "without echo")
        t.sees(r"(?<!-)\bicrnl\b", output, "without line ends")


@case("terminal: the checker dies while it asks, and the terminal is given back")
def terminal_after_death(t):
    def die(vm):
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)
        vm.send("(trap '' HUP; sleep 6; kill -9 $PPID) & exit\n")
        vm.expect({"menu again": guarded.MENU}, 30)
        vm.expect({"died": "the checker crashed, signal 9"}, 120)
    terminal_afterwards(t, die)


@case("terminal: a menu that is left in good order has given it back (the twin)", long=True)
def terminal_after_continue(t):
    terminal_afterwards(t, lambda vm: vm.send("c"))
