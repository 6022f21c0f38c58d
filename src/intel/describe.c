/* describe.c - what requests are about, in words: the table of sdk.md 2.10. */
#include "base/codec.h"
#include "base/mem.h"
#include "base/str.h"
#include "intel/act.h"
#include "intel/path.h"

/* In the texts: %N the object: the quoted name, of indicators their value as in paths; %n the same
 * without quotes; %q the same with quotes always; %i the id or name of the part, or the other end;
 * %t %v type and value of an attribute; %f a file; %T %A the other's or the asset's resource
 * type; %a the attribute; %o the id of the object; %K its resource type in small letters. */
#define ANY 0xffU
#define IS(kind) (1U << TOC_KIND_##kind)
#define NONE (1U << TOC_KIND_COUNT)

/* The first row that fits. kinds: of the object; others: of the other end of an association. */
typedef struct sentence {
    toc_act_what what;
    toc_verb verb;
    int part; /* toc_part; of associations: kinds of the other end */
    unsigned kinds;
    const char *text;
} sentence;

#define PART(verb, part, kinds, text)                                                              \
    {                                                                                              \
        TOC_ACT_PART, TOC_VERB_##verb, TOC_PART_##part, kinds, text                                \
    }
#define LINK(verb, others, text)                                                                   \
    {                                                                                              \
        TOC_ACT_LINK, TOC_VERB_##verb, (int)(others), ANY, text                                    \
    }
#define OBJECT(verb, kinds, text)                                                                  \
    {                                                                                              \
        TOC_ACT_OBJECT, TOC_VERB_##verb, 0, kinds, text                                            \
    }

static const sentence sentences[] = {
    OBJECT(ADD, IS(TASK), "adding task %N."),
    OBJECT(ADD, IS(INDICATOR), "adding indicator %N."),
    OBJECT(ADD, ANY, "adding group %N."),
    OBJECT(CHANGE, IS(INDICATOR) | IS(VICTIM), "update indicator %N."),
    OBJECT(CHANGE, ANY, "update group %N."),
    OBJECT(REMOVE, IS(TASK), "delete task %N."),
    OBJECT(REMOVE, IS(INDICATOR), "delete indicator %N."),
    OBJECT(REMOVE, IS(VICTIM), "delete victim %N."),
    OBJECT(REMOVE, ANY, "delete group %N."),
    PART(ADD, ATTRIBUTE, ANY, "add attribute type \"%t\" with value \"%v\" to %N"),
    PART(CHANGE, ATTRIBUTE, ANY, "update attribute id %i with value \"%v\" on %N"),
    PART(REMOVE, ATTRIBUTE, ANY, "delete attribute id %i from %N"),
    PART(LIST, ATTRIBUTE, ANY, "load attributes for %n"),
    PART(ADD, TAG, ANY, "add tag \"%i\" to %N"),
    PART(REMOVE, TAG, ANY, "delete tag \"%i\" from %N"),
    PART(LIST, TAG, ANY, "load tags for %n"),
    PART(ADD, LABEL, ANY, "add security label \"%i\" to %N"),
    PART(REMOVE, LABEL, ANY, "delete security label \"%i\" from %n"),
    PART(LIST, LABEL, ANY, "load security labels for %n"),
    PART(ADD, FALSE_POSITIVE, ANY, "Adding false positive to %n"),
    PART(ADD, OBSERVATION, ANY, "add observation to %n"),
    PART(LIST, OBSERVATION, ANY, "retrieve observations for %n"),
    PART(LIST, OBSERVATION_COUNT, ANY, "load observation count for %n"),
    PART(ADD, OCCURRENCE, ANY, "add file occurrence - %f to %q"),
    PART(REMOVE, OCCURRENCE, ANY, "delete file occurrence id %i from %n"),
    PART(LIST, OCCURRENCE, ANY, "load file occurrence for %n"),
    PART(LIST, RESOLUTION, ANY, "load dns resolution for %n"),
    PART(ADD, ASSIGNEE, ANY, "add assignee %i from %N"),
    PART(REMOVE, ASSIGNEE, ANY, "delete assignee %i from %N"),
    PART(ADD, ESCALATEE, ANY, "add escalatee %i from %N"),
    PART(REMOVE, ESCALATEE, ANY, "delete escalatee %i from %N"),
    PART(ADD, ASSET, ANY, "add asset type ResourceType.%A with to %n"),
    PART(CHANGE, ASSET, ANY, "update asset type ResourceType.%A with to %n"),
    PART(REMOVE, ASSET, ANY, "delete asset type ResourceType.%A with to %n"),
    PART(LIST, ASSET, ANY, "load assets for %n"),
    PART(LIST, OWNER, ANY, "filter by owner"),
    PART(LIST, MY_OWNER, ANY, "load owner mine"),
    PART(LIST, MEMBER, ANY, "load owner members"),
    PART(LIST, METRIC, NONE, "load global metrics"),
    PART(LIST, METRIC, ANY, "load owner metrics %n"),
    LINK(LIST, IS(GROUP), "retrieve group associations for %n"),
    LINK(LIST, IS(INDICATOR), "retrieve indicator associations for %n"),
    LINK(LIST, IS(TASK), "retrieve task associations for %n"),
    LINK(LIST, IS(VICTIM), "retrieve victim associations for %n"),
    LINK(LIST, ANY, "retrieve victim asset associations for %n"),
    LINK(ADD, IS(GROUP), "associate group type \"%T\" id %i to %N"),
    LINK(REMOVE, IS(GROUP), "disassociate group type %T id %i from %N"),
    LINK(ADD, IS(INDICATOR), "associate indicator %i to %N"),
    LINK(REMOVE, IS(INDICATOR), "disassociate indicator %i to %N"),
    LINK(ADD, IS(VICTIM), "associate victim id %i from %N"),
    LINK(REMOVE, IS(VICTIM), "disassociate victim id %i from %N"),
    LINK(ADD, IS(TASK), "associate task id %i to %N"),
    LINK(REMOVE, IS(TASK), "disassociate task id %i from %N"),
    LINK(ADD, ANY, "associate victim asset type %T id %i to %N"),
    LINK(REMOVE, ANY, "disassociate victim asset type %T id %i from %N"),
    {TOC_ACT_UPLOAD, TOC_VERB_ADD, 0, ANY, "upload document for %N"},
    {TOC_ACT_DOWNLOAD, TOC_VERB_ONE, 0, ANY, "download %K for %N"},
    {TOC_ACT_PDF, TOC_VERB_ONE, 0, ANY, "download pdf for %N"},
};

