# SPDX-License-Identifier: GPL-2.0-or-later
"""Damage at many places, of every kind, in real guests; and healthy rebuilds as the twin.

Writes MATRIX.md beside this file. What was found is kept in build/boot/matrix-*.txt, so that an
interrupted matrix goes on where it was; another build of bootverdict starts anew. A cell of the
table is one of:

    told      the screen with the verdict storage-corruption; the menu answered, the shell worked,
              `bootverdict check` in it came to the same verdict, [r] rebooted
    same      the damage changes nothing of what is unpacked (found by unpacking both images with
              other programs): the guest boots, without a word on the console
    no-op     these bytes hold already what the damage would have put there
    line      the damage lies in the guard itself, nothing else is hit: one line says so, and the
              boot goes on
    words     it lies in the checker as well as in what init needs: the stub's built-in words say
              that it is storage corruption, and no panic
    guard     nothing could be told, and the damage lies in the guard's own headers or stub
    FAILED    anything else
"""

import collections
import concurrent.futures
import os
import re
import shutil
import threading
import time

import guarded
from lab import cpio, damage, host, tree
from lab.suite import Failed, Test, tail
from lab.vm import Unexpected

COMPRESSORS = ("zstd", "gzip")
PLACES = damage.places(21)
BITS_IN_PLAIN = 20
REBUILDS = 10           # per suite
TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "MATRIX.md")
GOOD = ("told", "line", "words", "same", "no-op", "guard")
STUB_WAITS = "This machine now waits"


def guard_parts(path):
    """The byte ranges of a sealed image's guard: (headers and stub, all of its other files)."""
    vital, rest = [], []
    for m in cpio.plain_members(path)[0]:
        vital.append((m.header, m.data))
        own = rest if m.name.startswith("bootverdict/") and m.name != "bootverdict/init" else vital
        own.append((m.data, m.data + m.size))
        if m.name == "bootverdict/guard-end":
            return vital, rest
    raise Failed(path + " has no guard")


def content(path):
    """What the kernel unpacks, without the guard's padding, which nothing reads."""
    seen = cpio.unpacked(path)
    return seen and ([m for m in seen[0] if m[0] != "bootverdict/guard-end"], seen[1])


def hits(ranges, parts):
    """Whether damaged (offset, length) ranges touch (start, end) parts."""
    return any(at < end and start < at + length for at, length in ranges for start, end in parts)


def boot_damaged(test, disk, initrd, ranges):
    """Boot a damaged image; return the table's word for what happened, or raise."""
    vital, rest = guard_parts(disk.initrd)
    drive = damage.overlay(disk, initrd, ranges, test.file("disk.qcow2"))
    with test.vm(disk, initrd=initrd, drive=drive) as vm:
        how, what = vm.outcome({"screen": "VERDICT: [^\n]*\n"}, 180)
        if how == "screen":
            test.check(what == guarded.CORRUPT, what)
            return after_verdict(test, vm, hits(ranges, vital + rest))
        if how == "up":
            vm.expect({"shell": "GUEST# "}, 60)
            lines = guarded.said(vm)
            if lines:
                test.check(len(lines) == 1, f"{len(lines)} lines: {lines}")
                test.check(hits(ranges, vital + rest), f"the guard is whole, but: {lines[0]}")
                return "line"
            before = content(disk.initrd)
            test.check(before is not None, "the healthy image cannot be unpacked")
            test.check(content(initrd) == before,
                       "booted in silence, though what is unpacked differs")
            return "same"
        if hits(ranges, vital):
            return "guard"
        raise Failed(f"{how}: {what}")


