# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian trees: a pristine one per suite, and guests whose initrd their own tools made."""

import dataclasses
import json
import os
import subprocess
import time

from . import host

SUITES = ("trixie", "bookworm")
PACKAGES = ("initramfs-tools,linux-image-amd64,zstd,xz-utils,lz4,busybox,kmod,udev,systemd-sysv,"
            "e2fsprogs,grub-pc,login,procps,coreutils,file,cpio")
LUKS_PACKAGES = "cryptsetup-initramfs,cryptsetup-bin"
LVM_PACKAGES = "lvm2"
EXCLUDED = ("/usr/share/man/*", "/usr/share/locale/*", "/usr/share/doc/*", "/usr/share/info/*")

LUKS_UUID = "11111111-2222-4333-8444-555555555501"
ROOT_UUID = "11111111-2222-4333-8444-555555555502"
BOOT_UUID = "11111111-2222-4333-8444-555555555503"
CRYPT_NAME = "root_crypt"
LVM_GROUP, LVM_VOLUME = "guest-vg", "root"
SWAP_UUID = "11111111-2222-4333-8444-555555555504"
SWAP_NAME = "swap_crypt"

# What is inside the LUKS device of a guest, or beside it.
LAYOUTS = {
    "plain": "the root file system",
    "lvm": "an LVM physical volume with the root; a second LUKS device with swap beside it",
    "detached": "the root file system; the header is on a partition of its own",
}

# All that a virtio guest on ext4 needs: an initrd of this list is small, hence quick to boot.
MODULES = "virtio_pci virtio_blk ext4 crc32c_generic"
LUKS_MODULES = ("nvme dm_mod dm_crypt aesni_intel xts ecb cbc sha256_generic sha512_generic "
                "algif_skcipher af_alg")
# Folders of kernel modules that no guest here can use; left out where MODULES=list is asked for.
UNUSED_MODULES = ("drivers/gpu drivers/net drivers/media drivers/infiniband drivers/staging "
                  "drivers/iio drivers/usb drivers/hid drivers/mmc drivers/hwmon drivers/isdn "
                  "drivers/bluetooth drivers/platform drivers/target drivers/scsi drivers/mtd "
                  "drivers/input drivers/crypto drivers/edac drivers/video drivers/comedi "
                  "sound net fs/xfs fs/btrfs fs/ocfs2 fs/gfs2 fs/nfs fs/nfsd fs/smb fs/cifs "
                  "fs/ceph fs/f2fs fs/jfs fs/bcachefs fs/reiserfs fs/ntfs3").split()

FAST_INIT = """#!/bin/sh
# PID 1 of the fast variant: no service manager, a root shell on the first serial console
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb PS1='GUEST# '
mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
[ -c /dev/ttyS0 ] || mount -t devtmpfs devtmpfs /dev
mount -o remount,rw /
mountpoint -q /run || mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /tmp
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount /boot
cd /root
echo "GUEST-UP $(uname -r)"
exec setsid -c bash --norc --noprofile -i </dev/ttyS0 >/dev/ttyS0 2>&1
"""

OFF = """#!/bin/sh
# guest-off poweroff|reboot: a clean end, with systemd or without
[ -d /run/systemd/system ] && exec systemctl "$1"
sync
umount /boot
mount -o remount,ro /
sync
sleep 1
if [ "$1" = reboot ]; then echo b >/proc/sysrq-trigger; else echo o >/proc/sysrq-trigger; fi
sleep 60
"""

# What a microcode package does: an early cpio in front of the image. The vendor's name is the one
# that QEMU's processor does not have, so the kernel does not look inside.
MICROCODE_HOOK = """#!/bin/sh
[ "$1" = prereqs ] && exit 0
. /usr/share/initramfs-tools/hook-functions
early=$(mktemp -d)
mkdir -p "$early/d/kernel/x86/microcode"
seq 1 20000 >"$early/d/kernel/x86/microcode/GenuineIntel.bin"
(cd "$early/d" && find . | sort | cpio --quiet -R 0:0 -o -H newc) >"$early/cpio"
prepend_earlyinitramfs "$early/cpio"
rm -rf "$early/d"
"""


