/* Identities of batch items: one that is the same in every run, and ones that never repeat. */
#include "example.h"

static toc_rc show(toc_session *sess, toc_error *err)
{
    const toc_str parts[] = {toc_str_of("feed"), toc_str_of("adversary"), toc_str_of("17")};
    char of_text[TOC_XID_TEXT];
    char of_parts[TOC_XID_TEXT];
    char random[TOC_XID_TEXT];
    char other[TOC_XID_TEXT];
    char uuid[37];
    (void)sess;
    (void)err;
    toc_rc rc = toc_xid_text(toc_str_of("feed-adversary-17"), of_text);
    if (!rc)
        rc = toc_xid_list(parts, 3, of_parts);
    if (!rc)
        rc = toc_xid_random(random);
    if (!rc)
        rc = toc_xid_random(other);
    if (!rc)
        rc = toc_uuid(uuid);
    if (rc)
        return rc;
    printf("of a text  %s\nof a list  %s\n", of_text, of_parts);
    printf("at random  %zu digits, %s\n", toc_str_of(random).len,
           toc_str_equal(toc_str_of(random), toc_str_of(other)) ? "the same twice"
                                                                : "never the same");
    printf("a UUID     %zu characters\n", toc_str_of(uuid).len);
    return rc;
}

int main(void)
{
    return example_run(show);
}
