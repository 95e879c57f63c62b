#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bootverdict luks: what it shows, what it says about a passphrase, and that it changes nothing.

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
	LOOP=
}

teardown() {
	[ -z "$LOOP" ] || losetup --detach "$LOOP"
}

verdict_is() { # NAME STATUS
	[ "$status" -eq "$2" ]
	[ "$(field .verdict)" = "$1" ]
	[ "$(field .exit)" -eq "$2" ]
}

finding() { # ID FILTER: of the first finding with that name
	field "[.findings[] | select(.id == \"$1\")][0] | $2"
}

slot() { # NUMBER KEY: of the table
	field ".keyslots[] | select(.keyslot == $1) | .[\"$2\"]"
}

# A bad sector is ENODATA past the page cache.
@test "a header that the device cannot read is storage corruption, not something absent" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	run strace -qq -o /dev/null -P "$DISK" -e trace=pread64 -e inject=pread64:error=ENODATA \
		"$BOOTVERDICT" luks --root "$ROOT" --json "$DISK"
	[ "$status" -eq 1 ]
	[ "$(jq -r '.findings[0].id' <<<"$output")" = BV-LUKS-HEADERS ]
	run luks --json "$DISK"
	[ "$status" -eq 0 ]
}

@test "luks: sealed and healthy is intact, with a table of both headers and every keyslot" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	run -0 luks --json "$DISK"
	verdict_is intact 0
	[ "$(field '.headers | length')" -eq 2 ]
	[ "$(field '[.headers[].state] | unique | join(",")')" = "as sealed" ]
	[ "$(field '.headers[1].offset')" -eq 16384 ]
	[ "$(field '[.keyslots[].keyslot] | join(",")')" = 0,1 ]
	[ "$(slot 0 state)" = "as sealed" ]
	[ "$(slot 0 pbkdf)" = "pbkdf2, 1000 rounds" ]
	[ "$(slot 1 offset)" -eq "$(slot_offset "$DISK" 2 1)" ]
	[ "$(field '.artifacts[0].kind')" = luks ]
	[ "$(field '.artifacts[0].state')" = intact ]
	run -0 luks "$DISK"
	[ "${lines[0]}" = "VERDICT: INTACT - all that was compared is as sealed" ]
	[[ $output == *"pbkdf2, 1000 rounds"* ]]
	[[ $output != *"What to do"* ]]
}

@test "luks: LUKS1 shows its one header and all eight keyslots" {
	make_luks "$DISK" 1
	seal_luks "$DISK"
	run -0 luks --json "$DISK"
	verdict_is intact 0
	[ "$(field '.headers | length')" -eq 1 ]
	[ "$(field '.keyslots | length')" -eq 8 ]
	[ "$(slot 1 state)" = "as sealed" ]
	[ "$(slot 2 state)" = "not in use" ]
}

# The story's red herring: a shorter passphrase is no cure.
@test "luks: passphrases of 8, 64 and 512 characters open the keyslot that is theirs" {
	local letters long short

	letters=$(printf 'abcdefghijklmnopqrstuvwxyz%.0s' {1..20})
	short=${letters:0:64} long=${letters:0:512}
	for version in 1 2; do
		make_luks "$DISK" "$version"
		add_key "$DISK" "$version" "$PASSPHRASE" "$short"
		add_key "$DISK" "$version" "$PASSPHRASE" "$long"
		unset ROOT
		seal_luks "$DISK"
		run -0 with_passphrase "$PASSPHRASE" --json "$DISK"
		verdict_is intact 0
		[ "$(slot 0 passphrase)" = "opens it" ]
		[ "$(slot 1 passphrase)" = refused ]
		run -0 with_passphrase "$short" --json "$DISK"
		[ "$(slot 2 passphrase)" = "opens it" ]
		run -0 with_passphrase "$long" --json "$DISK"
		[ "$(slot 3 passphrase)" = "opens it" ]
		[ "$(slot 2 passphrase)" = refused ]
		run -3 with_passphrase "${long%?}" --json "$DISK"
		verdict_is config-error 3
	done
}

