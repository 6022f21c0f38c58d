/* unfold.c - DNS resolutions: one record for each address of each date. */
#include "intel/unfold.h"

#include "base/str.h"
#include "client/envelope.h"
#include "model/codec.h"

/* The reader stands within an item; false when it is broken. */
static bool read_item(toc_unfold *unfold, toc_json_reader *item, toc_str *addresses)
{
    toc_json_event event;
    while ((event = toc_json_next(item)) == TOC_JSON_KEY) {
        bool date = toc_str_equal(item->text, TOC_S("resolutionDate"));
        bool list = toc_str_equal(item->text, TOC_S("addresses"));
        toc_str raw;
        event = toc_json_next(item);
        if (event == TOC_JSON_STRING && date)
            unfold->date = item->text;
        if (event == TOC_JSON_ERROR || !toc_json_skip(item, &raw))
            return false;
        if (list && (event == TOC_JSON_ARRAY || event == TOC_JSON_OBJECT))
            *addresses = raw;
    }
    return event == TOC_JSON_OBJECT_END;
}

toc_rc toc__unfold_item(toc_unfold *unfold, toc_json_reader *outer, toc_error *err)
{
    toc_str item, addresses = {NULL, 0};
    toc_json_reader reader;
    *unfold = (toc_unfold){.open = false};
    if (!toc_json_skip(outer, &item))
        return toc__envelope_broken(outer, err);
    toc_json_reader_init(&reader, item.ptr, item.len, outer->arena);
    if (toc_json_next(&reader) != TOC_JSON_OBJECT || !read_item(unfold, &reader, &addresses))
        return toc__envelope_broken(&reader, err);
    if (!addresses.ptr)
        return TOC_OK;
    toc_json_reader_init(&unfold->reader, addresses.ptr, addresses.len, outer->arena);
    unfold->open = true;
    if (addresses.ptr[0] == '[')
        (void)toc_json_next(&unfold->reader);
    return TOC_OK;
}

int toc__unfold_next(toc_unfold *unfold, const toc_type *type, toc_object *obj, toc_error *err)
{
    toc_json_reader *reader = &unfold->reader;
    while (unfold->open) {
        toc_json_event event = toc_json_next(reader);
        if (event == TOC_JSON_ERROR)
            return toc__envelope_broken(reader, err);
        if (event == TOC_JSON_END || event == TOC_JSON_ARRAY_END) {
            unfold->open = false;
            break;
        }
        if (event != TOC_JSON_OBJECT) {
            if (!toc_json_skip(reader, NULL))
                return toc__envelope_broken(reader, err);
            continue;
        }
        toc_rc rc = toc_codec_decode(reader, NULL, type->kind, type, TOC_DECODE_LENIENT, obj, err);
        if (reader->error)
            return toc__envelope_broken(reader, err);
        if (rc)
            return rc;
        const toc_field *date = toc_type_field(type, TOC_S("resolutionDate"));
        if (date && unfold->date.ptr)
            toc__object_set_text(obj, date->slot, unfold->date);
        return 1;
    }
    return 0;
}
