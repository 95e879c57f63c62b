# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests whose root is inside LUKS: what they say before the passphrase is asked for, when it was
refused, and when what it opened is not there any more."""

import re

import guarded
import luksguest
from lab import host, image, lvm, tree
from lab.suite import case
from lab.vm import LUKS

TOLD = r"bootverdict: /dev/\S+: LUKS header and keyslots? [0-9 and]+ as sealed"
SHELL = r"\(initramfs\) "
UNCLEAR = "VERDICT: INCONCLUSIVE - there is not enough evidence"
JSON = luksguest.HEADER + 100


def screen_before_prompt(t, vm, first=guarded.CORRUPT):
    """The screen comes, and no prompt before it; its words as one line each, wrapped or not."""
    how, what = vm.outcome({"screen": "VERDICT: [^\n]*\n", "prompt": LUKS}, 120)
    t.check(how == "screen", f"{how} before the screen: {what}")
    vm.expect({"menu": guarded.MENU}, 60)
    vm.settle(1.0, 10)
    lines = guarded.screen_lines(t, vm.text[:vm.at])
    t.check(lines[0].rstrip() == first, f"the first line is {lines[0]!r}")
    return words(lines)


def screen_after_failure(t, vm, timeout=200):
    """The screen that comes instead of a bare rescue shell; the shell is there all the same."""
    how, what = vm.outcome({"screen": "VERDICT: [^\n]*\n"}, timeout)
    t.check(how == "screen", f"{how} before the screen: {what}")
    vm.expect({"rescue shell": SHELL}, 60)
    text = vm.text[:vm.at]
    lines = guarded.screen_lines(t, text[:text.rindex("The initramfs gives a shell on its console")])
    status, output = vm.run("echo $((6 * 7)); test -s /run/bootverdict/report.txt", 30, SHELL)
    t.check(status == 0 and "42" in output, f"the shell does not work: {status} {output}")
    return lines[0].rstrip(), words(lines)


def words(lines):
    """The words of a screen, independent of where its lines are broken."""
    return " ".join(" ".join(lines).split())


def findings(facts):
    """The ids of a report's findings."""
    return [f["id"] for f in facts["findings"]]


def boots_silently(t, sealed, kind="luks2", devices=1):
    """A healthy boot: silence on the console, one line per device in the kernel log."""
    with t.vm(sealed) as vm:
        luksguest.start(vm, kind)
        guarded.quiet_console(t, vm)
        vm.login()
        guarded.quiet_console(t, vm)
        log = guarded.kernel_log(vm)
        t.check(len(log) == 1 + devices, f"{len(log)} lines in the kernel log: {log}")
        t.sees(guarded.INTACT, log[0])
        for line in log[1:]:
            t.sees(TOLD, line)
            t.note(line)
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "intact", "the report says " + facts["verdict"])
        kinds = sorted(a["kind"] for a in facts["artifacts"])
        t.check(kinds == ["content"] + ["luks"] * devices, f"the report is about {kinds}")
        left = vm.must("findmnt -rno TARGET; ls -d /bootverdict 2>/dev/null || true")
        t.sees_not("bootverdict", left, "left behind")
        vm.poweroff()


def keyslot_damaged(t, sealed, offset, header="/dev/vda3", base=None):
    """Keyslot 0 is named before the prompt; its passphrase is refused, that of keyslot 1 opens."""
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, offset, base)], base=base)
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees(re.escape(f"{header} (root_crypt): The key material of keyslot 0 is damaged"), shown)
        t.sees("passphrase of keyslot 1 still opens the disk", shown)
        t.sees("one bit flipped", shown)
        t.sees(f"luksKillSlot {header} 0", shown)
        t.sees_not("open in a running system|open container", shown, "nothing is open here")
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


def refused_three_times(t, sealed):
    """A wrong passphrase while all is as sealed: that is said, once, and the right one opens."""
    with t.vm(sealed) as vm:
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


def layers(kind, uuid, *above):
    """The lines of a record about what stands on the root's LUKS device."""
    return [f"layer crypt {tree.CRYPT_NAME} "] + list(above) + [f"layer {kind}  {uuid}"]


