/* edit: what `add` and `set` share — words become cells, one capture, one commit, then the rules. */
#include "edit.h"

#include <string.h>

#include "announce.h"

int edit_words(struct cli *c, const struct schema_table *t, size_t from, const struct table_row *shown,
               struct arena *arena, struct cell **cells, size_t *count, struct err *err)
{
    size_t words = c->word_count - from;
    struct field *fields = arena_array(arena, words ? words : 1, sizeof *fields);
    if (!fields) return err_nomem(err);
    for (size_t i = 0; i < words; i++) {
        int rc = fields_pair(c->home, t, c->words[from + i], arena, &fields[i], err);
        if (rc) return rc;
    }
    int rc = fields_cells(t, fields, words, shown, arena, cells, count, err);
    return rc ? rc : edit_complete(t, shown, arena, cells, count, err);
}

int edit_target(struct cli *c, const char *word, const struct schema_table **t, const char **row, struct err *err)
{
    char name[80];
    const char *slash = strchr(word, '/');
    if (!slash || slash == word || !slash[1] || (size_t)(slash - word) >= sizeof name)
        return err_set(err, ERR_USAGE, "“%.80s”应写成 表/编号，例如 household/231202109250000001",
                       "\"%.80s\" should read TABLE/ID, as in household/231202109250000001", word);
    memcpy(name, word, (size_t)(slash - word));
    name[slash - word] = '\0';
    *row = slash + 1;
    return fields_table(c->home ? c->home->schema : schema_current(), name, t, err);
}

void edit_done(struct cli *c, const struct schema_table *t, struct row_id id, uint64_t seq)
{
    char text[ROW_ID_TEXT];
    struct spot spot = {.c = c, .since_seq = seq};
    struct buf warnings;
    cli_clock_warn(c);
    spot_check_row(&spot, t, id);
    announce(c, seq);
    buf_init(&warnings, 4096);
    spot_json(&spot, &warnings);
    row_id_to_text(id, text);
    if (c->json)
        fprintf(c->out, "{\"id\":\"%s\",\"seq\":%llu,\"state\":\"pending\",%s}\n", text, (unsigned long long)seq,
                buf_text(&warnings));
    else
        fprintf(c->out, "%s\n", text);
    buf_free(&warnings);
}
