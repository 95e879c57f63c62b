#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# LUKS devices in the seal: what is recorded, what a check makes of it, and that its owner's changes
# are not called damage.

bats_require_minimum_version 1.5.0

load system
load luks

setup() {
	DISK=$BATS_TEST_TMPDIR/disk.img
	GENERATORS=$BATS_TEST_DIRNAME/../luks
	LOOP='' LINKS=()
}

teardown() {
	rm -f "${LINKS[@]}"
	[ -z "$LOOP" ] || losetup --detach "$LOOP" 2>/dev/null || true
}

verdict_is() { # NAME STATUS
	[ "$status" -eq "$2" ]
	[ "$(field .verdict)" = "$1" ]
}

ids() {
	field '[.findings[].id] | join(",")'
}

stale() { # KEY of the finding's evidence
	field ".findings[] | select(.id == \"BV-LUKS-STALE\") | .evidence.$1 // \"\""
}

records() { # the LUKS lines of the record beside the kernel
	grep -c '^luks ' "$ROOT/boot/bootverdict/$KVER.manifest" || true
}

crypttab() {
	printf '%s\n' "$@" >"$ROOT/etc/crypttab"
}

@test "without a LUKS device nothing about LUKS is in the seal" {
	make_system
	cp -r "$ROOT" "$BATS_TEST_TMPDIR/twin"
	seal -q
	run ! grep -aiq luks "$ROOT/boot/bootverdict/$KVER.manifest"
	run ! grep -aq '^luks ' "$IMAGE"
	printf 'crypted_swap /dev/sdz9 /dev/urandom swap,cipher=aes-xts-plain64\n# a comment\n' \
		>"$BATS_TEST_TMPDIR/twin/etc/crypttab"
	bv seal -q --root "$BATS_TEST_TMPDIR/twin" -k "$KVER"
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/twin/boot/${IMAGE##*/}"
}

@test "a named device is sealed, stays sealed, and the guard has its record" {
	make_luks "$DISK" 2
	make_system
	seal --device "$DISK"
	[ "$(records)" -eq 1 ]
	[ "$(grep -ac '^luks 2 ' "$IMAGE")" -eq 1 ]
	[ "$(grep -c '^keyslot ' "$ROOT/boot/bootverdict/$KVER.manifest")" -eq 2 ]
	fingerprint >"$BATS_TEST_TMPDIR/before"
	run -0 seal
	[[ $output == *"already sealed"* ]]
	[[ $output == *"$DISK: LUKS2, keyslots in use: 2"* ]]
	[ "$(records)" -eq 1 ]
	fingerprint | diff "$BATS_TEST_TMPDIR/before" -
	run -0 check --json
	[ "$(field '.artifacts[] | select(.kind == "luks") | .state')" = intact ]
	bv seal -q --root "$ROOT" -k "$KVER" --remove
	run -0 seal -q
	[ "$(records)" -eq 0 ]
}

@test "a relative name means the same device from another folder" {
	make_luks "$DISK" 2
	make_system
	(cd "$BATS_TEST_TMPDIR" && seal -q --device disk.img)
	(cd / && check)
	(cd / && seal -q)
	[ "$(records)" -eq 1 ]
}

@test "crypttab tells which devices the initramfs unlocks" {
	make_luks "$DISK" 2
	make_luks "$DISK.2" 1
	make_system
	crypttab '# name source key options' "vault $DISK none luks,initramfs" \
		"later $DISK.2 none luks,noauto" "swap /dev/sdz3 /dev/urandom swap"
	seal -q
	[ "$(records)" -eq 1 ]
	grep -q '^layer crypt vault ' "$ROOT/boot/bootverdict/$KVER.manifest"
	# fstab names the mapping of the root: the other one opens later.
	crypttab "root_crypt $DISK none luks" "later $DISK.2 none luks"
	echo '/dev/mapper/root_crypt / ext4 defaults 0 1' >"$ROOT/etc/fstab"
	seal -q
	[ "$(records)" -eq 1 ]
	# fstab cannot tell: all that open by themselves.
	echo 'UUID=1234 / ext4 defaults 0 1' >"$ROOT/etc/fstab"
	seal -q
	[ "$(records)" -eq 2 ]
	check
	# Gone from crypttab: not sealed any more.
	crypttab "root_crypt $DISK none luks"
	seal -q
	[ "$(records)" -eq 1 ]
	crypttab 'absent UUID=00000000-1111-2222-3333-444444444444 none luks,initramfs'
	run -0 seal
	[[ $output == *"00000000-1111-2222-3333-444444444444"*"it is not sealed"* ]]
	[ "$(records)" -eq 0 ]
}

@test "a detached header is sealed and compared" {
	"$GENERATORS/make-luks2-detached" "$DISK"
	make_system
	seal -q --device "$DISK.data" --header "$DISK"
	grep -q '^header ' "$ROOT/boot/bootverdict/$KVER.manifest"
	check
	seal -q
	[ "$(records)" -eq 1 ]
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 1) + 70000))
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '.findings[0].evidence.keyslot')" -eq 1 ]
	crypttab "vault $DISK.data none luks,initramfs,header=$DISK"
	run -2 seal --header "$DISK"
}

