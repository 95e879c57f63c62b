#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Who may read an image, and what labels it has, after it was sealed: as before, or fewer.

load system

setup() {
	make_system gzip
	setfacl -m u:1234:r "$IMAGE" 2>/dev/null || skip "no access lists here"
	setfacl -b "$IMAGE"
}

access() {
	getfacl -cp --numeric "$IMAGE"
	stat -c '%u:%g %a' "$IMAGE"
	getfattr --absolute-names -dm - "$IMAGE" | LC_ALL=C sort
}

sealed_with_the_same_access() {
	access >"$BATS_TEST_TMPDIR/access"
	cp "$IMAGE" "$BATS_TEST_TMPDIR/before"
	seal
	run cmp -s "$IMAGE" "$BATS_TEST_TMPDIR/before"
	[ "$status" -eq 1 ]
	access | diff "$BATS_TEST_TMPDIR/access" -
}

@test "an image without any attributes has none afterwards" {
	chmod 640 "$IMAGE"
	sealed_with_the_same_access
	[ "$(getfacl -cp "$IMAGE" | grep -c .)" -eq 3 ]
}

@test "an access list stays, and its mask does not become the group's access" {
	chmod 600 "$IMAGE"
	setfacl -m u:1234:rw,g::-,m::r "$IMAGE"
	[ "$(stat -c %a "$IMAGE")" = 640 ]
	sealed_with_the_same_access
	getfacl -cp "$IMAGE" | grep -x 'group::---'
}

@test "a folder's default access list lets nobody in whom the old image kept out" {
	chmod 600 "$IMAGE"
	setfacl -d -m u:1234:rw,g:5678:r "$ROOT/boot"
	sealed_with_the_same_access
	run grep 1234 "$BATS_TEST_TMPDIR/access"
	[ "$status" -eq 1 ]
}

@test "extended attributes, labels and file capabilities stay" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	setfattr -n user.note -v hello "$IMAGE" || skip "no extended attributes here"
	setfattr -n trusted.note -v hello "$IMAGE"
	setfattr -n security.note -v hello "$IMAGE"
	setfattr -n security.capability -v 0x0000000200200000000000000000000000000000 "$IMAGE"
	chown 1234:5678 "$IMAGE"
	setfattr -n security.capability -v 0x0000000200200000000000000000000000000000 "$IMAGE"
	sealed_with_the_same_access
	[ "$(grep -c '^[a-z]*\..*=' "$BATS_TEST_TMPDIR/access")" -ge 4 ]
}

@test "what vouches for the old bytes does not vouch for the new ones" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	setfattr -n security.ima -v 0x0102 "$IMAGE" || skip "the kernel keeps this name for itself"
	seal
	run getfattr --absolute-names -n security.ima "$IMAGE"
	[ "$status" -eq 1 ]
}
