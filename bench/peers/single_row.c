/* Loops over single rows in C, so that no Python counts in the time of peers that have a C interface. Each returns nanoseconds a row. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec moment;
  clock_gettime(CLOCK_MONOTONIC, &moment);
  return moment.tv_sec * 1e9 + moment.tv_nsec;
}

/* LGBM_BoosterPredictForMatSingleRowFast(config, row, length, result) */
double time_lightgbm(int (*predict)(void *, const void *, int64_t *, double *), void *config, const double *rows, int count,
                     int columns, double *out) {
  int64_t length;
  double began = now();
  for (int i = 0; i < count; i++) predict(config, rows + (size_t)i * columns, &length, out + i);
  return (now() - began) / count;
}

/* lleaves: the compiled forest_root(rows, out, first, last) */
double time_lleaves(void (*predict)(const double *, double *, int, int), const double *rows, int count, int columns, double *out) {
  double began = now();
  for (int i = 0; i < count; i++) predict(rows + (size_t)i * columns, out + i, 0, 1);
  return (now() - began) / count;
}

/* tl2cgen: the compiled predict(entries, pred_margin, result); an entry is a double or a mark of absence. */
union entry {
  int missing;
  double value;
};
double time_tl2cgen(void (*predict)(union entry *, int, double *), const double *rows, int count, int columns, double *out) {
  union entry *entries = malloc(columns * sizeof *entries);
  double began = now();
  for (int i = 0; i < count; i++) {
    for (int j = 0; j < columns; j++) entries[j].value = rows[(size_t)i * columns + j];
    out[i] = 0; /* it adds to what is there */
    predict(entries, 0, out + i);
  }
  double spent = (now() - began) / count;
  free(entries);
  return spent;
}
