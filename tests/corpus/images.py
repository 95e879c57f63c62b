# SPDX-License-Identifier: GPL-2.0-or-later
"""Initrd images: every compressor, archiver, segment order and padding that boots.

Each is examined as a file, sealed, compared, unpacked as the kernel does and compared again. Then a
bit of it is lost: in the sealed file below its times, and, where the format has a checksum, in the
file as its builder wrote it.
"""

import os
import shutil
import subprocess

from archives import (  # noqa: F401
    BLOCK, CHARACTER, FILE, FOLDER, LINK, PIPE, PROGRAM, SOCKET, Node, archived_by, cpio, early,
    noise, root, words)
from cases import Case, Wrong, command, exact, must
from packers import (
    by, gzip_member, gzip_with_all_fields, in_pieces, lzma2, lzma_known_size, xz, zstd_skippable)
import packers
import rootfs
import lzma
import zlib

NOT_TOLD = "corrupt|damaged|lost|broken|cut short"
DELTA, X86, ARM64 = lzma.FILTER_DELTA, lzma.FILTER_X86, lzma.FILTER_ARM
ZSTD = by("zstd", "-q", "-3", "--check", "-c")


class Image(Case):
    """check, seal, sealed: exit codes; says: words of check and of seal; proven: a lost bit in the
    file as it was built is told without any record; boots: what is unpacked is as sealed."""

    check = 4
    check_says = ""
    seal = 0
    seal_says = ""
    proven = True
    boots = True
    victim = "usr/lib/modules/noise.ko"     # a file of which a byte is lost

    def run(self, place):
        data = self.make()
        loose = place.write("image", data)
        must(command("check", "--json", loose), self.check, "check FILE", self.check_says,
             NOT_TOLD if self.check == 4 else "storage corruption")
        sealed, _ = place.system(image=data)
        must(place.seal(), self.seal, "seal", self.seal_says)
        if self.seal == 0:
            self.sealed(place, sealed)
        if self.proven:
            self.built(place, loose, data)

    def sealed(self, place, path):
        """As sealed; and the twin."""
        must(place.check(), 0, "check")
        must(place.check("--direct"), 0, "check --direct")
        must(command("check", "--json", path), 0, "check SEALED-FILE")
        if self.boots:
            self.unpacked(place, path)
        with open(path, "rb") as f:
            size = f.seek(0, 2)
        offset = size - 1 - (size - os.path.getsize(place.path("image"))) // 7 % 9000
        place.lose_bit(path, offset)
        exact(place.check(), "a bit lost in the sealed file", ["BV-INITRD-BLOCKS"], offset)
        self.twins += 1

    def unpacked(self, place, path):
        """What the boot finds, and that one lost byte of it is told."""
        folder = place.path("unpacked")
        os.mkdir(folder)
        with open(path, "rb") as f:
            said = rootfs.unpack(f.read(), folder)
        if said:
            raise Wrong(f"the kernel would say: {said}")
        must(command("check", "--json", chroot=folder), 0, "check of what is unpacked")
        if self.victim:
            self.unpacked_twin(folder)
        shutil.rmtree(folder)

    def unpacked_twin(self, folder):
        """A bit of what is unpacked is another one since then, and its block and file are named."""
        with open(os.path.join(folder, self.victim), "r+b") as f:
            f.seek(70000)
            old = f.read(1)
            f.seek(70000)
            f.write(bytes([old[0] ^ 0x10]))
        answer = must(command("check", "--json", chroot=folder), 5, "a bit changed in what is unpacked")
        ranges = [r for f in answer.findings("BV-CONTENT-DAMAGED") for r in f["ranges"]]
        if [(r["offset"], r["members"]) for r in ranges] != [(69632, [self.victim])]:
            raise Wrong(f"a bit lost in what is unpacked: it tells of {ranges}")
        self.twins += 1

    def built(self, place, path, data):
        """A bit of the file as it was built, in its compressed part."""
        place.lose_bit(path, self.inside(data))
        must(command("check", "--json", path), 1, "a bit lost in the file as it was built")
        self.twins += 1

    @staticmethod
    def inside(data):
        """A byte that a checksum covers: in the middle of what all streams here hold."""
        return len(data.rstrip(b"\0")) * 6 // 10


