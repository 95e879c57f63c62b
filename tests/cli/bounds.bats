#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Time and memory with images that no builder makes (crafted.py): small files that unpack to much,
# or whose members are as many, as long and as entangled as the limits allow. Every command keeps to its
# bound of memory, takes seconds at most, and does not call corruption what it cannot verify.

# make_system sets IMAGE and ROOT and uses IMAGE_BYTES; each test sets its own FILE
# shellcheck disable=SC2030,SC2031,SC2034,SC2153

bats_require_minimum_version 1.5.0

load system

MOST=100000 # members of an image (INITRD_MEMBERS_MAX)
CHECK_MIB=64 SEAL_MIB=96
SECONDS_MAX=15 # of processor time: what takes the longest took 3 on the machine that this was made on

setup_file() {
	${CC:-cc} -O1 -o "$BATS_FILE_TMPDIR/measure" "$BATS_TEST_DIRNAME/../bench/measure.c"
}

crafted() { # KIND COUNT [PACK]: sets FILE
	FILE=$BATS_TEST_TMPDIR/image
	python3 "$BATS_TEST_DIRNAME/crafted.py" "$1" "$FILE" "${@:2}"
}

# Runs a command, which must end with STATUS, within MIB of memory and SECONDS_MAX; sets output.
bounded() { # MIB STATUS COMMAND...
	local mib=$1 expected=$2 user system peak ended
	local used=$BATS_TEST_TMPDIR/used

	shift 2
	output=$("$BATS_FILE_TMPDIR/measure" "" "$@" 2>&1 3>"$used")
	read -r _ user system peak ended <"$used"
	echo "$* -> $ended; $(((user + system) / 1000)) ms, $peak KiB; ${output:0:600}"
	[ "$ended" -eq "$expected" ]
	[ "$peak" -le $((mib * 1024)) ]
	[ $((user + system)) -le $((SECONDS_MAX * 1000000)) ]
}

examined() { # STATUS [WORDS]: check FILE, in words and in JSON
	bounded $CHECK_MIB "$1" "$BOOTVERDICT" check --json "$FILE"
	[[ $output == *"${2:-}"* ]]
	[ "$(field '[.findings[].verdict] | unique | join(",")')" = \
		"$(case $1 in 3) echo config-error ;; 4) echo stale ;; 5) echo inconclusive ;; 1) echo storage-corruption ;; esac)" ]
	bounded $CHECK_MIB "$1" "$BOOTVERDICT" check -v "$FILE"
}

# Seals FILE as the initrd of a system: whatever comes of it, within the bound.
sealed() { # STATUS [WORDS]
	make_system
	cp "$FILE" "$IMAGE"
	bounded $SEAL_MIB "$1" "$BOOTVERDICT" seal --root "$ROOT" -k "$KVER" --no-read-back
	[[ $output == *"${2:-}"* ]]
	[ "$1" -ne 0 ] || return 0
	cmp "$FILE" "$IMAGE"
	[ ! -e "$ROOT/boot/bootverdict/$KVER.manifest" ]
}

@test "as many members as an image may have: sealed, intact, and again" {
	crafted tree $MOST
	examined 4
	sealed 0 "paths, guard"
	bounded $SEAL_MIB 0 "$BOOTVERDICT" seal --root "$ROOT" -k "$KVER" --no-read-back
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER" --direct
	FILE=$IMAGE
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check "$IMAGE"
}

@test "one member more is refused with words" {
	crafted tree $((MOST + 1))
	examined 5 "more than $MOST members"
	sealed 2 "more than $MOST members"
}

@test "a million members are refused as soon as they are too many" {
	crafted tree 1000000
	examined 5 "more than $MOST members"
}

@test "names that lead through links, circles of links, hard links, changes: all that may be" {
	for kind in one-link loops hard-links hard-link-groups folders changes; do
		crafted $kind $MOST
		examined 4
	done
	crafted hard-links $MOST
	sealed 0
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check "$IMAGE"
}

@test "links to links to links, forty deep, each as long as can be" {
	crafted links $MOST
	examined 5 "its names lead through too many links"
	sealed 2 "its names lead through too many links"
	crafted through-one-name $MOST
	examined 5 "its names lead through too many links"
	crafted links 100
	examined 4
}

@test "long and deep names need no more memory than is stated" {
	crafted deep $MOST
	examined 5 "names have more than 32 MiB"
	crafted deeper 3000
	examined 4
	sealed 0
	crafted long-names 20000
	examined 5 "MiB"
	crafted long-names 3000
	examined 4
	sealed 0
}

@test "10 GiB of zeros in 330 KB" {
	crafted zeros 10240
	examined 5 "it unpacks to more than 4096 MiB"
	sealed 2 "it unpacks to more than 4096 MiB"
	crafted zeros 2000
	examined 4
	sealed 0
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check "$IMAGE"
}

@test "more zeros than there may be, between two archives" {
	crafted gap 5000
	examined 5 "MiB"
	crafted padding 200
	examined 4
}

@test "a window that content fills further than the bound: not verified, and not corruption" {
	crafted window 100
	examined 5 "zstd: it needs more than 64 MiB of memory"
	sealed 2 "zstd: it needs more than 96 MiB of memory"
	crafted xz-window 100
	examined 5 "xz: it needs more than 64 MiB of memory"
	sealed 2 "xz: it needs more than 96 MiB of memory"
	crafted xz-huge-window 1000
	examined 5 "xz: it needs more than 64 MiB of memory"
	# What asks for 128 MiB and fills 50 of them is fine: kernels do.
	for kind in window xz-window; do
		crafted $kind 50
		examined 4
	done
	crafted window 70
	examined 5 "zstd: it needs more than 64 MiB of memory"
	sealed 0
}

