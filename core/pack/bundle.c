/* bundle: consecutive changesets of one origin as bytes.
 *
 *   2       "ZB"
 *   u8      format, 1
 *   u8      suite (0: neither sealed nor signed; envelope.c has the others)
 *   u8      dictionary
 *   8       origin, big-endian
 *   varint  first seq
 *   varint  changesets − 1
 *   8       digest_short of h(first − 1), big-endian: an early sign of another branch; the receiver recomputes
 *           the whole chain over the canonical forms
 *   varint  schema version of the first changeset
 *   varint  length of the signature at the end (suite 0: 4)
 *   body    body.c; its numbers begin with one stream each, over the changesets, of:
 *             stamp ms · stamp counter · base · schema · observed − region day of the stamp (differences each),
 *             authors (ids) · number of changes; then columns.c
 *   bytes   signature; suite 0: the first 4 bytes of SHA-256 over all before, so that a damaged file is known for
 *           one even without the digest it was sent under */
#include <stdio.h>
#include <string.h>

#include "body.h"
#include "bundle.h"
#include "dictionary.h"
#include "zhucun/env.h"
#include "zhucun/keys.h"
#include "zhucun/pack.h"

static int64_t stamp_ms(const struct changeset *cs)
{
    return hlc_ms(cs->stamp);
}
static int64_t stamp_counter(const struct changeset *cs)
{
    return (int64_t)(cs->stamp & 0xFFFF);
}
static int64_t base(const struct changeset *cs)
{
    return (int64_t)cs->base;
}
static int64_t schema(const struct changeset *cs)
{
    return cs->schema;
}
static int64_t observed(const struct changeset *cs)
{
    return (int64_t)((uint64_t)cs->observed - (uint64_t)date_of_ms(hlc_ms(cs->stamp)));
}
static int64_t change_count(const struct changeset *cs)
{
    return (int64_t)cs->count;
}

typedef int64_t head_field(const struct changeset *cs);
static head_field *const head_fields[] = {stamp_ms, stamp_counter, base, schema, observed, change_count};
enum { HEAD_STAMP, HEAD_COUNTER, HEAD_BASE, HEAD_SCHEMA, HEAD_OBSERVED, HEAD_COUNT, HEAD_FIELDS };

static int heads_encode(struct body *b, const struct changeset *list, size_t count)
{
    int64_t *values = arena_array(&b->arena, count, sizeof *values);
    struct row_id *authors = arena_array(&b->arena, count, sizeof *authors);
    if (!values || !authors) return ERR_NOMEM;
    for (size_t f = 0; f < HEAD_FIELDS; f++) {
        for (size_t i = 0; i < count; i++)
            values[i] = head_fields[f](&list[i]);
        ints_encode(values, count, &b->meta);
    }
    for (size_t i = 0; i < count; i++)
        authors[i] = list[i].author;
    ids_encode(&b->book, authors, NULL, count, &b->meta);
    return 0;
}

static int changes_encode(struct body *b, const struct changeset *list, size_t count)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        total += list[i].count;
    const struct change **changes = arena_array(&b->arena, total, sizeof(struct change *));
    uint64_t *numbers = arena_array(&b->arena, total, sizeof *numbers);
    if (!changes || !numbers || total > BUNDLE_MAX_CHANGES) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < list[i].count; k++) {
            numbers[n] = row_id_make(list[i].origin, list[i].seq, (unsigned)k).number;
            changes[n++] = &list[i].changes[k];
        }
    }
    struct column_sink sink = body_sink(b);
    return columns_encode(&sink, changes, numbers, total);
}

static int pack_error(int rc, size_t count, struct err *err)
{
    if (rc == ERR_NOMEM)
        return err_set(err, rc, "包太大（%zu 次变更），请分成更小的包", "the bundle is too large (%zu changesets): make it smaller", count);
    return err_set(err, rc, "变更中有不是 UTF-8 的文字，无法打包（共 %zu 次）", "a change holds text that is not UTF-8 and cannot be packed (of %zu)", count);
}

void bundle_header_put(const struct bundle_header *h, struct buf *out)
{
    buf_put(out, "ZB", 2);
    buf_put_u8(out, (uint8_t)h->format);
    buf_put_u8(out, (uint8_t)h->suite);
    buf_put_u8(out, (uint8_t)h->dictionary);
    buf_put_u64be(out, h->origin);
    buf_put_varint(out, h->first);
    buf_put_varint(out, h->count - 1);
    buf_put_u64be(out, h->previous);
    buf_put_varint(out, (uint64_t)h->schema);
    buf_put_varint(out, h->signature_bytes);
}

