/* Pattern override: what counts as a host, an address or a file is up to the program. */
#include "example.h"

static void look(toc_detector *detector, const char *when)
{
    static const char *const values[] = {"new.domain.tld", "updates.ferry.zip", "198.51.100.23",
                                         "0f343b0931126a20f133d67c2b018a3b",
                                         "http://ferry.example/a"};
    printf("%s\n", when);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const toc_type *type = toc_detector_find(detector, toc_str_of(values[i]));
        printf("  %-34s %s\n", values[i], type ? type->name : "-");
    }
}

static toc_rc override(toc_detector *detector, const char *type, const char *const *patterns,
                       size_t count, toc_error *err)
{
    return toc_detector_set(detector, toc_types_find(NULL, TOC_KIND_INDICATOR, toc_str_of(type)),
                            patterns, count, err);
}

int main(void)
{
    static const char *const host[] = {"(?:[a-z0-9-]{1,63}\\.)+(?!exe$|dll$)[a-z]{2,}"};
    static const char *const file[] = {"[A-F0-9]{32}", "[A-F0-9]{40}", "[A-F0-9]{64}"};
    static const char *const wrong[] = {"(unclosed"};
    toc_error err = {0};
    toc_detector *detector = NULL;
    toc_rc rc = toc_detector_new(&detector, &err);
    if (!rc)
        look(detector, "default patterns");
    if (!rc)
        rc = override(detector, "Host", host, 1, &err);
    if (!rc)
        rc = override(detector, "File", file, 3, &err);
    if (!rc)
        look(detector, "any top level for hosts, only upper-case letters for hashes");
    if (!rc && override(detector, "URL", wrong, 1, &err))
        printf("refused: %s\n", err.message);
    toc_detector_free(detector);
    return example_end(rc, &err);
}
