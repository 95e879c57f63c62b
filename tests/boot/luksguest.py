# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests whose root is inside LUKS, sealed by themselves, and damage to header and content."""

import dataclasses
import hashlib
import json
import os

import guarded
from lab import host, image, tree
from lab.vm import LUKS, VM, Unexpected

SECOND = "second-passphrase"
HEADER = 4096               # the binary header; the JSON area follows
COPY = 16384                # where the second header begins, with the sizes of luksFormat
AREA = 258048               # bytes of a keyslot's area
SLOTS = 32768               # where the first one begins
DATA = 16 << 20

LUKS1_SLOT = 4096           # where LUKS1 has the key material of its first keyslot
SWAP = "swap_crypt"

KINDS = {
    # kind: (layout of the tree, version, the device that holds the header)
    "luks2": ("plain", "luks2", "/dev/vda3"),
    "luks1": ("plain", "luks1", "/dev/vda3"),
    "lvm": ("lvm", "luks2", "/dev/vda3"),
    "detached": ("detached", "luks2", "/dev/vda4"),
}


def preparation(version, header):
    """What the guest does in its first boot: a second keyslot, and it seals itself."""
    cost = "--pbkdf pbkdf2 --pbkdf-force-iterations 1000" if version == "luks2" else "-i 10"
    return f"""
cd /tmp && printf %s '{image.PASSPHRASE}' >one && printf %s '{SECOND}' >two &&
cryptsetup luksAddKey {cost} --key-file one {header} two && bootverdict seal --all && sync
"""


def unlock(vm, passphrase, timeout=120, name=""):
    """Answer the passphrase prompt, which must come next, and be the one of this mapping."""
    how, what = vm.outcome({"prompt": LUKS}, timeout)
    if how != "prompt" or name not in what:
        raise Unexpected(f"no passphrase prompt{name and ' for '}{name}, but {how}: {what}")
    vm.send(passphrase + "\n")


def start(vm, kind="luks2"):
    """Answer every prompt of a guest of this kind rightly."""
    unlock(vm, image.PASSPHRASE)
    if kind == "lvm":
        unlock(vm, image.PASSPHRASE, name=SWAP)


def unrecorded():
    """The disk as an image builder leaves it: sealed in a chroot that has no LUKS device to record."""
    made = image.build(tree.guest("trixie", install=guarded.installed(), luks="plain"), luks="luks2")
    manifest = f"{os.path.dirname(made.initrd)}/bootverdict/{made.kernel}.manifest"
    with open(manifest, encoding="utf-8") as f:
        if any(line.startswith("luks ") for line in f):
            raise ValueError(f"{manifest}: it has a record of a LUKS device")
    return made


def disk(suite="trixie", kind="luks2", extra=""):
    """The sealed disk: keyslots 0 and 1, sealed in the running guest, so that the chain is known.

    extra  as for tree.guest()
    """
    layout, version, header = KINDS[kind]
    made = image.build(tree.guest(suite, install=guarded.installed(), luks=layout, extra=extra),
                       luks=version)
    prepare = preparation(version, header)
    # The names of both folders are the fingerprints of what is in them.
    key = host.fingerprint(os.path.dirname(made.path), os.path.dirname(made.initrd), prepare)

    def make(folder):
        host.say(f"sealing LUKS guest {kind} of {suite} by itself")
        os.makedirs(folder)
        path = folder + "/disk.raw"
        host.run(["cp", "--sparse=always", made.path, path])
        copy = dataclasses.replace(made, path=path)
        with VM(copy, folder + "/console", keep=True) as vm:
            start(vm, kind)
            vm.login()
            log = vm.must(prepare, 600)
            record = vm.must("grep -hE '^(luks|header|layer) ' /boot/bootverdict/*.manifest")
            vm.poweroff()
        view = f"{path}?offset={copy.boot_offset}"
        image.debugfs(view, f"dump /initrd.img-{copy.kernel} {folder}/initrd.img")
        host.put(folder + "/seal.json", json.dumps({"log": log, "record": record}))

    name = f"sealed-luks-{suite}-{kind}"
    name += "-" + host.fingerprint(extra, scripts=())[:4] if extra else ""
    folder = host.cached(name, key, make)
    return dataclasses.replace(made, path=folder + "/disk.raw", initrd=folder + "/initrd.img")


def record(sealed):
    """The lines of the sealed record that name the LUKS devices and what stands on them."""
    with open(os.path.dirname(sealed.path) + "/seal.json", encoding="utf-8") as f:
        return json.load(f)["record"].split("\n")


def digest(drive, offset, length):
    """SHA-256 of a part of a drive, as it is now."""
    path = drive.split(",")[0].removeprefix("file=")
    raw = path + ".part"
    host.run(["qemu-img", "dd", "-f", "qcow2", "-O", "raw", "bs=4096", f"skip={offset // 4096}",
              f"count={(offset + length) // 4096}", "if=" + path, "of=" + raw])
    with open(raw, "rb") as f:
        content = f.read()
    os.unlink(raw)
    return hashlib.sha256(content).hexdigest()


def hurt(t, sealed, patches, name="damage.qcow2", base=None):
    """A drive above the disk with changes inside the LUKS device.

    patches  (offset from its start, the bytes to write there)
    base     where another partition starts, when it is not the one with the root
    """
    base = sealed.root_offset if base is None else base
    path = t.file(name)
    host.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", sealed.path, path])
    for number, (offset, new) in enumerate(patches):
        first = (base + offset) // 512 * 512
        skip = base + offset - first
        with open(sealed.path, "rb") as f:
            f.seek(first)
            data = bytearray(f.read((skip + len(new) + 511) // 512 * 512))
        if data[skip:skip + len(new)] == new:
            raise ValueError(f"nothing would change at {offset}")
        data[skip:skip + len(new)] = new
        source = f"{path}.{number}.bin"
        with open(source, "wb") as f:
            f.write(data)
        host.run(["qemu-io", "-f", "qcow2", "-c", f"write -q -s {source} {first} {len(data)}", path])
        os.unlink(source)
    return f"file={path},format=qcow2,cache=unsafe"


def flipped(sealed, offset, base=None):
    """The patch that flips one bit of the LUKS device."""
    with open(sealed.path, "rb") as f:
        f.seek((sealed.root_offset if base is None else base) + offset)
        return offset, bytes([f.read(1)[0] ^ 0x04])
