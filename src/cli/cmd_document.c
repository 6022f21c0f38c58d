#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "sink.h"
#include "tocsin/parts.h"

typedef struct document {
    const cli_args *args;
    toc_session *sess;
    toc_ref of;
    const char *file; /* of an upload */
    uint64_t bytes;
} document;

/* --- download ------------------------------------------------------------------------------- */

static int check_download(const document *self)
{
    const char *path = cli_value(self->args, OPT_OUTPUT);
    struct stat there;
    if (!path && isatty(STDOUT_FILENO))
        return cli_usage("document download: the content would go to the terminal; give --output "
                         "FILE, or --output - if that is meant");
    if (path && strcmp(path, "-") != 0 && !stat(path, &there) && S_ISREG(there.st_mode) &&
        !cli_has(self->args, OPT_FORCE)) {
        cli_say("--output: %s is there already; --force replaces it", path);
        return EXIT_HOPELESS;
    }
    return EXIT_OK;
}

static toc_rc download(document *self, toc_error *err)
{
    cli_sink sink;
    toc_rc rc = cli_sink_open(&sink, self->args, err);
    if (rc)
        return rc;
    rc = toc_download(self->sess, &self->of, cli_sink_take, &sink, err);
    self->bytes = sink.bytes;
    return cli_sink_close(&sink, rc, err);
}

/* --- upload --------------------------------------------------------------------------------- */

/* Content is sent byte for byte, packed or not. */
static toc_rc upload(document *self, toc_error *err)
{
    char *data = NULL;
    size_t len = 0;
    toc_rc rc = cli_input_raw(self->file, &data, &len, err);
    if (rc)
        return rc;
    rc = toc_upload(self->sess, &self->of, (toc_str){data, len},
                    cli_has(self->args, OPT_FORCE) ? TOC_UPLOAD_EITHER : TOC_UPLOAD_NEW, err);
    cli_unmap(data, len);
    self->bytes = len;
    return rc;
}

static int check_upload(const document *self)
{
    if (!strcmp(self->file, "-") && isatty(STDIN_FILENO))
        return cli_usage("document upload: standard input is the terminal; name a file");
    return EXIT_OK;
}

/* --- both ----------------------------------------------------------------------------------- */

static int find_type(document *self)
{
    const char *names[32];
    size_t known = 0;
    size_t count = 0;
    const toc_type *types = toc_type_list(&count);
    for (size_t i = 0; i < count && known < COUNT_OF(names); i++)
        if (types[i].kind == TOC_KIND_GROUP && types[i].traits & TOC_TYPE_CONTENT)
            names[known++] = types[i].entity;
    const char *word = self->args->words[1];
    const toc_type *type = toc_types_find(NULL, TOC_KIND_GROUP, toc_str_of(word));
    if (type && type->traits & TOC_TYPE_CONTENT) {
        self->of.type = type;
        return EXIT_OK;
    }
    const char *near = cli_nearest(word, names, known);
    return cli_usage("document: \"%s\" has no content; document, report and signature do%s%s%s",
                     word, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int prepare(document *self, bool up)
{
    const cli_args *args = self->args;
    if (args->word_count != (up ? 4U : 3U))
        return cli_usage("document %s needs KIND ID%s", args->words[0], up ? " FILE" : "");
    if (args->counts[OPT_OWNER] > 1)
        return cli_usage("document takes one --owner");
    if (!cli_is_number(toc_str_of(args->words[2])))
        return cli_usage("document %s: the id is a number, not \"%s\"; 'tocsin get groups --type "
                         "Document' shows ids",
                         args->words[0], args->words[2]);
    self->of.id = toc_str_of(args->words[2]);
    self->of.owner = cli_value(args, OPT_OWNER);
    self->file = up ? args->words[3] : NULL;
    int status = find_type(self);
    if (status != EXIT_OK)
        return status;
    return up ? check_upload(self) : check_download(self);
}

static int finish(const document *self, bool up, toc_rc rc, const toc_error *err)
{
    const char *path = cli_value(self->args, OPT_OUTPUT);
    if (rc == TOC_ECANCELED && cli_interrupted() && !up)
        return cli_output_stopped(self->args, self->bytes, "bytes");
    bool there = up && !cli_has(self->args, OPT_FORCE) && strstr(err->message, "already");
    if (rc && there) {
        cli_say("%s %s has content already; --force replaces it", self->of.type->entity,
                self->args->words[2]);
        return EXIT_HOPELESS;
    }
    if (rc)
        return cli_fail(err);
    if (up)
        cli_note(self->args, "%" PRIu64 " bytes are the content of %s %s", self->bytes,
                 self->of.type->entity, self->args->words[2]);
    else if (path && strcmp(path, "-") != 0)
        cli_note(self->args, "%" PRIu64 " bytes in %s", self->bytes, path);
    return EXIT_OK;
}

int cmd_document(const cli_args *args)
{
    document self = {.args = args};
    toc_error err = {0};
    bool up = !strcmp(args->words[0], "upload");
    int status = prepare(&self, up);
    if (status != EXIT_OK)
        return status;
    if (cli_connect(args, false, &self.sess, &err))
        return cli_fail(&err);
    toc_rc rc = up ? upload(&self, &err) : download(&self, &err);
    toc_session_close(self.sess);
    return finish(&self, up, rc, &err);
}
