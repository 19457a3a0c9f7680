/* An export of which each resource is as nearly all are, told side by side: `_scan.Plain`. */
#include "scan.h"

enum { OF_PROCESS = 1, OF_HOST = 2 };

/* What stands before the numbers of a row that is told: `advisor.store.bundles.form`. */
typedef struct {
    uint32_t resource, unused;
    int64_t time;                 /* microseconds */
    double span, own, longest;    /* what it covers; by its own increases alone; and the longest of its resource */
} Head;

/* What is larger is told apart: all of it would be held twice, and its room kept. */
enum { WORD = 8, MOST_ATTRIBUTES = 1 << 16, MOST_RESOURCES = 1000 };

static bool grow(Buffer *buffer, size_t more) {
    size_t needed = buffer->size + more, room = buffer->room * 2 > needed ? buffer->room * 2 : needed + 256;
    if (needed <= buffer->room) return true;
    uint8_t *given = PyMem_Realloc(buffer->at, room);
    if (!given) return PyErr_NoMemory(), false;
    buffer->at = given;
    buffer->room = room;
    return true;
}

static bool put(Buffer *buffer, const void *from, size_t size) {
    if (!grow(buffer, size)) return false;
    memcpy(buffer->at + buffer->size, from, size);
    buffer->size += size;
    return true;
}

/* Without increases, or all of them cover one time. */
static bool is_even(const Row *row) {
    for (Py_ssize_t column = 0; column < row->columns; column++)
        if (row->spans[column] != 0.0 && row->spans[column] != row->span) return false;
    return true;
}

/* Whether nothing of it has to be looked into, nor left to Python. */
bool is_plain(const Scan *scan) {
    const Resource *resource = &scan->resource;
    const Plain *plain = &scan->plain;
    if (plain->resources == MOST_RESOURCES || plain->attributes.size + resource->attributes.size > MOST_ATTRIBUTES)
        return false;
    if (resource->is_slow || PyList_GET_SIZE(resource->odd) || PyList_GET_SIZE(resource->unknown)) return false;
    for (const Row *row = resource->rows; row < resource->rows + resource->rows_count; row++)
        if (row->place && !(row->is_told && is_even(row))) return false;
    const Row *process = resource->rows + PROCESS_ROW;
    return !process->place || !(process->values[scan->listening] < 0.0);
}

static int16_t listening(const Scan *scan) {
    const Row *process = scan->resource.rows + PROCESS_ROW;
    double count = process->place ? process->values[scan->listening] : Py_NAN;
    return count != count ? -1 : count < INT16_MAX ? (int16_t)count : INT16_MAX;
}

static double span_of(const Row *row, double otherwise) { return row->span > 0.0 ? row->span : otherwise; }

/* A bit for each column with an increase, the lowest first, in whole words. */
static bool put_bits(Buffer *buffer, const Row *row) {
    size_t size = (row->columns + 8 * WORD - 1) / (8 * WORD) * WORD;
    if (!grow(buffer, size)) return false;
    uint8_t *bits = buffer->at + buffer->size;
    memset(bits, 0, size);
    for (Py_ssize_t column = 0; column < row->columns; column++)
        if (row->spans[column] > 0.0) bits[column / 8] |= 1 << column % 8;
    buffer->size += size;
    return true;
}

static bool put_row(Scan *scan, Buffer *buffer, const Row *row) {
    const Resource *resource = &scan->resource;
    Head head = {scan->plain.resources, 0, resource->time / 1000, span_of(row, resource->span), row->span, resource->span};
    return put(buffer, &head, sizeof head) && put(buffer, row->values, row->columns * sizeof *row->values) &&
           put_bits(buffer, row);
}

static bool append(PyObject *list, PyObject *item) {
    bool is_added = item && PyList_Append(list, item) == 0;
    Py_XDECREF(item);
    return is_added;
}

/* Parts are few: each as it is told of a resource, after what is known of that one. */
static bool add_parts(Scan *scan, PyObject *span) {
    const Resource *resource = &scan->resource;
    double process = span_of(resource->rows + PROCESS_ROW, resource->span);
    double host = span_of(resource->rows + HOST_ROW, resource->span);
    for (Row *row = resource->rows + PART_ROW; row < resource->rows + resource->rows_count; row++) {
        PyObject *told = row_told(row, span);
        if (!told || !append(scan->plain.parts, Py_BuildValue("(nLOddN)", (Py_ssize_t)scan->plain.resources,
                                                              (long long)(resource->time / 1000), span, process, host, told)))
            return false;
    }
    return true;
}

