#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict luks where tools of other formats were at a LUKS device, and where a header can be put
# together from what is left. What is said of cryptsetup is asked of cryptsetup itself.
# shellcheck disable=SC2153 # make_system sets ROOT and KVER

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
	COPY=$BATS_TEST_TMPDIR/copy.img
	LOOP='' OTHER='' LINK=''
}

teardown() {
	local loop

	for loop in $LOOP $OTHER; do
		losetup --detach "$loop"
	done
	[ -z "$LINK" ] || rm -f "$LINK"
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

# VERSION BYTES: DISK is a container of that size, sealed, and DISK.good is a copy of it.
sealed_disk() {
	make_luks "$DISK" "$1"
	truncate -s "$2" "$DISK"
	unset ROOT
	seal_luks "$DISK"
	cp --sparse=always "$DISK" "$DISK.good"
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
		[ "$(finding BV-LUKS-ERASED '.evidence.as_sealed')" = "keyslots 0 and 1" ]
		run -2 seal_luks "$DISK"
		[[ $output == *"the magic of "*" header was erased"* ]]
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
	run -2 seal_luks "$DISK"
	[[ $output == *" lies where the first copy of a LUKS header was"* ]]
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

# What libblkid takes for a format is more than a signature, for most of them.
@test "luks: a signature beside a bad copy: cryptsetup is said to refuse it only where it does" {
	local kind opens said
	local swap='\x01\0\0\0\xff\x1f\0\0'

	make_luks "$DISK" 2
	put "$DISK" 4500 '~~~~~~~~'
	cp "$DISK" "$DISK.bad"
	for kind in swap lvm fat minix bcache xfs verity real-swap real-lvm real-ext4 real-xfs f2fs ocfs2; do
		cp "$DISK.bad" "$DISK"
		opens=no
		case $kind in
		swap) opens=yes && put "$DISK" 4086 SWAPSPACE2 ;;
		lvm) opens=yes && put "$DISK" 512 LABELONE ;;
		fat) opens=yes && put "$DISK" 82 'FAT32   ' ;;
		minix) opens=yes && put "$DISK" 1040 '\x7f\x13\x01\0' ;;
		bcache) opens=yes && put "$DISK" 4120 '\xc6\x85\x73\xf6\x4e\x1a\x45\xca' ;;
		xfs) opens=yes && put "$DISK" 0 XFSB ;;
		verity) opens=yes && put "$DISK" 0 'verity\0\0' ;;
		real-swap) put "$DISK" 4086 SWAPSPACE2 && put "$DISK" 1024 "$swap" ;;
		real-lvm) python3 "$BATS_TEST_DIRNAME/lvm-label.py" "$DISK" ;;
		real-*)
			rm -f "$COPY" && truncate -s 400M "$COPY"
			"mkfs.${kind#real-}" -q "$COPY"
			dd if="$COPY" of="$DISK" bs=4096 count=1 conv=notrunc status=none
			;;
		f2fs) put "$DISK" 1024 '\x10\x20\xf5\xf2' ;;
		ocfs2) put "$DISK" 2048 OCFSV2 ;;
		esac
		rm -f "$COPY"
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-FOREIGN ]
		said=$(finding BV-LUKS-FOREIGN .summary)
		if [ $opens = yes ]; then
			cryptsetup_opens "$DISK"
			[[ $said == *"may not open it like this"* && $output != *"does not open it like this"* ]]
		else
			run ! cryptsetup_opens "$DISK"
			[[ $said == *"does not open it like this"* ]]
		fi
		[[ $output != *"still opens"* ]]
	done
	# The second copy is the bad one; what is further in lies in keyslot 0.
	make_luks "$DISK" 2
	put "$DISK" $((16384 + 4500)) '~~~~~~~~'
	cp "$DISK" "$DISK.bad"
	put "$DISK" 65600 _BHRfS_M
	run ! cryptsetup_opens "$DISK"
	[[ $output == *"ambiguous signatures"* ]]
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-COPY .summary) == *"refuses the disk all the same"* ]]
	cp "$DISK.bad" "$DISK"
	put "$DISK" 65588 ReIsEr
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-COPY .summary) == *"may refuse the disk all the same"* ]]
	keyed "$SECOND" open --test-passphrase "$DISK"
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

@test "luks: another format made on a sealed container is told, whichever; noise in its place is damage" {
	local version tool
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		cp "$DISK" "$DISK.good"
		for tool in minix bfs integrity; do
			cp "$DISK.good" "$DISK"
			case $tool in
			minix) mkfs.minix "$DISK" >/dev/null ;;
			bfs) mkfs.bfs "$DISK" >/dev/null ;;
			integrity) printf 'integrt\0\1\4%0502d' 0 | dd of="$DISK" conv=notrunc status=none ;;
			esac
			run -5 luks --json "$DISK"
			[[ $output != *"repair $DISK"* ]]
			[[ $(field '[.findings[].next[]][0]') == "Which of the two shall it be?"* ]]
			run -5 luks "$DISK"
		done
		# No format that is known: the bytes are lost, but what is there is asked first.
		cp "$DISK.good" "$DISK"
		noise 32768 7 | dd of="$DISK" conv=notrunc status=none
		zero_4k "$DISK" 4096
		run -1 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-GONE ] || [ "$(findings)" = BV-LUKS-GONE,BV-LUKS-KEYSLOT ]
		[[ $(finding BV-LUKS-GONE '.next[0]') == *"blkid -p $DISK; wipefs -n $DISK"* ]]
		cp "$DISK.good" "$DISK"
		zero_4k "$DISK" 0
		run -1 luks --json "$DISK"
		[[ $(field '.findings[0].next[0]') == *"blkid -p $DISK; wipefs -n $DISK"* ]]
		# The magic is there: it is no other format's place.
		cp "$DISK.good" "$DISK"
		flip_bit "$DISK" 100
		run -1 luks --json "$DISK"
		[[ $output != *wipefs* ]]
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
	[ "$(finding BV-LUKS-HEADERS '.evidence.as_sealed')" = "keyslots 0 and 1" ]
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
	[ "$(finding BV-LUKS-HEADERS '.evidence.as_sealed')" = "keyslots 0 and 1" ]
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
	run -5 luks --json "$DISK"
	[[ $(finding BV-LUKS-GONE '.next | join(" ")') != *"no way to the data"* ]]
}

@test "luks, check, seal: a container more than 4 MiB away, further in or in front, is not called lost" {
	local whole=$BATS_TEST_TMPDIR/whole.img place

	make_luks "$DISK" 2
	cp "$DISK" "$whole"
	seal_luks "$DISK"
	for place in 5 100 front; do
		case $place in
		front) dd if="$whole" of="$DISK" bs=1M skip=5 status=none ;;
		*) { head -c "${place}M" /dev/zero && cat "$whole"; } >"$DISK" ;;
		esac
		for command in check luks; do
			run -5 told_by $command "$DISK"
			[ "$(findings)" = BV-LUKS-GONE ]
			[[ $(finding BV-LUKS-GONE .summary) == *"Searched were the places that they had, the first 4 MiB"*"The container begins elsewhere"* ]]
			[[ $output == *"Was the partition table written anew"* ]]
			[[ $output != *"luksHeaderRestore $DISK"* && $output != *"no way to the data"* ]]
		done
		run -2 seal_luks "$DISK"
		[[ $output == *"neither its header nor its key material is found here"* ]]
	done
	# Put back as it was, with the header lost.
	cp "$whole" "$DISK"
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
}

