#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# make install puts everything where a package would, and make uninstall takes it away again.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	ROOT=$BATS_TEST_TMPDIR/root
}

installed() {
	find "$ROOT" ! -type d -printf '%P\n' | sort
}

@test "install: programs, glue and configuration at their places" {
	run -0 make -s install DESTDIR="$ROOT"
	cmp build/stub "$ROOT/usr/lib/bootverdict/init"
	cmp build/bootverdict "$ROOT/usr/lib/bootverdict/bootverdict"
	cmp build/busybox "$ROOT/usr/lib/bootverdict/busybox"
	cmp build/bootverdict "$ROOT/usr/sbin/bootverdict"
	cmp etc/bootverdict.conf "$ROOT/etc/bootverdict.conf"
	[ ! -x "$ROOT/etc/bootverdict.conf" ]
	for script in usr/share/initramfs-tools/scripts/bootverdict/divert \
		etc/initramfs/post-update.d/bootverdict; do
		[ -x "$ROOT/$script" ]
	done
	while read -r file; do
		cmp "$file" "$ROOT/usr/lib/bootverdict/${file#hook/}"
	done < <(find hook -type f)
	while read -r file; do
		cmp "$file" "$ROOT/usr/share/$file"
	done < <(find initramfs-tools/scripts -type f)
}

@test "install: a second time changes nothing" {
	make -s install DESTDIR="$ROOT"
	before=$(installed)
	run -0 make -s install DESTDIR="$ROOT"
	[ "$(installed)" = "$before" ]
}

@test "uninstall: only the configuration stays" {
	make -s install DESTDIR="$ROOT"
	run -0 make -s uninstall DESTDIR="$ROOT"
	[ "$(installed)" = etc/bootverdict.conf ]
}

@test "uninstall: what is left of an interrupted seal goes, unless it may be all that there is" {
	make -s install DESTDIR="$ROOT"
	mkdir "$ROOT/boot"
	for file in initrd.img-1 .initrd.img-1.bootverdict-new .initrd.img-1.bootverdict-old \
		.initrd.img-2.bootverdict-new; do
		echo "$file" >"$ROOT/boot/$file"
	done
	run -0 make -s uninstall DESTDIR="$ROOT"
	[ "$(cd "$ROOT/boot" && find . -type f | sort | xargs)" = \
		"./.initrd.img-2.bootverdict-new ./initrd.img-1" ]
}

@test "install on this machine keeps a configuration that is there" {
	mkdir -p "$ROOT/etc"
	echo POLICY=ask >"$ROOT/etc/bootverdict.conf"
	run -0 make -s install DESTDIR= PREFIX="$ROOT/usr" CONFIG="$ROOT/etc/bootverdict.conf" \
		POST_UPDATE="$ROOT/etc/initramfs/post-update.d"
	[[ $output == *"keeping"* ]]
	[ "$(cat "$ROOT/etc/bootverdict.conf")" = POLICY=ask ]
}
