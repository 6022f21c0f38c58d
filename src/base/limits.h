/* limits.h - every maximum of the library and the platform, named, with its reason. */
#ifndef TOC_BASE_LIMITS_H
#define TOC_BASE_LIMITS_H

/* JSON: deeper input is hostile; the API itself nests six levels. */
#define TOC_MAX_JSON_DEPTH 64
/* One text value: an e-mail body or a signature may be large, a gigabyte is an attack. */
#define TOC_MAX_TEXT (16u * 1024u * 1024u)
/* One batch item as JSON text. */
#define TOC_MAX_ITEM (32u * 1024u * 1024u)
/* A CSV record; longer lines are reported and skipped. */
#define TOC_MAX_CSV_RECORD (1u * 1024u * 1024u)
#define TOC_MAX_CSV_FIELDS 256
/* One request body that is held in memory (JSON of a single object). */
#define TOC_MAX_BODY_SMALL (32u * 1024u * 1024u)
/* A batch upload; rest-v2 1.15 leaves it to the system. */
#define TOC_MAX_BATCH_BODY (256u * 1024u * 1024u)
/* A request body that is received before it is known who sends it. */
#define TOC_MAX_STRANGER_BODY (16u * 1024u)
/* Content of a document or report (rest-v2 1.15). */
#define TOC_MAX_CONTENT ((size_t)5 * 1024u * 1024u * 1024u)
/* An answer that the client holds in memory. */
#define TOC_MAX_RESPONSE (512u * 1024u * 1024u)
#define TOC_MAX_HEADERS 64
#define TOC_MAX_HEADER_VALUE (16u * 1024u)
/* Headers that a caller of the client adds to a request. */
#define TOC_MAX_OWN_HEADERS 16
/* Report entries of a session, their bytes, and one text of an entry; the oldest give way. */
#define TOC_MAX_REPORT_ENTRIES 10000
#define TOC_MAX_REPORT_BYTES (64u * 1024u * 1024u)
#define TOC_MAX_REPORT_TEXT (1024u * 1024u)
/* Log records on their way to the API: sent from the first number on, dropped beyond the second. */
#define TOC_LOG_RECORDS_SENT 100
#define TOC_MAX_LOG_RECORDS 1000
/* A configuration file; a page of settings is usual. */
#define TOC_MAX_CONFIG (1024u * 1024u)
#define TOC_MAX_PROFILES 256 /* in one configuration file */
/* Request target: five encoded kilobyte-sized path values and a query fit. */
#define TOC_MAX_TARGET (64u * 1024u)
#define TOC_MAX_PATH_SEGMENTS 32
#define TOC_MAX_QUERY_PARAMS 64
#define TOC_MAX_FILTER_TERMS 32
/* Filters joined to one by AND and OR; each is a list of its own to be read. */
#define TOC_MAX_JOINED_FILTERS 32
/* rest-v2 1.10 */
#define TOC_DEFAULT_PAGE 100
#define TOC_MAX_PAGE 10000
/* rest-v2 1.15 */
#define TOC_MAX_TAG_CHARS 128
#define TOC_MAX_GROUP_NAME_CHARS 100
#define TOC_MAX_BATCH_INDICATORS 25000
/* Longest stored xid in bytes; rest-v2 9 row 29 asks for at least 255. */
#define TOC_MAX_XID 512
/* Longest indicator value in bytes; URLs of several kilobytes are seen, more is refused. */
#define TOC_MAX_VALUE (64u * 1024u)
/* Values and lists of one object. */
#define TOC_MAX_ATTRIBUTES 10000
#define TOC_MAX_TAGS 10000
/* Security labels of one attribute; instances define a handful, and they multiply. */
#define TOC_MAX_ATTRIBUTE_LABELS 100
#define TOC_MAX_ASSOCIATIONS 1000000
/* Ids that a list remembers to leave out repetitions; sixteen bytes and a half each. */
#define TOC_MAX_SEEN_IDS (64u * 1024u * 1024u)
/* Objects that are collected unless the caller says how many. */
#define TOC_MAX_COLLECTED 1000000
/* Distinct group labels of one import; held in memory for the run. */
#define TOC_MAX_IMPORT_GROUPS 1000000
/* Distinct values of one text that are remembered to name each once; about a hundred bytes each.
 */