@test "what is damaged is not sealed, and keeps the record that it has" {
	make_luks "$DISK" 2
	make_system
	seal -q --device "$DISK"
	cp "$DISK" "$DISK.good"
	fingerprint >"$BATS_TEST_TMPDIR/before"
	slot=$(slot_offset "$DISK" 2 1)
	for kind in copy both gone slot area; do
		cp "$DISK.good" "$DISK"
		case $kind in
		copy) flip_bit "$DISK" 4500 ;;
		both) flip_bit "$DISK" 4500 && flip_bit "$DISK" 20900 ;;
		gone) zero_bytes "$DISK" 0 32768 ;;
		slot) flip_bit "$DISK" $((slot + 5000)) ;;
		area) zero_bytes "$DISK" "$slot" 258048 ;;
		esac
		# Named, or known from the last seal.
		run -1 seal -q --device "$DISK"
		[[ $output == *"bootverdict luks $DISK"* ]]
		run -1 seal -q
		fingerprint | diff "$BATS_TEST_TMPDIR/before" -
	done
	cp "$DISK.good" "$DISK"
	run -0 seal -q
	# Without a record the statistics see overwritten key material.
	bv seal -q --root "$ROOT" -k "$KVER" --remove
	zero_4k "$DISK" $((slot + 8192))
	run -1 seal -q --device "$DISK"
	run -1 grep '^luks ' "$ROOT/boot/bootverdict/$KVER.manifest"
	# The owner's way out: another key in its place.
	cp "$DISK.good" "$DISK"
	seal -q --device "$DISK"
	flip_bit "$DISK" $((slot + 5000))
	keyed "$PASSPHRASE" luksKillSlot "$DISK" 1
	seal -q
	check
}

@test "what cannot be sealed by name is told, with status 2" {
	make_system
	run -2 seal --device "$BATS_TEST_TMPDIR/absent"
	[[ $output == *absent*"No such file"* ]]
	truncate -s 1M "$DISK"
	run -2 seal --device "$DISK"
	[[ $output == *"there is no LUKS header"* ]]
	run -2 seal --header "$DISK"
	[[ $output == *"--device"* ]]
	run -0 seal -q
}

@test "check finds damage in a sealed device, and what is gone" {
	for version in 1 2; do
		make_luks "$DISK" "$version"
		unset ROOT
		rm -rf "$BATS_TEST_TMPDIR/root"
		seal_luks "$DISK" -q
		check
		cp "$DISK" "$DISK.good"
		flip_bit "$DISK" $(($(slot_offset "$DISK" "$version" 0) + 100))
		run check --json
		verdict_is storage-corruption 1
		[ "$(ids)" = BV-LUKS-KEYSLOT ]
		[ "$(field '.findings[0].evidence.keyslot')" -eq 0 ]
		[ "$(field '.artifacts[] | select(.kind == "initrd") | .state')" = intact ]
		cp "$DISK.good" "$DISK"
		zero_bytes "$DISK" 0 65536
		run check --json
		verdict_is storage-corruption 1
		[ "$(ids)" = BV-LUKS-GONE ]
		rm "$DISK"
		run check --json
		verdict_is inconclusive 5
		[ "$(ids)" = BV-LUKS-ABSENT ]
		cp "$DISK.good" "$DISK"
		check
	done
}

