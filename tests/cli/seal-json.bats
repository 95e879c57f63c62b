#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The report of seal: one object on standard output, whatever happens, with the findings that are told as
# lines on standard error. What check or luks tells of the same fact, it tells in the same words.

# shellcheck disable=SC2154 # run sets stderr

load system
load luks

bats_require_minimum_version 1.5.0

# Runs a command that seals with --json: its report is in $output, its lines in $stderr.
sealed_by() { # STATUS VERDICT COMMAND...
	run --separate-stderr "-$1" "${@:3}"
	echo "$output"
	echo "$stderr"
	[ "$(field .command)" = seal ]
	[ "$(field .exit)" -eq "$1" ]
	[ "$(field .verdict)" = "$2" ]
	# Every finding is told at once as well, but for notes of no weight.
	for target in $(field '[.findings[] | select(.warning | not) | .target] | unique | .[]'); do
		[[ $stderr == *"bootverdict: $target: "* ]]
	done
}

sealing() { # STATUS VERDICT [OPTION]...
	sealed_by "$1" "$2" bv seal --root "$ROOT" -k "$KVER" --json "${@:3}"
}

traced() { # INJECTION [OPTION]...
	strace -qq -o /dev/null -e trace=pwrite64,pread64,fsync -e "inject=$1" \
		"$BOOTVERDICT" seal --json --read-back --root "$ROOT" -k "$KVER" "${@:2}"
}

# The ids of the findings that count, and of those that do not.
counted() {
	field '[.findings[] | select(.warning | not) | .id] | join(",")'
}

noted() {
	field '[.findings[] | select(.warning) | .id] | unique | join(",")'
}

artifacts() {
	field '[.artifacts[] | .kind + ":" + .state] | join(",")'
}

told() { # ID: all of that finding
	field ".findings[] | select(.id == \"$1\") | del(.warning)"
}

@test "what is sealed: one report, intact, of the kernel and the image, and nothing else on standard output" {
	make_system
	sealing 0 intact --no-read-back
	[ "$(counted)" = "" ]
	[ "$(artifacts)" = kernel:intact,initrd:intact ]
	[ "$(field .kernel)" = "$KVER" ]
	[ "$(field .host.os)" = "Test GNU/Linux 1" ]
	[ "$(field '.artifacts[1].bytes')" -eq "$(stat -c %s "$IMAGE")" ]
	[[ $(field .sealed_at) == 20*Z ]]
	check
	# Sealed already, and to be quiet besides: the same report, and only what is always said.
	sealing 0 intact --no-read-back -q
	[ "$(artifacts)" = kernel:intact,initrd:intact ]
	# The twin without it.
	run --separate-stderr -0 bv seal --root "$ROOT" -k "$KVER" --no-read-back
	[[ $output == *": already sealed, "* ]]
	run -0 bv seal --help
	[[ $output == *--json* ]]
}

@test "--all: one report of all versions, and what they have in common once" {
	make_system
	cp "$IMAGE" "$ROOT/boot/initrd.img-5.9"
	make_luks "$BATS_TEST_TMPDIR/disk.img" 2
	sealed_by 0 intact bv seal --root "$ROOT" --all --json --device "$BATS_TEST_TMPDIR/disk.img"
	[ "$(field .kernel)" = "" ]
	[ "$(artifacts | tr , '\n' | sort | paste -sd ,)" = \
		initrd:intact,initrd:intact,kernel:intact,luks:intact ]
	# The damaged twin: the other one is sealed all the same, and the report is of both.
	rm -r "$ROOT/boot/bootverdict"
	zero_block "$ROOT/boot/initrd.img-5.9" 70
	sealed_by 1 storage-corruption bv seal --root "$ROOT" --all --json
	[[ $(artifacts) == *initrd:damaged* && $(artifacts) == *initrd:intact* ]]
}

@test "what could not run: no verdict, exit status 2, and the reason" {
	make_system
	sealed_by 2 none bv seal --root "$ROOT" -k 1.2.3 --json
	[ "$(counted)" = BV-SEAL-NOT-DONE ]
	sealed_by 2 none bv seal --root "$ROOT" --boot "$ROOT/absent" --all --json
	[ "$(counted)" = BV-BOOT-FOLDER ]
	mkdir "$ROOT/empty"
	sealed_by 2 none bv seal --root "$ROOT" --boot "$ROOT/empty" --all --json
	[ "$(counted)" = BV-SEAL-NOT-DONE ]
	sealing 2 none --guard "$ROOT/empty"
	[[ $(counted) == BV-SEAL-NOT-DONE* ]]
	[ "$(artifacts)" = kernel:intact,initrd:unverified ]
	# An image that is not what boots: nothing is done, and nothing is wrong.
	sealing 0 intact --image "$ROOT/other"
	[ "$(artifacts)" = "" ]
	# A wrong use has no report.
	run --separate-stderr -2 bv seal --json --no-such
	[ -z "$output" ]
	run -2 bash -c '"$@" >/dev/full' - "$BOOTVERDICT" seal --json --root "$ROOT" -k "$KVER"
	[[ $output == *"standard output"* ]]
}

