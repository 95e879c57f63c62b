#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict luks, check and seal where the device is a member of a Linux md array: what is sealed is
# the array. The twin of each is the same damage on a device that is no member.

# shellcheck disable=SC2030,SC2031,SC2153 # a loop over ROOT stays in its test
bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	ARRAY=$BATS_TEST_TMPDIR/array.img
	MEMBERS=("$BATS_TEST_TMPDIR"/member.{0,1,2})
	LOOP=
}

teardown() {
	[ -z "$LOOP" ] || losetup --detach "$LOOP"
}

finding() { # ID FILTER: of the first finding with that name
	field "[.findings[] | select(.id == \"$1\")][0] | $2"
}

findings() {
	field '[.findings[] | .id] | unique | join(",")'
}

# Chunks of 64 KiB: the header is in the first one, the keyslots are not.
make_members() { # METADATA LEVEL
	"$BATS_TEST_DIRNAME/md.py" "$1" "$2" 65536 "$ARRAY" "${MEMBERS[@]}"
}

# The last whole place of a superblock at the end.
superblock() { # METADATA FILE
	local size

	size=$(stat -c %s "$2")
	[ "$1" = 1.0 ] && echo $((size / 4096 * 4096 - 8192)) || echo $((size / 65536 * 65536 - 65536))
}

# The same bytes, and no member: its superblock has a wrong checksum.
no_member() { # METADATA FILE
	flip_bit "$2" $(($(superblock "$1" "$2") + 40))
}

@test "luks: a member of a striped array holds a part of the header: inconclusive, and not a word of its keyslots" {
	local version metadata level member

	for version in 1 2; do
		make_luks "$ARRAY" $version
		seal_luks "$ARRAY"
		for metadata in 0.90 1.0; do
			for level in 0 5; do
				make_members $metadata $level
				member=${MEMBERS[0]}
				run -5 luks --json "$member"
				[ "$(findings)" = BV-LUKS-MEMBER ]
				[[ $(finding BV-LUKS-MEMBER .summary) == "Its md superblock says that it is a member of an array: then it holds a part of the data alone"* ]]
				[[ $(finding BV-LUKS-MEMBER .evidence.array) == "/dev/md"*", RAID$level of 3" ]]
				[ "$(finding BV-LUKS-MEMBER '.evidence.container_uuid')" = "$(cryptsetup luksUUID "$ARRAY")" ]
				[[ $(finding BV-LUKS-MEMBER '.next | join(" ")') == *"bootverdict luks /dev/md"* ]]
				[ "$(field '.keyslots // "none"')" = none ]
				[ "$(field '.artifacts[0] | .state + (.bad_bytes | tostring)')" = unverified0 ]
				[[ ${output,,} != *keyslot*refused* && $output != *luksHeaderRestore* ]]
				# Nor is a passphrase called wrong, or said to be the one of a damaged keyslot.
				run -5 with_passphrase wrong --json "$member"
				[ "$(findings)" = BV-LUKS-MEMBER,BV-LUKS-PASSPHRASE ]
				[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"cannot be told on a member of an array: try it on /dev/md"* ]]
				# Whatever its header is like.
				flip_bit "$member" 4500
				run -5 luks --json "$member"
				[ "$(findings)" = BV-LUKS-MEMBER ]
				run -2 seal --device "$member"
				[[ $output == *"$member: its md superblock says that it is a member of an array (RAID$level): then name that (/dev/md"* ]]
				# No member: the key material is not there, and the header lost a bit.
				no_member $metadata "$member"
				run -1 luks --json "$member"
				[[ $(findings) == *BV-LUKS-KEYSLOT* ]]
			done
		done
	done
}

@test "luks: the names of an array, by its metadata" {
	make_luks "$ARRAY" 2
	make_members 0.90 1
	run -4 bv luks --json "${MEMBERS[1]}"
	[ "$(finding BV-LUKS-MEMBER .evidence.array)" = "/dev/md7, UUID 33221100:77665544:bbaa9988:ffeeddcc, RAID1 of 3" ]
	make_members 1.0 1
	run -4 bv luks --json "${MEMBERS[1]}"
	[ "$(finding BV-LUKS-MEMBER .evidence.array)" = "/dev/md/root, UUID 00112233:44556677:8899aabb:ccddeeff, RAID1 of 3" ]
	# On this one nothing is to be sealed, and nobody is told to.
	[ "$(finding BV-LUKS-MEMBER .warning)" = true ]
	[[ $output != *"bootverdict seal"* ]]
}

