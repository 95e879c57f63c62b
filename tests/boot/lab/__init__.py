# SPDX-License-Identifier: GPL-2.0-or-later
"""A laboratory that makes real Debian guests and boots them under QEMU's software emulation.

host.py     paths, commands, the cache
tree.py     Debian trees: made by mmdebstrap, their initrd by their own update-initramfs
image.py    disks: GPT, ext4 /boot, ext4 root (plain or inside LUKS), GRUB embedded
vm.py       QEMU, driven over the serial console
baddisk.py  a disk that silently loses writes, and its control
damage.py   deterministic damage to a file, and to the same file inside a disk image
suite.py    the tests' registry, context and runner
"""
