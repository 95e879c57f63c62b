#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Time and memory with images that no builder makes (crafted.py): small files that unpack to much,
# or whose members are as many, as long and as entangled as the limits allow. Every command keeps to its
# bound of memory, takes seconds at most, and does not call corruption what it cannot verify.

# shellcheck disable=SC2153 # make_system sets IMAGE and ROOT

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
		"$(case $1 in 4) echo stale ;; 5) echo inconclusive ;; 1) echo storage-corruption ;; esac)" ]
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
	sealed 0 "$MOST paths"
	bounded $SEAL_MIB 0 "$BOOTVERDICT" seal --root "$ROOT" -k "$KVER" --no-read-back
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check --root "$ROOT" -k "$KVER" --direct
	FILE=$IMAGE
	bounded $CHECK_MIB 0 "$BOOTVERDICT" check "$IMAGE"
}
