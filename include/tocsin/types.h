/* tocsin/types.h - the one table: what kinds of object there are and which fields they have.
 * Everything (requests, batch, store, routes, formats, help) is derived from these rows. */
#ifndef TOCSIN_TYPES_H
#define TOCSIN_TYPES_H
#include "tocsin/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum toc_kind {
    TOC_KIND_INDICATOR,
    TOC_KIND_GROUP,
    TOC_KIND_TASK,
    TOC_KIND_VICTIM,
    TOC_KIND_VICTIM_ASSET,
    TOC_KIND_ADVERSARY_ASSET,
    TOC_KIND_RECORD, /* what hangs on objects (parts.h); not in the catalogue of types */
    TOC_KIND_COUNT
} toc_kind;

typedef enum toc_value_kind {
    TOC_VALUE_TEXT,
    TOC_VALUE_INT,
    TOC_VALUE_DECIMAL,
    TOC_VALUE_BOOL,
    TOC_VALUE_BOOL_TEXT, /* a boolean that answers spell "true" / "false" as text */
    TOC_VALUE_DATE,      /* text as received; the platform stores UTC seconds */
    TOC_VALUE_COUNT
} toc_value_kind;

/* Field flags. */
#define TOC_FIELD_KEY 0x001U        /* part of the identity, in order; joined with " : " */
#define TOC_FIELD_CREATE 0x002U     /* sent when an object is created */
#define TOC_FIELD_UPDATE 0x004U     /* sent when an object is changed */
#define TOC_FIELD_REQUIRED 0x008U   /* must be there on create */
#define TOC_FIELD_BATCH 0x010U      /* member of a batch item */
#define TOC_FIELD_IN_SUMMARY 0x020U /* answers: untyped lists (rest-v2 3, "S") */
#define TOC_FIELD_IN_LIST 0x040U    /* answers: typed lists ("T") */
#define TOC_FIELD_IN_DETAIL 0x080U  /* answers: single objects ("D") */
#define TOC_FIELD_ADDITIONAL 0x100U /* answers: only with includes=additional ("A") */
#define TOC_FIELD_OUTPUT 0x200U     /* printed by the output formats (sdk.md 6.1) */
#define TOC_FIELD_SECRET 0x400U     /* never returned and never logged */
#define TOC_FIELD_AGAIN 0x800U      /* must be there on a change as well */
#define TOC_FIELD_COMPUTED 0x1000U  /* the platform works it out, whatever clients send */
#define TOC_FIELD_ANSWER (TOC_FIELD_IN_SUMMARY | TOC_FIELD_IN_LIST | TOC_FIELD_IN_DETAIL)

typedef struct toc_field {
    const char *name;  /* JSON member of single objects and lists, "dnsActive" */
    const char *batch; /* JSON member in batch items; NULL: the same name */
    const char *label; /* how the catalogue and messages call it; NULL: the name */
    toc_value_kind value;
    unsigned flags;           /* TOC_FIELD_* */
    int slot;                 /* position of the value inside an object */
    int64_t minimum, maximum; /* of numbers; of text: length in characters; both 0: unchecked */
    const char *choices;      /* permitted texts joined by ';', or NULL */
    const char *help;         /* one line */
} toc_field;

/* Traits: behaviour that differs, looked up by nobody by name. */
#define TOC_TYPE_HASHES 0x01U   /* up to three hashes, any of which is the identity (File) */
#define TOC_TYPE_CONTENT 0x02U  /* carries a file that is uploaded and downloaded */
#define TOC_TYPE_CUSTOM 0x04U   /* "custom" in the platform's catalogue */
#define TOC_TYPE_PARSABLE 0x08U /* found in free text */
#define TOC_TYPE_RUNTIME 0x10U  /* learned or defined at run time */
#define TOC_TYPE_ASSETS 0x20U   /* a group that has adversary assets */
#define TOC_TYPE_RESOLVES 0x40U /* names whose addresses are looked up (Host) */
#define TOC_TYPE_RESOLVED 0x80U /* addresses that names lead to (Address) */

