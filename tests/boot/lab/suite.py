# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests' registry, what a test is handed, and the runner."""

import concurrent.futures
import os
import re
import shutil
import threading
import time
import traceback

from . import host
from .vm import VM, Unexpected

CASES = []              # (name, function) of the sample
LONG_CASES = []
TAIL = 40               # lines of a transcript shown with a failure


class Failed(Exception):
    """A test saw something else than it should have."""


def case(name, long=False):
    """Register a test function under a name that says what is true when it passes.

    long  left out of the sample that CI runs
    """
    def keep(function):
        (LONG_CASES if long else CASES).append((name, function))
        return function
    return keep


class Test:
    """What a test function is handed: a folder of its own, guests, and checks."""

    def __init__(self, name):
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:100]
        self.folder = os.path.join(host.RESULTS, slug)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.name = name
        self.guests = []
        self.notes = []

    def vm(self, image, **how):
        """A guest of this test; its transcript is kept in the test's folder."""
        folder = self.folder + (f"/boot-{len(self.guests) + 1}" if self.guests else "")
        vm = VM(image, folder, **how)
        self.guests.append(vm)
        return vm

    def disk(self, image, name="disk.qcow2"):
        """A drive above an image that keeps what the guest writes, for VM(drive=..., keep=True)."""
        path = self.file(name)
        host.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", image.path, path])
        return f"file={path},format=qcow2,cache=unsafe"

    def file(self, name):
        """The path of a file of this test."""
        return os.path.join(self.folder, name)

    def note(self, text):
        """Something to print beside the result."""
        self.notes.append(text)

    @staticmethod
    def check(condition, message):
        """Fail with MESSAGE unless CONDITION holds."""
        if not condition:
            raise Failed(message)

    def sees(self, pattern, text, message=""):
        """Fail unless the regular expression is found in the text."""
        self.check(re.search(pattern, text),
                   f"{message or 'missing'}: /{pattern}/ in:\n{text[-1500:]}")

    def sees_not(self, pattern, text, message=""):
        """Fail when the regular expression is found in the text."""
        found = re.search(pattern, text)
        self.check(not found, f"{message or 'not expected'}: {found and found.group(0)!r}")

    def sweep(self):
        """Throw away what is big and can be made again: disks and damaged images."""
        for top, _, names in os.walk(self.folder):
            for name in names:
                if name.endswith((".raw", ".qcow2", ".img", ".bin")):
                    os.unlink(os.path.join(top, name))


def tail(transcript):
    """The last lines of a transcript, for a person who reads a failure."""
    try:
        with open(transcript, encoding="utf-8", errors="replace") as f:
            lines = [line.rstrip() for line in f.read().replace("\r", "").split("\n")]
    except FileNotFoundError:
        return []
    return [line for line in lines if line][-TAIL:]


def run_one(name, function):
    """Run one test; return (passed, the lines to print)."""
    test = Test(name)
    start = time.monotonic()
    reason = None
    try:
        function(test)
    except (Failed, Unexpected, host.CommandFailed) as e:
        reason = str(e)
    except Exception:  # pylint: disable=broad-except  # one broken test must not stop the others
        reason = traceback.format_exc()
    test.sweep()
    verdict = "not ok" if reason else "ok"
    lines = [f"{verdict} - {name} ({time.monotonic() - start:.0f} s)"]
    lines += [f"# {note}" for note in test.notes]
    if reason:
        lines += ["# " + line for line in reason.split("\n")]
        for vm in test.guests[-1:]:
            lines += [f"# timeline: {vm.marks}", f"# the end of {vm.transcript}:"]
            lines += ["#   | " + line for line in tail(vm.transcript)]
    return not reason, lines


def run_all(cases, jobs=2):
    """Run tests, JOBS at a time; print each result when it is there. Returns the failed names."""
    lock, failed, start = threading.Lock(), [], time.monotonic()

    def work(item):
        passed, lines = run_one(*item)
        with lock:
            print("\n".join(lines), flush=True)
            if not passed:
                failed.append(item[0])

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in [pool.submit(work, item) for item in cases]:
            future.result()
    print(f"{len(cases) - len(failed)} passed, {len(failed)} failed "
          f"({time.monotonic() - start:.0f} s)")
    return failed


def leave_result(passed, failed):
    """Leave the numbers where `make check` adds them up."""
    host.put(os.path.join(host.PROJECT, "build", "results", "boot"), f"{passed} {failed}\n")
