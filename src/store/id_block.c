/* id_block.c - ascending ids as bytes. */
#include "store/id_block.h"

#include <string.h>

#define LOW 0x7FU
#define MORE 0x80U
#define STEP_MAX 9U /* bytes of the largest distance between two positive ids */

static size_t put(uint64_t step, unsigned char bytes[STEP_MAX])
{
    size_t used = 0;
    for (; step > LOW; step >>= 7)
        bytes[used++] = (unsigned char)((step & LOW) | MORE);
    bytes[used++] = (unsigned char)step;
    return used;
}

size_t toc__id_block_encode(const int64_t *ids, size_t count, size_t most, unsigned char *bytes,
                            size_t *used)
{
    size_t done = 1;
    *used = 0;
    for (; done < count; done++) {
        unsigned char step[STEP_MAX];
        size_t len = put((uint64_t)(ids[done] - ids[done - 1]), step);
        if (*used + len > most)
            break;
        memcpy(bytes + *used, step, len);
        *used += len;
    }
    return done;
}

static bool take(toc_str bytes, size_t *at, uint64_t *step)
{
    *step = 0;
    for (unsigned i = 0; i < STEP_MAX && *at < bytes.len; i++) {
        unsigned char byte = (unsigned char)bytes.ptr[(*at)++];
        *step |= (uint64_t)(byte & LOW) << (7 * i);
        if (!(byte & MORE))
            return *step > 0;
    }
    return false;
}

bool toc__id_block_decode(int64_t first, toc_str bytes, int64_t *ids, size_t *count)
{
    size_t at = 0;
    *count = 0;
    if (first < 1 || bytes.len > TOC__ID_BLOCK_BYTES)
        return false;
    for (ids[(*count)++] = first; at < bytes.len; (*count)++) {
        uint64_t step;
        if (!take(bytes, &at, &step) || step > (uint64_t)(INT64_MAX - ids[*count - 1]))
            return false;
        ids[*count] = ids[*count - 1] + (int64_t)step;
    }
    return true;
}
