/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_CVECTORS_H
#define PLIMSOLL_CVECTORS_H

#include <stddef.h>
#include <stdint.h>

/* Vector registers by their width, each only where the processor has them. */
enum plimsoll_width { plimsoll_128_bits = 0, plimsoll_256_bits = 1, plimsoll_512_bits = 2 };

/* The widest vector registers of this processor that there is code for. */
enum plimsoll_width plimsoll_widest(void);

/* The name of one sequence of Philox4x32-10 blocks. */
struct plimsoll_stream {
  uint64_t key;
  uint32_t entity;
  uint32_t replication;
};

/* The blocks from `index` on, `count` of them, a multiple of eight: first the low 64 bits of each, then
   the high 64 bits of each. The results are the same for every width, of which the processor must have the
   one that is asked for: nobody checks. */
void plimsoll_blocks(enum plimsoll_width width, struct plimsoll_stream stream, uint64_t index,
                     size_t count, uint64_t *drawn);

/* Puts -ln u, as a double, in the place of each of `count` words, a multiple of eight, where u is the
   uniform number in (0, 1] that the word makes. The results are the same for every width, of which the
   processor must have the one that is asked for: nobody checks. */
void plimsoll_unit_exponentials(enum plimsoll_width width, size_t count, uint64_t *bits);

/* Puts into `drawn` the nearest whole numbers from 1 to 1e9 to the quantiles that 32 bits of each of
   `count` words, a multiple of eight, choose: those above the `shift` lowest, 0 or 32. `ends` are the 3,071
   ends of the cells of a `QuantileTable`. The results are the same for every width, of which the processor must
   have the one that is asked for: nobody checks. */
void plimsoll_whole_quantiles(enum plimsoll_width width, const double *ends, int shift, size_t count,
                              const uint64_t *bits, uint32_t *drawn);

/* Puts an item in the place of each of `count` words, a multiple of eight: the upper 32 bits of a word choose one of
   `column_count` columns evenly, and the lower 32 its number where they are below the column's lower half, else the
   column's upper half. In the place of item 0 stands `first`, and one more for each further word. The results are the
   same for every width, of which the processor must have the one that is asked for: nobody checks. */
void plimsoll_items(enum plimsoll_width width, const uint64_t *columns, uint64_t column_count,
                    uint64_t first, size_t count, uint64_t *drawn);

/* Adds `count` terms, bits of doubles, each times `factor`, to `sum` one after the other as long as it stays below
   `limit`, at most 2^62; none of them is negative. Puts `start` and the whole part of each sum into `sums`, and returns
   how many there are. */
size_t plimsoll_running_sums(const uint64_t *terms, size_t count, double factor, double limit,
                             int64_t start, double *sum, int64_t *sums);

#endif
