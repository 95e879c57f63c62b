#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a command at a terminal of its own, types TEXT and Enter once PROMPT was printed, and
prints all that the terminal showed; the command's exit status is this one's."""
import os
import pty
import sys


def main():
    prompt, text, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    shown, typed = b"", False
    while True:
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
        if not typed and prompt.encode() in shown:
            os.write(fd, text.encode() + b"\n")
            typed = True
    sys.stdout.write(shown.decode(errors="replace").replace("\r\n", "\n"))
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


main()
