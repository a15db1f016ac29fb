/* SPDX-License-Identifier: Apache-2.0 */
#include "CVectors.h"

/* Columns of draws, most of them eight side by side.

   In C for speed: Swift has no way to compile a function for several processors and to
   choose among them when it runs. Eight 64-bit lanes are one register of 512 bits, two of 256 or four of
   128; the operations are the same, each defined exactly by its type, so the results are too. */

/* Fused multiply-add rounds once where the scalar functions round twice. */
#pragma STDC FP_CONTRACT OFF

typedef uint64_t words __attribute__((vector_size(64)));
typedef double numbers __attribute__((vector_size(64)));
typedef int32_t whole_numbers __attribute__((vector_size(32)));

#define INLINE static inline __attribute__((always_inline))

static const uint64_t low_half = 0xFFFFFFFF;
/* ln 2 in two parts, as in `Elementary`. */
static const double ln2_high = 0x1.62e42fee00000p-1;
static const double ln2_low = 0x1.a39ef35793c76p-33;

/* Ten rounds of Philox4x32: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
   3", SC'11, DOI 10.1145/2063384.2063405. 32-bit words lie in 64-bit lanes, so that a multiplication
   gives the whole product; what stands in the upper halves is masked only where it matters. */
INLINE void eight_blocks(struct plimsoll_stream stream, uint64_t index, words *low, words *high) {
  words first = (words){0, 1, 2, 3, 4, 5, 6, 7} + index;
  words second = first >> 32;
  words third = (words){0} + stream.entity;
  words fourth = (words){0} + stream.replication;
  uint64_t key0 = stream.key & low_half;
  uint64_t key1 = stream.key >> 32;
  for (int round = 0; round < 10; round++) {
    words product0 = (first & low_half) * 0xD2511F53u;
    words product1 = (third & low_half) * 0xCD9E8D57u;
    first = (product1 >> 32) ^ second ^ key0;
    second = product1;
    third = (product0 >> 32) ^ fourth ^ key1;
    fourth = product0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  *low = (second << 32) | (first & low_half);
  *high = (fourth << 32) | (third & low_half);
}

/* Whole numbers below 2^53 as doubles: 2^32 · high part + low part, which both convert exactly by exponent. */
INLINE void convert(const words *whole, numbers *converted) {
  const uint64_t one = 0x4330000000000000;
  numbers low = (numbers)((*whole & low_half) | one);
  numbers high = (numbers)((*whole >> 32) | one);
  *converted = (high - 0x1p52) * 0x1p32 + (low - 0x1p52);
}

/* The operations of `Elementary.log(positiveUniform(bits))` in their order, and so its bits. */
INLINE void unit_exponentials(const words *bits, numbers *drawn) {
  words whole = *bits >> 11;
  numbers number;
  convert(&whole, &number);
  numbers x = (number + 0.5) * 0x1p-53;
  /* x = 2^k m with m in [√½, √2). */
  const uint64_t root_half = 0x3FE6A09E667F3BCD;
  words shifted = (words)x + (0x3FF0000000000000 - root_half);
  numbers k = (numbers)((shifted >> 52) | 0x4330000000000000) - (0x1p52 + 1023);
  numbers mantissa = (numbers)((shifted & 0x000FFFFFFFFFFFFF) + root_half);
  numbers s = (mantissa - 1.0) / (mantissa + 1.0);
  numbers z = s * s;
  numbers sum = z * (1.0 / 21) + 1.0 / 19;
  sum = sum * z + 1.0 / 17;
  sum = sum * z + 1.0 / 15;
  sum = sum * z + 1.0 / 13;
  sum = sum * z + 1.0 / 11;
  sum = sum * z + 1.0 / 9;
  sum = sum * z + 1.0 / 7;
  sum = sum * z + 1.0 / 5;
  sum = sum * z + 1.0 / 3;
  numbers twice = s + s;
  numbers tail = twice * (z * sum) + k * ln2_low;
  *drawn = 0.0 - (k * ln2_high + (twice + tail));
}

/* The operations of `QuantileTable.value(for:)` on 32 random bits and of `wholeValue(for:)`, and so their
   results. The cells of the tail are found by masks: one in a thousand lies there. */
INLINE void eight_whole_quantiles(const double *ends, const words *bits, whole_numbers *drawn) {
  words place = (*bits << 32) | 0x80000000;
  words cell = place >> 54;
  words rest = place << 10;
  for (int level = 1; level <= 2; level++) {
    words deeper = (words)(cell == (words){0} + 1023 * level);
    cell += (rest >> 54) & deeper;
    rest = ((rest << 10) & deeper) | (rest & ~deeper);
  }
  numbers low, high, part;
  for (int lane = 0; lane < 8; lane++) {
    low[lane] = ends[cell[lane]];
    high[lane] = ends[cell[lane] + 1];
  }
  rest >>= 11;
  convert(&rest, &part);
  numbers value = low + (high - low) * (part * 0x1p-53) + 0.5;
  const numbers least = (numbers){0} + 1.0;
  const numbers most = (numbers){0} + 1e9;
  words above = (words)(most < value);
  value = (numbers)(((words)most & above) | ((words)value & ~above));
  words below = (words)(value < least);
  value = (numbers)(((words)least & below) | ((words)value & ~below));
  *drawn = __builtin_convertvector(value, whole_numbers);
}

INLINE void whole_quantiles(const double *ends, int shift, size_t count, const uint64_t *bits,
                            uint32_t *drawn) {
  for (size_t place = 0; place + 8 <= count; place += 8) {
    words eight;
    whole_numbers whole;
    __builtin_memcpy(&eight, bits + place, sizeof eight);
    eight = (eight >> shift) & low_half;
    eight_whole_quantiles(ends, &eight, &whole);
    __builtin_memcpy(drawn + place, &whole, sizeof whole);
  }
}

/* The items that an alias table gives to words; item 0 becomes `first`, and one more for each further word. */
INLINE void items(const uint64_t *columns, uint64_t column_count, uint64_t first, size_t count,
                  uint64_t *drawn) {
  for (size_t place = 0; place + 8 <= count; place += 8) {
    words eight, column;
    __builtin_memcpy(&eight, drawn + place, sizeof eight);
    words number = ((eight >> 32) * (column_count & low_half)) >> 32;
    for (int lane = 0; lane < 8; lane++) column[lane] = columns[number[lane]];
    words is_own = (words)((eight & low_half) < (column & low_half));
    words item = (number & is_own) | ((column >> 32) & ~is_own);
    words is_zero = (words)(item == 0);
    words instead = (words){0, 1, 2, 3, 4, 5, 6, 7} + (first + place);
    item |= instead & is_zero;
    __builtin_memcpy(drawn + place, &item, sizeof item);
  }
}

INLINE void blocks(struct plimsoll_stream stream, uint64_t index, size_t count,
                   uint64_t *blocks) {
  for (size_t place = 0; place + 8 <= count; place += 8) {
    words low, high;
    eight_blocks(stream, index + place, &low, &high);
    __builtin_memcpy(blocks + place, &low, sizeof low);
    __builtin_memcpy(blocks + count + place, &high, sizeof high);
  }
}

INLINE void exponentials(size_t count, uint64_t *bits) {
  for (size_t place = 0; place + 8 <= count; place += 8) {
    words eight;
    numbers drawn;
    __builtin_memcpy(&eight, bits + place, sizeof eight);
    unit_exponentials(&eight, &drawn);
    __builtin_memcpy(bits + place, &drawn, sizeof drawn);
  }
}

/* The same code for registers of one width. */
#define VARIANT(width, target)                                                                     \
  target static void blocks_##width(struct plimsoll_stream stream, uint64_t index, size_t count,   \
                                    uint64_t *drawn) {                                             \
    blocks(stream, index, count, drawn);                                                           \
  }                                                                                                \
  target static void exponentials_##width(size_t count, uint64_t *bits) {                          \
    exponentials(count, bits);                                                                     \
  }                                                                                                \
  target static void whole_quantiles_##width(const double *ends, int shift, size_t count,          \
                                             const uint64_t *bits, uint32_t *drawn) {              \
    whole_quantiles(ends, shift, count, bits, drawn);                                              \
  }                                                                                                \
  target static void items_##width(const uint64_t *columns, uint64_t column_count, uint64_t first, \
                                   size_t count, uint64_t *drawn) {                                \
    items(columns, column_count, first, count, drawn);                                             \
  }

