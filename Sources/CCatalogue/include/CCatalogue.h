/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PLIMSOLL_CCATALOGUE_H
#define PLIMSOLL_CCATALOGUE_H

#include <stddef.h>

/* The bytes of a file below Scenarios/catalogue, by its number in the order of tables.c, and how many they are; null
   where there is no such number. */
const unsigned char *plimsoll_catalogue(size_t number, size_t *size);

#endif
