/* reference_options.c - the options of a session as a document. */
#include "reference.h"

#include <stdio.h>

#include "tocsin/session.h"

void toc__print_options(void)
{
    toc_option_info info;
    printf(
        "# Session options\n\n"
        "What `toc_session_open` takes and `toc_session_set` changes, printed from the table of\n"
        "options (`make reference`). Variable: the environment's; key: in the section\n"
        "`[threatconnect]` of a configuration file. What the caller sets wins over the\n"
        "environment, that over the file, that over the default. Fixed options cannot change\n"
        "once the session is open; secrets cannot be read back.\n\n"
        "| Option | Variable | Key | Default | | What |\n| --- | --- | --- | --- | --- | --- "
        "|\n");
    for (size_t i = 0; toc_session_option_at(i, &info); i++)
        printf("| `%s` | %s%s%s | `%s` | %s | %s%s%s | %s |\n", info.name,
               info.environment ? "`" : "", info.environment ? info.environment : "-",
               info.environment ? "`" : "", info.file_key, *info.fallback ? info.fallback : "-",
               info.fixed ? "fixed" : "", info.fixed && info.secret ? ", " : "",
               info.secret ? "secret" : "", info.help);
}
