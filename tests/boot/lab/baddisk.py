# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that silently loses writes: nbdkit with baddisk_plugin.py, and the switch for it."""

import json
import os
import shutil
import subprocess
import tempfile
import time

from . import host


class BadDisk:
    """Serves a copy of a raw image over a socket; honest until lose() is called.

        with BadDisk(image.path, folder) as disk, VM(image, folder, drive=disk.drive, keep=True):
            disk.lose(mode="tail-zero", min_kib=256)
    """

    def __init__(self, source, folder):
        os.makedirs(folder, exist_ok=True)
        self.path = os.path.join(folder, "disk.raw")
        self.control = os.path.join(folder, "baddisk.json")
        self.errors = os.path.join(folder, "nbdkit.err")
        self.sockets = tempfile.mkdtemp(prefix="baddisk.")
        self.socket = self.sockets + "/socket"
        self.drive = f"file=nbd:unix:{self.socket},format=raw,cache=none"
        self.process = None
        host.run(["cp", "--sparse=always", "--reflink=auto", source, self.path])

    def __enter__(self):
        if os.path.exists(self.control + ".log"):
            os.unlink(self.control + ".log")
        self.honest()
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "nbdkit", "-f", "-U", self.socket, "python",
                 os.path.join(host.LAB, "baddisk_plugin.py"), "file=" + self.path,
                 "control=" + self.control], stdin=subprocess.DEVNULL, stderr=errors)
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

    def lose(self, **how):
        """From now on lose writes, as the plugin's page says: mode, min_kib, lo, hi, ..."""
        self.rule(dict(how, on=True))

    def honest(self):
        """From now on store what is written."""
        self.rule({})

    def lost(self):
        """The hurt writes so far: (offset, length, first hurt byte, mode)."""
        try:
            with open(self.control + ".log", encoding="ascii") as f:
                fields = [line.split() for line in f]
        except FileNotFoundError:
            return []
        return [(int(a), int(b), int(c), mode) for a, b, c, mode in fields]