@case("LUKS: healthy: one line in the kernel log, and silence before the prompt")
def healthy(t):
    sealed = luksguest.disk()
    found = luksguest.record(sealed)
    t.check(found[1:] == layers("ext4", tree.ROOT_UUID), f"sealed by itself: {found}")
    t.sees(f"^luks 2 {tree.LUKS_UUID} UUID={tree.LUKS_UUID} /dev/", found[0])
    boots_silently(t, sealed)


@case("LUKS: one bit in keyslot 0: the screen before the prompt names keyslot 1, which opens it")
def keyslot_bit(t):
    keyslot_damaged(t, luksguest.disk(), luksguest.SLOTS + 100_000)


@case("LUKS: both headers bad: the screen before the prompt; the shell, and reboot")
def both_headers(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON),
                                       luksguest.flipped(sealed, luksguest.COPY + JSON)])
    before = luksguest.digest(drive, sealed.root_offset, luksguest.DATA)
    with t.vm(sealed, drive=drive, keep=True) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees(r"/dev/vda3 \(root_crypt\): Both copies of the LUKS2 header are damaged", shown)
        t.sees("luksHeaderRestore", shown)
        t.sees_not("open in a running system|open container", shown, "nothing is open here")
        vm.send("s")
        vm.expect({"rescue shell": guarded.RESCUE}, 30)
        status, output = vm.run("bootverdict luks /dev/vda3", 60, guarded.RESCUE)
        t.check(status == 1, f"`bootverdict luks` in the shell: status {status}\n{output}")
        guarded.leave_shell(vm)
        vm.send("r")
        vm.wait_end(30)
    after = luksguest.digest(drive, sealed.root_offset, luksguest.DATA)
    t.check(before == after, "the header area was written to")


def is_gone(t, patches, now, first=guarded.CORRUPT):
    """The screen when the header is overwritten; the device is found by its key material."""
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, patches)
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm, first)
        t.sees(r"/dev/vda3 \(root_crypt\): The LUKS header that was sealed is not there any more; "
               f"where it began there is now: {now}", shown)
        t.sees("luksHeaderRestore", shown)
        vm.send("r")
        vm.wait_end(30)


@case("LUKS: the header is gone, zeros instead: the device is found by its key material", long=True)
def header_zeroed(t):
    is_gone(t, [(0, bytes(luksguest.SLOTS))], "zeros")


@case("LUKS: the header is gone, a file system's signature instead: that is named",
      long=True)
def header_replaced(t):
    fresh = t.file("fresh.raw")
    with open(fresh, "wb") as f:
        f.truncate(64 << 20)
    host.run(["mke2fs", "-q", "-t", "ext4", "-F", fresh])
    with open(fresh, "rb") as f:
        start = f.read(luksguest.SLOTS)
    is_gone(t, [(0, start)], ".*ext", UNCLEAR)


@case("LUKS: swap space where the first copy was: asked before the prompt which of them is wanted",
      long=True)
def swap_beside(t):
    fresh = t.file("fresh.raw")
    with open(fresh, "wb") as f:
        f.truncate(64 << 20)
    host.run(["mkswap", "-q", fresh])
    with open(fresh, "rb") as f:
        start = f.read(luksguest.HEADER)
    sealed = luksguest.unrecorded()
    drive = luksguest.hurt(t, sealed, [(0, start)])
    before = luksguest.digest(drive, sealed.root_offset, luksguest.DATA)
    with t.vm(sealed, drive=drive, keep=True) as vm:
        shown = screen_before_prompt(t, vm, UNCLEAR)
        t.sees(r"/dev/vda3 \(root_crypt\): Swap space lies where the first copy of a LUKS2? header "
               "was, and the second copy is good", shown)
        t.sees(r"1\. Which of the two shall it be\? When it is swap space now", shown)
        t.sees("no cryptsetup repair yet, which writes over swap space", shown)
        t.sees_not("CORRUPTION", shown)
        vm.send("r")
        vm.wait_end(30)
    after = luksguest.digest(drive, sealed.root_offset, luksguest.DATA)
    t.check(before == after, "the header area was written to")


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


