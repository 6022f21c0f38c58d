/* weblink.c - the link of an object to the user interface. A type's template is taken apart once
 * per request; what is left per object is one value. */
#include "base/codec.h"
#include "base/str.h"
#include "platform/call.h"

/* What has been written, or absent text when there was no room for it. */
static toc_str link_text(const toc_incoming *call)
{
    return call->link.failed ? (toc_str){NULL, 0} : toc_buf_view(&call->link);
}

static toc_str owner_form(toc_incoming *call)
{
    if (!call->owner_form.ptr) {
        toc_buf_clear(&call->link);
        toc_url_encode_form(&call->link, call->owner.name);
        if (!call->link.failed)
            call->owner_form = toc_arena_str(&call->arena, toc_buf_view(&call->link));
    }
    return call->owner_form;
}

/* Appends the template up to its next value and says which value that is. */
static int expand(toc_incoming *call, toc_str *rest)
{
    static const toc_str words[] = {{"{owner}", 7}, {"{value}", 7}, {"{id}", 4}};
    while (rest->len) {
        ptrdiff_t brace = toc_str_find_char(*rest, '{');
        size_t plain = brace < 0 ? rest->len : (size_t)brace;
        toc_buf_str(&call->link, toc_str_slice(*rest, 0, plain));
        *rest = toc_str_slice(*rest, plain, rest->len);
        size_t word = 0;
        while (word < 3 && !toc_str_starts(*rest, words[word]))
            word++;
        if (word == 3) {
            size_t one = rest->len ? 1 : 0;
            toc_buf_str(&call->link, toc_str_slice(*rest, 0, one));
            *rest = toc_str_slice(*rest, one, rest->len);
            continue;
        }
        *rest = toc_str_slice(*rest, words[word].len, rest->len);
        if (word == 0)
            toc_buf_str(&call->link, call->owner_form);
        else
            return word == 1 ? TOC_LINK_VALUE : TOC_LINK_ID;
    }
    return TOC_LINK_NOTHING;
}

static bool make_plan(toc_incoming *call, const toc_type *type, toc_link_plan *plan)
{
    toc_str rest = toc_str_of(type->web_link);
    if (!owner_form(call).ptr)
        return false;
    toc_buf_clear(&call->link);
    toc_buf_text(&call->link, call->platform->ui_url);
    if (rest.len && rest.ptr[0] != '/')
        toc_buf_char(&call->link, '/');
    int what = expand(call, &rest);
    plan->type = type;
    plan->what = what == TOC_LINK_VALUE ? TOC_LINK_VALUE
                 : what == TOC_LINK_ID  ? TOC_LINK_ID
                                        : TOC_LINK_NOTHING;
    if (call->link.failed)
        return false;
    plan->before = toc_arena_str(&call->arena, toc_buf_view(&call->link));
    toc_buf_clear(&call->link);
    (void)expand(call, &rest);
    if (call->link.failed)
        return false;
    plan->after = toc_arena_str(&call->arena, toc_buf_view(&call->link));
    return plan->before.ptr && plan->after.ptr;
}

/* NULL: memory is out. */
static const toc_link_plan *plan_of(toc_incoming *call, const toc_type *type)
{
    toc_link_plan **place = &call->plans[((uintptr_t)type / sizeof(*type)) % TOC_LINK_PLANS];
    for (const toc_link_plan *plan = *place; plan; plan = plan->next) {
        if (plan->type == type)
            return plan;
    }
    toc_link_plan *made = toc_arena_zalloc(&call->arena, sizeof(*made));
    if (!made || !make_plan(call, type, made))
        return NULL;
    made->next = *place;
    *place = made;
    return made;
}

/* A single value, or the first of several that is there. */
static toc_str link_value(const toc_object *obj)
{
    toc_str parts[3];
    unsigned count = toc__object_keys(obj, parts);
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].len)
            return parts[i];
    }
    return TOC_S("");
}

/* Assets have no page of their own: theirs is that of their victim or adversary. */
static int64_t page_of(const toc_type *type, int64_t id, const toc_object *obj)
{
    bool held = type->kind == TOC_KIND_VICTIM_ASSET || type->kind == TOC_KIND_ADVERSARY_ASSET;
    return held && toc__object_has(obj, TOC_SLOT_PARENT) ? obj->values[TOC_SLOT_PARENT].as.integer
                                                         : id;
}

toc_str toc__web_link(toc_incoming *call, const toc_type *type, int64_t id, toc_object *obj)
{
    const toc_link_plan *plan = plan_of(call, type);
    if (!plan)
        return (toc_str){NULL, 0};
    toc_buf_clear(&call->link);
    toc_buf_str(&call->link, plan->before);
    if (plan->what == TOC_LINK_ID)
        toc_buf_int(&call->link, page_of(type, id, obj));
    else if (plan->what == TOC_LINK_VALUE)
        toc_url_encode_form(&call->link, link_value(obj));
    toc_buf_str(&call->link, plan->after);
    return link_text(call);
}

toc_str toc__tag_link(toc_incoming *call, toc_str name)
{
    toc_str owner = owner_form(call);
    if (!owner.ptr)
        return owner;
    toc_buf_clear(&call->link);
    toc_buf_text(&call->link, call->platform->ui_url);
    toc_buf_lit(&call->link, "/auth/tags/tag.xhtml?tag=");
    toc_url_encode_form(&call->link, name);
    toc_buf_lit(&call->link, "&owner=");
    toc_buf_str(&call->link, owner);
    return link_text(call);
}