@test "luks, check, seal: a link that leads to a blank clone: the sealed one is named, and no header restored" {
	local blank=$BATS_TEST_TMPDIR/blank.img command summary

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	truncate -s 32M "$blank"
	LOOP=$(losetup --find --show "$DISK") || skip "no loop device here"
	OTHER=$(losetup --find --show "$blank")
	mkdir -p /dev/disk/by-partuuid
	LINK=/dev/disk/by-partuuid/$(cryptsetup luksUUID "$DISK")
	ln -s "$LOOP" "$LINK"
	seal_luks "$LINK"
	ln -sfn "$OTHER" "$LINK"
	run -5 luks --json "$LINK"
	summary=$(finding BV-LUKS-NAME .summary)
	[[ $summary == *"leads to another disk"*"there is zeros. The sealed one is attached, and is $LOOP; or that is a copy, and this one lost its start."* ]]
	[[ $output != *luksHeaderRestore* ]]
	run -5 check --json
	[ "$(findings)" = BV-LUKS-NAME ]
	[ "$(finding BV-LUKS-NAME .summary)" = "$summary" ]
	# A name that lasts is gone, and so may be its disk.
	rm "$LINK"
	run -5 check --json
	[ "$(findings)" = BV-LUKS-NAME ]
	[[ $(finding BV-LUKS-NAME .summary) == "What was sealed as $LINK is not there by that name. It, or a copy of it, is $LOOP: "* ]]
	ln -s "$OTHER" "$LINK"
	run -2 seal -k "$KVER" --root "$ROOT"
	[[ $output == *"The sealed one is attached, and is $LOOP"* ]]
	# It is damaged there, and that is told.
	zero_bytes "$DISK" 0 32768
	run -1 check --json
	[ "$(finding BV-LUKS-GONE .target)" = "$LOOP" ]
	# The sealed one is away: nothing says whose disk this is.
	losetup --detach "$LOOP"
	LOOP=
	for command in check luks; do
		run -5 told_by $command "$LINK"
		[ "$(findings)" = BV-LUKS-GONE ]
		[[ $output == *"Two disks bear the same name"* && $output != *"luksHeaderRestore $LINK"* ]]
	done
}

@test "check: of two disks with one UUID the other one is named, and the sealed one judged" {
	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	cp "$DISK" "$COPY"
	LOOP=$(losetup --find --show "$DISK") || skip "no loop device here"
	seal_luks "$LOOP"
	run -0 check --json
	[ "$(field '.findings | length')" -eq 0 ]
	OTHER=$(losetup --find --show "$COPY")
	run -0 check --json
	[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-TWIN ]
	[[ $(finding BV-LUKS-TWIN .summary) == "$OTHER bears the same LUKS UUID"* ]]
	zero_4k "$DISK" 40960
	run -1 check --json
	[ "$(findings)" = BV-LUKS-KEYSLOT ]
	[ "$(finding BV-LUKS-KEYSLOT .target)" = "$LOOP" ]
	[[ $(finding BV-LUKS-TWIN .summary) == "$OTHER bears"* ]]
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

@test "luks: a keyslot to be ignored, of a token, or behind the end: what is said of it is so" {
	make_luks "$DISK" 2
	cp "$DISK" "$DISK.good"
	cryptsetup config --priority ignore --key-slot 1 "$DISK"
	seal_luks "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-KEYSLOT '.next[0]') == *"keyslot 1 still opens"*"--key-slot 1 $DISK"* ]]
	run ! keyed "$SECOND" open --test-passphrase "$DISK"
	keyed "$SECOND" open --test-passphrase --key-slot 1 "$DISK"
	# A token's.
	cp "$DISK.good" "$DISK"
	printf '{"type":"systemd-tpm2","keyslots":["1"],"tpm2-blob":"","tpm2-pcrs":[7],"tpm2-policy-hash":""}' |
		cryptsetup token import --json-file - "$DISK"
	seal_luks "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-KEYSLOT '.next[0]') == *"keyslot 1 (systemd-tpm2) still opens"* ]]
	[[ $output != *"The passphrase of keyslot 1"* ]]
	# Behind the end. What is there now is older than what was sealed.
	cp "$DISK.good" "$DISK"
	bv seal -q --root "$ROOT" --all --remove
	seal_luks "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	truncate -s 300000 "$DISK"
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-KEYSLOT '.next[0]') == "Behind the end of the device lies keyslot 1"* ]]
	[[ $output != *"No other keyslot"* ]]
}

@test "luks: while a reencryption is in progress no passphrase and no backup is promised" {
	local at
	make_luks "$DISK" 2
	keyed "$PASSPHRASE" reencrypt --init-only --key-slot 0 --resilience checksum "${QUICK[@]}" "$DISK"
	seal_luks "$DISK"
	run ! keyed "$SECOND" open --test-passphrase "$DISK"
	keyed "$PASSPHRASE" open --test-passphrase "$DISK"
	at=$(($(slot_offset "$DISK" 2 0) + 5000))
	flip_bit "$DISK" "$at"
	run -1 luks --json "$DISK"
	[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].byte')" -eq "$at" ]
	[[ $output != *"still opens"* ]]
	[[ $output != *"--header-backup-file"* ]]
	[[ $output != *"--resume-only"* ]]
	[[ $(finding BV-LUKS-KEYSLOT '.next | join(" ")') == *"material of keyslot 1 is as sealed."*"key than that of the data as they are is in keyslot 2."* ]]
	# The healthy twin.
	flip_bit "$DISK" "$at"
	run -0 luks --json "$DISK"
	[[ $output == *"--resume-only"* ]]
}

# Both JSON areas; what the record says, and what is left of the text, are not known to be over.
@test "luks: a reencryption was going on when both headers were lost: no backup over it, as before" {
	local json root after=$BATS_TEST_TMPDIR/after.img

	make_luks "$DISK" 2
	cp "$DISK" "$DISK.before"
	keyed "$PASSPHRASE" reencrypt --init-only --key-slot 0 --resilience checksum "${QUICK[@]}" "$DISK"
	cp "$DISK" "$after"
	seal_luks "$DISK"
	for json in 4096 20480; do
		zero_bytes "$DISK" $json 12288
	done
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
	[[ $output == *"No luksHeaderRestore while a reencryption is in progress"* ]]
	[[ $output == *"The key material of keyslots 0, 1 and 2 is as sealed. Do not overwrite it."* ]]
	[[ $output != *"--header-backup-file"* && $output != *"opens the disk"* ]]
	# All of both headers.
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
	[[ $output == *"No luksHeaderRestore while"* && $output != *"--header-backup-file"* ]]
	# Never sealed: a piece of the text tells. Its beginning, in both copies, is lost.
	cp "$after" "$DISK"
	unset ROOT
	for json in 4096 20480; do
		zero_bytes "$DISK" $json 100
	done
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/none run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
	[[ $output == *"No luksHeaderRestore while"* && $output != *"--header-backup-file"* ]]
	# The magic of both copies; and what lies over the first one.
	cp "$after" "$DISK"
	zero_bytes "$DISK" 0 6
	zero_bytes "$DISK" 16384 6
	for root in "$BATS_TEST_TMPDIR/root" "$BATS_TEST_TMPDIR/none"; do
		run -5 bv luks --root "$root" --json "$DISK"
		[ "$(findings)" = BV-LUKS-ERASED ]
		[[ $output == *"No luksHeaderRestore while"* && $output != *"--header-backup-file"* ]]
	done
	unset ROOT
	# Its twin: all that is erased can be put back.
	cp "$DISK.before" "$DISK"
	zero_bytes "$DISK" 0 6
	zero_bytes "$DISK" 16384 6
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/none run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-ERASED ]
	[[ $output == *"luksHeaderRestore $DISK --header-backup-file HEADER.img"* && $output != *"No luksHeaderRestore"* ]]
	# The twin: none was in progress.
	cp "$DISK.before" "$DISK"
	rm -rf "$BATS_TEST_TMPDIR/root"
	seal_luks "$DISK"
	for json in 4096 20480; do
		zero_bytes "$DISK" $json 12288
	done
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
	[[ $output == *"luksHeaderRestore $DISK --header-backup-file"* && $output != *"No luksHeaderRestore"* ]]
	[[ $output == *"with a header of that time, also one without key material, it opens the disk"* ]]
	# It ended after the seal.
	cp "$after" "$DISK"
	unset ROOT
	seal_luks "$DISK"
	cp "$DISK.before" "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 1) + 5000))
	run -1 luks --json "$DISK"
	[[ $output != *"No luksHeaderRestore"* ]]
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

