# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that run in turn, and what each of their runs took: what all of the bench measures with.
"""

import os
import statistics
import subprocess

from lab import host

FOLDER = os.path.join(host.PROJECT, "build", "bench")
MEASURE = os.path.join(FOLDER, "measure")


class Failure(Exception):
    """A program did not do the work that was to be measured."""


class Program:
    """A command, and what each of its runs took."""

    def __init__(self, what, command, root="", folder=None, before=None, prefix=(),
                 expected=0):
        self.what = what
        self.command = [*prefix, MEASURE, root, *command]
        self.folder = folder
        self.before = before
        self.expected = expected    # exit status
        self.wall, self.processor = [], []
        self.peak = 0               # KiB

    def run(self, keep=True):
        """Run once; KEEP says whether the numbers count."""
        if self.before:
            self.before()
        read, write = os.pipe()
        with open(os.path.join(FOLDER, "errors"), "w+b") as errors:
            subprocess.run(["sh", "-c", 'exec "$@" 3>&"$0"', str(write), *self.command],
                           cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           stderr=errors, pass_fds=[write], check=True)
            os.close(write)
            with os.fdopen(read, encoding="ascii") as line:
                wall, user, system, peak, status = (int(word) for word in line.read().split())
            errors.seek(0)
            if status != self.expected:
                raise Failure(f"{self.what}: status {status}: {errors.read(500).decode()}")
        if keep:
            self.wall.append(wall / 1e6)
            self.processor.append((user + system) / 1e6)
        self.peak = max(self.peak, peak)


def in_turn(programs, rounds):
    """Run all of them once to warm up, then ROUNDS times in turn; print what each took."""
    for program in programs:
        program.run(keep=False)
    for turn in range(rounds):
        for program in programs if turn % 2 else reversed(programs):
            program.run()
    for p in programs:
        print(f"  {p.what + ':':<34} {spread(p.wall, 1000, 'ms')}; processor time "
              f"{1000 * statistics.median(p.processor):.1f} ms; "
              f"peak memory {p.peak / 1024:.1f} MiB")


def median(values):
    """Of the times of a program."""
    return statistics.median(values)


def spread(values, scale, unit):
    """Minimum, median and maximum."""
    low, middle, high = (scale * f(values) for f in (min, statistics.median, max))
    return f"min {low:7.1f}  median {middle:7.1f}  max {high:7.1f} {unit}"


def compare(ours, theirs, name, aim=None):
    """Print how many times as fast as the other program ours is."""
    wall, processor = (statistics.median(a) / max(statistics.median(b), 1e-9)
                       for a, b in ((theirs.wall, ours.wall), (theirs.processor, ours.processor)))
    beside = f"   (aim: at least {aim}; {judge(wall, processor, aim)})" if aim else ""
    print(f"  = {wall:.2f} times the speed of {name}; by processor time {processor:.2f}{beside}")


def judge(wall, processor, aim):
    """Whether an aim is reached; a busy machine makes wall-clock time say little."""
    if wall >= aim and processor >= aim:
        return "reached"
    if wall < aim and processor < aim:
        return "MISSED"
    return "reached by " + ("wall-clock" if wall >= aim else "processor") + " time only"


def memory(program, aim_mib):
    """Print peak memory beside its aim."""
    reached = "reached" if program.peak < aim_mib * 1024 else "MISSED"
    print(f"  = peak memory of {program.what}: {program.peak / 1024:.1f} MiB"
          f"   (aim: under {aim_mib} MiB; {reached})")


def load():
    """How busy the machine is."""
    return f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