@test "an image that is broken: refused, where, and what stands there now" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/good"
	zero_block "$IMAGE" 70
	sealing 1 storage-corruption --no-read-back
	[ "$(counted)" = BV-SEAL-REFUSED ]
	[[ $(noted) == *BV-SEAL-STANDS* ]]
	[ "$(artifacts)" = kernel:intact,initrd:damaged ]
	[ "$(field '.findings[] | select(.id == "BV-SEAL-REFUSED") | .evidence.offset')" -gt 100000 ]
	# Again: what was found first.
	sealing 1 storage-corruption --no-read-back
	[ "$(counted)" = BV-IMAGE-REFUSED ]
	# Cut short, and packed so that no kernel unpacks it.
	head -c 300000 "$BATS_TEST_TMPDIR/good" >"$IMAGE"
	sealing 2 inconclusive --no-read-back
	[ "$(counted)" = BV-SEAL-REFUSED ]
	[ "$(artifacts)" = kernel:intact,initrd:unverified ]
	zstd -dcq "$BATS_TEST_TMPDIR/good" | xz --check=crc64 >"$IMAGE"
	sealing 2 config-error --no-read-back
	[ "$(counted)" = BV-SEAL-REFUSED ]
	# The twin.
	cp "$BATS_TEST_TMPDIR/good" "$IMAGE"
	sealing 0 intact --no-read-back
	[ "$(counted)" = "" ]
}