void bundle_check_put(size_t start, struct buf *out)
{
    struct digest check;
    if (out->failed) return;
    digest_of(out->data + start, out->len - start, &check);
    buf_put(out, check.bytes, CHECK_BYTES);
}

int bundle_pack(const struct changeset *list, size_t count, const struct digest *before_first, int level,
                struct buf *out, struct err *err)
{
    if (count == 0 || count > BUNDLE_MAX_CHANGESETS) return pack_error(ERR_NOMEM, count, err);
    struct body body;
    size_t start = out->len;
    body_begin(&body, list[0].origin, DICTIONARY_LATEST);
    int rc = heads_encode(&body, list, count);
    if (rc == 0) rc = changes_encode(&body, list, count);
    if (rc) {
        body_free(&body);
        return pack_error(rc, count, err);
    }
    struct bundle_header h = {.format = BUNDLE_FORMAT, .suite = SUITE_NONE, .dictionary = DICTIONARY_LATEST, .origin = list[0].origin,
                              .first = list[0].seq, .count = count, .previous = digest_short(before_first),
                              .schema = list[0].schema, .signature_bytes = CHECK_BYTES};
    bundle_header_put(&h, out);
    rc = body_end(&body, level, out);
    if (rc) return pack_error(rc, count, err);
    bundle_check_put(start, out);
    return out->failed ? pack_error(ERR_NOMEM, count, err) : 0;
}

static int damaged(struct err *err, const char *why_zh, const char *why_en)
{
    char zh[120], en[120];
    snprintf(zh, sizeof zh, "数据包已损坏：%s", why_zh);
    snprintf(en, sizeof en, "the bundle is damaged: %s", why_en);
    return err_words(err, ERR_CORRUPT, zh, en);
}

static bool suite_known(int suite)
{
    return suite == SUITE_NONE || key_public_bytes((enum seal_suite)suite) != 0;
}

/* Whoever reads it knows more formats when it is newer: the other side is the one to upgrade. */
static int unknown_format(const struct bundle_header *h, struct err *err)
{
    if (h->format < BUNDLE_FORMAT)
        return err_set(err, ERR_FORMAT, "数据包的格式是 %d，这里只认识 %d：请升级写出它的那台笔记本（数据都在那里，升级后照常上报）",
                       "the bundle has format %d, this side knows %d: upgrade the laptop that wrote it (everything is kept there "
                       "and is sent then)", h->format, BUNDLE_FORMAT);
    return err_set(err, ERR_FORMAT, "数据包的格式是 %d、套件是 %d，这里只认识格式 %d、套件 %d 和 %d：请升级读取它的这一方（服务器）；数据都在写出它的笔记本上",
                   "the bundle has format %d and suite %d, this side knows format %d, suites %d and %d: upgrade the side that reads "
                   "it (the server); everything is kept on the laptop that wrote it", h->format, h->suite, BUNDLE_FORMAT, SUITE_25519, SUITE_SM);
}

int bundle_peek(const void *bytes, size_t n, struct bundle_header *h, struct err *err)
{
    struct reader in = reader_over(bytes, n);
    *h = (struct bundle_header){0};
    const uint8_t *magic = reader_bytes(&in, 2);
    if (!magic || memcmp(magic, "ZB", 2) != 0)
        return err_words(err, ERR_CORRUPT, "这不是驻村通的数据包", "this is not a bundle of zhucun");
    h->format = reader_u8(&in);
    h->suite = reader_u8(&in);
    if (!in.failed && (h->format != BUNDLE_FORMAT || !suite_known(h->suite))) return unknown_format(h, err); /* and layout */
    h->dictionary = reader_u8(&in);
    h->origin = reader_u64be(&in);
    h->first = reader_varint_max(&in, (UINT64_C(1) << 46) - 1);
    h->count = (size_t)reader_varint_max(&in, BUNDLE_MAX_CHANGESETS - 1) + 1;
    h->previous = reader_u64be(&in);
    h->schema = (int)reader_varint_max(&in, 1 << 20);
    h->signature_bytes = (size_t)reader_varint_max(&in, 1024);
    if (in.failed || h->origin == 0 || h->first == 0) return damaged(err, "包头不完整", "its header is cut or wrong");
    h->last = h->first + h->count - 1;
    h->body_offset = n - reader_left(&in);
    if (n > BUNDLE_MAX_BYTES) return damaged(err, "太大", "it is too large");
    if (h->signature_bytes != (h->suite == SUITE_NONE ? CHECK_BYTES : SIGNATURE_BYTES) || reader_left(&in) < h->signature_bytes)
        return damaged(err, "末尾不完整", "its end is cut or wrong");
    return 0;
}

