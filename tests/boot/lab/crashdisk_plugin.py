# SPDX-License-Identifier: GPL-2.0-or-later
"""nbdkit plugin: a disk whose every write is kept in order, and that can go back to any of them.

Parameters: file=DISK log=LOG control=JSON. DISK is never written: what is written lives in memory,
and, while recording, in LOG. The control file is read again whenever it changes:

    record    true: writes and flushes are appended to LOG (format: crashlog.py)
    apply     a list of [entry, bytes]: the disk is DISK and the first BYTES of these writes of
              LOG, whatever was written otherwise is forgotten
"""

import json
import os
import sys

import nbdkit  # pylint: disable=import-error  # nbdkit itself provides this module

sys.path.insert(0, os.environ["DISK_LAB"])
import crashlog  # noqa: E402  pylint: disable=wrong-import-position

PAGE = 4096
API_VERSION = 2
paths = {}
disk = {"fd": -1, "pages": {}, "log": -1, "entries": None}
control = {"stamp": None, "rules": {}}


def config(key, value):
    """One key=value of nbdkit's command line."""
    if key not in ("file", "log", "control"):
        raise RuntimeError("unknown parameter " + key)
    paths[key] = os.path.abspath(value)


def config_complete():
    """All parameters were given."""
    if len(paths) != 3:
        raise RuntimeError("file=, log= and control= are needed")
    disk["fd"] = os.open(paths["file"], os.O_RDONLY)
    disk["log"] = os.open(paths["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)


def thread_model():
    return nbdkit.THREAD_MODEL_SERIALIZE_ALL_REQUESTS


def open(_readonly):  # pylint: disable=redefined-builtin  # the name is nbdkit's
    return 1


def get_size(_handle):
    return os.fstat(disk["fd"]).st_size


def can_write(_handle):
    return True


def can_flush(_handle):
    return True


def can_multi_conn(_handle):
    return False


def can_trim(_handle):
    return False


def can_zero(_handle):
    """No: requests to write zeros shall arrive as plain writes."""
    return False


def rules():
    """What the control file says now; a new one takes effect with the next request."""
    state = os.stat(paths["control"])
    stamp = (state.st_mtime_ns, state.st_ino, state.st_size)
    if stamp != control["stamp"]:
        with os.fdopen(os.open(paths["control"], os.O_RDONLY), encoding="utf-8") as f:
            control.update(stamp=stamp, rules=json.load(f))
        if "apply" in control["rules"]:
            go_back(control["rules"]["apply"])
    return control["rules"]


def go_back(wanted):
    """Become the disk that has only these writes. The log is complete when this is asked for."""
    disk["pages"] = {}
    entries = disk["entries"] = disk["entries"] or crashlog.read(paths["log"])
    for number, length in wanted:
        store(entries[number].data[:length], entries[number].offset)


def page(number):
    """A page as it is now."""
    if number in disk["pages"]:
        return disk["pages"][number]
    return os.pread(disk["fd"], PAGE, number * PAGE).ljust(PAGE, b"\0")


def pread(_handle, buf, offset, _flags):
    rules()
    at = 0
    while at < len(buf):
        number, skip = divmod(offset + at, PAGE)
        piece = page(number)[skip:skip + len(buf) - at]
        buf[at:at + len(piece)] = piece
        at += len(piece)


def store(data, offset):
    """Put bytes over the pages that they touch."""
    at = 0
    while at < len(data):
        number, skip = divmod(offset + at, PAGE)
        piece = data[at:at + PAGE - skip]
        if len(piece) < PAGE:
            whole = page(number)
            piece = whole[:skip] + piece + whole[skip + len(piece):]
        disk["pages"][number] = bytes(piece)
        at += PAGE - skip


def pwrite(_handle, buf, offset, _flags):
    if rules().get("record"):
        os.write(disk["log"], crashlog.write_entry(offset, buf))
    store(buf, offset)


def flush(_handle, _flags):
    if rules().get("record"):
        os.write(disk["log"], crashlog.flush_entry())
