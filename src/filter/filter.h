/* filter.h - the inside of a filter, as the lists read it. */
#ifndef TOC_FILTER_FILTER_H
#define TOC_FILTER_FILTER_H
#include "base/arena.h"
#include "filter/terms.h"
#include "model/object.h"

#define TOC_KIND_BIT(kind) (1U << (kind))

/* One row per API filter (sdk.md 3.1): path of the thing that is asked for its objects. */
typedef struct toc_api_row {
    const char *name; /* NULL: one name "{group entity}_id" per group type */
    const char *path; /* "{type}" a branch, "{value}" the encoded value; the list's path follows */
    unsigned kinds;   /* TOC_KIND_BIT of the lists that take it */
    unsigned owner;   /* lists whose request carries the owner */
    unsigned unpaged; /* lists of all types that are asked for without paging */
    unsigned single;  /* lists for which the path is one object's: nothing follows */
    bool integer;     /* the value is an id */
    bool indicator;   /* the value is an indicator; its type becomes {type} */
    const char *says; /* how descriptions call it; NULL: the entity */
    bool quoted;      /* descriptions show the value in quotes */
    int record;       /* of lists of records: the toc_record */
} toc_api_row;

typedef struct toc_api_filter {
    struct toc_api_filter *next;
    const toc_api_row *row;
    const toc_type *type; /* for {type}; NULL where the path has none */
    toc_str value;        /* not encoded */
    toc_str description;  /* "api filter by tag "x"" */
} toc_api_filter;

typedef enum toc_post_source {
    TOC_POST_FIELD,
    TOC_POST_TYPE,
    TOC_POST_SUMMARY,
    TOC_POST_TAG,
    TOC_POST_ATTRIBUTE
} toc_post_source;

typedef struct toc_post {
    struct toc_post *next;
    toc_post_source source;
    const char *field; /* JSON name; found again in each type, as slots differ */
    toc_value_kind value;
    toc_op op;
    toc_str text;
    int64_t integer; /* INT, DATE, BOOL */
    double decimal;
    toc_str date;         /* DATE: as servers spell it; {NULL,0} when it is not usual */
    toc_str description;  /* "post filter by rating GE 3" */
    toc_str name, method; /* "add_pf_threat_assess_rating", "threat assess rating" */
} toc_post;

/* Another filter of the same kind. */
typedef struct toc_join {
    struct toc_join *next;
    const toc_filter *filter;
    bool all; /* AND: both must return an object; else OR */
} toc_join;

typedef struct toc_owner_name {
    struct toc_owner_name *next;
    toc_str name;
} toc_owner_name;

#define TOC_INCLUDE_ADDITIONAL 1U
#define TOC_INCLUDE_ATTRIBUTES 2U
#define TOC_INCLUDE_TAGS 4U
#define TOC_INCLUDE_LABELS 8U

struct toc_filter {
    toc_kind kind;
    const toc_type *type; /* NULL: all of the kind */
    toc_arena arena;
    TOC_LIST_OF(toc_owner_name) owners;
    TOC_LIST_OF(toc_api_filter) api;
    TOC_LIST_OF(toc_post) posts;
    TOC_LIST_OF(toc_join) joins; /* in order of the calls */
    bool any_owner;
    toc_terms terms;
    toc_str modified_since;
    toc_str modified_text; /* description of the list request then */
    unsigned includes;     /* TOC_INCLUDE_* */
};

/* Where a post filter's field sits in the type seen last; belongs to the reader of a list, because
 * filters are shared. */
typedef struct toc_post_memo {
    const toc_type *type;
    const toc_field *field;
} toc_post_memo;

/* One term, checked; value is borrowed. */
toc_rc toc__term_make(toc_str name, toc_op op, toc_str value, toc_filter_resource resource,
                      const toc_type *type, toc_term *term, toc_error *err);
/* The toc_filter_resource that filters= of lists of the kind may name; -1: there is none. */
int toc__kind_resource(toc_kind kind);
/* The word of includes= for one TOC_INCLUDE_* bit. */
const char *toc__include_word(unsigned bit);
/* Whether the object passes all post filters. memos: one zeroed entry per post filter. */
bool toc__post_match(const toc_filter *filter, toc_post_memo *memos, toc_object *obj);
/* What the filter is for, in messages: "hosts", "groups". */
const char *toc__filter_lists(const toc_filter *filter);
/* "EQ", "NE", ... */
const char *toc__op_name(toc_op op);
/* The names of the kind that toc_filter_name lists: declared by the SDK first, in its order. */
typedef struct toc_filter_names {
    const char *const *api, *const *later, *const *post; /* each ends with NULL */
} toc_filter_names;
const toc_filter_names *toc__filter_names(toc_kind kind, const toc_type *type);
/* Fills in the descriptions; false when out of memory. */
bool toc__describe_api(toc_filter *filter, toc_api_filter *api);
bool toc__describe_post(toc_filter *filter, toc_post *post, const char *name);
bool toc__describe_since(toc_filter *filter);
/* The same name but for case, blanks and underscores: "date_added" is "dateAdded". */
bool toc__name_equal(toc_str a, toc_str b);
#endif
