# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests with bootverdict, and the words that its screen must have."""

import functools
import json
import os
import re
import shutil
import sys
import threading

from lab import cpio, damage, host, image, tree

sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../reports"))

from keep import keep  # noqa: E402  pylint: disable=wrong-import-position

CORRUPT = "VERDICT: STORAGE CORRUPTION - not a configuration error"
MENU = r"\[r\] reboot"
INTACT = r"bootverdict: intact: \d+ files"
# The prompt of the rescue shell. Its last line is awaited before anything is typed.
RESCUE = r"[#$] "
INSTALLED = ""          # a folder that `make install DESTDIR=` has filled already
installing = threading.Lock()


def installed():
    """The folder of `make install`, made once per run; or the one given by `run --install`."""
    with installing:
        return INSTALLED or make_install()


@functools.lru_cache(maxsize=1)
def make_install():
    """Build, and install into build/dest as a package would."""
    target = os.path.join(host.PROJECT, "build", "dest")
    shutil.rmtree(target, ignore_errors=True)
    host.run(["make", "-C", host.PROJECT, "install", "DESTDIR=" + target])
    return target


def guest(suite, **how):
    """A guest tree with bootverdict, its initrd sealed by its own update-initramfs."""
    return tree.guest(suite, install=installed(), **how)


def disk(suite, **how):
    """The disk of such a guest."""
    return image.build(guest(suite, **how))


def damaged(t, sealed, kind, place, name="initrd"):
    """A damaged copy of a disk's initrd, and the disk that shows the same damage in /boot.

    Returns (initrd, drive) for VM(image, initrd=..., drive=...).
    """
    path = t.file(name + ".img")
    ranges = damage.damage(sealed.initrd, path, kind, place)
    return path, damage.overlay(sealed, path, ranges, t.file(name + ".qcow2"))


def flipped(t, sealed, offset, mask=0x10, name="initrd"):
    """A copy of a disk's initrd with one byte changed at an offset, and its disk."""
    path = t.file(name + ".img")
    shutil.copyfile(sealed.initrd, path)
    with open(path, "r+b") as f:
        f.seek(offset)
        old = f.read(1)[0]
        f.seek(offset)
        f.write(bytes([old ^ mask]))
    return path, damage.overlay(sealed, path, [(offset, 1)], t.file(name + ".qcow2"))


def next_init_gone(sealed, path):
    """Cut the image just behind its uncompressed segments: nothing of main is unpacked."""
    shutil.copyfile(sealed.initrd, path)
    _, start = cpio.plain_members(sealed.initrd)
    with open(path, "r+b") as f:
        size = f.seek(0, 2)
        f.seek(start)
        f.write(bytes(size - start))
    return path


def replace_checker(sealed, path, script, honest=True):
    """Put a shell script in the checker's place, padded to its size.

    honest  the checksum in the guard's config is made right, so that the stub believes it
    """
    shutil.copyfile(sealed.initrd, path)
    checker = cpio.member(path, "bootverdict/bootverdict")
    content = ("#!/bin/sh\n" + script + "\nexit\n").encode().ljust(checker.size, b"#")
    with open(path, "r+b") as f:
        f.seek(checker.data)
        f.write(content)
        if honest:
            config = cpio.member(path, "bootverdict/config")
            f.seek(config.data)
            text = f.read(config.size)
            new = re.sub(rb"(?m)^checker [0-9a-f]{16}", b"checker %016x" % cpio.xxh64(content),
                         text)
            if new == text:
                raise ValueError(f"{path}: no line `checker` in the guard's config: {text!r}")
            f.seek(config.data)
            f.write(new)
    return path


def append(sealed, path, data):
    """A copy of the initrd with bytes behind its end."""
    shutil.copyfile(sealed.initrd, path)
    with open(path, "ab") as f:
        f.write(data)
    return path


def screen(t, vm, timeout=120):
    """Wait for the screen and its menu; check what holds for every screen; return its lines."""
    how, what = vm.outcome({"screen": "VERDICT: [^\n]*\n", "menu": MENU}, timeout)
    t.check(how in ("screen", "menu"), f"no screen, but {how}: {what}")
    if how == "screen":
        vm.expect({"menu": MENU}, 60)
    vm.settle(1.0, 10)
    return screen_lines(t, vm.text[:vm.at])


def screen_lines(t, text):
    """The last screen in a console's text, up to its menu; fails when it does not fit 80x24."""
    start = text.rfind("VERDICT: ")
    t.check(start >= 0, "no line VERDICT on the console")
    lines = text[start:].replace("\r", "").split("\n")
    for line in lines:
        t.check(len(line) <= 80, f"{len(line)} columns: {line!r}")
        t.check(re.fullmatch(r"[ -~]*", line), f"not plain ASCII: {line!r}")
    before = text[:start].replace("\r", "").split("\n")[-4:-1]
    title = 0
    for back, line in enumerate(reversed(before), 1):
        if re.match(r"bootverdict \d", line):
            title = back
    t.check(len(lines) + title <= 24, f"{len(lines) + title} lines do not fit a screen of 24")
    return lines


def corrupt_screen(t, vm, timeout=120):
    """The same, and the verdict is storage corruption."""
    lines = screen(t, vm, timeout)
    t.check(lines[0].rstrip() == CORRUPT, f"the first line is {lines[0]!r}")
    return lines


def rescue_shell(t, vm):
    """Press [s]; check that the shell works and that `bootverdict check` finds the same."""
    vm.send("s")
    vm.expect({"rescue shell": RESCUE}, 30)
    status, output = vm.run("echo $((6 * 7)); ls / >/dev/null", 30, RESCUE)
    t.check(status == 0 and "42" in output, f"the shell does not work: {status} {output}")
    status, output = vm.run("bootverdict check", 120, RESCUE)
    t.check(status == 1, f"`bootverdict check` in the shell: status {status}\n{output}")
    t.sees(r"STORAGE CORRUPTION", output)


def leave_shell(vm):
    """Leave the shell; the menu comes back."""
    vm.send("exit\n")
    vm.expect({"menu again": MENU}, 30)


def report(t, vm):
    """The report in the real system's /run/bootverdict, as a dictionary."""
    t.check(vm.must("cat /run/bootverdict/report.txt"), "no text report")
    return json.loads(keep(vm.must("cat /run/bootverdict/report.json")))


def check_json(vm):
    """`check --json` of the running kernel in a guest: its status, and its report as a dictionary."""
    # By a file: what it says on stderr, and what the kernel says meanwhile, is on the console as well.
    status, _ = vm.run("bootverdict check --json -k $(uname -r) >/run/check.json", 120)
    return status, json.loads(keep(vm.must("cat /run/check.json")))


def kernel_log(vm):
    """The lines of the kernel log that bootverdict wrote."""
    _, lines = vm.run("dmesg | grep -F bootverdict:")
    return lines.split("\n") if lines else []


def said(vm):
    """The console's lines that name bootverdict, the kernel's echo of its command line aside."""
    return [line for line in vm.text[:vm.at].replace("\r", "").split("\n")
            if re.search("(?i)bootverdict|VERDICT", line) and "command line" not in line.lower()]


def quiet_console(t, vm):
    """Nothing on the console has come from bootverdict."""
    t.check(not said(vm), f"on the console of a healthy boot: {said(vm)}")


def sealed_entries(path):
    """The names in the guard of an image, to see whether it has one at all."""
    with open(path, "rb") as f:
        if f.read(6) != b"070701":
            return []
    return [m.name for m in cpio.plain_members(path)[0] if m.name.startswith("bootverdict")]