@test "luks: passphrases of 8, 64 and 512 characters that are not ASCII" {
	local n words

	words=(grün-Tee "$(printf 'ö%.0s' {1..64})" "$(printf 'ß%.0s' {1..512})")
	for version in 1 2; do
		make_luks "$DISK" "$version"
		for n in 0 1 2; do
			add_key "$DISK" "$version" "$PASSPHRASE" "${words[n]}"
		done
		unset ROOT
		seal_luks "$DISK"
		for n in 0 1 2; do
			run -0 with_passphrase "${words[n]}" --json "$DISK"
			[ "$(field '[.keyslots[] | select(.passphrase == "opens it") | .keyslot] | join(",")')" = $((n + 2)) ]
		done
		run -3 with_passphrase "${words[2]%?}" --json "$DISK"
		[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"the passphrase or the keyboard layout, not the storage"* ]]
		flip_bit "$DISK" $(($(slot_offset "$DISK" "$version" 3) + 5000))
		run -1 with_passphrase "${words[1]}" --json "$DISK"
		[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"cannot be told"*"keyslot 3, whose key material is damaged"* ]]
		run -1 with_passphrase "${words[2]}" --json "$DISK"
		[ "$(slot 4 passphrase)" = "opens it" ]
	done
	run -1 "$BATS_TEST_DIRNAME/terminal.py" "(not shown): " "${words[0]}" \
		"$BOOTVERDICT" luks --root "$ROOT" --try-passphrase "$DISK"
	[[ $output == *"opens keyslot 2"* ]]
	[[ $output != *"${words[0]}"* ]]
}

@test "luks: a line from standard input ends at its newline" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	run -0 luks --try-passphrase "$DISK" <<<"$PASSPHRASE"
	[[ $output == *"opens keyslot 0"* ]]
	run -2 luks --try-passphrase "$DISK" </dev/null
	[[ $output == *"the input is empty"* ]]
}

@test "luks: argon2id is tried too, and too little memory for it is no refusal" {
	make_luks "$DISK" 2 --pbkdf argon2id --pbkdf-memory 262144 --pbkdf-parallel 1 \
		--pbkdf-force-iterations 4
	seal_luks "$DISK"
	run -0 with_passphrase "$PASSPHRASE" --json "$DISK"
	[ "$(slot 0 passphrase)" = "opens it" ]
	[ "$(slot 0 pbkdf)" = "argon2id, 4 passes, 256 MiB" ]
	# shellcheck disable=SC2016 # for the inner shell
	run -5 bash -c 'ulimit -v 200000; printf wrong |
		"$1" luks --root "$2" --try-passphrase --json "$3"' - "$BOOTVERDICT" "$ROOT" "$DISK"
	verdict_is inconclusive 5
	[[ $(slot 0 passphrase) == "not tried: "* ]]
	[ "$(slot 1 passphrase)" = refused ]
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"keyslot 0, which could not be tried"* ]]
}

@test "luks: refused while everything is as sealed: the passphrase or the keyboard layout" {
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		run -3 with_passphrase passw0rt --json "$DISK"
		verdict_is config-error 3
		[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"the passphrase or the keyboard layout, not the storage"* ]]
		[ "$(field '[.keyslots[].passphrase // empty] | unique | join(",")')" = refused ]
	done
}

@test "luks: a passphrase with other than ASCII characters gets a hint, and is not printed" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	run -3 with_passphrase 'grüner-Tee-17' "$DISK"
	[[ $output == *"not plain ASCII"* ]]
	[[ $output != *Tee-17* ]]
}

@test "luks: a damaged keyslot is named; its passphrase cannot be judged, the other one opens" {
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		offset=$(($(slot_offset "$DISK" "$version" 0) + 5000))
		flip_bit "$DISK" "$offset"
		run -1 luks --json "$DISK"
		verdict_is storage-corruption 1
		[ "$(slot 0 state)" = damaged ]
		[ "$(slot 1 state)" = "as sealed" ]
		[ "$(finding BV-LUKS-KEYSLOT .evidence.keyslot)" -eq 0 ]
		[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].damage')" = bit-flip ]
		[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].byte')" -eq "$offset" ]
		[[ $(finding BV-LUKS-KEYSLOT '.next[0]') == *"keyslot 1 still opens the disk"* ]]
		run -1 with_passphrase "$PASSPHRASE" --json "$DISK"
		verdict_is storage-corruption 1
		[ "$(slot 0 passphrase)" = "refused, being damaged" ]
		[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"cannot be told"*"keyslot 0, whose key material is damaged"* ]]
		run -1 with_passphrase "$SECOND" --json "$DISK"
		[ "$(slot 1 passphrase)" = "opens it" ]
		[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"opens keyslot 1"* ]]
		# The healthy twin.
		flip_bit "$DISK" "$offset"
		run -0 with_passphrase "$PASSPHRASE" "$DISK"
	done
}

