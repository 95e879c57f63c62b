# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU without hardware help, driven over the serial console."""

import json
import os
import re
import select
import socket
import subprocess
import time

SHELL = r"GUEST# "
UP = r"GUEST-UP \S+"
LUKS = r"(?:Please unlock disk|Please enter passphrase for disk|Enter passphrase for) [^\n]*:\s*"
# How a boot that nothing guards ends when it goes wrong.
FATAL = {
    "panic": r"Kernel panic - not syncing: [^\r\n]*[\r\n]",
    "initramfs shell": r"\(initramfs\) ",
    "grub rescue": r"grub rescue> ",
    "grub": r"(?m)^grub> ",
    "grub key": r"Press any key to continue\.\.\.",
    "emergency": r"Press Enter for maintenance|Give root password|You are in emergency mode",
    "no disk": r"No bootable device",
}
ANSI = re.compile(r"\x1b\[[0-9;?=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1bc|\x1b[78=>]")
UNFINISHED = re.compile(r"\x1b(?:[\[(][0-9;?=]*)?$")


class Unexpected(Exception):
    """The guest did not do in time what the test waits for, or did something else."""


class VM:
    """One guest. Use as a context manager: QEMU ends with the block, and with its parent.

    image      an image.Image, or None for a guest without a disk
    folder     where the console's transcript and the sockets go
    drive      replaces QEMU's -drive value (a disk behind NBD, an overlay)
    nvme       the disk is /dev/nvme0n1, which tells the guest why a read failed, unlike /dev/vda
    boot       "direct" hands kernel and initrd to QEMU; "grub" starts from the disk
    initrd     with boot="direct", the file to boot instead of the image's own
    options    kernel parameters added to `root=... ro console=ttyS0,115200`
    consoles   False leaves console= out of a direct boot, for tests that choose their own
    fast       init=/sbin/guest-init instead of systemd (direct boots; on the disk, options.cfg)
    keep       False throws the guest's writes away
    memory     MiB
    second     a second serial port, /dev/ttyS1 in the guest: its text is second_text, and it is
               typed on with send(keys, second=True)
    """

    def __init__(self, image, folder, *, drive=None, nvme=False, boot="direct", initrd=None, kernel=None,
                 options="", consoles=True, fast=True, keep=False, memory=768, second=False, extra=()):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        # A socket's path may have 107 bytes only, and the project may lie anywhere.
        self.sockets = f"/tmp/guest.{os.getpid()}.{id(self):x}"
        os.mkdir(self.sockets, 0o700)
        self.transcript = os.path.join(folder, "console.log")
        command = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64",
                   "-accel", "tcg", "-cpu", "max", "-M", "q35", "-m", str(memory), "-smp", "1",
                   "-display", "none", "-nodefaults", "-nic", "none", "-vga", "std", "-no-reboot",
                   "-device", "virtio-rng-pci",
                   "-chardev", f"socket,id=s0,path={self.sockets}/serial,server=on,wait=on",
                   "-serial", "chardev:s0", "-qmp", f"unix:{self.sockets}/qmp,server=on,wait=off"]
        if second:
            command += ["-chardev", f"socket,id=s1,path={self.sockets}/second,server=on,wait=on",
                        "-serial", "chardev:s1"]
        if image and not drive:
            drive = f"file={image.path},format=raw,cache=unsafe"
        if drive:
            if not keep:
                drive += ",snapshot=on"
            boots = ",bootindex=0" if boot == "grub" else ""
            command += ["-drive", drive + ",if=none,id=d0", "-device",
                        ("nvme,serial=0" if nvme else "virtio-blk-pci") + ",drive=d0" + boots]
        if boot == "direct":
            line = f"root={image.root} ro" if image else ""
            line += " console=ttyS0,115200" if consoles else ""
            line += " init=/sbin/guest-init" if fast else ""
            command += ["-kernel", kernel or image.vmlinuz, "-initrd", initrd or image.initrd,
                        "-append", f"{line} {options}".strip()]
        self.command = command + list(extra)
        self.image = image
        self.text = ""              # everything the serial console showed, escapes removed
        self.cut = ""               # the start of an escape sequence whose end is still to come
        self.at = 0                 # expect() looks from here on
        self.marks = []             # (seconds since the start, what)
        self.process = self.socket = self.record = self.started = None
        self.second = second        # its socket, once it is connected
        self.second_text = ""
        self.tag = 0

    # ------------------------------------------------------------------ life

    def __enter__(self):
        with open(os.path.join(self.folder, "qemu.err"), "wb") as errors:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=errors)
        self.started = time.monotonic()
        # Not QEMU's logfile=: it repeats what the socket did not take at once.
        self.record = open(self.transcript, "wb", buffering=0)
        self.socket = self.connect("serial")
        self.socket.setblocking(False)
        if self.second:
            self.second = self.connect("second")
            self.second.setblocking(False)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.socket.close()
        if self.second:
            self.second.close()
        self.record.close()
        for name in os.listdir(self.sockets):
            os.unlink(os.path.join(self.sockets, name))
        os.rmdir(self.sockets)

    def connect(self, name):
        """Connect to one of QEMU's sockets, which appear a moment after its start."""
        s = socket.socket(socket.AF_UNIX)
        for _ in range(400):
            try:
                s.connect(f"{self.sockets}/{name}")
                return s
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        with open(os.path.join(self.folder, "qemu.err"), encoding="utf-8") as f:
            raise Unexpected("QEMU did not start: " + f.read())

    def seconds(self):
        """Seconds since QEMU was started."""
        return round(time.monotonic() - self.started, 1)

    def mark(self, what):
        """Add a point to the timeline."""
        self.marks.append((self.seconds(), what))

    # --------------------------------------------------------------- console

    def pump(self, wait):
        """Take in what the console shows within WAIT seconds; False when QEMU has closed it."""
        ready, _, _ = select.select([self.socket] + [self.second] * bool(self.second), [], [], wait)
        if self.second in ready:
            self.second_text += ANSI.sub("", self.second.recv(65536).decode("utf-8", "replace"))
        if self.socket not in ready:
            return True
        try:
            got = self.socket.recv(65536)
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        chunk = self.cut + got.decode("utf-8", "replace").replace("\0", "")
        whole = UNFINISHED.sub("", chunk)
        self.cut = chunk[len(whole):]
        self.text += ANSI.sub("", whole)
        self.record.write(got)
        return bool(got)

    def expect(self, patterns, timeout):
        """Wait for the earliest of the patterns (name -> regular expression, or one alone).

        Returns (name, matched text) and looks on behind it the next time. The name "end" stands for
        QEMU's end. Raises Unexpected when the time is over.
        """
        if isinstance(patterns, str):
            patterns = {"": patterns}
        limit = time.monotonic() + timeout
        while True:
            found = [(m.start(), m, name) for name, p in patterns.items() if p
                     for m in [re.compile(p).search(self.text, self.at)] if m]
            if found:
                _, match, name = min(found, key=lambda f: f[0])
                self.at = match.end()
                self.mark(name or match.group(0)[:40])
                return name, match.group(0).strip()
            left = limit - time.monotonic()
            if left <= 0:
                raise Unexpected(f"{list(patterns.values())} not seen in {timeout} s")
            if not self.pump(min(left, 1.0)):
                if "end" in patterns:
                    return "end", ""
                raise Unexpected(f"QEMU ended while waiting for {list(patterns.values())}")

    def settle(self, quiet=2.0, limit=30.0):
        """Read until the console has been quiet for a while; return all of its text."""
        end, last, size = time.monotonic() + limit, time.monotonic(), len(self.text)
        while time.monotonic() < end and time.monotonic() - last < quiet:
            if not self.pump(0.25):
                break
            if len(self.text) != size:
                size, last = len(self.text), time.monotonic()
        return self.text.replace("\r", "")

    def send(self, keys, second=False):
        """Type on the serial console."""
        data = keys.encode()
        while data:
            try:
                data = data[(self.second if second else self.socket).send(data):]
            except BlockingIOError:
                time.sleep(0.05)

    # ----------------------------------------------------------------- guest

    def outcome(self, more=None, timeout=180):
        """How the boot goes: "up" (shell of the real root), a key of FATAL or of MORE, or "end"."""
        return self.expect({"up": UP, **FATAL, "end": "", **(more or {})}, timeout)

    def login(self, timeout=240):
        """Wait for the root shell of the real system and make it quiet."""
        how, what = self.outcome(timeout=timeout)
        if how != "up":
            raise Unexpected(f"{how}: {what}")
        self.expect({"shell": SHELL}, timeout)
        self.expect_quiet_shell()

    def expect_quiet_shell(self):
        """No echo, no wrapping, no kernel messages between a command's lines."""
        self.send("stty -echo cols 1000; dmesg -n 1; set +m; echo SHELL-'IS'-READY\n")
        self.expect({"shell is quiet": "SHELL-IS-READY"}, 30)
        self.expect(SHELL, 30)

    def run(self, command, timeout=300, prompt=SHELL):
        """Run a shell command in the guest; return (status, output)."""
        self.tag += 1
        tag = f"{self.tag:04d}"
        # The quotes keep an echoed command line from matching.
        self.send(f"echo B'EGIN'{tag}; {{ {command}\n}}; echo E'ND'{tag}=$?\n")
        marks = len(self.marks)
        self.expect(rf"BEGIN{tag}\r*\n", 60)
        start = self.at
        _, end = self.expect(rf"END{tag}=\d+(?=\D)", timeout)
        output = self.text[start:self.at - len(end)]
        self.expect(prompt, 30)
        self.marks[marks:] = [(self.seconds(), "ran " + command[:60])]
        return int(end.split("=")[1]), output.replace("\r", "").strip()

    def must(self, command, timeout=300):
        """Run a command in the guest that has to succeed; return its output."""
        status, output = self.run(command, timeout)
        if status != 0:
            raise Unexpected(f"in the guest: {command}: status {status}\n{output[-1500:]}")
        return output

    def wait_end(self, timeout=120):
        """Wait until QEMU has ended (the guest is off, or was rebooted: QEMU runs with -no-reboot).

        The console is read meanwhile: an unread one stalls the guest."""
        limit = time.monotonic() + timeout
        while self.process.poll() is None:
            if time.monotonic() > limit:
                raise Unexpected(f"the guest is still running after {timeout} s")
            if not self.pump(0.2):
                time.sleep(0.2)
        self.mark("off")

    def poweroff(self, timeout=120):
        """Shut the real system down cleanly; its file systems are unmounted."""
        self.send("guest-off poweroff\n")
        self.wait_end(timeout)

    # --------------------------------------------------------------- machine

    def qmp(self, command, **arguments):
        """Ask QEMU itself (https://www.qemu.org/docs/master/interop/qmp-spec.html)."""
        with self.connect("qmp") as s, s.makefile("rw") as stream:
            s.settimeout(30)
            stream.readline()
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": command, "arguments": arguments}):
                stream.write(json.dumps(request) + "\n")
                stream.flush()
                answer = json.loads(stream.readline())
                while "event" in answer:
                    answer = json.loads(stream.readline())
        if "error" in answer:
            raise Unexpected(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def keys(self, text):
        """Type on the PC keyboard: lower-case letters and digits, and "\\n" for Enter."""
        for key in text:
            code = "ret" if key == "\n" else key
            self.qmp("send-key", keys=[{"type": "qcode", "data": code}])
            time.sleep(0.1)

    def vga(self):
        """The lines of the VGA text screen (80x25), while it is in text mode.

        The kernel scrolls by moving the start of the screen within 32 KiB of text memory; the
        CRT controller's registers 12 and 13 hold it, in characters."""
        start = 0
        for register in (12, 13):
            self.qmp("human-monitor-command", **{"command-line": f"o/b 0x3d4 {register}"})
            answer = self.qmp("human-monitor-command", **{"command-line": "i/b 0x3d5"})
            start = start << 8 | int(answer.split("=")[1], 16)
        path = os.path.join(os.path.abspath(self.folder), "vga.bin")
        self.qmp("pmemsave", val=0xB8000, size=32768, filename=path)
        with open(path, "rb") as f:
            memory = f.read()
        shown = (memory + memory)[2 * start:2 * start + 2 * 80 * 25]
        text = shown[::2].decode("cp437").replace("\0", " ")
        return [text[i:i + 80].rstrip() for i in range(0, 80 * 25, 80)]

    def screenshot(self, name):
        """A picture of the VGA screen in the test's folder (PPM)."""
        path = os.path.join(os.path.abspath(self.folder), name + ".ppm")
        self.qmp("screendump", filename=path)
        return path
