# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests whose root is inside LUKS: what they say before the passphrase is asked for, when it was
refused, and when what it opened is not there any more."""

import guarded
import luksguest
from lab import image, tree
from lab.suite import case
from lab.vm import LUKS

TOLD = r"bootverdict: /dev/vda3: LUKS header and keyslots 0 and 1 as sealed"
SHELL = r"\(initramfs\) "
JSON = luksguest.HEADER + 100


def screen_before_prompt(t, vm):
    """The screen comes, and no prompt before it; its words as one line each, wrapped or not."""
    how, what = vm.outcome({"screen": "VERDICT: [^\n]*\n", "prompt": LUKS}, 120)
    t.check(how == "screen", f"{how} before the screen: {what}")
    vm.expect({"menu": guarded.MENU}, 60)
    vm.settle(1.0, 10)
    lines = guarded.screen_lines(t, vm.text[:vm.at])
    t.check(lines[0].rstrip() == guarded.CORRUPT, f"the first line is {lines[0]!r}")
    return words(lines)


def screen_after_failure(t, vm, timeout=200):
    """The screen that comes instead of a bare rescue shell; the shell is there all the same."""
    how, what = vm.outcome({"screen": "VERDICT: [^\n]*\n"}, timeout)
    t.check(how == "screen", f"{how} before the screen: {what}")
    vm.expect({"rescue shell": SHELL}, 60)
    text = vm.text[:vm.at]
    lines = guarded.screen_lines(t, text[:text.rindex("The initramfs gives a shell below")])
    status, output = vm.run("echo $((6 * 7)); test -s /run/bootverdict/report.txt", 30, SHELL)
    t.check(status == 0 and "42" in output, f"the shell does not work: {status} {output}")
    return lines[0].rstrip(), words(lines)


def words(lines):
    """The words of a screen, independent of where its lines are broken."""
    return " ".join(" ".join(lines).split())


def findings(facts):
    """The ids of a report's findings."""
    return [f["id"] for f in facts["findings"]]


@case("LUKS: healthy: one line in the kernel log, and silence before the prompt")
def healthy(t):
    with t.vm(luksguest.disk()) as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        guarded.quiet_console(t, vm)
        vm.login()
        guarded.quiet_console(t, vm)
        log = guarded.kernel_log(vm)
        t.check(len(log) == 2, f"{len(log)} lines in the kernel log: {log}")
        t.sees(guarded.INTACT, log[0])
        t.sees(TOLD, log[1])
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "intact", "the report says " + facts["verdict"])
        kinds = sorted(a["kind"] for a in facts["artifacts"])
        t.check(kinds == ["content", "luks"], f"the report is about {kinds}")
        left = vm.must("findmnt -rno TARGET; ls -d /bootverdict 2>/dev/null || true")
        t.sees_not("bootverdict", left, "left behind")
        vm.poweroff()
    t.note(log[1])


@case("LUKS: one bit in keyslot 0: the screen before the prompt names keyslot 1, which opens it")
def keyslot_bit(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000)])
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees("keyslot 0 is damaged", shown)
        t.sees("passphrase of keyslot 1 still opens the disk", shown)
        t.sees("one bit flipped", shown)
        t.sees(r"luksKillSlot /dev/vda3 0", shown)
        t.sees(r"\[c\] go on to the prompt", shown)
        vm.send("c")
        luksguest.unlock(vm, image.PASSPHRASE)
        vm.expect({"refused": "No key available"}, 60)
        luksguest.unlock(vm, luksguest.SECOND)
        vm.login()
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "storage-corruption", "the report says " + facts["verdict"])
        t.check("BV-LUKS-KEYSLOT" in findings(facts), f"the report has {findings(facts)}")
        t.check(any(a["kind"] == "content" for a in facts["artifacts"]),
                "the first stage's report was replaced")
        vm.poweroff()


@case("LUKS: both headers bad: the screen before the prompt; the shell, and reboot")
def both_headers(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON),
                                       luksguest.flipped(sealed, luksguest.COPY + JSON)])
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees("Both copies of the LUKS2 header are damaged", shown)
        t.sees("luksHeaderRestore", shown)
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)
        status, output = vm.run("bootverdict luks /dev/vda3", 60, guarded.RESCUE)
        t.check(status == 1, f"`bootverdict luks` in the shell: status {status}\n{output}")
        guarded.leave_shell(vm)
        vm.send("r")
        vm.wait_end(30)


