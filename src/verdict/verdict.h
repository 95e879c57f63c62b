/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BV_VERDICT_VERDICT_H
#define BV_VERDICT_VERDICT_H

/* The one conclusion. The values are the public exit codes. */
enum verdict {
	VERDICT_INTACT = 0,
	VERDICT_STORAGE_CORRUPTION = 1,
	VERDICT_NONE = 2, /* usage error, or the command could not run */
	VERDICT_CONFIG_ERROR = 3,
	VERDICT_STALE = 4,
	VERDICT_INCONCLUSIVE = 5,
};

/* "intact", "storage-corruption", ...; "none" for VERDICT_NONE. */
const char *verdict_name(enum verdict v);

/* The same for a person: "STORAGE CORRUPTION - not a configuration error", ... */
const char *verdict_headline(enum verdict v);

/*
 * The conclusion from two: corruption outweighs everything, then "could not run", too little
 * evidence, a configuration error, stale, and intact last. What is not proven outweighs a fault
 * of the configuration, because that one says that it is not the storage.
 */
enum verdict verdict_worst(enum verdict a, enum verdict b);

#endif
