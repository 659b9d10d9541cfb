/* measure: what the embedded book makes of texts that it was not made from, beside zlib, and how fast.
 *
 * Neighbours: main.c. Not a benchmark of the project: see tests/bench for those. */
#ifndef ZHUCUN_TRAIN_MEASURE_H
#define ZHUCUN_TRAIN_MEASURE_H

#include "corpus.h"

/* Prints a table; `samples` gives zlib's preset dictionary (its last 32 KB). Negative: a round trip failed. */
int measure(const struct corpus *texts, const struct corpus *samples);

#endif
