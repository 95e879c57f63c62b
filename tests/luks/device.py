# SPDX-License-Identifier: GPL-2.0-or-later
"""A LUKS device that was made by one of the generators and sealed in a system of its own."""

import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(HERE, "../reports"))

from keep import keep  # noqa: E402  pylint: disable=wrong-import-position

BUILD = os.path.join(HERE, "../../build")
BOOTVERDICT = os.environ.get("BOOTVERDICT", os.path.join(BUILD, "bootverdict"))
# The same with the distribution's libc, so that reads can be made to fail.
SHARED = os.path.join(BUILD, "shared/bootverdict")
EIO = os.path.join(BUILD, "luks-eio.so")
KVER = "6.1.0-test"
VERDICTS = {0: "intact", 1: "storage-corruption", 3: "config-error", 4: "stale",
            5: "inconclusive"}
CHUNK = 1 << 20
# A command that sees damage waits and looks again: most of the time nobody computes.
WORKERS = 2 * (os.cpu_count() or 1)


class Wrong(Exception):
    """Another answer than the right one."""


def script(name, *arguments):
    """Run one of the scripts beside this file; one of this language in this process."""
    path = os.path.join(HERE, name)
    with open(path, encoding="utf-8") as f:
        text = f.read()
    if "python" in text[:text.index("\n")]:
        old, sys.argv = sys.argv, [path, *map(str, arguments)]
        try:
            exec(compile(text, path, "exec"), {"__name__": "__main__"})  # pylint: disable=W0122
        finally:
            sys.argv = old
        return
    done = subprocess.run([path, *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stdout.decode(errors='replace')}")


def longest_first(kinds):
    """Those with many keyslots take long, and shall not be left to the end."""
    return sorted(kinds, key=lambda kind: "all-slots" not in kind)


class Report:
    """What one command said."""

    def __init__(self, run):
        if run.returncode not in VERDICTS:
            raise Wrong(f"status {run.returncode}: {run.stdout.decode(errors='replace')[:500]}")
        self.exit = run.returncode
        self.json = json.loads(keep(run.stdout))
        if (self.json["exit"], self.json["verdict"]) != (self.exit, VERDICTS[self.exit]):
            raise Wrong(f"exit code {self.exit}, but {self.json['verdict']} in the report")
        self.findings = self.json["findings"]
        self.ids = {f["id"] for f in self.findings}

    def slots(self):
        """The keyslots that it calls damaged."""
        return sorted(f["evidence"]["keyslot"] for f in self.findings
                      if f["id"] == "BV-LUKS-KEYSLOT")

    def stale(self):
        """The keyslots that its owner changed: {"changed": [...], "new": ..., "removed": ...}."""
        said = [f["evidence"] for f in self.findings if f["id"] == "BV-LUKS-STALE"]
        return {key: sorted(int(n) for e in said for n in re.findall(r"\d+", e.get(f"keyslots_{key}", "")))
                for key in ("changed", "new", "removed")}

    def next(self):
        """All that it advises."""
        return "\n".join(line for f in self.findings for line in f.get("next", []))


class Device:
    """FOLDER/KIND.img, made by make-KIND; what is beside it belongs to it."""

    def __init__(self, system, folder, kind, *options):
        self.kind = kind
        self.path = os.path.join(folder, kind + ".img")
        self.root = os.path.join(folder, kind + ".root")
        script("make-" + kind, self.path, *options)
        self.data = self.path + ".data"
        self.detached = os.path.exists(self.data)
        shutil.copytree(system, self.root, symlinks=True)
        if self.detached:
            with open(self.root + "/etc/crypttab", "w", encoding="ascii") as f:
                f.write(f"vault {self.data} none luks,initramfs,header={self.path}\n")
        self.seal_first()
        self.keep()

    def remove(self):
        """Make room."""
        shutil.rmtree(self.root)
        for path in (self.path, self.data):
            if os.path.exists(path):
                os.remove(path)

    def seal_first(self):
        """As if it had never been sealed before."""
        self.seal(["--remove"])
        self.seal([] if self.detached else ["--device", self.path])

    def seal(self, options=()):
        """One command, after whatever its owner changed."""
        done = subprocess.run([BOOTVERDICT, "seal", "-q", "--root", self.root, "--all", *options],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise Wrong(f"seal: status {done.returncode}: {done.stdout.decode()}")

    def keep(self):
        """What the files hold now is what restore() brings back."""
        self.good = {path: self.bytes(path) for path in (self.path, self.data)
                     if os.path.exists(path)}

    def bytes(self, path=None):
        """All of the header's file, or of another one."""
        with open(path or self.path, "rb") as f:
            return f.read()

    def restore(self):
        """Puts back what was changed; all the rest stays as it is."""
        for path, good in self.good.items():
            with open(path, "r+b") as f:
                now = f.read()
                f.truncate(len(good))
                for at in range(0, len(good), CHUNK):
                    if now[at:at + CHUNK] != good[at:at + CHUNK]:
                        f.seek(at)
                        f.write(good[at:at + CHUNK])

    def look(self, *options, bad_sectors=None, **keywords):
        """`bootverdict luks`, which must not change a byte."""
        before = {path: self.bytes(path) for path in self.good}
        environment, program = dict(os.environ), BOOTVERDICT
        if bad_sectors:
            program = SHARED
            environment.update(LD_PRELOAD=EIO, EIO_FILE=self.path, EIO_OFFSET=str(bad_sectors[0]),
                               EIO_LENGTH=str(bad_sectors[1]))
        place = ["--header", self.path, self.data] if self.detached else [self.path]
        done = subprocess.run([program, "luks", "--root", self.root, "--json", *options, *place],
                              stdout=subprocess.PIPE, env=environment, check=False, **keywords)
        for path, content in before.items():
            if self.bytes(path) != content:
                raise Wrong(f"{path} was written to")
        return Report(done)