static const char *const label_loading = "load security labels for attribute %a of object %o";
static const char *const label_change = "deleting security label %i for attribute %a of object %o";

static unsigned kind_bit(const toc_type *type)
{
    return type ? 1U << type->kind : NONE;
}

static bool fits(const sentence *row, const toc_act *act)
{
    if (row->what != act->what || row->verb != act->verb)
        return false;
    if (act->what == TOC_ACT_LINK)
        return ((unsigned)row->part & kind_bit(act->other.type)) != 0;
    return (row->kinds == ANY || (row->kinds & kind_bit(act->of.type))) &&
           (act->what != TOC_ACT_PART || row->part == (int)act->part);
}

static const char *find(const toc_act *act)
{
    if (act->what == TOC_ACT_PART && act->of.attribute)
        return act->verb == TOC_VERB_LIST ? label_loading : label_change;
    for (size_t i = 0; i < TOC_COUNT(sentences); i++) {
        if (fits(&sentences[i], act))
            return sentences[i].text;
    }
    return NULL;
}

/* The SDK's names of resource types: the path word in capitals, but for two. */
void toc__resource_type(toc_buf *text, const toc_type *type)
{
    static const char *const odd[][2] = {{"phoneNumbers", "PHONES"}, {"webSites", "WEBSITES"}};
    if (!type)
        return;
    const char *word = type->branch ? type->branch : type->name;
    bool victim = type->kind == TOC_KIND_VICTIM_ASSET;
    if (victim)
        toc_buf_lit(text, "VICTIM_");
    for (size_t i = 0; victim && i < TOC_COUNT(odd); i++) {
        if (toc_str_equal(toc_str_of(word), toc_str_of(odd[i][0]))) {
            toc_buf_text(text, odd[i][1]);
            return;
        }
    }
    for (; *word; word++) {
        bool capital = *word >= 'A' && *word <= 'Z';
        if (capital)
            toc_buf_char(text, '_');
        toc_buf_char(text, *word >= 'a' && *word <= 'z' ? (char)(*word - 'a' + 'A') : *word);
    }
}

typedef struct speech {
    toc_buf *text;
    const toc_act *act;
    toc_str name;
} speech;

static bool is_indicator(const speech *out)
{
    return out->act->of.type && out->act->of.type->kind == TOC_KIND_INDICATOR;
}

static void put_bare_name(const speech *out)
{
    if (is_indicator(out))
        toc_url_encode_path(out->text, toc__path_value(out->act->of.type, out->act->of.id));
    else
        toc_buf_str(out->text, out->name);
}

static void put_quoted_name(const speech *out)
{
    toc_buf_char(out->text, '"');
    put_bare_name(out);
    toc_buf_char(out->text, '"');
}

static void put_name(const speech *out)
{
    if (is_indicator(out))
        put_bare_name(out);
    else
        put_quoted_name(out);
}

static void put_id(const speech *out)
{
    const toc_act *act = out->act;
    toc_buf_str(out->text, act->what == TOC_ACT_LINK ? act->other.id : act->id);
}

static void put_type(const speech *out)
{
    toc_buf_str(out->text, out->act->text);
}

static void put_value(const speech *out)
{
    toc_buf_str(out->text, out->act->value);
}

static void put_file(const speech *out)
{
    if (!out->act->text.len) {
        toc_buf_lit(out->text, "unnamed file");
        return;
    }
    toc_buf_lit(out->text, "file \"");
    toc_buf_str(out->text, out->act->text);
    toc_buf_char(out->text, '"');
}

static void put_other_type(const speech *out)
{
    toc__resource_type(out->text, out->act->other.type);
}

static void put_asset_type(const speech *out)
{
    toc__resource_type(out->text, out->act->asset_type);
}

static void put_attribute(const speech *out)
{
    toc_buf_int(out->text, out->act->of.attribute);
}

static void put_object_id(const speech *out)
{
    toc_buf_str(out->text, out->act->of.id);
}

static void put_branch(const speech *out)
{
    toc_buf_text(out->text, out->act->of.type ? out->act->of.type->branch : "owner");
}

static const struct {
    char letter;
    void (*put)(const speech *out);
} letters[] = {{'N', put_name},      {'n', put_bare_name},  {'q', put_quoted_name},
               {'i', put_id},        {'t', put_type},       {'v', put_value},
               {'f', put_file},      {'T', put_other_type}, {'A', put_asset_type},
               {'a', put_attribute}, {'o', put_object_id},  {'K', put_branch}};

void toc__act_describe(toc_buf *text, const toc_act *act, toc_str name)
{
    const char *at = find(act);
    speech out = {.text = text, .act = act, .name = name};
    for (; at && *at; at++) {
        if (*at != '%') {
            toc_buf_char(text, *at);
            continue;
        }
        at++;
        for (size_t i = 0; i < TOC_COUNT(letters); i++) {
            if (letters[i].letter == *at)
                letters[i].put(&out);
        }
    }
}
