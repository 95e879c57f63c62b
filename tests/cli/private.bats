#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# An image with key files: what is known outside it is for nobody who may not read the image, and
# damage in them is told all the same.

bats_require_minimum_version 1.5.0

load system

WORDS=(hunter2 passw0rd 'correct horse' letmein)
SECRET='correct horse'
KEY=cryptroot/keyfiles/disk_crypt.key

setup() {
	umask 022
}

# As cryptsetup-initramfs lays them out: a folder that root alone may search.
make_key_files() { # FOLDER
	mkdir -p "$1/cryptroot"
	mkdir -m 0700 "$1/cryptroot/keyfiles"
	printf %s "$SECRET" >"$1/$KEY"
	chmod "${2:-0600}" "$1/$KEY"
	noise 10000 key >"$1/cryptroot/keyfiles/big.key"
}

make_private_system() { # [MODE [CODEC [MODE OF THE KEY FILE]]]
	local files=$BATS_TEST_TMPDIR/files

	make_system
	rm -rf "$files"
	make_files "$files"
	make_key_files "$files" "${3:-0600}"
	archive "$files" | pack "${2:-zstd}" >"$IMAGE"
	chmod "${1:-0600}" "$IMAGE"
	RECORDS=("$ROOT"/{boot,var/lib}/bootverdict/"$KVER.manifest")
}

records_have() { # MODE
	[ "$(stat -c %a "${RECORDS[@]}" | sort -u)" = "$1" ]
}

guess() { # RECORD
	run python3 "$BATS_TEST_DIRNAME/guess.py" "$1" "${WORDS[@]}"
}

# By somebody who is not root. The folders above it are not for others to search: from inside.
others_guess() { # RECORD, below ROOT
	rm -f "$BATS_TEST_TMPDIR/stolen"
	(cd "$ROOT" && setpriv --reuid 65534 --regid 65534 --clear-groups cat "$1") \
		>"$BATS_TEST_TMPDIR/stolen" 2>"$BATS_TEST_TMPDIR/refused" || return
	guess "$BATS_TEST_TMPDIR/stolen"
}

# The list in the image, which has the hashes of everything.
list_in_image() {
	cpio -i --quiet --to-stdout bootverdict/manifest <"$IMAGE" 2>/dev/null
}

@test "records are for everybody only when the image and the kernel are" {
	for modes in "0600 0644 600" "0640 0644 600" "0400 0644 600" "0604 0644 600" "0644 0600 600" \
		"0644 0640 600" "0644 0644 644" "0666 0755 644"; do
		read -r of_image of_kernel of_record <<<"$modes"
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_private_system "$of_image"
		chmod "$of_kernel" "$KERNEL"
		seal -q
		records_have "$of_record"
		[ "$(stat -c %a "$ROOT"/{boot,var/lib}/bootverdict | sort -u)" = 755 ]
		[ "$(stat -c %a "$IMAGE")" = "$(printf %o "$of_image")" ]
		check -q
	done
}

@test "a record without a kernel has the image's mode" {
	for mode in 600 644; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_private_system "$mode"
		rm "$KERNEL"
		seal -q
		records_have "$mode"
	done
}

@test "an access control list makes the record root's alone" {
	make_private_system 0644
	setfacl -m u:65534:0 "$KERNEL" || skip "no access control lists here"
	seal -q
	records_have 600
}

@test "a record that was for everybody is closed at the next seal, also of what is sealed already" {
	make_private_system 0600
	seal -q
	chmod 0644 "${RECORDS[@]}"
	fingerprint >"$BATS_TEST_TMPDIR/before"
	run seal
	[ "$status" -eq 0 ]
	[[ $output == *"already sealed"* ]]
	records_have 600
	fingerprint | diff "$BATS_TEST_TMPDIR/before" -
	# And when it has to be written anew.
	chmod 0644 "${RECORDS[@]}"
	echo POLICY=ask >"$ROOT/etc/bootverdict.conf"
	seal -q
	records_have 600
}

@test "a record that its owner closed stays closed, and one for everybody stays that" {
	make_private_system 0644
	seal -q
	records_have 644
	run seal
	[[ $output == *"already sealed"* ]]
	records_have 644
	chmod 0600 "${RECORDS[@]}"
	seal -q
	records_have 600
}

@test "nobody who may not read the image can try a passphrase on its record" {
	[ "$(id -u)" -eq 0 ] || skip "not as root"
	for key_mode in 0600 0644; do
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_private_system 0600 zstd "$key_mode"
		seal -q
		for record in {boot,var/lib}/bootverdict/$KVER.manifest; do
			run ! others_guess "$record"
			grep -q "$KVER.manifest: Permission denied" "$BATS_TEST_TMPDIR/refused"
			[ ! -s "$BATS_TEST_TMPDIR/stolen" ]
		done
	done
	# The twin: where everybody may read the image, they may read its record.
	chmod 0644 "$IMAGE"
	rm "${RECORDS[@]}"
	seal -q
	others_guess "boot/bootverdict/$KVER.manifest"
	[[ $output == *"nothing can be said"* ]]
}

