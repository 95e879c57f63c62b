# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel images of every kind that Debian has, and programs that look like one.

Each is examined as a file, sealed with an initrd beside it, and compared. A bit of it is lost then:
in the sealed file below its times, and in the payload where that has a checksum.
"""

import functools
import gzip
import os
import re
import shutil
import struct
import subprocess

from archives import noise
from cases import KVER, Case, command, exact, must, small_kernel
from foreign import arm64_image, riscv_image
from lab import host

UNSAID = "corrupt|damaged|the disk lost|broken"
CACHE = os.path.join(host.PROJECT, "cache", "corpus")


class Kernel(Case):
    """check: exit codes of check FILE; says: words of it; proven: its payload has a checksum."""

    check = (4, 5)
    says = ""
    proven = False

    def run(self, place):
        data = self.make()
        loose = place.write("kernel", data)
        must(command("check", "--json", loose), self.check, "check FILE", self.says, UNSAID)
        _, sealed = place.system(kernel=data)
        must(place.seal(), 0, "seal")
        must(place.check(), 0, "check")
        offset = len(data) * 5 // 9
        place.lose_bit(sealed, offset)
        exact(place.check(), "a bit lost in the sealed file", ["BV-KERNEL-BLOCKS"], offset)
        self.twins += 1
        if self.proven:
            place.lose_bit(loose, offset)
            must(command("check", "--json", loose), 1, "a bit lost in the file as it was built")
            self.twins += 1


class Signed(Case):
    """Sealed, then signed again by another key: make() and again() have the same size."""

    again = None

    def run(self, place):
        _, path = place.system(kernel=self.make())
        must(place.seal(), 0, "seal")
        with open(path, "wb") as f:
            f.write(self.again())
        must(place.check(), 4, "check", "", "corrupt|damaged|lost")
        # A bit of its payload is lost as well.
        place.lose_bit(path, os.path.getsize(path) // 2)
        must(place.check(), 1, "check, a bit lost")
        self.twins += 1


def pe_checksum(image):
    """Microsoft's PE format, "Optional Header Windows-Specific Fields": CheckSum, counted as zero."""
    total = sum(struct.unpack(f"<{len(image) // 2}H", image))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total + len(image)


def with_pe_header(kernel, signer=None, certificates=1400):
    """A bzImage that is a PE program as well, as EFI wants it, signed when there is a signer.

    Microsoft's PE format: "Optional Header Data Directories", the certificate table. The header
    has room in the setup code, as in Linux, arch/x86/boot/header.S.
    """
    image = bytearray(kernel)
    image += bytes(-len(image) % 8)
    image[0:2] = b"MZ"
    at = 0x80
    struct.pack_into("<I", image, 0x3c, at)
    image[at:at + 4] = b"PE\0\0"
    struct.pack_into("<HHIIIHH", image, at + 4, 0x8664, 1, 0, 0, 1, 0xa0, 0x206)
    optional = at + 24
    struct.pack_into("<H", image, optional, 0x20b)
    struct.pack_into("<I", image, optional + 56, len(image))
    struct.pack_into("<I", image, optional + 108, 6)
    if signer is not None:
        body = noise(certificates, signer)
        struct.pack_into("<II", image, optional + 112 + 4 * 8, len(image), len(body) + 8)
        image += struct.pack("<IHH", len(body) + 8, 0x200, 2) + body
        struct.pack_into("<I", image, optional + 64, pe_checksum(image))
    return bytes(image)