told_by() { # COMMAND DEVICE
	case $1 in
	check) check --json ;;
	luks) luks --json "$2" ;;
	esac
}

# A loop device whose file takes other contents is another disk that has this name today.
@test "luks: a name that goes from disk to disk is no evidence; bytes are" {
	local slot=$BATS_TEST_TMPDIR/slot.img kind

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	make_luks "$BATS_TEST_TMPDIR/other.img" 2
	cp "$DISK" "$slot"
	LOOP=$(losetup --find --show "$slot") || skip "no loop device here"
	seal_luks "$LOOP"
	check
	for kind in zeros noise ext4 luks; do
		case $kind in
		zeros) zero_bytes "$slot" 0 33554432 ;;
		noise) dd if=/dev/urandom of="$slot" bs=1M count=32 conv=notrunc status=none ;;
		ext4) mkfs.ext4 -q -F "$slot" ;;
		luks) dd if="$BATS_TEST_TMPDIR/other.img" of="$slot" bs=1M conv=notrunc status=none ;;
		esac
		run -5 check --json
		[ "$(findings)" = BV-LUKS-ABSENT ]
		[[ $(finding BV-LUKS-ABSENT .summary) == *"$LOOP, which had that name, holds "*"may be another disk"* ]]
		[[ $output != *"luksHeaderRestore $LOOP"* ]]
		run luks --json "$LOOP"
		[[ $output != *"luksHeaderRestore $LOOP"* ]]
		if [ $kind = luks ]; then
			[ "$status" -eq 4 ]
			[[ $(finding BV-LUKS-STALE .summary) == "This is another LUKS container"* ]]
		else
			[ "$status" -eq 5 ]
			[[ $(finding BV-LUKS-ABSENT .summary) == *"it may be another disk"* ]]
			[[ $output != *"sealed record is one of this device"* ]]
		fi
	done
	# The sealed one, by another name.
	OTHER=$(losetup --find --show "$DISK")
	run -0 check --json
	[ "$(finding BV-LUKS-NAME .summary)" = "What was sealed as $LOOP is $OTHER now." ]
	[ "$(finding BV-LUKS-NAME .warning)" = true ]
	run -0 luks "$OTHER"
	# It has lost its headers: its key material is there, and tells whose it is.
	zero_bytes "$DISK" 0 32768
	for kind in elsewhere again; do
		if [ $kind = again ]; then
			dd if="$DISK" of="$slot" bs=1M conv=notrunc status=none
			losetup --detach "$OTHER"
			OTHER=$LOOP
		fi
		run -1 check --json
		[ "$(findings)" = BV-LUKS-GONE ]
		[ "$(finding BV-LUKS-GONE .target)" = "$OTHER" ]
		[[ $(finding BV-LUKS-GONE '.next | join(" ")') == *"luksHeaderRestore $OTHER "* ]]
		run -1 luks "$OTHER"
	done
	OTHER=
	# A keyslot that lost a byte besides its headers.
	flip_bit "$slot" $((32768 + 5000))
	run -1 check --json
	[ "$(finding BV-LUKS-GONE .target)" = "$LOOP" ]
}

@test "luks: another container under a sealed name is told as one, by check and by luks" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	make_luks "$DISK" 2
	for command in check luks; do
		run -4 told_by $command "$DISK"
		[ "$(findings)" = BV-LUKS-NOT-SEALED,BV-LUKS-STALE ]
		[[ $(finding BV-LUKS-STALE .summary) == "This is another LUKS container than the one that was sealed under this name"* ]]
		[ "$(finding BV-LUKS-STALE .evidence.uuid)" = "$(cryptsetup luksUUID "$DISK")" ]
		[[ $output != *"repaired silently"* ]]
		# What was found, then whose name it has, then which of the two is wanted; sealing comes last.
		[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-NOT-SEALED,BV-LUKS-STALE ]
		[[ $(finding BV-LUKS-NOT-SEALED .summary) == "The checksum of the LUKS2 header is right"* ]]
		[[ $output != *"No sealed record is one of this device"* ]]
		[[ $(finding BV-LUKS-STALE '.next[0]') == "Which of the two shall it be?"* ]]
		[[ $(field '[.findings[].next[]] | map(test("bootverdict seal")) | index(true)') = 2 ]]
		[[ $(finding BV-LUKS-STALE '.next[-1]') == "When the change was wanted, at last: bootverdict seal --all"* ]]
	done
	# By another name, no record is one of it, and it is to be sealed.
	cp "$DISK" "$COPY"
	run -4 luks --json "$COPY"
	[ "$(findings)" = BV-LUKS-NOT-SEALED ]
	[[ $(finding BV-LUKS-NOT-SEALED .summary) == "No sealed record is one of this device."* ]]
	[[ $(finding BV-LUKS-NOT-SEALED '.next[0]') == "Seal it"* ]]
	# One copy of it is damaged.
	flip_bit "$DISK" 4500
	run -1 check --json
	[ "$(finding BV-LUKS-COPY .target)" = "$DISK" ]
}

@test "luks: a sealed container that begins elsewhere lost nothing, and no header goes over its data" {
	local whole=$BATS_TEST_TMPDIR/whole.img start

	make_luks "$DISK" 2
	cp "$DISK" "$whole"
	seal_luks "$DISK"
	for start in 512 16384 32256 1835008; do
		{ head -c "$start" /dev/zero && cat "$whole"; } >"$DISK"
		for command in check luks; do
			run -5 told_by $command "$DISK"
			[ "$(findings)" = BV-LUKS-INSIDE ]
			[[ $(finding BV-LUKS-INSIDE .summary) == *"was sealed is there, but it begins $start bytes further in"* ]]
			[[ $output != *luksHeaderRestore* ]]
			[[ $output != *"cryptsetup repair"* ]]
		done
	done
	# Where it began, a byte of it is lost; and it did not move.
	cp "$whole" "$DISK"
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
}