@test "a record that got into other hands has no hash of a key file" {
	for key_mode in 0600 0644; do # the folder alone hides the second
		for codec in zstd plain; do
			rm -rf "$BATS_TEST_TMPDIR/root"
			make_private_system 0600 "$codec" "$key_mode"
			seal -q
			for record in "${RECORDS[@]}"; do
				guess "$record"
				[ "$status" -eq 1 ]
				[[ $output == *"nothing can be said"* ]]
			done
			# The twin, as the records once were: the list that never leaves the image.
			list_in_image >"$BATS_TEST_TMPDIR/list"
			guess "$BATS_TEST_TMPDIR/list"
			[ "$status" -eq 0 ]
			[ "$output" = "$SECRET" ]
		done
	done
}

@test "a file for everybody keeps its hash in the record" {
	make_private_system 0644
	seal -q
	WORDS=(setting=1)
	guess "${RECORDS[0]}"
	[ "$output" = setting=1 ]
}

@test "the list in the image, and so the boot's report, is for everybody only when the image is" {
	for modes in "0600 r--------" "0640 r--------" "0644 r--r--r--"; do
		read -r of_image of_list <<<"$modes"
		rm -rf "$BATS_TEST_TMPDIR/root"
		make_private_system "$of_image"
		seal -q
		cpio -tv --quiet <"$IMAGE" 2>/dev/null | grep "^-$of_list.* bootverdict/manifest$"
	done
}

@test "damage in a key file is told exactly, its bytes are not" {
	make_private_system 0600 plain
	seal -q
	cp -p "$IMAGE" "$BATS_TEST_TMPDIR/good"
	offset=$(grep -abo "$SECRET" "$IMAGE" | cut -d: -f1)
	keeping_times "$IMAGE" flip_bit "$IMAGE" $((offset + 3))
	run check --json
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].id')" = BV-INITRD-BLOCKS ]
	[ "$(field '.findings[0].ranges[0] | "\(.damage) \(.byte)"')" = "bit-flip $((offset + 3))" ]
	[ "$(field ".findings[0].ranges[0].members | index(\"$KEY\") != null")" = true ]
	[[ $output != *"$SECRET"* ]]
	run bv check --json "$IMAGE"
	[ "$status" -eq 1 ]
	[ "$(field '.findings[0].id')" = BV-IMAGE-CONTENT ]
	[[ $(field '.findings[0].evidence.members[]') == "$KEY: "* ]]
	cp -p "$BATS_TEST_TMPDIR/good" "$IMAGE" # the twin
	bv check -q "$IMAGE"
}

@test "sealing an image with key files twice gives the same bytes" {
	make_private_system
	cp "$IMAGE" "$BATS_TEST_TMPDIR/built"
	seal -q
	fingerprint >"$BATS_TEST_TMPDIR/once"
	sleep 1
	run seal
	[[ $output == *"already sealed"* ]]
	fingerprint | diff "$BATS_TEST_TMPDIR/once" -
	seal -q --remove
	cmp "$IMAGE" "$BATS_TEST_TMPDIR/built"
}

@test "in the boot a report for root alone stays that on its way to /run" {
	export BOOTVERDICT_ROOT=$BATS_TEST_TMPDIR/root
	script=$BATS_TEST_DIRNAME/../../initramfs-tools/scripts/init-top/bootverdict
	from=$BOOTVERDICT_ROOT/bootverdict
	mkdir -p "$BOOTVERDICT_ROOT/run" "$from/run"
	for busybox in "$BATS_TEST_DIRNAME/../../build/busybox" /bin/false; do
		rm -rf "$BOOTVERDICT_ROOT/run/bootverdict" "$from/busybox"
		ln -s "$busybox" "$from/busybox"
		echo for-root >"$from/run/report.txt"
		echo for-all >"$from/run/report.json"
		chmod 0600 "$from/run/report.txt"
		chmod 0644 "$from/run/report.json"
		"$script"
		[ "$(stat -c %a "$BOOTVERDICT_ROOT/run/bootverdict")" = 755 ]
		[ "$(stat -c %a "$BOOTVERDICT_ROOT/run/bootverdict/report.txt")" = 600 ]
		[ "$(cat "$BOOTVERDICT_ROOT/run/bootverdict/report.txt")" = for-root ]
		[ "$(cat "$BOOTVERDICT_ROOT/run/bootverdict/report.json")" = for-all ]
		# Without the guard's own cp the mode cannot be known.
		[ "$busybox" = /bin/false ] && mode=600 || mode=644
		[ "$(stat -c %a "$BOOTVERDICT_ROOT/run/bootverdict/report.json")" = "$mode" ]
	done
}
