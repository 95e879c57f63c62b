#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How time and memory grow with the number of members: seal and check, up to the most that an image
may have, and what becomes of ten times as many. Alone: tests/bench/growth.py (needs no root)."""

import os
import shutil
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "boot"))

from lab import host  # noqa: E402  pylint: disable=wrong-import-position
from programs import FOLDER, MEASURE, Failure, Program  # noqa: E402  pylint: disable=wrong-import-position

COUNTS = 1000, 10_000, 100_000
TOO_MANY = 1_000_000
BUILD = os.path.join(host.PROJECT, "build")
CHECKER = os.path.join(BUILD, "bootverdict")
CRAFTED = os.path.join(host.PROJECT, "tests", "cli", "crafted.py")
FACTOR = 3                      # a member may cost so many times as much in the largest image
BOUND = {"seal": 96, "check": 64}  # MiB (src/util/memory.h)


def system(count):
    """A root folder with the programs of a guard and an initrd of COUNT members."""
    root = os.path.join(FOLDER, "growth")
    shutil.rmtree(root, ignore_errors=True)
    for folder in ("boot", "var/lib", "guard"):
        os.makedirs(os.path.join(root, folder))
    for name, source in (("init", "stub"), ("bootverdict", "bootverdict"), ("busybox", "busybox")):
        shutil.copy(os.path.join(BUILD, source), os.path.join(root, "guard", name))
    image = os.path.join(root, "boot", "initrd.img-1")
    subprocess.run([sys.executable, CRAFTED, "tree", image, str(count)], check=True)
    return root, image


def programs(count):
    """Seal, and check of the record and of the image alone, in this order."""
    root, image = system(count)
    plain = os.path.join(root, "plain")
    shutil.copy(image, plain)
    seal = [CHECKER, "seal", "-q", "-k", "1", "--root", root, "--guard", root + "/guard",
            "--no-read-back"]
    refused = count > COUNTS[-1]
    return {
        "seal": Program("seal", seal, before=lambda: shutil.copy(plain, image),
                        expected=2 if refused else 0),
        "check": Program("check", [CHECKER, "check", "-q", "-k", "1", "--root", root],
                         expected=5 if refused else 0),
        "check FILE": Program("check FILE", [CHECKER, "check", "-q", image],
                              expected=5 if refused else 0),
    }


def growth(rounds=3):
    """The curve, and the refusal beyond it."""
    first = {}
    print("\nGrowth with the number of members, in folders of a hundred: processor time per member, "
          "peak memory\n  members    " + "".join(f"{name:>25}" for name in ("seal", "check",
                                                                            "check FILE")))
    for count in (*COUNTS, TOO_MANY):
        row = ""
        for name, program in programs(count).items():
            for _ in range(rounds):
                program.run()
            each = 1e6 * statistics.median(program.processor) / count
            row += f"{each:8.2f} us  {program.peak / 1024:8.1f} MiB"
            bound = BOUND[name.split()[0]]
            if program.peak > bound * 1024:
                raise Failure(f"{name}, {count} members: {program.peak} KiB, more than "
                              f"{bound} MiB")
            if count == COUNTS[1]:
                first[name] = each
            if count > COUNTS[1] and each > FACTOR * first[name]:
                raise Failure(f"{name}, {count} members: {each:.2f} us each, with "
                              f"{COUNTS[1]} members {first[name]:.2f} us")
        print(f"  {count:>9}  {row}{'   refused' if count == TOO_MANY else ''}", flush=True)
    shutil.rmtree(os.path.join(FOLDER, "growth"))


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    host.run(["cc", "-O2", "-static", "-o", MEASURE, os.path.join(HERE, "measure.c")])
    try:
        growth()
    except Failure as failure:
        sys.exit(f"tests/bench/growth.py: {failure}")