# As an image that was copied from a later byte; the last one has key material alone.
@test "luks: a sealed container whose start was cut off: no damage, and no header goes over its data" {
	local whole=$BATS_TEST_TMPDIR/whole.img version sectors command

	for version in 2 1; do
		make_luks "$DISK" "$version"
		cp "$DISK" "$whole"
		unset ROOT
		seal_luks "$DISK"
		for sectors in 1 8 32 33 64 513 700; do
			tail -c +$((sectors * 512 + 1)) "$whole" >"$DISK"
			for command in check luks; do
				run -5 told_by $command "$DISK"
				[ "$(findings)" = BV-LUKS-INSIDE ]
				[[ $(finding BV-LUKS-INSIDE .summary) == *"begins $((sectors * 512)) bytes in front of what is here"* ]]
				[[ $output != *luksHeaderRestore* && $output != *"cryptsetup repair"* ]]
			done
			run -2 seal_luks "$DISK"
		done
		# Put back as it says: what was cut off is lost, and nothing else.
		tail -c +4097 "$whole" | { head -c 4096 /dev/zero && cat; } >"$DISK"
		run -1 luks --json "$DISK"
		if [ "$version" = 2 ]; then
			[ "$(findings)" = BV-LUKS-COPY ]
			cryptsetup_opens "$DISK"
		fi
		# In its place, and lost: with noise, with zeros, and but for one block of key material.
		noise 32768 9 | dd of="$DISK" conv=notrunc status=none
		zero_4k "$DISK" 4096
		run -1 luks --json "$DISK"
		[[ $(finding BV-LUKS-GONE '.next | join(" ")') == *"luksHeaderRestore $DISK"* ]]
		zero_bytes "$DISK" 0 32768
		run -1 luks --json "$DISK"
		[[ $(finding BV-LUKS-GONE '.next | join(" ")') == *"luksHeaderRestore $DISK"* ]]
		tail -c +16385 "$whole" >"$DISK"
		dd if="$whole" of="$DISK" bs=4096 skip=8 seek=8 count=1 conv=notrunc status=none
		run -1 luks "$DISK"
	done
	# By another name, with one record of several; and what has nothing of one of them.
	make_luks "$DISK" 2
	cp "$DISK" "$whole"
	make_luks "$DISK.second" 1
	unset ROOT
	seal_luks "$DISK" --device "$DISK.second"
	for version in 2 1; do
		sectors=$((version == 2 ? 64 : 8))
		[ "$version" = 2 ] || cp "$DISK.second" "$whole"
		tail -c +$((sectors * 512 + 1)) "$whole" >"$COPY"
		run -5 luks --json "$COPY"
		[ "$(findings)" = BV-LUKS-INSIDE ]
		[[ $(finding BV-LUKS-INSIDE .summary) == *"begins $((sectors * 512)) bytes in front of what is here"* ]]
		[ "$(finding BV-LUKS-INSIDE '.evidence.sealed_uuid')" = "$(cryptsetup luksUUID "$whole")" ]
		noise 1000000 "$version" | dd of="$COPY" conv=notrunc status=none
		run -5 luks --json "$COPY"
		[ "$(findings)" = BV-LUKS-GONE ]
	done
	# The same record many times is searched for once: 4 MiB, in pieces of 64 KiB and a block. So a
	# header is looked for, too.
	for version in 1 2 3 4 5 6 7 8 9; do
		cp "$ROOT/boot/bootverdict/$KVER.manifest" "$ROOT/boot/bootverdict/$version.manifest"
	done
	strace -e trace=pread64 -o "$BATS_TEST_TMPDIR/trace" "$BOOTVERDICT" luks --root "$ROOT" "$COPY" || [ $? -eq 5 ]
	[ "$(grep -c ', 69632, ' "$BATS_TEST_TMPDIR/trace")" -le $((3 * 64)) ]
	# By the second copy alone, without a record.
	make_luks "$DISK" 2
	cp "$DISK" "$whole"
	unset ROOT
	for sectors in 1 8 32; do
		tail -c +$((sectors * 512 + 1)) "$whole" >"$DISK"
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-INSIDE ]
		[ "$(finding BV-LUKS-INSIDE '.evidence.container_uuid')" = "$(cryptsetup luksUUID "$whole")" ]
		[[ $output != *luksHeaderRestore* ]]
	done
	# The first copy is the second one, which is damaged in its place.
	cp "$whole" "$DISK"
	dd if="$whole" of="$DISK" bs=16384 skip=1 count=1 conv=notrunc status=none
	flip_bit "$DISK" $((16384 + 4500))
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-HEADERS ]
}

@test "luks: a loop device that begins too late in its file: what was cut off, by any name" {
	local slot=$BATS_TEST_TMPDIR/slot.img sectors

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	cp "$DISK" "$slot"
	LOOP=$(losetup --find --show "$slot") || skip "no loop device here"
	seal_luks "$LOOP"
	for sectors in 8 64; do
		tail -c +$((sectors * 512 + 1)) "$DISK" | dd of="$slot" bs=1M conv=notrunc status=none
		for command in check luks; do
			run -5 told_by $command "$LOOP"
			[ "$(findings)" = BV-LUKS-INSIDE ]
			[ "$(finding BV-LUKS-INSIDE '.evidence.bytes_missing_in_front')" -eq $((sectors * 512)) ]
			[[ $output != *luksHeaderRestore* ]]
		done
	done
	OTHER=$(losetup --find --show --offset 4096 "$DISK")
	run -5 luks --json "$OTHER"
	[ "$(findings)" = BV-LUKS-INSIDE ]
	[ "$(finding BV-LUKS-INSIDE '.evidence.sealed_uuid')" = "$(cryptsetup luksUUID "$DISK")" ]
}

# What a conversion moves key material by.
@test "luks: a container that begins 28672 bytes away is not told as a conversion" {
	local whole=$BATS_TEST_TMPDIR/whole.img

	make_luks "$DISK" 2
	cp "$DISK" "$whole"
	seal_luks "$DISK"
	tail -c +28673 "$whole" >"$DISK"
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-CONVERT ]
	[[ $(finding BV-LUKS-CONVERT .summary) == *"or so much was cut off the start"* ]]
	[[ $output != *"luksHeaderRestore $DISK"* ]]

	make_luks "$DISK" 1
	cp "$DISK" "$whole"
	unset ROOT
	seal_luks "$DISK"
	{ head -c 28672 /dev/zero && cat "$whole"; } >"$DISK"
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-INSIDE ]
	[[ $(finding BV-LUKS-INSIDE .summary) == *"begins 28672 bytes further in"* ]]
}

@test "luks: a partition with another start: where its container begins, and how it comes back" {
	local disk=$BATS_TEST_TMPDIR/whole.img start byte=$((4096 * 512)) table part dev

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	truncate -s 60M "$disk"
	table='label: gpt\nfirst-lba: 34\nstart=%s, size=65536\n'
	# shellcheck disable=SC2059 # a format
	printf "$table" 4096 | sfdisk -q "$disk"
	dd if="$DISK" of="$disk" bs=1M seek=2 conv=notrunc status=none
	LOOP=$(losetup --partscan --find --show "$disk") || skip "no loop device here"
	part=${LOOP}p1
	partx --add "$LOOP" 2>/dev/null || true
	dev=/sys/class/block/${LOOP#/dev/}/${part#/dev/}/dev
	[ -e "$dev" ] || skip "no partitions of loop devices here"
	[ -e "$part" ] || mknod "$part" b "$(cut -d : -f 1 "$dev")" "$(cut -d : -f 2 "$dev")"
	seal_luks "$part"
	for start in 4033 4104 4128 512; do
		# shellcheck disable=SC2059 # a format
		printf "$table" $start | sfdisk -q --wipe never --no-reread "$LOOP"
		partx --update "$LOOP"
		for command in check luks; do
			run -5 told_by $command "$part"
			[ "$(findings)" = BV-LUKS-INSIDE ]
			[[ $(finding BV-LUKS-INSIDE .summary) == *"the partition table gives another start than when it was sealed"* ]]
			[ "$(finding BV-LUKS-INSIDE '.evidence.begins_at')" = "at byte $byte of $LOOP" ]
			[[ $(finding BV-LUKS-INSIDE '.next | join(" ")') == *"sector 4096 of 512 bytes"*"$LOOP"* ]]
			[[ $output != *luksHeaderRestore* ]]
		done
	done
	# As it says: the table, with the start of before.
	sfdisk --dump "$LOOP" | sed 's/start= *512,/start=4096,/' >"$BATS_TEST_TMPDIR/table"
	sfdisk -q --wipe never --wipe-partitions never --no-reread "$LOOP" <"$BATS_TEST_TMPDIR/table"
	partx --update "$LOOP"
	check
	# Its header is lost, where it has to begin, and then all that was sealed.
	zero_bytes "$disk" $byte 32768
	run -1 luks --json "$part"
	[ "$(findings)" = BV-LUKS-GONE ]
}

@test "luks: the data of a detached header, alone: the header is asked for, only where it may be so" {
	local header=$BATS_TEST_TMPDIR/header.img options kind

	read -ra options < <(quick 2)
	truncate -s 32M "$DISK" "$header"
	keyed "$PASSPHRASE" luksFormat --type luks2 "${options[@]}" --header "$header" "$DISK"
	noise 1048576 3 | dd of="$DISK" conv=notrunc status=none
	run -5 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-GONE ]
	[[ $(finding BV-LUKS-GONE .summary) == "There is no LUKS header here. Whether there ever was one, nothing here tells"* ]]
	[[ $(finding BV-LUKS-GONE '.next[0]') == *"bootverdict luks --header FILE $DISK" ]]
	run -4 luks --header "$header" "$DISK"
	for kind in ext4 zeros text; do
		case $kind in
		ext4) mkfs.ext4 -q -F "$DISK" ;;
		zeros) zero_bytes "$DISK" 0 2097152 ;;
		text) yes 'not random' | head -c 65536 | dd of="$DISK" conv=notrunc status=none ;;
		esac
		run -5 luks --json "$DISK"
		[[ $output != *"--header FILE"* ]]
	done
}

