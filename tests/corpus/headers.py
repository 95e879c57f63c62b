# SPDX-License-Identifier: GPL-2.0-or-later
"""LUKS headers of every kind, made with the real cryptsetup, and devices that hold none.

A header is shown without a record, sealed, shown with it, and a passphrase is tried. Then a bit of
a keyslot's key material is lost, and of a copy of the header: that must be said, and exactly that.
"""

import functools
import glob
import os
import struct
import subprocess
import sys

from archives import noise
from cases import Case, Wrong, command, must
from foreign import ext2, file_of
from lab import host

LUKS = os.path.join(host.PROJECT, "tests", "luks")
sys.path.append(LUKS)

from places import is_luks1, places, slot_places  # noqa: E402  pylint: disable=C0413

UNSAID = "corrupt|damaged|nothing can decrypt|the disk lost"
QUICK = ("--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000")
PASSPHRASE = b"passw0rd"


def cryptsetup(*words, key=PASSPHRASE):
    """Without questions; the passphrase is its key file."""
    host.run_bytes(["cryptsetup", "-q", *words, "--key-file", "-"], key)


class Header(Case):
    """bare: exit codes of `luks` without a record; sealed: with it; opens: the passphrase is tried;
    bits: bits are lost as well, in keyslots, and in a copy of LUKS2's header."""

    bare = 4
    sealed = 0
    seal = 0
    opens = True
    bits = True

    def run(self, place):
        path = place.path("disk.img")
        self.make(path)
        root = ["--root", place.root]
        place.system()
        option = [path]
        if os.path.exists(path + ".data"):
            option = ["--header", path, path + ".data"]
        must(command("luks", "--json", *root, *option), self.bare, "luks", never=UNSAID)
        device = ["--device", option[-1]] + (option[:2] if len(option) > 1 else [])
        must(place.seal(*device), self.seal, "seal")
        if self.seal:
            return
        must(command("luks", "--json", *root, *option), self.sealed, "luks, sealed", never=UNSAID)
        must(place.check(), self.sealed, "check", never=UNSAID)
        if self.opens:
            must(command("luks", "--json", "--try-passphrase", *root, *option, data=PASSPHRASE),
                 self.sealed, "luks --try-passphrase", never=UNSAID)
        if self.bits:
            self.damaged(place, path, [*root, *option])

    def damaged(self, place, path, words):
        """A bit of each structure, one after the other."""
        with open(path, "rb") as f:
            header = f.read(32 << 20)
        found = places(header)
        slots = list(slot_places(found).items())
        for slot, (offset, _) in slots[:1] + slots[1:][-1:]:
            answer = self.bit(place, path, offset + 20000, words, f"keyslot {slot}")
            told = [f["evidence"]["keyslot"] for f in answer.findings("BV-LUKS-KEYSLOT")]
            if told != [slot]:
                raise Wrong(f"a bit of keyslot {slot} was lost, and it tells of {told}")
        if is_luks1(header):
            return
        size, = struct.unpack_from(">Q", header, 8)
        for copy in range(2):
            answer = self.bit(place, path, copy * size + 4100, words, f"copy {copy}")
            if not answer.findings("BV-LUKS-COPY"):
                raise Wrong(f"a bit of copy {copy} was lost, and it says {answer.ids}")

    def bit(self, place, path, offset, words, what):
        """Lost, told, and put back."""
        with open(path, "rb") as f:
            f.seek(offset)
            old = f.read(1)
        place.lose_bit(path, offset)
        answer = must(command("luks", "--json", *words), 1, f"luks, a bit of {what} lost")
        self.twins += 1
        place.lose(path, offset, old)
        return answer


def formatted(name, *options, quick=True, size="24M", then=(), **expected):
    """luksFormat with these options; THEN: more commands, {} being the file."""
    def make(path):
        host.run(["truncate", "-s", size, path])
        cryptsetup("luksFormat", *options, *(QUICK if quick else ()), path)
        for words in then:
            cryptsetup(*[word.format(path) for word in words])
    Header("LUKS: " + name, make, **expected)


def generated(kind):
    """One of tests/luks/make-*."""
    def make(path):
        host.run([os.path.join(LUKS, "make-" + kind), path])
    busy = "crypting" in kind       # a reencryption is never all that there is to say
    slow = "argon2" in kind or "all-slots" in kind
    Header("LUKS: as tests/luks makes it, " + kind, make, opens=not busy, bits=not busy,
           bare=(4, 5), sealed=(0, 4, 5) if busy else 0, sample=not slow)


for script in sorted(glob.glob(os.path.join(LUKS, "make-*"))):
    if not script.endswith("-metadata"):        # wants a number; below
        generated(script.rsplit("make-", 1)[1])