def after_verdict(test, vm, guard_hit):
    """Use the menu; or, where the checker itself is damaged, the stub's words stand alone."""
    how, _ = vm.expect({"menu": guarded.MENU, "words": STUB_WAITS}, 60)
    if how == "words":
        test.check(guard_hit, "the stub gave up, though the guard is whole")
        test.sees_not("Kernel panic", vm.settle(2, 10))
        return "words"
    vm.settle(0.5, 5)
    lines = guarded.screen_lines(test, vm.text[:vm.at])
    vm.send("d")
    vm.expect({"details, menu": guarded.MENU}, 60)
    if re.search(r"\[s\] shell", "\n".join(lines)):
        guarded.rescue_shell(test, vm)
        guarded.leave_shell(vm)
    vm.send("r")
    vm.wait_end(30)
    return "told"


class Record:
    """The words of the cells that are done, for this build of bootverdict."""

    def __init__(self):
        key = host.fingerprint(folders=[guarded.installed()])
        self.path = os.path.join(host.RESULTS, f"matrix-{key}.txt")
        self.words = {}
        self.lock = threading.Lock()
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as f:
                self.words = dict(line.rstrip("\n").split("\t") for line in f)

    def add(self, name, word):
        """Keep a word."""
        with self.lock, open(self.path, "a", encoding="utf-8") as f:
            f.write(f"{name}\t{word}\n")


class Cell:
    """One boot of the matrix."""

    def __init__(self, suite, compress, kind, place):
        self.suite, self.compress, self.kind, self.place = suite, compress, kind, place
        self.name = f"{suite} {compress} {kind} {100 * place:.1f} %"
        self.word, self.reason, self.seconds = "", "", 0.0

    def run(self):
        """Damage, boot, judge."""
        start = time.monotonic()
        test = Test("matrix " + self.name)
        disk = guarded.disk(self.suite, compress=self.compress)
        initrd = test.file("initrd.img")
        try:
            if self.kind == "plain-bit":
                ranges = [self.flip_in_plain(disk.initrd, initrd)]
            else:
                ranges = damage.damage(disk.initrd, initrd, self.kind, self.place)
            self.word = boot_damaged(test, disk, initrd, ranges)
        except damage.Harmless:
            self.word = "no-op"
        except (Failed, Unexpected, host.CommandFailed) as e:
            self.word, self.reason = "FAILED", str(e)
            if test.guests:
                self.reason += "\n" + "\n".join(tail(test.guests[-1].transcript))
        test.sweep()
        if self.word in GOOD:
            shutil.rmtree(test.folder)
        self.seconds = time.monotonic() - start
        return self

    def flip_in_plain(self, source, target):
        """Flip one bit inside a kernel module of the plain segment; return its range."""
        modules = [m for m in cpio.plain_members(source)[0] if m.name.endswith(".ko.xz")]
        total = sum(m.size for m in modules)
        at = int(total * self.place)
        for m in modules:
            if at < m.size:
                break
            at -= m.size
        shutil.copyfile(source, target)
        with open(target, "r+b") as f:
            f.seek(m.data + at)
            old = f.read(1)[0]
            f.seek(m.data + at)
            f.write(bytes([old ^ 1 << at % 8]))
        return m.data + at, 1


def cells():
    """All boots with damage."""
    for suite in tree.SUITES:
        for compress in COMPRESSORS:
            for kind in damage.KINDS:
                for place in PLACES:
                    yield Cell(suite, compress, kind, place)
    for place in damage.places(BITS_IN_PLAIN):
        yield Cell("trixie", "zstd", "plain-bit", place)


def healthy(suite):
    """Rebuild in a chroot and boot, again and again; return the false words that were heard."""
    test = Test("matrix healthy " + suite)
    guest = guarded.guest(suite)
    disk = guarded.disk(suite)
    own = test.file("tree")
    os.mkdir(own)
    tree.copy(guest.path, own, trim=False)
    false = []
    for number in range(REBUILDS):
        log = host.chroot(own, f"echo {number} >/etc/initramfs-tools/rebuild; "
                               "update-initramfs -u -k all 2>&1")
        if re.search("(?i)corrupt|error|fail|did not", log):
            false.append(log)
        with test.vm(disk, initrd=f"{own}/boot/initrd.img-{guest.kernel}") as vm:
            vm.login()
            false += guarded.said(vm)
            if not re.search(guarded.INTACT, "\n".join(guarded.kernel_log(vm))):
                false.append("no `intact` in the kernel log")
            vm.poweroff()
    shutil.rmtree(test.folder)
    return false


