#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict luks where tools of other formats were at a LUKS device, and where a header can be put
# together from what is left. What is said of cryptsetup is asked of cryptsetup itself.

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
	COPY=$BATS_TEST_TMPDIR/copy.img
}

finding() { # ID FILTER: of the first finding with that name
	field "[.findings[] | select(.id == \"$1\")][0] | $2"
}

findings() {
	field '[.findings[] | select(.warning | not) | .id] | unique | join(",")'
}

# On a copy: cryptsetup repairs what it opens.
cryptsetup_opens() { # FILE [OPTION...]
	cp "$1" "$COPY"
	keyed "$PASSPHRASE" open --test-passphrase "${@:2}" "$COPY"
}

# What is left opens with the passphrase, in memory, from a file, and put back.
remains_open() { # FILE
	local header=$BATS_TEST_TMPDIR/header.img before

	before=$(sha256sum <"$1")
	run with_passphrase "$PASSPHRASE" --json "$1"
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"opens keyslot 0, with the header that was put together"* ]]
	[[ $output != *"no way to the data"* ]]
	run ! with_passphrase wrong --json "$1"
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"cannot be told"* ]]
	rm -f "$header"
	luks --save-header "$header" "$1" >/dev/null || [ $? -ne 2 ]
	[ "$(sha256sum <"$1")" = "$before" ]
	[ "$(stat -c %a "$header")" = 600 ]
	run ! luks --save-header "$header" "$1"
	[[ $output == *"could not be saved: File exists"* ]]
	cryptsetup_opens "$1" --header "$header"
	cp "$1" "$COPY"
	cryptsetup -q luksHeaderRestore "$COPY" --header-backup-file "$header"
	keyed "$PASSPHRASE" open --test-passphrase "$COPY"
}

@test "luks: an erased magic is no damage, and how it opens again is named" {
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		wipefs -qa "$DISK"
		run ! cryptsetup_opens "$DISK"
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-ERASED ]
		[ "$(field '.headers[0].state')" = "magic erased" ]
		[ "$(field '.artifacts[0].state')" = unverified ]
		[ "$(finding BV-LUKS-ERASED '.ranges[0].length')" -eq 6 ]
		[[ $(finding BV-LUKS-ERASED '.next | join(" ")') == *"--save-header"* ]]
		remains_open "$DISK"
	done
}

@test "luks: a sealed magic that was erased: the keyslots are as sealed; a lost byte besides is damage" {
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		wipefs -qa "$DISK"
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-ERASED ]
		[ "$(finding BV-LUKS-ERASED '.evidence["as sealed"]')" = "keyslots 0 and 1" ]
		run -1 seal_luks "$DISK"
		[[ $output == *"the magic of its LUKS header was erased"* ]]
		remains_open "$DISK"
		cp "$DISK" "$DISK.erased"
		offset=$(luks "$DISK" | awk '$1 == 0 && /rounds/ { print $5; exit }')
		flip_bit "$DISK" $((offset + 5000))
		run -1 luks --json "$DISK"
		[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].byte')" -eq $((offset + 5000)) ]
		# LUKS1's digest; LUKS2's metadata, in both copies.
		cp "$DISK.erased" "$DISK"
		if [ "$version" = 1 ]; then
			flip_bit "$DISK" 115
		else
			flip_bit "$DISK" 4500
			flip_bit "$DISK" $((16384 + 4500))
		fi
		run -1 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-HEADERS ]
	done
}

@test "luks: one erased magic of two: cryptsetup opens it" {
	make_luks "$DISK" 2
	zero_bytes "$DISK" 0 6
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-ERASED,BV-LUKS-NOT-SEALED ]
	[[ $(finding BV-LUKS-ERASED .summary) == *"cryptsetup puts it back"* ]]
	cryptsetup_opens "$DISK"
	[ "$(head -c 4 "$COPY")" = LUKS ]
	# The whole sector is what a disk loses.
	zero_bytes "$DISK" 0 512
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-COPY,BV-LUKS-NOT-SEALED ]
	[[ $(finding BV-LUKS-COPY .summary) == *"without a word when it opens the disk"* ]]
	cryptsetup_opens "$DISK"
	[ "$(head -c 4 "$COPY")" = LUKS ]
}

