// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * xtscrypt KEYHEX SECTOR SOURCE DISK OFFSET LENGTH
 *
 * Encrypts LENGTH bytes of SOURCE into DISK at OFFSET as dm-crypt's aes-xts-plain64 does, so that a
 * LUKS disk can be made without device-mapper. The plain64 initial vector counts units of 512
 * bytes, whatever the encryption sector is, unless the header asks for iv_large_sectors: the
 * vector of sector n is n * SECTOR / 512.
 */
#define _FILE_OFFSET_BITS 64
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 4 << 20, KEY_BYTES = 64 };

static int die(const char *what)
{
	perror(what);
	return 1;
}

static int encrypt(EVP_CIPHER_CTX *ctx, unsigned char *to, const unsigned char *from, uint64_t unit,
		   int bytes)
{
	unsigned char iv[16] = { 0 };
	int done;

	for (int i = 0; i < 8; i++)
		iv[i] = (unsigned char)(unit >> (8 * i));
	return EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, iv) &&
	       EVP_EncryptUpdate(ctx, to, &done, from, bytes) && done == bytes;
}

int main(int argc, char **argv)
{
	static unsigned char plain[BUFFER], cipher[BUFFER];
	unsigned char key[KEY_BYTES];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (argc != 7 || strlen(argv[1]) != 2 * KEY_BYTES) {
		fprintf(stderr, "usage: xtscrypt KEYHEX SECTOR SOURCE DISK OFFSET LENGTH\n");
		return 2;
	}
	for (int i = 0; i < KEY_BYTES; i++) {
		const char pair[3] = { argv[1][2 * i], argv[1][2 * i + 1], 0 };

		key[i] = (unsigned char)strtoul(pair, NULL, 16);
	}
	int sector = atoi(argv[2]);
	int in = open(argv[3], O_RDONLY), out = open(argv[4], O_WRONLY);
	off_t offset = atoll(argv[5]), length = atoll(argv[6]);

	if (in < 0)
		return die(argv[3]);
	if (out < 0)
		return die(argv[4]);
	if (!ctx || !EVP_EncryptInit_ex(ctx, EVP_aes_256_xts(), NULL, key, NULL))
		return die("EVP_EncryptInit_ex");
	EVP_CIPHER_CTX_set_padding(ctx, 0);

	for (off_t at = 0; at < length; at += BUFFER) {
		size_t n = length - at < BUFFER ? (size_t)(length - at) : BUFFER;
		ssize_t got = pread(in, plain, n, at);

		if (got < 0)
			return die(argv[3]);
		memset(plain + got, 0, n - (size_t)got);
		for (size_t p = 0; p < n; p += (size_t)sector)
			if (!encrypt(ctx, cipher + p, plain + p, ((uint64_t)at + p) / 512, sector))
				return die("EVP_EncryptUpdate");
		if (pwrite(out, cipher, n, offset + at) != (ssize_t)n)
			return die(argv[4]);
	}
	return close(out) ? die(argv[4]) : 0;
}
