/* Rows in the binary format of PostgreSQL's COPY: `advisor.store.binary`, which has the same in Python. */
#include "copy.h"

/* What rows are made of; `figures` stand in another order than the rest, which `order` tells. */
typedef struct {
    Py_buffer numbers, spans, figures, order;
    PyObject *texts, *blobs; /* None where the table has none */
    double least, greatest;
    Py_ssize_t start, end;
} Rows;

static uint8_t *put_16(uint8_t *at, uint16_t value) {
    value = __builtin_bswap16(value);
    return memcpy(at, &value, sizeof value), at + sizeof value;
}

static uint8_t *put_32(uint8_t *at, uint32_t value) {
    value = __builtin_bswap32(value);
    return memcpy(at, &value, sizeof value), at + sizeof value;
}

static uint8_t *put_64(uint8_t *at, uint64_t value) {
    value = __builtin_bswap64(value);
    return memcpy(at, &value, sizeof value), at + sizeof value;
}

static uint8_t *put_float(uint8_t *at, double value) {
    float narrow = (float)value;
    uint32_t bits;
    memcpy(&bits, &narrow, sizeof bits);
    return put_32(put_32(at, sizeof narrow), bits);
}

/* What is no number, or no measurement, is unknown; what is too small is nothing. */
static uint8_t *put_figure(const Rows *rows, uint8_t *at, double value) {
    double size = fabs(value);
    if (!(size <= rows->greatest)) return put_32(at, NULL_LENGTH);
    return put_float(at, size < rows->least ? 0.0 : value);
}

static const char *item(const Py_buffer *buffer, Py_ssize_t row) { return (const char *)buffer->buf + row * buffer->strides[0]; }

static uint8_t *put_fixed(const Rows *rows, uint8_t *at, Py_ssize_t row) {
    const char *numbers = item(&rows->numbers, row);
    double value;
    int64_t number, place;
    for (Py_ssize_t column = 0; column < rows->numbers.shape[1]; column++) {
        memcpy(&number, numbers + column * rows->numbers.strides[1], sizeof number);
        at = put_64(put_32(at, sizeof number), number);
    }
    memcpy(&value, item(&rows->spans, row), sizeof value);
    at = put_float(at, value);
    memcpy(&place, item(&rows->order, row), sizeof place);
    const char *figures = item(&rows->figures, place);
    for (Py_ssize_t column = 0; column < rows->figures.shape[1]; column++) {
        memcpy(&value, figures + column * rows->figures.strides[1], sizeof value);
        at = put_figure(rows, at, value);
    }
    return at;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, Py_ssize_t size) {
    at = put_32(at, size);
    return memcpy(at, bytes, size), at + size;
}

/* The fields without a fixed length: their size, or, with `at`, where they end once they are put there. -1 with an error. */
static Py_ssize_t loose(const Rows *rows, Py_ssize_t row, uint8_t *at) {
    uint8_t *begin = at;
    Py_ssize_t size = 0, length;
    PyObject *texts = rows->texts == Py_None ? NULL : PyList_GET_ITEM(rows->texts, row);
    for (Py_ssize_t place = 0; texts && place < PyTuple_GET_SIZE(texts); place++) {
        const char *text = PyUnicode_AsUTF8AndSize(PyTuple_GET_ITEM(texts, place), &length);
        if (!text) return -1;
        if (at) at = put_bytes(at, text, length);
        size += LENGTH + length;
    }
    if (rows->blobs == Py_None) return at ? at - begin : size;
    PyObject *blob = PyList_GET_ITEM(rows->blobs, row);
    if (blob != Py_None && !PyBytes_Check(blob)) return PyErr_SetString(PyExc_TypeError, "a distribution is bytes"), -1;
    if (at && blob == Py_None) at = put_32(at, NULL_LENGTH);
    else if (at) at = put_bytes(at, PyBytes_AS_STRING(blob), PyBytes_GET_SIZE(blob));
    return at ? at - begin : size + LENGTH + (blob == Py_None ? 0 : PyBytes_GET_SIZE(blob));
}

