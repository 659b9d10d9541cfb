/* wire: the messages of PROTOCOL.md that are not bundles, encoder and decoder side by side: enrolment and
 * receipts (JSON), pull request and answer (binary), problem+json. Decoders accept any bytes. */
#ifndef ZHUCUN_WIRE_H
#define ZHUCUN_WIRE_H

#include "zhucun/keys.h"
#include "zhucun/pack.h"
#include "zhucun/seal.h"
#include "zhucun/tally.h"

#define WIRE_TYPE_JSON    "application/json"
#define WIRE_TYPE_PROBLEM "application/problem+json"
#define WIRE_TYPE_PULL    "application/vnd.zhucun.pull"
#define WIRE_TYPE_BUNDLE  "application/vnd.zhucun.bundle"
#define WIRE_TYPE_PARTIAL "application/partial-upload"
#define WIRE_TYPE_ENROL    "application/vnd.zhucun.enrol"    /* a box to the server */
#define WIRE_TYPE_ENROLLED "application/vnd.zhucun.enrolled" /* the answer to an enrolment, as a box */
#define WIRE_HEADER_CLOCK "Zhucun-Clock"   /* request: the sender's clock, ms since 1970 */

/* Format of every message but the bundle, which has its own. How one is retired: PROTOCOL.md, section 8. */
enum { WIRE_FORMAT = 1 };

enum {
    WIRE_MAX_JSON = 64 * 1024,
    WIRE_MAX_PULL_REQUEST = 16 * 1024,
    WIRE_MAX_PULL_ANSWER = 16 * 1024 * 1024,
    WIRE_MAX_PLACES = 2000,
    WIRE_MAX_HOUSEHOLDS = 4000,       /* of a scope by household; beyond: the first of them by id */
    WIRE_MAX_WORKERS = 400,           /* people who share one laptop */
    WIRE_MAX_PULL_ROWS = 20000        /* rows of one answer; the rest follows with `more` */
};

/* An enrolment code: what a person types. 16 symbols of Crockford's base 32 are the secret (80 bits, used once), 12 are the
 * pin (60 bits): by it the laptop knows the server's keys for the right ones. Groups of four, dashes between. */
enum { ENROL_SECRET = 17, ENROL_PIN = 13, ENROL_CODE = 35 };
/* First 60 bits of SHA-256("zhucun pin" ‖ u8 suite ‖ signing key ‖ box key). */
void enrol_pin(const struct public_key *sign, const struct public_key *box, char out[ENROL_PIN]);
void enrol_code_join(const char *secret, const char *pin, char out[ENROL_CODE]);
/* Case, blanks, dashes and the look-alikes O I L do not matter. ERR_REFUSED: not 28 such symbols. */
int enrol_code_split(const char *code, char secret[ENROL_SECRET], char pin[ENROL_PIN], struct err *err);

/* GET /v1/keys: nobody has signed it; the pin says whether it is the right server's. */
struct server_offer {
    int suite;
    char sign[KEY_TEXT], box[KEY_TEXT]; /* the public keys */
};
int server_offer_encode(const struct server_offer *o, struct buf *out);
int server_offer_decode(const void *bytes, size_t n, struct server_offer *o, struct err *err);

/* POST /v1/enrol: a box to the server (purpose "zhucun enrolment"), the answer a box to the laptop. */
struct enrol_request {
    char code[ENROL_SECRET];     /* the secret part */
    char sign[KEY_TEXT], box[KEY_TEXT]; /* the laptop's public keys */
    uint64_t origin;
    int schema;
    char agent[40];              /* program and version */
    /* and WIRE_FORMAT; a message without one is of format 1 */
};
struct enrol_answer {
    char device[40];             /* a name for people */
    uint64_t epoch;
    int64_t server_ms;
    int64_t places[WIRE_MAX_PLACES]; /* scope codes */
    size_t place_count;
    char workers[WIRE_MAX_WORKERS][24]; /* numbers of those who use this laptop; may be none */
    size_t worker_count;
};
int enrol_request_encode(const struct enrol_request *q, struct buf *out);
int enrol_request_decode(const void *bytes, size_t n, struct enrol_request *q, struct err *err);
int enrol_answer_encode(const struct enrol_answer *a, struct buf *out);
int enrol_answer_decode(const void *bytes, size_t n, struct enrol_answer *a, struct err *err);

/* The answer to a push that arrived whole: the server's word that everything up to `high` is stored for good. */
struct receipt_quarantine {
    uint64_t seq;
    char why[160], why_en[160];
};
enum { RECEIPT_MAX_QUARANTINE = 64, WIRE_MAX_FURTHER = 4096 };
struct receipt {
    uint64_t epoch;
    uint64_t high;               /* seq up to which all is durable */
    struct digest hash;          /* h(high) */
    uint64_t csn;                /* server's head after it */
    int64_t server_ms;           /* when it was stored */
    int64_t skew_ms;             /* server clock − agent clock, as the server saw it */
    struct receipt_quarantine quarantined[RECEIPT_MAX_QUARANTINE];
    size_t quarantined_count;
};
int receipt_encode(const struct receipt *r, struct buf *out);
int receipt_decode(const void *bytes, size_t n, struct receipt *r, struct err *err);

