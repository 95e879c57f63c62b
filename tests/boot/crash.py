# SPDX-License-Identifier: GPL-2.0-or-later
"""Power cuts while bootverdict writes: on every file system, at every write.

A guest of Debian's own kernel seals an image on a disk that remembers every write and every flush
(lab/crashdisk.py). From that log come the disks that a power cut could have left (lab/crashlog.py);
each is mounted by a guest, and what stands under the names of the initrd and of the two records is
compared: old or new, whole; new once `seal` had ended; and `check` never blames the storage.
"""

import collections
import concurrent.futures
import dataclasses
import gzip
import hashlib
import lzma
import os
import random
import re
import shutil
import tempfile

from lab import crashlog, host, tree
from lab.crashdisk import CrashDisk
from lab.crashlog import PAGE, SECTOR
from lab.host import MIB
from lab.suite import Failed, Test
from lab.vm import Unexpected

RELEASE = "1.0-crash"
MARK_BYTES = 64 * 1024      # behind the file system: where the guest writes down how far it is
DEVICE = "/dev/vda"

# What each file system is made with, its size, what its driver is called, how it is mounted; how a
# boot checks it first; how to mount it as a boot loader reads it; and the bytes that a disk which
# tears a write of its metadata still keeps together.
FileSystem = collections.namedtuple("FileSystem", "make mib driver options check unreplayed unit")
MKE2FS = "mke2fs -q -F -b 4096 -E lazy_itable_init=0,lazy_journal_init=0 -t "
FILE_SYSTEMS = {
    "vfat": FileSystem("mkfs.vfat -F 32 -s 8", 320, "vfat", "", "fsck.fat -a", "", SECTOR),
    "vfat16": FileSystem("mkfs.vfat -F 16", 64, "vfat", "", "fsck.fat -a", "", SECTOR),
    "exfat": FileSystem("mkfs.exfat", 64, "exfat", "", "fsck.exfat -p", "", SECTOR),
    "ext2": FileSystem(MKE2FS + "ext2", 64, "ext2", "", "e2fsck -p", "", PAGE),
    "ext4-ordered": FileSystem(MKE2FS + "ext4", 64, "ext4", "data=ordered", "e2fsck -p",
                               "noload", PAGE),
    "ext4-writeback": FileSystem(MKE2FS + "ext4", 64, "ext4", "data=writeback", "e2fsck -p",
                                 "noload", PAGE),
    "xfs": FileSystem("mkfs.xfs -q", 320, "xfs", "", "", "norecovery", SECTOR),
    "btrfs": FileSystem("mkfs.btrfs -q", 160, "btrfs", "", "", "nologreplay", PAGE),
}
MODULES = ("virtio_pci virtio_blk vfat nls_cp437 nls_ascii nls_utf8 exfat crc32c_generic "
           "libcrc32c ext4 xfs xxhash_generic sha256_generic blake2b_generic btrfs").split()

INIT = """#!/bin/sh
# Process 1 of a guest that has nothing but its kernel, bootverdict and this shell.
export PATH=/bin PS1='GUEST# '
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /disk /run /tmp
for module in $(cat /modules/order); do insmod "/modules/$module" || echo "insmod $module failed"; done
echo "GUEST-UP $(uname -r)"
cd /
exec setsid cttyhack sh -i
"""

