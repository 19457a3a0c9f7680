#include "json.h"

#include <math.h>

enum { DEEPEST = 24 };

/* Of each byte, what it is: part of plain text, or what brackets are told apart by. */
enum { TEXT = 1, STOP = 2 };
static uint8_t classes[256];

void json_open(void) {
    for (int byte = ' '; byte < 0x7f; byte++) classes[byte] = byte == '"' || byte == '\\' ? 0 : TEXT;
    for (const char *stop = "\"[]{}"; *stop; stop++) classes[(uint8_t)*stop] |= STOP;
    classes[0] |= STOP;
}

static bool is_digit(uint8_t byte) { return (uint8_t)(byte - '0') < 10; }

bool object(Scan *scan, Cursor *c, Member member, void *into) {
    Slice key;
    if (!sign(c, '{') || (scan && ++scan->messages > scan->most_messages)) return false;
    if (sign(c, '}')) return true;
    do {
        if (!text(c, &key) || !sign(c, ':')) return false;
        blank(c);
        if (!member(scan, c, key, into)) return false;
    } while (sign(c, ','));
    return sign(c, '}');
}

bool array(Scan *scan, Cursor *c, Element element, void *into) {
    if (!sign(c, '[')) return false;
    if (sign(c, ']')) return true;
    do {
        blank(c);
        if (!element(scan, c, into)) return false;
    } while (sign(c, ','));
    return sign(c, ']');
}

bool text(Cursor *c, Slice *told) {
    if (!sign(c, '"')) return false;
    const uint8_t *from = c->at;
    while (classes[*c->at] & TEXT) c->at++;
    *told = (Slice){from, c->at - from};
    return *c->at++ == '"';
}

/* Up to 19 digits, with which no number of 64 bits overflows. */
static bool digits(Cursor *c, uint64_t *told) {
    const uint8_t *from = c->at;
    for (*told = 0; is_digit(*c->at); c->at++) {
        if (c->at - from == 19) return false;
        *told = *told * 10 + (*c->at - '0');
    }
    return c->at - from == 1 || (c->at != from && *from != '0');
}

static bool is_fraction(uint8_t byte) { return byte == '.' || byte == 'e' || byte == 'E'; }

/* 64 bits travel as text, or as a number. */
static bool whole(Cursor *c, uint64_t *told, bool *is_negative) {
    bool is_text = *c->at == '"';
    c->at += is_text;
    *is_negative = *c->at == '-';
    c->at += *is_negative;
    if (!digits(c, told)) return false;
    return is_text ? *c->at++ == '"' : !is_fraction(*c->at);
}

bool unsigned_told(Cursor *c, uint64_t *told) {
    bool is_negative;
    return whole(c, told, &is_negative) && !is_negative;
}

bool signed_told(Cursor *c, int64_t *told) {
    bool is_negative;
    uint64_t size;
    if (!whole(c, &size, &is_negative) || size > INT64_MAX) return false;
    *told = is_negative ? -(int64_t)size : (int64_t)size;
    return true;
}

static bool word(Cursor *c, const char *expected, size_t size) {
    if (strncmp((const char *)c->at, expected, size)) return false;
    c->at += size;
    return true;
}

bool boolean(Cursor *c, bool *told) {
    *told = *c->at == 't';
    return word(c, "true", 4) || word(c, "false", 5);
}

/* The grammar of a number, whatever its value. */
static bool number(Cursor *c) {
    c->at += *c->at == '-';
    const uint8_t *from = c->at;
    while (is_digit(*c->at)) c->at++;
    if (c->at == from || (*from == '0' && c->at - from > 1)) return false;
    if (*c->at == '.') {
        if (!is_digit(*++c->at)) return false;
        while (is_digit(*c->at)) c->at++;
    }
    if (*c->at != 'e' && *c->at != 'E') return true;
    c->at++;
    c->at += *c->at == '-' || *c->at == '+';
    if (!is_digit(*c->at)) return false;
    while (is_digit(*c->at)) c->at++;
    return true;
}

/* Clinger's fast way: a decimal of at most 2^53 and a power of ten of at most 10^22 are exact, so one rounding is right.
 */
static bool plain_decimal(const uint8_t *at, const uint8_t *end, double *told) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    uint64_t found = 0;
    int behind = 0, is_behind = 0;
    for (; at < end && found < UINT64_C(1) << 53; at++) {
        if (*at == '.') {
            is_behind = 1;
        } else if (is_digit(*at)) {
            found = found * 10 + (*at - '0');
            behind += is_behind;
        } else {
            return false;
        }
    }
    if (at < end || found > UINT64_C(1) << 53 || behind > 22) return false;
    *told = (double)found / tens[behind];
    return true;
}

bool real(Cursor *c, double *told, bool *is_number) {
    const uint8_t *from = c->at;
    *is_number = *from == '-' || is_digit(*from);
    if (!*is_number) return skip(NULL, c, 0); /* text or null: Python knows which of them say a number */
    if (!number(c)) return false;
    if (plain_decimal(from, c->at, told)) return true;
    char copy[64];
    size_t size = c->at - from;
    if (size >= sizeof copy) return false;
    memcpy(copy, from, size);
    copy[size] = 0;
    *told = PyOS_string_to_double(copy, NULL, NULL);
    if (!PyErr_Occurred()) return isfinite(*told);
    PyErr_Clear();
    return false;
}

static bool skip_key_and_value(Scan *scan, Cursor *c, Slice key, void *depth) {
    (void)key;
    return skip(scan, c, *(int *)depth);
}

static bool skip_element(Scan *scan, Cursor *c, void *depth) { return skip(scan, c, *(int *)depth); }

/* One value of any kind, which must be sound. */
bool skip(Scan *scan, Cursor *c, int depth) {
    Slice ignored;
    int deeper = depth + 1;
    if (deeper > DEEPEST) return false;
    switch (*c->at) {
        case '{': return object(scan, c, skip_key_and_value, &deeper);
        case '[': return array(scan, c, skip_element, &deeper);
        case '"': return text(c, &ignored);
        case 't': return word(c, "true", 4);
        case 'f': return word(c, "false", 5);
        case 'n': return word(c, "null", 4);
        default: return number(c);
    }
}

static bool over_text(Cursor *c) {
    for (c->at++; *c->at != '"'; c->at++)
        if (!*c->at || (*c->at == '\\' && !*++c->at)) return false;
    c->at++;
    return true;
}

/* From one bracket to the one that ends it. Whether what is between them is sound is asked where it is not known. */
bool brackets(Scan *scan, Cursor *c, Slice *told) {
    const uint8_t *from = c->at;
    if (*c->at != '[') return false;
    for (int depth = 0;;) {
        while (!(classes[*c->at] & STOP)) c->at++;
        uint8_t byte = *c->at;
        if (byte == '"') {
            if (!over_text(c)) return false;
            continue;
        }
        if (!byte) return false;
        c->at++;
        scan->messages += byte == '{';
        depth += byte == '[' || byte == '{' ? 1 : -1;
        if (!depth) break;
    }
    if (scan->messages > scan->most_messages) return false;
    *told = (Slice){from, c->at - from};
    return true;
}
