/* pdf.c - a group or a task as a document to print: what it is, what is known, what it is linked
 * with. */
#include "base/mem.h"
#include "base/str.h"
#include "platform/handlers.h"
#include "platform/pdf_write.h"
#include "platform/place.h"

/* Names of linked objects of one kind; the rest is counted. */
#define LINKS_MAX TOC_MAX_PAGE

typedef struct sheet {
    toc_incoming *call;
    toc_pdf pdf;
    toc_buf text;
    bool begun, found;
    const char *heading; /* due in front of the next entry */
} sheet;

/* The text that was put together; without room for it there is no answer. */
static toc_str gathered(sheet *page)
{
    if (page->text.failed && !page->call->body.failed)
        page->call->body.failed = page->text.failed;
    return toc_buf_view(&page->text);
}

static void write_heading(sheet *page)
{
    if (page->heading)
        toc_pdf_text(&page->pdf, TOC_PDF_HEADING, toc_str_of(page->heading));
    page->heading = NULL;
}

static void write_pair(sheet *page, const char *label, toc_str value)
{
    if (!value.len)
        return;
    write_heading(page);
    toc_pdf_text(&page->pdf, TOC_PDF_LABEL, toc_str_of(label));
    toc_pdf_text(&page->pdf, TOC_PDF_TEXT, value);
}

static toc_str value_text(sheet *page, const toc_field *field, const toc_object *obj)
{
    const toc_value *value = &obj->values[field->slot];
    toc_buf_clear(&page->text);
    switch (field->value) {
    case TOC_VALUE_INT:
        toc_buf_int(&page->text, value->as.integer);
        break;
    case TOC_VALUE_DECIMAL:
        toc_json_double_text(&page->text, value->as.decimal);
        break;
    case TOC_VALUE_BOOL:
    case TOC_VALUE_BOOL_TEXT:
        toc_buf_text(&page->text, value->as.boolean ? "true" : "false");
        break;
    default:
        return value->as.text;
    }
    return gathered(page);
}

static void write_fields(sheet *page, const toc_object *obj)
{
    const toc_type *type = obj->type;
    for (size_t i = 0; i < type->field_count; i++) {
        const toc_field *field = &type->fields[i];
        if (!(field->flags & TOC_FIELD_SECRET) && toc__object_has(obj, field->slot))
            write_pair(page, toc__field_label(field), value_text(page, field, obj));
    }
}

static void write_attributes(sheet *page, const toc_object *obj)
{
    page->heading = "Attributes";
    for (const toc_attribute *at = obj->attributes.first; at; at = at->next) {
        /* Stands above already. */
        if (at->displayed && toc_str_equal(at->type, TOC_S("Description")))
            continue;
        toc_buf_clear(&page->text);
        toc_buf_str(&page->text, at->type);
        toc_buf_lit(&page->text, " (");
        toc_buf_str(&page->text, at->last_modified);
        toc_buf_lit(&page->text, ")");
        write_heading(page);
        toc_pdf_text(&page->pdf, TOC_PDF_LABEL, gathered(page));
        toc_pdf_text(&page->pdf, TOC_PDF_TEXT, at->value);
    }
}

static void write_tags(sheet *page, const toc_object *obj)
{
    page->heading = "Tags";
    for (const toc_tag *at = obj->tags.first; at; at = at->next) {
        write_heading(page);
        toc_pdf_text(&page->pdf, TOC_PDF_TEXT, at->name);
    }
    page->heading = "Security labels";
    for (const toc_label *at = obj->labels.first; at; at = at->next) {
        write_heading(page);
        toc_pdf_text(&page->pdf, TOC_PDF_TEXT, at->name);
    }
}

static toc_rc write_object(void *user, int64_t id, toc_object *obj)
{
    sheet *page = user;
    char number[24];
    int len = snprintf(number, sizeof(number), "%lld", (long long)id);
    toc_str name = toc__object_text(obj, TOC_SLOT_NAME);
    toc_rc rc = toc__show_author(page->call, obj);
    if (rc)
        return rc;
    page->found = true;
    toc_pdf_begin(&page->pdf, &page->call->body, name);
    page->begun = true;
    toc_pdf_text(&page->pdf, TOC_PDF_TITLE, name.len ? name : TOC_S("-"));
    write_pair(page, "Type", toc_str_of(obj->type->name));
    write_pair(page, "Owner", page->call->owner.name);
    write_pair(page, "Id", (toc_str){number, (size_t)len});
    write_pair(page, "External id", toc__object_text(obj, TOC_SLOT_XID));
    write_pair(page, "Created by", toc__object_text(obj, TOC_SLOT_CREATED_BY));
    write_pair(page, "Added", toc__object_text(obj, TOC_SLOT_DATE_ADDED));
    write_pair(page, "Last modified", toc__object_text(obj, TOC_SLOT_LAST_MODIFIED));
    write_pair(page, "Description", toc__object_text(obj, TOC_SLOT_DESCRIPTION));
    page->heading = "Details";
    write_fields(page, obj);
    write_attributes(page, obj);
    write_tags(page, obj);
    return page->call->body.failed;
}

