#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Reading leaves no trace in access times, and waits for nobody: what is no file, where one is
# expected, is named, and not even opened.

bats_require_minimum_version 1.5.0

load system
load luks

# With a bound: none of these may wait.
soon() {
	run timeout 20 "$BOOTVERDICT" "$@"
	[ "$status" -ne 124 ]
}

soon_seal() {
	soon seal --root "$ROOT" -k "$KVER"
}

# Puts something that is no file at PATH; what was there is kept beside it.
put() { # KIND PATH
	[ ! -e "$2" ] || mv "$2" "$2.kept"
	case $1 in
	fifo) mkfifo "$2" ;;
	socket) python3 -c 'import socket, sys, os
os.chdir(os.path.dirname(sys.argv[1]))
socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$2" ;;
	device) ln -s /dev/zero "$2" ;;
	terminal) ln -s /dev/ptmx "$2" ;;
	folder) mkdir "$2" ;;
	esac
}

put_back() { # PATH
	rm -rf "$1"
	[ ! -e "$1.kept" ] || mv "$1.kept" "$1"
}

KINDS=(fifo socket device terminal folder)

@test "seal: an image, a kernel or a part of the guard that is no file" {
	make_system
	for kind in "${KINDS[@]}"; do
		for path in "$IMAGE" "$KERNEL" "$ROOT"/usr/lib/bootverdict/{init,bootverdict,busybox}; do
			put "$kind" "$path"
			soon_seal
			[ "$status" -eq 2 ]
			[[ $output == *"$path: it cannot be read: it is no regular file"* ]]
			put_back "$path"
		done
	done
	soon_seal
	[ "$status" -eq 0 ]
}

@test "seal: a configuration or a table that is no file is as if it were not there, and told" {
	make_system
	cp -r "$ROOT" "$BATS_TEST_TMPDIR/twin"
	seal -q
	cp "$IMAGE" "$BATS_TEST_TMPDIR/without"
	for kind in "${KINDS[@]}"; do
		for path in "$ROOT"/etc/{bootverdict.conf,crypttab,fstab}; do
			put "$kind" "$path"
			soon_seal
			[ "$status" -eq 0 ]
			[[ $output == *"$path: it is no regular file: it is not read"* ]]
			cmp "$IMAGE" "$BATS_TEST_TMPDIR/without"
			put_back "$path"
		done
	done
	soon_seal
	[ "$status" -eq 0 ]
	[[ $output != *regular* ]]
}

@test "seal: a record that is no file is told, and the other one is written" {
	make_system
	for kind in "${KINDS[@]}"; do
		mkdir -p "$ROOT/boot/bootverdict"
		put "$kind" "$ROOT/boot/bootverdict/$KVER.manifest"
		soon_seal
		[ "$status" -eq 0 ]
		[[ $output == *"$ROOT/boot/bootverdict/$KVER.manifest: "* ]]
		soon check --root "$ROOT" -k "$KVER" --color never
		[ "$status" -eq 0 ]
		[[ $output == *"it is no regular file"* ]]
		put_back "$ROOT/boot/bootverdict/$KVER.manifest"
	done
}

@test "check: what was sealed is no file any more" {
	make_system
	seal -q
	for kind in "${KINDS[@]}"; do
		for path in "$IMAGE" "$KERNEL"; do
			put "$kind" "$path"
			for direct in '' --direct; do
				soon check --root "$ROOT" -k "$KVER" ${direct:+"$direct"} --color never
				[ "$status" -eq 2 ]
				[[ $output == *"it is no regular file"* ]]
			done
			put_back "$path"
		done
	done
	soon check --root "$ROOT" -k "$KVER"
	[ "$status" -eq 0 ]
}

@test "check and luks: a FILE, a header or a record that is no file" {
	for kind in "${KINDS[@]}"; do
		put "$kind" "$BATS_TEST_TMPDIR/thing"
		soon check --color never "$BATS_TEST_TMPDIR/thing"
		[ "$status" -eq 2 ]
		[[ $output == *"it is no regular file"* ]]
		soon luks --color never "$BATS_TEST_TMPDIR/thing"
		[ "$status" -eq 2 ]
		[[ $output == *"neither a block device nor a file"* ]]
		soon luks --color never --header "$BATS_TEST_TMPDIR/thing" /dev/null
		[ "$status" -eq 2 ]
		make_luks "$BATS_TEST_TMPDIR/disk" 2
		soon luks --color never --manifest "$BATS_TEST_TMPDIR/thing" "$BATS_TEST_TMPDIR/disk"
		[ "$status" -eq 2 ]
		put_back "$BATS_TEST_TMPDIR/thing"
	done
}

