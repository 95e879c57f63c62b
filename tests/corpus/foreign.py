# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are neither kernels nor initrds, or not ones that this program unpacks.

Nothing is known to be wrong with them: none is corrupt. Those with a checksum that covers all have
a twin with a lost bit.
"""

import io
import os
import struct
import subprocess
import tarfile
import tempfile
import zipfile

from archives import cpio, noise, root, words
from cases import Case, command, must
from packers import by

UNSAID = "corrupt|damaged|the disk lost"


class Foreign(Case):
    """check: exit codes of check FILE; says: what it is called; proven: a lost bit is told."""

    check = (3, 4, 5)       # 3: what it is is known, and that no kernel unpacks it
    says = ""
    proven = False

    def run(self, place):
        data = self.make()
        path = place.write("file", data)
        # What is known by its name has not lost its first bytes.
        unsaid = UNSAID + ("|first bytes" if self.says else "")
        must(command("check", "--json", path), self.check, "check FILE", self.says, unsaid)
        if self.proven:
            # Zeros are coded alike in many ways: there a bit of the checksum is lost.
            place.lose_bit(path, len(data) // 2 if self.says else len(data) - 3)
            must(command("check", "--json", path), 1, "check FILE, a bit lost")
            self.twins += 1


def packed(name, content, says="", packers=("gzip", "zstd", "xz")):
    """The same in each of these streams."""
    filters = {"gzip": by("gzip", "-n"), "zstd": by("zstd", "-q", "--check", "-c"),
               "xz": by("xz", "-q", "--check=crc32"), "lz4": by("lz4", "-q", "-l")}
    for pack in packers:
        Foreign(f"no initrd: {name} in {pack}", lambda pack=pack: filters[pack](content()),
                says=says, proven=pack != "lz4")


def file_of(command_line):
    """What a shell command writes to the file "$1", in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        subprocess.run(["sh", "-ec", command_line, "sh", path], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(path, "rb") as f:
            return f.read()


def arm64_image():
    """Linux, Documentation/arch/arm64/booting.rst: code, offset, size, flags, "ARM\\x64" at 56."""
    head = struct.pack("<IIQQQ", 0x91005A4D, 0x14000000, 0, 400000, 0xA)
    return head + bytes(24) + b"ARM\x64" + bytes(4) + noise(300000, "arm64")


def riscv_image():
    """Linux, Documentation/arch/riscv/boot-image-header.rst."""
    head = struct.pack("<IIQQQII", 0x0000A1AF, 0, 0x200000, 300000, 0, 2, 0)
    return head + bytes(8) + b"RISCV\0\0\0" + b"RSC\5" + bytes(4) + noise(200000, "riscv")


def tar():
    """A root of containers, mistaken for an initrd."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("etc/words")
        info.size = 70000
        archive.addfile(info, io.BytesIO(words(70000, 1)))
    return out.getvalue()


def zipped():
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("etc/words", words(70000, 1))
    return out.getvalue()


def squashfs():
    """As live systems and snaps have it."""
    return file_of('mkdir d; seq 99999 >d/a; mksquashfs d "$1" -quiet -no-progress')


def ext2():
    """A ram disk of the old kind."""
    return file_of('truncate -s 1M "$1"; mke2fs -q -F "$1"')


def old_archive(form):
    """What cpio writes when it is not told -H newc."""
    return file_of(f'mkdir d; seq 9999 >d/a; find d | cpio --quiet -o -H {form} >"$1"')


def uimage(kind):
    """U-Boot's header around an initrd or a kernel."""
    return lambda: file_of(f'seq 99999 | gzip -n >d; mkimage -A arm -O linux -T {kind} -C gzip '
                           '-n name -d d "$1"')


packed("text", lambda: words(90000, 1))
packed("an arm64 kernel", arm64_image, "arm64|kernel|payload")
packed("a tar archive", tar, "tar")
packed("an ext2 file system", ext2, "ext")
packed("a squashfs", squashfs, "squashfs", ("gzip",))
packed("noise", lambda: noise(70000, 2))
packed("nothing", lambda: b"", packers=("gzip", "xz"))
packed("zeros", lambda: bytes(70000), packers=("gzip", "zstd", "lz4"))
packed("an initrd packed twice", lambda: by("gzip", "-n")(cpio(root())), "not an initrd",
       ("zstd",))
packed("an archive of the kind odc", lambda: old_archive("odc"), "cpio|newc", ("gzip",))

Foreign("no initrd: a squashfs", squashfs, says="squashfs")
Foreign("no initrd: an ext2 file system", ext2, says="ext")
Foreign("no initrd: a tar archive", tar, says="tar")
Foreign("no initrd: a zip archive", zipped, says="zip")
Foreign("no initrd: an arm64 kernel", arm64_image)  # nothing but its first bytes tells
Foreign("no initrd: a RISC-V kernel", riscv_image)
Foreign("no initrd: an old archive (odc)", lambda: old_archive("odc"),
        says="cpio|newc")
Foreign("no initrd: an old archive (bin)", lambda: old_archive("bin"))
Foreign("no initrd: U-Boot's initrd", uimage("ramdisk"), says="U-Boot")
Foreign("no initrd: U-Boot's kernel", uimage("kernel"), says="U-Boot")
Foreign("no initrd: a device tree", lambda: struct.pack(">IIIIIIIIII", 0xD00DFEED, 4096, 56, 2000,
                                                       40, 17, 16, 0, 200, 1900) + noise(4056, 4))
Foreign("no initrd: a program", lambda: file_of('cp -L /bin/ls "$1"'), says="ELF")
Foreign("no initrd: the start of a program", lambda: b"\x7fELF\2\1\1\0" + bytes(8) +
        noise(30000, "elf"))
Foreign("no initrd: text", lambda: words(30000, 5))
Foreign("no initrd: noise", lambda: noise(30000, 5))
Foreign("no initrd: all zeros", lambda: bytes(30000))
Foreign("no initrd: a boot sector", lambda: noise(510, 6) + b"\x55\xaa")
Foreign("no initrd: a PDF", lambda: b"%PDF-1.7\n" + noise(30000, 7))
Foreign("no initrd: a LUKS header", lambda: b"LUKS\xba\xbe\0\2" + noise(30000, 8))
Foreign("no initrd: lrzip", lambda: b"LRZI\0\6" + noise(30000, 9))
Foreign("no initrd: 7z", lambda: b"7z\xbc\xaf\x27\x1c\0\4" + noise(30000, 10))
Foreign("no initrd: zlib without gzip's header", lambda: __import__("zlib").compress(words(90000, 1)))