@test "luks: no keyslot is left, and no passphrase opens it: said, also when it is sealed" {
	for version in 2 1; do
		make_luks "$DISK" "$version"
		cryptsetup -q luksErase "$DISK"
		unset ROOT
		run -5 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-NO-KEYSLOT ]
		[[ $output == *"no passphrase opens it"* && $output == *"do not close it"* ]]
		[[ $output != *"look like ciphertext"* && $output != *"Seal it"* ]]

		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		cryptsetup -q luksKillSlot "$DISK" 1
		run -4 luks "$DISK"
		[ "${lines[0]}" = "VERDICT: STALE - not sealed as it is now; no fault was found in it" ]
		cryptsetup -q luksErase "$DISK"
		run -4 luks "$DISK"
		[ "${lines[0]}" = "VERDICT: STALE - not sealed as it is now; a LUKS header has no keyslot" ]
		run -4 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-NO-KEYSLOT,BV-LUKS-STALE ]
		[ "$(finding BV-LUKS-STALE .evidence.keyslots_removed)" = "keyslots 0 and 1" ]
		[[ $output != *"Seal it"* ]]
		run -0 seal_luks "$DISK"
		[[ $output == *": no keyslot is "*": no passphrase opens it"* ]]
		# As sealed now: told all the same, and damage is damage.
		run -0 luks --json "$DISK"
		[ "$(finding BV-LUKS-NO-KEYSLOT .warning)" = true ]
	done
	zero_bytes "$DISK" 112 4
	run -1 luks "$DISK"
}

# luksFormat writes the key material between a header without a keyslot and the one that names it.
@test "luks: the header of before its keyslots, whose later writes were lost, tells of no luksErase" {
	local kill=$BATS_TEST_TMPDIR/kill.so lost=$BATS_TEST_TMPDIR/lost n

	gcc -D_GNU_SOURCE -O2 -shared -fPIC -o "$kill" "$BATS_TEST_DIRNAME/../luks/kill.c" -ldl
	for n in $(seq 1 80); do
		rm -f "$DISK"
		truncate -s 32M "$DISK"
		! LD_PRELOAD=$kill KILL_FILE=$DISK KILL_AT=$n keyed "$PASSPHRASE" luksFormat --type luks2 \
			"${QUICK[@]}" "$DISK" 2>/dev/null || break
		[ "$(cryptsetup luksDump --dump-json-metadata "$DISK" 2>/dev/null |
			jq -c .keyslots 2>/dev/null)" != '{}' ] || cp "$DISK" "$lost"
	done
	# The whole of it has its keyslot.
	run -4 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-NOT-SEALED ]
	# Both copies of that header are there, and all that was written before the last one.
	run ! keyed "$PASSPHRASE" open --test-passphrase "$lost"
	cp "$lost" "$COPY"
	run -5 luks --json "$lost"
	[ "$(findings)" = BV-LUKS-NO-KEYSLOT ]
	[[ $output == *"it is one from before its keyslots"* && $output == *"Write nothing to this disk"* ]]
	[[ $output != *"was told to remove them"* ]]
	run -5 with_passphrase "$PASSPHRASE" --json "$lost"
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"nothing proves that it had none"* ]]
	cmp "$lost" "$COPY"
	# Sealed with its keyslot: both copies are older, and that is no luksErase, either.
	seal_luks "$DISK"
	run -5 luks --json "$lost"
	[[ $(finding BV-LUKS-NO-KEYSLOT .summary) == *"it is one from before its keyslots"* ]]
	# Its twin: they were there, and were removed, as the record tells.
	cryptsetup -q luksErase "$DISK"
	run -4 luks --json "$DISK"
	[[ $(finding BV-LUKS-NO-KEYSLOT .summary) == *"was told to remove them"* ]]
	# Without one nothing tells: a label and a token have a seqid each, as a keyslot has.
	unset ROOT
	rm -rf "$BATS_TEST_TMPDIR/root"
	run -5 luks --json "$DISK"
	[[ $(finding BV-LUKS-NO-KEYSLOT .summary) == *"no record tells whether it ever had one"* ]]
	run -5 with_passphrase "$PASSPHRASE" --json "$DISK"
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"nothing proves that it had none"* ]]
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
	[ "$(finding BV-LUKS-PADDING .verdict)" = intact ]
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
	[ "$(finding BV-LUKS-COPY '.evidence.at_start')" = "a boot sector" ]
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
		[[ $(finding BV-LUKS-COPY '.evidence.at_end') == *member || $mark == *x83* ]]
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
	[ "$(finding BV-LUKS-GONE '.evidence.what_is_left[]')" = "the descriptors of 8 keyslots, 2 in use, and the UUID $uuid" ]
	[[ $output == *"do not close it"* && $output == *"luksHeaderRestore"* && $output != *"Whether there ever was one"* ]]
	run -2 luks --save-header "$BATS_TEST_TMPDIR/none" "$DISK"
	# As far as the code of a boot loader reaches.
	{ printf '\xeb\x63\x90'; head -c 437 /dev/urandom; } | dd of="$DISK" conv=notrunc status=none
	run -5 luks --json "$DISK"
	[ "$(finding BV-LUKS-GONE '.evidence.what_is_left[]')" = "the descriptors of 3 keyslots, 0 in use" ]
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
	[[ $(finding BV-LUKS-GONE '.evidence.what_is_left[]') == *"$uuid" ]]
}

# The superblock of btrfs is at 64 KiB: where the header is, nothing of it is.
@test "luks: the signature of another format behind the header is told with its place" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	printf _BHRfS_M | dd of="$DISK" bs=1 seek=65600 conv=notrunc status=none
	flip_bit "$DISK" 4200
	run -1 luks --json "$DISK"
	[ "$(findings)" = BV-LUKS-FOREIGN,BV-LUKS-KEYSLOT ]
	[[ $(finding BV-LUKS-FOREIGN .summary) == "A btrfs file system lies at offset 65600, in the area of keyslot 0, and the first copy of a LUKS header is not good, and the second copy is good."* ]]
	[ "$(finding BV-LUKS-FOREIGN '.evidence.further_in')" = "a btrfs file system" ]
	# The same byte in the header's place.
	make_luks "$DISK" 2
	flip_bit "$DISK" 4200
	printf SWAPSPACE2 | dd of="$DISK" bs=1 seek=4086 conv=notrunc status=none
	run -5 bv luks --json "$DISK"
	[[ $(finding BV-LUKS-FOREIGN .summary) == "Swap space lies where the first copy of a LUKS header was"* ]]
	[ "$(finding BV-LUKS-FOREIGN '.evidence.at_start')" = "swap space" ]
}

# What pvcreate and mkswap leave that were wiped themselves then.
@test "luks: an erased second copy behind an overwritten first one: a program did that, not the disk" {
	local tool sealed

	for sealed in no yes; do
		make_luks "$DISK" 2
		unset ROOT
		[ $sealed = no ] || seal_luks "$DISK"
		cp "$DISK" "$DISK.good"
		for tool in zeros swap; do
			cp "$DISK.good" "$DISK"
			case $tool in
			zeros) zero_4k "$DISK" 0 && zero_bytes "$DISK" 16384 6 ;;
			swap) mkswap -q "$DISK" && wipefs -qa "$DISK" ;;
			esac
			run -5 luks --json "$DISK"
			[ "$(findings)" = BV-LUKS-ERASED ]
			[[ $(finding BV-LUKS-ERASED .summary) == "The magic of the second copy of the LUKS2 header was erased"*"something was written over it"* ]]
			remains_open "$DISK"
		done
		# A bit more than the magic is lost: the disk did that.
		flip_bit "$DISK" $((16384 + 4500))
		run -1 luks --json "$DISK"
		[ "$(findings)" = BV-LUKS-HEADERS ] || [ "$(findings)" = BV-LUKS-GONE ]
		cp "$DISK.good" "$DISK"
		zero_4k "$DISK" 0
		zero_bytes "$DISK" 16384 12
		run -1 luks --json "$DISK"
	done
}

