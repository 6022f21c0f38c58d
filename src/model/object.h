/* object.h - the inside of an object: values by slot and lists, all in one arena. */
#ifndef TOC_MODEL_OBJECT_H
#define TOC_MODEL_OBJECT_H
#include "base/arena.h"
#include "base/str.h"
#include "base/time.h"
#include "tocsin/object.h"

typedef struct toc_value {
    bool integral; /* DECIMAL: arrived without a fraction */
    union {
        toc_str text; /* TEXT, DATE */
        int64_t integer;
        double decimal;
        bool boolean; /* BOOL, BOOL_TEXT */
    } as;
} toc_value;

typedef struct toc_label {
    struct toc_label *next;
    toc_str name, description, color, date_added;
} toc_label;

typedef struct toc_attribute {
    struct toc_attribute *next;
    int64_t id;
    toc_str type, value, source, xid, date_added, last_modified;
    bool displayed, pinned;
    toc_label *labels;
} toc_attribute;

typedef struct toc_tag {
    struct toc_tag *next;
    toc_str name, description, web_link;
} toc_tag;

/* Batch associations: to a group by xid, or to an indicator by type name and summary. */
typedef struct toc_link {
    struct toc_link *next;
    toc_kind kind;
    toc_str xid;           /* group */
    toc_str type, summary; /* indicator */
} toc_link;

typedef struct toc_occurrence {
    struct toc_occurrence *next;
    int64_t id;
    toc_str file_name, path, date;
} toc_occurrence;

typedef struct toc_owner_ref {
    int64_t id;
    toc_str name, type; /* name absent: none */
} toc_owner_ref;

/* Which lists were present in the input, even when empty. */
#define TOC_LIST_ATTRIBUTES 1U
#define TOC_LIST_TAGS 2U
#define TOC_LIST_LABELS 4U
#define TOC_LIST_LINKS 8U
#define TOC_LIST_OCCURRENCES 16U

/* What waits for the next save: the entry of a list that is not on the server yet, or an act of
 * the client (intel/act.h), or both, in which case the act is what is sent. */
typedef struct toc_pending {
    struct toc_pending *next;
    unsigned list;       /* TOC_LIST_ATTRIBUTES, _TAGS or _LABELS: where node belongs; 0: no node */
    bool unlisted;       /* node was taken out of its list */
    void *node;          /* toc_attribute, toc_tag, toc_label */
    void *act;           /* toc_act; NULL: add the node */
    toc_str description; /* made when asked for */
} toc_pending;

/* Where an object stands. */
#define TOC_OBJECT_KNOWN 1U   /* the server has it */
#define TOC_OBJECT_CHANGED 2U /* a value was set since */
#define TOC_OBJECT_ORPHAN 4U  /* it was created, but the answer did not tell its id */

#define TOC_LIST_OF(node)                                                                          \
    struct {                                                                                       \
        node *first, *last;                                                                        \
        size_t count;                                                                              \
    }

struct toc_object {
    const toc_type *type;
    toc_arena *arena;
    void *memo;          /* the application's */
    uint64_t present;    /* bit per slot */
    uint64_t given;      /* the same: set by the program since the last save */
    unsigned lists;      /* TOC_LIST_* */
    unsigned state;      /* TOC_OBJECT_* */
    toc_owner_ref owner; /* nested owner of single answers */
    TOC_LIST_OF(toc_attribute) attributes;
    TOC_LIST_OF(toc_tag) tags;
    TOC_LIST_OF(toc_label) labels;
    TOC_LIST_OF(toc_link) links;
    TOC_LIST_OF(toc_occurrence) occurrences;
    TOC_LIST_OF(toc_pending) queue;
    toc_value values[TOC_SLOT_COUNT];
    toc_arena own; /* backing of arena for objects made by toc_object_new */
};

/* In an arena that outlives it; values are not cleared, present is 0. NULL when out of memory. */
toc_object *toc__object_in(toc_arena *arena, const toc_type *type);
/* Empties for reuse with another type; keeps the arena (which the caller clears). */
void toc__object_reset(toc_object *obj, const toc_type *type);
/* Appends a zeroed node of the named list; NULL when out of memory or past its limit. */
toc_attribute *toc__object_attribute_new(toc_object *obj);
toc_tag *toc__object_tag_new(toc_object *obj);
toc_label *toc__object_label_new(toc_object *obj);
toc_link *toc__object_link_new(toc_object *obj);
toc_occurrence *toc__object_occurrence_new(toc_object *obj);
/* At the end of the queue; NULL when out of memory or past the limit. */
toc_pending *toc__object_pending_new(toc_object *obj);
/* Takes the entry behind previous (NULL: the first one) out of the queue. */
void toc__object_pending_drop(toc_object *obj, toc_pending *previous);
/* Puts the node of an entry into its list, or takes it out; nothing when it is so already. */
void toc__object_list_node(toc_object *obj, toc_pending *entry);
void toc__object_unlist_node(toc_object *obj, toc_pending *entry);
/* Takes the attribute of that id, the tags or the label of that name out of the lists. */
void toc__object_forget(toc_object *obj, unsigned list, toc_str id);
/* Converts text into the field's value kind; borrowed: text outlives the object (no copy). */
toc_rc toc__object_put(toc_object *obj, const toc_field *field, toc_str text, bool borrowed,
                       toc_error *err);
/* Absolute dates stay as given; epochs and words, which the API does not take, become its form in
 * room. TOC_EINVAL names the field. */
toc_rc toc__date_text(toc_str *date, char room[TOC_TIME_TEXT], const char *field, toc_error *err);
/* Key texts in order into parts[3]; returns how many the type has. Absent ones are {NULL,0}. */
unsigned toc__object_keys(const toc_object *obj, toc_str parts[3]);
/* Takes away all but the xid and the value: what a deletion looks at. The type is known. */
void toc__object_keep_identity(toc_object *obj);

/* toc_type_field without the fields that all types of its kind have. */
const toc_field *toc__type_own_field(const toc_type *type, toc_str name);
/* A catalogue to be added to, with the types of another one (NULL: none), which must outlive it:
 * the types are the same objects. */
toc_rc toc__types_extend(const toc_types *from, toc_types **types, toc_error *err);

/* How messages call a field. */
static inline const char *toc__field_label(const toc_field *field)
{
    return field->label ? field->label : field->name;
}
static inline bool toc__object_has(const toc_object *obj, int slot)
{
    return (obj->present >> slot) & 1U;
}
static inline toc_str toc__object_text(const toc_object *obj, int slot)
{
    return toc__object_has(obj, slot) ? obj->values[slot].as.text : (toc_str){NULL, 0};
}
static inline void toc__object_set_text(toc_object *obj, int slot, toc_str text)
{
    obj->values[slot].as.text = text;
    obj->present |= (uint64_t)1 << slot;
}
static inline void toc__object_clear(toc_object *obj, int slot)
{
    obj->present &= ~((uint64_t)1 << slot);
}
static inline void toc__object_set_int(toc_object *obj, int slot, int64_t value)
{
    obj->values[slot].as.integer = value;
    obj->present |= (uint64_t)1 << slot;
}
static inline void toc__object_set_bool(toc_object *obj, int slot, bool value)
{
    obj->values[slot].as.boolean = value;
    obj->present |= (uint64_t)1 << slot;
}
static inline void toc__object_set_decimal(toc_object *obj, int slot, double value, bool integral)
{
    obj->values[slot].as.decimal = value;
    obj->values[slot].integral = integral;
    obj->present |= (uint64_t)1 << slot;
}
#endif
