# SPDX-License-Identifier: GPL-2.0-or-later
"""Damaged guests: what panicked now boots into an explanation. The healthy twins of these guests
are in test_healthy.py."""

import guarded
from lab import cpio, damage
from lab.suite import case

# Kind, and where: the front (stays plain on Debian 13), the middle, the end. tests/boot/matrix has
# every kind at many more places.
SAMPLE = (("zeros4k", 0.25), ("bit", 0.55), ("sector512", 0.9), ("truncate", 0.97))
LONG_SAMPLE = (("zeros4k", 0.6), ("zeros4k", 0.95), ("sector512", 0.4), ("truncate", 0.5),
               ("swap", 0.5))


def explains(suite, compress, kind, place):
    def test(t):
        disk = guarded.disk(suite, compress=compress)
        initrd, drive = guarded.damaged(t, disk, kind, place)
        with t.vm(disk, initrd=initrd, drive=drive) as vm:
            guarded.corrupt_screen(t, vm)
            guarded.rescue_shell(t, vm)
            guarded.leave_shell(vm)
            vm.send("r")
            vm.wait_end(30)
    return test


for _suite, _compress in (("trixie", "zstd"), ("bookworm", "zstd")):
    for _kind, _place in SAMPLE:
        # The plain part (zeros) and a cut image stand for all, and of Debian 12 the cut one.
        case(f"damaged: Debian {_suite}, {_compress}: {_kind} at {100 * _place:.0f} %",
             long=(_suite, _kind) not in (("trixie", "zeros4k"), ("trixie", "truncate"),
                                          ("bookworm", "truncate")))(
            explains(_suite, _compress, _kind, _place))
    for _kind, _place in LONG_SAMPLE:
        case(f"damaged: Debian {_suite}, {_compress}: {_kind} at {100 * _place:.0f} %", long=True)(
            explains(_suite, _compress, _kind, _place))
for _suite, _compress in (("trixie", "gzip"), ("bookworm", "gzip"), ("trixie", "xz"),
                          ("bookworm", "lz4")):
    # A cut lz4 image is left out: Linux 6.1 itself reads past its end and stops there.
    for _kind, _place in (("zeros4k", 0.7), ("swap" if _compress == "lz4" else "truncate", 0.6)):
        case(f"damaged: Debian {_suite}, {_compress}: {_kind} at {100 * _place:.0f} %",
             long=(_suite, _compress, _kind) != ("trixie", "gzip", "zeros4k"))(
            explains(_suite, _compress, _kind, _place))


def module(disk, name):
    """A kernel module in Debian 13's plain segment, in which no checksum protects it."""
    return next(m for m in cpio.plain_members(disk.initrd)[0] if m.name.endswith(f"/{name}.ko.xz"))


def one_bit(t, name="fan"):
    """A bit flipped in a kernel module that the kernel unpacks without a word."""
    disk = guarded.disk("trixie")
    target = module(disk, name)
    initrd, drive = guarded.flipped(t, disk, target.data + target.size // 2)
    return disk, target, initrd, drive


@case("damaged: one bit in a kernel module of the plain segment, which the kernel does not notice")
def bit_unnoticed(t):
    disk, target, initrd, drive = one_bit(t, "ext4")
    with t.vm(disk, initrd=initrd, drive=drive) as vm:
        lines = guarded.corrupt_screen(t, vm)
        t.sees_not("unpacking failed", vm.text, "the kernel noticed it")
        t.sees(r"ext4\.ko\.xz", "\n".join(lines), "the damaged file is not named")
        guarded.rescue_shell(t, vm)
        _, output = vm.run("bootverdict check", 60, guarded.RESCUE)
        t.sees(target.name.rsplit("/", 1)[1], output)


@case("menu: details, shell, back, and continue, with the report in /run afterwards")
def menu(t):
    disk, target, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive) as vm:
        guarded.corrupt_screen(t, vm)
        start = vm.at
        vm.send("d")
        vm.expect({"details": "fan.ko.xz"}, 30)
        vm.expect({"menu": guarded.MENU}, 30)
        t.check(vm.at > start, "no details")
        vm.send("x")
        vm.settle(1, 3)
        guarded.rescue_shell(t, vm)
        guarded.leave_shell(vm)
        vm.send("c")
        vm.login()
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "storage-corruption", "the report says " + facts["verdict"])
        t.sees(target.name.rsplit("/", 1)[1], vm.must("cat /run/bootverdict/report.txt"))
        log = guarded.kernel_log(vm)
        t.check(2 <= len(log) <= 6, f"{len(log)} lines in the kernel log: {log}")
        t.sees("(?i)storage.corruption", "\n".join(log))
        left = vm.must("findmnt -rno TARGET; ls -d /bootverdict 2>/dev/null || true")
        t.sees("(?m)^/run$", left)
        t.sees_not("bootverdict", left, "left behind")
        vm.poweroff()


@case("menu: reboot", long=True)
def menu_reboot(t):
    disk, _, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive) as vm:
        guarded.corrupt_screen(t, vm)
        vm.send("r")
        vm.wait_end(30)


@case("policy: stop waits for a person")
def policy_stop(t):
    disk, _, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, options="bootverdict=stop") as vm:
        guarded.corrupt_screen(t, vm)
        before = vm.settle(2, 10)
        t.check(vm.settle(45, 46) == before, "something moved while it waits")
        t.check(vm.process.poll() is None, "the guest has gone")


@case("policy: ask goes on by itself when the time is over")
def policy_ask(t):
    disk, _, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, options="bootverdict=ask") as vm:
        lines = guarded.corrupt_screen(t, vm)
        shown = vm.seconds()
        t.check(lines, "no screen")
        vm.login()
        t.check(vm.marks[-1][0] - shown > 15, "it did not wait for an answer")
        t.check(guarded.report(t, vm)["verdict"] == "storage-corruption", "the report was lost")
        vm.poweroff()


@case("policy: continue tells and goes on")
def policy_continue(t):
    disk, _, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, options="bootverdict=continue") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        vm.login()
        t.check(guarded.report(t, vm)["verdict"] == "storage-corruption", "the report was lost")
        vm.poweroff()


@case("policy: off says nothing about damage")
def policy_off(t):
    disk, _, initrd, drive = one_bit(t)
    with t.vm(disk, initrd=initrd, drive=drive, options="bootverdict=off") as vm:
        vm.login()
        guarded.quiet_console(t, vm)
        vm.poweroff()


@case("story: the tails of large writes are lost, and the guest explains itself, no panic")
def story(t):
    disk = guarded.disk("trixie")
    ranges = damage.lose_tails(disk.initrd, t.file("initrd.img"))
    drive = damage.overlay(disk, t.file("initrd.img"), ranges, t.file("disk.qcow2"))
    with t.vm(disk, boot="grub", drive=drive) as vm:
        guarded.corrupt_screen(t, vm)
        guarded.rescue_shell(t, vm)
        guarded.leave_shell(vm)
        # Whether or not [c] is offered: what init needs is gone, and that ends here again.
        vm.send("c")
        vm.settle(3, 10)
        t.sees_not("Kernel panic", vm.text)
        lines = guarded.screen_lines(t, vm.text)
        t.sees_not(r"\[c\] continue", lines[-1], "continue is offered without an init")
        vm.send("r")
        vm.wait_end(30)
