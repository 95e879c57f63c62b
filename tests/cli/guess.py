#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""guess.py RECORD WORD...: what somebody who may read a record can do about a key file.

Prints the word that the key file holds, when one of the record's hashes says so. XXH3 is that of
the same library that the recorder is built from, so this finds every hash that is there.
"""
import ctypes
import re
import sys

xxh3 = ctypes.CDLL("libxxhash.so.0").XXH3_64bits
xxh3.restype = ctypes.c_uint64
xxh3.argtypes = [ctypes.c_char_p, ctypes.c_size_t]

with open(sys.argv[1], "rb") as record:
    hashes = set(re.findall(rb"\b[0-9a-f]{16}\b", record.read()))
for word in sys.argv[2:]:
    for content in (word.encode(), word.encode() + b"\n"):
        if b"%016x" % xxh3(content, len(content)) in hashes:
            print(word)
            sys.exit(0)
sys.exit("nothing can be said about it")