@test "luks: a member of a mirror that is as sealed is intact; one that is not tells nothing of the array" {
	local version metadata member copy=$BATS_TEST_TMPDIR/copy.img at slot

	for version in 1 2; do
		make_luks "$ARRAY" $version
		seal_luks "$ARRAY"
		slot=$(slot_offset "$ARRAY" $version 1)
		for metadata in 0.90 1.0; do
			make_members $metadata 1
			member=${MEMBERS[1]}
			run -0 luks --json "$member"
			[ "$(findings)" = BV-LUKS-MEMBER ]
			[ "$(finding BV-LUKS-MEMBER .warning)" = true ]
			[[ $(finding BV-LUKS-MEMBER .summary) == "Its md superblock says that it is a member of an array that mirrors its data."* ]]
			for at in 20 $((slot + 8192)); do
				cp "$member" "$copy"
				flip_bit "$copy" "$at"
				run -5 luks --json "$copy"
				[ "$(findings)" = BV-LUKS-MEMBER ]
				[[ $(finding BV-LUKS-MEMBER .summary) == *"only the array tells what is lost"* ]]
				# Where the bytes are that differ is told all the same.
				[ "$(finding BV-LUKS-MEMBER '.ranges | length')" -ge 1 ]
				[[ $output != *luksHeaderRestore* && $output != *"cryptsetup repair"* ]]
				no_member $metadata "$copy"
				run -1 luks --json "$copy"
				[[ $(findings) != *BV-LUKS-MEMBER* ]]
			done
			[ "$(finding BV-LUKS-KEYSLOT .evidence.keyslot)" = 1 ]
			[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].offset')" = $((slot + 8192)) ]
			[[ $(finding BV-LUKS-KEYSLOT '.ranges[0].damage') == bit-flip ]]
		done
	done
}

@test "luks: a member whose superblock is at its start is named as one, not as a place to look into" {
	local member=${MEMBERS[0]}

	make_luks "$ARRAY" 2
	make_members 1.2 0
	run -5 bv luks --json "$member"
	[ "$(findings)" = BV-LUKS-MEMBER ]
	[[ $output != *losetup* ]]
	# Only when the array's data begin there.
	flip_bit "$member" $((4096 + 129))
	run -5 bv luks --json "$member"
	[ "$(findings)" = BV-LUKS-INSIDE ]
	# Another member of it, at the start of which nothing is.
	run -5 bv luks --json "${MEMBERS[2]}"
	[ "$(findings)" = BV-LUKS-MEMBER ]
}

@test "luks: a disk whose last partition is a member is none itself" {
	local disk=$BATS_TEST_TMPDIR/whole.img

	make_luks "$ARRAY" 2
	make_members 1.0 1
	truncate -s 48M "$disk"
	printf 'label: dos\nstart=2048\n' | sfdisk -q "$disk"
	dd if="${MEMBERS[0]}" of="$disk" bs=1M seek=1 conv=notrunc status=none
	"$BATS_TEST_DIRNAME/md.py" 1.0 1 65536 "$disk" "$ARRAY" "${MEMBERS[@]}"
	run -5 bv luks --json "${MEMBERS[1]}"
	[ "$(findings)" = BV-LUKS-INSIDE ]
}

