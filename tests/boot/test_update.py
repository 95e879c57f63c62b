# SPDX-License-Identifier: GPL-2.0-or-later
"""Inside a running guest: update-initramfs seals, and says so when it cannot."""

import os

import guarded
from lab import cpio, image, tree
from lab.baddisk import BadDisk
from lab.suite import case

SLOW = 600              # update-initramfs under software emulation, in seconds


def update(t, vm, how="-u", status=0):
    """Run update-initramfs; check its status; return what it printed."""
    got, output = vm.run(f"update-initramfs {how} -k $(uname -r)", SLOW)
    t.check((got == 0) == (status == 0), f"update-initramfs: status {got}\n{output}")
    return output


def intact_on_disk(t, vm):
    """`bootverdict check` of the kernel and the initrd in /boot."""
    status, output = vm.run("bootverdict check -k $(uname -r)", 120)
    t.check(status == 0, f"check: status {status}\n{output}")


def next_boot(t, disk, drive, guarded_boot=True):
    """Boot once more from the disk, through GRUB."""
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        vm.login()
        guarded.quiet_console(t, vm)
        log = guarded.kernel_log(vm)
        if guarded_boot:
            t.check(len(log) == 1, f"the kernel log: {log}")
            t.sees(guarded.INTACT, log[0])
        else:
            t.check(not log, f"the kernel log: {log}")
        vm.poweroff()


def seals(suite):
    def test(t):
        disk = guarded.disk(suite)
        drive = t.disk(disk)
        with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
            vm.login()
            intact_on_disk(t, vm)
            before = vm.must("sha256sum </boot/initrd.img-$(uname -r)")
            vm.must("mkdir -p /etc/initramfs-tools/scripts/init-top; "
                    "f=/etc/initramfs-tools/scripts/init-top/own; "
                    "printf '#!/bin/sh\\nexit 0\\n' >$f; chmod +x $f")
            status, output = vm.run("bootverdict check -k $(uname -r)", 120)
            t.check(status == 0, f"before the rebuild: status {status}\n{output}")
            output = update(t, vm)
            t.sees_not("(?i)warning|did not keep", output)
            intact_on_disk(t, vm)
            t.check(vm.must("sha256sum </boot/initrd.img-$(uname -r)") != before, "not rebuilt")
            again = vm.must("sha256sum </boot/initrd.img-$(uname -r)")
            vm.must("bootverdict seal -k $(uname -r)", 120)
            t.check(vm.must("sha256sum </boot/initrd.img-$(uname -r)") == again,
                    "sealing twice changed the image")
            vm.poweroff()
        next_boot(t, disk, drive)
    return test


for _suite in tree.SUITES:
    case(f"update: update-initramfs -u in a running Debian {_suite} seals",
         long=_suite != "trixie")(seals(_suite))


def reconfigure(package):
    def test(t):
        disk = guarded.disk("trixie")
        drive = t.disk(disk)
        with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
            vm.login()
            vm.must("bootverdict seal --remove -k $(uname -r)")
            status, output = vm.run("bootverdict check -k $(uname -r)", 120)
            t.check(status != 0, f"`seal --remove` left it sealed\n{output}")
            vm.must(f"dpkg-reconfigure -f noninteractive {package}; dpkg --triggers-only -a", SLOW)
            intact_on_disk(t, vm)
            vm.poweroff()
        next_boot(t, disk, drive)
    return test


case("update: the kernel package's postinst, run by dpkg-reconfigure, seals")(
    reconfigure("linux-image-$(uname -r)"))
case("update: dpkg-reconfigure of initramfs-tools seals", long=True)(
    reconfigure("initramfs-tools"))


@case("update: a rebuilt image without a new seal is stale, never corruption", long=True)
def stale(t):
    disk = guarded.disk("trixie")
    with t.vm(disk, drive=t.disk(disk), boot="grub", keep=True) as vm:
        vm.login()
        vm.must("mkinitramfs -o /boot/initrd.img-$(uname -r) $(uname -r)", SLOW)
        status, output = vm.run("bootverdict check -k $(uname -r)", 120)
        t.check(status == 4, f"status {status}, 4 (stale) is right\n{output}")
        t.sees_not("CORRUPTION", output)
        vm.poweroff()


def bad_disk(mode):
    def test(t):
        disk = guarded.disk("trixie")
        with BadDisk(disk.path, t.folder) as bad, \
                t.vm(disk, drive=bad.drive, boot="grub", keep=True) as vm:
            vm.login()
            intact_on_disk(t, vm)
            bad.lose(mode=mode, min_kib=256, lo=disk.boot_offset,
                     hi=disk.boot_offset + disk.boot_size)
            output = update(t, vm, status=1)
            t.check(bad.lost(), "the disk lost nothing")
            t.sees("the disk did not keep what was written", output)
    return test


for _mode in ("tail-zero", "tail-stale", "pages-zero"):
    # In the sample test_failed_seal.py has the same disk, and the boot afterwards.
    case(f"bad disk: update-initramfs fails loudly when writes are lost ({_mode})", long=True)(
        bad_disk(_mode))