static PyObject *encoded(const Rows *rows) {
    Py_ssize_t numbers = rows->numbers.shape[1], figures = rows->figures.shape[1], size = 0;
    Py_ssize_t texts = rows->texts == Py_None || rows->start == rows->end ? 0 : PyTuple_GET_SIZE(PyList_GET_ITEM(rows->texts, rows->start));
    for (Py_ssize_t row = rows->start; row < rows->end; row++) {
        Py_ssize_t more = loose(rows, row, NULL);
        if (more < 0) return NULL;
        size += COUNT + WHOLE * numbers + FIGURE * (1 + figures) + more;
    }
    PyObject *told = PyBytes_FromStringAndSize(NULL, size);
    if (!told) return NULL;
    uint8_t *begin = (uint8_t *)PyBytes_AS_STRING(told), *at = begin;
    for (Py_ssize_t row = rows->start; row < rows->end; row++) {
        at = put_16(at, numbers + 1 + figures + texts + (rows->blobs != Py_None));
        at = put_fixed(rows, at, row);
        at += loose(rows, row, at);
    }
    return _PyBytes_Resize(&told, at - begin), told;
}

bool take(PyObject *array, Py_buffer *buffer, int dimensions, Py_ssize_t least, int flags) {
    if (PyObject_GetBuffer(array, buffer, flags) < 0) return false;
    if (buffer->ndim == dimensions && buffer->itemsize == 8 && buffer->shape[0] >= least) return true;
    PyBuffer_Release(buffer);
    return PyErr_SetString(PyExc_ValueError, "an array has another form than rows have"), false;
}

/* Whether all that is read lies within what there is. */
static bool is_sound(const Rows *rows) {
    int64_t place;
    if (rows->start < 0 || rows->start > rows->end) return false;
    for (Py_ssize_t row = rows->start; row < rows->end; row++) {
        memcpy(&place, item(&rows->order, row), sizeof place);
        if (place < 0 || place >= rows->figures.shape[0]) return false;
        if (rows->texts != Py_None && !PyTuple_Check(PyList_GET_ITEM(rows->texts, row))) return false;
    }
    return true;
}

static bool has(PyObject *list, Py_ssize_t rows) { return list == Py_None || (PyList_Check(list) && PyList_GET_SIZE(list) >= rows); }

static PyObject *rows_encoded(PyObject *module, PyObject *args) {
    (void)module;
    Rows rows;
    PyObject *arrays[4], *told = NULL;
    Py_buffer *buffers[] = {&rows.numbers, &rows.spans, &rows.order, &rows.figures};
    int dimensions[] = {2, 1, 1, 2}, taken = 0;
    if (!PyArg_ParseTuple(args, "OOOOOO(dd)nn", &arrays[0], &arrays[1], &arrays[2], &arrays[3], &rows.texts, &rows.blobs,
                          &rows.least, &rows.greatest, &rows.start, &rows.end))
        return NULL;
    if (!has(rows.texts, rows.end) || !has(rows.blobs, rows.end))
        return PyErr_SetString(PyExc_ValueError, "texts and distributions are lists, one for each row"), NULL;
    while (taken < 4 && take(arrays[taken], buffers[taken], dimensions[taken], taken < 3 ? rows.end : 0, PyBUF_STRIDED_RO)) taken++;
    if (taken == 4 && is_sound(&rows)) told = encoded(&rows);
    else if (taken == 4) PyErr_SetString(PyExc_ValueError, "rows lie outside of what there is");
    while (taken) PyBuffer_Release(buffers[--taken]);
    return told;
}

static PyMethodDef methods[] = {{"rows", rows_encoded, METH_VARARGS, NULL},
                                {"figures", figures, METH_VARARGS, NULL},
                                {"cut", cut, METH_VARARGS, NULL},
                                {"taken", taken, METH_VARARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_copy", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__copy(void) { return PyModule_Create(&module); }