# The superblock of an array of before is left over: a name that stays says what is opened.
@test "check: what was sealed by a name of its own is no member, whatever is left at its end" {
	local name=/dev/disk/by-id/bootverdict-test-$$ member=${MEMBERS[0]}

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$ARRAY" 2
	make_members 1.0 5
	# All of it is there, as on a disk that was taken out of an array and formatted.
	dd if="$ARRAY" of="$member" bs=1M count=16 conv=notrunc status=none
	LOOP=$(losetup --find --show "$member") || skip "no loop device here"
	mkdir -p "${name%/*}"
	ln -s "$LOOP" "$name"
	make_system
	printf 'root_crypt %s none luks\n' "$name" >"$ROOT/etc/crypttab"
	run seal
	rm -f "$BATS_TEST_TMPDIR/done"
	[ "$status" -eq 0 ]
	run -0 check --json
	[ "$(findings)" = "" ]
	flip_bit "$member" $((32768 + 8192))
	run -1 check --json
	rm "$name"
	[ "$(findings)" = BV-LUKS-KEYSLOT ]
}

# The container whole, and behind it the superblock of an array that the disk was in before.
make_left_over() { # METADATA LEVEL CHUNK FILE
	truncate -s 64M "$4"
	"$BATS_TEST_DIRNAME/md.py" "$1" "$2" "$3" "$4" "${MEMBERS[@]}"
	cp "${MEMBERS[0]}" "$4"
	dd if="$ARRAY" of="$4" bs=1M count=2 conv=notrunc status=none
}

@test "luks: sealed key material further in than one chunk proves that a disk is no part of a stripe" {
	local disk=$BATS_TEST_TMPDIR/disk.img copy=$BATS_TEST_TMPDIR/copy.img version metadata level

	for version in 1 2; do
		make_luks "$ARRAY" $version
		seal_luks "$ARRAY"
		for metadata in 0.90 1.0; do
			for level in 0 5; do
				make_left_over $metadata $level 65536 "$disk"
				run -0 luks --json "$disk"
				[ "$(findings)" = BV-LUKS-MEMBER ]
				[ "$(finding BV-LUKS-MEMBER .warning)" = true ]
				[[ $(finding BV-LUKS-MEMBER .summary) == "The superblock of an md array is left over on it"*"a RAID$level." ]]
				[[ $(finding BV-LUKS-MEMBER '.next | join(" ")') == "mdadm --examine $disk tells its time." ]]
				# The header is lost, and all key material is where it was sealed.
				cp "$disk" "$copy"
				zero_bytes "$copy" 0 $((version == 2 ? 32768 : 4096))
				run -1 luks --json "$copy"
				[ "$(findings)" = BV-LUKS-GONE,BV-LUKS-MEMBER ]
				[ "$(finding BV-LUKS-GONE .verdict)" = storage-corruption ]
				# A true member that lost the same tells nothing: the key material is not there.
				make_members $metadata $level
				zero_bytes "${MEMBERS[0]}" 0 $((version == 2 ? 32768 : 4096))
				run -5 luks --json "${MEMBERS[0]}"
				[ "$(findings)" = BV-LUKS-MEMBER ]
				[ "$(finding BV-LUKS-MEMBER .verdict)" = inconclusive ]
			done
			# Where chunks are larger than the keyslots, nothing is known.
			make_left_over $metadata 0 1048576 "$disk"
			run -5 luks --json "$disk"
			[ "$(findings)" = BV-LUKS-MEMBER ]
		done
	done
}

@test "luks, seal: a second header further in than one chunk proves it without a record" {
	local disk=$BATS_TEST_TMPDIR/disk.img copy=$BATS_TEST_TMPDIR/copy.img

	make_luks "$ARRAY" 2
	make_system
	make_left_over 1.0 0 16384 "$disk"
	run -4 bv luks --json "$disk"
	[ "$(findings)" = BV-LUKS-MEMBER,BV-LUKS-NOT-SEALED ]
	# What no encryption gives is damage then.
	cp "$disk" "$copy"
	zero_4k "$copy" 40960
	run -1 bv luks --json "$copy"
	[[ $(findings) == *BV-LUKS-KEYSLOT* ]]
	run -0 seal --device "$disk"
	[[ $output == *"$disk: the superblock of an md array is left over on it"* ]]
	run -0 luks --json "$disk"
	[ "$(findings)" = "" ]
	# Twice the chunk, and the second header is in the first one, as on a member.
	make_left_over 1.0 0 32768 "$disk"
	run -5 bv luks --json "$disk"
	[ "$(findings)" = BV-LUKS-MEMBER ]
	rm -r "$ROOT"
	make_system
	run -2 seal --device "$disk"
}

