/* held: see held.h. Kept as text, comma separated: codes in META_PLACES, UUIDs in META_HOUSEHOLDS. */
#include "held.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "zhucun/wire.h"

enum { PLACES_TEXT = 20 * WIRE_MAX_PLACES, HOUSEHOLDS_TEXT = ROW_ID_TEXT * WIRE_MAX_HOUSEHOLDS + 1 };

static int save_text(struct home *h, const char *key, struct buf *text, struct err *err)
{
    int rc = text->failed ? err_nomem(err) : home_meta_set_text(h, key, buf_text(text), err);
    buf_free(text);
    return rc;
}

int home_held_save(struct home *h, const int64_t *places, size_t count, const struct row_id *households,
                   size_t household_count, struct err *err)
{
    struct buf text;
    buf_init(&text, PLACES_TEXT);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%012" PRId64, i ? "," : "", places[i]);
    int rc = save_text(h, META_PLACES, &text, err);
    buf_init(&text, HOUSEHOLDS_TEXT);
    for (size_t i = 0; i < household_count; i++) {
        char id[ROW_ID_TEXT];
        row_id_to_text(households[i], id);
        buf_printf(&text, "%s%s", i ? "," : "", id);
    }
    if (rc == 0) return save_text(h, META_HOUSEHOLDS, &text, err);
    buf_free(&text);
    return rc;
}

struct held {
    char text[HOUSEHOLDS_TEXT > PLACES_TEXT ? HOUSEHOLDS_TEXT : PLACES_TEXT];
    int64_t places[WIRE_MAX_PLACES];
    struct row_id households[WIRE_MAX_HOUSEHOLDS];
    size_t count, household_count;
};

/* The next piece up to a comma; NULL at the end. */
static const char *next_piece(const char **at, size_t *n)
{
    const char *piece = *at;
    if (*piece == '\0') return NULL;
    *n = strcspn(piece, ",");
    *at = piece + *n + (piece[*n] == ',');
    return piece;
}

static int damaged(struct err *err)
{
    return err_set(err, ERR_CORRUPT, "范围记录损坏：请运行 zhucun doctor", "the noted scope is damaged: run zhucun doctor");
}

static int read_held(struct home *h, struct held *held, struct err *err)
{
    const char *at, *piece;
    size_t n;
    int rc = home_meta_text(h, META_PLACES, held->text, sizeof held->text, err);
    at = held->text;
    while (rc == 0 && (piece = next_piece(&at, &n))) {
        int64_t code = held->count < WIRE_MAX_PLACES ? region_code(piece, n) : -1;
        if (code < 0) return damaged(err);
        held->places[held->count++] = code;
    }
    if (rc == 0) rc = home_meta_text(h, META_HOUSEHOLDS, held->text, sizeof held->text, err);
    at = held->text;
    while (rc == 0 && (piece = next_piece(&at, &n))) {
        if (held->household_count == WIRE_MAX_HOUSEHOLDS ||
            row_id_from_text(piece, n, &held->households[held->household_count]) != 0)
            return damaged(err);
        held->household_count++;
    }
    return rc;
}

int home_held_digest(struct home *h, uint64_t *digest, struct err *err)
{
    struct held *held = calloc(1, sizeof *held);
    int rc = held ? read_held(h, held, err) : err_nomem(err);
    if (rc == 0) *digest = scope_digest(held->places, held->count, held->households, held->household_count);
    free(held);
    return rc;
}