typedef enum toc_case {
    TOC_CASE_NONE,
    TOC_CASE_UPPER,
    TOC_CASE_LOWER,
    TOC_CASE_SENSITIVE
} toc_case;

typedef struct toc_type {
    const char *name;   /* as the API spells it: "EmailAddress", "Attack Pattern" */
    const char *entity; /* member of answers: "emailAddress" */
    const char *branch; /* path word: "emailAddresses" */
    toc_kind kind;
    unsigned traits;         /* TOC_TYPE_* */
    toc_case letter_case;    /* how key values are stored */
    unsigned key_count;      /* how many of fields have TOC_FIELD_KEY; they come first */
    const toc_field *fields; /* the type's own fields; common ones: toc_kind_fields */
    size_t field_count;
    const char *web_link; /* path below the UI base, with {value}, {id}, {owner} (rest-v2 5.9) */
    const char *help;
    /* Checks and rewrites the key values into their stored form; NULL: only letter_case. parts
     * has key_count entries; memory comes from alloc. Returns NULL, or why the value is wrong. */
    const char *(*normalise)(toc_str *parts, void *(*alloc)(void *user, size_t size), void *user);
} toc_type;

/* Slots of the fields that every kind shares; a kind's own common fields follow. */
enum {
    TOC_SLOT_ID,
    TOC_SLOT_OWNER_NAME,
    TOC_SLOT_DATE_ADDED,
    TOC_SLOT_LAST_MODIFIED,
    TOC_SLOT_WEB_LINK,
    TOC_SLOT_XID,
    TOC_SLOT_DESCRIPTION,
    TOC_SLOT_KIND, /* first slot of a kind's own common fields */
    /* indicators */
    TOC_SLOT_SUMMARY = TOC_SLOT_KIND,
    TOC_SLOT_SOURCE,
    TOC_SLOT_RATING,
    TOC_SLOT_CONFIDENCE,
    TOC_SLOT_THREAT_RATING,
    TOC_SLOT_THREAT_CONFIDENCE,
    TOC_SLOT_THREAT_SCORE,
    TOC_SLOT_ACTIVE,
    TOC_SLOT_ACTIVE_LOCKED,
    TOC_SLOT_PRIVATE,
    TOC_SLOT_OBSERVATION_COUNT,
    TOC_SLOT_LAST_OBSERVED,
    TOC_SLOT_FALSE_POSITIVE_COUNT,
    TOC_SLOT_FALSE_POSITIVE_LAST,
    TOC_SLOT_INDICATOR_FIRST_SEEN,
    TOC_SLOT_INDICATOR_LAST_SEEN,
    /* groups, tasks, victims, assets: the name */
    TOC_SLOT_NAME = TOC_SLOT_KIND,
    TOC_SLOT_CREATED_BY,
    TOC_SLOT_FIRST_SEEN,
    TOC_SLOT_LAST_SEEN,
    TOC_SLOT_PARENT, /* of assets: id of the victim or adversary that they belong to */
    /* all kinds: dates of the external system, batch only */
    TOC_SLOT_EXTERNAL_ADDED = 24,
    TOC_SLOT_EXTERNAL_EXPIRES,
    TOC_SLOT_EXTERNAL_MODIFIED,
    TOC_SLOT_OWN = 28,  /* first slot of a type's own fields */
    TOC_SLOT_COUNT = 64 /* most values an object can hold: a bit each in one word */
};

/* The built-in rows: 12 indicator types, 16 group types, task, victim, 5 victim assets,
 * 3 adversary assets. Any
 * thread; immutable. */
TOC_API const toc_type *toc_type_list(size_t *count);
/* The fields that all types of a kind share, in output order. */
TOC_API const toc_field *toc_kind_fields(toc_kind kind, size_t *count);
/* "indicator", "group", "task", "victim", "victimAsset", "bucketAsset", "record"; and the path
 * word, "indicators", ... "adversaryAssets", "records". */
TOC_API const char *toc_kind_entity(toc_kind kind);
TOC_API const char *toc_kind_branch(toc_kind kind);
/* A field by its JSON name or its batch name, own fields first; NULL when there is none. */
TOC_API const toc_field *toc_type_field(const toc_type *type, toc_str name);

