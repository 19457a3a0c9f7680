/* The numbers of each row in the making, and its distributions in the bytes that the store keeps. */
#include "scan.h"

#include <math.h>

enum { VERSION = 1, HEAD = 4, MIN_TOLD = 1, MAX_TOLD = 2, VARINT = 10 };

static bool row_open(const Scan *scan, Row *row, size_t entity, PyObject *place) {
    Py_ssize_t columns = scan->columns[entity];
    if (!row->values) row->values = PyMem_Malloc(2 * (size_t)columns * sizeof *row->values);
    if (!row->values) return PyErr_NoMemory(), false;
    *row = (Row){.place = Py_NewRef(place), .columns = columns, .values = row->values, .spans = row->values + columns};
    for (Py_ssize_t column = 0; column < columns; column++) row->values[column] = Py_NAN, row->spans[column] = 0.0;
    return true;
}

static Row *row_new(Resource *resource) {
    if (resource->rows_count == resource->rows_room) {
        size_t room = resource->rows_room * 2 + 4;
        Row *rows = PyMem_Realloc(resource->rows, room * sizeof *rows);
        if (!rows) return (Row *)PyErr_NoMemory();
        for (size_t place = resource->rows_room; place < room; place++) rows[place] = (Row){0};
        resource->rows = rows;
        resource->rows_room = room;
    }
    return &resource->rows[resource->rows_count++];
}

static Row *part_at(Scan *scan, PyObject *place) {
    Resource *resource = &scan->resource;
    PyObject *known = PyDict_GetItemWithError(resource->parts, place);
    if (known) return &resource->rows[PyLong_AsSize_t(known)];
    if (PyErr_Occurred()) return NULL;
    PyObject *index = PyLong_FromSize_t(resource->rows_count);
    if (!index || PyDict_SetItem(resource->parts, place, index) < 0) return Py_XDECREF(index), NULL;
    Py_DECREF(index);
    Row *row = row_new(resource);
    return row && row_open(scan, row, PART_ROW, place) ? row : NULL;
}

static Row *own_at(Scan *scan, size_t entity) {
    Row *row = &scan->resource.rows[entity];
    return row->place || row_open(scan, row, entity, entity == HOST_ROW ? Py_True : Py_False) ? row : NULL;
}

Row *row_of(Scan *scan, bool of_host, PyObject *place) {
    return place == Py_None ? own_at(scan, of_host ? HOST_ROW : PROCESS_ROW) : part_at(scan, place);
}

/* Puts a number into its place; keeps the greater of two there, or their sum. */
void row_put(Row *row, const Target *target, double value, double span) {
    double *had = &row->values[target->column], *covered = &row->spans[target->column];
    bool is_new = isnan(*had);
    *had = is_new ? value : !target->largest_wins ? *had + value : value > *had ? value : *had;
    row->is_told = true;
    if (span > *covered) *covered = span;
    if (span > row->span) row->span = span;
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
    if (!row->whole) row->whole = PyList_New(0);
    PyObject *told = row->whole ? PyBytes_FromStringAndSize((char *)packed, at - packed) : NULL;
    bool is_added = told && PyList_Append(row->whole, told) == 0;
    Py_XDECREF(told);
    return is_added;
}

/* The numbers of the resource's own rows are used again: how many parts it has is the sender's choice. */
static void row_close(Row *row, bool keeps_room) {
    double *values = keeps_room ? row->values : NULL;
    if (!keeps_room) PyMem_Free(row->values);
    Py_CLEAR(row->place);
    Py_CLEAR(row->whole);
    *row = (Row){.values = values};
}

void resource_drop(Resource *resource) {
    for (size_t place = 0; place < resource->rows_count; place++)
        row_close(&resource->rows[place], place < PART_ROW);
    resource->rows_count = 0;
}

void resource_free(Resource *resource) {
    resource_drop(resource);
    for (size_t place = 0; place < PART_ROW && place < resource->rows_room; place++)
        row_close(&resource->rows[place], false);
    PyMem_Free(resource->rows);
    Py_CLEAR(resource->odd);
    Py_CLEAR(resource->unknown);
    Py_CLEAR(resource->parts);
}

/* Most have nothing odd, nothing unknown and no parts: then those of the one before, which nobody else has, will do. */
static PyObject *empty_list(PyObject *before) {
    if (before && Py_REFCNT(before) == 1 && !PyList_GET_SIZE(before)) return before;
    Py_XDECREF(before);
    return PyList_New(0);
}

static PyObject *empty_dict(PyObject *before) {
    if (before && !PyDict_GET_SIZE(before)) return before;
    Py_XDECREF(before);
    return PyDict_New();
}

/* Keeps the room of the last one. */
bool resource_begin(Scan *scan) {
    Resource *resource = &scan->resource, before;
    resource_drop(resource);
    before = *resource;
    *resource = (Resource){.rows = before.rows, .rows_room = before.rows_room, .attributes = scan->no_attributes};
    resource->odd = empty_list(before.odd);
    resource->unknown = empty_list(before.unknown);
    resource->parts = empty_dict(before.parts);
    return row_new(resource) && row_new(resource) && resource->odd && resource->unknown && resource->parts;
}
