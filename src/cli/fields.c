#include "fields.h"

#include <string.h>

const toc_field *cli_field_at(const toc_type *type, size_t index)
{
    size_t common = 0;
    const toc_field *fields = toc_kind_fields(type->kind, &common);
    if (index < type->field_count)
        return &type->fields[index];
    index -= type->field_count;
    return index < common ? &fields[index] : NULL;
}

const toc_field *cli_field_find(const toc_type *type, const char *name)
{
    const toc_field *field = toc_type_field(type, toc_str_of(name));
    const toc_field *at;
    for (size_t i = 0; !field && (at = cli_field_at(type, i)); i++)
        if (!strcmp(at->name, name))
            field = at;
    return field;
}

const char *cli_decimal_text(double value, char room[CLI_FIELD_ROOM])
{
    static const double limit = 1e9; /* with the decimals below whole numbers are exact */
    double power = 10;
    for (int decimals = 1; decimals <= 6 && value > -limit && value < limit; decimals++) {
        int64_t scaled = (int64_t)(value * power + (value < 0 ? -0.5 : 0.5));
        if ((double)scaled / power == value) {
            (void)snprintf(room, CLI_FIELD_ROOM, "%.*f", decimals, value);
            return room;
        }
        power *= 10;
    }
    (void)snprintf(room, CLI_FIELD_ROOM, "%.17g", value);
    return room;
}

static toc_str number_text(const toc_object *obj, const toc_field *field, char *room)
{
    if (field->value == TOC_VALUE_DECIMAL)
        (void)cli_decimal_text(toc_object_get_decimal(obj, field->name), room);
    else if (field->value == TOC_VALUE_INT)
        (void)snprintf(room, CLI_FIELD_ROOM, "%lld",
                       (long long)toc_object_get_int(obj, field->name));
    else
        (void)snprintf(room, CLI_FIELD_ROOM, "%s",
                       toc_object_get_bool(obj, field->name) ? "true" : "false");
    return toc_str_of(room);
}

static bool is_text(const toc_field *field)
{
    return field->value == TOC_VALUE_TEXT || field->value == TOC_VALUE_DATE;
}

toc_str cli_field_text(toc_object *obj, const char *name, char room[CLI_FIELD_ROOM])
{
    const toc_type *type = toc_object_type(obj);
    room[0] = '\0';
    if (!strcmp(name, CLI_FIELD_TYPE))
        return toc_str_of(type->name);
    if (!strcmp(name, CLI_FIELD_SUMMARY))
        return toc_object_summary(obj);
    const toc_field *field = cli_field_find(type, name);
    if (!field || !toc_object_has(obj, field->name))
        return toc_str_of(room);
    return is_text(field) ? toc_object_get(obj, field->name) : number_text(obj, field, room);
}

static void put_value(cli_grow *out, toc_object *obj, const toc_field *field)
{
    char room[CLI_FIELD_ROOM];
    if (is_text(field)) {
        cli_grow_json(out, toc_object_get(obj, field->name));
        return;
    }
    toc_str text = number_text(obj, field, room);
    cli_grow_add(out, text.ptr, text.len);
}

void cli_fields_json(cli_grow *out, toc_object *obj, bool first)
{
    const toc_type *type = toc_object_type(obj);
    const toc_field *field = NULL;
    for (size_t i = 0; (field = cli_field_at(type, i)); i++) {
        if (!toc_object_has(obj, field->name) || (field->flags & TOC_FIELD_SECRET))
            continue;
        cli_grow_put(out, first ? "" : ",");
        cli_grow_json(out, toc_str_of(field->name));
        cli_grow_put(out, ":");
        put_value(out, obj, field);
        first = false;
    }
}
