# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes an x86 kernel image around a compressed payload (Linux,
Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header").

usage: bzimage.py PAYLOAD UNPACKED-BYTES >IMAGE
"""
import struct
import sys

SETUP_SECTORS = 3
payload = open(sys.argv[1], "rb").read() + struct.pack("<I", int(sys.argv[2]))
code = b"\x90" * 1024
body = code + payload
body += bytes(-len(body) % 16)

setup = bytearray(512 * (1 + SETUP_SECTORS))
setup[0x1F1] = SETUP_SECTORS
struct.pack_into("<I", setup, 0x1F4, len(body) // 16)
struct.pack_into("<H", setup, 0x1FE, 0xAA55)
setup[0x200:0x202] = b"\xeb\x6a"  # the jump over the header
setup[0x202:0x206] = b"HdrS"
struct.pack_into("<H", setup, 0x206, 0x020F)
version = b"6.1.0-test (builder) #1\0"
struct.pack_into("<H", setup, 0x20E, 0x400 - 0x200)
setup[0x400 : 0x400 + len(version)] = version
struct.pack_into("<II", setup, 0x248, len(code), len(payload))
sys.stdout.buffer.write(bytes(setup) + body)