@test "a sealed image and a kernel that have lost a block: the finding of check, and what stands there" {
	local id file at

	make_system
	noise 400000 unknown >"$KERNEL"
	seal -q
	for id in BV-INITRD-BLOCKS:"$IMAGE" BV-KERNEL-BLOCKS:"$KERNEL"; do
		file=${id#*:} id=${id%%:*}
		cp -p "$file" "$BATS_TEST_TMPDIR/kept"
		keeping_times "$file" zero_block "$file" 30
		run -1 check --json
		told "$id" >"$BATS_TEST_TMPDIR/by-check"
		sealing 1 storage-corruption --no-read-back
		[ "$(counted)" = "$id" ]
		told "$id" | diff "$BATS_TEST_TMPDIR/by-check" -
		[ "$(field ".findings[] | select(.id == \"$id\") | .ranges[0].offset")" -eq $((30 * 4096)) ]
		[[ $(noted) == *BV-SEAL-STANDS* ]]
		at=$(stat -c %i "$file")
		cp -p "$BATS_TEST_TMPDIR/kept" "$file"
		[ "$(stat -c %i "$file")" = "$at" ]
		# The twin: as it was.
		sealing 0 intact --no-read-back
		[ "$(counted)" = "" ]
	done
}

@test "a kernel that is broken, or cannot be read: the finding of check" {
	make_system
	cp "$KERNEL" "$BATS_TEST_TMPDIR/good"
	truncate -s -4000 "$KERNEL"
	run -1 bv check --json "$KERNEL"
	told BV-KERNEL-BROKEN >"$BATS_TEST_TMPDIR/by-check"
	sealing 1 storage-corruption --no-read-back
	[ "$(counted)" = BV-KERNEL-BROKEN ]
	told BV-KERNEL-BROKEN | diff "$BATS_TEST_TMPDIR/by-check" -
	[ "$(artifacts)" = kernel:damaged,initrd:intact ]
	cp "$BATS_TEST_TMPDIR/good" "$KERNEL"
	sealed_by 1 storage-corruption strace -f -o /dev/null -P "$KERNEL" -e inject=pread64:error=EIO:when=1+ \
		"$BOOTVERDICT" seal --json --root "$ROOT" -k "$KVER"
	[ "$(counted)" = BV-UNREADABLE ]
	: >"$KERNEL"
	sealing 2 inconclusive --no-read-back
	[ "$(counted)" = BV-SEAL-REFUSED ]
	cp "$BATS_TEST_TMPDIR/good" "$KERNEL"
	sealing 0 intact --no-read-back
}

@test "a disk that does not keep what was written: how much of it, where, and what stands there" {
	make_system
	truncate -s %262144 "$IMAGE"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	sealed_by 1 storage-corruption traced pwrite64:retval=262144:when=3
	[ "$(counted)" = BV-SEAL-NOT-KEPT ]
	[ "$(field '.findings[] | select(.id == "BV-SEAL-NOT-KEPT") | .evidence.bad_blocks')" -gt 0 ]
	[[ $(field '.findings[-1].summary') == "A reboot boots this image: it was written once more"* ]]
	[ "$(artifacts)" = kernel:intact,initrd:intact ]
	check
	# No room: nobody's fault, and the image is as it was.
	cp "$BATS_TEST_TMPDIR/unsealed" "$IMAGE"
	sealed_by 2 none traced pwrite64:error=ENOSPC:when=2
	[ "$(counted)" = BV-SEAL-NOT-DONE ]
	[[ $(field '.findings[] | select(.id == "BV-SEAL-NOT-DONE") | .summary') == "No room for a second copy beside it; the old file is still in place, unsealed." ]]
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	# One of the two records is enough.
	rm -rf "$ROOT/var/lib"
	echo file >"$ROOT/var/lib"
	sealing 0 intact --no-read-back
	[[ $(noted) == *BV-SEAL-NOT-DONE* ]]
	rm "$ROOT/var/lib"
	mkdir "$ROOT/var/lib"
	sealing 0 intact --no-read-back
	[[ $(noted) != *BV-SEAL-NOT-DONE* ]]
}

@test "what is worth to be known of an image that is sealed is a warning, with the ids of check" {
	make_system
	printf 'CHECK_TIMEOUT=never\n' >"$ROOT/etc/bootverdict.conf"
	printf 'CONFIG_BLK_DEV_INITRD=y\n# CONFIG_RD_ZSTD is not set\n' | sed '1s/^/# x\n/' >"$ROOT/boot/config-$KVER"
	rm "$KERNEL"
	: >"$ROOT/boot/.${IMAGE##*/}.bootverdict-new"
	sealing 0 intact --no-read-back
	[ "$(counted)" = "" ]
	[ "$(noted)" = BV-INITRD-CODEC,BV-LEFTOVER,BV-SEAL-NOTE ]
	[ "$(field '.findings[] | select(.id == "BV-INITRD-CODEC") | .verdict')" = config-error ]
	# The twin: the setting, the configuration, the kernel and the folder as they should be.
	rm "$ROOT/etc/bootverdict.conf" "$ROOT/boot/config-$KVER"
	make_kernel "$KERNEL"
	sealing 0 intact --no-read-back
	[ "$(field '[.findings[] | select(.summary | contains("is not diverted") | not)] | length')" -eq 0 ]
}

@test "a LUKS device: sealed, damaged in the words of luks, or left out" {
	local disk=$BATS_TEST_TMPDIR/disk.img at

	make_luks "$disk" 2
	make_system
	sealing 0 intact --no-read-back --device "$disk"
	[ "$(artifacts)" = kernel:intact,luks:intact,initrd:intact ]
	[ "$(field '.artifacts[1].bytes')" -gt 500000 ]
	at=$(slot_offset "$disk" 2 1)
	cp "$disk" "$BATS_TEST_TMPDIR/good"
	zero_4k "$disk" "$at"
	run -1 luks --json "$disk"
	told BV-LUKS-KEYSLOT >"$BATS_TEST_TMPDIR/by-luks"
	sealing 1 storage-corruption --no-read-back
	[ "$(counted)" = BV-LUKS-KEYSLOT,BV-SEAL-LEFT-OUT ]
	told BV-LUKS-KEYSLOT | diff "$BATS_TEST_TMPDIR/by-luks" -
	[ "$(artifacts)" = kernel:intact,luks:damaged,initrd:intact ]
	# No LUKS device: left out, which counts when it was named.
	cp "$BATS_TEST_TMPDIR/good" "$disk"
	noise 100000 no-luks >"$BATS_TEST_TMPDIR/other.img"
	sealing 2 inconclusive --no-read-back --device "$BATS_TEST_TMPDIR/other.img"
	[ "$(counted)" = BV-SEAL-LEFT-OUT ]
	printf 'data %s none luks,initramfs\n' "$BATS_TEST_TMPDIR/absent.img" >"$ROOT/etc/crypttab"
	sealing 0 intact --no-read-back
	[ "$(counted)" = "" ]
	[[ $(noted) == *BV-SEAL-LEFT-OUT* ]]
	# Away, and sealed: its record stays.
	rm "$ROOT/etc/crypttab"
	mv "$disk" "$disk.away"
	sealing 0 intact --no-read-back
	[[ $(noted) == *BV-LUKS-ABSENT* ]]
	mv "$disk.away" "$disk"
	sealing 0 intact --no-read-back
	[[ $(noted) != *BV-LUKS-ABSENT* ]]
}

@test "taken back and forgotten: the same report" {
	make_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	seal -q
	sealing 0 intact --remove --no-read-back
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/unsealed"
	sealing 0 intact --remove --no-read-back
	[ "$(noted)" = BV-SEAL-NOTE ]
	seal -q
	keeping_times "$IMAGE" zero_block "$IMAGE" 200
	sealing 1 storage-corruption --remove --no-read-back
	[ "$(counted)" = BV-SEAL-REFUSED ]
	sealing 0 intact --forget
	[ "$(field '.findings | length')" -eq 0 ]
}

@test "who is interrupted leaves a report" {
	make_system
	run --separate-stderr -143 traced pwrite64:signal=TERM:when=2
	[ "$(field .exit)" -eq 2 ]
	[ "$(field .verdict)" = none ]
	[ "$(counted)" = BV-SEAL-NOT-DONE ]
	[[ $stderr == *"interrupted; the old file is still in place"* ]]
	sealing 0 intact --no-read-back
}