@test "luks, seal: a member of a mirror that was sealed by its own name is judged as it is" {
	local metadata member=${MEMBERS[1]}

	make_luks "$ARRAY" 2
	for metadata in 0.90 1.0; do
		rm -rf "${ROOT:-}"
		make_system
		make_members $metadata 1
		run -0 seal --device "$member"
		[[ $output == *"$member: its md superblock says that it is a member of an array that mirrors its data"* ]]
		run -0 luks --json "$member"
		[ "$(findings)" = "" ]
		zero_4k "$member" 40960
		run -1 luks --json "$member"
		[ "$(findings)" = BV-LUKS-KEYSLOT ]
		[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].offset')" = 40960 ]
		# Another member of it was not sealed by its name: it tells nothing of the array.
		zero_4k "${MEMBERS[2]}" 40960
		run -5 luks --json "${MEMBERS[2]}"
		[ "$(findings)" = BV-LUKS-MEMBER ]
	done
}

# The link that is made of the UUID goes with the header; the record has the device's place, too.
@test "check: a container that was sealed by its UUID is lost, whatever superblock is left at its end" {
	local level disk=$BATS_TEST_TMPDIR/disk.img uuid

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$ARRAY" 2
	uuid=$(cryptsetup luksUUID "$ARRAY")
	mkdir -p /dev/disk/by-uuid
	for level in 0 1; do
		make_left_over 1.0 $level 65536 "$disk"
		LOOP=$(losetup --find --show "$disk") || skip "no loop device here"
		ln -sf "$LOOP" "/dev/disk/by-uuid/$uuid"
		make_system
		printf 'root_crypt UUID=%s none luks\n' "$uuid" >"$ROOT/etc/crypttab"
		run seal
		rm "/dev/disk/by-uuid/$uuid"
		[ "$status" -eq 0 ]
		zero_bytes "$disk" 0 32768
		run -1 check --json
		[ "$(findings)" = BV-LUKS-GONE ]
		losetup --detach "$LOOP"
		LOOP=
	done
}

# What mdadm writes on a disk that it makes a member of, with the metadata that it prefers.
put_md12() { # LEVEL FILE
	local array=$BATS_TEST_TMPDIR/other.img

	truncate -s 16M "$array"
	"$BATS_TEST_DIRNAME/md.py" 1.2 "$1" 65536 "$array" "${MEMBERS[@]}"
	dd if="${MEMBERS[0]}" of="$2" bs=4096 skip=1 seek=1 count=1 conv=notrunc status=none
	dd if="${MEMBERS[0]}" of="$2" bs=1M skip=1 seek=1 conv=notrunc status=none
}

@test "luks, seal: a superblock of md 1.2 where LUKS1 had keyslot 0 makes a member of it, not a damaged keyslot" {
	local level named copy=$BATS_TEST_TMPDIR/copy.img

	make_luks "$ARRAY" 1
	seal_luks "$ARRAY"
	cp "$ARRAY" "$BATS_TEST_TMPDIR/good.img"
	for level in 0 1 5; do
		for named in "$ARRAY" "$copy"; do
			for ROOT in "$ROOT" "$BATS_TEST_TMPDIR/none"; do
				cp "$BATS_TEST_TMPDIR/good.img" "$named"
				put_md12 $level "$named"
				run -5 luks --json "$named"
				[ "$(findings)" = BV-LUKS-MEMBER ]
				[[ $(finding BV-LUKS-MEMBER .summary) == *"a member of an array, whose data begin further in. The LUKS header in front of them is of before"* ]]
				[ "$(finding BV-LUKS-MEMBER .evidence.array)" = "/dev/md/root, UUID 00112233:44556677:8899aabb:ccddeeff, RAID$level of 3" ]
				[[ $output != *luksHeaderRestore* && $output != *luksKillSlot* && $output != *"cryptsetup repair"* ]]
			done
			ROOT=$BATS_TEST_TMPDIR/root
			run -2 seal --device "$named"
			[[ $output != *"storage fault"* ]]
		done
	done
	# The same bytes gone, and no superblock where they were.
	zero_4k "$named" 4096
	run -1 luks --json "$named"
	[[ $(findings) == *BV-LUKS-KEYSLOT* ]]
	[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].offset')" = 4096 ]
	run -1 seal --device "$named"
}