@test "luks: another format beside a good copy: cryptsetup refuses it, and nothing else is said" {
	local table
	make_luks "$DISK" 2
	cp "$DISK" "$DISK.good"
	for table in 'label: dos\n,10M,L\n' 'label: dos\n'; do
		cp "$DISK.good" "$DISK"
		unset ROOT
		# shellcheck disable=SC2059 # of this test
		printf "$table" | sfdisk -q --wipe never "$DISK"
		run cryptsetup_opens "$DISK"
		[ "$status" -ne 0 ]
		[[ $output == *"ambiguous signatures"* ]]
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-FOREIGN ]
		[[ $output != *"still opens"* ]]
		[[ $(finding BV-LUKS-FOREIGN .summary) == *"cryptsetup does not open it like this"* ]]
		[[ $(finding BV-LUKS-FOREIGN '.next[0]') == "Which of the two shall it be?"* ]]
		[[ $(finding BV-LUKS-FOREIGN '.next | join(" ")') != *"cryptsetup repair $DISK"* ]]
	done
	# Sealed before: the same, and a keyslot that lost a byte besides is damage.
	cp "$DISK.good" "$DISK"
	seal_luks "$DISK"
	printf 'label: dos\n,10M,L\n' | sfdisk -q --wipe never "$DISK"
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-FOREIGN ]
	run -1 seal_luks "$DISK"
	[[ $output == *"signature of another format"* ]]
	offset=$(($(slot_offset "$DISK.good" 2 0) + 5000))
	flip_bit "$DISK" "$offset"
	run -1 luks --json "$DISK"
	[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].byte')" -eq "$offset" ]
	[[ $output != *"still opens"* ]]
	# The second copy, where the table does not reach.
	flip_bit "$DISK" "$offset"
	flip_bit "$DISK" $((16384 + 4500))
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
	remains_open "$DISK"
}

@test "luks: what mkswap, fdisk and the like leave of LUKS2 is inconclusive, and opens" {
	local tool
	make_luks "$DISK" 2
	cp "$DISK" "$DISK.good"
	for tool in mkswap dos gpt gpt-kept; do
		cp "$DISK.good" "$DISK"
		case $tool in
		mkswap) mkswap -q "$DISK" ;;
		dos) printf 'label: dos\n,10M,L\n' | sfdisk -q --wipe always "$DISK" ;;
		gpt) printf 'label: gpt\n,10M,L\n' | sfdisk -q --wipe always "$DISK" ;;
		gpt-kept) printf 'label: gpt\n,10M,L\n' | sfdisk -q --wipe never "$DISK" ;;
		esac
		run ! cryptsetup_opens "$DISK"
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-FOREIGN ]
		remains_open "$DISK"
		# In use as what it is now, over the keyslots as well: still no damage.
		zero_bytes "$DISK" 32768 1000000
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-FOREIGN ]
	done
}

@test "luks: LUKS1 with a partition table over descriptors of unused keyslots" {
	make_luks "$DISK" 1
	printf 'label: dos\n,10M,L\n' | sfdisk -q --wipe never "$DISK"
	run cryptsetup_opens "$DISK"
	[ "$status" -ne 0 ]
	[[ $output == *"keyslot 4 is invalid"* ]]
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-FOREIGN ]
	remains_open "$DISK"
	# What cryptsetup repair makes of it.
	cp "$DISK" "$COPY"
	cryptsetup -q repair "$COPY"
	keyed "$PASSPHRASE" open --test-passphrase "$COPY"
}

@test "luks: LUKS1 with lost descriptors of unused keyslots is damage; those in use are as sealed" {
	make_luks "$DISK" 1
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	zero_bytes "$DISK" $((208 + 4 * 48)) 96
	run ! cryptsetup_opens "$DISK"
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
	[[ $(finding BV-LUKS-HEADERS .summary) == *"keyslots that are not in use"* ]]
	[ "$(finding BV-LUKS-HEADERS '.evidence["as sealed"]')" = "keyslots 0 and 1" ]
	[[ $(finding BV-LUKS-HEADERS '.next | join(" ")') == *"On a copy, cryptsetup may make them anew"* ]]
	remains_open "$DISK"
	cp "$DISK" "$COPY"
	cryptsetup -q repair "$COPY"
	run -0 with_passphrase "$PASSPHRASE" "$COPY"
	# The descriptor of one in use.
	cp "$DISK.good" "$DISK"
	zero_bytes "$DISK" $((208 + 8)) 32
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-KEYSLOT ]
}