/* A catalogue: the built-in types plus those learned or defined at run time. Look-ups by several
 * threads are fine once nothing is added any more. */
typedef struct toc_types toc_types;
/* With the built-in types. Objects of added types must be freed before the catalogue. */
TOC_API toc_rc toc_types_new(toc_types **types, toc_error *err);
TOC_API void toc_types_free(toc_types *types);
/* Adds or replaces a type (never a built-in one: TOC_ECONFLICT). Everything is copied. A field's
 * slot is assigned here: give the own fields in order, keys first. TOC_EINVAL names what is wrong.
 */
TOC_API toc_rc toc_types_add(toc_types *types, const toc_type *type, toc_error *err);
TOC_API size_t toc_types_count(const toc_types *types); /* built-in ones included */
/* Built-in ones first; NULL past the end. types may be NULL here and above: built-in ones only. */
TOC_API const toc_type *toc_types_at(const toc_types *types, size_t index);
/* By name, entity or branch, ASCII letters without case, of one kind. NULL types: built-in ones
 * only. NULL when unknown. */
TOC_API const toc_type *toc_types_find(const toc_types *types, toc_kind kind, toc_str word);

/* Named associations between indicators, and file actions: those run from a file to what it acts
 * on, the others have no direction. */
typedef struct toc_association_type {
    const char *name;         /* "URL Host" */
    const char *branch;       /* path word: "urlHost" */
    const char *left, *right; /* names of indicator types joined by ';'; a file action: left acts */
    bool file_action;
} toc_association_type;
/* The built-in rows: 8 associations, 7 file actions. Immutable. */
TOC_API const toc_association_type *toc_association_type_list(size_t *count);

/* What attributes of a name may hold. A value has at least one and at most max_length characters;
 * it also keeps the rule, if there is one: rule_type "SelectOne" (rule_text: the permitted values
 * joined by ';'), "Regex" (PCRE2, matched against the whole value), "Date" or "Integer". */
typedef struct toc_attribute_type {
    const char *name;
    const char *description;
    uint32_t max_length;
    bool markdown;             /* the value may be Markdown */
    bool system;               /* built in */
    const char *error_message; /* for values that break the rule; NULL: a common one */
    const char *rule_name, *rule_type, *rule_text, *rule_description; /* type NULL: no rule */
} toc_attribute_type;
/* The built-in rows, by name. Immutable. */
TOC_API const toc_attribute_type *toc_attribute_type_list(size_t *count);

/* The type of an indicator value by the default patterns, in the SDK's order (sdk.md 4); NULL when
 * it is none. Only the types that have patterns: Address, EmailAddress, File, Host, URL. */
typedef struct toc_detector toc_detector;
/* With the default patterns. */
TOC_API toc_rc toc_detector_new(toc_detector **detector, toc_error *err);
TOC_API void toc_detector_free(toc_detector *detector);
/* Replaces the patterns of a type (PCRE2 syntax, matched against the whole value); used in order.
 */
TOC_API toc_rc toc_detector_set(toc_detector *detector, const toc_type *type,
                                const char *const *patterns, size_t count, toc_error *err);
/* One thread at a time per detector. */
TOC_API const toc_type *toc_detector_find(toc_detector *detector, toc_str value);

#define TOC_XID_TEXT 65 /* 64 hex digits and the terminator */
/* batch.md 3.2: hex SHA-256 of a text; of a list: joined with '-', hashed twice; of nothing: of a
 * random UUID. Reproducible but for the last. TOC_ENOMEM when OpenSSL has no SHA-256 to give. */
TOC_API toc_rc toc_xid_text(toc_str text, char out[TOC_XID_TEXT]);
TOC_API toc_rc toc_xid_list(const toc_str *parts, size_t count, char out[TOC_XID_TEXT]);
TOC_API toc_rc toc_xid_random(char out[TOC_XID_TEXT]);
/* A random UUID version 4, 36 characters and the terminator. */
TOC_API toc_rc toc_uuid(char out[37]);

#ifdef __cplusplus
}
#endif
#endif
