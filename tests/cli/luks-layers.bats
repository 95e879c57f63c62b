#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict luks, check and seal on files that hold a disk in another form than byte for byte. The
# twins: a container over whose first bytes such a magic was written is damaged, and no such file.

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
	FILE=$BATS_TEST_TMPDIR/file
}

finding() { # ID FILTER: of the first finding with that name
	field "[.findings[] | select(.id == \"$1\")][0] | $2"
}

findings() {
	field '[.findings[] | .id] | unique | join(",")'
}

next() {
	finding BV-LUKS-LAYER '.next | join(" ")'
}

# What luks, seal and a record by that name say of FILE.
expect() { # NAME
	run -5 luks --json "$FILE"
	[ "$(findings)" = BV-LUKS-LAYER ]
	[[ $(finding BV-LUKS-LAYER .summary) == "It begins as $1, not as a disk byte for byte: what it holds is seen when it is "* ]]
	run -2 seal --device "$FILE"
	[[ $output == *"$FILE: it begins as $1, not as a disk byte for byte: it is not sealed"* ]]
}

@test "luks: an image of a virtual machine is named, with the command that attaches it, read only" {
	local format

	make_luks "$DISK" 2
	make_system
	for format in qcow2 qed vdi vhdx vpc vmdk; do
		rm -f "$FILE"
		qemu-img convert -f raw -O $format "$DISK" "$FILE"
		case $format in
		vpc) expect "a VHD image" ;;
		qcow2) expect "a qcow2 image" ;;
		*) expect "a ${format^^} image" ;;
		esac
		luks --json "$FILE" >"$BATS_TEST_TMPDIR/json" || :
		output=$(<"$BATS_TEST_TMPDIR/json")
		[[ $(next) == *"qemu-nbd -r -c /dev/nbd0 -f $format $FILE."* ]]
		# The other way, as it is told.
		(
			cd "$BATS_TEST_TMPDIR"
			rm -f DISK.img
			eval "$(next | sed -E 's/.*(qemu-img convert [^;]*);.*/\1/')"
		)
		run -4 luks --json "$BATS_TEST_TMPDIR/DISK.img"
		[ "$(findings)" = BV-LUKS-NOT-SEALED ]
	done
	rm "$FILE"
	qemu-img create -q -f vmdk -o subformat=monolithicFlat "$FILE" 8M
	expect "a VMDK image's description"
}

@test "luks: a dump that was compressed is named, with the program that unpacks it" {
	local tool

	make_luks "$DISK" 1
	make_system
	for tool in gzip xz zstd bzip2 lz4; do
		"$tool" -qc "$DISK" >"$FILE"
		expect "$tool data"
		luks --json "$FILE" >"$BATS_TEST_TMPDIR/json" || :
		output=$(<"$BATS_TEST_TMPDIR/json")
		[[ $(next) == "Unpack it to a new file, elsewhere: $tool -dc $FILE >DISK.img; bootverdict luks DISK.img" ]]
		(cd "$BATS_TEST_TMPDIR" && eval "$(next | sed -E 's/.*elsewhere: ([^;]*);.*/\1/')")
		cmp "$DISK" "$BATS_TEST_TMPDIR/DISK.img"
	done
}

# A fixed VHD is the disk byte for byte, with a sector behind it.
@test "luks: a fixed VHD is looked at as the disk that it is" {
	make_luks "$DISK" 2
	qemu-img convert -f raw -O vpc -o subformat=fixed,force_size=on "$DISK" "$FILE"
	run -4 bv luks --json "$FILE"
	[ "$(findings)" = BV-LUKS-NOT-SEALED ]
}

write() { # FILE OFFSET BYTES (as printf %b takes them)
	printf %b "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

@test "luks: a magic of such a file over the start of a container is damage, and no such file" {
	local magic version

	for version in 2 1; do
		make_luks "$DISK" $version
		seal_luks "$DISK"
		for magic in 'QFI\xfb' 'vhdxfile' '\x1f\x8b\x08' '\x28\xb5\x2f\xfd' '\xfd7zXZ\0'; do
			cp "$DISK" "$FILE"
			write "$FILE" 0 "$magic"
			run -1 luks --json "$FILE"
			[[ $(findings) != *BV-LUKS-LAYER* && $(findings) != *BV-LUKS-KEYSLOT* ]]
			[ $version = 1 ] || [ "$(findings)" = BV-LUKS-COPY ]
			[ $version = 1 ] || [[ $(finding BV-LUKS-COPY '.ranges[0].offset') == 0 ]]
		done
		# Both copies, and all metadata, are gone; the key material is where it was.
		cp "$DISK" "$FILE"
		zero_bytes "$FILE" 0 $((version == 2 ? 32768 : 4096))
		write "$FILE" 0 'QFI\xfb'
		run -1 luks --json "$FILE"
		[ "$(findings)" = BV-LUKS-GONE ]
		# Where it was sealed by that name nothing of it is left: the file is another one.
		if [ $version = 2 ]; then
			cp "$DISK" "$FILE"
			qemu-img convert -f raw -O qcow2 "$FILE" "$DISK"
			for command in check luks; do
				if [ $command = check ]; then
					run -5 check --json
				else
					run -5 luks --json "$DISK"
				fi
				[ "$(findings)" = BV-LUKS-LAYER ]
				[ "$(finding BV-LUKS-LAYER '.evidence.sealed_uuid')" = "$(cryptsetup luksUUID "$FILE")" ]
			done
		fi
	done
}

@test "luks, check, seal: such bytes over all that was sealed under a name that stays hide no loss" {
	local command kind

	make_luks "$DISK" 2
	seal_luks "$DISK"
	for kind in gzip qcow2; do
		cp "$DISK" "$BATS_TEST_TMPDIR/whole"
		rm -f "$FILE"
		if [ $kind = gzip ]; then
			gzip -c "$DISK" >"$FILE"
		else
			qemu-img convert -f raw -O qcow2 "$DISK" "$FILE"
		fi
		dd if="$FILE" of="$DISK" bs=1M count=1 conv=notrunc status=none
		for command in "luks $DISK" check; do
			# shellcheck disable=SC2086 # The command's words.
			run -5 ${command/ / --json }
			[ "$command" != check ] || run -5 check --json
			[ "$(findings)" = BV-LUKS-LAYER ]
			[[ $(finding BV-LUKS-LAYER .summary) == "It begins as "*" A LUKS container was sealed under this name, and nothing of it is here"* ]]
			[ "$(finding BV-LUKS-LAYER '.evidence.sealed_uuid')" = "$(cryptsetup luksUUID "$BATS_TEST_TMPDIR/whole")" ]
			[[ $(next) == *"Keep a copy elsewhere"*"Which of the two shall it be?"*"On a copy first, and with a header backup"* ]]
		done
		run -2 seal --device "$DISK"
		[[ $output == *"its record of before is kept"* ]]
		# Kept: with some of the key material back it is known again, and damaged.
		dd if="$BATS_TEST_TMPDIR/whole" of="$DISK" bs=32k skip=1 seek=1 conv=notrunc status=none
		run -1 check --json
		[ "$(findings)" = BV-LUKS-GONE ]
		cp "$BATS_TEST_TMPDIR/whole" "$DISK"
	done
	# Under a name that was never sealed nothing is asked.
	run -5 luks --json "$FILE"
	[[ $(finding BV-LUKS-LAYER .summary) != *sealed* ]]
}
