# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that silently loses writes: nbdkit with baddisk_plugin.py, and the switch for it."""

import os

from . import host
from .served import ServedDisk


class BadDisk(ServedDisk):
    """Serves a copy of a raw image over a socket; honest until lose() is called.

        with BadDisk(image.path, folder) as disk, VM(image, folder, drive=disk.drive, keep=True):
            disk.lose(mode="tail-zero", min_kib=256)
    """

    def __init__(self, source, folder):
        self.path = os.path.join(folder, "disk.raw")
        super().__init__("baddisk", self.path, folder)
        host.run(["cp", "--sparse=always", "--reflink=auto", source, self.path])

    def __enter__(self):
        if os.path.exists(self.control + ".log"):
            os.unlink(self.control + ".log")
        return super().__enter__()

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
