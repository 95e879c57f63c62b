# SPDX-License-Identifier: GPL-2.0-or-later
"""The demonstration: a sealed guest, healthy, then damaged as in the story; then without it."""

import os
import re
import textwrap
import time

import guarded
from lab import damage, host, image, tree
from lab.vm import FATAL, VM

FOLDER = os.path.join(host.PROJECT, "build", "demo")
START = time.monotonic()
SYSTEMD = b'set options=""\n'      # the distribution's own command line


def step(text):
    """A heading of the story."""
    minutes, seconds = divmod(int(time.monotonic() - START), 60)
    print(f"\n=== {text}   [{minutes}:{seconds:02d}]", flush=True)


def tell(text):
    """A paragraph for a person."""
    print(textwrap.fill(" ".join(text.split()), 88), flush=True)


def shown(lines):
    """What a serial console shows, set off from our own words."""
    print("\n".join("    | " + line.rstrip() for line in lines), flush=True)


def suite_of_host():
    """The guest is of the host's own release where that is one we know."""
    with open("/etc/os-release", encoding="utf-8") as f:
        name = re.search(r"(?m)^VERSION_CODENAME=(\w+)", f.read())
    return name.group(1) if name and name.group(1) in tree.SUITES else tree.SUITES[0]


def spoil(disk, name):
    """Damage a disk's initrd as the story's host did; returns a drive with that damage."""
    path = os.path.join(FOLDER, name)
    ranges = damage.lose_tails(disk.initrd, path + ".img")
    tell(f"""Of every 4 MiB of {os.path.basename(disk.initrd)} the last 512 KiB were acknowledged
         and never stored: {sum(length for _, length in ranges) // 1024} KiB read as zeros. Nothing
         reported an error.""")
    drive = damage.overlay(disk, path + ".img", ranges, path + ".qcow2")
    image.write_boot_file(disk, path + ".qcow2", "options.cfg", SYSTEMD)
    return drive


def boot_healthy(disk):
    """The sealed guest boots; what it says about itself."""
    drive = damage.overlay(disk, disk.initrd, [], FOLDER + "/healthy.qcow2")
    image.write_boot_file(disk, FOLDER + "/healthy.qcow2", "options.cfg", SYSTEMD)
    with VM(disk, FOLDER + "/healthy", drive=drive, boot="grub") as vm:
        vm.login()
        up = next(at for at, what in vm.marks if what == "up")
        tell(f"""It is up after {up} s. Lines from bootverdict on the console:
             {len(guarded.said(vm))}. In its kernel log and in /run/bootverdict:""")
        shown(guarded.kernel_log(vm))
        shown(vm.must("cat /run/bootverdict/report.txt").split("\n"))
        vm.poweroff()


def boot_explained(disk, drive):
    """The damaged guest explains itself; its screen, and what [d] and the shell show."""
    with VM(disk, FOLDER + "/damaged", drive=drive, boot="grub") as vm:
        how, what = vm.outcome({"menu": guarded.MENU})
        if how != "menu":
            raise SystemExit(f"no screen, but {how}: {what}")
        vm.settle(1, 10)
        lines = vm.text.replace("\r", "").split("\n")
        first = next(i for i, line in enumerate(lines) if line.startswith("VERDICT: "))
        while first and re.match(r"=+$|bootverdict \d", lines[first - 1]):
            first -= 1
        tell(f"After {vm.seconds()} s the serial console shows:")
        shown(lines[first:])
        tell("A key is pressed: [s], and in the shell: bootverdict check")
        vm.send("s")
        vm.expect(guarded.RESCUE, 30)
        status, output = vm.run("bootverdict check", 120, guarded.RESCUE)
        shown(output.split("\n")[:16] + ["..."])
        tell(f"Its exit status is {status}.")


def boot_unguarded(disk, drive):
    """The same damage with nobody to explain it."""
    with VM(disk, FOLDER + "/unguarded", drive=drive, boot="grub") as vm:
        vm.outcome({name: pattern for name, pattern in FATAL.items() if name == "panic"})
        vm.settle(1, 5)
        lines = vm.text.replace("\r", "").split("\n")
        wanted = r"Initramfs unpacking failed|Run \S+ as init|Failed to execute|Kernel panic"
        ends = [line for line in lines if re.search(wanted, line) and "---" not in line]
        tell("Its serial console ends like this:")
        shown(ends)


def main():
    """The story, from the build to the panic."""
    os.makedirs(FOLDER, exist_ok=True)
    suite = suite_of_host()
    step("Build: static programs for the initrd (the first time takes some minutes)")
    guarded.installed()
    shown(host.run(["make", "-s", "-C", host.PROJECT, "size"]).strip().split("\n"))
    step(f"A Debian guest ({suite}), made by mmdebstrap, sealed by its own update-initramfs")
    guest = guarded.guest(suite)
    disk = image.build(guest)
    shown(guest.log.strip().split("\n"))
    tell("A second guest is made the same way, without bootverdict.")
    bare = image.build(tree.guest(suite))
    step("The sealed guest, healthy")
    boot_healthy(disk)
    step("The storage below it loses the tails of large writes; the guest is started again")
    boot_explained(disk, spoil(disk, "damaged-initrd"))
    step("The same damage, without bootverdict")
    boot_unguarded(bare, spoil(bare, "unguarded-initrd"))
    tell("""That is all that its owner gets to see. bootverdict's transcripts are in build/demo/;
         what the screen means is in README.md.""")


if __name__ == "__main__":
    main()
