# SPDX-License-Identifier: GPL-2.0-or-later
"""Sealed systems on file systems of their own: what is damaged, and what is known of its members."""

import lzma
import os
import random
import zlib

import archives
import packers
from cases import KVER, Place, must, small_kernel
from lab import cpio

MODULES = 40

# (file system, segments of the initrd in order, megabytes)
SYSTEMS = {
    "ext4, plain": ("ext4", ("plain",), 96),
    "ext4, gzip": ("ext4", ("gzip",), 96),
    "ext4 of 1 KiB, zstd": ("ext4-1k", ("zstd",), 96),
    "xfs, xz": ("xfs", ("xz",), 400),
    "ext2, lz4": ("ext2", ("lz4",), 96),
    "ext4, early and modules as they are, zstd": ("ext4", ("early", "modules", "zstd"), 96),
    "ext2, plain and gzip": ("ext2", ("modules", "gzip"), 96),
    "xfs, early and xz": ("xfs", ("early", "xz"), 400),
}
PACK = {"plain": lambda data: data, "gzip": packers.by("gzip", "-n"),
        "zstd": packers.by("zstd", "-q", "-3", "--check", "-c"),
        "xz": packers.by("xz", "-q", "--check=crc32"), "lz4": packers.by("lz4", "-q", "-l")}
# How far a decoder may have read ahead of what it gave, in bytes of content.
LATE = 140000


def modules(seed, folder):
    """Files of many sizes, some that compress."""
    r = random.Random(f"modules {seed}")
    made = [archives.Node("usr", archives.FOLDER), archives.Node("usr/lib", archives.FOLDER),
            archives.Node(folder, archives.FOLDER)]
    for n in range(MODULES):
        size = r.choice((300, 5000, 12288, r.randint(1, 60000)))
        make = archives.noise if n % 3 else archives.words
        made.append(archives.Node(f"{folder}/file-{n:02}.ko", archives.FILE,
                                  make(size, f"{seed} {n}")))
    return made


def image(segments, seed):
    """An initrd of these segments."""
    out = b""
    for segment in segments:
        if segment == "early":
            out += archives.early()
        elif segment == "modules":
            out += archives.cpio(modules(seed, "usr/lib/early"), block=512)
        else:
            nodes = archives.root(seed=seed) + modules(seed, "usr/lib/more")[2:]
            out += PACK[segment](archives.cpio(nodes))
    return out


class System:
    """A sealed system; its files lie in pieces, as on a file system that is in use."""

    def __init__(self, disk, name, seed):
        self.name, self.disk = name, disk
        self.place = Place(disk)
        self.crowd()
        segments = SYSTEMS[name][1]
        self.paths = dict(zip(("initrd", "kernel"), self.place.system(
            image=image(segments, seed), kernel=small_kernel(seed))))
        must(self.place.seal(), 0, "seal")
        must(self.place.check(), 0, "check")
        self.leave()
        disk.sync()
        self.data = {kind: self.read(kind) for kind in self.paths}
        self.extents = {kind: disk.extents(path) for kind, path in self.paths.items()}
        self.members = Members(self.paths["initrd"], self.data["initrd"])

    def crowd(self):
        """Files everywhere, and holes between them."""
        r = random.Random(self.name)
        number = 0
        try:
            while True:
                self.place.write(f"crowd/{number}", bytes(r.choice((4096, 65536, 300000))))
                number += 1
        except OSError:
            pass
        for n in range(0, number, 2):
            os.unlink(self.place.path(f"crowd/{n}"))
        self.disk.sync()

    def leave(self):
        """They go away again."""
        folder = self.place.path("crowd")
        for name in os.listdir(folder):
            os.unlink(os.path.join(folder, name))

    def read(self, kind):
        """All of one of the two files."""
        with open(self.paths[kind], "rb") as f:
            return f.read()

    def check(self, *options):
        """bootverdict check."""
        return self.place.check(*options, kver=KVER)


class Members:
    """Where the members of an image are: exactly in plain segments, about in compressed ones."""

    def __init__(self, path, data):
        plain, self.start = cpio.plain_members(path)
        self.plain = [m for m in plain if m.name != "TRAILER!!!" and self.is_file(data, m)]
        self.guard_end = next(m.data + m.size for m in plain if m.name == "bootverdict/guard-end")
        self.guard_end = (self.guard_end + 3) // 4 * 4
        self.codec = cpio.compressor(path, self.start) if self.start < len(data) else ""
        self.steps = self.inside = None
        if self.codec in ("gzip", "xz"):
            self.steps, content = self.unpack(data[self.start:])
            self.inside = content

    @staticmethod
    def is_file(data, member):
        """Only these are named."""
        return int(data[member.header + 14:member.header + 22], 16) & 0o170000 == 0o100000

    def unpack(self, data):
        """[(bytes read, bytes given)], and the members in what was given."""
        stream = zlib.decompressobj(31) if self.codec == "gzip" else lzma.LZMADecompressor()
        steps, content = [(0, 0)], b""
        for at in range(0, len(data), 512):
            if stream.eof:
                break
            content += stream.decompress(data[at:at + 512])
            steps.append((at + 512, len(content)))
        return steps, self.walk(content)

    @staticmethod
    def walk(content):
        """[(name, start, end)] of regular files."""
        found, at = [], 0
        while content[at:at + 6] == b"070701":
            fields = [int(content[at + 6 + 8 * i:at + 14 + 8 * i], 16) for i in range(13)]
            data = at + (110 + fields[11] + 3) // 4 * 4
            name = content[at + 110:at + 110 + fields[11] - 1].decode()
            if fields[1] & 0o170000 == 0o100000:
                found.append((name, at, data + fields[6]))
            at = data + (fields[6] + 3) // 4 * 4
        return found

    def judge(self, start, end, named):
        """What is wrong with the members that are named for the bytes from START to END, or ""."""
        named = set(named)
        must_be = {m.name for m in self.plain if m.data < end and m.data + m.size > start
                   and m.size and m.data >= self.guard_end}
        may_be = {m.name for m in self.plain if m.header < end and m.data + m.size > start
                  and m.data >= self.guard_end}
        if start < self.guard_end:
            must_be.add("bootverdict's own guard")
            may_be.add("bootverdict's own guard")
        if end <= self.start:
            if not must_be <= named <= may_be:
                return f"{sorted(named)} are named, not {sorted(must_be)}"
            return ""
        if not must_be <= named:
            return f"{sorted(named)} are named, without {sorted(must_be - named)}"
        return self.judge_packed(max(start, self.start) - self.start, end - self.start,
                                 named - may_be)

    def judge_packed(self, start, end, named):
        """The same in the compressed segment, as far as a decoder tells."""
        if not self.steps:
            return ""
        low = max([given for taken, given in self.steps if taken <= start], default=0) - LATE
        high = min([given for taken, given in self.steps if taken >= end] or
                   [self.steps[-1][1]]) + LATE
        near = {name for name, first, last in self.inside if first < high and last > low}
        if named - near:
            return f"{sorted(named - near)} are named, which are not near"
        return ""
