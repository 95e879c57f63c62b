# SPDX-License-Identifier: GPL-2.0-or-later
"""Unpack an initrd as the kernel does: every segment, over what the ones before left.

Format: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst (newc).
"""

import os
import stat
import subprocess

from lab import cpio

DECOMPRESS = {"zstd": "zstd", "gzip": "gzip", "xz": "xz", "lz4": "lz4"}


def unpack(initrd, folder, scratch):
    """Unpack into a folder (as root: owners, device nodes). Returns the compressed segment's
    offset and the command that decompresses it."""
    members, start = cpio.plain_members(initrd)
    extract(initrd, members, folder)
    command = [DECOMPRESS[cpio.compressor(initrd, start)], "-dc"]
    with open(initrd, "rb") as packed, open(scratch, "wb") as plain:
        packed.seek(start)
        subprocess.run(command, stdin=packed, stdout=plain, check=True)
    extract(scratch, cpio.plain_members(scratch)[0], folder)
    os.unlink(scratch)
    return start, command


def extract(archive, members, folder):
    """The members of one or more uncompressed archives in a file."""
    linked = {}
    with open(archive, "rb") as f:
        for m in members:
            f.seek(m.header)
            header = f.read(cpio.HEADER)
            if m.name == "TRAILER!!!":
                linked.clear()          # inode numbers mean something within one archive only
                continue
            f.seek(m.data)
            extract_one(header, m, f.read(m.size), folder, linked)


def extract_one(header, member, data, folder, linked):
    """One member; LINKED keeps the first path of each inode that has several."""
    inode, mode, user, group, links, _, _, major, minor, dev_major, dev_minor = (
        int(header[6 + 8 * i:14 + 8 * i], 16) for i in range(11))
    path = os.path.join(folder, member.name)
    kind = stat.S_IFMT(mode)
    if os.path.lexists(path) and stat.S_IFMT(os.lstat(path).st_mode) != kind:
        os.unlink(path)
    if kind == stat.S_IFDIR:
        os.makedirs(path, exist_ok=True)
    elif kind == stat.S_IFLNK:
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(data, path)
    elif kind == stat.S_IFREG:
        first = linked.setdefault((major, minor, inode), path) if links > 1 else path
        if first != path:
            if os.path.lexists(path):
                os.unlink(path)
            os.link(first, path)
        if data or first == path:
            with open(path, "wb") as f:
                f.write(data)
    else:
        os.mknod(path, mode, os.makedev(dev_major, dev_minor))
    os.chown(path, user, group, follow_symlinks=False)
    if kind != stat.S_IFLNK:
        os.chmod(path, stat.S_IMODE(mode))
