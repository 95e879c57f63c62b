# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# LUKS devices as files, made with the real cryptsetup and quick to open: what is tested is not
# how long a passphrase takes.

PASSPHRASE=passw0rd
SECOND='the second one'
QUICK=(--pbkdf pbkdf2 --pbkdf-force-iterations 1000)

quick() { # VERSION: the options that make it quick
	if [ "$1" = 1 ]; then
		echo --pbkdf-force-iterations 1000
	else
		echo "${QUICK[@]}"
	fi
}

# cryptsetup with the passphrase in the variable of that name, and no terminal.
keyed() { # PASSPHRASE COMMAND...
	printf %s "$1" | cryptsetup -q "${@:2}" --key-file -
}

# Slots 0 (PASSPHRASE) and 1 (SECOND).
make_luks() { # FILE VERSION [OPTION...]
	local options

	read -ra options < <(quick "$2")
	rm -f "$1"
	truncate -s 32M "$1"
	keyed "$PASSPHRASE" luksFormat --type "luks$2" "${options[@]}" "${@:3}" "$1"
	add_key "$1" "$2" "$PASSPHRASE" "$SECOND"
}

add_key() { # FILE VERSION OLD NEW
	local options

	read -ra options < <(quick "$2")
	printf %s "$4" >"$BATS_TEST_TMPDIR/new-key"
	keyed "$3" luksAddKey "${options[@]}" "$1" "$BATS_TEST_TMPDIR/new-key"
}

# The area of a keyslot, as cryptsetup tells it: "OFFSET LENGTH" in bytes.
slot_area() { # FILE VERSION SLOT
	if [ "$2" = 1 ]; then
		cryptsetup luksDump "$1" | awk -v slot="Key Slot $3:" '
			index($0, slot) == 1 { here = 1 }
			here && /Key material offset/ { print $NF * 512, 258048; exit }'
	else
		cryptsetup luksDump --dump-json-metadata "$1" |
			jq -r ".keyslots[\"$3\"].area | .offset + \" \" + .size"
	fi
}

slot_offset() { # FILE VERSION SLOT
	local area

	area=$(slot_area "$@")
	echo "${area% *}"
}

zero_bytes() { # FILE OFFSET LENGTH
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); f.write(bytes(int(sys.argv[3])))' "$@"
}

zero_4k() { # FILE OFFSET
	zero_bytes "$1" "$2" 4096
}

# A record of the device, as the machine's own sealing makes it. Sets ROOT as make_system does.
seal_luks() { # FILE [OPTION...]
	[ -n "${ROOT:-}" ] || make_system
	seal --device "$1" "${@:2}"
}

luks() { # OPTION... FILE: with the record of seal_luks
	bv luks --root "${ROOT:-$BATS_TEST_TMPDIR}" "$@"
}

with_passphrase() { # PASSPHRASE OPTION... FILE
	printf %s "$1" | luks --try-passphrase "${@:2}"
}
