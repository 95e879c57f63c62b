# SPDX-License-Identifier: GPL-2.0-or-later
"""The stub: a checker that fails in any way costs one line, never the boot."""

import guarded
from lab import cpio, damage, host
from lab.suite import case


def boots_on(t, initrd, timeout=120):
    """The boot goes on to the real system; returns what was said on the console."""
    disk = guarded.disk("trixie")
    with t.vm(disk, initrd=initrd) as vm:
        vm.login(timeout)
        lines = guarded.said(vm)
        t.check(len(lines) == 1, f"{len(lines)} lines on the console: {lines}")
        t.check(guarded.kernel_log(vm), "nothing in the kernel log")
        vm.poweroff()
        t.note(lines[0])
        return vm


@case("stub: a damaged checker costs one line")
def checker_damaged(t):
    disk = guarded.disk("trixie")
    checker = cpio.member(disk.initrd, "bootverdict/bootverdict")
    initrd, _ = guarded.flipped(t, disk, checker.data + checker.size // 2)
    boots_on(t, initrd)


@case("stub: a checker that crashes costs one line", long=True)
def checker_crashes(t):
    disk = guarded.disk("trixie")
    boots_on(t, guarded.replace_checker(disk, t.file("initrd.img"), "kill -SEGV $$"))


@case("stub: a checker that fails costs one line", long=True)
def checker_fails(t):
    disk = guarded.disk("trixie")
    boots_on(t, guarded.replace_checker(disk, t.file("initrd.img"), "exit 3"))


@case("stub: a checker that hangs costs one line and 20 seconds")
def checker_hangs(t):
    disk = guarded.disk("trixie")
    vm = boots_on(t, guarded.replace_checker(disk, t.file("initrd.img"),
                                             "while :; do sleep 1000; done"))
    t.check(vm.marks[0][0] > 20, "it was not waited for")


@case("stub: a checker in the place of which a script says nothing is believed (the twin)",
      long=True)
def checker_says_nothing(t):
    disk = guarded.disk("trixie")
    initrd = guarded.replace_checker(disk, t.file("initrd.img"), "exit 0")
    with t.vm(disk, initrd=initrd) as vm:
        vm.login()
        guarded.quiet_console(t, vm)
        vm.poweroff()


@case("stub: the original init is gone, and the checker explains it")
def init_gone(t):
    disk = guarded.disk("trixie")
    initrd = guarded.next_init_gone(disk, t.file("initrd.img"))
    with t.vm(disk, initrd=initrd) as vm:
        lines = guarded.corrupt_screen(t, vm)
        t.sees_not(r"\[c\] continue", "\n".join(lines))
        guarded.rescue_shell(t, vm)


@case("stub: checker damaged and original init gone: built-in words, no panic")
def both_gone(t):
    disk = guarded.disk("trixie")
    initrd = guarded.next_init_gone(disk, t.file("initrd.img"))
    checker = cpio.member(disk.initrd, "bootverdict/bootverdict")
    with open(initrd, "r+b") as f:
        f.seek(checker.data + checker.size // 2)
        f.write(bytes(4096))
    with t.vm(disk, initrd=initrd) as vm:
        how, what = vm.outcome({"words": "(?i)storage"}, 120)
        t.check(how == "words", f"{how}: {what}")
        text = vm.settle(5, 10)
        t.sees_not("Kernel panic", text)
        t.check(vm.process.poll() is None, "the guest has gone")
    with t.vm(disk, initrd=initrd, options="panic=3") as vm:
        vm.expect({"words": "(?i)storage"}, 120)
        vm.wait_end(30)
        t.sees_not("Kernel panic", vm.text)


@case("stub: lost tails that hit the guard itself end in built-in words, no panic")
def guard_hit(t):
    disk = guarded.disk("trixie")
    damage.lose_tails(disk.initrd, t.file("initrd.img"), 512, 256)
    with t.vm(disk, initrd=t.file("initrd.img")) as vm:
        how, what = vm.outcome({"words": "(?i)storage"}, 120)
        t.check(how == "words", f"{how}: {what}")
        t.sees_not("Kernel panic", vm.settle(5, 10))


@case("unsealed: an image made by mkinitramfs boots as if bootverdict were not there")
def unsealed(t):
    for suite in ("trixie", "bookworm"):
        guest = guarded.guest(suite)
        made = f"/var/tmp/unsealed-{suite}.img"
        host.chroot(guest.path, f"mkinitramfs -o {made} {guest.kernel}")
        initrd = t.file(f"unsealed-{suite}.img")
        host.run(["mv", guest.path + made, initrd])
        t.check(not guarded.sealed_entries(initrd), "mkinitramfs alone has sealed")
        with t.vm(guarded.disk(suite), initrd=initrd) as vm:
            vm.login()
            guarded.quiet_console(t, vm)
            log = guarded.kernel_log(vm)
            t.check(len(log) == 1, f"the kernel log: {log}")
            vm.poweroff()


@case("harmless: the kernel says `unpacking failed` while everything is as sealed")
def harmless(t):
    disk = guarded.disk("trixie")
    initrd = guarded.append(disk, t.file("initrd.img"), b"\0" * 512 + b"not an archive" * 40)
    with t.vm(disk, initrd=initrd) as vm:
        vm.login()
        t.sees("unpacking failed", vm.text, "the kernel did not complain")
        t.sees_not("VERDICT", vm.text)
        log = "\n".join(guarded.kernel_log(vm))
        t.sees("(?i)harmless", log)
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "intact", "the report says " + facts["verdict"])
        vm.poweroff()