# One change by its owner: stale, with these words; sealed again it is intact.
changed() { # WHAT COMMAND...
	local what=$1
	shift
	cp "$DISK.good" "$DISK"
	"$@"
	run check --json
	echo "after $what:"
	verdict_is stale 4
	[[ ",$(ids)," == *,BV-LUKS-STALE,* ]]
	[ "$(field '[.findings[] | select(.verdict == "storage-corruption")] | length')" -eq 0 ]
	cp -r "$ROOT" "$BATS_TEST_TMPDIR/sealed"
	bv seal -q --root "$ROOT" --all
	check
	rm -r "$ROOT"
	mv "$BATS_TEST_TMPDIR/sealed" "$ROOT"
}

# A change after which damage in what did not change is still seen.
and_damaged() { # VERSION SLOT
	flip_bit "$DISK" $(($(slot_offset "$DISK" "$1" "$2") + 20000))
	cp "$DISK" "$DISK.damaged"
	run check --json
	verdict_is storage-corruption 1
	[ "$(field '[.findings[] | select(.id == "BV-LUKS-KEYSLOT") | .evidence.keyslot] | join(",")')" = "$2" ]
}

change_key() { # VERSION SLOT
	printf %s new >"$BATS_TEST_TMPDIR/new-key"
	# shellcheck disable=SC2046 # several words
	keyed "$PASSPHRASE" luksChangeKey --key-slot "$2" $(quick "$1") "$DISK" "$BATS_TEST_TMPDIR/new-key"
}

new_uuid() {
	cryptsetup -q luksUUID --uuid 6f41aaaa-1234-4c8c-9a4b-0123456789ab "$DISK"
}

import_token() {
	echo '{"type":"nobody","keyslots":["0"]}' | cryptsetup token import "$DISK"
}

reencrypt() { # OPTION...
	keyed "$PASSPHRASE" reencrypt --force-offline-reencrypt --key-slot 0 "${QUICK[@]}" "$@" "$DISK"
}

common_changes() { # VERSION
	changed luksAddKey add_key "$DISK" "$1" "$PASSPHRASE" third
	[ "$(stale keyslots_new)" = "keyslot 2" ]
	[ "$(stale keyslots_changed)" = "" ]
	changed luksChangeKey change_key "$1" 0
	[ "$(stale keyslots_changed)" = "keyslot 0" ]
	[ "$(stale keyslots_new)$(stale keyslots_removed)" = "" ]
	changed luksKillSlot keyed "$PASSPHRASE" luksKillSlot "$DISK" 1
	[ "$(stale keyslots_removed)" = "keyslot 1" ]
	changed luksErase cryptsetup -q luksErase "$DISK"
	[ "$(stale keyslots_removed)" = "keyslots 0 and 1" ]
	changed luksUUID new_uuid
	[ "$(stale uuid)" = 6f41aaaa-1234-4c8c-9a4b-0123456789ab ]
	changed luksFormat make_luks "$DISK" "$1"
	changed convert cryptsetup -q convert --type "luks$((3 - $1))" "$DISK"
	# Its owner changed one keyslot, and the disk damaged another.
	cp "$DISK.good" "$DISK"
	add_key "$DISK" "$1" "$PASSPHRASE" third
	and_damaged "$1" 0
	cp "$DISK.good" "$DISK"
	change_key "$1" 0
	and_damaged "$1" 1
	# The healthy twin.
	cp "$DISK.good" "$DISK"
	check
}

@test "LUKS1: every change by its owner is stale, and names the keyslots" {
	make_luks "$DISK" 1
	seal_luks "$DISK" -q
	cp "$DISK" "$DISK.good"
	common_changes 1
	# Added and removed again: as it was, to the byte.
	add_key "$DISK" 1 "$PASSPHRASE" third
	keyed "$PASSPHRASE" luksKillSlot "$DISK" 2
	check
}

