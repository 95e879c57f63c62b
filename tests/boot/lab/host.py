# SPDX-License-Identifier: GPL-2.0-or-later
"""What every other module of the laboratory stands on: paths, commands, locks, the cache."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

LAB = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(LAB)))
CACHE = os.path.join(PROJECT, "cache", "guests")
RESULTS = os.path.join(PROJECT, "build", "boot")
MIB = 1 << 20

# Only these modules shape what is cached; the driver and the tests may change freely.
SHAPING = ("host.py", "tree.py", "image.py", "lvm.py")


class CommandFailed(Exception):
    """A command of the host or of a chroot ended with a status other than 0."""


def say(text):
    """Tell the person who waits what is being made (stderr, so that results stay clean)."""
    print("# " + text, file=sys.stderr, flush=True)


def run(command, **options):
    """Run an argument list; return its output (stdout and stderr), or raise CommandFailed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **options)
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)[:300]}: status {done.returncode}\n{done.stdout}")
    return done.stdout


def run_bytes(command, data):
    """Feed bytes to a filter; return the bytes that come out."""
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def put(path, text, mode=0o644):
    """Write a text file, its folders included; a symlink in its place is replaced, not followed."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.islink(path):
        os.unlink(path)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def chroot(tree, script, timeout=1800):
    """Run a shell script inside a tree and return its output.

    /proc, /sys and a minimal /dev are mounted in a mount namespace of their own, so nothing stays
    mounted afterwards, whatever happens.
    """
    enter = (
        'mount --make-rprivate / && mount -t proc proc "$1/proc" && mount --rbind /sys "$1/sys" && '
        'mount -t tmpfs tmpfs "$1/dev" && for n in null zero full random urandom tty; do '
        ': >"$1/dev/$n"; mount --bind "/dev/$n" "$1/dev/$n"; done && '
        'ln -s /proc/self/fd "$1/dev/fd" && mount -t tmpfs tmpfs "$1/tmp" && '
        'exec chroot "$1" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C '
        'DEBIAN_FRONTEND=noninteractive /bin/sh -ec "$2"')
    return run(["unshare", "--mount", "sh", "-c", enter, "sh", tree, script], timeout=timeout)


def fingerprint(*parts, folders=(), scripts=SHAPING):
    """12 hex digits of some of the laboratory's scripts, the given parts, and whole folders."""
    h = hashlib.sha256()
    for name in scripts:
        with open(os.path.join(LAB, name), "rb") as f:
            h.update(f.read())
    h.update(repr(parts).encode())
    for folder in folders:
        for top, dirs, names in os.walk(folder):
            dirs.sort()
            for name in sorted(names):
                path = os.path.join(top, name)
                h.update(os.path.relpath(path, folder).encode() + b"\0")
                if os.path.islink(path):
                    h.update(os.readlink(path).encode())
                    continue
                h.update(f"{os.stat(path).st_mode:o}".encode())
                with open(path, "rb") as f:
                    h.update(f.read())
    return h.hexdigest()[:12]


@contextlib.contextmanager
def locked(name):
    """Only one maker per cached thing, among threads and processes."""
    os.makedirs(CACHE, exist_ok=True)
    with open(os.path.join(CACHE, f".{name}.lock"), "w", encoding="ascii") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def cached(name, key, make):
    """Return the folder cache/guests/NAME-KEY; call make(folder) when it is not there yet.

    The folder appears under its name only when it is complete. Older keys of the same name are
    removed: they can never be asked for again.
    """
    final = os.path.join(CACHE, f"{name}-{key}")
    if os.path.isdir(final):
        return final
    with locked(name):
        if os.path.isdir(final):
            return final
        for old in os.listdir(CACHE):
            if old.startswith(name + "-") and len(old) == len(name) + 13 or old == name + ".part":
                shutil.rmtree(os.path.join(CACHE, old), ignore_errors=True)
        part = os.path.join(CACHE, name + ".part")
        make(part)
        os.rename(part, final)
    return final