static int check_verify(const uint8_t *bytes, size_t n, struct err *err)
{
    struct digest check;
    digest_of(bytes, n - CHECK_BYTES, &check);
    if (memcmp(check.bytes, bytes + n - CHECK_BYTES, CHECK_BYTES) == 0) return 0;
    return damaged(err, "校验和不符，传输或存储时有字节变了", "its checksum differs: bytes changed on the way or on the disk");
}

static int heads_decode(struct body_reader *b, struct changeset *list, size_t count, size_t *total)
{
    int64_t *fields[HEAD_FIELDS];
    for (size_t f = 0; f < HEAD_FIELDS; f++) {
        fields[f] = arena_array(b->arena, count, sizeof *fields[f]);
        if (!fields[f]) return ERR_NOMEM;
        if (ints_decode(fields[f], count, &b->meta)) return ERR_CORRUPT;
    }
    struct row_id *authors = arena_array(b->arena, count, sizeof *authors);
    if (!authors) return ERR_NOMEM;
    if (ids_decode(&b->book, authors, NULL, count, &b->meta)) return ERR_CORRUPT;
    *total = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t ms = fields[HEAD_STAMP][i], counter = fields[HEAD_COUNTER][i], changes = fields[HEAD_COUNT][i];
        if (ms < 0 || ms >= INT64_C(1) << 48 || counter < 0 || counter > 0xFFFF) return ERR_CORRUPT;
        if (fields[HEAD_BASE][i] < 0 || fields[HEAD_SCHEMA][i] < 0 || fields[HEAD_SCHEMA][i] > 1 << 20) return ERR_CORRUPT;
        if (changes < 0 || changes > CHANGE_MAX_CHANGES) return ERR_CORRUPT;
        struct changeset *cs = &list[i];
        cs->stamp = (uint64_t)ms << 16 | (uint64_t)counter;
        cs->base = (uint64_t)fields[HEAD_BASE][i];
        cs->schema = (int)fields[HEAD_SCHEMA][i];
        cs->observed = (int64_t)((uint64_t)fields[HEAD_OBSERVED][i] + (uint64_t)date_of_ms(hlc_ms(cs->stamp)));
        cs->author = authors[i];
        cs->count = (size_t)changes;
        *total += cs->count;
    }
    return *total > BUNDLE_MAX_CHANGES ? ERR_CORRUPT : 0;
}

static int changes_decode(struct body_reader *b, struct changeset *list, size_t count, size_t total)
{
    struct change *store = arena_array(b->arena, total, sizeof *store);
    struct change **changes = arena_array(b->arena, total, sizeof *changes);
    uint64_t *numbers = arena_array(b->arena, total, sizeof *numbers);
    if (!store || !changes || !numbers) return ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        list[i].changes = store + n;
        for (size_t k = 0; k < list[i].count; k++, n++) {
            changes[n] = store + n;
            numbers[n] = row_id_make(list[i].origin, list[i].seq, (unsigned)k).number;
        }
    }
    struct column_source source = body_source(b);
    int rc = columns_decode(&source, changes, numbers, list[0].origin, total);
    return rc ? rc : body_used_up(b) ? 0 : ERR_CORRUPT;
}

int bundle_unpack(const void *bytes, size_t n, struct arena *arena, struct bundle_header *h, struct changeset **list,
                  size_t *count, struct err *err)
{
    int rc = bundle_peek(bytes, n, h, err);
    if (rc == 0 && h->suite != SUITE_NONE)
        rc = err_words(err, ERR_CORRUPT, "数据包是密封的：要先用密钥打开", "the bundle is sealed: open it with the key first");
    if (rc == 0) rc = check_verify(bytes, n, err);
    if (rc) return rc;
    *count = h->count;
    *list = arena_array(arena, h->count, sizeof **list);
    if (!*list) return err_nomem(err);
    for (size_t i = 0; i < h->count; i++) {
        (*list)[i].origin = h->origin;
        (*list)[i].seq = h->first + i;
    }
    struct body_reader body;
    size_t total = 0;
    rc = body_open(&body, h->origin, h->dictionary, (const uint8_t *)bytes + h->body_offset, n - h->body_offset - CHECK_BYTES, arena);
    if (rc == 0) rc = heads_decode(&body, *list, h->count, &total);
    if (rc == 0) rc = changes_decode(&body, *list, h->count, total);
    if (rc == ERR_NOMEM) return err_nomem(err);
    return rc ? damaged(err, "内容无法解开", "its content cannot be unpacked") : 0;
}