def plain(name, make, **how):
    """An image without any checksum."""
    return Image(name, make, **{"proven": False, **how})


def packed(name, pack, **how):
    """The usual root, packed unusually."""
    return Image(name, lambda: pack(cpio(root(), block=512)), **how)


# ---- compressors and their options -------------------------------------------------------------

for level in (1, 6, 9):
    packed(f"gzip -{level}", by("gzip", f"-{level}", "-n"))
packed("gzip with rsyncable blocks", by("gzip", "--rsyncable", "-n"))
packed("gzip that stores", lambda data: gzip_member(data, level=0))
packed("gzip with fixed Huffman codes", lambda data: gzip_member(data, strategy=zlib.Z_FIXED))
packed("gzip with every header field", gzip_with_all_fields, check=3, seal=2,
       check_says="fields that kernels do not read", seal_says="fields that kernels do not read")
packed("gzip with a name", lambda data: gzip_member(data, 8, b"initrd.img\0"))
packed("pigz", by("pigz", "-n", "-c"))
packed("pigz with independent blocks", by("pigz", "-n", "-i", "-b", "128", "-c"))
packed("zopfli", by("pigz", "-11", "-n", "-c"), sample=False)

packed("zstd -1", by("zstd", "-q", "-1", "-c"))
packed("zstd --fast=5", by("zstd", "-q", "--fast=5", "-c"))
packed("zstd -19", by("zstd", "-q", "-19", "-c"))
packed("zstd --ultra -22 --long=27", by("zstd", "-q", "--ultra", "-22", "--long=27", "-c"))
packed("zstd with two threads", by("zstd", "-q", "-T2", "-B262144", "-c"))
packed("zstd --rsyncable", by("zstd", "-q", "-T2", "--rsyncable", "-c"))
packed("zstd with literals as they are", by("zstd", "-q", "--no-compress-literals", "-c"))
packed("zstd --no-check", by("zstd", "-q", "-3", "--no-check", "-c"), proven=False)
packed("zstd with the content's size in the header",
       lambda data: by("zstd", "-q", "-c", f"--stream-size={len(data)}")(data))
packed("a skippable zstd frame behind", lambda data: ZSTD(data) + zstd_skippable(), boots=False,
       seal=(0, 2), check=(3, 4, 5))

packed("xz -0", by("xz", "-q", "-0", "--check=crc32"))
packed("xz -9e", by("xz", "-q", "-9e", "--check=crc32"))
packed("xz without a check", by("xz", "-q", "--check=none"), proven=False)
packed("xz with blocks", by("xz", "-q", "--check=crc32", "--block-size=200000"))
packed("xz with two threads", by("xz", "-q", "-T2", "--check=crc32", "--block-size=100000"))
packed("xz with the x86 filter", lambda data: xz(data, {"id": X86}, lzma2()))
packed("xz with a window of 4 KiB", lambda data: xz(data, lzma2(dict_size=4096)))
packed("xz with literal bits of its own", lambda data: xz(data, lzma2(lc=0, lp=3, pb=0)))
packed("xz with CRC64", by("xz", "-q", "--check=crc64"), check=(3, 4, 5), boots=False,
       check_says="crc32", seal=(0, 2), seal_says="crc32")
packed("xz with SHA-256", by("xz", "-q", "--check=sha256"), check=(3, 4, 5), boots=False,
       check_says="crc32", seal=(0, 2), seal_says="crc32")

packed("lzma", by("xz", "-q", "--format=lzma"), proven=False)
packed("lzma -9", by("xz", "-q", "-9", "--format=lzma"), proven=False)
packed("lzma with a known size", lzma_known_size, proven=False)

packed("lz4 -1", by("lz4", "-q", "-l", "-1"), proven=False)
packed("lz4 -12", by("lz4", "-q", "-l", "-12"), proven=False)
packed("lz4 in several frames", in_pieces(by("lz4", "-q", "-l", "-9"), 300000), proven=False)
packed("lz4's frame format", by("lz4", "-q", "-9"), check=(3, 5), check_says="lz4.*frame",
       seal=2, seal_says="lz4", proven=False)
