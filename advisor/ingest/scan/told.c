/* What Python is told of a resource: `_scan.pyi`. */
#include "scan.h"

/* The shortest time that an increase covers; all of them cover one where that is the row's own. */
static double shortest(const Row *row) {
    double least = row->span;
    for (Py_ssize_t column = 0; column < row->columns; column++)
        if (row->spans[column] > 0.0 && row->spans[column] < least) least = row->spans[column];
    return least;
}

static PyObject *numbers_told(const double *numbers, Py_ssize_t count) {
    return PyBytes_FromStringAndSize((const char *)numbers, count * sizeof *numbers);
}

static PyObject *row_told(const Row *row) {
    PyObject *values = numbers_told(row->values, row->is_told ? row->columns : 0);
    PyObject *spans = numbers_told(row->spans, row->span > 0.0 ? row->columns : 0);
    PyObject *told = NULL;
    if (values && spans)
        told = Py_BuildValue("(OddOOO)", row->place, row->span, shortest(row), values, spans, row->whole ? row->whole : Py_None);
    Py_XDECREF(values);
    Py_XDECREF(spans);
    return told;
}

static PyObject *rows_told(const Resource *resource) {
    PyObject *told = PyList_New(0);
    for (Row *row = resource->rows; told && row < resource->rows + resource->rows_count; row++) {
        PyObject *one = row->place ? row_told(row) : NULL;
        if (row->place && (!one || PyList_Append(told, one) < 0)) Py_CLEAR(told);
        Py_XDECREF(one);
    }
    return told;
}

/* None where no row is filled, or Python reads the resource. */
static PyObject *snapshot_told(const Resource *resource) {
    bool is_filled = false;
    for (Row *row = resource->rows; row < resource->rows + resource->rows_count; row++) is_filled |= row->place != NULL;
    if (!is_filled || resource->is_slow) return Py_NewRef(Py_None);
    PyObject *rows = rows_told(resource);
    return rows ? Py_BuildValue("(KdN)", (unsigned long long)(resource->time / 1000), resource->span, rows) : NULL;
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
    PyObject *told = PyStructSequence_New(&resource_type);
    bool is_whole = told;
    for (Py_ssize_t place = 0; place < resource_form.n_in_sequence; place++) {
        is_whole &= items[place] != NULL;
        if (told) PyStructSequence_SET_ITEM(told, place, items[place]);
        else Py_XDECREF(items[place]);
    }
    if (!is_whole) Py_CLEAR(told);
    return told;
}

bool told_open(PyObject *module) {
    if (!resource_type.tp_name && PyStructSequence_InitType2(&resource_type, &resource_form) < 0) return false;
    return PyModule_AddType(module, &resource_type) == 0;
}
