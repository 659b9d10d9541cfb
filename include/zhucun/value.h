/* value: one cell's content, and the identity of a row. Text and bytes are borrowed. */
#ifndef ZHUCUN_VALUE_H
#define ZHUCUN_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_kind kind;
    uint32_t len;        /* bytes of TEXT and BLOB */
    int64_t i;           /* INT */
    const uint8_t *data; /* TEXT (valid UTF-8, not NUL-terminated) and BLOB; NULL when len is 0 */
};

struct value value_null(void);
struct value value_int(int64_t i);
struct value value_text(const char *text, size_t len);
struct value value_blob(const void *bytes, size_t len);
bool value_equal(const struct value *a, const struct value *b);

/* A row's identity: the installation that made it, and where in that installation's log:
 * number = seq << ROW_INDEX_BITS | index of the change in its changeset. So a new row's id is never sent. */
enum { ROW_INDEX_BITS = 12, ROW_INDEX_MAX = (1 << ROW_INDEX_BITS) - 1, ROW_ID_BYTES = 16, ROW_ID_TEXT = 37 };

struct row_id {
    uint64_t origin;
    uint64_t number; /* below 2^58 */
};

struct row_id row_id_make(uint64_t origin, uint64_t seq, unsigned index);
bool row_id_equal(struct row_id a, struct row_id b);
bool row_id_is_null(struct row_id id); /* origin 0: nobody */

/* Outside the wire: a UUID of version 8 (RFC 9562, section 5.8). From the most significant bit: origin bits
 * 63…16 (custom_a), version 8, origin bits 15…4 (custom_b), variant 10, origin bits 3…0 and the 58 bits of
 * number (custom_c). Byte order is the comparison order, so that ids of one origin sort as they were made. */
void row_id_to_bytes(struct row_id id, uint8_t out[ROW_ID_BYTES]);
int row_id_from_bytes(const uint8_t *bytes, size_t n, struct row_id *id); /* negative: not such a UUID */
void row_id_to_text(struct row_id id, char out[ROW_ID_TEXT]);
int row_id_from_text(const char *text, size_t n, struct row_id *id);

#endif