@test "luks: blocks that changed places are found, with where they belong" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	a=$(slot_offset "$DISK" 2 0)
	b=$(slot_offset "$DISK" 2 1)
	swap_blocks "$DISK" $((a / 4096 + 3)) $((b / 4096 + 7))
	run -1 luks --json "$DISK"
	[ "$(slot 0 state)" = damaged ]
	[ "$(slot 1 state)" = damaged ]
	[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].damage')" = misplaced ]
	[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].origin')" -eq $((b + 7 * 4096)) ]
	[[ $(finding BV-LUKS-KEYSLOT '.next[0]') == "No other keyslot is left"* ]]
	[[ $(finding BV-LUKS-KEYSLOT '.next | join(" ")') == *"cryptsetup luksHeaderRestore $DISK --header-backup-file"* ]]
}

@test "luks: behind the key material damage is harmless, and the passphrase opens" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 258000))
	run -0 with_passphrase "$PASSPHRASE" --json "$DISK"
	[ "$(slot 0 state)" = "padding differs" ]
	[ "$(slot 0 passphrase)" = "opens it" ]
	[ "$(finding BV-LUKS-PADDING .warning)" = true ]
	# Not all that was compared is as sealed; where nothing differs it is.
	run -0 luks "$DISK"
	[ "${lines[0]}" = "VERDICT: INTACT - all that counts is as sealed; see the warning" ]
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 258000))
	run -0 luks "$DISK"
	[ "${lines[0]}" = "VERDICT: INTACT - all that was compared is as sealed" ]
}

@test "luks: what was never sealed is not called sound: a bit of it may be lost" {
	make_luks "$DISK" 2
	flip_bit "$DISK" 50000
	run -4 luks "$DISK"
	[ "${lines[0]}" = "VERDICT: STALE - not sealed as it is now; no fault was found in it" ]
}

@test "luks: one bad header copy still opens, and cryptsetup repair is named" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	for copy in 0 1; do
		cp "$DISK.good" "$DISK"
		flip_bit "$DISK" $((copy * 16384 + 4500))
		run -1 with_passphrase "$PASSPHRASE" --json "$DISK"
		verdict_is storage-corruption 1
		[ "$(field ".headers[$copy].state")" = "wrong checksum" ]
		[ "$(field ".headers[$((1 - copy))].state")" = "as sealed" ]
		[ "$(slot 0 passphrase)" = "opens it" ]
		[[ $(finding BV-LUKS-COPY '.next | join(" ")') == *"cryptsetup repair $DISK"* ]]
	done
	cp "$DISK.good" "$DISK"
	run -0 luks "$DISK"
}

@test "luks: both headers bad: no passphrase can be judged, a backup is the way" {
	make_luks "$DISK" 2
	cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$DISK.backup"
	seal_luks "$DISK"
	flip_bit "$DISK" 4500
	flip_bit "$DISK" $((16384 + 4500))
	run -1 with_passphrase "$PASSPHRASE" --json "$DISK"
	verdict_is storage-corruption 1
	[[ $(finding BV-LUKS-HEADERS .summary) == "Both copies of the LUKS2 header are damaged"* ]]
	[[ $(finding BV-LUKS-HEADERS '.next | join(" ")') == *"luksHeaderRestore $DISK --header-backup-file"* ]]
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"cannot be tried"* ]]
	# The backup is examined as a device is, and what was named puts it back.
	run -0 luks --json "$DISK.backup"
	verdict_is intact 0
	cryptsetup -q luksHeaderRestore "$DISK" --header-backup-file "$DISK.backup"
	run -0 with_passphrase "$PASSPHRASE" "$DISK"
}

