# SPDX-License-Identifier: GPL-2.0-or-later
"""nbdkit plugin: a disk that acknowledges writes and silently stores something else.

It behaves like the host of the story: large direct writes lose their tail, the guest's page cache
keeps the right bytes, nothing reports an error. Parameters: file=DISK control=JSON. The control
file is read again whenever it changes; absent or {} makes an honest disk:

    on        true or false
    min_kib   only writes larger than this are hurt (default 64)
    keep_kib  this much of the head of a hurt write is stored (default: min_kib)
    mode      tail-zero   the rest is stored as zeros
              tail-stale  the rest is not stored
              all-stale   nothing is stored
              pages-zero  every EVERY-th 4 KiB is stored as zeros
              pages-stale every EVERY-th 4 KiB is not stored
              listed-zero, listed-stale: 4 KiB with the content of any block of the file LISTED
    every     for pages-*: default 8
    listed    for listed-*: the path of a file whose content never arrives, wherever it is
              written and however small the writes are
    lo, hi    bytes of the disk between which writes are hurt (default: all)
    max       stop after that many hurt writes

Each hurt write adds a line to CONTROL.log: offset, length, first hurt byte, mode.
"""

import functools
import io
import json
import os

import nbdkit  # pylint: disable=import-error  # nbdkit itself provides this module

API_VERSION = 2
BLOCK = 4096
NO_LIMIT = 1 << 62
paths = {}
disk = {"fd": -1}
control = {"stamp": None, "rules": {}, "hurt": 0}


def config(key, value):
    """One key=value of nbdkit's command line."""
    if key not in ("file", "control"):
        raise RuntimeError("unknown parameter " + key)
    paths[key] = os.path.abspath(value)


def config_complete():
    """All parameters were given."""
    if len(paths) != 2:
        raise RuntimeError("file= and control= are needed")
    disk["fd"] = os.open(paths["file"], os.O_RDWR)


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
    """What the control file says now; a missing one means an honest disk."""
    try:
        state = os.stat(paths["control"])
    except OSError:
        return {}
    stamp = (state.st_mtime_ns, state.st_ino, state.st_size)
    if stamp != control["stamp"]:
        fd = os.open(paths["control"], os.O_RDONLY)
        with os.fdopen(fd, encoding="utf-8") as f:
            control.update(stamp=stamp, hurt=0, rules=json.loads(f.read() or "{}"))
    return control["rules"]


def pread(_handle, buf, offset, _flags):
    got = os.preadv(disk["fd"], [buf], offset)
    buf[got:] = bytes(len(buf) - got)


def pwrite(_handle, buf, offset, _flags):
    rule, size = rules(), len(buf)
    spared = (not rule.get("on") or size <= rule.get("min_kib", 64) * 1024
              or offset + size <= rule.get("lo", 0) or offset >= rule.get("hi", NO_LIMIT)
              or control["hurt"] >= rule.get("max", NO_LIMIT))
    if spared:
        os.pwrite(disk["fd"], buf, offset)
        return
    control["hurt"] += 1
    mode = rule.get("mode", "tail-zero")
    if mode.startswith("pages"):
        every = int(rule.get("every", 8))
        kept = store_pages(buf, offset, mode.endswith("zero"),
                           lambda start, _: (start // BLOCK) % every == every - 1)
    elif mode.startswith("listed"):
        blocks = listed_blocks(rule["listed"])
        kept = store_pages(buf, offset, mode.endswith("zero"), lambda _, page: page in blocks)
        if kept == size:
            control["hurt"] -= 1
            return
    else:
        keep = rule.get("keep_kib", rule.get("min_kib", 64))
        kept = 0 if mode == "all-stale" else min(size, int(keep * 1024))
        os.pwrite(disk["fd"], buf[:kept], offset)
        if mode == "tail-zero":
            os.pwrite(disk["fd"], bytes(size - kept), offset + kept)
    log = os.open(paths["control"] + ".log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.write(log, f"{offset} {size} {offset + kept} {mode}\n".encode())
    os.close(log)


@functools.lru_cache(maxsize=4)
def listed_blocks(path):
    """The contents of a file's blocks, the all-zero one aside; the last is padded with zeros."""
    with io.open(path, "rb") as f:
        data = f.read()
    data += bytes(-len(data) % BLOCK)
    blocks = {data[i:i + BLOCK] for i in range(0, len(data), BLOCK)}
    return blocks - {bytes(BLOCK)}


def store_pages(buf, offset, zero, is_lost):
    """Store all but the blocks that are lost; return how many bytes come before the first."""
    first = len(buf)
    for start in range(0, len(buf), BLOCK):
        page = bytes(buf[start:start + BLOCK])
        if not is_lost(start, page):
            os.pwrite(disk["fd"], page, offset + start)
            continue
        first = min(first, start)
        if zero:
            os.pwrite(disk["fd"], bytes(len(page)), offset + start)
    return first


def flush(_handle, _flags):
    os.fdatasync(disk["fd"])
