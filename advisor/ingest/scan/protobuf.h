/* Protobuf on the wire: fields one after another, each with a number and one of four types. */
#ifndef ADVISOR_PROTOBUF_H
#define ADVISOR_PROTOBUF_H

#include "scan.h"

enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

typedef struct {
    const uint8_t *at, *end;
} Wire;

typedef struct {
    uint64_t number, value;
    int type;
    Slice bytes;
    const uint8_t *begin, *end;
} Field;

/* Reads one field of a message; `into` is what the message is read into. */
typedef bool (*Member)(Scan *scan, const Field *field, void *into);

bool message(Scan *scan, const Field *field, Member member, void *into);
bool long_varint(Wire *wire, uint64_t *told);

/* Nearly all numbers, and all that name a field or say how long one is, are of one byte. */
static inline bool varint(Wire *wire, uint64_t *told) {
    if (wire->at == wire->end || *wire->at >= 0x80) return long_varint(wire, told);
    *told = *wire->at++;
    return true;
}

bool passed(const Field *field);
bool ascii(const Field *field);
double as_double(uint64_t bits);
int64_t unfolded(uint64_t told);

#endif