@test "luks: a header that is gone is missed, and what lies there now is named" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	zero_bytes "$DISK" 0 32768
	run -1 luks --json "$DISK"
	verdict_is storage-corruption 1
	[[ $(finding BV-LUKS-GONE .summary) == *zeros* ]]
	# All key material, too: nothing but the name says that this is the place.
	zero_bytes "$DISK" 0 1048576
	run -5 luks --json "$DISK"
	verdict_is inconclusive 5
	[[ $(finding BV-LUKS-GONE .summary) == *"neither its header nor its key material is found here"*zeros*"Searched were"*"the first 4 MiB"* ]]
	[[ $output != *"luksHeaderRestore $DISK"* && $output != *"no way to the data"* ]]
	# One block of it, and the place is proven.
	dd if="$DISK.good" of="$DISK" bs=4096 skip=9 seek=9 count=1 conv=notrunc status=none
	run -1 luks --json "$DISK"
	[[ $(finding BV-LUKS-GONE '.next | join(" ")') == *"luksHeaderRestore $DISK "* ]]
	# A program wrote that, and not the disk by itself.
	mkfs.ext4 -q -F "$DISK"
	run -5 luks --json "$DISK"
	[[ $(finding BV-LUKS-GONE .summary) == *ext4* ]]
	# A file that was never sealed accuses nobody.
	truncate -s 32M "$BATS_TEST_TMPDIR/other.img"
	run -5 luks --json "$BATS_TEST_TMPDIR/other.img"
	verdict_is inconclusive 5
	[[ $(finding BV-LUKS-GONE '.evidence.sealed_elsewhere') == *"$DISK"* ]]
}

@test "luks: changed by its owner is stale, and says which keyslots" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	add_key "$DISK" 2 "$PASSPHRASE" third
	keyed "$PASSPHRASE" luksKillSlot "$DISK" 1
	run -4 with_passphrase third --json "$DISK"
	verdict_is stale 4
	[ "$(slot 2 state)" = new ]
	[ "$(slot 2 passphrase)" = "opens it" ]
	[ "$(slot 1 state)" = removed ]
	[ "$(finding BV-LUKS-STALE .evidence.keyslots_new)" = "keyslot 2" ]
	[ "$(finding BV-LUKS-STALE .evidence.keyslots_removed)" = "keyslot 1" ]
	seal_luks "$DISK"
	run -0 luks "$DISK"
}

@test "luks: without a record it is honest about what it cannot show" {
	make_luks "$DISK" 2
	run -4 luks --json "$DISK"
	verdict_is stale 4
	[[ $(finding BV-LUKS-NOT-SEALED .summary) == *"not a flipped bit"* ]]
	[ "$(slot 0 state)" = "not sealed" ]
	run -4 with_passphrase "$PASSPHRASE" "$DISK"
	run -5 with_passphrase wrong --json "$DISK"
	verdict_is inconclusive 5
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"one flipped bit there refuses the right passphrase"* ]]
	# Statistics see zeros in the key material, but not a bit.
	cp "$DISK" "$DISK.bit"
	flip_bit "$DISK.bit" $(($(slot_offset "$DISK" 2 0) + 5000))
	run -4 luks "$DISK.bit"
	zero_4k "$DISK" $(($(slot_offset "$DISK" 2 0) + 8192))
	run -1 with_passphrase "$PASSPHRASE" --json "$DISK"
	verdict_is storage-corruption 1
	[ "$(slot 0 state)" = overwritten ]
	[ "$(finding BV-LUKS-KEYSLOT '.evidence.blocks_no_ciphertext')" -eq 1 ]
	[[ $(finding BV-LUKS-PASSPHRASE .summary) == *"cannot be told"* ]]
}

