# SPDX-License-Identifier: GPL-2.0-or-later
"""Disk images of guests: GPT, ext4 /boot, ext4 root (plain or inside LUKS), GRUB embedded.

Made without loop devices, device-mapper or partition nodes, so that a container is enough:
mke2fs -d fills the file systems, LUKS is formatted in a file with a known volume key and its data
are encrypted by xtscrypt, and GRUB's core is put into the BIOS boot partition as
grub-bios-setup would.
"""

import dataclasses
import json
import os
import re
import shutil
import struct

from . import host, lvm
from .host import MIB
from .tree import BOOT_UUID, LUKS_UUID, LVM_GROUP, LVM_VOLUME, ROOT_UUID, SWAP_UUID, root_device

PASSPHRASE = "correct-horse-battery-staple-0123456789-ABCDEFGHIJKLMNOPQRSTUVWX"
BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"
LINUX_DATA = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
BOOT_START = 2 * MIB
LUKS_HEADER = {"luks1": 2 * MIB, "luks2": 16 * MIB}
SWAP_SIZE = 16 * MIB
# Features that a newer mke2fs turns on and an older guest's GRUB or e2fsck does not know.
EXT4 = ("mke2fs -q -t ext4 -b 4096 -O ^metadata_csum_seed,^orphan_file "
        "-E root_owner=0:0,lazy_itable_init=0").split()


@dataclasses.dataclass(frozen=True)
class Image:
    """A finished disk. Offsets and sizes are in bytes from the start of the disk."""

    path: str
    suite: str
    kernel: str
    vmlinuz: str         # the same files as in /boot, for QEMU's -kernel and -initrd
    initrd: str
    root: str            # the value of root=
    luks: str            # "", "luks1" or "luks2"
    passphrase: str
    volume_key: str      # hex
    boot_offset: int
    boot_size: int
    root_offset: int
    root_size: int
    extra_offset: int    # a fourth partition: the detached header, or LUKS with swap; 0: none
    extra_size: int

    def extents(self, name):
        """Where the bytes of /boot/NAME lie: a list of (disk offset, bytes), in order."""
        view = f"{self.path}?offset={self.boot_offset}"
        size = int(re.search(r"Size:\s*(\d+)", debugfs(view, f"stat /{name}")).group(1))
        blocks = [int(b) for b in debugfs(view, f"blocks /{name}").split()]
        found = []
        for block in blocks:
            start = self.boot_offset + block * 4096
            if found and sum(found[-1]) == start:
                found[-1] = (found[-1][0], found[-1][1] + 4096)
            else:
                found.append((start, 4096))
        excess = sum(length for _, length in found) - size
        found[-1] = (found[-1][0], found[-1][1] - excess)
        return found


def debugfs(view, request):
    """Ask e2fsprogs about a file system inside a disk image; its banner is left out."""
    lines = host.run(["debugfs", "-R", request, view]).split("\n")
    return "\n".join(line for line in lines if not line.startswith("debugfs "))


def write_boot_file(image, overlay, name, content):
    """Replace what a file in /boot holds, in a qcow2 overlay of the disk; its size stays."""
    extents = image.extents(name)
    size = sum(length for _, length in extents)
    if len(content) > size or len(extents) != 1:
        raise ValueError(f"/boot/{name} has room for {size} bytes in {len(extents)} pieces")
    source = overlay + ".new"
    with open(source, "wb") as f:
        f.write(content.ljust(size, b"\n"))
    host.run(["qemu-io", "-f", "qcow2", "-c", f"write -q -s {source} {extents[0][0]} {size}",
              overlay])
    os.unlink(source)


def build(guest, luks="", sector=4096, pbkdf="argon2id", boot_mib=None, slack_mib=256):
    """The disk of a guest tree, cached like the tree itself.

    luks      "" for a plain root, "luks1" or "luks2" (the tree says what is inside and beside it)
    sector    encryption sector of LUKS2, 512 or 4096 bytes
    pbkdf     argon2id or pbkdf2 (LUKS2)
    boot_mib  size of /boot; None: three times what is in it, at least 128 MiB
    """
    if bool(luks) != bool(guest.luks):
        raise ValueError("the tree and its disk do not agree about LUKS")
    owner = os.path.basename(os.path.dirname(guest.path))
    name, _, key = owner.rpartition("-")
    name = f"disk-{name}" + (f"-{luks}" if luks else "") + (f"-boot{boot_mib}" if boot_mib else "")

    def make(folder):
        host.say(f"disk of guest {owner}")
        os.makedirs(folder)
        facts = fill(guest, folder, luks, sector, pbkdf, boot_mib, slack_mib)
        host.put(folder + "/image.json", json.dumps(facts, indent=1))

    options = (key, luks, sector, pbkdf, boot_mib, slack_mib)
    folder = host.cached(name, host.fingerprint(options), make)
    with open(folder + "/image.json", encoding="utf-8") as f:
        return Image(path=folder + "/disk.raw", vmlinuz=guest.vmlinuz, initrd=guest.initrd,
                     **json.load(f))