@test "LUKS2: every change by its owner is stale, and names the keyslots" {
	make_luks "$DISK" 2 --sector-size 512
	seal_luks "$DISK" -q
	cp "$DISK" "$DISK.good"
	common_changes 2
	changed luksConvertKey keyed "$PASSPHRASE" luksConvertKey --key-slot 0 \
		--pbkdf pbkdf2 --pbkdf-force-iterations 2000 "$DISK"
	[ "$(stale keyslots_changed)" = "keyslot 0" ]
	changed token import_token
	[ "$(stale keyslots_changed)$(stale keyslots_new)$(stale keyslots_removed)" = "" ]
	changed label cryptsetup -q config --label a-name "$DISK"
	changed priority cryptsetup -q config --priority prefer --key-slot 1 "$DISK"
	[ "$(stale keyslots_changed)" = "" ]
	changed "reencrypt --init-only" reencrypt --init-only
	[[ $(ids) == *BV-LUKS-REENCRYPT* ]]
	changed reencrypt reencrypt
	cp "$DISK.good" "$DISK"
	cryptsetup -q config --label a-name "$DISK"
	and_damaged 2 1
}

@test "LUKS2: a header backup that is restored is no damage" {
	make_luks "$DISK" 2
	cryptsetup -q luksHeaderBackup "$DISK" --header-backup-file "$DISK.backup"
	seal_luks "$DISK" -q
	add_key "$DISK" 2 "$PASSPHRASE" third
	seal -q
	cryptsetup -q luksHeaderRestore "$DISK" --header-backup-file "$DISK.backup"
	run check --json
	verdict_is inconclusive 5
	# Nobody changed keys after the seal, for all that is known.
	[ "$(ids)" = BV-LUKS-SEQID ]
	[[ $(field '.findings[0].next[0]') == *"seal --all --remove; bootverdict seal --all"* ]]
	# Sealed as it is it would be forgotten that the disk forgot.
	fingerprint >"$BATS_TEST_TMPDIR/before"
	run -2 seal
	[[ $output == *"$DISK: the header is older than the sealed one, and sound in itself: a header backup was restored, or the disk gave back what it held before"* ]]
	[[ $output == *"its record of before is kept; if it is meant to be as it is now"*"seal --remove"* ]]
	fingerprint | diff "$BATS_TEST_TMPDIR/before" -
	# The twin: damage in it.
	cp "$DISK" "$DISK.restored"
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	run check --json
	verdict_is storage-corruption 1
	[[ $(ids) == *BV-LUKS-KEYSLOT* ]]
	cp "$DISK.restored" "$DISK"
	# The way out.
	bv seal -q --root "$ROOT" --all --remove
	run -0 seal --device "$DISK"
	# The same state that was sealed, restored: intact.
	cryptsetup -q luksHeaderRestore "$DISK" --header-backup-file "$DISK.backup"
	check
	# And a key that its owner removed is a change.
	keyed "$PASSPHRASE" luksKillSlot "$DISK" 1
	run check --json
	verdict_is stale 4
	[ "$(stale keyslots_removed)" = "keyslot 1" ]
	run -0 seal
}

link_by_uuid() { # DEVICE: as udev does
	LINK=/dev/disk/by-uuid/$(cryptsetup luksUUID "$1")
	LINKS+=("$LINK")
	mkdir -p "${LINK%/*}"
	ln -sf "$1" "$LINK"
}

