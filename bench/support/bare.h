/* bare.h - what the engine alone needs for the rows of a store: the measure for import and batch.
 */
#ifndef TOC_BENCH_BARE_H
#define TOC_BENCH_BARE_H

/* Seconds for the objects of the store and what hangs on them, put into an empty file with the same
 * schema, transaction size and durability. Once per process. */
double bench_bare_inserts(const char *store, const char *copy);
#endif