static toc_rc write_link(void *user, int64_t id, toc_object *obj)
{
    sheet *page = user;
    (void)id;
    write_heading(page);
    toc_buf_clear(&page->text);
    toc_buf_text(&page->text, obj->type->name);
    toc_buf_lit(&page->text, ": ");
    toc_buf_str(&page->text, toc_object_summary(obj));
    toc_pdf_text(&page->pdf, TOC_PDF_TEXT, gathered(page));
    return page->call->body.failed;
}

static toc_rc write_links_of(sheet *page, const toc_query *query, toc_error *err)
{
    int64_t count = 0;
    toc_rc rc = toc_object_count(page->call->conn, query, &count, err);
    if (!rc && count)
        rc = toc_object_each(page->call->conn, query, write_link, page, err);
    if (rc || count <= LINKS_MAX)
        return rc;
    toc_buf_clear(&page->text);
    toc_buf_printf(&page->text, "and %lld more", (long long)(count - LINKS_MAX));
    toc_pdf_text(&page->pdf, TOC_PDF_TEXT, gathered(page));
    return TOC_OK;
}

static toc_rc write_links(sheet *page, toc_target target, toc_error *err)
{
    static const struct {
        toc_kind kind;
        const char *heading;
    } kinds[] = {
        {TOC_KIND_GROUP, "Associated groups"},
        {TOC_KIND_INDICATOR, "Associated indicators"},
        {TOC_KIND_TASK, "Associated tasks"},
        {TOC_KIND_VICTIM, "Associated victims"},
        {TOC_KIND_VICTIM_ASSET, "Associated victim assets"},
    };
    toc_rc rc = TOC_OK;
    for (size_t i = 0; !rc && i < TOC_COUNT(kinds); i++) {
        toc_query query = {.owner = page->call->owner.id,
                           .kind = kinds[i].kind,
                           .linked = true,
                           .linked_kind = target.kind,
                           .linked_id = target.id,
                           .association = TOC_S(""),
                           .inactive = true,
                           .limit = LINKS_MAX};
        page->heading = kinds[i].heading;
        rc = write_links_of(page, &query, err);
    }
    return rc;
}

static toc_rc write_all(sheet *page, const toc_place *object, toc_error *err)
{
    toc_query query = {.owner = page->call->owner.id,
                       .kind = object->target.kind,
                       .type = object->type,
                       .id = object->target.id,
                       .limit = 1,
                       .with = TOC_WITH_ADDITIONAL | TOC_WITH_ATTRIBUTES | TOC_WITH_TAGS |
                               TOC_WITH_LABELS};
    toc__begin_bare(page->call, 200);
    toc_rc rc = toc_object_each(page->call->conn, &query, write_object, page, err);
    if (!rc && !page->found)
        rc = toc__refuse_missing(err);
    return rc ? rc : write_links(page, object->target, err);
}

/* Their content is a file or a mail of its own (rest-v2 2.8). */
static bool has_sheet(const toc_type *type)
{
    static const char *const without[] = {"document", "email"};
    for (size_t i = 0; i < TOC_COUNT(without); i++) {
        if (toc_str_equal(toc_str_of(type->entity), toc_str_of(without[i])))
            return false;
    }
    return type->kind == TOC_KIND_GROUP || type->kind == TOC_KIND_TASK;
}

toc_rc toc__object_pdf(toc_incoming *call, toc_error *err)
{
    sheet page = {.call = call};
    toc_place object;
    toc_rc rc = toc__first_place(call, &object, err);
    if (!rc && !has_sheet(object.type))
        rc = toc__refuse_missing(err);
    if (rc)
        return rc;
    toc_buf_init(&page.text, TOC_MAX_TEXT);
    rc = write_all(&page, &object, err);
    if (page.begun) {
        toc_rc end = toc_pdf_end(&page.pdf, err);
        rc = rc ? rc : end;
    }
    toc_buf_done(&page.text);
    call->content_type = "application/pdf";
    return rc;
}
