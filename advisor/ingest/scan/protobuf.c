#include "protobuf.h"

bool long_varint(Wire *wire, uint64_t *told) {
    *told = 0;
    for (int shift = 0; shift < 70 && wire->at < wire->end; shift += 7) {
        uint8_t byte = *wire->at++;
        if (shift == 63 && byte > 1) return false;
        *told |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

static bool fixed(Wire *wire, size_t size, uint64_t *told) {
    *told = 0;
    if ((size_t)(wire->end - wire->at) < size) return false;
    memcpy(told, wire->at, size); /* little-endian, as all machines are that this is compiled for */
    wire->at += size;
    return true;
}

static bool bytes(Wire *wire, Slice *told) {
    uint64_t size;
    if (!varint(wire, &size) || (uint64_t)(wire->end - wire->at) < size) return false;
    *told = (Slice){wire->at, size};
    wire->at += size;
    return true;
}

static bool content(Wire *wire, Field *field) {
    switch (field->type) {
        case VARINT: return varint(wire, &field->value);
        case FIXED64: return fixed(wire, 8, &field->value);
        case FIXED32: return fixed(wire, 4, &field->value);
        case BYTES: return bytes(wire, &field->bytes);
        default: return false;
    }
}

static bool next(Wire *wire, Field *field) {
    uint64_t tag;
    *field = (Field){.begin = wire->at};
    if (!varint(wire, &tag) || tag < 8 || tag > UINT32_MAX) return false;
    field->number = tag >> 3;
    field->type = tag & 7;
    bool is_read = content(wire, field);
    field->end = wire->at;
    return is_read;
}

/* A message counts before it is looked into. */
bool message(Scan *scan, const Field *field, Member member, void *into) {
    Wire wire = {field->bytes.at, field->bytes.at + field->bytes.size};
    Field inner;
    if (field->type != BYTES || ++scan->messages > scan->most_messages) return false;
    while (wire.at < wire.end)
        if (!next(&wire, &inner) || !member(scan, &inner, into)) return false;
    return true;
}

bool ascii(const Field *field) {
    if (field->type != BYTES) return false;
    const uint8_t *at = field->bytes.at, *end = at + field->bytes.size;
    uint64_t all = 0, word;
    for (; end - at >= 8; at += 8) memcpy(&word, at, 8), all |= word;
    for (; at < end; at++) all |= *at;
    return !(all & 0x8080808080808080u);
}

/* Something that nobody here reads. */
bool passed(const Field *field) { return field->type != BYTES || ascii(field); }

double as_double(uint64_t bits) {
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* Signed numbers travel folded together, the small ones first. */
int64_t unfolded(uint64_t told) { return (int64_t)(told >> 1) ^ -(int64_t)(told & 1); }