@case("bad disk: an unsealed image that is sealed comes to lie there whole, in pieces", long=True)
def bad_disk_unsealed_image(t):
    disk = guarded.disk("trixie")
    with BadDisk(disk.path, t.folder) as bad, \
            t.vm(disk, drive=bad.drive, boot="grub", keep=True) as vm:
        vm.login()
        # Unsealed, but sound and on the disk, before the disk begins to lose writes.
        vm.must("bootverdict seal --remove -k $(uname -r) && sync")
        bad.lose(mode="tail-zero", min_kib=256, lo=disk.boot_offset,
                 hi=disk.boot_offset + disk.boot_size)
        status, output = vm.run("bootverdict seal -k $(uname -r)", 180)
        t.check(status == 1, f"seal: status {status}\n{output}")
        t.sees("the disk did not keep what was written", output)
        t.sees("a reboot boots this image: it was written once more", output)
        t.check(bad.lost(), "the disk lost nothing")
        bad.honest()
        vm.must("sync; echo 3 >/proc/sys/vm/drop_caches; umount /boot; mount /boot")
        t.sees_not(r"\.bootverdict-new", vm.must("ls -A /boot"), "left over")
        intact_on_disk(t, vm)
        vm.poweroff()


@case("no room: update-initramfs warns, exits 0, and the unsealed image boots", long=True)
def no_room(t):
    disk = image.build(guarded.guest("trixie"), boot_mib=64)
    drive = t.disk(disk)
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        vm.login()
        size = int(vm.must("stat -c %s /boot/initrd.img-$(uname -r)"))
        vm.must("rm /boot/initrd.img-$(uname -r)")
        free = int(vm.must("stat -f -c '%a' /boot")) * int(vm.must("stat -f -c '%S' /boot"))
        fill = (free - size - (4 << 20)) // 4096
        vm.must(f"dd if=/dev/zero of=/boot/fill bs=4096 count={fill} status=none")
        output = update(t, vm, "-c")
        t.sees("(?i)bootverdict", output, "no warning")
        t.sees("(?i)room|space", output, "no warning that names the reason")
        vm.must("sync")
        vm.poweroff()
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        vm.login()
        guarded.quiet_console(t, vm)
        t.check(len(guarded.kernel_log(vm)) == 1, "not one line in the kernel log")
        vm.must("rm /boot/fill; bootverdict seal -k $(uname -r)", 180)
        intact_on_disk(t, vm)
        vm.poweroff()
    next_boot(t, disk, drive)


@case("read-only /boot: a warning, exit 0, nothing changed")
def read_only(t):
    disk = guarded.disk("trixie")
    with t.vm(disk, drive=t.disk(disk), boot="grub", keep=True) as vm:
        vm.login()
        vm.must("bootverdict seal --remove -k $(uname -r)")
        before = vm.must("sha256sum /boot/initrd.img-*")
        vm.must("mount -o remount,ro /boot")
        status, output = vm.run("bootverdict seal -k $(uname -r)", 120)
        t.check(status == 2, f"seal: status {status}\n{output}")
        t.sees("(?i)read-only", output)
        status, output = vm.run("/etc/initramfs/post-update.d/bootverdict $(uname -r) "
                                "/boot/initrd.img-$(uname -r)", 120)
        t.check(status == 0, f"the hook: status {status}\n{output}")
        t.sees("(?i)warning", output)
        t.check(vm.must("sha256sum /boot/initrd.img-*") == before, "something changed")
        vm.must("mount -o remount,rw /boot")
        vm.must("/etc/initramfs/post-update.d/bootverdict $(uname -r) "
                "/boot/initrd.img-$(uname -r)", 120)
        intact_on_disk(t, vm)
        vm.poweroff()


def installed_files():
    """The paths that `make install` put into the guest."""
    top = guarded.installed()
    return ["/" + os.path.relpath(os.path.join(folder, name), top)
            for folder, _, names in os.walk(top) for name in names]


def removal(suite):
    def test(t):
        disk = guarded.disk(suite)
        drive = t.disk(disk)
        with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
            vm.login()
            vm.must("rm " + " ".join(installed_files()))
            output = update(t, vm)
            t.sees_not("(?i)bootverdict|error", output)
            left = vm.must("lsinitramfs /boot/initrd.img-$(uname -r)", 120)
            t.sees("(?m)^init$", left, "no list of the image")
            t.sees_not("bootverdict", left, "still in the image")
            vm.poweroff()
        next_boot(t, disk, drive, guarded_boot=False)
    return test


for _suite in tree.SUITES:
    case(f"removal: Debian {_suite} without bootverdict's files boots unguarded",
         long=True)(removal(_suite))


@case("damaged on the disk: check names the file's bad blocks in a running guest")
def check_on_disk(t):
    disk = guarded.disk("trixie")
    target = next(m for m in cpio.plain_members(disk.initrd)[0] if m.name.endswith("/fan.ko.xz"))
    _, drive = guarded.flipped(t, disk, target.data + 100)
    with t.vm(disk, drive=drive) as vm:
        vm.login()
        status, output = vm.run("bootverdict check -k $(uname -r)", 120)
        t.check(status == 1, f"check: status {status}\n{output}")
        t.sees("STORAGE CORRUPTION", output)
        t.sees(r"fan\.ko\.xz", output)
        status, found = guarded.check_json(vm)
        t.check(status == 1 and found["verdict"] == "storage-corruption", f"{status}: {found}")
        vm.poweroff()