@case("LUKS: sealed in a chroot: healthy: one line in the kernel log, and silence", long=True)
def unrecorded_healthy(t):
    with t.vm(luksguest.unrecorded()) as vm:
        luksguest.start(vm)
        guarded.quiet_console(t, vm)
        vm.login()
        guarded.quiet_console(t, vm)
        log = guarded.kernel_log(vm)
        t.check(len(log) == 2, f"{len(log)} lines in the kernel log: {log}")
        t.sees(guarded.INTACT, log[0])
        t.sees("/dev/vda3: LUKS header sound in itself, never sealed", log[1])
        facts = guarded.report(t, vm)
        t.check(facts["verdict"] == "intact", "the report says " + facts["verdict"])
        vm.poweroff()


@case("LUKS: sealed in a chroot: both headers zeroed: inconclusive, with the disk that may be it",
      long=True)
def unrecorded_zeroed(t):
    sealed = luksguest.unrecorded()
    drive = luksguest.hurt(t, sealed, [(0, bytes(luksguest.SLOTS))])
    with t.vm(sealed, drive=drive) as vm:
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict == UNCLEAR, f"the first line is {verdict!r}")
        t.sees("No LUKS header is where crypttab says, nor one with that UUID on another disk", shown)
        t.sees(r"May have been it: /dev/vda3 \(nothing known at its start\)\. Keep it as it is", shown)
        t.sees_not("CONFIGURATION ERROR|STORAGE CORRUPTION", vm.text)


@case("LUKS: sealed in a chroot: a bad copy and an overwritten keyslot: the screen before the prompt")
def unrecorded_damaged(t):
    sealed = luksguest.unrecorded()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON),
                                       (luksguest.SLOTS + 8192, bytes(4096))])
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees(r"/dev/vda3 \(root_crypt\): The first copy of the LUKS2 header is damaged", shown)
        t.sees(r"/dev/vda3 \(root_crypt\): The key material of keyslot 0 was overwritten", shown)
        t.sees(r"\[c\] go on to the prompt", shown)


@case("LUKS: sealed in a chroot: one copy of the header bad: a warning before the prompt, no stop",
      long=True)
def unrecorded_copy(t):
    sealed = luksguest.unrecorded()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON)])
    with t.vm(sealed, drive=drive) as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        t.sees(r"bootverdict: WARNING: /dev/vda3: The first copy of the LUKS2 header is damaged",
               vm.text[:vm.at])
        vm.login()
        facts = guarded.report(t, vm)
        t.check("BV-LUKS-COPY" in findings(facts), f"the report has {findings(facts)}")


@case("LUKS: sealed in a chroot, and root= names the device itself: examined as crypttab's are",
      long=True)
def unrecorded_root(t):
    sealed = luksguest.unrecorded()
    # An empty cryptopts= takes crypttab back for one boot.
    options = "root=/dev/vda3 cryptopts="
    drive = luksguest.hurt(t, sealed, [(luksguest.SLOTS + 8192, bytes(4096))])
    with t.vm(sealed, drive=drive, options=options) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees(r"/dev/vda3: The key material of keyslot 0 was overwritten", shown)
    with t.vm(sealed, options=options) as vm:
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict.startswith("VERDICT: CONFIGURATION ERROR"), f"the first line is {verdict!r}")
        t.sees("nothing tells this initramfs to unlock it", shown)
        t.sees("root= names the LUKS device itself", shown)


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
        t.sees("e2fsck -b 32768 -B 4096 IMAGE", shown)


@case("LUKS: a wrong passphrase, three times and again: header and keyslots are as sealed")
def wrong_passphrase(t):
    refused_three_times(t, luksguest.disk())


@case("LUKS: refused until the initramfs gives up: scripts/panic says that it is the passphrase",
      long=True)
def given_up(t):
    with t.vm(luksguest.disk()) as vm:
        for _ in range(60):
            how, what = vm.outcome({"prompt": LUKS, "screen": "VERDICT: [^\n]*\n"}, 120)
            if how == "screen":
                break
            t.check(how == "prompt", f"{how} instead of a prompt: {what}")
            vm.send("wrong\n")
        vm.at = vm.text.rindex("VERDICT: ")
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict.startswith("VERDICT: CONFIGURATION ERROR"), f"the first line is {verdict!r}")
        t.sees("It was not unlocked, and the LUKS header and keyslots 0 and 1 are as sealed", shown)
        t.sees(r"cryptsetup open /dev/vda3 root_crypt", shown)


