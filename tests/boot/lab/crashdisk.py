# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that remembers every write: nbdkit with crashdisk_plugin.py, and its control."""

import json
import os
import shutil
import subprocess
import tempfile
import time

from . import crashlog, host


class CrashDisk:
    """Serves a raw image, which stays as it is, over a socket; what is written is kept aside.

        with CrashDisk(path, folder) as disk, VM(None, folder, drive=disk.drive, keep=True) as vm:
            disk.record()
            ...
            disk.show([(0, 4096), (1, 512)])
    """

    def __init__(self, source, folder):
        os.makedirs(folder, exist_ok=True)
        self.source = source
        self.log = os.path.join(folder, "writes.bin")
        self.control = os.path.join(folder, "crashdisk.json")
        self.errors = os.path.join(folder, "nbdkit.err")
        self.sockets = tempfile.mkdtemp(prefix="crashdisk.")
        self.socket = self.sockets + "/socket"
        self.drive = f"file=nbd:unix:{self.socket},format=raw,cache=none"
        self.process = None

    def __enter__(self):
        if os.path.exists(self.log):
            os.unlink(self.log)
        self.rule({})
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "nbdkit", "-f", "-U", self.socket, "python",
                 os.path.join(host.LAB, "crashdisk_plugin.py"), "file=" + self.source,
                 "log=" + self.log, "control=" + self.control],
                stdin=subprocess.DEVNULL, stderr=errors,
                env=dict(os.environ, CRASHDISK_LAB=host.LAB, PYTHONDONTWRITEBYTECODE="1"))
        for _ in range(200):
            if os.path.exists(self.socket):
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(self.errors, encoding="utf-8") as f:
            raise host.CommandFailed("nbdkit did not start: " + f.read())

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.sockets)

    def rule(self, content):
        """Replace the control file; the plugin sees the old one or the new one, never half."""
        with open(self.control + ".new", "w", encoding="utf-8") as f:
            json.dump(content, f)
        os.rename(self.control + ".new", self.control)

    def record(self):
        """From now on every write and flush goes into the log."""
        self.rule({"record": True})

    def entries(self):
        """What the log holds now."""
        return crashlog.read(self.log)

    def show(self, writes):
        """From now on be the disk with these writes only: (number in the log, bytes of it)."""
        self.rule({"apply": writes})
