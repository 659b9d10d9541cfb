/* writer: RFC 4180 records into a buf. */
#include <string.h>

#include "zhucun/csv.h"

void csv_put_bom(struct csv_writer *w)
{
    buf_put(w->out, "\xEF\xBB\xBF", 3);
}

static bool needs_quotes(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] == ',' || text[i] == '"' || text[i] == '\n' || text[i] == '\r')
            return true;
    return n && (text[0] == ' ' || text[n - 1] == ' ');
}

/* A spreadsheet takes such a cell for a formula and would run what a stranger typed into a summary. */
static bool runs(const char *text, size_t n)
{
    return n && memchr("=+-@\t\r", text[0], 6) != NULL;
}

void csv_put(struct csv_writer *w, const char *text, size_t n)
{
    bool mark = w->neutralise && runs(text, n);
    bool quoted = needs_quotes(text, n);

    if (w->column++)
        buf_put_u8(w->out, ',');
    if (quoted)
        buf_put_u8(w->out, '"');
    if (mark)
        buf_put_u8(w->out, '\'');
    for (size_t i = 0; quoted && i < n; i++) {
        if (text[i] == '"')
            buf_put_u8(w->out, '"');
        buf_put_u8(w->out, (uint8_t)text[i]);
    }
    if (!quoted)
        buf_put(w->out, text, n);
    else
        buf_put_u8(w->out, '"');
}

void csv_put_text(struct csv_writer *w, const char *text)
{
    csv_put(w, text, strlen(text));
}

void csv_end(struct csv_writer *w)
{
    buf_put_text(w->out, "\r\n");
    w->column = 0;
}
