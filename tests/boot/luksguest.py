# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest whose root is inside LUKS, sealed by itself, and damage to its header and content."""

import dataclasses
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

PREPARE = f"""
cd /tmp && printf %s '{image.PASSPHRASE}' >one && printf %s '{SECOND}' >two &&
cryptsetup luksAddKey --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file one /dev/vda3 two &&
bootverdict seal --all && sync
"""


def unlock(vm, passphrase, timeout=120):
    """Answer the passphrase prompt, which must come next."""
    how, what = vm.outcome({"prompt": LUKS}, timeout)
    if how != "prompt":
        raise Unexpected(f"no passphrase prompt, but {how}: {what}")
    vm.send(passphrase + "\n")


def disk(suite="trixie"):
    """The sealed disk: keyslots 0 and 1, sealed in the running guest, so that the chain is known."""
    made = image.build(tree.guest(suite, install=guarded.installed(), luks=True), luks="luks2")
    # The names of both folders are the fingerprints of what is in them.
    key = host.fingerprint(os.path.dirname(made.path), os.path.dirname(made.initrd), PREPARE)

    def make(folder):
        host.say(f"sealing LUKS guest of {suite} by itself")
        os.makedirs(folder)
        path = folder + "/disk.raw"
        host.run(["cp", "--sparse=always", made.path, path])
        copy = dataclasses.replace(made, path=path)
        with VM(copy, folder + "/console", keep=True) as vm:
            unlock(vm, image.PASSPHRASE)
            vm.login()
            log = vm.must(PREPARE, 600)
            vm.poweroff()
        view = f"{path}?offset={copy.boot_offset}"
        image.debugfs(view, f"dump /initrd.img-{copy.kernel} {folder}/initrd.img")
        host.put(folder + "/seal.json", json.dumps({"log": log}))

    folder = host.cached(f"sealed-luks-{suite}", key, make)
    return dataclasses.replace(made, path=folder + "/disk.raw", initrd=folder + "/initrd.img")


def hurt(t, sealed, patches, name="damage.qcow2"):
    """A drive above the disk with changes inside the LUKS device.

    patches  (offset from its start, the bytes to write there)
    """
    path = t.file(name)
    host.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", sealed.path, path])
    for number, (offset, new) in enumerate(patches):
        first = (sealed.root_offset + offset) // 512 * 512
        skip = sealed.root_offset + offset - first
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


def flipped(sealed, offset):
    """The patch that flips one bit of the LUKS device."""
    with open(sealed.path, "rb") as f:
        f.seek(sealed.root_offset + offset)
        return offset, bytes([f.read(1)[0] ^ 0x04])