@test "luks, seal: noise in the first block alone is of another key, perhaps; nothing writes there" {
	local version id

	for version in 1 2; do
		make_luks "$DISK" $version
		unset ROOT
		seal_luks "$DISK"
		cp "$DISK" "$DISK.good"
		id=BV-LUKS-GONE
		[ $version = 1 ] || id=BV-LUKS-COPY
		noise 4096 5 | dd of="$DISK" conv=notrunc status=none
		run -5 luks --json "$DISK"
		[ "$(findings)" = $id ]
		[[ $(finding $id .summary) == "The first block is noise, "*"as swap or /tmp with a random one (crypttab)." ]]
		[[ $output != *"cryptsetup repair $DISK"* && $output != *"luksHeaderRestore $DISK"* ]]
		run -2 seal --device "$DISK"
		[[ $output == *"the first block is noise"*"its record of before is kept"* ]]
		# The same of half the block, or with a bit of a keyslot lost besides: the disk did that.
		flip_bit "$DISK" 40960
		run -1 luks --json "$DISK"
		cp "$DISK.good" "$DISK"
		noise 4096 5 | dd of="$DISK" conv=notrunc status=none
		zero_bytes "$DISK" 2048 512
		run -1 luks --json "$DISK"
		[[ $output != *"with a random"* ]]
	done
	cp "$DISK.good" "$DISK"
	noise 4096 5 | dd of="$DISK" conv=notrunc status=none
	BATS_TEST_TMPDIR=$BATS_TEST_TMPDIR/none ROOT='' run -5 luks --json "$DISK"
	[[ $output != *"cryptsetup repair $DISK"* ]]
}

# Swap, and file systems, leave blocks between that they did not write.
@test "luks: noise from the start on, with holes as well, is of another key; with another loss it is damage" {
	local version bytes id hole

	for version in 1 2; do
		make_luks "$DISK" $version
		unset ROOT
		seal_luks "$DISK"
		cp "$DISK" "$DISK.good"
		for bytes in 8192 16384 20480 24576 32768 45056 102400 409600; do
			id=BV-LUKS-GONE
			[ $version = 1 ] || [ $bytes -gt 16384 ] || id=BV-LUKS-COPY
			for hole in none $((bytes / 2 / 4096 * 4096)); do
				cp "$DISK.good" "$DISK"
				noise $bytes 5 | dd of="$DISK" conv=notrunc status=none
				[ $hole = none ] ||
					dd if="$DISK.good" of="$DISK" bs=4096 skip=$((hole / 4096)) seek=$((hole / 4096)) count=1 conv=notrunc status=none
				[ $hole = none ] || [ $version = 1 ] || id=BV-LUKS-COPY,BV-LUKS-GONE
				run -5 luks --json "$DISK"
				[[ $id == *$(findings)* ]]
				[[ $(finding "$(findings)" .summary) == "The first block is noise, "*"as swap or /tmp with a random one (crypttab)." ]]
				[ "$(field '[.findings[].not[]] | length')" = 0 ]
				[[ $output != *"repair $DISK"* && $output != *"luksHeaderRestore $DISK"* && $output != *luksKillSlot* ]]
				[[ $output != *Neither* ]]
			done
			# Where LUKS2 has no text zeros are as it was.
			zero_4k "$DISK" $((version == 2 ? 4096 : bytes / 2 / 4096 * 4096))
			run -1 luks --json "$DISK"
			[[ $output != *"with a random"* ]]
		done
		# Here and there, as swap takes a cluster anywhere; and one bit lost besides.
		cp "$DISK.good" "$DISK"
		noise 4096 5 | dd of="$DISK" conv=notrunc status=none
		noise 81920 6 | dd of="$DISK" bs=4096 seek=30 conv=notrunc status=none
		run -5 luks --json "$DISK"
		[[ BV-LUKS-COPY,BV-LUKS-GONE == *$(findings)* ]]
		[[ $output != *"repair $DISK"* && $output != *"luksHeaderRestore $DISK"* ]]
		flip_bit "$DISK" $((60 * 4096))
		run -1 luks --json "$DISK"
		# A block of noise, and the first one is as it was.
		cp "$DISK.good" "$DISK"
		noise 4096 5 | dd of="$DISK" bs=4096 seek=20 conv=notrunc status=none
		run -1 luks --json "$DISK"
	done
}

@test "luks: a format that was made here and wiped again proves itself; a lost byte of it does not" {
	local version tool at

	for version in 1 2; do
		sealed_disk $version 400M
		while read -r at tool; do
			cp --sparse=always "$DISK.good" "$DISK"
			$tool "$DISK" >/dev/null
			wipefs -qa "$DISK"
			run -5 luks --json "$DISK"
			[ "$(findings)" = BV-LUKS-FOREIGN ] || [ "$(findings)" = BV-LUKS-GONE ]
			[[ $(field '.findings[0].evidence | tostring') == *wiped* ]]
			[[ $output != *"cryptsetup repair $DISK"* ]]
			flip_bit "$DISK" "$at"
			run -1 luks --json "$DISK"
		done <<-'END'
			300 mkfs.xfs -q -f
			2048 mkswap -q -p 65536
			16 mkfs.vfat
			4196 md12
		END
	done
}

# The superblock of a member (metadata 1.2), as mdadm writes it.
md12() { # FILE
	cp --sparse=always "$1" "$COPY"
	tests/cli/md.py 1.2 1 65536 "$COPY" "$BATS_TEST_TMPDIR/0" "$BATS_TEST_TMPDIR/1"
	dd if="$BATS_TEST_TMPDIR/0" of="$1" bs=4096 skip=1 seek=1 count=1 conv=notrunc status=none
}

label() { # KIND FILE
	printf 'label: %s\n,20M\n,\n' "$1" | sfdisk -q --wipe always "$2" 2>/dev/null
}

@test "luks: partitioned by mistake, and wiped again: the table proves itself; a lost byte of it does not" {
	local version kind flips flip

	for version in 1 2; do
		sealed_disk $version 64M
		while read -r kind flips; do
			cp --sparse=always "$DISK.good" "$DISK"
			label "$kind" "$DISK"
			run -5 luks --json "$DISK"
			wipefs -qaf "$DISK"
			[ -z "$(wipefs "$DISK")" ]
			run -5 luks --json "$DISK"
			# sfdisk erases the magic of the second copy as well, and no more of it.
			[[ $(findings) =~ ^BV-LUKS-(FOREIGN|GONE|ERASED)$ ]]
			[[ $(field '.findings[0].evidence | tostring') == *"a wiped ${kind/dos/MBR}"* ||
				$(field '.findings[0].evidence | tostring') == *"a wiped ${kind/gpt/GPT}"* ]]
			[[ $output != *"cryptsetup repair $DISK"* ]]
			# What no table wrote: a bit in the key material of keyslot 1.
			flip_bit "$DISK" 312144
			run -1 luks --json "$DISK"
			[ "$(finding BV-LUKS-KEYSLOT .evidence.keyslot)" = 1 ]
			[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].damage')" = bit-flip ]
			[[ $(findings) != *FOREIGN* || $output != *"luksHeaderRestore $DISK --header-backup-file BACKUP-FILE"* ]]
			[[ $output != *luksKillSlot* ]]
			flip_bit "$DISK" 312144
			# What a file system behind it may write.
			noise 4096 5 | dd of="$DISK" bs=4096 seek=76 conv=notrunc status=none
			run luks --json "$DISK"
			[ "$status" = 5 ] || [[ $(findings) == BV-LUKS-ERASED* ]]
			dd if="$DISK.good" of="$DISK" bs=4096 skip=76 seek=76 count=1 conv=notrunc status=none
			for flip in $flips; do
				flip_bit "$DISK" "$flip"
			done
			run -1 luks --json "$DISK"
		done <<-'END'
			gpt 540 454
			dos 461 20580
		END
	done
	# A GPT at the end alone is of before: what is lost at the start is lost.
	make_luks "$DISK" 2
	truncate -s 64M "$DISK"
	truncate -s 64M "$COPY"
	label gpt "$COPY"
	wipefs -qaf "$COPY"
	dd if="$COPY" of="$DISK" bs=512 skip=131071 seek=131071 count=1 conv=notrunc status=none
	unset ROOT
	seal_luks "$DISK"
	run -0 luks --json "$DISK"
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
}