formatted("2, AES-XTS of 256 bits", "--type", "luks2", "--key-size", "256")
formatted("2, SHA-512", "--type", "luks2", "--hash", "sha512")
formatted("2, SHA-1", "--type", "luks2", "--hash", "sha1")
formatted("2, BLAKE2", "--type", "luks2", "--hash", "blake2b-512", opens=False)
formatted("2, sectors of 4096 bytes", "--type", "luks2", "--sector-size", "4096")
formatted("2, sectors of 1024 bytes", "--type", "luks2", "--sector-size", "1024")
for kib in (16, 32, 128, 1024, 4096):
    formatted(f"2, metadata of {kib} KiB", "--type", "luks2", "--luks2-metadata-size", f"{kib}k",
              "--luks2-keyslots-size", "4m", size="48M")
formatted("2, little room for keyslots", "--type", "luks2", "--luks2-keyslots-size", "512k")
formatted("2, much room for keyslots", "--type", "luks2", "--luks2-keyslots-size", "64m",
          size="96M")
formatted("2, data at 1 MiB", "--type", "luks2", "--luks2-keyslots-size", "512k", "--offset", "2048")
formatted("2, data at 64 MiB", "--type", "luks2", "--offset", "131072", size="96M")
formatted("2, aligned to 8 MiB", "--type", "luks2", "--align-payload", "16384", size="48M")
formatted("2, a label and a subsystem", "--type", "luks2", "--label", "root\u00fc", "--subsystem",
          "system")
formatted("2, a UUID of the owner", "--type", "luks2", "--uuid",
          "00000000-0000-0000-0000-000000000000")
formatted("2, argon2id", "--type", "luks2", "--pbkdf", "argon2id", "--pbkdf-memory", "32768",
          "--pbkdf-force-iterations", "4", "--pbkdf-parallel", "2", quick=False)
formatted("2, flags of the owner", "--type", "luks2", then=(
    ("config", "--label", "x", "{}"), ("config", "--priority", "prefer", "--key-slot", "0", "{}")))
formatted("2, the first keyslot elsewhere", "--type", "luks2", "--key-slot", "31")
formatted("2, a UUID changed twice", "--type", "luks2", then=(
    ("luksUUID", "--uuid", "11111111-2222-4333-8444-555555555555", "{}"),
    ("luksUUID", "--uuid", "11111111-2222-4333-8444-555555555556", "{}")))
formatted("2, converted from 1", "--type", "luks1", quick=False, sample=False, then=(
    ("convert", "--type", "luks2", "{}"),))
formatted("1, AES-CBC and SHA-1", "--type", "luks1", "--cipher", "aes-cbc-essiv:sha256", "--key-size",
          "256", "--hash", "sha1", "--pbkdf-force-iterations", "1000", quick=False)
formatted("1, data at 4 MiB", "--type", "luks1", "--align-payload", "8192",
          "--pbkdf-force-iterations", "1000", quick=False)
formatted("1, keyslot 7 alone", "--type", "luks1", "--key-slot", "7", "--pbkdf-force-iterations",
          "1000", quick=False)
formatted("1, whirlpool", "--type", "luks1", "--hash", "whirlpool", "--pbkdf-force-iterations",
          "1000", quick=False, opens=False)


def over(content, *options):
    """luksFormat on a device that held something else, which shines through its gaps."""
    def make(path):
        with open(path, "wb") as f:
            f.write(content()[:24 << 20].ljust(24 << 20, b"\0"))
        cryptsetup("luksFormat", *options, path)
    return make


def backup(path):
    """luksHeaderBackup's file stands for the device."""
    over(lambda: b"", "--type", "luks2", *QUICK)(path + ".of")
    host.run(["cryptsetup", "-q", "luksHeaderBackup", path + ".of", "--header-backup-file", path])


def edited(program):
    """What needs a device-mapper, or another program, to be made: the metadata are changed."""
    def make(path):
        over(lambda: b"", "--type", "luks2", *QUICK)(path)
        host.run([os.path.join(LUKS, "edit-luks2"), path, program])
    return make


def ciphers():
    """Of the data; that of the keyslots stays."""
    for cipher in ("serpent-xts-plain64", "twofish-cbc-essiv:sha256", "aes-cbc-plain64",
                   "xchacha12,aes-adiantum-plain64", "cipher_null-ecb", "capi:xts(sm4)-plain64"):
        Header(f"LUKS: 2, {cipher}", edited(f"m['segments']['0']['encryption'] = '{cipher}'"),
               opens=False)


TOKENS = {"0": {"type": "systemd-tpm2", "keyslots": ["0"], "tpm2-blob": "AAAA" * 60,
                "tpm2-pcrs": [7], "tpm2-pcr-bank": "sha256", "tpm2-policy-hash": "00" * 32},
          "1": {"type": "clevis", "keyslots": ["0"], "jwe": {"ciphertext": "x" * 80}},
          "2": {"type": "luks2-keyring", "keyslots": ["0"], "key_description": "key"},
          "7": {"type": "of-nobody", "keyslots": [], "x": [1, 2, {"y": None}]}}

ciphers()
Header("LUKS: 2, integrity", edited(
    "m['segments']['0']['integrity'] = {'type': 'hmac(sha256)', 'journal_encryption': 'none', "
    "'journal_integrity': 'none'}; m['config']['requirements'] = {'mandatory': []}"), opens=False)