def fill(guest, folder, luks, sector, pbkdf, boot_mib, slack_mib):
    """Write FOLDER/disk.raw; return what Image needs to know about it."""
    tree, disk, layout = guest.path, folder + "/disk.raw", guest.luks
    used = int(host.run(["du", "-sxm", "--exclude=./boot", "."], cwd=tree).split()[0])
    boot_used = int(host.run(["du", "-sxm", "boot"], cwd=tree).split()[0])
    boot_size = (boot_mib or max(128, 3 * boot_used)) * MIB
    root_fs = -(-(int(used * 1.1) + slack_mib) * MIB // lvm.EXTENT) * lvm.EXTENT
    header = LUKS_HEADER[luks] if luks and layout != "detached" else 0
    inside = root_fs + (lvm.START if layout == "lvm" else 0)
    root_offset, root_size = BOOT_START + boot_size, header + inside
    extra_offset = root_offset + root_size if layout in ("lvm", "detached") else 0
    extra_size = {"lvm": LUKS_HEADER["luks2"] + SWAP_SIZE,
                  "detached": LUKS_HEADER["luks2"]}.get(layout, 0)
    partition(disk, boot_size, root_size, extra_size)

    make_boot(tree, guest.kernel, root_device(layout), folder, boot_size)
    place(folder + "/boot.ext4", disk, BOOT_START)
    embed_grub(tree, disk)

    make_root(tree, folder, root_fs)
    key = b""
    if luks:
        key = os.urandom(64)
        luks_format(folder, luks, sector, pbkdf, key, LUKS_UUID, layout == "detached")
        place(folder + "/luks.header", disk, extra_offset if not header else root_offset)
        if layout == "lvm":
            wrap_in_lvm(folder, root_fs)
        encrypt(folder + "/root.ext4", disk, root_offset + header, inside, key,
                sector if luks == "luks2" else 512)
        if layout == "lvm":
            make_swap(folder, disk, extra_offset)
    else:
        place(folder + "/root.ext4", disk, root_offset)
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name != "disk.raw":
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    return {"suite": guest.suite, "kernel": guest.kernel, "root": root_device(layout), "luks": luks,
            "passphrase": PASSPHRASE if luks else "", "volume_key": key.hex(),
            "boot_offset": BOOT_START, "boot_size": boot_size,
            "root_offset": root_offset, "root_size": root_size,
            "extra_offset": extra_offset, "extra_size": extra_size}


def partition(disk, boot_size, root_size, extra_size):
    """A sparse file with a GPT: BIOS boot partition, /boot, root, and one more when it is asked."""
    with open(disk, "wb") as f:
        f.truncate(BOOT_START + boot_size + root_size + extra_size + MIB)
    table = f"label: gpt\nunit: sectors\nfirst-lba: 34\nstart=2048, size=2048, type={BIOS_BOOT}\n"
    start = BOOT_START // 512
    for name, size in (("boot", boot_size), ("root", root_size), ("extra", extra_size)):
        if size:
            table += f"start={start}, size={size // 512}, type={LINUX_DATA}, name={name}\n"
            start += size // 512
    host.run(["sfdisk", "-q", "--no-reread", "--no-tell-kernel", disk], input=table)


def wrap_in_lvm(folder, size):
    """FOLDER/root.ext4 becomes what a physical volume with the root file system holds."""
    bare = folder + "/bare.ext4"
    os.rename(folder + "/root.ext4", bare)
    with open(folder + "/root.ext4", "wb") as f:
        f.write(lvm.physical_volume(LVM_GROUP, LVM_VOLUME, size))
    place(bare, folder + "/root.ext4", lvm.START)


def make_swap(folder, disk, offset):
    """The second LUKS device, with the root's passphrase and a swap area inside."""
    key = os.urandom(64)
    luks_format(folder, "luks2", 512, "pbkdf2", key, SWAP_UUID)
    place(folder + "/luks.header", disk, offset)
    with open(folder + "/swap", "wb") as f:
        f.truncate(SWAP_SIZE)
    host.run(["mkswap", "-q", folder + "/swap"])
    encrypt(folder + "/swap", disk, offset + LUKS_HEADER["luks2"], SWAP_SIZE, key, 512)


def place(source, disk, offset):
    """Copy a file system into the disk; holes stay holes."""
    host.run(["dd", f"if={source}", f"of={disk}", "bs=1M", f"seek={offset // MIB}",
              "conv=notrunc,sparse"])


def make_boot(tree, kernel, root, folder, size):
    """The file system of /boot: the tree's, GRUB's modules, and a menu for a serial console."""
    staged = folder + "/boot"
    shutil.copytree(tree + "/boot", staged, symlinks=True)
    modules = tree + "/usr/lib/grub/i386-pc"
    os.makedirs(staged + "/grub/i386-pc", exist_ok=True)
    for name in os.listdir(modules):
        if name.endswith((".mod", ".lst")):
            shutil.copy(f"{modules}/{name}", f"{staged}/grub/i386-pc/{name}")
    host.put(staged + "/grub/grub.cfg", f"""\
set timeout=0
set default=0
serial --unit=0 --speed=115200
terminal_input serial
terminal_output serial
insmod part_gpt
insmod ext2
search --no-floppy --fs-uuid --set=root {BOOT_UUID}
set options=""
if [ -s /options.cfg ]; then source /options.cfg; fi
menuentry 'Debian GNU/Linux, with Linux {kernel}' {{
	linux	/vmlinuz-{kernel} root={root} ro console=ttyS0,115200 $options
	initrd	/initrd.img-{kernel}
}}
""")
    # Parameters for the next boot: `echo 'set options="init=/sbin/guest-init"' >/boot/options.cfg`.
    host.put(staged + "/options.cfg", 'set options="init=/sbin/guest-init"\n')
    host.run(EXT4 + ["-L", "boot", "-U", BOOT_UUID, "-d", staged, folder + "/boot.ext4",
                     f"{size // MIB}M"])


def make_root(tree, folder, size):
    """The root file system: the tree with an empty /boot."""
    view = folder + "/view"
    script = ('mount --make-rprivate /; mkdir "$1"; mount --bind "$2" "$1"; '
              'mount -t tmpfs -o mode=755 t "$1/boot"; shift 2; exec "$@"')
    host.run(["unshare", "--mount", "sh", "-ec", script, "sh", view, tree] + EXT4 +
             ["-L", "root", "-U", ROOT_UUID, "-d", view, folder + "/root.ext4",
              f"{size // MIB}M"])


def embed_grub(tree, disk):
    """What grub-bios-setup does on a GPT disk: the core into the BIOS boot partition, its block
    list patched (diskboot.S: start, length, segment in the last 12 bytes of its first sector), and
    boot.img into the first sector around the partition table (boot.S: kernel_sector, boot_drive,
    boot_drive_check)."""
    host.chroot(tree, "grub-mkimage -O i386-pc -p '(,gpt2)/grub' -o /var/tmp/core.img "
                      "biosdisk part_gpt ext2")
    with open(tree + "/var/tmp/core.img", "rb") as f:
        core = bytearray(f.read())
    os.unlink(tree + "/var/tmp/core.img")
    with open(tree + "/usr/lib/grub/i386-pc/boot.img", "rb") as f:
        boot = bytearray(f.read(512))
    first = 2048                                            # LBA of the BIOS boot partition
    core += bytes(-len(core) % 512)
    struct.pack_into("<QHH", core, 0x1F4, first + 1, len(core) // 512 - 1, 0x820)
    struct.pack_into("<Q", boot, 0x5C, first)
    boot[0x64] = 0xFF                                       # the drive that the BIOS names
    boot[0x66:0x68] = b"\x90\x90"                           # no check of the drive number
    with open(disk, "r+b") as f:
        boot[0x1B8:] = f.read(512)[0x1B8:]
        f.seek(0)
        f.write(boot)
        f.seek(first * 512)
        f.write(core)


def luks_format(folder, luks, sector, pbkdf, key, uuid, detached=False):
    """FOLDER/luks.header: a LUKS header with a known volume key, of the size before the data."""
    for name, content in (("volume.key", key), ("passphrase", PASSPHRASE.encode())):
        with open(f"{folder}/{name}", "wb") as f:
            f.write(content)
    header, size = folder + "/luks.header", LUKS_HEADER[luks]
    with open(header, "wb") as f:
        f.truncate(size + MIB)
    cost = ["--pbkdf-force-iterations", "1000"]
    if luks == "luks2":
        cost += ["--pbkdf", pbkdf, "--sector-size", str(sector)]
        if pbkdf.startswith("argon2"):
            cost[1] = "4"
            cost += ["--pbkdf-memory", "32768", "--pbkdf-parallel", "1"]
    target = [header]
    if detached:
        with open(folder + "/luks.data", "wb") as f:
            f.truncate(size)
        target = ["--header", header, folder + "/luks.data"]
    host.run(["cryptsetup", "luksFormat", "-q", "--type", luks, "--uuid", uuid,
              "--cipher", "aes-xts-plain64", "--key-size", "512",
              "--volume-key-file", folder + "/volume.key", "--key-file", folder + "/passphrase"] +
             cost + target)
    os.truncate(header, size)


def encrypt(source, disk, offset, length, key, sector):
    """Encrypt a file system into the disk as dm-crypt would (aes-xts-plain64)."""
    tool = os.path.join(host.CACHE, "xtscrypt")
    with host.locked("xtscrypt"):
        if not os.path.exists(tool):
            host.run(["cc", "-O2", "-o", tool, os.path.join(host.LAB, "xtscrypt.c"), "-lcrypto"])
    host.run([tool, key.hex(), str(sector), source, disk, str(offset), str(length)])
