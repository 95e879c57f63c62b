# SPDX-License-Identifier: GPL-2.0-or-later
"""Archives (newc) in every way in which builders write them, and the small root that they hold.

Format: Linux, Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import dataclasses
import functools
import itertools
import os
import random
import subprocess
import tempfile

from lab import host

FILE, PROGRAM, FOLDER, LINK = 0o100644, 0o100755, 0o040755, 0o120777
CHARACTER, BLOCK, PIPE, SOCKET = 0o020600, 0o060660, 0o010600, 0o140700
TRAILER = "TRAILER!!!"
BUILD = os.path.join(host.PROJECT, "build")
BOOTED = "the corpus has booted"
NEXT_INIT = f"""#!/bin/busybox sh
/bin/busybox echo "{BOOTED}"
/bin/busybox poweroff -f
"""


@dataclasses.dataclass(frozen=True)
class Node:
    """A member; ino and nlink as stat gives them, rdev of a device node."""

    name: str
    mode: int = FILE
    data: bytes = b""
    ino: int = 0            # 0: the next free one
    nlink: int = 1
    owner: int = 0
    mtime: int = 1700000000
    rdev: tuple = (0, 0)
    dev: tuple = (8, 1)
    name_fill: int = 0      # zero bytes behind the name that count as parts of it


def noise(size, seed):
    """Bytes that no compressor makes smaller, the same in every run."""
    return random.Random(f"{seed}").randbytes(size)


def words(size, seed):
    """Bytes that a compressor does make smaller."""
    chosen = random.Random(f"{seed}")
    text = b"".join(b"%06d %s\n" % (i, chosen.choice((b"alpha", b"beta", b"gamma")))
                    for i in range(size // 10))
    return text[:size]


@functools.lru_cache(maxsize=4)
def program(name):
    """One of the programs that were built."""
    with open(os.path.join(BUILD, name), "rb") as f:
        return f.read()


def root(seed=1, extra=()):
    """What every image here holds: an init that starts, programs, links, a module, more."""
    return [
        Node("bin", FOLDER), Node("etc", FOLDER), Node("proc", FOLDER), Node("usr", FOLDER),
        Node("usr/lib", FOLDER), Node("usr/lib/bootverdict", FOLDER),
        Node("usr/lib/modules", FOLDER), Node("lib", LINK, b"usr/lib"),
        Node("bin/busybox", PROGRAM, program("busybox")), Node("bin/sh", LINK, b"busybox"),
        Node("usr/lib/bootverdict/init", PROGRAM, program("stub")),
        Node("usr/lib/bootverdict/next-init", PROGRAM, NEXT_INIT.encode()),
        Node("init", LINK, b"usr/lib/bootverdict/init"),
        Node("usr/lib/modules/noise.ko", FILE, noise(150000, seed)),
        Node("etc/words", FILE, words(90000, seed)),
        Node("etc/conf", FILE, b"setting=%d\n" % seed), Node("etc/empty"), *extra,
    ]


def member(node, ino, magic=b"070701", digits="%08X"):
    """Header, name and data of one member."""
    name = node.name.encode("utf-8", "surrogateescape") + b"\0" * (1 + node.name_fill)
    check = sum(node.data) & 0xffffffff if magic == b"070702" else 0
    fields = (node.ino or ino, node.mode, node.owner, node.owner, node.nlink, node.mtime,
              len(node.data), *node.dev, *node.rdev, len(name), check)
    head = magic + b"".join((digits % (field & 0xffffffff)).encode() for field in fields) + name
    head += bytes(-len(head) % 4)
    return head + node.data + bytes(-len(node.data) % 4)


def cpio(nodes, prefix="", trailer=True, gap=0, block=1, align=0, **how):
    """An archive. PREFIX in front of every name; GAP zero bytes between members; filled with zeros
    to a multiple of BLOCK; ALIGN: names are filled so that data begin at its multiples."""
    out, numbers = bytearray(), itertools.count(301)
    for node in nodes:
        node = dataclasses.replace(node, name=prefix + node.name)
        if align and len(node.data) >= align:
            end = len(out) + 110 + len(node.name) + 1
            node = dataclasses.replace(node, name_fill=-end % align)
        out += member(node, next(numbers), **how) + bytes(gap)
    if trailer:
        out += member(Node(TRAILER, 0, mtime=0, dev=(0, 0)), 0, **how)
    return bytes(out) + bytes(-len(out) % block)


def early(with_folders=True, name="GenuineIntel"):
    """Microcode, as iucode-tool and dracut put it in front."""
    folders = [Node("kernel", FOLDER), Node("kernel/x86", FOLDER),
               Node("kernel/x86/microcode", FOLDER)] if with_folders else []
    return cpio(folders + [Node(f"kernel/x86/microcode/{name}.bin", FILE, noise(20000, name))],
                block=512)


def make_tree(folder, nodes):
    """The same as real files, for real archivers (root: owners and device nodes)."""
    for node in nodes:
        path = os.path.join(folder, node.name)
        kind = node.mode & 0o170000
        if kind == 0o040000:
            os.makedirs(path, exist_ok=True)
        elif kind == 0o120000:
            os.symlink(node.data, path)
        elif kind == 0o100000:
            with open(path, "wb") as f:
                f.write(node.data)
            os.chmod(path, node.mode & 0o7777)
        else:
            os.mknod(path, node.mode, os.makedev(*node.rdev))
        os.utime(path, (node.mtime, node.mtime), follow_symlinks=False)


def archived_by(command, nodes=None):
    """What a shell command in a folder with the root writes to its standard output."""
    with tempfile.TemporaryDirectory() as folder:
        make_tree(folder, nodes or root())
        done = subprocess.run(["sh", "-ec", command], cwd=folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode:
            raise host.CommandFailed(f"{command}: {done.stderr.decode(errors='replace')}")
        return done.stdout
