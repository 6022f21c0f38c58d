#include "support/finds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "tocsin/object.h"

/* An object made of the value passes the checks and keeps it as it is. */
static void check_value(const toc_find *find)
{
    toc_object *obj = NULL;
    toc_error err = {0};
    assert_int_equal(toc_object_new(find->type, &obj, &err), TOC_OK);
    assert_int_equal(toc_object_set_summary(obj, find->value, &err), TOC_OK);
    if (toc_object_check(obj, &err))
        fail_msg("%.*s: %s", TOC_FMT(find->value), err.message);
    if (!toc_str_equal(toc_object_summary(obj), find->value))
        fail_msg("%.*s is stored as %.*s", TOC_FMT(find->value), TOC_FMT(toc_object_summary(obj)));
    toc_object_free(obj);
}

void list_finds(toc_str text, const toc_extract_options *options, toc_buf *out)
{
    toc_extract *ext = NULL;
    toc_find find;
    toc_error err = {0};
    int more;
    assert_int_equal(toc_extract_open(text, options, &ext, &err), TOC_OK);
    while ((more = toc_extract_next(ext, &find, &err)) == 1) {
        assert_true(find.text.len > 0 && find.offset + find.text.len <= text.len);
        assert_ptr_equal(find.text.ptr, text.ptr + find.offset);
        check_value(&find);
        toc_buf_printf(out, "%s %.*s %llu:%llu%s\n", find.type->name, TOC_FMT(find.value),
                       (unsigned long long)find.line, (unsigned long long)find.column,
                       find.defanged ? " !" : "");
    }
    assert_int_equal(more, 0);
    toc_extract_close(ext);
}

void check_finds(const find_row *rows, size_t count, toc_text_form form)
{
    toc_extract_options options = TOC_EXTRACT_OPTIONS_INIT;
    options.form = form;
    for (size_t i = 0; i < count; i++) {
        TOC_CLEANUP(toc_buf_done) toc_buf out;
        toc_buf_init(&out, 65536);
        list_finds(toc_str_of(rows[i].text), &options, &out);
        if (strcmp(out.ptr ? out.ptr : "", rows[i].finds) != 0)
            fail_msg("\n%s\nexpected\n%sfound\n%s", rows[i].text, rows[i].finds,
                     out.ptr ? out.ptr : "");
    }
}
