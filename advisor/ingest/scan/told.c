/* What Python is told of a resource: `_scan.pyi`. */
#include "scan.h"

/* The shortest time that an increase covers; all of them cover one where that is the row's own. */
static double shortest(const Row *row) {
    double least = row->span;
    for (Py_ssize_t column = 0; column < row->columns; column++)
        if (row->spans[column] > 0.0 && row->spans[column] < least) least = row->spans[column];
    return least;
}

/* `told` with these items, which it takes; NULL where one of them, or it, could not be made. */
PyObject *told_of(PyObject *told, PyObject **items, Py_ssize_t count) {
    bool is_whole = told;
    for (Py_ssize_t place = 0; place < count; place++) {
        is_whole &= items[place] != NULL;
        if (told) PyTuple_SET_ITEM(told, place, items[place]);
        else Py_XDECREF(items[place]);
    }
    if (!is_whole) Py_CLEAR(told);
    return told;
}

static PyObject *numbers_told(const double *numbers, Py_ssize_t count) {
    return PyBytes_FromStringAndSize((const char *)numbers, count * sizeof *numbers);
}

/* A bit for each column with an increase, the lowest first: all of them cover the row's own time. */
static PyObject *bits_told(const Row *row) {
    PyObject *told = PyBytes_FromStringAndSize(NULL, (row->columns + 7) / 8);
    if (!told) return NULL;
    uint8_t *bits = (uint8_t *)PyBytes_AS_STRING(told);
    for (Py_ssize_t byte = 0; byte < PyBytes_GET_SIZE(told); byte++) bits[byte] = 0;
    for (Py_ssize_t column = 0; column < row->columns; column++)
        if (row->spans[column] > 0.0) bits[column / 8] |= 1 << column % 8;
    return told;
}

static PyObject *spans_told(const Row *row, double least) {
    if (row->span <= 0.0) return PyBytes_FromStringAndSize(NULL, 0);
    return least < row->span ? numbers_told(row->spans, row->columns) : bits_told(row);
}

PyObject *whole_told(const Row *row) {
    if (!row->whole) return Py_NewRef(Py_None);
    return Py_NewRef(PyList_GET_SIZE(row->whole) == 1 ? PyList_GET_ITEM(row->whole, 0) : row->whole);
}

/* `span` stands for the longest of all rows, which nearly always is each one's own. */
PyObject *row_told(const Row *row, PyObject *span) {
    double least = shortest(row);
    PyObject *own = row->span == PyFloat_AS_DOUBLE(span) ? Py_NewRef(span) : PyFloat_FromDouble(row->span);
    PyObject *items[] = {
        Py_NewRef(row->place),
        own,
        least == row->span ? Py_XNewRef(own) : PyFloat_FromDouble(least),
        numbers_told(row->values, row->is_told ? row->columns : 0),
        spans_told(row, least),
        whole_told(row),
    };
    Py_ssize_t count = sizeof items / sizeof *items;
    return told_of(PyTuple_New(count), items, count);
}

/* Time and longest span, then each row; None where no row is filled, or Python reads the resource. */
static PyObject *snapshot_told(const Resource *resource) {
    Py_ssize_t filled = 0, place = 2;
    for (Row *row = resource->rows; row < resource->rows + resource->rows_count; row++) filled += row->place != NULL;
    if (!filled || resource->is_slow) return Py_NewRef(Py_None);
    PyObject *told = PyTuple_New(2 + filled), *time = PyLong_FromUnsignedLongLong(resource->time / 1000);
    PyObject *span = PyFloat_FromDouble(resource->span);
    bool is_whole = told && time && span;
    for (Row *row = resource->rows; is_whole && row < resource->rows + resource->rows_count; row++) {
        PyObject *one = row->place ? row_told(row, span) : NULL;
        if (one) PyTuple_SET_ITEM(told, place++, one);
        else is_whole = !row->place;
    }
    if (!is_whole) return Py_XDECREF(told), Py_XDECREF(time), Py_XDECREF(span), NULL;
    PyTuple_SET_ITEM(told, 0, time);
    PyTuple_SET_ITEM(told, 1, span);
    return told;
}

static PyStructSequence_Field resource_fields[] = {
    {"attributes", NULL}, {"start", NULL},    {"size", NULL}, {"points", NULL},  {"not_kept", NULL},
    {"is_slow", NULL},    {"snapshot", NULL}, {"odd", NULL},  {"unknown", NULL}, {NULL, NULL},
};

static PyStructSequence_Desc resource_form = {"advisor.ingest._scan.Resource", NULL, resource_fields, 9};

static PyTypeObject resource_type;

PyObject *resource_told(const Scan *scan) {
    const Resource *resource = &scan->resource;
    PyObject *items[] = {
        PyBytes_FromStringAndSize((const char *)resource->attributes.at, resource->attributes.size),
        PyLong_FromSsize_t(resource->whole.at - scan->body.at),
        PyLong_FromSize_t(resource->whole.size),
        PyLong_FromSize_t(resource->points),
        PyLong_FromSize_t(resource->not_kept),
        PyBool_FromLong(resource->is_slow),
        snapshot_told(resource),
        Py_NewRef(resource->odd),
        Py_NewRef(resource->unknown),
    };
    return told_of(PyStructSequence_New(&resource_type), items, resource_form.n_in_sequence);
}

bool told_open(PyObject *module) {
    if (!resource_type.tp_name && PyStructSequence_InitType2(&resource_type, &resource_form) < 0) return false;
    return PyModule_AddType(module, &resource_type) == 0;
}