@test "luks: a table without a partition, or of Sun or SGI, made by mistake and wiped; a lost byte tells" {
	local version kind

	for version in 1 2; do
		sealed_disk $version 64M
		for kind in dos sun sgi; do
			cp --sparse=always "$DISK.good" "$DISK"
			printf 'label: %s\n' "$kind" | sfdisk -q --wipe never "$DISK"
			wipefs -qaf -t dos,sun,sgi "$DISK"
			run -5 luks --json "$DISK"
			[[ $(findings) =~ ^BV-LUKS-(FOREIGN|GONE)$ ]]
			[[ $(field '.findings[0].evidence | tostring') == *"a wiped "* ]]
			[[ $output != *"cryptsetup repair $DISK"* ]]
			flip_bit "$DISK" 170
			run -1 luks --json "$DISK"
			[[ $output != *"a wiped "* ]]
		done
		# No table has the bytes in front of its entries as they were.
		cp --sparse=always "$DISK.good" "$DISK"
		zero_bytes "$DISK" 444 68
		run -1 luks --json "$DISK"
	done
}

# The code that parted puts in front of its table (libparted, labels/dos.c) is another; both read a disk.
@test "luks: a table with boot code and without a partition, wiped; a dm-verity device wiped; a lost byte tells" {
	local version

	for version in 1 2; do
		sealed_disk $version 64M
		cp --sparse=always "$DISK.good" "$DISK"
		echo 'label: dos' | sfdisk -q --wipe never "$DISK"
		{ printf '\372\270\0\20\216\320\274\0\260\264\2\315\23' && head -c 427 /dev/zero; } |
			dd of="$DISK" conv=notrunc status=none
		wipefs -qaf -t dos "$DISK"
		run -5 luks --json "$DISK"
		[[ $(findings) =~ ^BV-LUKS-(FOREIGN|GONE)$ ]]
		[[ $(field '.findings[0].evidence | tostring') == *"a wiped MBR"* ]]
		# The twins: what is there reads no disk; the table is none.
		zero_bytes "$DISK" 11 2
		run luks --json "$DISK"
		[ "$status" -eq 1 ] || [[ $(field '.findings[0].evidence | tostring') != *"a wiped "* ]]
		flip_bit "$DISK" 450
		run -1 luks --json "$DISK"
		[[ $output != *"a wiped "* ]]

		cp --sparse=always "$DISK.good" "$DISK"
		noise 4096 5 >"$COPY"
		veritysetup format "$COPY" "$DISK" >/dev/null
		wipefs -qaf -t DM_verity_hash "$DISK"
		run -5 luks --json "$DISK"
		[[ $(field '.findings[0].evidence | tostring') == *"a wiped dm-verity"* ]]
		flip_bit "$DISK" 400
		run -1 luks --json "$DISK"
		[[ $output != *"a wiped "* ]]
	done
}

@test "luks: a table without a partition, and all wiped at once: the magics are gone, too; a lost byte tells" {
	local version kind

	for version in 1 2; do
		sealed_disk $version 64M
		for kind in none one deleted; do
			cp --sparse=always "$DISK.good" "$DISK"
			[ $kind != none ] || echo 'label: dos' | sfdisk -q --wipe never "$DISK"
			[ $kind = none ] || printf 'label: dos\n,10M,L\n' | sfdisk -q --wipe never "$DISK"
			[ $kind != deleted ] || sfdisk -q --delete "$DISK"
			wipefs -qaf "$DISK"
			[ -z "$(wipefs "$DISK")" ]
			run -5 luks --json "$DISK"
			[ "$(findings)" = BV-LUKS-FOREIGN ]
			[[ $(field '.findings[0].evidence | tostring') == *"a wiped MBR"* ]]
			[[ $output != *"cryptsetup repair $DISK"* ]]
			[ $kind != one ] || continue
			flip_bit "$DISK" 170
			run -1 luks --json "$DISK"
			[[ $output != *"a wiped "* ]]
		done
	done
}

@test "luks: a lost bit in a keyslot beside a partition table: whose the disk is is asked first" {
	local label advice

	sealed_disk 2 64M
	for label in "" dos; do
		cp --sparse=always "$DISK.good" "$DISK"
		[ -z "$label" ] || printf 'label: dos\n,10M,L\n' | sfdisk -q --wipe never "$DISK"
		flip_bit "$DISK" $((32768 + 100))
		run -1 luks --json "$DISK"
		[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].damage')" = bit-flip ]
		advice=$(finding BV-LUKS-KEYSLOT '.next | join(" ")')
		if [ -z "$label" ]; then
			[[ $advice == *"luksHeaderRestore $DISK "* ]]
			[[ $(finding BV-LUKS-KEYSLOT .not) == *crypttab* ]]
		else
			[[ $advice == *"On a copy first"* && $advice != *"luksHeaderRestore $DISK "* ]]
			[[ $(finding BV-LUKS-KEYSLOT .not) != *crypttab* ]]
		fi
	done
}

@test "luks: boot code written over the start, or zeros in place of it, is no loss; a sector is" {
	local version bytes from

	noise 446 7 >"$COPY"
	for version in 1 2; do
		sealed_disk $version 64M
		for bytes in 440 446; do
			for from in "$COPY" /dev/zero; do
				cp --sparse=always "$DISK.good" "$DISK"
				dd if="$from" of="$DISK" bs=$bytes count=1 conv=notrunc status=none
				run -5 luks --json "$DISK"
				[[ $(findings) =~ ^BV-LUKS-(FOREIGN|GONE)$ ]]
				[[ $(field '.findings[0].evidence | tostring') == *"boot code"* ]]
				[[ $output != *"Its magic alone"* ]]
				[ $version = 1 ] || [[ $output == *"a disk loses whole sectors"* ]]
			done
			# Behind it as well, and not up to its end: nobody writes that.
			flip_bit "$DISK" 470
			flip_bit "$DISK" $((version == 1 ? 496 : 1000))
			run -1 luks --json "$DISK"
			[[ $output != *"boot code"* ]]
		done
		for bytes in 100 512 4096; do
			cp --sparse=always "$DISK.good" "$DISK"
			zero_bytes "$DISK" 0 $bytes
			run -1 luks --json "$DISK"
			[[ $output != *"boot code"* ]]
		done
	done
}

# What an installer leaves with this code in the first sector: GRUB's keeps what FAT has there, Windows' no
# more than the table.
boot_sector() { # grub|fixmbr FILE
	python3 -c 'import random, sys
f = open(sys.argv[2], "r+b"); s = bytearray(f.read(512)); code = random.Random(3).randbytes(440)
kept = bytes(s[3:0x5a])
s[:440] = code; s[510:] = b"\x55\xaa"
if sys.argv[1] == "grub": s[:3] = b"\xeb\x63\x90"; s[3:0x5a] = kept
f.seek(0); f.write(s)' "$@"
}

# Whether blkid takes the checksum of a header in the place of a table for none.
no_table() { # FILE
	python3 -c 'import sys
s = open(sys.argv[1], "rb").read(512)
sys.exit(not s[462] & 0x7f or not s[478] & 0x7f or 0xee in (s[450], s[466]))' "$1"
}