@test "nothing that is no file is opened: a FIFO's writer goes on waiting" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	(
		: >"$BATS_TEST_TMPDIR/fifo"
		: >"$BATS_TEST_TMPDIR/went-on"
	) 3>&- &
	soon check "$BATS_TEST_TMPDIR/fifo"
	sleep 0.2
	[ ! -e "$BATS_TEST_TMPDIR/went-on" ]
	cat "$BATS_TEST_TMPDIR/fifo" # the twin
	wait $!
	[ -e "$BATS_TEST_TMPDIR/went-on" ]
}

@test "the hooks: a configuration that is no file" {
	lib=$BATS_TEST_TMPDIR/lib
	mkdir -p "$lib" "$BATS_TEST_TMPDIR/boot"
	cp "$BATS_TEST_DIRNAME"/../../hook/* "$lib/"
	: >"$BATS_TEST_TMPDIR/boot/initrd.img-6.12"
	printf '#!/bin/sh\nexit 2\n' >"$lib/bootverdict"
	chmod +x "$lib/bootverdict"
	export BOOTVERDICT_LIB=$lib BOOTVERDICT_BOOT=$BATS_TEST_TMPDIR/boot
	export BOOTVERDICT_CONF=$BATS_TEST_TMPDIR/conf
	for kind in "${KINDS[@]}"; do
		put "$kind" "$BOOTVERDICT_CONF"
		run timeout 20 "$lib/seal" 6.12 "$BATS_TEST_TMPDIR/boot/initrd.img-6.12"
		[ "$status" -eq 0 ]
		[[ $output == *"$BOOTVERDICT_CONF: it is no regular file: it is not read"* ]]
		[[ $output == *"is not sealed"* ]]
		put_back "$BOOTVERDICT_CONF"
	done
	echo SEAL_UNABLE=fail >"$BOOTVERDICT_CONF"
	run timeout 20 "$lib/seal" 6.12 "$BATS_TEST_TMPDIR/boot/initrd.img-6.12"
	[ "$status" -eq 1 ]
	[[ $output != *regular* ]]
}

# ---- access times ---------------------------------------------------------------------------------

# An access time that any reading moves forward, of everything that is there.
make_old() {
	find "$ROOT" "$@" ! -type l -exec touch -a -d @1000000000 {} +
}

# Everything whose access time is another one now.
were_read() {
	find "$ROOT" "$@" ! -type l -newerat @1000000001 | sort
}

# On a file system without access times nothing can be seen.
has_access_times() {
	touch -a -d @1000000000 "$KERNEL"
	cat "$KERNEL" >/dev/null
	[ -n "$(find "$KERNEL" -newerat @1000000001)" ] || skip "no access times here"
}

@test "sealing and checking leave the access times of what they read" {
	make_system
	make_luks "$BATS_TEST_TMPDIR/disk" 2
	echo "disk $BATS_TEST_TMPDIR/disk none luks,initramfs" >"$ROOT/etc/crypttab"
	: >"$ROOT/etc/fstab"
	echo POLICY=ask >"$ROOT/etc/bootverdict.conf"
	has_access_times
	make_old "$BATS_TEST_TMPDIR/disk"
	seal -q
	run were_read "$BATS_TEST_TMPDIR/disk"
	# What was written is new: the image, the records, and the folders that were made for them.
	[[ $output == "$ROOT/boot/bootverdict"* ]]
	for path in "${lines[@]}"; do
		case ${path#"$ROOT"} in
		/boot/bootverdict* | /boot/initrd.img-* | /var/lib/bootverdict*) ;;
		*) false ;;
		esac
	done
	# That changed other times, which are in the record.
	make_old "$BATS_TEST_TMPDIR/disk"
	seal -q
	touch -a -d @1000000000 "$ROOT"/{boot,var/lib}/bootverdict{,/"$KVER.manifest"}
	seal -q
	check -q
	check -q --direct
	bv check -q "$IMAGE" || true
	bv check -q "$KERNEL" || true
	bv luks -q --root "$ROOT" "$BATS_TEST_TMPDIR/disk"
	bv luks -q --manifest "$ROOT/boot/bootverdict/$KVER.manifest" "$BATS_TEST_TMPDIR/disk"
	bv check --root "$ROOT" --all -q
	run were_read "$BATS_TEST_TMPDIR/disk"
	[ -z "$output" ]
	make_old # the twin
	ls "$ROOT/boot" >/dev/null
	cat "$IMAGE" >/dev/null
	run were_read
	[ "$output" = "$ROOT/boot"$'\n'"$IMAGE" ]
}

@test "whoever may read a file, but does not own it, can check it all the same" {
	[ "$(id -u)" -eq 0 ] || skip "not as root"
	make_system
	seal -q
	# The folders above it are not for others to search.
	cp "$BOOTVERDICT" "$ROOT/program"
	cd "$ROOT"
	for command in "check --root . -k $KVER" "check boot/initrd.img-$KVER"; do
		# shellcheck disable=SC2086
		run setpriv --reuid 65534 --regid 65534 --clear-groups ./program $command
		[ "$status" -ne 2 ]
		[[ $output != *"not permitted"* ]]
	done
}
