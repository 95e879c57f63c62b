# SPDX-License-Identifier: GPL-2.0-or-later
"""Hooks of the owner that change /init: what they wrote is executed, behind bootverdict."""

import guarded
from lab import tree
from lab.suite import case

# Says in the kernel log that it runs: the log's order is the order of the boot.
SAY = "[ -c /dev/kmsg ] || mknod /dev/kmsg c 1 11; echo '<4>owner: {0}' >/dev/kmsg"

HOOK = """#!/bin/sh
case $1 in
prereqs) echo "{prereqs}"; exit 0 ;;
esac
cd "$DESTDIR" || exit
{edit}
"""

SED = "sed -i \"1a {line}\" init"
APPEND = """cp -p init before
echo '#!/bin/sh' >init
echo "{line}" >>init
sed 1d before >>init
rm before
"""
MOVE = """{{ echo '#!/bin/sh'; echo "{line}"; sed 1d init; }} >other
chmod 755 other
mv other init
"""

# Folder, name, prerequisites, edit. `bootverdict` was the name of a hook once; `~` is a name that
# mkinitramfs does not run; none of them can be the last one for all the others.
HOOKS = (
    ("/usr/share/initramfs-tools/hooks", "zzz.package", "udev", SED),
    ("/etc/initramfs-tools/hooks", "zzz-sed", "bootverdict zzz_move", SED),
    ("/etc/initramfs-tools/hooks", "zzz_move", "append", MOVE),
    ("/etc/initramfs-tools/hooks", "append", "", APPEND),
    ("/etc/initramfs-tools/hooks", "~", "", "echo '#!/bin/sh' >init"),
)


def hook(folder, name, text):
    """Shell commands that put a hook there."""
    return f"cat >'{folder}/{name}' <<'END'\n{text}END\nchmod +x '{folder}/{name}'\n"


def edits():
    """Shell commands that put all of them there."""
    return "".join(hook(folder, name, HOOK.format(
        prereqs=prereqs, edit=edit.format(line=SAY.format(name)))) for folder, name, prereqs, edit
        in HOOKS)


def edits_run(suite):
    def test(t):
        disk = guarded.disk(suite, extra=edits())
        t.check(guarded.sealed_entries(disk.initrd), "update-initramfs left the image unsealed")
        with t.vm(disk) as vm:
            vm.login()
            guarded.quiet_console(t, vm)
            _, text = vm.run("dmesg | grep -oE 'bootverdict: intact: [0-9]+ files|owner: .*'")
            said = text.split("\n")
            t.sees(guarded.INTACT, said[0], "the first line")
            wanted = ["owner: " + name for name in ("zzz-sed", "zzz_move", "append", "zzz.package")]
            t.check(said[1:] == wanted, f"what the edited init said: {said[1:]}")
            t.check(guarded.report(t, vm)["verdict"] == "intact", "the report is not `intact`")
            vm.poweroff()
    return test


for _suite in tree.SUITES:
    case(f"hooks: Debian {_suite}: every edit of /init runs, behind bootverdict",
         long=_suite != "trixie")(
        edits_run(_suite))


@case("hooks: an /init that cannot start is refused by the seal, and a reboot explains")
def cannot_start(t):
    edit = hook("/etc/initramfs-tools/hooks", "shell", HOOK.format(
        prereqs="", edit="sed -i '1s,.*,#!/bin/no-such-shell,' init"))
    disk = guarded.disk("trixie", extra=edit)
    t.sees("it cannot start: /bin/no-such-shell, which usr/lib/bootverdict/next-init needs, is not "
           "in it", guarded.guest("trixie", extra=edit).log)
    with t.vm(disk) as vm:
        screen = guarded.screen(t, vm)
        t.sees("VERDICT: CONFIGURATION ERROR", screen[0])
        t.sees("cannot be executed|cannot start|cannot be started", "\n".join(screen))