@test "luks, seal: a superblock of md 1.2 where LUKS2 had the first copy of its header makes a member of it" {
	local level none=$BATS_TEST_TMPDIR/none sealed

	make_luks "$ARRAY" 2
	seal_luks "$ARRAY"
	sealed=$ROOT
	cp "$ARRAY" "$BATS_TEST_TMPDIR/good.img"
	for level in 0 1 5; do
		for ROOT in "$sealed" "$none"; do
			cp "$BATS_TEST_TMPDIR/good.img" "$ARRAY"
			put_md12 $level "$ARRAY"
			run -5 luks --json "$ARRAY"
			[ "$(findings)" = BV-LUKS-MEMBER ]
			[[ $(finding BV-LUKS-MEMBER .summary) == *"the superblock lies where its first copy was"* ]]
			[[ $(finding BV-LUKS-MEMBER .evidence.array) == "/dev/md/root, "* ]]
			[[ $output == *"mdadm --assemble --scan --readonly"* ]]
			[[ $output != *luksHeaderRestore* && $output != *"cryptsetup repair"* ]]
		done
	done
	ROOT=$sealed
	cp "$BATS_TEST_TMPDIR/good.img" "$ARRAY"
	zero_4k "$ARRAY" 4096
	run -1 luks --json "$ARRAY"
	[ "$(finding BV-LUKS-COPY '.ranges[0].offset')" = 4096 ]
}

@test "luks, seal: what begins further in than a LUKS1 header explains the keyslot that it lies in" {
	local mark at name

	make_luks "$ARRAY" 1
	seal_luks "$ARRAY"
	cp "$ARRAY" "$BATS_TEST_TMPDIR/good.img"
	# bcache; ZFS: the blank space and the boot header of its first label stay as they are.
	while IFS='|' read -r at mark name; do
		for ROOT in "$ROOT" "$BATS_TEST_TMPDIR/none"; do
			cp "$BATS_TEST_TMPDIR/good.img" "$ARRAY"
			zero_4k "$ARRAY" $((at / 4096 * 4096))
			run -1 luks --json "$ARRAY"
			[ "$(finding BV-LUKS-KEYSLOT .verdict)" = storage-corruption ]
			printf '%b' "$mark" | dd of="$ARRAY" bs=1 seek="$at" conv=notrunc status=none
			run -5 luks --json "$ARRAY"
			[ "$(findings)" = BV-LUKS-FOREIGN ]
			[[ $(finding BV-LUKS-FOREIGN .summary) == "$name lies at offset $at, in the area of keyslot 0, "* ]]
			[ "$(finding BV-LUKS-FOREIGN '.ranges[0].offset')" = $((at / 4096 * 4096)) ]
			[[ $output != *luksHeaderRestore* && $output != *luksKillSlot* ]]
		done
		ROOT=$BATS_TEST_TMPDIR/root
		run -2 seal --device "$ARRAY"
		[[ $output == *"lies at offset $at, in the area of keyslot 0, "* ]]
	done <<-'END'
		4120|\xc6\x85\x73\xf6\x4e\x1a\x45\xca|A bcache device
		131072|\x0c\xb1\xba\0\0\0\0\0|A ZFS member
	END
	# It explains nothing where it lies in a keyslot that is not in use.
	cp "$BATS_TEST_TMPDIR/good.img" "$ARRAY"
	printf '\x0d\xd0\x01\xc0' | dd of="$ARRAY" bs=1 seek=1048576 conv=notrunc status=none
	run -0 luks --json "$ARRAY"
	zero_4k "$ARRAY" $((262144 + 4096))
	run -1 luks --json "$ARRAY"
	[ "$(finding BV-LUKS-KEYSLOT .verdict)" = storage-corruption ]
}