# Shell functions of the guest. "image", "record" and "copy" are what is under test; beside each can
# stand what will take its place.
FUNCTIONS = """
image=/disk/initrd.img-%(release)s
record=/disk/bootverdict/%(release)s.manifest
copy=/disk/var/lib/bootverdict/%(release)s.manifest
known=

mark() { # WORD: how far the guest is, in the disk's own order of writes
	printf '%%-4096s' "mark $1" >/tmp/mark
	dd if=/tmp/mark of=%(device)s bs=4096 seek=%(mark)s oflag=direct conv=notrunc 2>/dev/null
}

flush_disk() {
	sync
	dd if=/tmp/mark of=%(device)s bs=4096 seek=%(mark)s conv=notrunc,fsync 2>/dev/null
}

seal() {
	bootverdict seal -q --root /disk --boot /disk --guard /guard -k %(release)s "$@"
}

sums() {
	for file in "$image" "$record" "$copy"; do
		echo "$file" "${file%%/*}/.${file##*/}.bootverdict-new"
	done | xargs sha256sum 2>&1
}

look() { # TYPE OPTIONS [ask]: a line per file, and what check says, three times at most of the same
	mount -t "$1" -o "$2" %(device)s /disk || return 1
	sums=$(sums)
	echo "$sums"
	[ -z "$3" ] || ask
	umount /disk
}

ask() {
	for n in 1 2 3; do
		case $known in
		*"[$n $sums "*) ;;
		*)
			bootverdict check -q --root /disk --boot /disk -k %(release)s >/tmp/check 2>&1
			known="$known[$n $sums $?]"
			break
			;;
		esac
	done
	rest=${known##*"$sums "}
	echo "check ${rest%%%%]*}"
}

checked() { # COMMAND...: a boot's check of the file system; 1: repaired
	"$@" %(device)s >/tmp/fsck 2>&1
	echo "fsck $?"
}
"""


# ---------------------------------------------------------------------------------------- the guest

def module_files(base, kernel):
    """The modules' files in the order in which they can be loaded."""
    top = f"{base}/usr/lib/modules/{kernel}"
    needs, by_name = {}, {}
    with open(top + "/modules.dep", encoding="ascii") as f:
        for line in f:
            path, rest = line.rstrip("\n").split(":")
            needs[path] = rest.split()
            by_name[os.path.basename(path).split(".")[0].replace("-", "_")] = path
    order = []

    def add(path):
        for need in needs[path]:
            add(need)
        if path not in order:
            order.append(path)

    for name in MODULES:
        if name in by_name:     # else it is built in
            add(by_name[name])
    return [top + "/" + path for path in order]


def unpacked_module(path):
    with open(path, "rb") as f:
        data = f.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


def cpio(folder):
    """A folder as a cpio archive that the kernel unpacks."""
    names = host.run(["find", ".", "-mindepth", "1"], cwd=folder)
    names = "\n".join(sorted(names.split("\n"))[1:]) + "\n"
    return host.run_bytes(["cpio", "--quiet", "--reproducible", "-R", "0:0", "-o", "-H", "newc",
                           "-D", folder], names.encode())


def main_image(folder, seed, size):
    """A small initrd, as the hook leaves it: /init leads to the stub, the original is beside it."""
    random.seed(seed)
    host.put(folder + "/usr/lib/bootverdict/next-init", "#!/bin/sh\necho hello\n", 0o755)
    shutil.copy(os.path.join(host.PROJECT, "build", "stub"), folder + "/usr/lib/bootverdict/init")
    os.symlink("usr/lib/bootverdict/init", folder + "/init")
    # What the stub executes must be there; that it would run is of no interest here.
    os.makedirs(folder + "/usr/bin")
    shutil.copy(os.path.join(host.PROJECT, "build", "stub"), folder + "/usr/bin/sh")
    os.symlink("usr/bin", folder + "/bin")
    with open(folder + "/noise", "wb") as f:
        f.write(random.randbytes(size))
    return gzip.compress(cpio(folder), 1, mtime=0)


def copy_program(root, path):
    """One of the host's programs, with the libraries that it needs."""
    shutil.copy(path, root + "/bin")
    for library in re.findall(r"(/\S+) \(0x", host.run(["ldd", path])):
        os.makedirs(root + os.path.dirname(library), exist_ok=True)
        shutil.copy(library, root + library)


