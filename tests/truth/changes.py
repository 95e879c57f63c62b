# SPDX-License-Identifier: GPL-2.0-or-later
"""What no storage does: rebuilds, kernels installed and signed again, changes of LUKS keys.

Each is done to a sealed system. None may be called corruption; sealed again it is intact.
"""

import os
import random
import re

import archives
import kernels
from cases import Place, must, small_kernel
from headers import QUICK, cryptsetup
from lab import host
from systems import PACK

KERNEL_BYTES = 250000   # a signature changes few of its blocks
PASSPHRASES = [b"passw0rd", b"another one", b"and a third"]
UNSAID = "corrupt|damaged|the disk lost"


def put(r, path, data):
    """In the ways in which programs replace files."""
    how = r.choice(("in place", "renamed", "old times", "removed first"))
    times = os.stat(path)
    if how == "in place":
        with open(path, "r+b") as f:
            f.write(data)
            f.truncate(len(data))
    else:
        if how == "removed first":
            os.unlink(path)
        with open(path + ".new", "wb") as f:
            f.write(data)
        os.replace(path + ".new", path)
    if how == "old times":
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


class Changed:
    """One system, changed again and again."""

    def __init__(self, disk, seed):
        self.place = Place(disk)
        self.random = random.Random(f"changes {seed}")
        self.seed = seed
        self.signed = self.signed_by("first")
        self.image, self.kernel = self.place.system(kernel=self.signed)
        self.disk = self.place.path("luks.img")
        self.passphrases, self.ignored, self.quick, self.version = {}, set(), (), ""
        self.pending = 0        # changes since it was sealed last
        must(self.place.seal(), 0, "seal")
        with open(self.image, "rb") as f:
            self.sealed = f.read()

    def rebuild(self):
        """The initrd by its builder."""
        r = self.random
        if r.random() < 0.1:
            put(r, self.image, self.sealed)     # a backup, restored
            return 0
        nodes = archives.root(seed=r.choice((1, r.randrange(1000))))
        nodes[-2] = archives.Node("etc/conf", archives.FILE, b"setting=%03d\n" % r.randrange(1000))
        data = PACK[r.choice(list(PACK))](archives.cpio(nodes, block=r.choice((1, 512))))
        if r.random() < 0.3:
            data = archives.early() + data
        if r.random() < 0.2:
            data = data[:len(self.sealed)].ljust(len(data), b"\0")
        put(r, self.image, data)
        return 4

    def reinstall(self):
        """The kernel's package, the same version or another build of it."""
        r = self.random
        if r.random() < 0.2:
            put(r, self.kernel, self.signed)
            return 0
        put(r, self.kernel, small_kernel(f"build {r.random()}", KERNEL_BYTES))
        return 4

    def sign(self):
        """By another key; of the same size, most of the time."""
        r = self.random
        put(r, self.kernel, self.signed_by(f"key {r.random()}"))
        return 4

    @staticmethod
    def signed_by(key):
        """The same kernel, whoever signs it."""
        return kernels.with_pe_header(small_kernel("signed", KERNEL_BYTES), key)

    def luks_new(self):
        """A container with two keyslots, sealed."""
        if os.path.exists(self.disk):
            os.unlink(self.disk)
        with open(self.disk, "wb") as f:
            f.truncate(24 << 20)
        version = self.random.choice(("luks1", "luks2"))
        self.quick = QUICK if version == "luks2" else QUICK[2:]
        cryptsetup("luksFormat", "--type", version, *self.quick, self.disk)
        self.version = version
        self.passphrases, self.ignored = {0: PASSPHRASES[0]}, set()
        self.add()

    def add(self):
        """A keyslot, in a free place."""
        slot = self.random.choice([n for n in range(8) if n not in self.passphrases])
        key = self.place.write("key", PASSPHRASES[slot % 3])
        cryptsetup("luksAddKey", "--key-slot", str(slot), *self.quick, self.disk, key,
                   key=self.any())
        self.passphrases[slot] = PASSPHRASES[slot % 3]

    def follow(self, slot):
        """cryptsetup may have written the changed key to another keyslot of LUKS1."""
        dump = host.run(["cryptsetup", "luksDump", self.disk])
        used = {int(n) for n in re.findall(r"^Key Slot (\d): ENABLED", dump, re.M)}
        if self.version == "luks1" and slot not in used:
            now, = used - set(self.passphrases)
            self.passphrases[now] = self.passphrases.pop(slot)

    def others(self, slot):
        """The keyslots beside one that cryptsetup tries by itself."""
        return set(self.passphrases) - self.ignored - {slot}

    def any(self):
        """A passphrase that opens it."""
        return next(self.passphrases[slot] for slot in self.passphrases if slot not in self.ignored)

    def luks(self):
        """One of its owner's commands."""
        r = self.random
        if not self.passphrases or r.random() < 0.1:
            self.luks_new()
            must(self.place.seal("--device", self.disk), 0, "seal --device")
        choices = ["uuid", "kill", "add", "change"]
        choices += ["label", "priority"] if self.version == "luks2" else []
        what = r.choice(choices)
        if what == "add" and len(self.passphrases) > 6 or what == "kill" and \
                len(self.passphrases) < 2:
            what = "change"
        slot = r.choice(list(self.passphrases))
        if what == "kill" and not self.others(slot):
            what = "change"
        if what == "add":
            self.add()
        elif what == "kill":
            del self.passphrases[slot]
            self.ignored.discard(slot)
            cryptsetup("luksKillSlot", self.disk, str(slot), key=self.any())
        elif what == "change":
            key = self.place.write("key", self.passphrases[slot])
            cryptsetup("luksChangeKey", "--key-slot", str(slot), *self.quick, self.disk, key,
                       key=self.passphrases[slot])
            self.follow(slot)
        elif what == "uuid":
            cryptsetup("luksUUID", "--uuid", "%08x-0000-4000-8000-000000000000" % r.randrange(1 << 32),
                       self.disk)
        elif what == "label":
            cryptsetup("config", "--label", str(r.random()), self.disk)
        else:
            priorities = ("prefer", "normal", "ignore")[:3 if self.others(slot) else 2]
            priority = r.choice(priorities)
            cryptsetup("config", "--key-slot", str(slot), "--priority", priority, self.disk)
            self.ignored = self.ignored | {slot} if priority == "ignore" else self.ignored - {slot}
        return (0, 4)

    def again(self):
        """Sealed again: what is there now is what is sealed from now on."""
        must(self.place.seal(), 0, "seal again")
        must(self.place.check(), 0, "check, sealed again")
        self.pending = 0
        with open(self.image, "rb") as image, open(self.kernel, "rb") as kernel:
            self.sealed, self.signed = image.read(), kernel.read()

    def one(self, name):
        """A change; raises Wrong. Every third is sealed again, others come on top of it."""
        expected = getattr(self, name)()
        exits = expected if not self.pending else (0, 4)
        option = ("--direct",) if self.random.random() < 0.2 else ()
        must(self.place.check(*option), exits, name, never=UNSAID)
        self.pending += 1
        if self.pending == 3:
            self.again()
