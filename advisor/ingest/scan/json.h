/* JSON, as far as machines write it: no escapes and nothing but ASCII outside of attributes. All else is left to Python. */
#ifndef ADVISOR_JSON_H
#define ADVISOR_JSON_H

#include "scan.h"

/* A place in a body. A body ends with a zero byte, which is part of nothing: whoever meets it stops. */
typedef struct {
    const uint8_t *at;
} Cursor;

static inline void blank(Cursor *c) {
    while (*c->at == ' ' || *c->at == '\n' || *c->at == '\r' || *c->at == '\t') c->at++;
}

static inline bool sign(Cursor *c, char expected) {
    blank(c);
    if (*c->at != expected) return false;
    c->at++;
    return true;
}

/* Reads one member of an object; `into` is what the object is read into. */
typedef bool (*Member)(Scan *scan, Cursor *c, Slice key, void *into);
/* Reads one element of an array. */
typedef bool (*Element)(Scan *scan, Cursor *c, void *into);

bool object(Scan *scan, Cursor *c, Member member, void *into);
bool array(Scan *scan, Cursor *c, Element element, void *into);

bool text(Cursor *c, Slice *told);
bool unsigned_told(Cursor *c, uint64_t *told);
bool signed_told(Cursor *c, int64_t *told);
bool boolean(Cursor *c, bool *told);
bool real(Cursor *c, double *told, bool *is_number);
bool skip(Scan *scan, Cursor *c, int depth);
bool brackets(Scan *scan, Cursor *c, Slice *told);

#endif