Header("LUKS: 2, flags", edited("m['config']['flags'] = ['allow-discards', "
                                "'no-read-workqueue', 'same-cpu-crypt']"))
Header("LUKS: 2, tokens of others", edited(f"m['tokens'] = {TOKENS!r}"))
Header("LUKS: 2, over noise", over(lambda: noise(24 << 20, 1), "--type", "luks2", *QUICK))
Header("LUKS: 2, over ones", over(lambda: b"\xff" * (24 << 20), "--type", "luks2", *QUICK))
Header("LUKS: 2, over an ext2 file system", over(ext2, "--type", "luks2", *QUICK))
Header("LUKS: 1, over noise", over(lambda: noise(24 << 20, 2), "--type", "luks1",
                                   "--pbkdf-force-iterations", "1000"))
Header("LUKS: 1, over ones", over(lambda: b"\xff" * (24 << 20), "--type", "luks1",
                                  "--pbkdf-force-iterations", "1000"))
Header("LUKS: a header backup", backup, bare=(4, 5))


class NoHeader(Case):
    """A device that holds no LUKS header of its own: make() gives its bytes."""

    bare = 5
    says = ""

    def run(self, place):
        path = place.write("disk.img", self.make())
        place.system()
        must(command("luks", "--json", "--root", place.root, path), self.bare, "luks", self.says,
             UNSAID)
        must(place.seal("--device", path), 2, "seal --device")


def layer(offset, front=b""):
    """A disk, a RAID member or a PV in which the container begins later."""
    def make():
        with subprocess.Popen(["mktemp"], stdout=subprocess.PIPE, text=True) as made:
            path = made.stdout.read().strip()
        try:
            over(lambda: b"", "--type", "luks2", *QUICK)(path)
            with open(path, "rb") as f:
                return front.ljust(offset, b"\0") + f.read()
        finally:
            os.unlink(path)
    return make


def gpt():
    """A partition table."""
    return file_of('truncate -s 64M "$1"; printf "label: gpt\\nstart=2048\\n" | sfdisk -q "$1"')


def mbr():
    """The old one."""
    return file_of('truncate -s 64M "$1"; printf "label: dos\\nstart=2048\\n" | sfdisk -q "$1"')


# The nine places of a second header, and others: cryptsetup, docs/on-disk-format-luks2.pdf, 2.
for at in (0x4000, 0x8000, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000, 0x200000, 0x400000):
    NoHeader(f"no LUKS here: a container begins at {at}", layer(at), says=str(at) + "|MiB|KiB")
NoHeader("no LUKS here: a disk with a GPT, a container in it", lambda: layer(1 << 20, gpt()[:1 << 20])(),
         says="partition|1 MiB|1048576")
NoHeader("no LUKS here: a disk with an MBR, a container in it",
         lambda: layer(1 << 20, mbr()[:1 << 20])(), says="partition|1 MiB|1048576")
NoHeader("no LUKS here: a member of a RAID, a container in it",
         lambda: layer(1 << 20, bytes(4096) + struct.pack("<II", 0xa92b4efc, 1) + bytes(4000))())
NoHeader("no LUKS here: a PV, a container in it",
         lambda: layer(1 << 20, bytes(512) + b"LABELONE" + bytes(16) + b"LVM2 001")())
NoHeader("no LUKS here: an empty disk", lambda: bytes(8 << 20))
NoHeader("no LUKS here: noise, as plain dm-crypt leaves it", lambda: noise(8 << 20, 1))
NoHeader("no LUKS here: ones", lambda: b"\xff" * (8 << 20))
NoHeader("no LUKS here: swap", lambda: file_of('truncate -s 8M "$1"; mkswap -q "$1"'), says="swap")
NoHeader("no LUKS here: ext4", lambda: file_of('truncate -s 8M "$1"; mkfs.ext4 -q "$1"'),
         says="ext4")
NoHeader("no LUKS here: xfs", lambda: file_of('truncate -s 400M "$1"; mkfs.xfs -q "$1"')[:8 << 20],
         says="xfs")
NoHeader("no LUKS here: btrfs", lambda: file_of('truncate -s 120M "$1"; mkfs.btrfs -q "$1"')[:8 << 20],
         says="btrfs")
NoHeader("no LUKS here: vfat", lambda: file_of('truncate -s 8M "$1"; mkfs.vfat "$1"'))
NoHeader("no LUKS here: a GPT", lambda: gpt()[:8 << 20], says="partition|GPT")
NoHeader("no LUKS here: a squashfs", lambda: file_of(
    'mkdir d; seq 999999 >d/a; mksquashfs d "$1" -quiet -no-progress').ljust(8 << 20, b"\0"))
NoHeader("no LUKS here: BitLocker", lambda: b"\xeb\x58\x90-FVE-FS-" + noise(8 << 20, 3))
NoHeader("no LUKS here: text", lambda: b"not a disk\n" * 800000)
NoHeader("no LUKS here: a file of a few bytes", lambda: b"x" * 100)