@test "a lost header takes the link by its UUID with it: the device is still the sealed one" {
	local uuid version other=$BATS_TEST_TMPDIR/other.img

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	truncate -s 32M "$DISK"
	LOOP=$(losetup --find --show "$DISK") || skip "no loop device here"
	for version in 2 1; do
		make_luks "$other" "$version"
		cp "$other" "$DISK"
		link_by_uuid "$LOOP"
		uuid=${LINK##*/}
		unset ROOT
		make_system
		# Named by crypttab, and by --device.
		for name in crypttab device; do
			cp "$other" "$DISK"
			ln -sf "$LOOP" "$LINK"
			crypttab
			bv seal -q --root "$ROOT" --all --remove
			if [ $name = crypttab ]; then
				crypttab "root_crypt UUID=$uuid none luks,initramfs"
				seal -q
			else
				seal -q --device "$LINK"
			fi
			[ "$(records)" -eq 1 ]
			fingerprint >"$BATS_TEST_TMPDIR/before"
			zero_bytes "$LOOP" 0 32768
			rm -f "$LINK"
			run -1 seal
			[[ $output == *"$LOOP: the LUKS header that was sealed is not there any more"* ]]
			[[ $output != *"no longer recorded"* && $output != *"No such file"* ]]
			fingerprint | diff "$BATS_TEST_TMPDIR/before" -
			run check --json
			verdict_is storage-corruption 1
			[ "$(ids)" = BV-LUKS-GONE ]
			# The header is there, and udev was not.
			cp "$other" "$DISK"
			rm -f "$LINK"
			run -0 seal
			[ "$(records)" -eq 1 ]
			# Nothing is left, where another disk may have that name.
			zero_bytes "$LOOP" 0 4194304
			rm -f "$LINK"
			run -0 seal
			[[ $output == *"its record of before (UUID $uuid) is kept"* ]]
			[ "$(records)" -eq 1 ]
		done
	done
}

@test "a link by UUID that is not there: the disk is away, or its owner wants another" {
	local uuid

	[ "$(id -u)" -eq 0 ] || skip "a loop device is for root"
	make_luks "$DISK" 2
	make_system
	LOOP=$(losetup --find --show "$DISK") || skip "no loop device here"
	link_by_uuid "$LOOP"
	uuid=${LINK##*/}
	crypttab "root_crypt UUID=$uuid none luks,initramfs"
	seal -q
	fingerprint >"$BATS_TEST_TMPDIR/before"
	# Taken out of the machine.
	losetup --detach "$LOOP"
	rm -f "$LINK"
	run -0 seal
	[[ $output == *"its record of before (UUID $uuid) is kept"* ]]
	fingerprint | diff "$BATS_TEST_TMPDIR/before" -
	# Formatted anew, and crypttab has the new UUID.
	make_luks "$DISK" 2
	LOOP=$(losetup --find --show "$DISK")
	link_by_uuid "$LOOP"
	crypttab "root_crypt UUID=${LINK##*/} none luks,initramfs"
	run -0 seal
	[[ $output == *"(UUID $uuid) is no longer recorded"* ]]
	[ "$(records)" -eq 1 ]
	check
	# Its owner does not want it any more, lost or not.
	zero_bytes "$LOOP" 0 32768
	rm -f "$LINK"
	crypttab
	run -0 seal
	[[ $output == *"(UUID ${LINK##*/}) is no longer recorded"* ]]
	[ "$(records)" -eq 0 ]
}

@test "LUKS2: a backup restored and changed since: both copies differ, and none is said to be damaged" {
	make_luks "$DISK" 2
	cryptsetup luksHeaderBackup "$DISK" --header-backup-file "$BATS_TEST_TMPDIR/backup"
	echo '{"type":"a","keyslots":["0"]}' | cryptsetup token import --json-file - "$DISK"
	seal_luks "$DISK"
	cryptsetup -q luksHeaderRestore "$DISK" --header-backup-file "$BATS_TEST_TMPDIR/backup"
	echo '{"type":"b","keyslots":["1"]}' | cryptsetup token import --json-file - "$DISK"
	run luks --json "$DISK"
	verdict_is stale 4
	[[ $(field '.findings[0].summary') == "Both copies of the header have other bytes than were sealed"* ]]
	[[ $output != *"a damaged copy"* ]]
}

@test "LUKS2: a copy that cryptsetup repaired silently is told" {
	make_luks "$DISK" 2
	seal_luks "$DISK" -q
	cp "$DISK" "$DISK.good"
	for offset in 4500 20900; do
		cp "$DISK.good" "$DISK"
		flip_bit "$DISK" "$offset"
		run check --json
		verdict_is storage-corruption 1
		[ "$(ids)" = BV-LUKS-COPY ]
		cryptsetup luksDump "$DISK" >/dev/null
		run check --json
		verdict_is stale 4
		[[ $(field '.findings[0].summary') == *"repaired silently"* ]]
	done
}

@test "the record shows hashes and no byte of what it is about" {
	make_luks "$DISK" 2
	seal_luks "$DISK" -q
	sed -n '/^luks /,/^segment /p' "$ROOT/boot/bootverdict/$KVER.manifest" >"$BATS_TEST_TMPDIR/lines"
	run ! grep -vE '^(luks 2 |copy |state |keyslot |segment |blocks( [0-9a-f]{16}){1,8}$)' \
		"$BATS_TEST_TMPDIR/lines"
	[ "$(grep -c '^keyslot ' "$BATS_TEST_TMPDIR/lines")" -eq 2 ]
}

# tests/luks/run has all kinds of header and of damage, and more changes; this is a part of it.
@test "LUKS1: damage in every field and area, of three kinds of header" {
	make_system
	"$GENERATORS/matrix" --few "$ROOT" "$BATS_TEST_TMPDIR" luks1 luks1-one-slot luks1-short-key
}

@test "LUKS2: damage in every field and area, of four kinds of header" {
	make_system
	"$GENERATORS/matrix" --few "$ROOT" "$BATS_TEST_TMPDIR" luks2 luks2-one-slot luks2-4096 \
		luks2-argon2id
}

@test "a detached header: what its owner changes is stale, and damage is still seen" {
	make_system
	for change in change-key reencrypt-killed; do
		"$GENERATORS/owner" --only "$change" "$ROOT" "$BATS_TEST_TMPDIR" luks1-detached \
			luks2-detached
	done
}

@test "LUKS2: a header of the future, and an update that was cut off, are no damage" {
	make_system
	for change in future-version future-version-begun future-requirement other-metadata \
		other-metadata-begun update-cut; do
		"$GENERATORS/owner" --only "$change" "$ROOT" "$BATS_TEST_TMPDIR" luks2-one-slot
	done
}

@test "cryptsetup killed at each of its writes leaves no damage, and what it says to do ends it" {
	make_system
	export LUKS_KILL=$BATS_TEST_TMPDIR/kill.so
	gcc -D_GNU_SOURCE -O2 -shared -fPIC -o "$LUKS_KILL" "$GENERATORS/kill.c"
	"$GENERATORS/killed" --only kill-slot --only change-key --only convert "$ROOT" \
		"$BATS_TEST_TMPDIR" luks1 luks2
}

@test "no text of a LUKS header reaches the terminal as anything but printable ASCII" {
	make_system
	"$GENERATORS/texts" "$ROOT" "$BATS_TEST_TMPDIR"
}

# What is left further in is of a LUKS device that was here before.
@test "plain dm-crypt on a former LUKS disk is left out, and the seal goes on" {
	local version

	make_system
	crypttab "data $DISK none cipher=aes-xts-plain64,size=256,initramfs"
	for version in 1 2; do
		make_luks "$DISK" $version
		head -c 17000 /dev/urandom | dd of="$DISK" conv=notrunc status=none
		# The JSON area of the second copy is there, and its binary header is not.
		run ! cryptsetup isLuks "$DISK"
		run -0 seal
		[[ $output == *"$DISK: no LUKS header is at its start"*"both copies of one are lost, or it is plain dm-crypt: it is not sealed"* ]]
		[ "$(records)" -eq 0 ]
	done
	# A second header that is damaged, but not gone.
	make_luks "$DISK" 2
	head -c 4096 /dev/urandom | dd of="$DISK" conv=notrunc status=none
	zero_bytes "$DISK" $((16384 + 460)) 8
	run -0 seal
	[ "$(records)" -eq 0 ]
	# Said to be LUKS, or no ciphertext where its header was: that is damage.
	crypttab "data $DISK none luks,initramfs"
	run -1 seal
	crypttab "data $DISK none initramfs"
	zero_4k "$DISK" 0
	run -1 seal
	[[ $output == *"damaged"* ]]
	# With a good second header cryptsetup takes it for LUKS.
	make_luks "$DISK" 2
	head -c 4096 /dev/urandom | dd of="$DISK" conv=notrunc status=none
	run -2 seal
	[[ $output == *swap* ]]
}

@test "what its owner has made something else of is a warning, and no failure of the update" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	record=$(grep '^luks ' "$ROOT/boot/bootverdict/$KVER.manifest")
	for what in "mkswap -q -f" "wipefs -q -a"; do
		cp "$DISK" "$BATS_TEST_TMPDIR/good"
		$what "$DISK"
		run -2 bv seal --root "$ROOT" -k "$KVER"
		[[ $output == *"its record of before is kept"*"seal --remove"* ]]
		[ "$(grep '^luks ' "$ROOT/boot/bootverdict/$KVER.manifest")" = "$record" ]
		cp "$BATS_TEST_TMPDIR/good" "$DISK"
	done
	# The twin: its keys are lost.
	dd if=/dev/zero of="$DISK" bs=4096 count=1 seek=8 conv=notrunc status=none
	run -1 bv seal --root "$ROOT" -k "$KVER"
	[[ $output != *"seal --remove"* ]]
}

@test "what was sealed and is not there keeps its record, and what goes is told" {
	local uuid

	make_luks "$DISK" 2
	uuid=$(cryptsetup luksUUID "$DISK")
	make_system
	seal -q --device "$DISK"
	fingerprint >"$BATS_TEST_TMPDIR/before"
	mv "$DISK" "$DISK.away"
	run -0 seal
	[[ $output == *"its record of before (UUID $uuid) is kept"* ]]
	[[ $output != *"it is not sealed"* ]]
	fingerprint | diff "$BATS_TEST_TMPDIR/before" -
	run check --json
	verdict_is inconclusive 5
	# Back again, and damaged meanwhile.
	mv "$DISK.away" "$DISK"
	check
	flip_bit "$DISK" $(($(slot_offset "$DISK" 2 0) + 5000))
	run check --json
	verdict_is storage-corruption 1
	# Formatted anew: its record is of what is there now.
	make_luks "$DISK" 2
	run -0 seal
	[[ $output == *"$DISK: it (UUID $uuid) is no longer recorded"* ]]
	[ "$(records)" -eq 1 ]
	check
	# What crypttab names is wanted; what it names no more is not.
	uuid=$(cryptsetup luksUUID "$DISK")
	bv seal -q --root "$ROOT" -k "$KVER" --remove
	crypttab "root_crypt $DISK none luks,initramfs"
	seal -q
	mv "$DISK" "$DISK.away"
	run -0 seal
	[[ $output == *"its record of before (UUID $uuid) is kept"* ]]
	[ "$(records)" -eq 1 ]
	crypttab
	run -0 seal
	[[ $output == *"$DISK: it (UUID $uuid) is no longer recorded"* ]]
	[ "$(records)" -eq 0 ]
}

@test "a container that was cut short keeps its record, for when it is as long again" {
	make_luks "$DISK" 2
	seal_luks "$DISK"
	cp "$DISK" "$BATS_TEST_TMPDIR/good"
	truncate -s 300000 "$DISK"
	run -2 bv seal --root "$ROOT" -k "$KVER"
	[[ $output == *"too small for the LUKS2 container that begins on it"* && $output != *"no longer recorded"* ]]
	cp "$BATS_TEST_TMPDIR/good" "$DISK"
	check
	zero_bytes "$DISK" 36864 4096
	run -1 check
}

@test "of a detached header's device nothing was sealed, and nothing is restored to it" {
	head -c 32M /dev/urandom >"$DISK"
	header=$BATS_TEST_TMPDIR/header
	read -ra options < <(quick 2)
	printf %s "$PASSPHRASE" | cryptsetup -q luksFormat --type luks2 "${options[@]}" --header "$header" "$DISK" -
	make_system
	crypttab "data $DISK none luks,header=$header,initramfs"
	seal -q
	check
	run -5 bv luks --root "$ROOT" "$DISK"
	[[ $output == *"--header $header"* && $output != *"luksHeaderRestore $DISK"* ]]
	run -0 bv luks --root "$ROOT" --header "$header" "$DISK"
	# The twin: the header itself.
	zero_bytes "$header" 0 32768
	run -1 bv luks --root "$ROOT" --header "$header" "$DISK"
}
