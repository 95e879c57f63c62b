# SPDX-License-Identifier: GPL-2.0-or-later
"""The check before the passphrase prompt against reading the same bytes with dd.

The devices are loop devices of files that the real cryptsetup formatted, so nothing but copying
from memory is behind a read: what the program itself costs is not hidden by a slow disk. In its
root folder such a device has a name of its own, because loop devices are not looked at in a boot.
"""

import contextlib
import json
import os
import shutil
import stat
import subprocess

import guarded
from lab import cpio, host
from programs import FOLDER, Failure, Program, in_turn, median, memory

PASSPHRASE = "correct horse battery staple"
QUICK = {"luks2": ["--pbkdf", "argon2id", "--pbkdf-memory", "32768", "--pbkdf-parallel", "1",
                   "--pbkdf-force-iterations", "4"],
         "luks1": ["--pbkdf-force-iterations", "1000"]}
CASES = (("luks2", 1), ("luks2", 2), ("luks2", 8), ("luks1", 1), ("luks1", 8))
AIM = 1.3
# Without a word in this machine's kernel log, and never a reboot.
HARMLESS = ["setpriv", "--bounding-set", "-mknod,-sys_boot"]


def cryptsetup(*command, words=PASSPHRASE):
    """Run it with passphrases from standard input."""
    host.run(["cryptsetup", "-q", *command], input=words)


def make(path, kind, slots):
    """A header as luksFormat makes it, with that many keyslots; only the key derivation is quick.
    Returns how many bytes from its start belong to the header and the keyslots in use."""
    with open(path, "wb") as f:
        f.truncate(32 * host.MIB)
    cryptsetup("luksFormat", "--type", kind, *QUICK[kind], "--key-file=-", path)
    key = os.path.join(FOLDER, "new-key")
    for slot in range(1, slots):
        host.put(key, f"passphrase {slot}")
        cryptsetup("luksAddKey", *QUICK[kind], "--key-file=-", path, key)
    dump = host.run(["cryptsetup", "luksDump", path])
    if kind == "luks1":
        areas = [(int(line.split()[-1]) * 512, 258048) for line in dump.split("\n")
                 if "Key material offset" in line][:slots]
    else:
        dump = host.run(["cryptsetup", "luksDump", "--dump-json-metadata", path])
        areas = [(int(k["area"]["offset"]), int(k["area"]["size"]))
                 for k in json.loads(dump)["keyslots"].values()]
    if len(areas) != slots:
        raise Failure(f"{path}: not {slots} keyslots, but {areas}")
    return max(offset + size for offset, size in areas)


@contextlib.contextmanager
def attached(path):
    """A loop device of a file."""
    device = host.run(["losetup", "--find", "--show", "--read-only", "--direct-io=on",
                       path]).strip()
    try:
        yield device
    finally:
        host.run(["losetup", "--detach", device])


@contextlib.contextmanager
def initramfs(folder, initrd, device):
    """What the check finds in the initramfs, in memory as there: the guard, and the one device."""
    os.makedirs(folder, exist_ok=True)
    host.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", folder])
    try:
        for name in ("proc", "dev", "run", "bootverdict/run", "sys/class/block/vda1"):
            os.makedirs(os.path.join(folder, name))
        for name in ("bootverdict", "manifest", "config"):
            extract(initrd, "bootverdict/" + name, folder)
        os.chmod(os.path.join(folder, "bootverdict/bootverdict"), 0o755)
        sectors = host.run(["blockdev", "--getsz", device])
        host.put(os.path.join(folder, "sys/class/block/vda1/size"), sectors)
        os.mknod(os.path.join(folder, "dev/vda1"), stat.S_IFBLK | 0o600, os.stat(device).st_rdev)
        yield
    finally:
        host.run(["umount", folder])


def extract(initrd, name, folder):
    """One file of the guard."""
    m = cpio.member(initrd, name)
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(initrd, "rb") as f, open(path, "wb") as out:
        f.seek(m.data)
        out.write(f.read(m.size))


def checking(what, folder):
    """The call that initramfs-tools/scripts/local-top/bootverdict makes."""
    return Program(what, ["/bootverdict/bootverdict", "boot", "--before-unlock"], folder,
                   prefix=HARMLESS)


def require_work_done(folder, size):
    """The report says that the device is as sealed, and how much was read for that."""
    with open(os.path.join(folder, "run/bootverdict/report.json"), encoding="utf-8") as f:
        report = json.load(f)
    luks = [a for a in report["artifacts"] if a["kind"] == "luks"]
    if report["verdict"] != "intact" or len(luks) != 1 or not 0 <= size - luks[0]["bytes"] < 4096:
        raise Failure(f"not verified, of {size} bytes: {json.dumps(report)}")


def ratio(check, empty, dd, nothing):
    """How many times as long ours takes, of medians: whole programs, and without starting them."""
    own = median(check) - median(empty)
    others = median(dd) - median(nothing)
    return (median(check) / median(dd), f"{1000 * own:.2f} ms against {1000 * others:.2f} ms",
            own / others if others > 0 else None)


def compare(check, empty, dd, nothing):
    """Print both, by wall-clock and by processor time."""
    programs = (check, empty, dd, nothing)
    for what, times in (("wall-clock", [p.wall for p in programs]),
                        ("processor time", [p.processor for p in programs])):
        whole, apart, times_dd = ratio(*times)
        judged = "" if times_dd is None else f"{times_dd:.2f} times   (aim: at most {AIM})"
        print(f"  = {what}: {whole:.2f} times dd, starting the program included; what the device "
              f"adds: {apart}\n    {judged or '(too little to be compared)'}")


def case(kind, slots, root, guest, rounds):
    """One kind of header."""
    path = os.path.join(FOLDER, f"{kind}-{slots}.img")
    size = make(path, kind, slots)
    installed = guarded.installed() + "/usr/lib/bootverdict"
    initrd = f"{root}/boot/initrd.img-{guest.kernel}"
    seal = [installed + "/bootverdict", "seal", "-q", "-k", guest.kernel, "--root", root,
            "--guard", installed]
    folders = [os.path.join(FOLDER, name) for name in ("with-luks", "without-luks")]
    with contextlib.ExitStack() as stack:
        device = stack.enter_context(attached(path))
        # Sealed first without it, so that nothing remembers another device.
        for folder, named in zip(reversed(folders), ([], ["--device", device])):
            for place in (f"{root}/boot/bootverdict", f"{root}/var/lib/bootverdict"):
                shutil.rmtree(place, ignore_errors=True)
            subprocess.run(seal + named, check=True)
            stack.enter_context(initramfs(folder, initrd, device))
        print(f"\nThe check before the passphrase prompt: {kind.upper()}, {slots} keyslot"
              f"{'s' if slots > 1 else ''}, {size / 1024:.0f} KiB to be read")
        check = checking("bootverdict boot --before-unlock", folders[0])
        empty = checking("the same, no LUKS sealed", folders[1])
        command = ["dd", "if=" + device, "of=/dev/null", "bs=1M", "iflag=direct,count_bytes",
                   "status=none"]
        dd = Program("dd iflag=direct bs=1M", command + [f"count={size}"])
        nothing = Program("dd of no byte", command + ["count=0"])
        in_turn([check, dd, empty, nothing], rounds)
        require_work_done(folders[0], size)
    compare(check, empty, dd, nothing)
    memory(check, 16)
    os.unlink(path)


def luks(guest, root, rounds):
    """All kinds. ROOT holds a copy of the guest's kernel and sealed initrd."""
    for kind, slots in CASES:
        case(kind, slots, root, guest, rounds)