@test "luks: a detached header is read from its file" {
	header=$BATS_TEST_TMPDIR/header.img
	truncate -s 16M "$header" "$DISK"
	keyed "$PASSPHRASE" luksFormat --type luks2 "${QUICK[@]}" --header "$header" "$DISK"
	run -4 luks --header "$header" --json "$DISK"
	[ "$(field '.artifacts[0].path')" = "$header" ]
	[ "$(field '.keyslots | length')" -eq 1 ]
	run -4 with_passphrase "$PASSPHRASE" --header "$header" "$DISK"
	[[ $output == *"opens keyslot 0"* ]]
	flip_bit "$header" 4500
	run -1 luks --header "$header" --json "$DISK"
	[[ $(finding BV-LUKS-COPY '.next | join(" ")') == *"cryptsetup repair --header $header $DISK"* ]]
	run -5 luks "$DISK"
}

@test "luks: a record is named by --manifest; a damaged one accuses nobody" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	record=$BATS_TEST_TMPDIR/record
	mv "$ROOT/boot/bootverdict/$KVER.manifest" "$record"
	rm -r "$ROOT/var/lib/bootverdict"
	run -4 luks "$DISK"
	run -0 bv luks --manifest "$record" "$DISK"
	flip_bit "$record" 300
	run -1 bv luks --manifest "$record" --json "$DISK"
	[ "$(field '[.findings[] | select(.warning | not) | .id] | join(",")')" = BV-MANIFEST-DAMAGED,BV-LUKS-NOT-SEALED ]
	run -2 bv luks --manifest "$record.none" "$DISK"
	# What is no record at all accuses no disk, either.
	for text in '' 'root:x:0:0:root:/root:/bin/bash' '<html>404 not found</html>'; do
		echo "$text" >"$record.other"
		run -2 bv luks --manifest "$record.other" "$DISK"
		[[ $output == *"it is another file"* ]]
	done
}

@test "luks: the terminal does not show what is typed" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	run -0 "$BATS_TEST_DIRNAME/terminal.py" "(not shown): " "$PASSPHRASE" \
		"$BOOTVERDICT" luks --root "$ROOT" --try-passphrase "$DISK"
	[[ $output == *"opens keyslot 0"* ]]
	[[ $output != *"$PASSPHRASE"* ]]
	run -3 "$BATS_TEST_DIRNAME/terminal.py" "(not shown): " wrong-one \
		"$BOOTVERDICT" luks --root "$ROOT" --try-passphrase "$DISK"
	[[ $output != *wrong-one* ]]
}

@test "luks: no command changes the device, whatever is damaged in it" {
	local kind version
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		seal_luks "$DISK"
		cp "$DISK" "$DISK.good"
		area=$(slot_offset "$DISK" "$version" 0)
		for kind in healthy first second both gone magic json slot slots reencrypt; do
			cp "$DISK.good" "$DISK"
			case $kind in
			first) flip_bit "$DISK" 40 ;;
			second) flip_bit "$DISK" 16500 ;;
			both) flip_bit "$DISK" 200 && flip_bit "$DISK" 16600 ;;
			gone) zero_bytes "$DISK" 0 40000 ;;
			magic) zero_bytes "$DISK" 0 6 ;;
			json) zero_bytes "$DISK" 4200 300 ;;
			slot) flip_bit "$DISK" $((area + 100)) ;;
			slots) zero_bytes "$DISK" "$area" 600000 ;;
			reencrypt)
				[ "$version" = 2 ] || continue
				keyed "$PASSPHRASE" reencrypt --init-only --resilience checksum \
					"${QUICK[@]}" "$DISK" || continue
				;;
			esac
			before=$(sha256sum <"$DISK")
			luks "$DISK" >/dev/null || [ $? -ne 2 ]
			luks --json "$DISK" >/dev/null || [ $? -ne 2 ]
			with_passphrase "$PASSPHRASE" "$DISK" >/dev/null || [ $? -ne 2 ]
			with_passphrase wrong "$DISK" >/dev/null || [ $? -ne 2 ]
			bv luks --manifest "$ROOT/boot/bootverdict/$KVER.manifest" "$DISK" \
				>/dev/null || [ $? -ne 2 ]
			[ "$(sha256sum <"$DISK")" = "$before" ]
		done
	done
}

