/* wire_json: reading and writing the fields of one JSON object, strictly. Only files of core/wire include it.
 *
 * The first field that is not as it should be ends the reading: `rc` and the caller's err say which and why, and
 * every later read yields nothing. Unknown fields are ignored: newer peers may send more. */
#ifndef ZHUCUN_CORE_WIRE_JSON_H
#define ZHUCUN_CORE_WIRE_JSON_H

#include <jansson.h>

#include "zhucun/wire.h"

struct fields {
    json_t *object;
    struct err *err;
    int rc;
};

/* A web page where an answer was expected (a hotel's sign-in page, a wrong address): 0 when it is none. */
int wire_refuse_html(const void *bytes, size_t n, struct err *err);

/* 0 when the format is this program's. Else ERR_FORMAT: which of the two sides is the older one, and that nothing is
 * lost. The message as a noun: "拉取请求", "the pull request"; a request is read by the server, an answer by the laptop. */
enum wire_reader { READ_BY_SERVER, READ_BY_LAPTOP };
int wire_check_format(int found, enum wire_reader reader, const char *zh, const char *en, struct err *err);

struct fields fields_open(const void *bytes, size_t n, struct err *err); /* free with fields_close */
void fields_close(struct fields *f);
struct fields fields_of(json_t *object, struct fields *parent);          /* an object inside; not closed */

bool fields_have(const struct fields *f, const char *name);
void field_text(struct fields *f, const char *name, char *out, size_t n);      /* no control characters */
void field_format(struct fields *f, enum wire_reader reader, const char *zh, const char *en); /* none: 1. Read it first */
int64_t field_int(struct fields *f, const char *name, int64_t least, int64_t most);
uint64_t field_u64(struct fields *f, const char *name);                        /* decimal string */
uint64_t field_hex64(struct fields *f, const char *name);                      /* 16 hex digits */
void field_digest(struct fields *f, const char *name, struct digest *out);     /* 64 hex digits */
json_t *field_array(struct fields *f, const char *name, size_t most);          /* NULL when missing */
int fields_wrong(struct fields *f, const char *name);                          /* records: wrong content */

/* A text element of an array. */
void element_text(struct fields *f, const char *name, const json_t *v, char *out, size_t n);

/* Writing: values made ready for json_object_set_new; NULL (no memory) makes write_json fail. */
json_t *json_of_text(const char *text);   /* a text cut in the middle of a character loses that character */
json_t *json_of_u64(uint64_t v);
json_t *json_of_hex64(uint64_t v);
json_t *json_of_digest(const struct digest *d);
int write_json(json_t *object, bool complete, struct buf *out); /* takes the object */

/* strtoull without its leniences: digits only, no leading zero, in range. */
int decimal_u64(const char *text, size_t n, uint64_t *out);
int hex_u64(const char *text, size_t n, uint64_t *out); /* exactly 16 lower-case digits */

#endif