def make_initrd(folder, suite):
    """The kernel of a suite, and an initrd of it that holds all that the guest needs."""
    base = tree.base(suite)
    kernel = tree.kernel_version(base)
    root = folder + "/root"
    build = os.path.join(host.PROJECT, "build")
    for name in ("bin", "guard", "modules", "images", "proc", "sys", "dev"):
        os.makedirs(f"{root}/{name}")
    shutil.copy(build + "/busybox", root + "/bin/busybox")
    shutil.copy(build + "/bootverdict", root + "/bin/bootverdict")
    for applet in host.run([build + "/busybox", "--list"]).split():
        if applet != "busybox":
            os.symlink("busybox", f"{root}/bin/{applet}")
    os.symlink("bin", root + "/sbin")
    for check in ("fsck.fat", "fsck.exfat", "e2fsck"):
        copy_program(root, shutil.which(check))
    for name, source in (("init", "stub"), ("bootverdict", "bootverdict"), ("busybox", "busybox")):
        shutil.copy(f"{build}/{source}", f"{root}/guard/{name}")
    order = []
    for path in module_files(base, kernel):
        order.append(os.path.basename(path).removesuffix(".xz"))
        with open(f"{root}/modules/{order[-1]}", "wb") as f:
            f.write(unpacked_module(path))
    host.put(root + "/modules/order", "\n".join(order) + "\n")
    for name, size in (("one", 300_000), ("two", 280_000)):
        with open(f"{root}/images/{name}", "wb") as f:
            f.write(main_image(f"{folder}/{name}", name, size))
    host.put(root + "/init", INIT, 0o755)
    host.put(root + "/functions", FUNCTIONS % {
        "release": RELEASE, "device": DEVICE, "mark": "$MARK"})
    with open(folder + "/initrd", "wb") as f:
        f.write(gzip.compress(cpio(root), 1))
    shutil.rmtree(root)
    return f"{base}/boot/vmlinuz-{kernel}", folder + "/initrd"


# ------------------------------------------------------------------------------------ what is sealed

# Shell for the guest: what is on the disk before, and what the power is cut in.
FILL = "for i in $(seq 200); do : >/disk/a-file-with-a-long-name-$i; done; "
SCENARIOS = {
    "first": ("cp /images/one $image", "seal"),
    "update": ("cp /images/one $image; seal; cp /images/two $image", "seal"),
    # A new name comes to lie far behind the old one, and far before it.
    "crowded-behind": ("cp /images/one $image; seal; " + FILL + "cp /images/two $image", "seal"),
    "crowded-before": (FILL + "cp /images/one $image; seal; cp /images/two $image; "
                       "rm /disk/*-name-[1-5]*", "seal"),
    "again": ("cp /images/one $image; seal; mkdir /disk/etc; "
              "echo POLICY=continue >/disk/etc/bootverdict.conf", "seal"),
    "remove": ("cp /images/one $image; seal", "seal --remove"),
    # What was built is broken: the image before comes back, or the guard comes in front.
    "put-back": ("cp /images/one $image; seal; mv $image $image.dpkg-bak; "
                 "head -c 200000 /images/two >$image", "seal"),
    "guard": ("head -c 200000 /images/two >$image", "seal"),
}
REFUSED = ("put-back", "guard")     # `seal` ends with 1, and `check` has something to say
NAMELESS = "without its name"
# The twin that fails: what is no more than mv(1).
BY_HAND = {"by-hand": ("cp /images/one $image",
                       "cp /images/two /disk/new && sync && flush_disk && mv /disk/new $image")}
FILES = ("image", "record", "copy")
PATHS = (f"/disk/initrd.img-{RELEASE}", f"/disk/bootverdict/{RELEASE}.manifest",
         f"/disk/var/lib/bootverdict/{RELEASE}.manifest")


@dataclasses.dataclass(frozen=True)
class Recording:
    """A scenario that was run: the disk before it, its writes, what stands there before and after."""

    disk: str           # the raw image
    entries: list
    start: int          # the entry from which on the power may be cut
    done: int           # and the one from which on only what is new may be found
    before: list        # per file of FILES: SHA-256 or "none"
    after: list
    refused: bool       # the image was broken, and `check` says so


def make_disk(path, kind):
    fs = FILE_SYSTEMS[kind]
    with open(path, "wb") as f:
        f.truncate(fs.mib * MIB)
    host.run(fs.make.split() + [path])
    with open(path, "r+b") as f:
        f.truncate(fs.mib * MIB + MARK_BYTES)


