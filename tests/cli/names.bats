#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Names come from archives, tables, folders and arguments, and may hold anything: what reaches the
# terminal is lines of printable text, as many as were meant.

bats_require_minimum_version 1.5.0

load system

# A colour, a title, DEL, C1 raw and in UTF-8, and a line of its own.
EVIL=$'a\033[31m\177\233x\302\233y\nbootverdict: sealed, all is well\r'
LETTER=$'\303\244'

# Everything that was printed is text; and no line is the forged one.
harmless() {
	printf %s "$output" >"$BATS_TEST_TMPDIR/output"
	python3 - "$BATS_TEST_TMPDIR/output" <<-'END'
		import sys, unicodedata
		text = open(sys.argv[1], "rb").read().decode()
		bad = [c for c in text if c != "\n" and unicodedata.category(c).startswith("C")]
		assert not bad, (bad, text)
		assert not any(l.startswith("bootverdict: sealed, all") for l in text.split("\n")), text
	END
	[[ $output == *'a?[31m'* ]]
}

# An archive with a member of that name, broken behind it or in it.
evil_image() { # FILE NAME
	local files
	files=$(mktemp -d "$BATS_TEST_TMPDIR/evil.XXXXXX")
	noise 5000 x >"$files/$2"
	# One name a line is not enough here.
	(cd "$files" && find . -mindepth 1 -print0 | cpio --quiet -0 -o -H newc) >"$1"
	truncate -s -4500 "$1"
	rm -rf "$files"
}

@test "seal: the member in which an image is broken" {
	make_system
	evil_image "$IMAGE" "$EVIL"
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *', in a?[31m'* ]]
	harmless
}

@test "seal: a name as in every report: ASCII stays what it is, and another letter is not known to a screen" {
	make_system
	evil_image "$IMAGE" letter
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *", in letter:"* ]]
	evil_image "$IMAGE" "$LETTER"
	run seal
	[ "$status" -eq 2 ]
	[[ $output == *", in ??:"* ]]
}

@test "seal: a kernel version, and the paths that it makes" {
	make_system
	for release in "$EVIL" "$EVIL$LETTER"; do
		run seal -k "$release"
		[ "$status" -eq 2 ]
		harmless
	done
	mv "$IMAGE" "$ROOT/boot/initrd.img-$EVIL"
	run seal -k "$EVIL"
	[ "$status" -eq 0 ]
	harmless
	[ "$(grep -c '^bootverdict: ' "$BATS_TEST_TMPDIR/output")" -eq "$(grep -c . "$BATS_TEST_TMPDIR/output")" ]
	run bv check --root "$ROOT" -k "$EVIL" --color never
	[ "$status" -eq 0 ]
	harmless
}

@test "seal: fields of crypttab, and a device that is named" {
	make_system
	printf '%s\n' $'disk /dev/a\033[31m\177\233x\302\233y none luks,initramfs' >"$ROOT/etc/crypttab"
	run seal
	[ "$status" -eq 0 ]
	harmless
	[[ $output == *'is not sealed'* ]]
	printf '%s\n' 'disk /dev/a\033[31m\012bootverdict:\040sealed,\040all none luks,initramfs' >"$ROOT/etc/crypttab"
	run seal
	[ "$status" -eq 0 ]
	harmless
	run seal --device "$BATS_TEST_TMPDIR/$EVIL"
	[ "$status" -eq 2 ]
	harmless
}

@test "seal: settings" {
	make_system
	printf 'POLICY="a\033[31m\177\233"\nTIMEOUT="a\033[31m"\n' >"$ROOT/etc/bootverdict.conf"
	run seal
	[ "$status" -eq 0 ]
	harmless
	[[ $output == *'POLICY=a?[31m'* && $output == *'TIMEOUT=a?[31m'* ]]
}

@test "check and luks: files of such names, in words and in JSON" {
	evil_image "$BATS_TEST_TMPDIR/$EVIL" "$EVIL"
	run bv check --color never "$BATS_TEST_TMPDIR/$EVIL"
	[ "$status" -eq 5 ]
	harmless
	run bv check --json "$BATS_TEST_TMPDIR/$EVIL"
	[ "$(field .verdict)" = inconclusive ]
	harmless
	run bv luks --color never "$BATS_TEST_TMPDIR/$EVIL"
	harmless
	run bv luks --json "$BATS_TEST_TMPDIR/$EVIL"
	field .verdict
	harmless
}

@test "bad usage quotes its arguments like that" {
	for command in seal check luks boot; do
		run bv "$command" --"$EVIL"
		[ "$status" -eq 2 ]
		[ "$command" = boot ] || harmless
		[[ $output != *$'\033'* ]]
	done
	run bv seal "$EVIL"
	[ "$status" -eq 2 ]
	harmless
	run bv check -k "$EVIL/"
	[ "$status" -eq 2 ]
	harmless
	run bv check --color "$EVIL"
	[ "$status" -eq 2 ]
	harmless
	run bv "$EVIL"
	[ "$status" -eq 2 ]
	harmless
}

@test "bad usage names what it does not know" {
	for options in --nonsense -x --kernel -k; do
		run bv seal "$options"
		[ "$status" -eq 2 ]
		[ "${lines[0]}" = "bootverdict seal: '$options': no such option, or its argument is missing" ]
	done
	run bv check -qx
	[ "$status" -eq 2 ]
	[[ $output == *"'-x': no such option"* ]]
}

@test "the hooks say names like that" {
	source=$BATS_TEST_DIRNAME/../..
	lib=$BATS_TEST_TMPDIR/lib
	mkdir -p "$lib" "$BATS_TEST_TMPDIR/boot"
	cp "$source"/hook/* "$lib/"
	: >"$BATS_TEST_TMPDIR/boot/initrd.img-$EVIL"
	printf '#!/bin/sh\nexit 1\n' >"$lib/bootverdict"
	chmod +x "$lib/bootverdict"
	export BOOTVERDICT_LIB=$lib BOOTVERDICT_BOOT=$BATS_TEST_TMPDIR/boot
	run "$lib/seal" "$EVIL" "$BATS_TEST_TMPDIR/boot/initrd.img-$EVIL"
	[ "$status" -eq 1 ]
	harmless
	run "$lib/divert" "$BATS_TEST_TMPDIR/$EVIL"
	[ "$status" -eq 1 ]
	harmless
}