#define TOC_MAX_EXTRACTED 10000000u
/* Custom indicator types. */
#define TOC_MAX_CUSTOM_TYPES 256
#define TOC_MAX_CUSTOM_ASSOCIATIONS 256
/* Attribute types of a store, defined or learned; the catalogue answers all of them. */
#define TOC_MAX_ATTRIBUTE_TYPES 10000
/* Errors that one batch job records; the count goes on beyond it. */
#define TOC_MAX_JOB_ERRORS 100000
/* Days that finished batch jobs and their errors are kept (rest-v2 4.2: "some days"). */
#define TOC_JOB_DAYS 7
/* Seconds between two looks for jobs that are too old. */
#define TOC_JOB_TIDY_S 3600
/* A spooled file that no job names is left over from a crash once it is this many seconds old;
 * before that its job may be on its way. */
#define TOC_SPOOL_ORPHAN_S 3600
/* Jobs that one transaction removes. */
#define TOC_JOB_PURGE 100
/* Links of one batch file that are remembered, so that a mirrored one counts once. */
#define TOC_MAX_SEEN_LINKS 1000000
/* Seconds either side of the server's clock, rest-v2 1.2. */
#define TOC_CLOCK_WINDOW 300
/* Seconds that a token lives unless the platform's options say otherwise. */
#define TOC_TOKEN_LIFETIME (7 * 86400)
/* Seconds that a token which was replaced goes on working: a client's other threads still use it.
 */
#define TOC_TOKEN_GRACE 300
/* Seconds after its end in which a token can still be renewed. Clients renew late, not next week.
 */
#define TOC_TOKEN_RENEWABLE 3600
/* Tokens of one user; the oldest give way. */
#define TOC_MAX_TOKENS 1000
/* Days that removed indicators are listed (the setting indicatorDeleteRetentionTime). */
#define TOC_TOMBSTONE_DAYS 90
/* rest-v2 1.15: rows of /indicators/observed */
#define TOC_MAX_OBSERVED 20000
/* Observations in one report; far more than anybody sees of one value. */
#define TOC_MAX_OBSERVATIONS 1000000000
/* rest-v2 2.17; days that a notification is kept, and users that one names. */
#define TOC_MAX_NOTIFICATION (64u * 1024u)
#define TOC_MAX_NOTIFICATION_TYPE_CHARS 50
#define TOC_NOTIFICATION_DAYS 90
#define TOC_MAX_RECIPIENTS 1000
/* rest-v2 2.18 */
#define TOC_MAX_METRIC_NAME_CHARS 45
#define TOC_MAX_METRIC_DESCRIPTION_CHARS 500
#define TOC_MAX_METRIC_KEY_CHARS 255
#define TOC_MAX_METRIC_WEIGHT 1000000000
/* Idle reader connections the platform keeps. */
#define TOC_MAX_READERS 64
/* Largest group of items applied in one transaction. */
#define TOC_BATCH_TRANSACTION 25000
/* createAndUpload with at most this many items is applied before the answer (rest-v2 4.5). */
#define TOC_SYNCHRONOUS_BATCH 500
/* Warning lists together: public ones have some hundred thousand values. */
#define TOC_MAX_WARNING_LISTS 1000
#define TOC_MAX_WARNING_VALUES 10000000
#define TOC_MAX_WARNING_BYTES (256u * 1024u * 1024u)
/* Bytes of all different substrings; each costs some fifty in memory. */
#define TOC_MAX_WARNING_STEPS 4000000
/* One substring, which is compared at every place of a value. */
#define TOC_MAX_WARNING_SUBSTRING 1024
/* Patterns are tried one by one. */
#define TOC_MAX_WARNING_PATTERNS 1000

#endif
