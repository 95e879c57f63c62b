# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of real builders: two Debians' initramfs-tools and dracut, with their own options.

They are made in trees of these Debians, as tests/boot makes its guests, and kept in cache/guests.
"""

import functools
import os

from images import Image
from lab import host, tree

COMPRESSORS = ("zstd", "gzip", "xz", "lz4", "lzma")
NO_CHECKSUM = ("lz4", "lzma")
DRACUT = {
    "as it is": ("--no-hostonly", True),
    "xz": ("--no-hostonly --xz", True),
    "lz4": ("--no-hostonly --lz4", False),
    "without compression": ("--no-hostonly --no-compress", False),
    "without microcode": ("--no-hostonly --no-early-microcode", True),
    "reproducible": ("--no-hostonly --reproducible --gzip", True),
}
FEW = "--add-drivers ext4 --omit 'plymouth multipath iscsi nfs cifs network crypt lvm mdraid'"


class Built(Image):
    """An image without a file of the corpus' own: damage of what is unpacked is another's test."""

    sample = False
    victim = ""

    @staticmethod
    def inside(data):
        """The compressed segment is the last one, and may be a small part of it all."""
        return len(data.rstrip(b"\0")) * 97 // 100


def content(path):
    """All of a file."""
    with open(path, "rb") as f:
        return f.read()


def initramfs_tools(suite, **how):
    """What update-initramfs makes in a guest's tree."""
    return content(tree.guest(suite, **how).initrd)


def dracut_tree(suite):
    """A tree with dracut in the place of initramfs-tools."""
    packages = "dracut,linux-image-amd64,zstd,xz-utils,lz4,kmod,udev,systemd-sysv,e2fsprogs,cpio"

    def make(folder):
        host.say(f"a Debian {suite} tree with dracut, by mmdebstrap")
        host.run(["mmdebstrap", "--mode=root", "--variant=minbase", "--include=" + packages,
                  *(f"--dpkgopt=path-exclude={p}" for p in tree.EXCLUDED), suite, folder])
    return host.cached(f"dracut-{suite}", host.fingerprint(packages, scripts=()), make)


def dracut(suite, options):
    """What dracut makes there."""
    base = dracut_tree(suite)

    def make(folder):
        kernel = tree.kernel_version(base)
        host.chroot(base, f"dracut --force --quiet {FEW} {options} /boot/{name} {kernel}")
        os.makedirs(folder)
        host.run(["mv", f"{base}/boot/{name}", folder + "/image"])
    # Two of them may be made at a time, in one tree.
    name = f"dracut-{suite}-{host.fingerprint(options, scripts=())[:4]}"
    return content(host.cached(name, host.fingerprint(options, base, scripts=()), make) + "/image")


for debian in tree.SUITES:
    for packer in COMPRESSORS:
        Built(f"initramfs-tools of {debian}, {packer}",
              functools.partial(initramfs_tools, debian, compress=packer),
              proven=packer not in NO_CHECKSUM)
    Built(f"initramfs-tools of {debian}, microcode in front",
          functools.partial(initramfs_tools, debian, microcode=True))
    Built(f"initramfs-tools of {debian}, MODULES=most",
          functools.partial(initramfs_tools, debian, modules="most"))
    for words, (how, checksum) in DRACUT.items():
        Built(f"dracut of {debian}, {words}", functools.partial(dracut, debian, how),
              proven=checksum)
