#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""crafted.py KIND FILE [COUNT]: an initrd that no builder makes, small on disk and large in one
way or another. COUNT is the number of members, frames, segments or ranges."""
import ctypes
import ctypes.util
import gzip
import itertools
import lzma
import os
import struct
import subprocess
import sys

FILE, FOLDER, LINK = 0o100644, 0o040755, 0o120777
GIB = 1 << 30
PATH = 4095                     # the longest name, as the kernel has it
inodes = itertools.count(1)


def member(name, mode=FILE, data=b"", size=None, ino=None, nlink=1):
    """A member of a newc archive; with SIZE its data is the caller's to add."""
    name = name.encode() + b"\0"
    length = len(data) if size is None else size
    fields = (ino or next(inodes), mode, 0, 0, nlink, 0, length, 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    head += b"\0" * (-len(head) % 4)
    return head + data + b"\0" * (-len(data) % 4)


TRAILER = member("TRAILER!!!", 0)


def first():
    """What every image that is sealed has: an /init that can start; any static program is one."""
    stub = os.path.join(os.path.dirname(__file__), "..", "..", "build", "stub")
    with open(stub, "rb") as f:
        return member("init", 0o100755, data=f.read() + b"not the stub")


def small(members, pack="zstd"):
    """Members and a trailer, packed."""
    command = {"zstd": ["zstd", "-q", "-3", "--check", "-T1", "-c"],
               "gzip": ["gzip", "-n", "-c"],
               "xz-8": ["xz", "-8", "--check=crc32", "-c"],
               "none": ["cat"]}[pack]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as packer:
        # The packer writes when it is fed, so both ends are kept moving by a second process.
        with subprocess.Popen(["cat"], stdin=packer.stdout, stdout=OUT):
            batch = bytearray()
            for part in itertools.chain([first()], members, [TRAILER]):
                batch += part
                if len(batch) > 1 << 20:
                    packer.stdin.write(batch)
                    batch.clear()
            packer.stdin.write(batch)
            packer.stdin.close()


def tree(n):
    """What real builders make, only more of it: short names in folders of a hundred."""
    for i in range(n):
        if i % 100 == 0:
            yield member(f"usr/lib/modules/folder-{i // 100:06}", FOLDER)
        else:
            yield member(f"usr/lib/modules/folder-{i // 100:06}/file-{i:07}.ko", data=b"x" * 8)


def links(n):
    """Each link leads through the one before, in a target as long as a name can be."""
    def target(first):
        return (first + "/." * PATH)[:PATH].encode()
    yield member("usr", FOLDER)
    yield member("l0", LINK, target("usr"))
    for i in range(1, 40):
        yield member(f"l{i}", LINK, target(f"l{i - 1}"))
    for i in range(n - 41):
        yield member(f"l39/x{i}")


def loops(n):
    """Links that lead in circles."""
    yield member("a", LINK, b"b/x")
    yield member("b", LINK, b"a/y")
    for i in range(n - 2):
        yield member(f"a/{i}")


def one_link(n):
    """Every name leads through a link, as in a main whose /lib is one."""
    yield member("usr", FOLDER)
    yield member("usr/lib", FOLDER)
    yield member("lib", LINK, b"usr/lib")
    for i in range(n - 3):
        yield member(f"lib/module-{i}", data=b"m")


def hard_links(n):
    """One file with n names, each of which brings data of its own."""
    for i in range(n):
        yield member(f"name-{i}", data=b"%08d" % i, ino=7, nlink=n)


def hard_link_groups(n):
    """Files with two names each."""
    for i in range(n):
        yield member(f"name-{i}", data=b"" if i % 2 else b"data", ino=7 + i // 2, nlink=2)


def folders(n):
    """A full folder that a file would replace, again and again, behind many names."""
    for i in range(n // 2):
        yield member(f"file-{i}")
    yield member("full", FOLDER)
    yield member("full/file")
    for _ in range(n - n // 2 - 2):
        yield member("full", data=b"f")


def changes(n):
    """A name that is a folder, a link, a file, and a folder again."""
    for i in range(n):
        yield (member("x", FOLDER), member("x", LINK, b"y" * PATH), member("x", data=b"f"))[i % 3]


def deep(n):
    """Names of 2048 names each."""
    for i in range(n):
        yield member("a/" * 2043 + f"{i:07}")


def deeper(n):
    """Folders, each in the one before, 2000 deep."""
    for i in range(n):
        yield member(f"{i // 2000}" + "/x" * (i % 2000), FOLDER)


def long_names(n):
    """Names of one part, which the kernel skips: no file system has names that long."""
    for i in range(n):
        yield member(f"{i:07}" * 584)


def through_one_name(n):
    """Short names behind a link to a folder as deep as there can be."""
    deepest = "/".join(["d"] * 2000)
    yield member("l", LINK, deepest.encode())
    for i in range(n - 1):
        yield member(f"l/{i}")


# ---- segments and frames ------------------------------------------------------------------


def zstd_frame(parts, window_log=27):
    """A frame without checksum; parts: bytes as they are, or (byte, length) for a run."""
    blocks = []
    for part in parts:
        if isinstance(part, bytes):
            blocks += [(0, len(chunk), chunk) for chunk in
                       (part[i:i + 100000] for i in range(0, len(part), 100000))]
        else:
            byte, length = part
            blocks += [(1, min(131072, length - i), byte) for i in range(0, length, 131072)]
    out = [b"\x28\xb5\x2f\xfd\x00", bytes([(window_log - 10) << 3])]
    for i, (kind, size, data) in enumerate(blocks):
        out.append(struct.pack("<I", size << 3 | kind << 1 | (i + 1 == len(blocks)))[:3] + data)
    return b"".join(out)


def run_of_zeros(total):
    """Files of zeros, total bytes of them, as zstd packs them at its best."""
    parts = [first()]
    while total > 0:
        size = min(total, 3 * GIB)
        parts += [member(f"zeros-{total}", size=size), (b"\0", size)]
        total -= size
    return zstd_frame([*parts, TRAILER], 20)


def kernel_payload(total, window_log=27):
    """A kernel image whose payload is a zstd frame of zeros; as bzimage.py, but streamed."""
    payload = zstd_frame([(b"\1", total)], window_log) + struct.pack("<I", total & 0xffffffff)
    size = len(payload) + -len(payload) % 16
    header = bytearray(1024)
    header[0x1f1] = 1
    struct.pack_into("<I", header, 0x1f4, size // 16)
    struct.pack_into("<H", header, 0x1fe, 0xaa55)
    struct.pack_into("<H", header, 0x200, 0x66eb)
    header[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", header, 0x206, 0x020f)
    struct.pack_into("<II", header, 0x248, 0, len(payload))
    return bytes(header) + payload.ljust(size, b"\0")


def xz(data, **options):
    """An xz stream."""
    return lzma.compress(data, check=lzma.CHECK_CRC32,
                         filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, **options}])


def lz4_chunks(n):
    """A legacy frame whose magic number comes again in front of chunks that hold nothing."""
    magic, empty = struct.pack("<I", 0x184c2102), struct.pack("<I", 1) + b"\0"
    archive = member("f") + TRAILER
    literals = b"\xf0" + bytes([len(archive) - 15]) + archive
    return magic + (magic + empty) * n + struct.pack("<I", len(literals)) + literals


def archives(n):
    """Plain archives one behind the other."""
    return (member("f", data=b"x", ino=1) + TRAILER) * n


def many(part, n):
    """An archive behind n compressed streams that hold nothing."""
    return part * n + member("file") + TRAILER


# ---- a guard with a record of its own -----------------------------------------------------


def hash64(data):
    """XXH3, as the record's last line has it."""
    library = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return library.XXH3_64bits(data, len(data))


def guarded(lines, form=1):
    """An image with a guard that carries these lines, and one more file."""
    text = b"bootverdict-manifest %d\nkernel k\nos o\n" % form + lines
    text += b"end %016x\n" % hash64(text)
    guard = member("bootverdict", FOLDER) + member("bootverdict/manifest", data=text)
    fill = -(len(guard) + len(member("bootverdict/guard-end"))) % 4096
    guard += member("bootverdict/guard-end", data=b"\0" * fill)
    return guard + member("file") + TRAILER


def paths_in_record(n):
    """Many contents, as short as they can be."""
    return b"".join(b"content file 0 0 0000000000000000 0 0 guard 0 0 %06d\n" % i
                    for i in range(n))


def blocks_in_record(n):
    """One content with so many blocks."""
    line = b"blocks " + b" ".join([b"0" * 16] * 8) + b"\n"
    return b"content file 0 %d 0000000000000000 0 0 guard 0 0 x\n" % (n * 8 * 4096) + line * n


def devices_in_record(n):
    """Many LUKS devices."""
    one = (b"luks 2 u /dev/x p\ncopy 0 0 0000000000000000\ncopy 0 0 0000000000000000\n"
           b"state 0 0000000000000000\n")
    return one * n


WHOLE = {
    "zeros": lambda n: run_of_zeros(n << 20),
    "window": lambda n: zstd_frame([first(), member("f", size=n << 20), (b"\1", n << 20), TRAILER]),
    "gap": lambda n: zstd_frame([member("a") + TRAILER, (b"\0", n << 20), member("b") + TRAILER]),
    "kernel": lambda n: kernel_payload(n << 20),
    "xz-window": lambda n: xz(first() + member("f", data=b"\1" * (n << 20)) + TRAILER, dict_size=128 << 20),
    "xz-huge-window": lambda n: xz(member("f", data=b"\1" * n) + TRAILER, dict_size=1 << 30),
    "lz4-chunks": lz4_chunks,
    "archives": archives,
    "empty-gzips": lambda n: many(gzip.compress(b"", mtime=0), n),
    "empty-zstds": lambda n: many(zstd_frame([b"\0"], 10), n),
    "empty-xzs": lambda n: many(xz(b"\0" * 4, dict_size=4096), n),
    "frames": lambda n: b"".join(
        zstd_frame([bytes([byte])], 10) for byte in (member("f", data=b"x" * n) + TRAILER)),
    "trailers": lambda n: member("file") + TRAILER + (TRAILER) * n,
    "padding": lambda n: member("a") + TRAILER + b"\0" * (n << 20) + member("b") + TRAILER,
    "paths-in-record": lambda n: guarded(paths_in_record(n)),
    "blocks-in-record": lambda n: guarded(blocks_in_record(n)),
    "devices-in-record": lambda n: guarded(devices_in_record(n)),
}
MEMBERS = {
    "tree": tree, "links": links, "loops": loops, "one-link": one_link, "hard-links": hard_links,
    "hard-link-groups": hard_link_groups, "folders": folders, "changes": changes, "deep": deep,
    "deeper": deeper, "long-names": long_names, "through-one-name": through_one_name,
}

if __name__ == "__main__":
    kind, path, *rest = sys.argv[1:]
    count = int(rest[0]) if rest else 100
    with open(path, "wb") as OUT:
        if kind in MEMBERS:
            small(MEMBERS[kind](count - 1), rest[1] if len(rest) > 1 else "zstd")
        else:
            OUT.write(WHOLE[kind](count))