@dataclasses.dataclass(frozen=True)
class Guest:
    """A finished tree; its paths are absolute and live in the cache."""

    path: str
    suite: str
    kernel: str
    luks: str           # "", or one of LAYOUTS
    log: str            # what update-initramfs printed
    seconds: float      # how long it took

    @property
    def vmlinuz(self):
        return f"{self.path}/boot/vmlinuz-{self.kernel}"

    @property
    def initrd(self):
        return f"{self.path}/boot/initrd.img-{self.kernel}"


def base(suite, luks=""):
    """The pristine tree of a suite, made by mmdebstrap."""
    packages = PACKAGES + ("," + LUKS_PACKAGES if luks else "")
    packages += "," + LVM_PACKAGES if luks == "lvm" else ""

    def make(folder):
        host.say(f"a Debian {suite} tree, by mmdebstrap")
        command = ["mmdebstrap", "--mode=root", "--variant=minbase", "--include=" + packages]
        command += [f"--dpkgopt=path-exclude={p}" for p in EXCLUDED]
        host.run(command + [suite, folder])
        host.run(["chroot", folder, "apt-get", "clean"])

    name = f"base-{suite}" + ("-luks" if luks else "") + ("-lvm" if luks == "lvm" else "")
    # A pristine tree depends on its packages only, not on the laboratory's scripts.
    return host.cached(name, host.fingerprint(packages, EXCLUDED, scripts=()), make)


def guest(suite, install=None, compress="zstd", modules="list", microcode=False, extra="",
          luks="", name=None):
    """A guest tree of a suite, its initrd made by its own update-initramfs in a chroot.

    install    a folder as `make install DESTDIR=` leaves it, copied in before update-initramfs;
               None for a guest without bootverdict
    compress   zstd, gzip, xz, lz4, bzip2, lzma or lzop
    modules    "list": the few that a virtio guest needs; "most" or "dep": Debian's own choice
    microcode  put an early cpio in front, as a microcode package does
    extra      shell script run in the chroot just before update-initramfs
    luks       one of LAYOUTS: the tree has cryptsetup-initramfs and a crypttab; its root is inside
               LUKS
    name       the cached folder's name, for a person who looks into the cache
    """
    pristine = base(suite, luks)
    options = (suite, compress, modules, microcode, extra, luks, os.path.basename(pristine))
    key = host.fingerprint(options, folders=[install] if install else [])
    if not name:
        words = [suite, compress, modules] + ["microcode"] * microcode
        words += ["luks"] if luks else []
        words += [luks] if luks not in ("", "plain") else []
        words += ["guarded" if install else "plain"]
        words += [host.fingerprint(extra, scripts=())[:4]] if extra else []
        name = "-".join(words)

    def make(folder):
        host.say(f"guest {name}: its own update-initramfs")
        os.makedirs(folder + "/tree")
        copy(pristine, folder + "/tree", trim=modules == "list")
        configure(folder + "/tree", compress, modules, microcode, luks)
        if install:
            subprocess.run(["cp", "-a", install + "/.", folder + "/tree/"], check=True)
        if extra:
            host.chroot(folder + "/tree", extra)
        start = time.monotonic()
        log = host.chroot(folder + "/tree",
                          "rm -f /boot/initrd.img-*; update-initramfs -c -k all 2>&1")
        facts = {"suite": suite, "kernel": kernel_version(folder + "/tree"), "luks": luks,
                 "log": log, "seconds": round(time.monotonic() - start, 1)}
        host.put(folder + "/guest.json", json.dumps(facts, indent=1))

    folder = host.cached(name, key, make)
    with open(folder + "/guest.json", encoding="utf-8") as f:
        return Guest(path=folder + "/tree", **json.load(f))


def kernel_version(tree):
    """The version of the tree's only kernel."""
    versions = sorted(os.listdir(tree + "/usr/lib/modules"))
    if len(versions) != 1:
        raise RuntimeError(f"{tree}: {len(versions)} kernels, one is expected")
    return versions[0]


def copy(source, target, trim):
    """Copy a tree, hard links and all; trim leaves kernel modules out that no guest here uses."""
    command = ["tar", "-C", source, "--sort=none", "-cf", "-"]
    if trim:
        top = f"./usr/lib/modules/{kernel_version(source)}/kernel/"
        command += [f"--exclude={top}{folder}" for folder in UNUSED_MODULES]
    command += ["."]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as pack:
        subprocess.run(["tar", "-C", target, "-xpf", "-"], stdin=pack.stdout, check=True)
    if pack.returncode != 0:
        raise host.CommandFailed("tar: status " + str(pack.returncode))
    if trim:
        host.chroot(target, "depmod " + kernel_version(target))


