# SPDX-License-Identifier: GPL-2.0-or-later
"""A mounted file system whose disk can lose bytes below it: no time of any file changes.

The disk is a file, mounted through a loop device. Where the bytes of a file lie is what the kernel
says (Linux, Documentation/filesystems/fiemap.rst); other bytes are put there, in the disk, and the
pages that the kernel still has of the file are dropped, so that they are read again.
"""

import array
import ctypes
import fcntl
import os
import struct

from lab import host

FS_IOC_FIEMAP = 0xC020660B
FIEMAP_FLAG_SYNC = 1
FIEMAP_EXTENT_LAST = 1
# Not on the disk as they are in the file: unknown, delayed, encoded, inline, in a tail, unwritten.
FIEMAP_EXTENT_ELSEWHERE = 0x0002 | 0x0004 | 0x0008 | 0x0200 | 0x0400 | 0x0800
EXTENTS = 200
MKFS = {"ext4": ["mkfs.ext4", "-q", "-b", "4096"],
        "ext4-1k": ["mkfs.ext4", "-q", "-b", "1024"],
        "ext2": ["mkfs.ext2", "-q"],
        "xfs": ["mkfs.xfs", "-q"]}

libc = ctypes.CDLL(None, use_errno=True)


class Disk:
    """FOLDER/NAME.disk with a file system of KIND, mounted at FOLDER/NAME."""

    def __init__(self, folder, name, kind="ext4", mib=1024):
        self.path = os.path.join(folder, name + ".disk")
        self.top = os.path.join(folder, name)
        self.kind = kind
        os.makedirs(self.top, exist_ok=True)
        with open(self.path, "wb") as f:
            f.truncate(mib << 20)
        host.run([*MKFS[kind], self.path])
        self.mounted = False
        self.mount()
        self.disk = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)

    def mount(self, how="rw"):
        """The loop device goes away with its mount."""
        host.run(["mount", "-o", f"loop,{how}", self.path, self.top])
        self.mounted = True

    def remount(self, how):
        """"ro" while the disk is damaged: nothing but the damage is written to it."""
        host.run(["mount", "-o", f"remount,{how}", self.top])

    def close(self):
        """Unmount, and throw the disk away."""
        if self.mounted:
            host.run(["umount", self.top])
        self.mounted = False
        os.close(self.disk)
        os.unlink(self.path)

    def extents(self, path):
        """Where the bytes of a file lie: [(offset in the disk, offset in the file, bytes)]."""
        found = []
        with open(path, "rb") as f:
            start, last = 0, False
            while not last:
                room = array.array("B", struct.pack("=QQIIII", start, 2**64 - 1 - start,
                                                    FIEMAP_FLAG_SYNC, 0, EXTENTS, 0)
                                   + bytes(56 * EXTENTS))
                fcntl.ioctl(f, FS_IOC_FIEMAP, room)
                count = struct.unpack_from("=I", room, 20)[0]
                if not count:
                    break
                for i in range(count):
                    logical, physical, length, _, _, flags = struct.unpack_from(
                        "=QQQQQI", room, 32 + 56 * i)
                    if flags & FIEMAP_EXTENT_ELSEWHERE:
                        raise RuntimeError(f"{path}: an extent with flags {flags:#x}")
                    found.append((physical, logical, length))
                    start, last = logical + length, bool(flags & FIEMAP_EXTENT_LAST)
        return found

    def where(self, path, offset, length, extents=None):
        """The places in the disk of a part of a file: [(offset in the disk, bytes)], in order."""
        places = []
        for physical, logical, size in extents or self.extents(path):
            low, high = max(offset, logical), min(offset + length, logical + size)
            if low < high:
                places.append((physical + low - logical, high - low))
        if sum(size for _, size in places) != length:
            raise RuntimeError(f"{path}: {length} bytes at {offset} are not all on the disk")
        return places

    def put(self, path, offset, data, extents=None):
        """The disk has other bytes of a file now, and the kernel has none of them in memory."""
        at = 0
        for place, size in self.where(path, offset, len(data), extents):
            os.pwrite(self.disk, data[at:at + size], place)
            at += size
        self.forget(path)
        with open(path, "rb") as f:
            f.seek(offset)
            if f.read(len(data)) != data:
                raise RuntimeError(f"{path}: the bytes at {offset} did not come from the disk")

    def forget(self, path):
        """The pages that the kernel has of a file are dropped."""
        with open(path, "rb") as f:
            os.fsync(f.fileno())
            os.posix_fadvise(f.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def sector(self, lba, count=1):
        """What the disk has there."""
        return os.pread(self.disk, 512 * count, 512 * lba)

    def sync(self):
        """All that was written is on the disk."""
        fd = os.open(self.top, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if libc.syncfs(fd):
                raise OSError(ctypes.get_errno(), "syncfs")
        finally:
            os.close(fd)


def unmount_all(folder):
    """The disks of processes that have ended."""
    for name in os.listdir(folder):
        if os.path.ismount(os.path.join(folder, name)):
            host.run(["umount", os.path.join(folder, name)])


def private_mounts(argv):
    """Start this program again in a mount namespace of its own: whatever it mounts ends with it."""
    if os.environ.get("PRIVATE_MOUNTS") != str(os.getpid()):
        os.environ["PRIVATE_MOUNTS"] = str(os.getpid())
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", *argv])