@case("LUKS: the header is gone: the device is found by its key material")
def header_gone(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [(0, bytes(luksguest.SLOTS))])
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees("LUKS header that was sealed is not there any more", shown)
        t.sees("zero", shown)
        vm.send("r")
        vm.wait_end(30)


@case("LUKS: one copy of the header bad: a warning, no stop, and the evidence outlives the repair")
def one_copy(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON)])
    with t.vm(sealed, drive=drive) as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        t.sees(r"bootverdict: WARNING: /dev/vda3: The first copy of the LUKS2 header is damaged",
               vm.text[:vm.at])
        t.sees_not(guarded.MENU, vm.text[:vm.at])
        vm.login()
        facts = guarded.report(t, vm)
        t.check("BV-LUKS-COPY" in findings(facts), f"the report has {findings(facts)}")
        _, now = vm.run("bootverdict luks /dev/vda3", 60)
        t.sees_not("BV-LUKS-COPY", now, "cryptsetup has not repaired it: this test proves nothing")
        vm.poweroff()


@case("LUKS: the superblock inside is gone: it was unlocked, and that link is named")
def superblock_inside(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [(luksguest.DATA, bytes(range(256)) * 16)])
    with t.vm(sealed, drive=drive) as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        vm.expect({"unlocked": "set up successfully"}, 60)
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict == guarded.CORRUPT, f"the first line is {verdict!r}")
        t.sees("root_crypt was unlocked, but the ext4 inside it has no superblock any more", shown)
        t.sees(r"root_crypt \(open\) > ext4 \(NO SUPERBLOCK\)", shown)
        t.sees("e2fsck -b 32768 -B 4096 /dev/mapper/root_crypt", shown)


@case("LUKS: a wrong passphrase, three times and again: header and keyslots are as sealed")
def wrong_passphrase(t):
    with t.vm(luksguest.disk()) as vm:
        for _ in range(3):
            luksguest.unlock(vm, "wrong")
            vm.expect({"refused": "No key available"}, 60)
        t.sees_not("bootverdict:|VERDICT", vm.text[:vm.at])
        vm.expect({"told": r"bootverdict: /dev/vda3: It was not unlocked, and the LUKS header and "
                           r"keyslots 0 and 1 are as sealed, byte for byte: it is the passphrase or "
                           r"the keyboard layout\."}, 60)
        told = vm.at
        luksguest.unlock(vm, "wrong again")
        vm.expect({"refused": "No key available"}, 60)
        luksguest.unlock(vm, image.PASSPHRASE)
        vm.login()
        t.sees_not("It was not unlocked", vm.text[told:], "told twice")
        vm.poweroff()


@case("LUKS: panic=: one damaged keyslot of two does not keep the machine from booting")
def panic_slot(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000)])
    with t.vm(sealed, drive=drive, options="panic=5") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        luksguest.unlock(vm, luksguest.SECOND)
        t.sees_not(guarded.MENU, vm.text[:vm.at], "a menu where panic= forbids it")
        vm.login()
        vm.poweroff()


@case("LUKS: panic=: nothing can unlock it: the report, and a reboot", long=True)
def panic_lost(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON),
                                       luksguest.flipped(sealed, luksguest.COPY + JSON)])
    with t.vm(sealed, drive=drive, options="panic=5") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        vm.wait_end(60)
        t.sees_not(LUKS + "|" + guarded.MENU, vm.text, "it went on")


@case("LUKS: bootverdict=off says nothing about a damaged keyslot", long=True)
def policy_off(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000)])
    with t.vm(sealed, drive=drive, options="bootverdict=off") as vm:
        luksguest.unlock(vm, luksguest.SECOND)
        vm.login()
        guarded.quiet_console(t, vm)
        vm.poweroff()


@case("LUKS: root= names what is not there: a configuration error, with the list of what is",
      long=True)
def wrong_root(t):
    with t.vm(luksguest.disk(), options="root=/dev/mapper/other") as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict.startswith("VERDICT: CONFIGURATION ERROR"), f"the first line is {verdict!r}")
        t.sees("/dev/mapper/other, which root= names, does not exist", shown)
        t.sees("/dev/mapper/root_crypt: ext4 " + tree.ROOT_UUID, shown)
