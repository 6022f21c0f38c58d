/* warning.h - the inside of warning lists: one table per way of matching, shared by all lists. */
#ifndef TOC_EXTRACT_WARNING_H
#define TOC_EXTRACT_WARNING_H
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/limits.h"
#include "base/map.h"
#include "tocsin/extract.h"

typedef enum toc_warning_kind {
    TOC_WARNING_CIDR,
    TOC_WARNING_HOSTNAME,
    TOC_WARNING_STRING,
    TOC_WARNING_SUBSTRING,
    TOC_WARNING_REGEX,
    TOC_WARNING_PLAIN, /* by the look of each value */
    TOC_WARNING_KINDS
} toc_warning_kind;

typedef struct toc_warning_list {
    char *name;
    unsigned scope; /* one bit a type that it is about */
} toc_warning_list;

#define TOC_WARNING_NOBODY UINT32_MAX
/* A value may stand in several lists: next leads to the next one. */
typedef struct toc_warning_entry {
    uint32_t list; /* TOC_WARNING_NOBODY: of a list that was refused; the next one may have it */
    uint32_t next; /* place + 1; 0: none */
} toc_warning_entry;

typedef struct toc_warning_pattern {
    pcre2_code *code;
    uint32_t list;
} toc_warning_pattern;

struct toc_warning_lists {
    toc_warning_list *lists;
    size_t count, size;
    toc_warning_entry *entries;
    size_t entry_count, entry_size;
    /* Values are places of entries. Texts are in lower case. */
    toc_map exact;
    toc_map domains;    /* without a dot in front; match what is below them too */
    toc_map ranges;     /* length of the prefix and sixteen bytes */
    toc_map steps;      /* the tree of substrings: node and byte to node and entry + 1 */
    uint32_t nodes;     /* of the tree */
    bool prefixes[129]; /* lengths that ranges has */
    size_t bytes;       /* of all texts, those once that stand in several lists */
    toc_warning_pattern *patterns;
    size_t pattern_count, pattern_size;
    pcre2_match_context *context;
};

#define TOC_WARNING_RANGE 17
typedef struct toc_warning_range {
    char key[TOC_WARNING_RANGE]; /* prefix in 128 bits, then the address; IPv4 in its mapped form */
} toc_warning_range;

/* The bit of a type; every bit for NULL. */
unsigned toc__warning_scope(const toc_type *type);
/* The bits of the types that a MISP attribute is kept in; composite: of those in two parts too. */
unsigned toc__warning_attribute(toc_str attribute, bool composite);
/* An address or CIDR, its host bits cleared; false when it is neither. */
bool toc__warning_range(toc_str text, toc_warning_range *range);
void toc__warning_mask(toc_warning_range *range, unsigned prefix);
/* The step from a node of the tree. */
static inline toc_str toc__warning_step(char room[5], uint32_t node, char c)
{
    for (int i = 0; i < 4; i++)
        room[i] = (char)(node >> (8 * i) & 0xFFU);
    room[4] = c;
    return (toc_str){room, 5};
}

/* A list that values can be put into; *index: which. */
toc_rc toc__warning_begin(toc_warning_lists *lists, toc_str name, unsigned scope, uint32_t *index,
                          toc_error *err);
/* Ends it: with refused set there is none. */
void toc__warning_end(toc_warning_lists *lists, uint32_t index, bool refused);
toc_rc toc__warning_put(toc_warning_lists *lists, uint32_t index, toc_warning_kind kind,
                        toc_str value, toc_error *err);
#endif