@test "luks: it opens the device read-only, and neither device-mapper nor a loop device" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	printf %s "$PASSPHRASE" | strace -f -e trace=openat,open,ioctl,mount -o "$BATS_TEST_TMPDIR/trace" \
		"$BOOTVERDICT" luks --root "$ROOT" --try-passphrase "$DISK"
	grep -qF "\"$DISK\", O_RDONLY" "$BATS_TEST_TMPDIR/trace"
	run ! grep -F "\"$DISK\"" <(grep -v O_RDONLY "$BATS_TEST_TMPDIR/trace")
	run ! grep -E 'device-mapper|/dev/mapper|/dev/loop|DM_|LOOP_' "$BATS_TEST_TMPDIR/trace"
}

@test "luks: without a passphrase only the header and the keyslots in use are read" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	strace -y -e trace=pread64,read -o "$BATS_TEST_TMPDIR/trace" \
		"$BOOTVERDICT" luks --root "$ROOT" "$DISK"
	bytes=$(awk -v disk="<$DISK>" 'index($0, disk) { sum += $NF } END { print sum + 0 }' \
		"$BATS_TEST_TMPDIR/trace")
	# Two areas of 258048 bytes and two headers of 16384; each area is read at most twice.
	[ "$bytes" -gt $((2 * 258048)) ]
	[ "$bytes" -lt $((4 * 258048 + 8 * 16384)) ]
}

# Its node lies on devtmpfs, which is no reason to read it through the page cache.
@test "luks: a bit of the key length lost: a header that asks for gigabytes of key material is read at once" {
	local bit

	make_luks "$DISK" 1
	seal_luks "$DISK"
	cp "$DISK" "$DISK.good"
	for bit in 0x80 0x40 0x10 0x01; do
		cp "$DISK.good" "$DISK"
		python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(108); f.write(bytes([int(sys.argv[2], 16)]))' "$DISK" $bit
		run -1 timeout 20 "$BOOTVERDICT" luks --json --root "$ROOT" "$DISK"
		[ "$(field ".findings[].id")" = BV-LUKS-HEADERS ]
		run -1 timeout 20 "$BOOTVERDICT" luks --json --root /nonexistent "$DISK"
		[ "$(field ".findings[].id")" = BV-LUKS-HEADERS ]
	done
	run -0 luks --json "$DISK.good"
}

@test "luks: a block device is read past the page cache" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	LOOP=$(losetup --find --show --read-only "$DISK") || skip "no loop device can be made here"
	exec 9<"$LOOP" # it would forget what it has read when nobody has it open
	cat "$LOOP" >"$BATS_TEST_TMPDIR/cached"
	run -0 luks "$LOOP"
	zero_4k "$DISK" "$(slot_offset "$DISK" 2 0)"
	# The page cache of the device knows nothing of the damage.
	cmp "$LOOP" "$BATS_TEST_TMPDIR/cached"
	run -1 luks --json "$LOOP"
	exec 9<&-
	verdict_is storage-corruption 1
	[ "$(slot 0 state)" = damaged ]
}

@test "luks: bad usage ends with 2 and says where help is" {
	run -2 bv luks
	[[ $output == *"which DEVICE?"*"--help"* ]]
	run -2 bv luks a b
	run -2 bv luks --color sometimes a
	run -2 bv luks --manifest a --root b c
	run -2 bv luks "$BATS_TEST_TMPDIR/absent"
	[[ $output == *"No such file"* ]]
	run -2 bv luks "$BATS_TEST_TMPDIR"
	run -0 bv luks --help
	[[ $output == *--try-passphrase* ]]
}

@test "luks: the manual tells of every finding, and of no other" {
	cd "$BATS_TEST_DIRNAME/../.."
	diff <(grep -rhoE '"BV-(LUKS|CHAIN)-[A-Z-]+"' src | tr -d '"' | sort -u) \
		<(grep -oE 'BV-(LUKS|CHAIN)-[A-Z-]+' doc/luks.md | sort -u)
}