def setup_header(total, **fields):
    """A Linux boot header without a payload, as other programs have it."""
    image = bytearray(noise(total, "program"))
    image[0:1024] = bytes(1024)
    values = {"sectors": 1, "version": 0x20c, "payload": (0, 0), **fields}
    code = total - 512 * (1 + values["sectors"])
    image[0x1f1] = values["sectors"]
    struct.pack_into("<I", image, 0x1f4, values.get("paragraphs", (code + 15) // 16))
    image[0x1fe:0x200] = b"\x55\xaa"
    image[0x200:0x202] = b"\xeb\x66"
    image[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", image, 0x206, values["version"])
    struct.pack_into("<II", image, 0x248, *values["payload"])
    return bytes(image)


def of_guest(suite):
    """The signed kernel of a guest's tree, which tests/boot makes."""
    def make():
        from lab import tree  # pylint: disable=import-outside-toplevel
        path = tree.base(suite)
        with open(f"{path}/boot/vmlinuz-{tree.kernel_version(path)}", "rb") as f:
            return f.read()
    return make


Kernel("kernel: small, xz", small_kernel, check=4, proven=True)
Kernel("kernel: small, with bytes behind its end", lambda: small_kernel() + noise(1500, "behind"))
Kernel("kernel: small, zeros up to a whole block", lambda: small_kernel() + bytes(
    -len(small_kernel()) % 4096), proven=True)
Kernel("kernel: with a PE header", lambda: with_pe_header(small_kernel()), proven=True)
Kernel("kernel: signed", lambda: with_pe_header(small_kernel(), "one"), proven=True)
Kernel("kernel: arm64", arm64_image)
Kernel("kernel: arm64, in gzip", lambda: gzip.compress(arm64_image(), mtime=0))
Kernel("kernel: RISC-V", riscv_image)
Kernel("kernel: an ELF program, as ppc64el and Xen have it",
       lambda: b"\x7fELF\2\1\1\0" + bytes(8) + noise(300000, "ppc"))
Kernel("kernel: a zImage of arm",
       lambda: b"\0\0\xa0\xe1" * 9 + struct.pack("<III", 0x016f2818, 0, 200000) + noise(199952, 1))
Kernel("kernel: a program with a boot header and no payload (memtest86+)",
       lambda: setup_header(150000))
Kernel("kernel: a program with an old boot header (iPXE's lkrn)",
       lambda: setup_header(300001, version=0x207, sectors=4))
Kernel("kernel: a program that gives its size in paragraphs, short of its end",
       lambda: setup_header(150001, paragraphs=9250))
BIG = 250000            # a signature changes few of its blocks
Signed("kernel: signed again", lambda: with_pe_header(small_kernel(size=BIG), "one"),
       again=lambda: with_pe_header(small_kernel(size=BIG), "two"))
Signed("kernel: signed again with a longer chain",
       lambda: with_pe_header(small_kernel(size=BIG), "one"),
       again=lambda: with_pe_header(small_kernel(size=BIG), "two", 2000))
Signed("kernel: another build of the same size", small_kernel,
       again=lambda: small_kernel("another build"))
for guest in ("trixie", "bookworm"):
    Kernel(f"kernel: Debian's own, {guest}", of_guest(guest), check=4, proven=True, sample=False)

# ---- from Debian's archive -----------------------------------------------------------------------

ARCHIVE = (     # architecture, package, a pattern of the file, whether its payload has a checksum
    ("amd64", "linux-image-cloud-amd64", "boot/vmlinuz-.*", False),
    ("amd64", "linux-image-rt-amd64", "boot/vmlinuz-.*", True),
    ("amd64", "memtest86+", "boot/.*\\.bin", False),
    ("amd64", "memtest86+", "boot/.*x64.*\\.efi", False),
    ("amd64", "ipxe", "boot/ipxe\\.lkrn|usr/lib/ipxe/ipxe\\.lkrn", False),
    ("amd64", "ipxe", "boot/ipxe\\.efi|usr/lib/ipxe/ipxe\\.efi", False),
    ("amd64", "syslinux-common", "usr/lib/syslinux/memdisk", False),
    ("amd64", "grub-efi-amd64-signed", ".*/grubx64\\.efi\\.signed", False),
    ("amd64", "xen-hypervisor-4.17-amd64", "boot/xen-.*", False),
    ("i386", "linux-image-686-pae", "boot/vmlinuz-.*", True),
    ("arm64", "linux-image-cloud-arm64", "boot/vmlinuz-.*", False),
    ("armhf", "linux-image-armmp", "boot/vmlinuz-.*", False),
    ("armel", "linux-image-marvell", "boot/vmlinuz-.*", False),
    ("ppc64el", "linux-image-powerpc64le", "boot/vmlinu[xz]-.*", False),
    ("s390x", "linux-image-s390x", "boot/vmlinuz-.*", False),
    ("mips64el", "linux-image-5kc-malta", "boot/vmlinu[xz]-.*", False),
)


def apt(architecture, *words):
    """apt-get with lists of its own, of the sources that this machine has."""
    state = os.path.join(CACHE, "lists-" + architecture)
    for name in (state + "/lists/partial", state + "/cache/archives/partial"):
        os.makedirs(name, exist_ok=True)
    host.put(state + "/status", "")
    options = {"APT::Architecture": architecture, "APT::Architectures": architecture,
               "Dir::State": state, "Dir::State::Lists": state + "/lists",
               "Dir::State::status": state + "/status", "Dir::Cache": state + "/cache",
               "APT::Sandbox::User": "root"}
    settings = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
    return ["apt-get", "-qq", *settings, *words]


def with_kernel(architecture, package):
    """What linux-image-cloud-amd64 and others name: the package with the file."""
    cache = [w.replace("apt-get", "apt-cache") for w in apt(architecture) if w != "-qq"]
    text = host.run([*cache, "show", package])
    found = re.search(r"(?m)^Depends: (linux-image-[^ ,]+)", text)
    return found.group(1) if found else package


@functools.lru_cache(maxsize=1)
def from_archive(architecture, package, pattern):
    """A file of a package, kept in cache/corpus."""
    kept = os.path.join(CACHE, f"{architecture}-{package}-{re.sub('[^a-z0-9]+', '-', pattern)}")
    with host.locked("corpus-" + architecture):
        if not os.path.exists(kept):
            fetch(architecture, package, pattern, kept)
    with open(kept, "rb") as f:
        return f.read()


def fetch(architecture, package, pattern, kept):
    """Download, and take the one file out."""
    folder = kept + ".new"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    if not os.path.exists(f"{CACHE}/lists-{architecture}/ready"):
        # A mirror that is being written has parts that do not fit; others are enough.
        subprocess.run(apt(architecture, "update"), stderr=subprocess.DEVNULL, check=False)
        host.put(f"{CACHE}/lists-{architecture}/ready", "")
    host.run(apt(architecture, "download", with_kernel(architecture, package)),
             cwd=folder)
    deb = next(n for n in os.listdir(folder) if n.endswith(".deb"))
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", f"{folder}/{deb}"],
                          stdout=subprocess.PIPE) as tar:
        names = host.run(["sh", "-c", f"dpkg-deb -c {folder}/{deb}"])
        name = next(n for n in re.findall(r"(?m) \./(\S+)(?: ->.*)?$", names)
                    if re.fullmatch(pattern, n))
        with open(folder + "/file", "wb") as out:
            subprocess.run(["tar", "-xOf", "-", "./" + name], stdin=tar.stdout, stdout=out,
                           check=True)
    os.replace(folder + "/file", kept)
    shutil.rmtree(folder)


for arch, pkg, name, checksum in ARCHIVE:
    Kernel(f"kernel: {pkg} of {arch}, {name}", functools.partial(from_archive, arch, pkg, name),
           proven=checksum, sample=False)


class OwnSigner(Signed):
    """Debian's kernel signed by two machine owner keys, with the real sbsign."""

    sample = False

    def run(self, place):
        plain = place.write("plain", of_guest("trixie")())
        signed = []
        for n in ("one", "two"):
            host.run(["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                      "/CN=machine owner/", "-keyout", place.path(n + ".key"), "-out",
                      place.path(n + ".crt")])
            host.run(["sbsign", "--key", place.path(n + ".key"), "--cert", place.path(n + ".crt"),
                      plain, "--output", place.path(n)])
            with open(place.path(n), "rb") as f:
                signed.append(f.read())
        self.make, self.again = lambda: signed[0], lambda: signed[1]
        super().run(place)


OwnSigner("kernel: Debian's own, signed again with sbsign", None)


class OtherVersion(Case):
    """The kernel in the file says another version than the file's name."""

    def run(self, place):
        place.system(kver="6.1.0-other")
        must(place.seal(kver="6.1.0-other"), 0, "seal", re.escape(KVER))
        must(place.check(kver="6.1.0-other"), 0, "check", re.escape(KVER), "corrupt|damaged")


OtherVersion("kernel: another version than its name says", None)