def writable(fs):
    """The mount options of a file system that is in use."""
    return ",".join(["rw"] + [fs.options] * bool(fs.options))


def prepare(vm, kind):
    """Make the guest's shell quiet and give it its functions."""
    vm.expect({"up": r"GUEST-UP \S+"}, 300)
    vm.expect("GUEST# ", 120)
    vm.expect_quiet_shell()
    vm.must(f"MARK={FILE_SYSTEMS[kind].mib * MIB // 4096}; . /functions")


def marks(entries):
    """Where the guest's marks are in the log: word -> number of the entry."""
    found = {}
    for number, entry in enumerate(entries):
        if len(entry.data) == 4096 and entry.data.startswith(b"mark "):
            found[entry.data.split()[1].decode()] = number
    return found


def record(test, guest, kind, scenario, idle):
    """Run a scenario in a guest, then leave the machine idle, then cut its power."""
    fs = FILE_SYSTEMS[kind]
    vmlinuz, initrd = guest
    disk = test.file(f"{kind}.raw")
    before, command = {**SCENARIOS, **BY_HAND}[scenario]
    make_disk(disk, kind)
    with CrashDisk(disk, test.folder) as served, \
            test.vm(None, kernel=vmlinuz, initrd=initrd, drive=served.drive, keep=True,
                    memory=512) as vm:
        prepare(vm, kind)
        served.record()
        mount = f"mount -t {fs.driver} -o {writable(fs)} {DEVICE} /disk"
        vm.must(f"{mount} && mkdir -p /disk/var/lib && {before} && umount /disk && {mount}")
        old = sums(vm.run("sums")[1])
        vm.must("flush_disk; mark start; flush_disk")
        status = int(scenario in REFUSED)
        vm.must(f"{command}; status=$?; mark done; [ $status = {status} ]", 300)
        vm.must(f"sleep {idle}", idle + 60)
        new = sums(vm.run("sums")[1])
        # No word to the guest: this is the power cut.
    entries = served.entries()
    at = marks(entries)
    return Recording(disk, entries, at["start"], at["done"], old, new, scenario in REFUSED)


# ---------------------------------------------------------------------------------------- snapshots

@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A disk that a power cut can leave."""

    how: str
    writes: list        # as crashdisk takes them
    done: bool          # seal had ended


def snapshots(recording, limit, unit):
    """All that are examined, each different disk once."""
    entries, seen, safe = recording.entries, set(), []
    ended = False
    for number, epoch in enumerate(crashlog.epochs(entries)):
        if epoch and epoch[-1] >= recording.done:
            ended = True
        if epoch and epoch[-1] > recording.start:
            for how, writes in crashlog.subsets(epoch, entries, limit, unit, number):
                snapshot = Snapshot(f"epoch {number}, {how}", safe + writes, ended)
                digest = fingerprint(snapshot.writes, entries)
                if (digest, ended) not in seen:
                    seen.add((digest, ended))
                    yield snapshot
        safe = safe + crashlog.whole(epoch, entries)


def fingerprint(writes, entries):
    """What the written bytes come to, whatever the order that gave them."""
    sectors = {}
    for number, length in writes:
        entry = entries[number]
        for at in range(0, length, crashlog.SECTOR):
            sectors[entry.offset + at] = entry.data[at:min(length, at + crashlog.SECTOR)]
    digest = hashlib.sha256()
    for offset in sorted(sectors):
        digest.update(b"%d:" % offset + sectors[offset])
    return digest.digest()


def beside(path):
    """Where the file stands that will take this one's place."""
    folder, name = os.path.split(path)
    return f"{folder}/.{name}.bootverdict-new"


def sums(output, paths=PATHS):
    """What sha256sum said of each: the sum, "none", or that it cannot be read."""
    found = []
    for path in paths:
        line = re.search(rf"^(?:([0-9a-f]{{64}})  |sha256sum: .*){path}'?(: No such file.*)?",
                         output, re.M)
        found.append("?" if not line else line[1] or ("none" if line[2] else "unreadable"))
    return found