@case("LUKS: panic=: one damaged keyslot of two does not keep the machine from booting", long=True)
def panic_slot(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000)])
    with t.vm(sealed, drive=drive, options="panic=5") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        luksguest.unlock(vm, luksguest.SECOND)
        t.sees_not(guarded.MENU, vm.text[:vm.at], "a menu where panic= forbids it")
        vm.login()
        vm.poweroff()


@case("LUKS: panic=: nothing can unlock it: the report, no menu, no shell, no prompt, a reboot")
def panic_lost(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, JSON),
                                       luksguest.flipped(sealed, luksguest.COPY + JSON)])
    with t.vm(sealed, drive=drive, options="panic=5") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        vm.wait_end(60)
        t.sees_not(LUKS + "|" + guarded.MENU + "|" + SHELL + "|BusyBox", vm.text, "it went on")


@case("LUKS: panic=: the superblock inside is gone: no menu, no shell, a reboot", long=True)
def panic_inside(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [(luksguest.DATA, bytes(range(256)) * 16)])
    with t.vm(sealed, drive=drive, options="panic=5") as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        vm.wait_end(240)
        t.sees_not(guarded.MENU + "|" + SHELL + "|BusyBox", vm.text, "a shell")


@case("LUKS: bootverdict=off says nothing about a damaged keyslot", long=True)
def policy_off(t):
    sealed = luksguest.disk()
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000)])
    with t.vm(sealed, drive=drive, options="bootverdict=off") as vm:
        luksguest.unlock(vm, luksguest.SECOND)
        vm.login()
        guarded.quiet_console(t, vm)
        vm.poweroff()


@case("LUKS: root= names what is not there: inconclusive, with the list of what is",
      long=True)
def wrong_root(t):
    with t.vm(luksguest.disk(), options="root=/dev/mapper/other") as vm:
        luksguest.unlock(vm, image.PASSPHRASE)
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict.startswith("VERDICT: INCONCLUSIVE"), f"the first line is {verdict!r}")
        t.sees("/dev/mapper/other, which root= names, does not exist", shown)
        t.sees("sealed, or a copy of it, is there: /dev/mapper/root_crypt", shown)
        t.sees("/dev/mapper/root_crypt: ext4 " + tree.ROOT_UUID, shown)


@case("LUKS1: healthy: one line in the kernel log, and silence before the prompt", long=True)
def luks1_healthy(t):
    sealed = luksguest.disk(kind="luks1")
    found = luksguest.record(sealed)
    t.check(found[1:] == layers("ext4", tree.ROOT_UUID), f"sealed by itself: {found}")
    t.sees("^luks 1 ", found[0])
    boots_silently(t, sealed)


@case("LUKS1: one bit in keyslot 0: the screen before the prompt names keyslot 1, which opens it",
      long=True)
def luks1_keyslot(t):
    keyslot_damaged(t, luksguest.disk(kind="luks1"), luksguest.LUKS1_SLOT + 100_000)


@case("LUKS1: a wrong passphrase, three times and again: header and keyslots are as sealed",
      long=True)
def luks1_wrong_passphrase(t):
    refused_three_times(t, luksguest.disk(kind="luks1"))


@case("LUKS: Debian bookworm: healthy: silence before the prompt", long=True)
def bookworm_healthy(t):
    boots_silently(t, luksguest.disk("bookworm"))


@case("LUKS: Debian bookworm: one bit in keyslot 0: the screen names keyslot 1, which opens it",
      long=True)
def bookworm_keyslot(t):
    keyslot_damaged(t, luksguest.disk("bookworm"), luksguest.SLOTS + 100_000)


@case("LUKS with LVM inside, and a second device: both sealed by themselves, and silence",
      long=True)
