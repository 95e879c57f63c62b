# SPDX-License-Identifier: GPL-2.0-or-later
"""What the inputs of the corpus have in common: the registry, the system they are put into, and
what each of bootverdict's commands must say of them."""

import json
import os
import re
import shutil
import subprocess

from lab import host

import archives
from keep import keep

BOOTVERDICT = os.environ.get("BOOTVERDICT", os.path.join(archives.BUILD, "bootverdict"))
KVER = "6.1.0-test"
SECONDS = 300           # none of the commands takes that long, or it hangs

CASES = []


class Wrong(Exception):
    """Another answer than the right one."""


class Answer:
    """What one command said."""

    def __init__(self, done):
        self.exit = done.returncode
        self.text = (done.stdout + done.stderr).decode(errors="replace")
        self.json = {}
        if "--json" in done.args and self.exit != 2:
            self.json = json.loads(keep(done.stdout))
        self.ids = [f["id"] for f in self.json.get("findings", [])]

    def findings(self, *ids):
        """Those with one of these ids."""
        return [f for f in self.json["findings"] if f["id"] in ids]

    def words(self):
        """All that it says for people, on one line."""
        said = [self.text if not self.json else ""]
        for f in self.json.get("findings", []):
            said += [f["summary"], *f.get("not", []), *f.get("next", []),
                     *(f"{k}: {v}" for k, v in f.get("evidence", {}).items())]
        return re.sub(r"\s+", " ", " ".join(said))


def command(*words, data=b"", chroot=None):
    """bootverdict with these arguments; it never crashes and never hangs."""
    front = ["chroot", chroot] if chroot else []
    program = "/bootverdict/bootverdict" if chroot else BOOTVERDICT
    done = subprocess.run([*front, program, *words], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    if done.returncode not in range(6):
        raise Wrong(f"{' '.join(words)}: status {done.returncode}: {done.stderr[-400:]}")
    return Answer(done)


def must(answer, exits, what, says="", never="(?!)"):
    """The exit code is one of these, its words are there, and never some others."""
    exits = (exits,) if isinstance(exits, int) else exits
    told = f" {answer.ids}; {answer.words()[:600]}"
    if answer.exit not in exits:
        raise Wrong(f"{what}: exit {answer.exit}, not {' or '.join(map(str, exits))};{told}")
    if says and not re.search(says, answer.words(), re.I):
        raise Wrong(f"{what}: does not say /{says}/;{told}")
    if re.search(never, answer.words(), re.I):
        raise Wrong(f"{what}: must not say /{never}/;{told}")
    return answer


class Place:
    """Where a process puts its inputs: a mounted file system that can lose bytes below it."""

    def __init__(self, disk):
        self.disk = disk
        self.root = os.path.join(disk.top, "root")
        self.guard = os.path.join(disk.top, "guard")
        os.makedirs(self.guard, exist_ok=True)
        for name, source in (("init", "stub"), ("bootverdict", "bootverdict"),
                             ("busybox", "busybox")):
            shutil.copy(os.path.join(archives.BUILD, source), os.path.join(self.guard, name))

    def path(self, name):
        """A file or a folder beside the system."""
        return os.path.join(self.disk.top, name)

    def write(self, name, data):
        """A file beside the system, or in it."""
        path = os.path.join(self.disk.top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        return path

    def system(self, image=None, kernel=None, kver=KVER):
        """A system with a kernel and an initrd; returns the two paths."""
        for name in ("boot", "etc", "var/lib", "usr/lib"):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        self.write("root/etc/os-release", b'PRETTY_NAME="Test GNU/Linux 1"\n')
        return (self.write(f"root/boot/initrd.img-{kver}", image or small_image()),
                self.write(f"root/boot/vmlinuz-{kver}", kernel or small_kernel()))

    def seal(self, *options, kver=KVER):
        """The command."""
        return command("seal", "--root", self.root, "-k", kver, "--guard", self.guard,
                       "--read-back", *options)

    def check(self, *options, kver=KVER):
        """The command, on the sealed system."""
        return command("check", "--json", "--root", self.root, "-k", kver, *options)

    def clear(self):
        """All but the guard goes away."""
        for name in os.listdir(self.disk.top):
            path = os.path.join(self.disk.top, name)
            if name in ("guard", "lost+found"):
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)

    def lose(self, path, offset, data):
        """The disk has other bytes there; returns what it had."""
        self.disk.sync()
        with open(path, "rb") as f:
            f.seek(offset)
            old = f.read(len(data))
        if old == data:
            raise ValueError(f"{path}: nothing would change at {offset}")
        self.disk.put(path, offset, data)
        return old

    def lose_bit(self, path, offset):
        """One bit of the byte there flips, below all times."""
        with open(path, "rb") as f:
            f.seek(offset)
            old = f.read(1)
        return self.lose(path, offset, bytes([old[0] ^ 0x10]))


def exact(answer, what, ids, offset, path=None):
    """It is storage corruption of the one block that a byte is in, and LBA and file are right."""
    must(answer, 1, what)
    found = answer.findings(*ids)
    if not found:
        raise Wrong(f"{what}: none of {ids}, but {answer.ids}")
    ranges = [r for f in found for r in f["ranges"]]
    block = offset // 4096 * 4096
    if [r["offset"] for r in ranges] != [block]:
        raise Wrong(f"{what}: byte {offset} was lost, and it tells of {ranges}")
    if ranges[0]["damage"] != "bit-flip" or ranges[0]["byte"] != offset:
        raise Wrong(f"{what}: a bit of byte {offset} flipped, and it tells of {ranges}")


class Case:
    """An input; subclasses know what is done with it."""

    sample = True       # short enough for `make check`

    def __init__(self, name, make, sample=None, **expected):
        self.name, self.make = name, make
        self.twins = 0
        for key, value in expected.items():
            if not hasattr(type(self), key):
                raise TypeError(f"{name}: {key} is not expected of anything")
            setattr(self, key, value)
        if sample is not None:
            self.sample = sample
        if any(case.name == name for case in CASES):
            raise ValueError(f"two inputs are called {name}")
        CASES.append(self)

    def expects(self):
        """For the list: what must come out."""
        keys = {k: 1 for kind in reversed(type(self).__mro__) for k, v in vars(kind).items()
                if not k.startswith("_") and not callable(v)
                and not isinstance(v, staticmethod)}
        told = (f"{k} {getattr(self, k)}" for k in keys
                if k not in ("sample", "again", "victim") and getattr(self, k) != "")
        return ", ".join(told)

    def run(self, place):
        """Raises Wrong."""
        raise NotImplementedError


def small_image():
    """The initrd beside an input that is none."""
    return host.run_bytes(["zstd", "-q", "-3", "--check"], archives.cpio(archives.root()))


def small_kernel(seed="kernel", size=50000):
    """The kernel beside an input that is none: tests/cli/bzimage.py's."""
    payload = host.run_bytes(["xz", "-q", "--check=crc32"], archives.noise(size, seed))
    path = f"/proc/self/fd/{os.memfd_create('payload', 0)}"
    with open(path, "wb") as f:
        f.write(payload)
    script = os.path.join(host.PROJECT, "tests/cli/bzimage.py")
    fd = int(path.rsplit("/", 1)[1])
    try:
        return subprocess.run(["python3", "-B", script, path, str(size)], stdout=subprocess.PIPE,
                              pass_fds=[fd], check=True).stdout
    finally:
        os.close(fd)