def root_device(luks):
    """What root= and fstab name."""
    if luks == "lvm":
        return f"/dev/mapper/{LVM_GROUP.replace('-', '--')}-{LVM_VOLUME}"
    return f"/dev/mapper/{CRYPT_NAME}" if luks else f"UUID={ROOT_UUID}"


def crypttab(luks):
    """What the initramfs of such a guest unlocks."""
    if luks == "detached":
        return (f"{CRYPT_NAME} PARTLABEL=root none "
                "luks,initramfs,header=/dev/disk/by-partlabel/extra\n")
    lines = f"{CRYPT_NAME} UUID={LUKS_UUID} none luks,initramfs\n"
    if luks == "lvm":
        lines += f"{SWAP_NAME} UUID={SWAP_UUID} none luks,swap,initramfs\n"
    return lines


def configure(tree, compress, modules, microcode, luks):
    """Make a pristine tree a guest: names, fstab, initramfs-tools, a root shell on ttyS0."""
    host.put(tree + "/etc/hostname", "guest\n")
    host.put(tree + "/etc/hosts", "127.0.0.1 localhost guest\n")
    host.put(tree + "/etc/fstab", f"{root_device(luks)} / ext4 errors=remount-ro 0 1\n"
                                  f"UUID={BOOT_UUID} /boot ext4 defaults 0 2\n")
    if luks:
        host.put(tree + "/etc/crypttab", crypttab(luks))
    host.put(tree + "/etc/initramfs-tools/conf.d/laboratory",
             f"MODULES={modules}\nRESUME=none\nFSTYPE=ext4\nCOMPRESS={compress}\n")
    if modules == "list":
        names = MODULES + (" " + LUKS_MODULES if luks else "")
        host.put(tree + "/etc/initramfs-tools/modules", names.replace(" ", "\n") + "\n")
    if microcode:
        host.put(tree + "/etc/initramfs-tools/hooks/microcode", MICROCODE_HOOK, 0o755)
    # What `update-grub` goes by, which a kernel's package runs: the serial console stays in use.
    host.put(tree + "/etc/default/grub", "GRUB_TIMEOUT=0\nGRUB_TERMINAL=serial\n"
             "GRUB_CMDLINE_LINUX='console=ttyS0,115200 init=/sbin/guest-init'\n"
             "GRUB_DISABLE_OS_PROBER=true\nGRUB_DISABLE_RECOVERY=true\n")
    host.put(tree + "/usr/sbin/guest-init", FAST_INIT, 0o755)
    host.put(tree + "/usr/local/sbin/guest-off", OFF, 0o755)
    host.put(tree + "/root/.profile",
             "export PS1='GUEST# ' TERM=dumb PAGER=cat SYSTEMD_PAGER=cat\n")
    host.put(tree + "/root/.bashrc", "")
    units = tree + "/etc/systemd/system/"
    host.put(units + "serial-getty@ttyS0.service.d/override.conf",
             "[Service]\nExecStart=\n"
             "ExecStart=-/sbin/agetty --autologin root --noclear --keep-baud 115200 %I vt220\n")
    host.put(units + "guest-up.service",
             "[Unit]\nDescription=tell the laboratory\nAfter=local-fs.target basic.target\n"
             "[Service]\nType=oneshot\n"
             "ExecStart=/bin/sh -c 'echo GUEST-UP $(uname -r) >/dev/console'\n"
             "[Install]\nWantedBy=multi-user.target\n")
    host.chroot(tree, "systemctl enable guest-up.service serial-getty@ttyS0.service; "
                "systemctl mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer "
                "fstrim.timer e2scrub_reap.service dpkg-db-backup.timer getty@tty1.service "
                "getty-static.service modprobe@drm.service modprobe@efi_pstore.service "
                "systemd-hwdb-update.service systemd-journal-catalog-update.service "
                "ldconfig.service systemd-timesyncd.service || true; "
                "echo root:root | chpasswd; systemd-machine-id-setup >/dev/null 2>&1 || true")
