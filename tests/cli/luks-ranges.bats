#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Damage of LUKS headers and keyslots: which bytes, and where on which disk they lie.

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
}

# "OFFSET LENGTH DAMAGE" of a finding's ranges, one a line.
ranges() { # ID
	field ".findings[] | select(.id == \"$1\") | .ranges[] | \"\(.offset) \(.length) \(.damage)\""
}

@test "luks ranges: of one bad header copy, the blocks that are not as in the other one" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	for copy in 0 16384; do
		cp "$DISK.good" "$DISK"
		flip_bit "$DISK" $((copy + 4300))
		run -1 luks --json "$DISK"
		[ "$(ranges BV-LUKS-COPY)" = "$((copy + 4096)) 4096 bit-flip" ]
		[ "$(field '.findings[0].ranges[0].byte')" -eq $((copy + 4300)) ]
		# The binary header is different in each copy: no other one tells which byte it is.
		cp "$DISK.good" "$DISK"
		zero_bytes "$DISK" $((copy + 200)) 10
		run -1 luks --json "$DISK"
		[ "$(ranges BV-LUKS-COPY)" = "$copy 4096 changed" ]
		cp "$DISK.good" "$DISK"
		zero_bytes "$DISK" "$copy" 8192
		run -1 luks --json "$DISK"
		[ "$(ranges BV-LUKS-COPY)" = "$copy 8192 zeroed" ]
	done
	run -0 luks --json "$DISK.good"
	[ "$(field '[.findings[].ranges[]] | length')" -eq 0 ]
}

@test "luks ranges: of headers that are both bad or gone, all of them" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	flip_bit "$DISK" 4300
	flip_bit "$DISK" 20700
	run -1 luks --json "$DISK"
	[ "$(ranges BV-LUKS-HEADERS)" = $'0 16384 changed\n16384 16384 changed' ]
	cp "$DISK.good" "$DISK"
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
	[ "$(ranges BV-LUKS-GONE)" = $'0 16384 zeroed\n16384 16384 zeroed' ]
}

@test "luks ranges: LUKS1's header, and what it says of one keyslot" {
	make_luks "$DISK" 1
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	flip_bit "$DISK" 106
	run -1 luks --json "$DISK"
	[ "$(ranges BV-LUKS-HEADERS)" = "0 592 changed" ]
	cp "$DISK.good" "$DISK"
	flip_bit "$DISK" $((208 + 48 + 10))
	run -1 luks --json "$DISK"
	[ "$(ranges BV-LUKS-KEYSLOT)" = "256 48 changed" ]
}

@test "luks ranges: without a record, the blocks that are no ciphertext" {
	make_luks "$DISK" 2
	local offset
	offset=$(slot_offset "$DISK" 2 1)
	zero_bytes "$DISK" $((offset + 8192)) 8192
	run -1 bv luks --root "$BATS_TEST_TMPDIR" --json "$DISK"
	[ "$(ranges BV-LUKS-KEYSLOT)" = "$((offset + 8192)) 8192 zeroed" ]
	[ "$(field '.artifacts[0].bad_bytes')" -eq 8192 ]
}

@test "luks ranges: each with its place on the disk, as the file system has it" {
	local offset physical lba

	make_luks "$DISK" 2
	seal_luks "$DISK"
	sync "$DISK"
	offset=$(($(slot_offset "$DISK" 2 1) + 4096))
	flip_bit "$DISK" "$offset"
	run -1 luks --json "$DISK"
	# Physical blocks are of 4096 bytes here, as filefrag is told.
	physical=$(filefrag -b4096 -v "$DISK" 2>/dev/null | tr -d : | awk -v block=$((offset / 4096)) '
		$1 ~ /^[0-9]+$/ && $2 + 0 <= block && block <= $3 + 0 { print $4 + block - $2 }')
	[ -n "$physical" ] || skip "this file system does not tell where a file lies"
	lba=$(field '.findings[0].ranges[0].lba')
	if [ "$(field '.findings[0].ranges[0].device')" = null ]; then
		skip "sysfs does not know the device of this file system"
	fi
	# A partition's start comes on top.
	[ "$lba" -ge $((physical * 8)) ]
	[ $(((lba - physical * 8) % 8)) -eq 0 ]
	run -1 luks "$DISK"
	[[ $output == *"that is LBA $lba of /dev/"* ]]
	# check says the same.
	run -1 bv check --root "$ROOT" -k "$KVER" --json
	[ "$(field '.findings[] | select(.id == "BV-LUKS-KEYSLOT") | .ranges[0].lba')" -eq "$lba" ]
}
