# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A small system to seal and check: ROOT with a kernel, an initrd and the guard's programs, all
# made with the distribution's own tools.

BOOTVERDICT=${BOOTVERDICT:-$BATS_TEST_DIRNAME/../../build/bootverdict}
KVER=6.1.0-test
IMAGE_BYTES=600000 # of incompressible content, so that an image has many blocks

bv() {
	"$BOOTVERDICT" "$@"
}

# The same bytes every time: AES-CTR of zeros would need openssl, a generator needs nothing.
noise() { # BYTES SEED
	python3 -c 'import random, sys
random.seed(sys.argv[2]); sys.stdout.buffer.write(random.randbytes(int(sys.argv[1])))' "$1" "$2"
}

# A main archive's files: links, hard links, a folder, a node is left out (needs no root).
make_files() { # FOLDER [SEED]
	local seed=${2:-1}

	mkdir -p "$1"/{bin,etc,usr/lib/modules}
	printf '#!/bin/sh\necho hello\n' >"$1/init"
	chmod 755 "$1/init"
	ln -s usr/lib "$1/lib"
	noise "$IMAGE_BYTES" "$seed" >"$1/usr/lib/modules/noise.ko"
	{
		cat "$BATS_TEST_DIRNAME/../../build/stub"
		noise 9000 "busybox$seed"
	} >"$1/bin/busybox"
	chmod 755 "$1/bin/busybox"
	ln "$1/bin/busybox" "$1/bin/sh"
	echo "setting=$seed" >"$1/etc/conf"
	find "$1" -exec touch -h -d @1700000000 {} +
}

archive() { # FOLDER: a cpio archive of it on standard output
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc)
}

pack() { # CODEC: from standard input to standard output, as an initrd builder does
	case $1 in
	plain) cat ;;
	gzip) gzip -n -9 ;;
	zstd) zstd -q -3 --check ;;
	zstd-frames) split -b 200000 --filter 'zstd -q -3 --check' - ;;
	xz) xz -q --check=crc32 --lzma2=dict=1MiB ;;
	lzma) xz -q --format=lzma ;;
	lz4) lz4 -q -l -9 ;;
	bzip2) bzip2 -q ;;
	lzo) lzop -q ;;
	esac
}

make_initrd() { # FILE CODEC [SEED]
	local files
	files=$(mktemp -d "$BATS_TEST_TMPDIR/files.XXXXXX")
	make_files "$files" "${3:-1}"
	archive "$files" | pack "$2" >"$1"
	rm -rf "$files"
}

# An initrd with files of its own: PATH CONTENT pairs, and what make_files makes.
make_initrd_with() { # PATH CONTENT...
	local files=$BATS_TEST_TMPDIR/with

	rm -rf "$files"
	make_files "$files"
	while [ $# -ge 2 ]; do
		mkdir -p "$files/$(dirname "$1")"
		case $2 in
		'->'*) ln -s "${2#->}" "$files/$1" ;;
		*) printf '%b' "$2" >"$files/$1" ;;
		esac
		shift 2
	done
	archive "$files" | pack zstd >"$IMAGE"
}

# An early cpio as iucode-tool and dracut make it.
make_early_cpio() { # FILE
	local files=$BATS_TEST_TMPDIR/early

	mkdir -p "$files/kernel/x86/microcode"
	noise 20000 microcode >"$files/kernel/x86/microcode/GenuineIntel.bin"
	archive "$files" >"$1"
	rm -rf "$files"
}

# An x86 kernel image, small: a setup header and a payload that carries its checksum.
make_kernel() { # FILE
	noise 50000 kernel >"$BATS_TEST_TMPDIR/payload.raw"
	xz -q --check=crc32 --stdout "$BATS_TEST_TMPDIR/payload.raw" >"$BATS_TEST_TMPDIR/payload"
	python3 "$BATS_TEST_DIRNAME/bzimage.py" "$BATS_TEST_TMPDIR/payload" 50000 >"$1"
}

make_guard() { # FOLDER
	local build=$BATS_TEST_DIRNAME/../../build

	mkdir -p "$1"
	cp "$build/stub" "$1/init"
	cp "$build/bootverdict" "$build/busybox" "$1/"
}

# Sets ROOT, IMAGE and KERNEL.
make_system() { # [CODEC]
	ROOT=$BATS_TEST_TMPDIR/root
	IMAGE=$ROOT/boot/initrd.img-$KVER
	KERNEL=$ROOT/boot/vmlinuz-$KVER
	mkdir -p "$ROOT"/{boot,etc,var/lib,usr/lib}
	echo 'PRETTY_NAME="Test GNU/Linux 1"' >"$ROOT/etc/os-release"
	make_guard "$ROOT/usr/lib/bootverdict"
	make_initrd "$IMAGE" "${1:-zstd}"
	make_kernel "$KERNEL"
}

seal() {
	bv seal --root "$ROOT" -k "$KVER" "$@"
}

check() {
	bv check --root "$ROOT" -k "$KVER" "$@"
}

# As a program that writes records would have written it: the sum at its end is right.
edit_record() { # FILE SED-SCRIPT
	sed -i "$2" "$1"
	python3 - "$1" <<'EOF'
import ctypes, ctypes.util, sys
lib = ctypes.CDLL(ctypes.util.find_library("xxhash") or "libxxhash.so.0")
lib.XXH3_64bits.restype = ctypes.c_uint64
lib.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
with open(sys.argv[1], "rb") as f:
    text = f.read()
text = text[:text.rindex(b"end ")]
with open(sys.argv[1], "wb") as f:
    f.write(text + b"end %016x\n" % lib.XXH3_64bits(text, len(text)))
EOF
}

# Everything below ROOT but the guard's programs, by content.
fingerprint() {
	(cd "$ROOT" && find boot var -type f -exec sha256sum {} + | LC_ALL=C sort)
}

# Runs a command that writes to a file, and puts the file's times back.
keeping_times() { # FILE COMMAND...
	local file=$1
	shift
	touch -r "$file" "$BATS_TEST_TMPDIR/times"
	"$@"
	touch -r "$BATS_TEST_TMPDIR/times" "$file"
}

zero_block() { # FILE BLOCK
	dd if=/dev/zero of="$1" bs=4096 seek="$2" count=1 conv=notrunc status=none
}

flip_bit() { # FILE OFFSET
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); b = f.read(1)[0]
f.seek(int(sys.argv[2])); f.write(bytes([b ^ 0x10]))' "$1" "$2"
}

swap_blocks() { # FILE A B
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); a, b = (int(n) * 4096 for n in sys.argv[2:])
f.seek(a); x = f.read(4096); f.seek(b); y = f.read(4096)
f.seek(a); f.write(y); f.seek(b); f.write(x)' "$1" "$2" "$3"
}

blocks() { # FILE: whole 4096-byte blocks
	echo $(($(stat -c %s "$1") / 4096))
}

# For tests/reports/run, which looks at every report.
keep_report() {
	local folder=$BATS_TEST_DIRNAME/../../build/reports

	# shellcheck disable=SC2154 # set by run
	[[ $output == "{"* ]] || return 0
	mkdir -p "$folder"
	printf '%s\n' "$output" >"$folder/cli-$BATS_SUITE_TEST_NUMBER-$BASHPID-$RANDOM.json"
}

field() { # JQ-FILTER: of the JSON in $output
	keep_report
	# shellcheck disable=SC2154 # set by run
	jq -r "$1" <<<"$output"
}