@test "luks: a header is put together from what is left of both copies" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	# The metadata of one, and the binary header of the other: the checksum proves it.
	zero_bytes "$DISK" 4096 12288
	zero_bytes "$DISK" 16384 4096
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
	[[ $(finding BV-LUKS-HEADERS .summary) == *"put together, as its checksum proves"* ]]
	[ "$(finding BV-LUKS-HEADERS '.evidence["as sealed"]')" = "keyslots 0 and 1" ]
	remains_open "$DISK"
	# Only the metadata.
	zero_bytes "$DISK" 0 4096
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-HEADERS .summary) == *"no checksum proves any more"* ]]
	remains_open "$DISK"
	# Neither: the keyslots' bytes are there, and that is said; then these are gone, too.
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
	[[ $(finding BV-LUKS-GONE '.next | join(" ")') == *"key material of keyslots 0 and 1 is as sealed"* ]]
	[[ $output != *"no way to the data"* ]]
	run -1 luks --save-header "$BATS_TEST_TMPDIR/none" "$DISK"
	[[ $output == *"there is none that could be used"* ]]
	[ ! -e "$BATS_TEST_TMPDIR/none" ]
	zero_bytes "$DISK" 0 1048576
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-GONE '.next | join(" ")') == *"no way to the data"* ]]
}

@test "luks: what opens the disk is said only of keyslots of this volume" {
	make_luks "$DISK" 2
	printf unbound >"$BATS_TEST_TMPDIR/new-key"
	keyed "$PASSPHRASE" luksAddKey --unbound --key-size 512 --key-slot 5 "${QUICK[@]}" "$DISK" \
		"$BATS_TEST_TMPDIR/new-key"
	seal_luks "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-KEYSLOT '.next[0]') == "The passphrase of keyslot 1 still opens the disk." ]]
}

@test "luks: what is left of a header is read and tried in little: a boot waits for it" {
	make_luks "$DISK" 2
	# A brace of both copies' metadata: no text is whole, and nothing proves a sum of them.
	for copy in 0 16384; do
		printf '~' | dd of="$DISK" bs=1 seek=$((copy + 4096)) conv=notrunc status=none
		printf '~' | dd of="$DISK" bs=1 seek=$((copy + 4100)) conv=notrunc status=none
	done
	for told in yes no; do
		if [ $told = no ]; then
			printf '{' | dd of="$DISK" bs=1 seek=4096 conv=notrunc status=none
			for copy in 0 16384; do
				head -c 24 /dev/zero |
					dd of="$DISK" bs=1 seek=$copy conv=notrunc status=none
			done
		fi
		run strace -qq -e trace=pread64 -o "$BATS_TEST_TMPDIR/reads" \
			"$BOOTVERDICT" luks "$DISK"
		[[ $status -eq 1 || $status -eq 5 ]]
		[ "$(wc -l <"$BATS_TEST_TMPDIR/reads")" -lt 1500 ]
	done
}

@test "luks: no keyslot is left, and no passphrase opens it: said, also when it is sealed" {
	for version in 2 1; do
		make_luks "$DISK" "$version"
		cryptsetup -q luksErase "$DISK"
		unset ROOT
		if [ "$version" = 2 ]; then
			run -3 luks --json "$DISK"
		else
			run -5 luks --json "$DISK"
		fi
		[ "$(findings)" = BV-LUKS-NO-KEYSLOT ]
		[[ $output == *"no passphrase opens it"* && $output == *"do not close it"* ]]
		[[ $output != *"look like ciphertext"* && $output != *"Seal it"* ]]

		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		cryptsetup -q luksErase "$DISK"
		run -4 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-NO-KEYSLOT,BV-LUKS-STALE ]
		[ "$(finding BV-LUKS-STALE .evidence.removed)" = "keyslots 0 and 1" ]
		[[ $output != *"Seal it"* ]]
		run -0 seal_luks "$DISK"
		[[ $output == *"WARNING: no keyslot is in use: no passphrase opens it"* ]]
		# As sealed now: told all the same, and damage is damage.
		run -0 luks --json "$DISK"
		[ "$(finding BV-LUKS-NO-KEYSLOT .warning)" = true ]
	done
	zero_bytes "$DISK" 112 4
	run -1 luks "$DISK"
}

@test "luks: the volume key makes a keyslot where none is left, as it is told" {
	head -c 64 /dev/urandom >"$BATS_TEST_TMPDIR/key"
	printf %s "$PASSPHRASE" >"$BATS_TEST_TMPDIR/passphrase"
	for version in 1 2; do
		make_luks "$DISK" "$version" --key-size 512 --volume-key-file "$BATS_TEST_TMPDIR/key"
		cryptsetup -q luksErase "$DISK"
		run ! cryptsetup_opens "$DISK"
		read -ra options < <(quick "$version")
		cryptsetup -q luksAddKey "${options[@]}" --key-size 512 --volume-key-file "$BATS_TEST_TMPDIR/key" \
			"$DISK" "$BATS_TEST_TMPDIR/passphrase"
		cryptsetup_opens "$DISK"
	done
}