/* problem+json (RFC 9457). `expected` and `hash` go with gaps and forks, `offset` with offset conflicts. */
enum problem_kind {
    PROBLEM_OTHER, PROBLEM_GAP, PROBLEM_FORK, PROBLEM_OFFSET, PROBLEM_BAD_BUNDLE, PROBLEM_DENIED, PROBLEM_BUSY,
    PROBLEM_EPOCH, PROBLEM_COUNTER, PROBLEM_FORMAT
};
struct problem {
    enum problem_kind kind;      /* type: "urn:zhucun:problem:gap" … */
    int status;
    char detail_zh[300], detail_en[300];
    uint64_t expected;           /* GAP: the seq the server wants next; FORK: first seq that differs; COUNTER: the last known */
    struct digest hash;          /* GAP, FORK: h(expected−1) as the server has it */
    uint64_t offset;             /* OFFSET */
};
int problem_encode(const struct problem *p, struct buf *out);
int problem_decode(const void *bytes, size_t n, struct problem *p, struct err *err);

/* POST /v1/pull. Request (binary): "ZQ", format 1, origin u64be, epoch u64be, varint csn, varint schema,
 * scope digest u64be, varint max answer bytes (0: server's choice), varint head, tallies, varint tallied. */
struct pull_request {
    uint64_t origin;
    uint64_t epoch;              /* 0: never pulled */
    uint64_t csn;                /* all up to here is applied */
    int schema;
    uint64_t scope;              /* scope_digest of what is held; 0: nothing */
    uint64_t max_bytes;
    uint64_t head;               /* last seq of the agent's log: with `received` the server sees what still waits */
    struct tally *tallies;       /* of visits, that are not agreed on yet; usually of what was just pushed */
    size_t tally_count;
    uint64_t tallied;            /* seq up to which they count; 0 without tallies */
};
int pull_request_encode(const struct pull_request *q, struct buf *out);
int pull_request_decode(const void *bytes, size_t n, struct arena *arena, struct pull_request *q, struct err *err);

/* Answer: rows with csn in (from, to], ascending; latest state only. `received` is the server's high-water seq
 * for this origin in the same snapshot: own changes up to it are in these rows, later ones are still an overlay.
 * count and fingerprint speak of the whole scope at `to` and are valid when `more` is 0. With `restart` the
 * cursor was of another epoch or another scope, and the rows begin a snapshot. */
struct pull_answer {
    uint64_t epoch;
    uint64_t from, to;
    bool more;
    bool restart;
    bool compare;                /* likewise, but the request had a cursor, so rows are held: none follow, see reconcile.h */
    uint64_t received;
    uint64_t count;
    uint64_t fingerprint;
    int64_t server_ms;
    bool scope_told;             /* the scope differs from the request's digest: here it is */
    int64_t *places;             /* ascending */
    size_t place_count;
    struct row_id *households;   /* of a scope by household, ascending by (origin, number) */
    size_t household_count;
    struct receipt_quarantine *quarantined; /* the first of this origin's that are quarantined now, by seq, … */
    size_t quarantined_count;
    uint64_t *further;           /* … and when these are RECEIPT_MAX_QUARANTINE, the seqs of the rest; when those are */
    size_t further_count;        /* WIRE_MAX_FURTHER, there may be more yet */
    bool tallied;                /* the request's tallies were compared (the server has the same part of the log) … */
    struct tally *tallies;       /* … and of these it has another count or digest: here are its own */
    size_t tally_count;
    struct pulled_row *rows;
    size_t row_count;
};
int pull_answer_encode(const struct pull_answer *a, int level, struct buf *out, struct err *err);
int pull_answer_decode(const void *bytes, size_t n, struct arena *arena, struct pull_answer *a, struct err *err);

/* First 8 bytes of SHA-256 over the ascending codes, 8 bytes big-endian each, then the ascending households, 16 bytes
 * each. Nothing held: 0. */
uint64_t scope_digest(const int64_t *places, size_t count, const struct row_id *households, size_t household_count);

/* /v1/push/{origin:16 hex}/{first}-{last}/{digest: 64 hex of the sealed bytes} */
struct push_target {
    uint64_t origin, first, last;
    struct digest digest;
};
int push_target_format(const struct push_target *t, char *out, size_t n); /* path, leading slash */
int push_target_parse(const char *path, struct push_target *t);           /* negative: not such a path */

#endif
