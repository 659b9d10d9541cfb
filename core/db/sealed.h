/* sealed: a SQLite VFS over the system's one that encrypts what it writes. Each connection has one of its own, with its
 * own key at work. Pages are 4,096 bytes, and SQLite leaves the last 32 of each alone: there stands what the cipher
 * needs beside the ciphertext (struct db_cipher).
 *
 *   main file   page n at (n − 1) · 4096, bound to "db" and n
 *   -swal       header of 32 bytes as it is; then frames: a header of 24, of which bytes 8…23 (salts and the checksum of
 *               what is in the page) are one encrypted block, then the page, bound to "wal" and its offset
 *   -sjournal   pages, which are recognised by their length, bound to "jnl" and their offset; the checksum behind each is
 *               masked with a block made of what stands beside its ciphertext
 *   -shm        SQLite's index of the WAL: page numbers and checksums, no content; left as it is
 *   savepoints' journal, without a name: pages likewise, bound to "sub" and their offset
 *   others      refused: there are no other temporary files (temp_store is memory)
 *
 * WAL and journal have names of their own, because a program without the key that opens the file would find the WAL
 * empty, and delete it.
 *
 * A page that does not open is SQLITE_IOERR_DATA, with two exceptions, so that a power cut locks nobody out: of a page 1
 * that was torn the header is answered with what every such file has in common (SQLite reads it before it looks for a
 * journal, and page 1 itself only afterwards); and a torn frame, read from its header on, as recovery does, has zeros
 * for a page, which its checksum then refuses. */
#ifndef ZHUCUN_CORE_DB_SEALED_H
#define ZHUCUN_CORE_DB_SEALED_H

#include "db_impl.h"

enum { SEALED_PAGE = 4096 };

struct sealed_vfs;
/* Registers it under a name of its own. The cipher is borrowed. */
int sealed_open(struct sealed_vfs **out, const struct db_cipher *cipher, struct err *err);
const char *sealed_name(const struct sealed_vfs *v);      /* NULL for NULL: the system's VFS */
bool sealed_saw_plain(const struct sealed_vfs *v);        /* it refused to open a file that nothing encrypts */
void sealed_close(struct sealed_vfs *v); /* after the connection */

/* A file that SQLite opened through it; sealed_file.c. */
enum sealed_kind { SEALED_MAIN, SEALED_WAL, SEALED_JOURNAL, SEALED_SAVEPOINTS };

struct sealed_file {
    sqlite3_file base;
    char *name;           /* of a WAL or journal; `under` borrows it */
    sqlite3_file *under;  /* behind this struct, in the memory that SQLite gave */
    enum sealed_kind kind;
    const struct db_cipher *cipher;
    void *key;            /* the cipher's, at work for this file */
    int64_t page_end;     /* journal: behind the page last written or read, */
    uint8_t beside[DB_CIPHER_BESIDE]; /* what stands beside it */
};

extern const sqlite3_io_methods sealed_methods;

#endif
