/* lookup_read.c - the values of a lookup out of words, files and standard input. */
#include <string.h>

#include "lookup.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* True when the line has a value; lines that begin with # are remarks. */
static bool take(lookup_block *block, const char *text, size_t len)
{
    if (len > 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
        text += 3;
        len -= 3;
    }
    while (len && is_space(*text)) {
        text++;
        len--;
    }
    while (len && is_space(text[len - 1]))
        len--;
    if (!len || *text == '#')
        return false;
    cli_grow_add(&block->in, text, len);
    cli_grow_add(&block->in, "\n", 1);
    return true;
}

static toc_rc open_next(lookup_source *source, toc_error *err)
{
    toc_rc rc = cli_input_open(&source->input, source->files[source->file], err);
    if (!rc)
        rc = cli_input_read(&source->input, err);
    source->open = true;
    source->at = 0;
    return rc;
}

/* A line that never ends takes no more memory than the longest value. */
static void keep(lookup_source *source, const char *text, size_t len)
{
    size_t room = LOOKUP_VALUE_MAX + 1 - source->line.len;
    cli_grow_add(&source->line, text, len < room ? len : room);
}

static bool end_line(lookup_source *source, lookup_block *block)
{
    bool taken = take(block, source->line.ptr, source->line.len);
    source->line.len = 0;
    return taken;
}

/* The rest of the open block of input, up to count values. */
static size_t split(lookup_source *source, lookup_block *block, size_t count)
{
    size_t taken = 0;
    const cli_input *input = &source->input;
    while (taken < count && source->at < input->len) {
        const char *from = input->block + source->at;
        const char *end = memchr(from, '\n', input->len - source->at);
        size_t len = end ? (size_t)(end - from) : input->len - source->at;
        source->at += len + (end != NULL);
        keep(source, from, len);
        if (end)
            taken += end_line(source, block);
    }
    return taken;
}

static toc_rc read_more(lookup_source *source, lookup_block *block, size_t *taken, toc_error *err)
{
    toc_rc rc = cli_input_read(&source->input, err);
    source->at = 0;
    if (rc || !source->input.last)
        return rc;
    *taken += end_line(source, block);
    cli_input_close(&source->input);
    source->open = false;
    source->file++;
    return TOC_OK;
}

toc_rc lookup_read(lookup_source *source, lookup_block *block, size_t count, bool *more,
                   toc_error *err)
{
    size_t taken = 0;
    while (taken < count && source->word < source->word_count) {
        const char *word = source->words[source->word++];
        taken += take(block, word, strlen(word));
    }
    while (taken < count && (source->open || source->file < source->file_count)) {
        toc_rc rc = source->open ? TOC_OK : open_next(source, err);
        if (rc)
            return rc;
        taken += split(source, block, count - taken);
        if (taken < count && source->at == source->input.len)
            rc = read_more(source, block, &taken, err);
        if (rc)
            return rc;
    }
    *more = taken > 0;
    if (!source->line.failed && !block->in.failed)
        return TOC_OK;
    return cli_error(err, TOC_ENOMEM, "out of memory");
}

void lookup_source_close(lookup_source *source)
{
    if (source->open)
        cli_input_close(&source->input);
    source->open = false;
    cli_grow_free(&source->line);
}