put() { # FILE OFFSET BYTES, as printf takes them
	# shellcheck disable=SC2059
	printf "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "luks: a boot sector's mark behind the checksum harms nothing, and is sealed" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	put "$DISK" 510 '\x55\xaa'
	cryptsetup_opens "$DISK"
	cmp "$DISK" "$COPY"
	run -0 luks --json "$DISK"
	[ "$(findings)" = "" ]
	[ "$(finding BV-LUKS-PADDING .warning)" = true ]
	[[ $(field '[.headers[].state] | join(",")') == "as sealed,as sealed" ]]
	run -0 seal_luks "$DISK"
	run -0 luks "$DISK"
	unset ROOT
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/none run -4 luks "$DISK"

	# With a disk signature in front of it the copy is bad, and cryptsetup mends it without a word.
	put "$DISK" 440 '\x12\x34\x56\x78'
	cryptsetup_opens "$DISK"
	run ! cmp "$DISK" "$COPY"
	run -1 luks --json "$DISK"
	[ "$(finding BV-LUKS-COPY '.evidence["at the start now"]')" = "a boot sector" ]
	[[ $(finding BV-LUKS-COPY .summary) == *"without a word"* ]]
	[[ $output != *"does not open it like this"* ]]

	# A byte of the checksum itself is a lost one; and a table is a signature.
	make_luks "$DISK" 2
	put "$DISK" 479 '\x55\xaa'
	run -1 luks --json "$DISK"
	[[ $(findings) == *BV-LUKS-COPY* ]]
	echo start=2048 | sfdisk -q --wipe never --label dos "$DISK"
	run ! cryptsetup_opens "$DISK"
	run -5 luks --json "$DISK"
	[[ $(finding BV-LUKS-FOREIGN .summary) == *"does not open it like this"* ]]
}

@test "luks: a member of an array is not told to be repaired alone" {
	local end=$((32 << 20))

	for mark in "$((end - 1024)):Intel Raid ISM Cfg Sig. 1.1.00" "$((end - 512)):\\xde\\x11\\xde\\x11" \
		"$((end - 4036)):\\x83\\x74\\x02\\x6d" "$((end - 65536)):\\xfc\\x4e\\x2b\\xa9\\0\\0\\0\\0\\x5a"; do
		make_luks "$DISK" 2
		put "$DISK" "${mark%%:*}" "${mark#*:}"
		cryptsetup_opens "$DISK"
		run -4 luks "$DISK"
		zero_bytes "$DISK" 20600 8
		run ! cryptsetup_opens "$DISK"
		run -1 luks --json "$DISK"
		[[ $(finding BV-LUKS-COPY .summary) == *"refuses the disk all the same"* ]]
		[[ $(finding BV-LUKS-COPY '.evidence["at the end now"]') == *member || $mark == *x83* ]]
		[[ $output == *"Write nothing to one member alone"* && $output != *"safely kept: cryptsetup repair"* ]]
	done
	make_luks "$DISK" 2
	zero_bytes "$DISK" 20600 8
	cryptsetup_opens "$DISK"
	run -1 luks --json "$DISK"
	[[ $output == *"safely kept: cryptsetup repair"* && $output != *"one member alone"* ]]
}

@test "luks: what is left of a LUKS1 header without its beginning is told, and no more" {
	make_luks "$DISK" 1
	uuid=$(cryptsetup luksUUID "$DISK")
	cp "$DISK" "$DISK.good"
	head -c 45 /dev/urandom | dd of="$DISK" conv=notrunc status=none
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
	[ "$(finding BV-LUKS-GONE '.evidence["what is left"]')" = "the descriptors of 8 keyslots, 2 in use, and the UUID $uuid" ]
	[[ $output == *"do not close it"* && $output == *"luksHeaderRestore"* && $output != *"Whether there ever was one"* ]]
	run -2 luks --save-header "$BATS_TEST_TMPDIR/none" "$DISK"
	# As far as the code of a boot loader reaches.
	{ printf '\xeb\x63\x90'; head -c 437 /dev/urandom; } | dd of="$DISK" conv=notrunc status=none
	run -5 luks --json "$DISK"
	[ "$(finding BV-LUKS-GONE '.evidence["what is left"]')" = "the descriptors of 3 keyslots, 0 in use" ]
	# Its twins: all of it, and what never was one.
	dd if=/dev/urandom of="$DISK" bs=592 count=1 conv=notrunc status=none
	run -5 luks "$DISK"
	[[ $output == *"Whether there ever was one"* && $output != *"what is left"* ]]
	cp "$DISK.good" "$DISK"
	run -4 luks "$DISK"
	# With a record it is known by its UUID, and is damage.
	seal_luks "$DISK"
	head -c 45 /dev/urandom | dd of="$DISK" conv=notrunc status=none
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
	[[ $(finding BV-LUKS-GONE '.evidence["what is left"]') == *"$uuid" ]]
}