VARIANT(128, )

#if defined(__x86_64__)
VARIANT(256, __attribute__((target("avx2"))))
VARIANT(512, __attribute__((target("avx512f"))))

enum plimsoll_width plimsoll_widest(void) {
  if (__builtin_cpu_supports("avx512f")) return plimsoll_512_bits;
  return __builtin_cpu_supports("avx2") ? plimsoll_256_bits : plimsoll_128_bits;
}
#else
#define blocks_256 blocks_128
#define blocks_512 blocks_128
#define exponentials_256 exponentials_128
#define exponentials_512 exponentials_128
#define whole_quantiles_256 whole_quantiles_128
#define whole_quantiles_512 whole_quantiles_128
#define items_256 items_128
#define items_512 items_128

enum plimsoll_width plimsoll_widest(void) { return plimsoll_128_bits; }
#endif

void plimsoll_blocks(enum plimsoll_width width, struct plimsoll_stream stream, uint64_t index,
                     size_t count, uint64_t *drawn) {
  switch (width) {
    case plimsoll_512_bits: return blocks_512(stream, index, count, drawn);
    case plimsoll_256_bits: return blocks_256(stream, index, count, drawn);
    default: return blocks_128(stream, index, count, drawn);
  }
}

void plimsoll_unit_exponentials(enum plimsoll_width width, size_t count, uint64_t *bits) {
  switch (width) {
    case plimsoll_512_bits: return exponentials_512(count, bits);
    case plimsoll_256_bits: return exponentials_256(count, bits);
    default: return exponentials_128(count, bits);
  }
}