def main(pattern, jobs):
    """Run the matrix; write the table (only when the whole matrix was asked for)."""
    start = time.monotonic()
    os.makedirs(host.RESULTS, exist_ok=True)
    record = Record()
    wanted = [c for c in cells() if re.search(pattern, c.name)]
    for cell in wanted:
        cell.word = record.words.get(cell.name, "")
    left = [c for c in wanted if not c.word]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for number, cell in enumerate(pool.map(Cell.run, left), len(wanted) - len(left) + 1):
            if cell.word in GOOD:
                record.add(cell.name, cell.word)
            print(f"{number}/{len(wanted)} {cell.name}: {cell.word} ({cell.seconds:.0f} s)",
                  flush=True)
            if cell.word == "FAILED":
                print("\n".join("#   " + line for line in cell.reason.split("\n")), flush=True)
        suites = [s for s in tree.SUITES if re.search(pattern, "healthy " + s)]
        false = dict(zip(suites, pool.map(healthy, suites)))
    for suite, words in false.items():
        print(f"healthy {suite}: {REBUILDS} rebuilds and boots, {len(words)} false words {words}")
    bad = sum(c.word == "FAILED" for c in wanted) + sum(map(len, false.values()))
    print(f"{len(wanted) + REBUILDS * len(false) - bad} passed, {bad} failed "
          f"({time.monotonic() - start:.0f} s)")
    if not pattern:
        host.put(TABLE, table(wanted, false))
    return 1 if bad else 0


def table(done, false):
    """MATRIX.md."""
    words = collections.Counter(c.word for c in done)
    out = ["<!-- SPDX-License-Identifier: GPL-2.0-or-later -->", "# Damage matrix", "",
           "Written by `make check-matrix` (tests/boot/run --matrix): real Debian guests, their",
           "initrd damaged before the boot, driven over the serial console.", "",
           f"{len(done)} boots: " + ", ".join(f"{n} {w}" for w, n in words.most_common()) + ".",
           ""]
    out += ["| word | meaning |", "|---|---|"] + meanings() + [""]
    groups = collections.defaultdict(dict)
    for c in done:
        groups[c.suite, c.compress, c.kind][c.place] = c.word
    for (suite, compress, kind), row in groups.items():
        where = " of its kernel modules' plain segment" if kind == "plain-bit" else ""
        out += [f"**{suite}, {compress}, {kind}**{where}: " + spans(row), ""]
    out += ["## Healthy twins", ""]
    for suite, heard in false.items():
        out.append(f"- {suite}: {REBUILDS} rebuilds and boots, {len(heard)} false words")
    failed = [c for c in done if c.word in ("FAILED", "guard")]
    if failed:
        out += ["", "## Not told", ""]
        out += [f"- {c.name}: {c.word} {first_line(c.reason)}".rstrip() for c in failed]
    return "\n".join(out) + "\n"


def first_line(text):
    """The first line of a reason."""
    return text.split("\n", 1)[0]


def meanings():
    """The words of this module's page as rows of a table."""
    block = __doc__.split("one of:\n\n", 1)[1]
    rows = re.findall(r"    (\S+)\s+((?:.|\n {14})+)", block)
    return [f"| {word} | {' '.join(text.split())} |" for word, text in rows]


def spans(row):
    """"told 0.1-35.0 %, same 40.0 %, ...": neighbours with the same word are joined."""
    out = []
    for place, word in sorted(row.items()):
        if out and out[-1][0] == word:
            out[-1][2] = place
        else:
            out.append([word, place, place])
    return ", ".join(f"{w} {100 * a:.1f} %" if a == b else f"{w} {100 * a:.1f} to {100 * b:.1f} %"
                     for w, a, b in out)
