/* Counts instants in buckets: 128 to each doubling, so that a bucket is at most 0.8 % wide. Nanoseconds. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct histogram { uint64_t buckets[58 << 7], count; int64_t max; double sum; };

static void record(struct histogram *h, int64_t value) {
    uint64_t v = value > 0 ? (uint64_t)value : 0;
    int shift = v < 128 ? 0 : 56 - __builtin_clzll(v);
    h->buckets[((uint64_t)shift << 7) + (v >> shift)]++; /* v >> shift is 128..255 once v has 8 bits */
    h->count++;
    h->sum += (double)v;
    if (value > h->max) h->max = value;
}

static double percentile(const struct histogram *h, double share) {
    uint64_t wanted = (uint64_t)(share * (double)h->count), seen = 0;
    for (size_t i = 0; h->count && i < sizeof h->buckets / sizeof *h->buckets; i++) {
        if ((seen += h->buckets[i]) <= wanted && seen < h->count) continue;
        int shift = i < 256 ? 0 : (int)(i >> 7) - 1;
        double middle = ((double)(i - ((size_t)shift << 7)) + 0.5) * (double)(1ULL << shift), most = (double)h->max;
        return (middle < most ? middle : most) / 1e6;
    }
    return 0;
}