def judge(output, recording, done, nameless, files=FILES):
    """What is wrong with what a guest saw of a snapshot, or nothing.

    nameless  a file may be missing when the new one stands, whole, under its temporary name
    files     those of FILES that count
    """
    seen, ready = sums(output), sums(output, [beside(path) for path in PATHS])
    if "?" in seen:
        return " ".join(output.split("\n"))[:200]
    wrong = []
    for name, found, new_one, old, new in zip(FILES, seen, ready, recording.before,
                                              recording.after):
        if name not in files or found == new or (found == old and not done):
            continue
        if nameless and not done and found == "none" and new_one == new:
            wrong.append(NAMELESS)
            continue
        what = ("old" if found == old else "missing" if found == "none" else
                found if found == "unreadable" else "neither old nor new")
        wrong.append(f"{name} {what}")
    if "\ncheck 1" in output and not wrong and not recording.refused:
        wrong.append("check blames the storage")
    return ", ".join(wrong)


def look(vm, fs, served, snapshot, recording):
    """Every way to look at a snapshot: a list of (way, what is wrong)."""
    mounted, unreplayed = f"look {fs.driver} {writable(fs)} ask", f"look {fs.driver} ro,"
    found = []

    def see(way, command, done, files=FILES):
        _, output = vm.run(command, 120)
        found.append((way, judge(output, recording, done, fs.driver == "exfat", files)))

    served.show(snapshot.writes)
    if fs.unreplayed:
        # What a boot loader goes by may be the old state, but whole. It reads no record.
        see("unreplayed", unreplayed + fs.unreplayed, False, ("image",))
    see("mounted", mounted, snapshot.done)
    if fs.check:
        served.show(snapshot.writes)
        see("after " + fs.check.split()[0], f"checked {fs.check}; {mounted}", snapshot.done)
    return [(way, wrong) for way, wrong in found if wrong]


def examine(test, guest, kind, recording, limit):
    """Put every snapshot before a guest. Returns (how many, [(how, way, what is wrong)])."""
    fs = FILE_SYSTEMS[kind]
    vmlinuz, initrd = guest
    bad, count = [], 0
    with CrashDisk(recording.disk, test.file("examine")) as served:
        shutil.copy(test.file("writes.bin"), served.log)
        with test.vm(None, kernel=vmlinuz, initrd=initrd, drive=served.drive, keep=True,
                     memory=512) as vm:
            prepare(vm, kind)
            for snapshot in snapshots(recording, limit, fs.unit):
                count += 1
                how = snapshot.how + ", after exit 0" * snapshot.done
                bad += [(how, *found) for found in look(vm, fs, served, snapshot, recording)]
    return count, bad


# ------------------------------------------------------------------------------------ make check-crash

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "CRASH.md")
LIMIT = 4               # of every kind of snapshot, per flush
IDLE = 40               # seconds after the end, in which the kernel writes back what is left


@dataclasses.dataclass(frozen=True)
class Cell:
    """What came out of one scenario on one file system of one kernel."""

    name: str
    writes: int = 0
    disks: int = 0
    found: tuple = ()   # (how, way, what is wrong) each

    @property
    def wrong(self):
        return [f for f in self.found if f[2] != NAMELESS]

    @property
    def unexpected(self):
        """What is wrong, but for what no order of calls prevents: a folder that is written torn."""
        kind = self.name.split()[1]
        return [f for f in self.wrong if "torn" not in f[0] or "missing" not in f[2] or
                not (kind == "exfat" or (kind == "xfs" and f[1] == "unreplayed"))]

    @property
    def line(self):
        """Its line in the table."""
        suite, kind, scenario = self.name.split()
        nameless = len(self.found) - len(self.wrong)
        return (f"| {suite} | {kind} | {scenario} | {self.writes} | {self.disks} | "
                f"{len(self.wrong)} | {nameless or ''} |")


def cell(name, guest, kind, scenario):
    """Record a scenario and examine what a power cut can leave of it."""
    test = Test("crash " + name)
    try:
        recording = record(test, guest, kind, scenario, IDLE)
        disks, found = examine(test, guest, kind, recording, LIMIT)
        writes = sum(1 for e in recording.entries[recording.start:] if not e.is_flush)
        return Cell(name, writes, disks, tuple(found))
    except (Failed, Unexpected, host.CommandFailed) as e:
        return Cell(name, found=(("all", "not examined", str(e)),))
    finally:
        sweep(test)