# One archive in more than one stream: Linux says "junk at the end of compressed archive".
for tool, pack in (("zstd", ZSTD), ("gzip", by("gzip", "-n")),
                   ("xz", by("xz", "-q", "--check=crc32"))):
    packed(f"{tool} in several streams", in_pieces(pack, 200000), check=(3, 4, 5), boots=False,
           check_says="kernel", seal=(0, 2), seal_says="kernel")
packed("bzip2", by("bzip2", "-q"), check=(3, 5), check_says="bzip2", seal=2, seal_says="bzip2",
       proven=False)
packed("lzop", by("lzop", "-q"), check=(3, 5), check_says="lzo", seal=2, seal_says="lzo",
       proven=False)
plain("no compression", lambda: cpio(root()))

# ---- archivers ----------------------------------------------------------------------------------

SORTED = "find . | LC_ALL=C sort"
plain("GNU cpio", lambda: archived_by(f"{SORTED} | cpio --quiet -o -H newc"))
plain("GNU cpio, reproducible, names without ./",
      lambda: archived_by("find . -mindepth 1 -printf '%P\\0' | LC_ALL=C sort -z | "
                          "cpio --quiet --reproducible -0 -o -H newc -R 0:0"))
plain("GNU cpio in 64 KiB blocks", lambda: archived_by(f"{SORTED} | cpio --quiet -o -H newc -C 65536"))
plain("GNU cpio with sums (070702)", lambda: archived_by(f"{SORTED} | cpio --quiet -o -H crc"))
plain("bsdcpio", lambda: archived_by(f"{SORTED} | bsdcpio --quiet -o -H newc -R 0:0"))
Image("bsdtar as mkinitcpio calls it",
      lambda: archived_by("find . -mindepth 1 -printf '%P\\0' | LC_ALL=C sort -z | bsdtar --null "
                          "--format=newc --uid 0 --gid 0 -cnf - -T - | zstd -q -c"))
plain("pax", lambda: archived_by("pax -w -x sv4cpio ."))
plain("pax with sums", lambda: archived_by("pax -w -x sv4crc ."))
plain("busybox cpio", lambda: archived_by(
    f"{SORTED} | {os.path.join(os.path.dirname(__file__), '../../build/busybox')} cpio -o -H newc "
    "2>/dev/null"))
plain("data on their own blocks, as dracut-cpio does", lambda: cpio(root(), align=4096))
plain("lower-case numbers", lambda: cpio(root(), digits="%08x"))
plain("names that begin with ./", lambda: cpio([Node(".", FOLDER)] + root(), prefix="./"))
plain("names that begin with /", lambda: cpio(root(), prefix="/"))
plain("the trailer alone behind zeros", lambda: cpio(root(), trailer=False) + bytes(512) + cpio([]),
      check=(4, 5))
plain("no inode numbers", lambda: cpio([
    Node(n.name, n.mode, n.data, ino=1 << 32, rdev=n.rdev) for n in root()]))
plain("no trailer", lambda: cpio(root(), trailer=False), check=(4, 5), seal=(0, 2))
packed("no trailer, in zstd", lambda _: ZSTD(cpio(root(), trailer=False)))
plain("zeros between members", lambda: cpio(root(), gap=8), check=(4, 5))
packed("zeros between members, in zstd", lambda _: ZSTD(cpio(root(), gap=8)))
packed("zeros behind the trailer, in zstd", lambda data: ZSTD(data + bytes(70000)))

# ---- members -------------------------------------------------------------------------------------


def with_nodes(name, *nodes, before=False, **how):
    """The root, and members of a certain kind."""
    order = (lambda: [*nodes, *root()]) if before else (lambda: root(extra=nodes))
    return Image("members: " + name, lambda: ZSTD(cpio(order())), **how)