def lvm_healthy(t):
    sealed = luksguest.disk(kind="lvm")
    found = luksguest.record(sealed)
    name = f"{tree.LVM_GROUP}/{tree.LVM_VOLUME}"
    uuid = "LVM-" + lvm.identity(tree.LVM_GROUP) + lvm.identity(tree.LVM_VOLUME)
    wanted = layers("ext4", tree.ROOT_UUID, f"layer lvm {name} {uuid}")
    t.check(found[1:1 + len(wanted)] == wanted, f"sealed by itself: {found}")
    rest = found[1 + len(wanted):]
    t.sees(f"^luks 2 {tree.SWAP_UUID} ", rest[0])
    t.check(rest[1] == f"layer crypt {luksguest.SWAP}", f"the second device: {rest}")
    boots_silently(t, sealed, "lvm", devices=2)


@case("LUKS with LVM inside: its label is gone: it was unlocked, and that link is named",
      long=True)
def lvm_label(t):
    sealed = luksguest.disk(kind="lvm")
    drive = luksguest.hurt(t, sealed, [(luksguest.DATA, bytes(range(256)) * 16)])
    with t.vm(sealed, drive=drive) as vm:
        luksguest.start(vm, "lvm")
        verdict, shown = screen_after_failure(t, vm)
        t.check(verdict == guarded.CORRUPT, f"the first line is {verdict!r}")
        t.sees("The passphrase was right and root_crypt was unlocked, but the LVM physical volume "
               "inside it has lost its label", shown)
        t.sees(r"root_crypt \(open\) > lvm guest-vg/root \(NO LABEL\) > ext4 \(not reached\)",
               shown)
        t.sees("It is not: the passphrase", shown)


@case("LUKS: a second device's keyslot is damaged: the screen names that device, not the root's",
      long=True)
def second_device(t):
    sealed = luksguest.disk(kind="lvm")
    base = sealed.extra_offset
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000, base)],
                           base=base)
    with t.vm(sealed, drive=drive) as vm:
        shown = screen_before_prompt(t, vm)
        t.sees(r"/dev/vda4 \(swap_crypt\): The key material of keyslot 0 is damaged", shown)
        t.sees("No other keyslot is left", shown)
        t.sees_not("vda3|root_crypt", shown, "the root's device is accused")
        vm.send("c")
        luksguest.unlock(vm, image.PASSPHRASE, name=tree.CRYPT_NAME)
        vm.expect({"unlocked": "root_crypt: set up successfully"}, 60)
        luksguest.unlock(vm, image.PASSPHRASE, name=luksguest.SWAP)
        vm.expect({"refused": "No key available"}, 60)


@case("LUKS: panic=: a second device that nothing opens does not keep the root from booting",
      long=True)
def second_device_panic(t):
    sealed = luksguest.disk(kind="lvm")
    base = sealed.extra_offset
    drive = luksguest.hurt(t, sealed, [luksguest.flipped(sealed, luksguest.SLOTS + 100_000, base)],
                           base=base)
    with t.vm(sealed, drive=drive, options="panic=5") as vm:
        vm.expect({"screen": guarded.CORRUPT}, 120)
        luksguest.unlock(vm, image.PASSPHRASE, name=tree.CRYPT_NAME)
        t.sees_not(guarded.MENU, vm.text[:vm.at], "a menu where panic= forbids it")
        for _ in range(3):
            luksguest.unlock(vm, image.PASSPHRASE, name=luksguest.SWAP)
            vm.expect({"refused": "No key available"}, 60)
        vm.login()
        vm.poweroff()


@case("LUKS, header on a partition of its own: sealed by itself, and silence", long=True)
def detached_healthy(t):
    sealed = luksguest.disk(kind="detached")
    found = luksguest.record(sealed)
    t.check("header /dev/disk/by-partlabel/extra" in found, f"sealed by itself: {found}")
    boots_silently(t, sealed, "detached")


@case("LUKS, header on a partition of its own: one bit in keyslot 0: the screen before the prompt",
      long=True)
def detached_keyslot(t):
    sealed = luksguest.disk(kind="detached")
    keyslot_damaged(t, sealed, luksguest.SLOTS + 100_000, "/dev/disk/by-partlabel/extra",
                    sealed.extra_offset)