# The disk, the RAID member, the physical volume or the image around a container.
@test "luks: a container that begins further in is no damaged one; the command names it" {
	local at disk=$BATS_TEST_TMPDIR/whole.img version

	for version in 1 2; do
		make_luks "$DISK" $version
		for at in 16384 1048576 4194304; do
			rm -f "$disk"
			truncate -s 40M "$disk"
			printf 'label: gpt\nstart=2048, size=65536\n' | sfdisk -q "$disk"
			dd if="$DISK" of="$disk" bs=16K seek=$((at / 16384)) conv=notrunc status=none
			run luks --json "$disk"
			verdict_is inconclusive 5
			[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-INSIDE ]
			[[ $(finding BV-LUKS-INSIDE .summary) == "A LUKS$version container begins at byte $at in it"* ]]
			[[ $(finding BV-LUKS-INSIDE '.next[0]') == *"losetup --read-only --find --show --offset $at $disk"* ]]
			[ "$(finding BV-LUKS-INSIDE '.evidence.at_start')" = "a GPT partition table" ]
		done
	done
	# Named to be sealed: it is not the container, and that is no damage either.
	make_system
	run seal --device "$disk"
	[ "$status" -eq 2 ]
	[[ $output == *"$disk: a LUKS2 container begins at byte 4194304 in it, not at its start; name the partition"* ]]
}

@test "luks: of a disk the partition is named that begins where the container does" {
	local disk=$BATS_TEST_TMPDIR/whole.img

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	truncate -s 40M "$disk"
	printf 'label: gpt\nstart=2048, size=65536\n' | sfdisk -q "$disk"
	dd if="$DISK" of="$disk" bs=1M seek=1 conv=notrunc status=none
	LOOP=$(losetup --partscan --find --show "$disk") || skip "no loop device here"
	[ -e "/sys/class/block/${LOOP#/dev/}/${LOOP#/dev/}p1" ] || skip "no partitions of loop devices here"
	run luks --json "$LOOP"
	verdict_is inconclusive 5
	[ "$(finding BV-LUKS-INSIDE '.next[0]')" = "Name the partition or volume that begins there: bootverdict luks ${LOOP}p1" ]
}

@test "luks: the record of a container speaks of its own bytes, whatever lies further in" {
	local whole=$BATS_TEST_TMPDIR/whole.img

	make_luks "$DISK" 2
	seal_luks "$DISK"
	# Its partition begins earlier than when it was sealed: every byte is there.
	cp "$DISK" "$whole"
	{ head -c 1M /dev/zero && cat "$whole"; } >"$DISK"
	run luks --json "$DISK"
	verdict_is inconclusive 5
	[[ $(finding BV-LUKS-INSIDE .summary) == *"was sealed is there, but it begins 1048576 bytes further in"* ]]
	# Its header is lost, and another container begins where a partition could.
	make_luks "$BATS_TEST_TMPDIR/other.img" 2
	zero_bytes "$whole" 0 32768
	dd if="$BATS_TEST_TMPDIR/other.img" of="$whole" bs=1M seek=4 conv=notrunc status=none
	cp "$whole" "$DISK"
	run luks --json "$DISK"
	verdict_is storage-corruption 1
	[ "$(finding BV-LUKS-GONE .target)" = "$DISK" ]
}

@test "luks: a device that is too small for its container proves neither a loss nor a mistake: both sizes are told" {
	local short=$BATS_TEST_TMPDIR/short.img version bytes needed

	make_system
	for version in 1 2; do
		make_luks "$DISK" $version
		needed=16777216
		[ $version = 2 ] || needed=2066432
		for bytes in 512 1024 100000 $((needed - 512)); do
			head -c "$bytes" "$DISK" >"$short"
			run luks --json "$short"
			verdict_is inconclusive 5
			[[ $(finding BV-LUKS-SIZE .summary) == *"or the disk answers with less than it has." ]]
			[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-SIZE ]
			[ "$(finding BV-LUKS-SIZE .evidence.there)" -eq "$bytes" ]
			[ "$bytes" -lt 16384 ] || [ "$(finding BV-LUKS-SIZE .evidence.needed)" -eq $needed ]
			run ! cryptsetup open --test-passphrase --key-file <(printf %s "$PASSPHRASE") "$short"
		done
		# A header backup is no device: it has what it must have.
		cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$BATS_TEST_TMPDIR/backup-$version"
		run luks --json "$BATS_TEST_TMPDIR/backup-$version"
		verdict_is stale 4
	done
	# The keyslots that lie behind the end are named, and only these.
	head -c 300000 "$DISK" >"$short"
	run luks --json "$short"
	[ "$(finding BV-LUKS-SIZE '.evidence.behind_end')" = "keyslot 1" ]
	[ "$(slot 0 state)" = "not sealed" ]
	[ "$(slot 1 state)" = "behind the end" ]
	run seal --device "$short"
	[ "$status" -eq 2 ]
	[[ $output == *"too small for the LUKS container on it: it is not sealed"* ]]
}

