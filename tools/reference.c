/* reference.c - prints the reference documents from the tables of the code: endpoints, filters,
 * session options, types, the program and its manual pages, and the words of all of them as a
 * dictionary for libFuzzer. `make reference` writes them, tools/check-reference compares. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "filter/terms.h"
#include "platform/routes.h"
#include "reference.h"

static const char *rights_word(unsigned rights)
{
    static const struct {
        unsigned right;
        const char *word;
    } words[] = {
        {TOC_RIGHTS_SELF, "own"},      {TOC_RIGHTS_OPEN, "none"},    {TOC_MAY_READ, "read"},
        {TOC_MAY_WRITE, "write"},      {TOC_MAY_DELETE, "delete"},   {TOC_MAY_BATCH, "batch"},
        {TOC_MAY_ADMIN, "administer"}, {TOC_MAY_OBSERVE, "observe"},
    };
    for (size_t i = 0; i < TOC_COUNT(words); i++) {
        if (words[i].right == rights)
            return words[i].word;
    }
    return "several";
}

static void print_body(size_t maximum)
{
    if (!maximum)
        printf("-");
    else if (maximum == TOC_BODY_BATCH)
        printf("batch");
    else if (maximum == TOC_BODY_CONTENT)
        printf("%zu GiB", TOC_MAX_CONTENT >> 30);
    else
        printf("%zu MiB", maximum >> 20);
}

static void print_endpoints(void)
{
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    printf("# Endpoints\n\n"
           "What the platform answers, printed from the table of routes (`make reference`). Paths\n"
           "lie below `/api/v2` or `/v2`, those with a leading slash below `/api` or the root. A\n"
           "value with `*` may contain slashes. Right: what the caller needs in the owner; `own`:\n"
           "the request finds its owner itself; `none`: no signature is asked for. Body: the\n"
           "largest one that is taken; `batch`: the platform's setting.\n\n"
           "| Method | Path | Right | Body | What |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        printf("| %s | `%s` | %s | ", routes[i].method, routes[i].pattern,
               rights_word(routes[i].rights));
        print_body(routes[i].body_max);
        printf(" | %s |\n", routes[i].help);
    }
}

static void print_filters(void)
{
    static const char *const resources[] = {
        [TOC_FILTER_INDICATORS] = "indicators",
        [TOC_FILTER_GROUPS] = "groups",
        [TOC_FILTER_TAGS] = "tags",
        [TOC_FILTER_LABELS] = "securityLabels",
        [TOC_FILTER_TASKS] = "tasks",
        [TOC_FILTER_VICTIMS] = "victims",
        [TOC_FILTER_ATTRIBUTE_TYPES] = "attributeTypes",
    };
    static const char *const kinds[] = {
        [TOC_TERM_TEXT] = "text", [TOC_TERM_INT] = "whole number", [TOC_TERM_DECIMAL] = "number",
        [TOC_TERM_DATE] = "date", [TOC_TERM_BOOL] = "true, false",
    };
    size_t count;
    const toc_term_field *fields = toc_term_fields(&count);
    printf("# Filters\n\n"
           "Fields of the parameter `filters`, printed from the table of the filters (`make\n"
           "reference`). Terms are joined by commas and all hold; with `orParams=true` one is\n"
           "enough.\n\n"
           "| Lists of | Type | Field | Value | Operators |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        printf("| %s | %s | `%s` | %s |", resources[fields[i].resource],
               fields[i].type ? fields[i].type : "all", fields[i].name, kinds[fields[i].kind]);
        for (unsigned op = 0; op < 32; op++) {
            if (fields[i].ops & (1U << op))
                printf(" `%s`", toc_op_text((toc_op)op));
        }
        printf(" |\n");
    }
}

static void print_field(const toc_field *field)
{
    static const char *const kinds[TOC_VALUE_COUNT] = {
        "text", "whole number", "number", "true, false", "\"true\", \"false\"", "date"};
    printf("| `%s` | %s | %s%s%s%s | %s", field->name, kinds[field->value],
           field->flags & TOC_FIELD_KEY ? "identity " : "",
           field->flags & TOC_FIELD_REQUIRED ? "required " : "",
           field->flags & TOC_FIELD_CREATE ? "create " : "",
           field->flags & TOC_FIELD_UPDATE ? "change" : "", field->help);
    if (field->choices)
        printf(": %s", field->choices);
    printf(" |\n");
}

#define FIELD_HEAD "| Field | Value | In requests | What |\n| --- | --- | --- | --- |\n"

static void print_types(void)
{
    size_t count, fields;
    const toc_type *types = toc_type_list(&count);
    printf("# Types\n\nThe built-in types and their fields, printed from the table of types "
           "(`make reference`).\n");
    for (int kind = 0; kind < TOC_KIND_COUNT; kind++) {
        const toc_field *common = toc_kind_fields((toc_kind)kind, &fields);
        printf("\n## %s\n\nFields of all of them:\n\n" FIELD_HEAD, toc_kind_branch((toc_kind)kind));
        for (size_t i = 0; i < fields; i++)
            print_field(&common[i]);
        for (size_t i = 0; i < count; i++) {
            if ((int)types[i].kind != kind)
                continue;
            printf("\n### %s\n\n`%s`, member `%s`: %s.\n", types[i].name, types[i].branch,
                   types[i].entity, types[i].help);
            if (types[i].field_count)
                printf("\n" FIELD_HEAD);
            for (size_t k = 0; k < types[i].field_count; k++)
                print_field(&types[i].fields[k]);
        }
    }
}

/* --- dictionary ---------------------------------------------------------------------------- */