HEAD = f"""<!-- SPDX-License-Identifier: GPL-2.0-or-later -->
# Power cuts while sealing

Written by `make check-crash` (tests/boot/run --crash). A guest of Debian's kernel (bookworm: 6.1,
trixie: 6.12) runs `bootverdict seal` on a disk that logs every write and every flush, and is left
idle for {IDLE} s. A power cut leaves all writes before the last flush, and any of the later ones: every
prefix, all but one, only one, all but the first ones, some by lot, the last one torn (at a sector
where the file system writes sectors, else at 4096 bytes); at most {LIMIT} of each kind for a flush. Each
such disk is put before a guest, which mounts it (after a journal's replay), again after the file
system's own check (fsck.fat -a, fsck.exfat -p, e2fsck -p), and, where there is a journal, without its
replay, as a boot loader reads.

Right is: the initrd and both records are the old or the new ones, whole; the new ones once `seal`
has ended; `check` does not blame the storage. Without the journal's replay it is the initrd alone
that counts, and the old one may be found later, too.

| scenario | what the power is cut in |
|---|---|
| first | an image is sealed for the first time |
| update | a sealed image was replaced by an unsealed one, which is sealed |
| crowded-behind, crowded-before | the same, the new names far behind or before the old ones |
| again | a sealed image is sealed with another configuration |
| remove | `seal --remove` |
| put-back | a broken image was built; the image before, which is sealed, is put back |
| guard | the same without an image before: the guard is put in front |

"nameless" counts looks that found neither old nor new under a name, but the new one, whole, beside it
as `.NAME.bootverdict-new`: exfat alone, which changes two places of a folder to rename. A disk that
tears the write of a folder's block loses names on exfat, and on xfs for who reads without the journal's
replay. No order of calls prevents that: it counts as wrong here, and is the one thing that
`make check-crash` puts up with. A scenario without a line was not run since what it tests was changed.

| kernel | file system | scenario | writes | disks | wrong | nameless |
|---|---|---|---|---|---|---|
"""


def lines_of_table():
    """The table's lines as they stand: "suite kind scenario" -> line."""
    with open(TABLE, encoding="ascii") as f:
        found = re.finditer(r"^\| (\w+) \| ([\w-]+) \| ([\w-]+) \| \d+ \|.*$", f.read(), re.M)
    return {" ".join(line.groups()): line[0] for line in found}


def write_table(names, lines):
    """The lines of LINES in the order of NAMES."""
    host.put(TABLE, HEAD + "".join(lines[name] + "\n" for name in names if name in lines))


def sweep(test):
    """Throw away what is big."""
    test.sweep()
    shutil.rmtree(test.file("guest"), ignore_errors=True)


def main(pattern, jobs):
    """Run all cells whose name matches; their lines in the table are written anew."""
    with tempfile.TemporaryDirectory(prefix="crash.") as folder:
        guests = {suite: make_initrd(f"{folder}/{suite}", suite) for suite in tree.SUITES}
        return run_cells(guests, pattern, jobs)


def run_cells(guests, pattern, jobs):
    """The cells whose name matches, JOBS at a time. Returns 1 when something is wrong, else 0."""
    cells = {f"{suite} {kind} {scenario}": (guests[suite], kind, scenario)
             for suite in tree.SUITES for kind in FILE_SYSTEMS for scenario in SCENARIOS}
    asked = [name for name in cells if re.search(pattern, name)]
    lines = {name: line for name, line in lines_of_table().items() if name not in asked}
    status = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for result in pool.map(lambda name: cell(name, *cells[name]), asked):
            print(result.line, flush=True)
            for how, way, wrong in result.found:
                print(f"    {how}: {way}: {wrong}", flush=True)
            lines[result.name] = result.line
            write_table(cells, lines)
            status = 1 if result.unexpected else status
    return status
