/* server: what libmicrohttpd calls (request.c), for server.c. */
#ifndef ZHUCUN_HTTP_SERVER_H
#define ZHUCUN_HTTP_SERVER_H

#include "request.h"

enum MHD_Result request_access(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *bytes, size_t *n, void **con_cls);
void request_done(void *cls, struct MHD_Connection *connection, void **con_cls, enum MHD_RequestTerminationCode how);

#endif
