# SPDX-License-Identifier: GPL-2.0-or-later
"""Unpack an image into a folder as Linux does, and not with bootverdict (run as root).

Format and behaviour: Linux, init/initramfs.c and lib/decompress_*.c: one stream per magic number,
zeros between segments, the first error ends it, what was unpacked stays.
"""

import contextlib
import ctypes
import functools
import lzma
import os
import stat
import struct
import zlib

PATH_MAX = 4096
HEADER = 110
LZ4_MAGIC, LZ4_CHUNK = 0x184C2102, 8 << 20


class Message(Exception):
    """What the kernel would print."""


def unpack(image, folder):
    """Unpack into an empty folder; returns the kernel's message, or None.

    In a process whose root the folder is: links in the image lead nowhere else.
    """
    for name in ("libzstd.so.1", "liblz4.so.1"):
        library(name)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.chroot(folder)
            os.chdir("/")
            os.write(write, (unpack_here(image) or "").encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8", errors="replace") as message:
        said = message.read()
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("unpacking failed")
    return said or None


def unpack_here(image):
    """The same into the process's root."""
    os.umask(0)
    os.mkdir("/dev", 0o755)         # what every kernel has built in
    os.mknod("/dev/console", 0o020600, os.makedev(5, 1))
    os.mkdir("/root", 0o700)
    at = 0
    writer = Writer()
    try:
        while at < len(image):
            if image[at] == 0:
                at += 1
            elif image[at:at + 1] == b"0" and at % 4 == 0:
                at += writer.archive(image[at:])
            else:
                content, used = decompress(image[at:])
                writer.stream(content)
                at += used
    except Message as e:
        return str(e)
    return None


def decompress(data):
    """One stream: what is in it, and its length."""
    for magic, function in STREAMS:
        if data.startswith(magic):
            try:
                return function(data)
            except (zlib.error, lzma.LZMAError, struct.error, ValueError) as e:
                raise Message(f"{function.__name__}: {e}") from e
    raise Message("invalid magic at start of compressed archive")


def gzip(data):
    """Its checksum is not looked at."""
    stream = zlib.decompressobj(31)
    try:
        content = stream.decompress(data)
    except zlib.error as e:
        if "incorrect data check" not in str(e):
            raise
        raise ValueError("a checksum that the kernel would ignore") from e
    if not stream.eof:
        raise ValueError("it ends too early")
    return content, len(data) - len(stream.unused_data)


def with_lzma(data, form):
    """Of xz only what the kernel's decoder knows: no check, or CRC32."""
    stream = lzma.LZMADecompressor(form)
    content = stream.decompress(data)
    if not stream.eof:
        raise ValueError("it ends too early")
    if form == lzma.FORMAT_XZ and stream.check not in (lzma.CHECK_NONE, lzma.CHECK_CRC32):
        raise ValueError("XZ_OPTIONS_ERROR: a check that the kernel does not know")
    return content, len(data) - len(stream.unused_data)


def xz(data):
    """One stream, any number of blocks."""
    return with_lzma(data, lzma.FORMAT_XZ)


def lzma_alone(data):
    """The old format."""
    return with_lzma(data, lzma.FORMAT_ALONE)


@functools.lru_cache(maxsize=2)
def library(name):
    """One of the distribution's."""
    return ctypes.CDLL(name)


def zstd(data):
    """One frame."""
    lib = library("libzstd.so.1")
    for function in ("ZSTD_findFrameCompressedSize", "ZSTD_decompressBound", "ZSTD_decompress"):
        getattr(lib, function).restype = ctypes.c_size_t
    size = lib.ZSTD_findFrameCompressedSize(data, ctypes.c_size_t(len(data)))
    if lib.ZSTD_isError(ctypes.c_size_t(size)):
        raise ValueError("no frame")
    bound = lib.ZSTD_decompressBound(data, ctypes.c_size_t(size))
    out = ctypes.create_string_buffer(max(bound, 1))
    got = lib.ZSTD_decompress(out, ctypes.c_size_t(bound), data, ctypes.c_size_t(size))
    if lib.ZSTD_isError(ctypes.c_size_t(got)):
        raise ValueError("corrupt")
    return out.raw[:got], size


def lz4(data):
    """Chunks until something is no chunk; a magic number may come again."""
    lib, content, at = library("liblz4.so.1"), [], 4
    out = ctypes.create_string_buffer(LZ4_CHUNK)
    while at + 4 <= len(data):
        size, = struct.unpack_from("<I", data, at)
        if size == LZ4_MAGIC:
            at += 4
            continue
        if size == 0 or size > LZ4_CHUNK + LZ4_CHUNK // 255 + 16:
            break
        got = lib.LZ4_decompress_safe(data[at + 4:at + 4 + size], out, size, LZ4_CHUNK)
        if got < 0 or at + 4 + size > len(data):
            raise ValueError("corrupt")
        content.append(out.raw[:got])
        at += 4 + size
    return b"".join(content), at


STREAMS = ((b"\x1f\x8b", gzip), (b"\x1f\x9e", gzip), (b"\x5d\0\0", lzma_alone),
           (b"\xfd7zXZ\0", xz), (b"\x02\x21\x4c\x18", lz4), (b"\x28\xb5\x2f\xfd", zstd))


class Writer:
    """The state that lives from segment to segment: hard links, until a trailer."""

    def __init__(self):
        self.links = {}

    def stream(self, content):
        """What a compressed segment holds: archives and zeros."""
        at = 0
        while at < len(content):
            if content[at] == 0:
                at += 1
            elif content[at:at + 1] == b"0":
                at += self.archive(content[at:])
            else:
                raise Message("junk within compressed archive")

    def archive(self, data):
        """Members until something is none; the bytes that they took."""
        at = 0
        while data[at:at + 1] == b"0" and at % 4 == 0:
            head = data[at:at + HEADER]
            if head[:6] not in (b"070701", b"070702") or len(head) < HEADER:
                raise Message("no cpio magic")
            fields = [int(head[6 + 8 * i:14 + 8 * i], 16) for i in range(13)]
            size, name_size = fields[6], fields[11]
            begin = at + (HEADER + name_size + 3) // 4 * 4
            end = begin + (size + 3) // 4 * 4
            if begin + size > len(data):
                raise Message("cut short")
            name = data[at + HEADER:at + HEADER + name_size].split(b"\0", 1)[0]
            if 0 < name_size <= PATH_MAX:
                self.member(fields, name, data[begin:begin + size])
            at = end
            while data[at:at + 1] == b"\0":
                at += 1
            if at < len(data) and at % 4:
                raise Message("broken padding")
        return at

    def member(self, fields, name, data):
        """One member, over what is there."""
        ino, mode, user, group, links, mtime, size, major, minor, *rdev = fields[:11]
        if name == b"TRAILER!!!":
            self.links = {}
            return
        kind = stat.S_IFMT(mode)
        known = (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFIFO,
                 stat.S_IFSOCK)
        if kind not in known or (size and kind not in (stat.S_IFREG, stat.S_IFLNK)):
            return
        try:
            self.make(name, kind, mode, data, (major, minor, ino), links, rdev)
            os.lchown(name, user, group)
            if kind != stat.S_IFLNK:
                os.chmod(name, stat.S_IMODE(mode))
                os.utime(name, (mtime, mtime))
        except OSError:
            pass    # as the kernel does: the member is skipped

    def make(self, path, kind, mode, data, inode, links, rdev):
        """What is special of each kind of member."""
        self.clean(path, kind if kind != stat.S_IFLNK else 0)
        if kind == stat.S_IFLNK:
            if len(data) <= PATH_MAX:
                os.symlink(data.split(b"\0", 1)[0], path)
        elif kind == stat.S_IFDIR:
            try:
                os.mkdir(path)
            except FileExistsError:
                pass
        elif kind == stat.S_IFREG:
            linked = self.linked(path, inode, kind, links)
            flags = os.O_WRONLY | os.O_CREAT | (0 if linked else os.O_TRUNC)
            fd = os.open(path, flags, 0o600)
            try:
                if data:
                    os.ftruncate(fd, len(data))
                    os.write(fd, data)
            finally:
                os.close(fd)
        elif not self.linked(path, inode, kind, links):
            # What is there stays, and takes owner and mode all the same.
            with contextlib.suppress(FileExistsError):
                os.mknod(path, kind | 0o600, os.makedev(*rdev))

    def linked(self, path, inode, kind, links):
        """Whether it is another name of what is there."""
        if links < 2:
            return False
        first = self.links.get((*inode, kind))
        if first is None:
            self.links[(*inode, kind)] = path
            return False
        self.clean(path, 0)
        os.link(first, path)
        return True

    @staticmethod
    def clean(path, kind):
        """What is of another kind goes away first."""
        try:
            there = stat.S_IFMT(os.lstat(path).st_mode)
        except OSError:
            return
        if there == kind:
            return
        if there == stat.S_IFDIR:
            os.rmdir(path)
        else:
            os.unlink(path)
