/* tidy_cli.h - the same as tidy.h for the sources of the program. */
#include "../src/cli/cli.h"

#define cli_error(err, code, ...) ((void)(cli_error)((err), (code), __VA_ARGS__), (code))
