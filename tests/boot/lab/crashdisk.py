# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that remembers every write: nbdkit with crashdisk_plugin.py, and its control."""

import os

from . import crashlog
from .served import ServedDisk


class CrashDisk(ServedDisk):
    """Serves a raw image, which stays as it is, over a socket; what is written is kept aside.

        with CrashDisk(path, folder) as disk, VM(None, folder, drive=disk.drive, keep=True) as vm:
            disk.record()
            ...
            disk.show([(0, 4096), (1, 512)])
    """

    def __init__(self, source, folder):
        self.log = os.path.join(folder, "writes.bin")
        super().__init__("crashdisk", source, folder, log=self.log)

    def __enter__(self):
        if os.path.exists(self.log):
            os.unlink(self.log)
        return super().__enter__()

    def record(self):
        """From now on every write and flush goes into the log."""
        self.rule({"record": True})

    def entries(self):
        """What the log holds now."""
        return crashlog.read(self.log)

    def show(self, writes):
        """From now on be the disk with these writes only: (number in the log, bytes of it)."""
        self.rule({"apply": writes})
