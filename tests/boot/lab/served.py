# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk behind a socket: nbdkit with a plugin of this folder, and a file that controls it."""

import json
import os
import shutil
import subprocess
import tempfile
import time

from . import host


class ServedDisk:
    """Serves a raw image to a guest; `drive` is what VM(drive=...) wants.

    Use as a context manager: nbdkit ends with the block, and with its parent.
    """

    def __init__(self, plugin, image, folder, **parameters):
        os.makedirs(folder, exist_ok=True)
        self.control = os.path.join(folder, plugin + ".json")
        self.errors = os.path.join(folder, "nbdkit.err")
        self.sockets = tempfile.mkdtemp(prefix=plugin + ".")
        self.socket = self.sockets + "/socket"
        self.drive = f"file=nbd:unix:{self.socket},format=raw,cache=none"
        self.process = None
        parameters = dict(parameters, file=image, control=self.control)
        self.command = ["setpriv", "--pdeathsig", "KILL", "nbdkit", "-f", "-U", self.socket, "python",
                        os.path.join(host.LAB, plugin + "_plugin.py")]
        self.command += [f"{key}={value}" for key, value in parameters.items()]

    def __enter__(self):
        self.rule({})
        environment = dict(os.environ, DISK_LAB=host.LAB, PYTHONDONTWRITEBYTECODE="1")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=errors,
                                            env=environment)
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