with_nodes("hard links, the data with the last one",
           Node("etc/a", FILE, b"", 7, 3), Node("etc/b", FILE, b"", 7, 3),
           Node("etc/c", FILE, words(9000, 3), 7, 3))
with_nodes("hard links, the data with the first one",
           Node("etc/a", FILE, words(9000, 3), 7, 2), Node("etc/b", FILE, b"", 7, 2))
with_nodes("hard links, the data with each",
           Node("etc/a", FILE, words(9000, 3), 7, 2), Node("etc/b", FILE, words(9000, 3), 7, 2))
with_nodes("a file that says that it has another name, which is not there",
           Node("etc/a", FILE, b"alone", 7, 2))
with_nodes("hard links of equal numbers on two devices",
           Node("etc/a", FILE, b"one", 7, 2, dev=(8, 1)),
           Node("etc/b", FILE, b"other", 7, 2, dev=(8, 2)))
with_nodes("device nodes, pipes and sockets",
           Node("dev", FOLDER), Node("dev/null", CHARACTER, rdev=(1, 3)),
           Node("dev/vda", BLOCK, rdev=(254, 0)), Node("etc/pipe", PIPE), Node("etc/socket", SOCKET))
with_nodes("set-user-id, sticky and closed modes",
           Node("bin/su", 0o104755, b"su"), Node("tmp", 0o041777), Node("etc/none", 0o100000, b"x"))
with_nodes("owners other than root", Node("etc/owned", FILE, b"x", owner=65534),
           Node("etc/high", FILE, b"x", owner=0xfffffffe))
with_nodes("times at both ends", Node("etc/old", FILE, b"x", mtime=0),
           Node("etc/new", FILE, b"x", mtime=0xffffffff))
with_nodes("absolute, dangling and circular links",
           Node("etc/absolute", LINK, b"/usr/lib"), Node("etc/nowhere", LINK, b"../none"),
           Node("etc/one", LINK, b"two"), Node("etc/two", LINK, b"one"))
with_nodes("a link as long as can be", Node("etc/long", LINK, b"a/" * 2047 + b"a"))
with_nodes("files behind an absolute link", Node("opt", LINK, b"/usr/lib"),
           Node("opt/behind", FILE, b"behind a link"))
with_nodes("long and strange names", Node("etc/" + "n" * 250, FILE, b"x"),
           Node("etc/with space", FILE, b"x"), Node("etc/new\nline", FILE, b"x"),
           Node("etc/gr\u00fc\u00dfe", FILE, b"x"), Node("etc/\udcff\udcfe", FILE, b"x"),
           Node("etc/back\\slash", FILE, b"x"), Node("etc/-", FILE, b"x"))
with_nodes("names with zeros behind", Node("etc/filled", FILE, b"x", name_fill=33))
with_nodes("a folder that ends with /", Node("etc/folder/", FOLDER), Node("etc/folder/a", FILE, b"x"))
with_nodes("a file twice, the second one counts", Node("etc/twice", FILE, b"first" * 100),
           Node("etc/twice", FILE, b"second"))
with_nodes("a file that a link replaces", Node("etc/x", FILE, b"x"), Node("etc/x", LINK, b"conf"))
with_nodes("a folder that a file replaces", Node("etc/x", FOLDER), Node("etc/x", FILE, b"x"))
with_nodes("a full folder that a file would replace", Node("etc/x", FOLDER),
           Node("etc/x/y", FILE, b"y"), Node("etc/x", FILE, b"x"))
with_nodes("an empty file, and one of a whole block", Node("etc/0", FILE),
           Node("etc/4096", FILE, noise(4096, 1)), Node("etc/4097", FILE, noise(4097, 1)))
with_nodes("a file of zeros and one of ones", Node("etc/zeros", FILE, bytes(100000)),
           Node("etc/ones", FILE, b"\xff" * 100000))
with_nodes("a folder of another mode again", Node("etc", 0o040700))
with_nodes("a file whose folder never comes", Node("none/file", FILE, b"x"))
with_nodes("a file in front of its folder", Node("later/file", FILE, b"x"), Node("later", FOLDER))
plain("a tree that find -depth listed",
      lambda: archived_by("find . -depth | cpio --quiet -o -H newc"), boots=False, seal=(0, 2))