@test "what builders use is not refused: windows of zstd -19 and xz -8, and more than the bound" {
	make_files "$BATS_TEST_TMPDIR/files"
	# Packed fast, with the windows of those presets: what the decoder needs is the same.
	noise 1000000 large >"$BATS_TEST_TMPDIR/part"
	for _ in {1..70}; do cat "$BATS_TEST_TMPDIR/part"; done >"$BATS_TEST_TMPDIR/files/large"
	for packer in "zstd -1 --zstd=wlog=23 --check" "xz -0 --check=crc32 --lzma2=preset=0,dict=32MiB" \
		"gzip -1" "lz4 -l"; do
		FILE=$BATS_TEST_TMPDIR/image
		# shellcheck disable=SC2086 # words
		archive "$BATS_TEST_TMPDIR/files" | $packer -q >"$FILE"
		examined 4
		sealed 0
		bounded $CHECK_MIB 0 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
	done
}

@test "a kernel image with the window that Linux 6.12 packs with" {
	crafted kernel 55
	examined 4
	crafted kernel 100
	examined 5 "payload: zstd: it needs more than 64 MiB of memory"
	make_system
	cp "$FILE" "$KERNEL"
	bounded $SEAL_MIB 0 "$BOOTVERDICT" seal --root "$ROOT" -k "$KVER" --no-read-back
	[[ $output == *"the kernel image cannot be verified beyond offset "*"96 MiB"* ]]
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
	printf x >>"$KERNEL"
	bounded $CHECK_MIB 4 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
	[[ $output == *"Every byte that was sealed is as sealed"* ]]
}

@test "hundreds of thousands of frames, streams, chunks and archives" {
	for kind in empty-gzips empty-zstds empty-xzs lz4-chunks archives trailers frames; do
		crafted $kind 300000
		case $kind in
		archives) examined 5 "more than $MOST members" ;;
		frames) examined 3 "kernels unpack each" ;;
		*) examined 4 ;;
		esac
	done
}

# A disk of which each read takes 0.4 s.
slow_disk() {
	strace -f -qq -o /dev/null -e trace=pread64 -e inject=pread64:delay_enter=400000 "$@"
}

@test "a slow disk: a terminal shows how far reading has come, and nothing else does" {
	local shown

	IMAGE_BYTES=3000000
	make_system plain
	seal --no-read-back
	run slow_disk python3 "$BATS_TEST_DIRNAME/terminal.py" "no prompt" "" \
		"$BOOTVERDICT" check "$IMAGE"
	[ "$status" -eq 0 ]
	shown=$(grep -o 'bootverdict: [^ ]*: [0-9]* of [0-9]* MiB' <<<"$output" | wc -l)
	[ "$shown" -ge 2 ]
	# Each line is written over the one before, and gone when the report comes.
	[[ $output == *$'MiB\033[K\r\033[K'*INTACT* ]]
	run slow_disk "$BOOTVERDICT" check "$IMAGE"
	[ "$status" -eq 0 ]
	[[ $output != *MiB* ]]
	# Nothing of it on a disk that is not slow.
	run python3 "$BATS_TEST_DIRNAME/terminal.py" "no prompt" "" "$BOOTVERDICT" check "$IMAGE"
	[[ $output != *$'\r'* ]]
}

@test "a slow disk: an interrupt ends check, and leaves nothing behind" {
	local start pid

	IMAGE_BYTES=12000000
	make_system plain
	seal --no-read-back
	find "$ROOT" -type f | sort >"$BATS_TEST_TMPDIR/before"
	slow_disk "$BOOTVERDICT" check --root "$ROOT" -k "$KVER" 3>&- &
	sleep 2
	pid=$(pgrep -P $!)
	start=$SECONDS
	kill -INT "$pid"
	run wait $!
	[ $((SECONDS - start)) -le 3 ]
	[ "$status" -ne 0 ]
	find "$ROOT" -type f | sort | cmp - "$BATS_TEST_TMPDIR/before"
}

@test "damage in thousands of places: the first of them are named, all are counted" {
	local ranges

	IMAGE_BYTES=12000000
	make_system plain
	seal --no-read-back
	touch -r "$IMAGE" "$BATS_TEST_TMPDIR/times"
	python3 -c 'import sys
with open(sys.argv[1], "r+b") as f:
    for block in range(400, 2900, 2):
        f.seek(4096 * block)
        f.write(bytes(4096))' "$IMAGE"
	touch -r "$BATS_TEST_TMPDIR/times" "$IMAGE"
	bounded $CHECK_MIB 1 "$BOOTVERDICT" check --json --root "$ROOT" -k "$KVER"
	ranges=$(field '.findings[0].ranges | length')
	[ "$ranges" -eq 1024 ]
	[ "$(field '.findings[0].evidence.bad_ranges_left_off')" -eq $((1250 - 1024)) ]
	[ "$(field '.findings[0].evidence.bad_blocks')" -eq 1250 ]
}

@test "an initrd replaced by what cannot be verified here is inconclusive, not corruption" {
	make_system
	seal --no-read-back
	make_initrd "$IMAGE" bzip2 2
	bounded $CHECK_MIB 5 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
	[[ $output == *"nothing in it can be verified"* ]]
	crafted window 100
	cp "$FILE" "$IMAGE"
	bounded $CHECK_MIB 5 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER"
}

@test "a guard's record with all that fits into it" {
	crafted paths-in-record 220000
	examined 1 "220000 of 220000 paths"
	crafted blocks-in-record 80000
	examined 1 "1 of 1 paths"
	crafted paths-in-record 240000
	examined 5 "longer than any that is read"
	crafted devices-in-record 60000
	examined 5 "more than 256 LUKS devices"
}