void plimsoll_whole_quantiles(enum plimsoll_width width, const double *ends, int shift, size_t count,
                              const uint64_t *bits, uint32_t *drawn) {
  switch (width) {
    case plimsoll_512_bits: return whole_quantiles_512(ends, shift, count, bits, drawn);
    case plimsoll_256_bits: return whole_quantiles_256(ends, shift, count, bits, drawn);
    default: return whole_quantiles_128(ends, shift, count, bits, drawn);
  }
}

void plimsoll_items(enum plimsoll_width width, const uint64_t *columns, uint64_t column_count,
                    uint64_t first, size_t count, uint64_t *drawn) {
  switch (width) {
    case plimsoll_512_bits: return items_512(columns, column_count, first, count, drawn);
    case plimsoll_256_bits: return items_256(columns, column_count, first, count, drawn);
    default: return items_128(columns, column_count, first, count, drawn);
  }
}

/* One after the other, for a sum of floating-point numbers depends on its order; in C since Swift asks of each number
   whether it has a whole part of 64 bits. */
size_t plimsoll_running_sums(const uint64_t *terms, size_t count, double factor, double limit,
                             int64_t start, double *sum, int64_t *sums) {
  size_t place = 0;
  for (; place < count; place++) {
    double term;
    __builtin_memcpy(&term, terms + place, sizeof term);
    double next = *sum + term * factor;
    if (!(next < limit)) break;
    *sum = next;
    sums[place] = (int64_t)((uint64_t)start + (uint64_t)(int64_t)next);
  }
  return place;
}
