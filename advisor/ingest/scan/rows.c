/* The numbers of each row in the making, and its distributions in the bytes that the store keeps. */
#include "scan.h"

#include <string.h>

enum { VERSION = 1, HEAD = 4, MIN_TOLD = 1, MAX_TOLD = 2, VARINT = 10, USUAL = 40 };

/* Room for what a process tells, so that it need not grow as that is put in. */
static PyObject *roomy(void) {
#if PY_VERSION_HEX < 0x030D0000
    return _PyDict_NewPresized(USUAL);
#else
    return PyDict_New();
#endif
}

static bool row_open(Row *row, PyObject *place) {
    PyObject *values = PyBool_Check(place) ? roomy() : PyDict_New(), *spans = PyBool_Check(place) ? roomy() : PyDict_New();
    *row = (Row){Py_NewRef(place), values, spans, PyList_New(0), 0.0};
    return row->values && row->spans && row->whole;
}

static Row *row_new(Resource *resource) {
    if (resource->rows_count == resource->rows_room) {
        size_t room = resource->rows_room * 2 + 4;
        Row *rows = PyMem_Realloc(resource->rows, room * sizeof *rows);
        if (!rows) return (Row *)PyErr_NoMemory();
        resource->rows = rows;
        resource->rows_room = room;
    }
    Row *row = &resource->rows[resource->rows_count++];
    *row = (Row){0};
    return row;
}

static Row *part_at(Resource *resource, PyObject *place) {
    PyObject *known = PyDict_GetItemWithError(resource->parts, place);
    if (known) return &resource->rows[PyLong_AsSize_t(known)];
    if (PyErr_Occurred()) return NULL;
    PyObject *index = PyLong_FromSize_t(resource->rows_count);
    if (!index || PyDict_SetItem(resource->parts, place, index) < 0) return Py_XDECREF(index), NULL;
    Py_DECREF(index);
    Row *row = row_new(resource);
    return row && row_open(row, place) ? row : NULL;
}

Row *row_at(Resource *resource, bool of_host, PyObject *place) {
    if (place != Py_None) return part_at(resource, place);
    Row *row = &resource->rows[of_host ? HOST_ROW : PROCESS_ROW];
    return row->place || row_open(row, of_host ? Py_True : Py_False) ? row : NULL;
}

/* Puts a number into its place; keeps the greater of two there, or their sum. */
static bool fold(PyObject *figures, PyObject *column, PyObject *told, bool is_greatest) {
    PyObject *known = told ? PyDict_SetDefault(figures, column, told) : NULL;
    if (!known || known == told) return known;
    double had = PyFloat_AS_DOUBLE(known), more = PyFloat_AS_DOUBLE(told);
    PyObject *both = PyFloat_FromDouble(!is_greatest ? had + more : had > more ? had : more);
    bool is_put = both && PyDict_SetItem(figures, column, both) == 0;
    Py_XDECREF(both);
    return is_put;
}

/* Most numbers of a resource cover the same time, which is one object then. */
static PyObject *span_told(Scan *scan, double span) {
    if (!scan->span || PyFloat_AS_DOUBLE(scan->span) != span) Py_XSETREF(scan->span, PyFloat_FromDouble(span));
    return scan->span;
}

bool row_put(Scan *scan, Row *row, const Target *target, double value, double span) {
    PyObject *told = PyFloat_FromDouble(value);
    bool is_put = fold(row->values, target->column, told, target->largest_wins);
    Py_XDECREF(told);
    if (!is_put || span <= 0.0) return is_put;
    if (span > row->span) row->span = span;
    return fold(row->spans, target->column, span_told(scan, span), true);
}

static uint8_t *put_varint(uint8_t *at, uint64_t rest) {
    for (; rest > 0x7f; rest >>= 7) *at++ = (rest & 0x7f) | 0x80;
    *at++ = rest;
    return at;
}

static uint8_t *put_signed(uint8_t *at, int64_t number) {
    return put_varint(at, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

/* A count takes a bit more than its 64 for the sign: Python's integers have no end. */
static uint8_t *put_count(uint8_t *at, uint64_t count) {
    if (count <= INT64_MAX) return put_varint(at, count << 1);
    *at++ = (count & 0x3f) << 1 | 0x80;
    return put_varint(at, count >> 6);
}

static uint8_t *put_double(uint8_t *at, double number) {
    memcpy(at, &number, sizeof number); /* little-endian, as all machines are that this is compiled for */
    return at + sizeof number;
}

/* `advisor.features.histogram.Histogram.encode` of the point in its normal form. */
bool row_add_whole(Scan *scan, Row *row, const Point *point) {
    const uint64_t *counts = scan->counts + point->counts, *end = counts + point->counts_count;
    int64_t offset = point->offset, scale = point->scale;
    while (counts < end && !*counts) counts++, offset++;
    while (end > counts && !end[-1]) end--;
    if (counts == end && !point->zeros) return true;
    if (counts == end) offset = 0, scale = scan->max_scale;
    uint8_t packed[1 + VARINT * (1 + HEAD + MOST_BUCKETS) + 3 * sizeof(double)], *at = packed;
    *at++ = VERSION;
    at = put_signed(at, HEAD + (end - counts));
    at = put_signed(at, scale);
    at = put_signed(at, point->has_min * MIN_TOLD | point->has_max * MAX_TOLD);
    at = put_count(at, point->zeros);
    at = put_signed(at, offset);
    while (counts < end) at = put_count(at, *counts++);
    at = put_double(at, point->has_sum ? point->sum : 0.0);
    if (point->has_min) at = put_double(at, point->min);
    if (point->has_max) at = put_double(at, point->max);
    PyObject *told = PyBytes_FromStringAndSize((char *)packed, at - packed);
    bool is_added = told && PyList_Append(row->whole, told) == 0;
    Py_XDECREF(told);
    return is_added;
}

static PyObject *row_told(const Row *row) {
    return Py_BuildValue("(OdOOO)", row->place, row->span, row->values, row->whole, row->spans);
}

PyObject *rows_told(Resource *resource) {
    PyObject *told = PyList_New(0);
    for (Row *row = resource->rows; told && row < resource->rows + resource->rows_count; row++) {
        PyObject *one = row->place ? row_told(row) : NULL;
        if (row->place && (!one || PyList_Append(told, one) < 0)) Py_CLEAR(told);
        Py_XDECREF(one);
    }
    return told;
}

static void row_close(Row *row) {
    Py_CLEAR(row->place);
    Py_CLEAR(row->values);
    Py_CLEAR(row->whole);
    Py_CLEAR(row->spans);
}

void resource_drop(Resource *resource) {
    for (Row *row = resource->rows; row < resource->rows + resource->rows_count; row++) row_close(row);
    Py_CLEAR(resource->odd);
    Py_CLEAR(resource->unknown);
    Py_CLEAR(resource->parts);
    resource->rows_count = 0;
}

/* Keeps the room of the last one's rows. */
bool resource_begin(Scan *scan) {
    Resource *resource = &scan->resource;
    resource_drop(resource);
    *resource = (Resource){.rows = resource->rows, .rows_room = resource->rows_room, .attributes = scan->no_attributes};
    resource->odd = PyList_New(0);
    resource->unknown = PyList_New(0);
    resource->parts = PyDict_New();
    return row_new(resource) && row_new(resource) && resource->odd && resource->unknown && resource->parts;
}
