# SPDX-License-Identifier: GPL-2.0-or-later
"""Who gets a menu and a shell: nobody whom Debian's own init would not have given one."""

import functools

import guarded
from lab import cpio
from lab.suite import case

CONF = "panic=7"
DEBIAN = r"\(initramfs\) "
MENU_OR_SHELL = r"\[s\] shell|\[r\] reboot|bootverdict#"


@functools.lru_cache(maxsize=None)
def disk_with_conf(suite="trixie"):
    """A guest whose owner has forbidden the rescue shell in initramfs-tools' configuration."""
    return guarded.disk(suite, extra=f"echo {CONF} >/etc/initramfs-tools/conf.d/reboot")


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
case("panic=-1: the report, no menu, no shell, a reboot at once")(
    ends("panic=-1", r"Rebooting now \(panic=-1 ", 0))
case("panic= inside of quotes, of which Debian's init knows nothing: no menu, no shell")(
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


case("conf.d: panic= there, and lost with all of main: it counts all the same")(
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


def two_ports(asked):
    """Two serial ports: the report on both, menu and shell on the last console= alone."""
    def test(t):
        disk, initrd, drive = one_bit(t)
        first, last = ("ttyS1", "ttyS0") if asked == "ttyS0" else ("ttyS0", "ttyS1")
        with t.vm(disk, initrd=initrd, drive=drive, consoles=False, second=True,
                  options=f"console={first},115200 console={last},115200") as vm:
            vm.expect({"screen": guarded.CORRUPT}, 120)
            vm.settle(3, 30)
            text = {"ttyS0": vm.text, "ttyS1": vm.second_text}
            t.sees(guarded.CORRUPT, text[first])
            t.sees(guarded.CORRUPT, text[last])
            t.sees(f"The menu is on the console {last}", text[first])
            t.sees_not(MENU_OR_SHELL, text[first], "a menu on a console that is not Debian's")
            t.sees(guarded.MENU, text[last], "no menu on Debian's console")
            before = len(text[last])
            for key in "dsrc\r":
                vm.send(key, second=first == "ttyS1")
                vm.settle(1, 3)
            text = {"ttyS0": vm.text, "ttyS1": vm.second_text}
            t.sees_not(r"fan\.ko\.xz.*more|This shell|Rebooting|Going on", text[first])
            t.check(len(text[last]) == before, "keys on the other console do something")
            t.check(vm.process.poll() is None, "it rebooted")
            vm.send("s", second=last == "ttyS1")
            vm.settle(2, 10)
            vm.send("echo $((6 * 7))\n", second=last == "ttyS1")
            vm.settle(2, 10)
            text = {"ttyS0": vm.text, "ttyS1": vm.second_text}
            t.sees(r"(?m)^42\r*$", text[last], "no shell on Debian's console")
            t.sees_not("42", text[first], "a shell on a console that is not Debian's")
            vm.send("exit\n", second=last == "ttyS1")
            vm.settle(2, 10)
            vm.send("r", second=last == "ttyS1")
            vm.wait_end(30)
    return test


case("consoles: console=ttyS0 console=ttyS1: menu and shell on ttyS1 alone")(two_ports("ttyS1"))
case("consoles: console=ttyS1 console=ttyS0: menu and shell on ttyS0 alone")(two_ports("ttyS0"))


@case("consoles: console=ttyS0 console=tty0: report on both, the menu on the screen alone")
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
        t.sees("Rebooting", vm.text)


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
        vm.expect({"Debian's shell": DEBIAN}, 60)
        vm.settle(1, 5)
        status, output = vm.run("stty -a", 30, DEBIAN)
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
        vm.expect({"died": "the checker crashed, signal 9"}, 60)
    terminal_afterwards(t, die)


@case("terminal: a menu that is left in good order has given it back (the twin)")
def terminal_after_continue(t):
    terminal_afterwards(t, lambda vm: vm.send("c"))