@test "luks: a boot loader's sector over a LUKS2 header is no loss: cryptsetup puts it back; a lost byte is one" {
	local kind row at

	sealed_disk 2 64M
	until no_table "$DISK.good"; do
		sealed_disk 2 64M
	done
	for kind in grub fixmbr; do
		cp --sparse=always "$DISK.good" "$DISK"
		boot_sector $kind "$DISK"
		for row in sealed unknown; do
			run -5 bv luks --json --root "$([ $row = sealed ] && echo "$ROOT" || echo /nonexistent)" "$DISK"
			[ "$(findings)" = BV-LUKS-FOREIGN ]
			[[ $(finding BV-LUKS-FOREIGN .summary) == "A boot sector lies where the first copy"*"writes the good copy over it"*"a disk loses whole sectors"* ]]
			[[ $output != *"cryptsetup repair $DISK"* ]]
		done
		cryptsetup_opens "$DISK"
		cmp -n 104 "$COPY" "$DISK.good"
		# What no installer writes: in what it keeps, behind the sector, in the second copy, and half of the code.
		for at in 20 447 500 1000 8000 20000; do
			[ $kind$at != fixmbr20 ] || continue
			flip_bit "$DISK" $at
			run ! bv luks --json --root "$ROOT" "$DISK"
			[ "$status" = 1 ]
			[[ $(findings) == *BV-LUKS-COPY* || $(findings) == *BV-LUKS-HEADERS* ]]
			flip_bit "$DISK" $at
		done
		dd if="$DISK.good" of="$DISK" bs=1 skip=168 seek=168 count=40 conv=notrunc status=none
		run -1 luks --json "$DISK"
	done
	# Its mark alone is none, nor with a field or a bit that was lost.
	for at in 20 180 300; do
		cp --sparse=always "$DISK.good" "$DISK"
		put "$DISK" 510 '\125\252'
		run -0 luks --json "$DISK"
		cp "$DISK" "$COPY"
		flip_bit "$DISK" $at
		run -1 luks --json "$DISK"
		cp "$COPY" "$DISK"
		zero_bytes "$DISK" 168 16
		run -1 luks --json "$DISK"
	done
	# Where the checksum is as a table it is taken for one, by cryptsetup as well.
	cp --sparse=always "$DISK.good" "$DISK"
	boot_sector grub "$DISK"
	put "$DISK" 462 '\200'
	put "$DISK" 478 '\200'
	run ! cryptsetup_opens "$DISK"
	run -5 luks --json "$DISK"
	[[ $(finding BV-LUKS-FOREIGN .summary) == *"cryptsetup does not open it like this"* ]]
}

# As pvremove leaves what pvcreate made: zeros, and the header of the metadata area (LVM2,
# lib/format_text/layout.h, struct mda_header; lib/misc/crc.c).
removed_volume() { # FILE
	python3 -c 'import struct, sys, zlib
h = b" LVM2 x[5A%r0N*>" + struct.pack("<IQQ", 1, 4096, (1 << 20) - 4096)
h = h.ljust(508, b"\0")
crc = ~zlib.crc32(h, ~0xF597A6CF & 0xFFFFFFFF) & 0xFFFFFFFF
f = open(sys.argv[1], "r+b"); f.write(bytes(2048)); f.seek(4096); f.write(struct.pack("<I", crc) + h)' "$1"
}

@test "luks: pvcreate by mistake, and pvremove: the metadata area proves itself; a lost byte of it does not" {
	local version at

	for version in 1 2; do
		sealed_disk $version 64M
		removed_volume "$DISK"
		run -5 luks --json "$DISK"
		if [ $version = 2 ]; then
			[ "$(findings)" = BV-LUKS-FOREIGN ]
			[[ $(finding BV-LUKS-FOREIGN .summary) == "A wiped LVM physical volume lies where"*"writes the good copy over it"*"label alone was erased"* ]]
			cryptsetup_opens "$DISK"
		else
			[ "$(findings)" = BV-LUKS-GONE ]
			[[ $(finding BV-LUKS-GONE .summary) == *"a wiped LVM physical volume." ]]
		fi
		[[ $output != *"cryptsetup repair $DISK"* ]]
		# A bit of that header, or zeros alone; and one of a keyslot besides.
		for at in 4100 4130 4500; do
			flip_bit "$DISK" $at
			run -1 luks --json "$DISK"
			[[ $output != *LVM* ]]
			flip_bit "$DISK" $at
		done
		flip_bit "$DISK" $((290816 + 20000))
		run -1 luks --json "$DISK"
		[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].damage')" = bit-flip ]
		cp --sparse=always "$DISK.good" "$DISK"
		zero_bytes "$DISK" 0 2048
		run -1 luks --json "$DISK"
		[[ $output != *LVM* ]]
	done
}

# Made as its system makes it, as far as libblkid looks: what fdisk knows is made by that.
put_disklabel() { # KIND FILE
	case $1 in
	sun | sgi) printf 'label: %s\n,20M\n,\n' "$1" | sfdisk -q --wipe never "$2" 2>/dev/null ;;
	*) python3 "$BATS_TEST_DIRNAME/disklabel.py" "$1" "$2" ;;
	esac
}

@test "luks: a partition table of another system: cryptsetup refuses the disk, and nobody repairs over it" {
	local kind row at says

	make_luks "$DISK" 2
	truncate -s 64M "$DISK"
	cp --sparse=always "$DISK" "$DISK.good"
	while read -r kind at; do
		for row in sealed unknown; do
			unset ROOT
			cp --sparse=always "$DISK.good" "$DISK"
			[ $row = unknown ] || seal_luks "$DISK"
			put_disklabel "$kind" "$DISK"
			if [ "$kind" = bsd ]; then
				cryptsetup_opens "$DISK"
				says="cryptsetup may not open it like this"
			else
				[ "$(blkid -p -s PTTYPE -o value "$DISK")" = "$kind" ]
				run ! cryptsetup_opens "$DISK"
				[[ $output == *"ambiguous signatures"* ]]
				says="cryptsetup does not open it like this"
			fi
			run -5 luks --json "$DISK"
			[ "$(findings)" = BV-LUKS-FOREIGN ]
			[[ $(finding BV-LUKS-FOREIGN .summary) == *"$says"* ]]
			[[ $(finding BV-LUKS-FOREIGN '.next | join(" ")') != *"cryptsetup repair $DISK"* ]]
			# A bit of what makes it one: then it is none, for cryptsetup as well.
			flip_bit "$DISK" "$at"
			cryptsetup_opens "$DISK"
			run -1 luks --json "$DISK"
			[ "$(findings | cut -d, -f1)" = BV-LUKS-COPY ]
			[[ $output != *"disk label"* && $output != *"partition map"* ]]
		done
	done <<-'END'
		sun 300
		sgi 300
		mac 512
		aix 0
		bsd 512
		solaris 524
		ultrix 16312
		atari 458
	END
}

@test "luks: restoring an older backup that was stopped is told as that; a lost seqid is damage" {
	local bytes id backup=$BATS_TEST_TMPDIR/backup options

	make_luks "$DISK" 2
	cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$backup"
	add_key "$DISK" 2 "$PASSPHRASE" third
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	for bytes in 512 4096 8192 16384 20480; do
		cp "$DISK.good" "$DISK"
		dd if="$backup" of="$DISK" bs=512 count=$((bytes / 512)) conv=notrunc status=none
		run -5 luks --json "$DISK"
		[[ $(finding BV-LUKS-SEQID .summary) == *"restoring a header backup, which writes from the front, was stopped"* ]]
	done
	# Its own twin: the second copy alone cannot be of a restore; nor is a seqid that was lost.
	cp "$DISK.good" "$DISK"
	dd if="$backup" of="$DISK" bs=16384 skip=1 seek=1 count=1 conv=notrunc status=none
	run -1 luks --json "$DISK"
	cp "$DISK.good" "$DISK"
	put "$DISK" 23 '\1'
	run -1 luks --json "$DISK"
	[[ $(findings) == *BV-LUKS-COPY* ]]
	# LUKS1: the keyslot that was changed since, in part.
	unset ROOT
	make_luks "$DISK" 1
	rm "$backup"
	cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$backup"
	read -ra options < <(quick 1)
	printf third >"$BATS_TEST_TMPDIR/new-key"
	keyed "$PASSPHRASE" luksChangeKey "${options[@]}" -S 0 "$DISK" "$BATS_TEST_TMPDIR/new-key"
	seal_luks "$DISK"
	dd if="$backup" of="$DISK" bs=4096 count=8 conv=notrunc status=none
	run -5 luks --json "$DISK"
	[[ $(finding BV-LUKS-WIPED .summary) == *"restoring a header backup, which writes from the front, is stopped"* ]]
	zero_4k "$DISK" 40960
	run -1 luks --json "$DISK"
}
