# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that does not keep the new initrd, and the reboot all the same: the image before boots, or
the new one after all, or the guard explains. Never a panic."""

import guarded
from lab import cpio
from lab.baddisk import BadDisk
from lab.suite import case

IMAGE = "/boot/initrd.img-$(uname -r)"
SEALED = "it was written once more, and reads back from the disk as it was sealed"
PREVIOUS = "a reboot boots the image before this one, not the new one"
GUARDED = "a reboot will not boot this image, but explain why"
NOTHING = "DO NOT REBOOT"

# What update-initramfs -u does around mkinitramfs, whose image is /root/new.
REPLACE = f"""cat >/root/replace <<'END'
[ "$1" = first ] || ln -f {IMAGE} {IMAGE}.dpkg-bak
cp /root/new {IMAGE}.new
[ "$1" != first ] || rm -f {IMAGE}
mv -f {IMAGE}.new {IMAGE}
sync -f {IMAGE}
run-parts --arg=$(uname -r) --arg={IMAGE} /etc/initramfs/post-update.d
END"""


def prepare(t, vm):
    """/root/new becomes an unsealed image that differs from the sealed one: a file more."""
    vm.must(REPLACE)
    vm.must("mkdir -p /root/b /root/more && cp /boot/*-$(uname -r) /root/b/ && "
            "bootverdict seal -q --remove --boot /root/b -k $(uname -r) && "
            "mv /root/b/initrd.img-$(uname -r) /root/new && echo new >/root/more/new-marker && "
            "truncate -s %4 /root/new && "
            "(cd /root/more && echo new-marker | cpio -o -H newc --quiet) >>/root/new && sync")
    status, output = vm.run("bootverdict check -k $(uname -r)", 120)
    t.check(status == 0, f"check before: status {status}\n{output}")


def halves(t, disk):
    """The guard and the rest of a disk's sealed initrd, as files."""
    with open(disk.initrd, "rb") as f:
        data = f.read()
    end = cpio.member(disk.initrd, "bootverdict/guard-end")
    start = -(-(end.data + end.size) // 4096) * 4096
    for name, part in (("guard.bin", data[:start]), ("rest.bin", data[start:])):
        with open(t.file(name), "wb") as f:
            f.write(part)
    return t.file("guard.bin"), t.file("rest.bin")


def rebuild(t, vm, bad, words, how=""):
    """Replace the image on the bad disk; the update fails and says what a reboot will do."""
    status, output = vm.run("sh /root/replace " + how, 600)
    t.check(status != 0, f"the update succeeded\n{output}")
    t.sees(words, output)
    t.sees("what a reboot would do now", output)
    t.check(bad is None or bad.lost(), "the disk lost nothing")
    return output


def reboots(t, disk, drive, check, finding=None):
    """The disk boots; what `check` then says."""
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        vm.login()
        t.sees_not("Kernel panic", vm.text)
        status, output = vm.run("bootverdict check -k $(uname -r)", 120)
        t.check(status == check, f"check afterwards: status {status}, not {check}\n{output}")
        if finding:
            ids = [found["id"] for found in guarded.check_json(vm)[1]["findings"]]
            t.check(finding in ids, f"check afterwards: {ids}, without {finding}")
        if check == 4:
            # The way out, once the disk is sound.
            vm.must("sh /root/replace", 600)
            status, output = vm.run("bootverdict check -k $(uname -r)", 120)
            t.check(status == 0, f"check after a good update: status {status}\n{output}")
        vm.poweroff()


def explains(t, disk, drive, words):
    """The disk ends in the screen, with these words on it."""
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        lines = guarded.corrupt_screen(t, vm, 240)
        t.sees_not("Kernel panic", vm.text)
        t.sees(words, "\n".join(lines))
        vm.send("r")
        vm.wait_end(60)


def written_again(mode):
    def test(t):
        disk = guarded.disk("trixie")
        with BadDisk(disk.path, t.folder) as bad:
            with t.vm(disk, drive=bad.drive, boot="grub", keep=True) as vm:
                vm.login()
                prepare(t, vm)
                bad.lose(mode=mode, min_kib=256, lo=disk.boot_offset,
                         hi=disk.boot_offset + disk.boot_size)
                output = rebuild(t, vm, bad, SEALED)
                t.sees("the disk did not keep what was written", output)
                vm.poweroff()
            reboots(t, disk, bad.drive, 0)
    return test


for _mode in ("tail-zero", "tail-stale", "all-stale", "pages-zero", "pages-stale"):
    case(f"bad disk: {_mode}: the new image is written again in pieces, and the reboot boots it",
         long=_mode != "tail-zero")(written_again(_mode))


def previous(mode):
    def test(t):
        disk = guarded.disk("trixie")
        with BadDisk(disk.path, t.folder) as bad:
            with t.vm(disk, drive=bad.drive, boot="grub", keep=True) as vm:
                vm.login()
                prepare(t, vm)
                bad.lose(mode=mode, min_kib=0, listed=disk.initrd)
                rebuild(t, vm, bad, PREVIOUS)
                vm.poweroff()
            bad.honest()
            reboots(t, disk, bad.drive, 4, "BV-INITRD-UPDATE-LOST")
    return test


for _mode in ("listed-zero", "listed-stale"):
    case(f"bad disk: {_mode}: the image before is put back, and the reboot boots it",
         long=_mode != "listed-zero")(previous(_mode))


def guard_alone(mode):
    def test(t):
        disk = guarded.disk("trixie")
        _, rest = halves(t, disk)
        with BadDisk(disk.path, t.folder) as bad:
            with t.vm(disk, drive=bad.drive, boot="grub", keep=True) as vm:
                vm.login()
                prepare(t, vm)
                bad.lose(mode=mode, min_kib=0, listed=rest)
                rebuild(t, vm, bad, GUARDED, "first")
                vm.poweroff()
            explains(t, disk, bad.drive, "not unpacked at all|is not as sealed|are not as sealed")
    return test


for _mode in ("listed-zero", "listed-stale"):
    case(f"bad disk: {_mode}: without an image before, the guard is kept, and the reboot explains",
         long=True)(guard_alone(_mode))


@case("bad disk: one that keeps nothing of any image, and no image before: DO NOT REBOOT", long=True)
def nothing_kept(t):
    disk = guarded.disk("trixie")
    with BadDisk(disk.path, t.folder) as bad, \
            t.vm(disk, drive=bad.drive, boot="grub", keep=True) as vm:
        vm.login()
        prepare(t, vm)
        bad.lose(mode="listed-zero", min_kib=0, listed=disk.initrd)
        rebuild(t, vm, bad, NOTHING, "first")
        vm.poweroff()


def broken_image(vm):
    """Lose a block in the middle of /root/new, as if mkinitramfs had written it so."""
    vm.must("size=$(stat -c %s /root/new); "
            "dd if=/dev/zero of=/root/new bs=4096 seek=$((size / 4096 * 9 / 10)) count=1 "
            "conv=notrunc status=none; sync")


@case("broken image: the image before is put back, and the reboot boots it", long=True)
def broken_with_previous(t):
    disk = guarded.disk("trixie")
    drive = t.disk(disk)
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        vm.login()
        prepare(t, vm)
        vm.must("cp /root/new /root/good")
        broken_image(vm)
        rebuild(t, vm, None, PREVIOUS)
        vm.must("mv /root/good /root/new")
        vm.poweroff()
    reboots(t, disk, drive, 4, "BV-INITRD-UPDATE-LOST")


@case("broken image: without an image before, a guard stands in front, and the reboot explains")
def broken_without_previous(t):
    disk = guarded.disk("trixie")
    drive = t.disk(disk)
    with t.vm(disk, drive=drive, boot="grub", keep=True) as vm:
        vm.login()
        prepare(t, vm)
        broken_image(vm)
        output = rebuild(t, vm, None, GUARDED, "first")
        t.sees("it is not sealed, because it cannot be right", output)
        vm.poweroff()
    explains(t, disk, drive, "broken already when it was to be sealed")