# ---- segments, their order, and what is between --------------------------------------------------

SMALL = [n for n in root() if n.name in ("etc", "etc/conf")]


def segments(name, make, **how):
    """More than the one archive."""
    return Image("segments: " + name, make, **how)


def main():
    """The usual one."""
    return ZSTD(cpio(root()))


def part(number, seed=5):
    """An archive that only adds."""
    return cpio([Node("opt", FOLDER), Node(f"opt/part{number}", FILE, noise(5000, seed + number))])


segments("microcode in front", lambda: early() + main())
segments("microcode of both makers", lambda: early() + early(name="AuthenticAMD") + main())
segments("microcode without folders", lambda: early(with_folders=False) + main())
segments("ACPI tables in front", lambda: cpio([
    Node("kernel", FOLDER), Node("kernel/firmware", FOLDER), Node("kernel/firmware/acpi", FOLDER),
    Node("kernel/firmware/acpi/ssdt.aml", FILE, noise(3000, 9))], block=512) + main())
segments("dracut's early_cpio", lambda: cpio([
    Node("early_cpio", FILE, b"1\n"), Node("kernel", FOLDER), Node("kernel/x86", FOLDER),
    Node("kernel/x86/microcode", FOLDER),
    Node("kernel/x86/microcode/GenuineIntel.bin", FILE, noise(20000, 4))]) + main())
segments("modules as they are, then the rest, as Debian 13", lambda: cpio([
    Node("usr", FOLDER), Node("usr/lib", FOLDER), Node("usr/lib/modules", FOLDER),
    Node("usr/lib/modules/a.ko.xz", FILE, noise(60000, 6))]) + main())
segments("early, modules, main", lambda: early() + part(1) + main())
segments("a plain one behind", lambda: fill(main(), 4) + part(1))
segments("zstd, then gzip", lambda: main() + by("gzip", "-n")(part(1)))
segments("gzip, then zstd", lambda: by("gzip", "-n")(cpio(root())) + ZSTD(part(1)))
segments("xz, zeros, zstd", lambda: by("xz", "-q", "--check=crc32")(part(1)) + bytes(13) + main())
segments("lz4, zeros, zstd", lambda: by("lz4", "-q", "-l")(part(1)) + bytes(8) + main())
segments("two archives in one stream", lambda: ZSTD(cpio(root()) + part(1)))
segments("seven of all kinds", lambda: early() + part(1) + fill(main(), 4) + part(2) +
         fill(by("gzip", "-n")(part(3)), 512) + part(4) + by("xz", "-q", "--check=crc32")(part(5)),
         proven=False)
segments("a later one replaces a file", lambda: ZSTD(cpio(root())) + ZSTD(cpio([
    Node("etc", FOLDER), Node("etc/conf", FILE, b"other\n")])))
segments("a later one replaces one name of a hard link", lambda: ZSTD(cpio(root(extra=[
    Node("etc/a", FILE, b"", 7, 2), Node("etc/b", FILE, b"linked\n", 7, 2)]))) + ZSTD(cpio([
        Node("etc", FOLDER), Node("etc/a", FILE, b"replaced, and longer\n", 9, 1)])))
for zeros in (4, 512, 4096, 1 << 20):
    # In the middle of a MiB of them a bit is of no archive, and no checksum tells.
    segments(f"{zeros} zeros behind microcode",
             lambda zeros=zeros: early() + bytes(zeros) + main(), proven=zeros < 1 << 20)
    segments(f"{zeros} zeros at the end", lambda zeros=zeros: main() + bytes(zeros))
segments("zeros up to a whole MiB", lambda: fill(main(), 1 << 20))
segments("zeros in front", lambda: bytes(512) + main())
segments("an empty archive in front", lambda: cpio([]) + main())
segments("an empty archive behind", lambda: fill(main(), 4) + cpio([]))


def fill(data, unit):
    """Zeros up to a multiple."""
    return data + bytes(-len(data) % unit)
