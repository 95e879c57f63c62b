# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes behind a sealed image, or in front of it, when nobody lost a byte of it.

Every sealed byte is as sealed. Then one of them is lost as well: that is corruption.
"""

import os
import struct

from archives import FILE, FOLDER, Node, cpio, noise, root
from cases import Case, command, must, small_image
from images import ZSTD, fill
from packers import by


class Appended(Case):
    """make(size): what is appended to a sealed image of so many bytes. after: exit codes of check;
    says: its words."""

    after = (3, 4, 5)
    says = ""

    def run(self, place):
        image, _ = place.system()
        must(place.seal(), 0, "seal")
        size = os.path.getsize(image)
        with open(image, "ab") as f:
            f.write(self.make(size))
        never = "no sealed|storage corruption|do not reboot" if self.after != (0,) else "(?!)"
        must(place.check(), self.after, "check", self.says, never)
        must(command("check", "--json", image), (0, *self.after), "check FILE")
        place.lose_bit(image, size - 30000)
        must(place.check(), 1, "check, a sealed bit lost besides")
        self.twins += 1


def bootconfig(text=b"kernel.panic = 5\n", wrong=0):
    """Linux, Documentation/admin-guide/bootconfig.rst, "Boot Config With Initrd"."""
    def make(size):
        data = text + b"\0"
        data += b"\0" * (-(size + len(data) + 20) % 4)
        return data + struct.pack("<II", len(data), sum(data) + wrong) + b"#BOOTCONFIG\n"
    return make


def credentials(_):
    """As systemd-stub makes them: an archive of its own, on the grid of 4 bytes."""
    return cpio([Node(".extra", 0o040555), Node(".extra/credentials", 0o040500),
                 Node(".extra/credentials/a.cred", 0o100400, noise(300, 1))])


def on_grid(data, grid=4):
    """Filled up to the grid first."""
    return lambda size: bytes(-size % grid) + data


def off_grid(data):
    """Never on the grid of 4 bytes."""
    return lambda size: bytes(-size % 4 + 1) + data


EXTRA = cpio([Node("etc", FOLDER), Node("etc/extra", FILE, b"extra\n")])

Appended("appended: a boot configuration", bootconfig(), says="boot ?config")
Appended("appended: an empty boot configuration", bootconfig(b"\n"), says="boot ?config")
Appended("appended: systemd's credentials", lambda size: on_grid(credentials(size))(size))
Appended("appended: an archive on the grid", on_grid(EXTRA))
Appended("appended: an archive off the grid", off_grid(EXTRA))
Appended("appended: a compressed archive", on_grid(ZSTD(EXTRA)))
Appended("appended: a compressed archive at once", lambda _: ZSTD(EXTRA))
Appended("appended: another whole initrd", lambda _: ZSTD(cpio(root(seed=2))))
for count in (1, 3, 512, 70000):
    Appended(f"appended: {count} zeros", lambda _, count=count: bytes(count))
Appended("appended: zeros up to a whole MiB", lambda size: bytes(-size % (1 << 20)))
Appended("appended: a signature (PKCS #7)", lambda _: b"\x30\x82\x05\x00" + noise(1280, "pkcs7"))
Appended("appended: a signature as IMA and modules have it",
         lambda _: noise(700, "sig") + struct.pack(">BBBBB3xI", 0, 0, 2, 0, 0, 700)
         + b"~Module signature appended~\n")
Appended("appended: a text that some hook left", lambda _: b"# made by hand\n")
Appended("appended: a program", on_grid(b"\x7fELF\2\1\1" + bytes(9) + noise(5000, "elf")))
Appended("appended: lz4's frame format", lambda _: by("lz4", "-q")(EXTRA))
Appended("appended: a squashfs", on_grid(b"hsqs" + noise(4092, "squashfs"), 4096))


class Bootconfig(Case):
    """The same before it is sealed; damaged, it is not sealed, or said."""

    def run(self, place):
        data = small_image()
        whole = data + self.make(len(data))
        image, _ = place.system(image=whole)
        loose = place.write("image", whole)
        must(command("check", "--json", loose), 4, "check FILE", "", "corrupt|damaged")
        must(place.seal(), 0, "seal")
        must(place.check(), 0, "check")
        offset = os.path.getsize(image) - 40
        place.lose_bit(image, offset)
        must(place.check(), 1, "check, a sealed bit of it lost")
        self.twins += 1


Bootconfig("sealed with a boot configuration", bootconfig(b"kernel.panic = 5\n" * 20))
Bootconfig("sealed with a boot configuration behind zeros",
           lambda size: bytes(600) + bootconfig(b"kernel.panic = 5\n" * 20)(size + 600))


class Signed(Case):
    """An image that its builder filled up, and sealed again and again: the same bytes."""

    def run(self, place):
        image, _ = place.system(image=fill(small_image(), 4096))
        must(place.seal(), 0, "seal")
        with open(image, "rb") as f:
            first = f.read()
        for _ in range(3):
            must(place.seal(), 0, "seal again")
            must(place.check(), 0, "check")
        with open(image, "rb") as f:
            if f.read() != first:
                raise ValueError("sealed again, it has other bytes")


Signed("sealed four times", None)