@test "luks: data that begin behind the end: too small by a record, else not known; a lost field is damage" {
	local version
	make_luks "$DISK" 1
	run -4 luks "$DISK"
	# The payload's offset, of which no checksum tells: 34 MiB on 32.
	printf '\1' | dd of="$DISK" bs=1 seek=105 conv=notrunc status=none
	run luks --json "$DISK"
	verdict_is inconclusive 5
	[ "$(field '[.findings[].id] | join(",")')" = BV-LUKS-SIZE ]
	[[ $(finding BV-LUKS-SIZE .summary) == *"that field is damaged (LUKS1 has no checksum)"* ]]
	make_luks "$DISK" 1
	seal_luks "$DISK"
	printf '\1' | dd of="$DISK" bs=1 seek=105 conv=notrunc status=none
	run luks --json "$DISK"
	verdict_is storage-corruption 1
	[[ $(finding BV-LUKS-HEADERS .summary) == "The LUKS1 header is damaged"* ]]
	unset ROOT
	make_luks "$DISK" 2 --offset 49152 --luks2-keyslots-size 1M
	seal_luks "$DISK"
	truncate -s 20M "$DISK"
	run luks --json "$DISK"
	verdict_is inconclusive 5
	[ "$(finding BV-LUKS-SIZE .evidence.needed)" -eq 25165824 ]
	ROOT=$BATS_TEST_TMPDIR/nothing
	mkdir "$ROOT"
	run luks --json "$DISK"
	verdict_is inconclusive 5
	[[ $(finding BV-LUKS-SIZE .summary) == *"or it is the detached header of another device"* ]]
	# Backups end where keyslots do.
	for version in 1 2; do
		make_luks "$DISK" "$version" --align-payload 49152
		rm -f "$BATS_TEST_TMPDIR/backup"
		cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$BATS_TEST_TMPDIR/backup"
		run luks --json "$BATS_TEST_TMPDIR/backup"
		verdict_is stale 4
	done
}

@test "luks: a second copy that is not there after the first update: written never, or lost" {
	make_luks "$DISK" 1
	cryptsetup -q convert --type luks2 "$DISK"
	zero_bytes "$DISK" 16384 16384
	run luks --json "$DISK"
	verdict_is inconclusive 5
	[[ $(finding BV-LUKS-SEQID .summary) == *"was not written yet then, or it was lost."* ]]
	[[ $(finding BV-LUKS-SEQID '.next[0]') == *"have the storage examined"* ]]
	# With more updates behind it there was one.
	add_key "$DISK" 2 "$PASSPHRASE" third
	zero_bytes "$DISK" 16384 16384
	run luks --json "$DISK"
	verdict_is storage-corruption 1
}

@test "luks: a sealed device that became too small lost no byte; a damaged one did" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	truncate -s 300000 "$DISK"
	run luks --json "$DISK"
	verdict_is inconclusive 5
	[ "$(slot 0 state)" = "as sealed" ]
	[ "$(slot 1 state)" = "behind the end" ]
	[ "$(finding BV-LUKS-SIZE '.evidence.behind_end')" = "keyslot 1" ]
	zero_4k "$DISK" 40960
	run luks --json "$DISK"
	verdict_is storage-corruption 1
	[ "$(finding BV-LUKS-KEYSLOT .evidence.keyslot)" -eq 0 ]
	[ "$(finding BV-LUKS-KEYSLOT '.ranges[0].offset')" -eq 40960 ]
	zero_bytes "$DISK" 5000 1
	head -c 20000 "$DISK" >"$BATS_TEST_TMPDIR/cut"
	run luks --json "$BATS_TEST_TMPDIR/cut"
	verdict_is storage-corruption 1
	[ "$(finding BV-LUKS-HEADERS .target)" = "$BATS_TEST_TMPDIR/cut" ]
}