static bool add_rows(Scan *scan) {
    const Resource *resource = &scan->resource;
    const Row *process = resource->rows + PROCESS_ROW, *host = resource->rows + HOST_ROW;
    uint8_t kinds = (process->place ? OF_PROCESS : 0) | (host->place ? OF_HOST : 0);
    if (!put(&scan->plain.kinds, &kinds, sizeof kinds)) return false;
    if (process->place && !(put_row(scan, &scan->plain.processes, process) && append(scan->plain.wholes, whole_told(process))))
        return false;
    if (host->place && !put_row(scan, &scan->plain.hosts, host)) return false;
    if (resource->rows_count == PART_ROW) return true;
    PyObject *span = PyFloat_FromDouble(resource->span);
    bool is_added = span && add_parts(scan, span);
    Py_XDECREF(span);
    return is_added;
}

bool plain_add(Scan *scan) {
    Plain *plain = &scan->plain;
    const Resource *resource = &scan->resource;
    uint32_t size = resource->attributes.size, kept = resource->points - resource->not_kept;
    int16_t ports = listening(scan);
    if (resource->rows[PROCESS_ROW].place || resource->rows[HOST_ROW].place || resource->rows_count > PART_ROW) {
        if (!plain->latest || resource->time < plain->earliest) plain->earliest = resource->time;
        if (resource->time > plain->latest) plain->latest = resource->time;
    }
    plain->points += resource->points;
    plain->not_kept += resource->not_kept;
    bool is_added = put(&plain->attributes, &size, sizeof size) &&
                    put(&plain->attributes, resource->attributes.at, size) && put(&plain->counts, &kept, sizeof kept) &&
                    put(&plain->listening, &ports, sizeof ports) && add_rows(scan);
    plain->resources++;
    return is_added;
}

/* Keeps the room of the last one's. */
bool plain_begin(Plain *plain) {
    Buffer *buffers[] = {&plain->attributes, &plain->kinds,     &plain->listening,
                         &plain->counts,     &plain->processes, &plain->hosts};
    for (size_t place = 0; place < sizeof buffers / sizeof *buffers; place++) buffers[place]->size = 0;
    plain->earliest = plain->latest = plain->resources = plain->points = plain->not_kept = 0;
    Py_XSETREF(plain->wholes, PyList_New(0));
    Py_XSETREF(plain->parts, PyList_New(0));
    return plain->wholes && plain->parts;
}

void plain_free(Plain *plain) {
    Buffer *buffers[] = {&plain->attributes, &plain->kinds,     &plain->listening,
                         &plain->counts,     &plain->processes, &plain->hosts};
    for (size_t place = 0; place < sizeof buffers / sizeof *buffers; place++) PyMem_Free(buffers[place]->at);
    Py_CLEAR(plain->wholes);
    Py_CLEAR(plain->parts);
}

static PyStructSequence_Field plain_fields[] = {
    {"attributes", NULL}, {"kinds", NULL}, {"listening", NULL}, {"counts", NULL}, {"processes", NULL},
    {"hosts", NULL},      {"wholes", NULL}, {"parts", NULL},    {"earliest", NULL}, {"latest", NULL},
    {"points", NULL},     {"not_kept", NULL}, {NULL, NULL},
};

static PyStructSequence_Desc plain_form = {"advisor.ingest._scan.Plain", NULL, plain_fields, 12};

static PyTypeObject plain_type;

static PyObject *bytes_told(const Buffer *buffer) {
    return PyBytes_FromStringAndSize((const char *)buffer->at, buffer->size);
}

PyObject *plain_told(Plain *plain) {
    PyObject *items[] = {
        bytes_told(&plain->attributes),
        bytes_told(&plain->kinds),
        bytes_told(&plain->listening),
        bytes_told(&plain->counts),
        bytes_told(&plain->processes),
        bytes_told(&plain->hosts),
        plain->wholes,
        plain->parts,
        PyLong_FromUnsignedLongLong(plain->earliest / 1000),
        PyLong_FromUnsignedLongLong(plain->latest / 1000),
        PyLong_FromSize_t(plain->points),
        PyLong_FromSize_t(plain->not_kept),
    };
    plain->wholes = plain->parts = NULL; /* they are the item's now */
    return told_of(PyStructSequence_New(&plain_type), items, plain_form.n_in_sequence);
}

bool plain_open(PyObject *module) {
    if (!plain_type.tp_name && PyStructSequence_InitType2(&plain_type, &plain_form) < 0) return false;
    return PyModule_AddType(module, &plain_type) == 0;
}