#define MAX_WORDS 4096

/* Prints a word as libFuzzer reads it, unless it was printed before. */
static void print_word(const char *before, toc_str word, const char *after)
{
    static struct {
        toc_str word;
        const char *after;
    } seen[MAX_WORDS];
    static size_t count;
    for (size_t i = 0; i < count; i++) {
        if (toc_str_equal(seen[i].word, word) && strcmp(seen[i].after, after) == 0)
            return;
    }
    if (!word.len || count == MAX_WORDS)
        return;
    seen[count].word = word;
    seen[count++].after = after;
    printf("\"%s", before);
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '"' || word.ptr[i] == '\\')
            putchar('\\');
        putchar(word.ptr[i]);
    }
    printf("%s\"\n", after);
}

static void print_words(const char *list, char separator, const char *before, const char *after)
{
    toc_str rest = toc_str_of(list), word;
    while (list && toc_str_cut(&rest, separator, &word)) {
        if (!toc_str_starts(word, TOC_S("{")))
            print_word(before, word, after);
    }
}

static void print_field_words(const toc_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        print_word("\\\"", toc_str_of(fields[i].name), "\\\":");
        if (fields[i].batch)
            print_word("\\\"", toc_str_of(fields[i].batch), "\\\":");
        print_words(fields[i].choices, ';', "\\\"", "\\\"");
    }
}

static void print_type_words(void)
{
    size_t count;
    const toc_type *types = toc_type_list(&count);
    for (int kind = 0; kind < TOC_KIND_COUNT; kind++) {
        size_t fields;
        const toc_field *common = toc_kind_fields((toc_kind)kind, &fields);
        print_word("/", toc_str_of(toc_kind_branch((toc_kind)kind)), "");
        print_field_words(common, fields);
    }
    for (size_t i = 0; i < count; i++) {
        print_word("/", toc_str_of(types[i].branch), "");
        print_word("\\\"", toc_str_of(types[i].name), "\\\"");
        print_field_words(types[i].fields, types[i].field_count);
    }
}

static void print_name_words(void)
{
    size_t count;
    const toc_association_type *associations = toc_association_type_list(&count);
    for (size_t i = 0; i < count; i++)
        print_word("/", toc_str_of(associations[i].branch), "");
    const toc_attribute_type *attributes = toc_attribute_type_list(&count);
    for (size_t i = 0; i < count; i++)
        print_word("\\\"", toc_str_of(attributes[i].name), "\\\"");
    const toc_term_field *terms = toc_term_fields(&count);
    for (size_t i = 0; i < count; i++)
        print_word("", toc_str_of(terms[i].name), "=");
}

static void print_dictionary(void)
{
    /* What no table holds: parameters, members of batch files and settings. */
    static const char texts[] =
        "GET ,POST ,PUT ,DELETE ,/api/v2,$user,$token,Authorization: TC-Token ,?owner=,&filters=,"
        "&resultStart=,&resultLimit=,&includes=additional,&includes=attributes,&includes=tags,"
        "&includes=labels,&orParams=true,&createActivityLog=true,&modifiedSince=,&updateIfExists="
        "true,?expiredToken=,%20,%2F,%25,%2C,%3E,%3C,%5E,2024-01-01T00:00:00Z,TLP:RED";
    static const char members[] =
        "indicator,group,attribute,tag,securityLabel,associatedGroup,associatedGroups,groupXid,"
        "associatedGroupXid,associatedIndicators,indicatorType,summary,type,xid,name,value,"
        "displayed,fileOccurrence,fileName,path,date,version,action,haltOnError,"
        "attributeWriteType,tagWriteType,securityLabelWriteType,fileMergeMode,hashCollisionMode,"
        "owner,count,association,ref_1,ref_2,type_1,type_2,associationType";
    static const char values[] =
        "V1,V2,Create,Delete,Replace,Append,Singleton,Static,Merge,Distribute,FavorIncoming,"
        "FavorExisting,IgnoreIncoming,IgnoreExisting,Split,true,false";
    size_t count;
    const toc_route *routes = toc_route_list(&count);
    printf("# Words of the API for libFuzzer (-dict=), printed from the tables (`make "
           "reference`).\n");
    print_words(texts, ',', "", "");
    print_words(members, ',', "\\\"", "\\\":");
    print_words(values, ',', "\\\"", "\\\"");
    for (size_t i = 0; i < count; i++)
        print_words(routes[i].pattern, '/', "/", "");
    print_type_words();
    print_name_words();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } documents[] = {{"endpoints", print_endpoints},  {"filters", print_filters},
                     {"options", toc__print_options},
#ifdef TOC_WITH_PROGRAM
                     {"cli", toc__print_cli},         {"manuals", toc__print_manuals},
#endif
                     {"types", print_types},          {"dictionary", print_dictionary}};
    for (size_t i = 0; argc == 2 && i < TOC_COUNT(documents); i++) {
        if (strcmp(documents[i].name, argv[1]) == 0) {
            documents[i].print();
            return 0;
        }
    }
#ifdef TOC_WITH_PROGRAM
    if (argc == 2 && toc__print_manual(argv[1]))
        return 0;
#endif
    (void)fprintf(stderr,
                  "reference endpoints|filters|options|types|dictionary|cli|manuals|PAGE\n");
    return 2;
}
