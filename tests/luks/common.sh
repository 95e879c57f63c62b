# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# What the generators of LUKS headers share. The volume is small and a passphrase is quick to try:
# what is tested is neither the data nor the time. Keyslot 0 opens with 8 characters, 1 with 64,
# 2 with 512, any other with "keyslot N".
#
# CRYPTSETUP=COMMAND is another one than the machine's.

set -eu

BYTES=${BYTES:-18M}
MEMORY=32768 # KiB, for argon2

passphrase() { # KEYSLOT
	case $1 in
	0) printf %s passw0rd ;;
	1) printf '%064d' 64 | tr 0 s ;;
	2) printf '%0512d' 512 | tr 0 l ;;
	*) printf 'keyslot %s' "$1" ;;
	esac
}

cryptsetup() {
	# shellcheck disable=SC2086 # a command may be several words
	command ${CRYPTSETUP:-cryptsetup} "$@"
}

# What cryptsetup has to be told of a header; a detached one has its volume beside it.
device() { # FILE
	if [ -e "$1.data" ]; then
		echo "--header $1 $1.data"
	else
		echo "$1"
	fi
}

# cryptsetup without questions; the passphrase of a keyslot is its key file.
with_key() { # KEYSLOT COMMAND...
	key=$1
	shift
	passphrase "$key" | cryptsetup -q "$@" --key-file -
}

format() { # FILE OPTION...: keyslot 0
	file=$1
	shift
	rm -f "$file"
	truncate -s "$BYTES" "$file"
	with_key 0 luksFormat "$@" "$file"
}

# What stands for encrypted data at the end of FILE: the other side of a swap.
data() { # FILE
	dd if=/dev/urandom of="$1" bs=64k count=4 seek=$(($(stat -c %s "$1") / 65536 - 4)) \
		conv=notrunc status=none
}

add_keys() { # FILE LAST OPTION...: keyslots 1 to LAST
	file=$1
	last=$2
	shift 2
	new=$(mktemp)
	n=1
	while [ "$n" -le "$last" ]; do
		passphrase "$n" >"$new"
		with_key 0 luksAddKey --key-slot "$n" "$@" "$file" "$new"
		n=$((n + 1))
	done
	rm -f "$new"
}

# shellcheck disable=SC2034 # for the generators
pbkdf2='--pbkdf pbkdf2 --pbkdf-force-iterations 1000'
# shellcheck disable=SC2034
argon2id="--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory $MEMORY --pbkdf-parallel 1"

version() { # FILE
	od -An -tu1 -j7 -N1 "$1" | tr -d ' '
}

quick() { # FILE: the options that make a keyslot quick to open
	if [ "$(version "$1")" = 1 ]; then
		echo '--pbkdf-force-iterations 1000'
	else
		echo "$pbkdf2"
	fi
}
