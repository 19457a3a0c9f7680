/* Reads rows of the binary format of PostgreSQL's COPY: `advisor.store.binary_copy`, which has the same in Python. */
#include "copy.h"

static int32_t get_32(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return (int32_t)__builtin_bswap32(value);
}

static double get_float(const uint8_t *at) {
    int32_t bits = get_32(at);
    float narrow;
    memcpy(&narrow, &bits, sizeof narrow);
    return narrow;
}

/* The next fields of one row, as numbers; where they end, or NULL where they are no figures. */
static const uint8_t *read_row(const uint8_t *at, const uint8_t *end, const Py_buffer *into, char *to) {
    for (Py_ssize_t field = 0; field < into->shape[0]; field++, to += into->strides[0]) {
        double value = NAN;
        if (end - at < LENGTH) return NULL;
        int32_t length = get_32(at);
        at += LENGTH;
        if (length != NULL_LENGTH) {
            if (length != FIGURE - LENGTH || end - at < length) return NULL;
            value = get_float(at);
            at += length;
        }
        memcpy(to, &value, sizeof value);
    }
    return at;
}

static bool read_rows(const Py_buffer *data, const Py_buffer *places, const Py_buffer *into) {
    const uint8_t *begin = data->buf, *end = begin + data->len;
    int64_t *place = places->buf;
    for (Py_ssize_t row = 0; row < into->shape[1]; row++) {
        if (place[row] < 0 || place[row] > data->len) return false;
        const uint8_t *at = read_row(begin + place[row], end, into, (char *)into->buf + row * into->strides[1]);
        if (!at) return false;
        place[row] = at - begin;
    }
    return true;
}

/* figures(data, places, into): the next fields of each row, which then goes on behind them; shape (fields, rows). */
PyObject *figures(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer data, places, into;
    PyObject *row_places, *array;
    bool is_read = false;
    if (!PyArg_ParseTuple(args, "y*OO", &data, &row_places, &array)) return NULL;
    if (take(array, &into, 2, 0, PyBUF_STRIDED)) {
        if (take(row_places, &places, 1, into.shape[1], PyBUF_CONTIG)) {
            Py_BEGIN_ALLOW_THREADS;
            is_read = read_rows(&data, &places, &into);
            Py_END_ALLOW_THREADS;
            if (!is_read) PyErr_SetString(PyExc_ValueError, "rows hold something else than figures");
            PyBuffer_Release(&places);
        }
        PyBuffer_Release(&into);
    }
    PyBuffer_Release(&data);
    return is_read ? Py_NewRef(Py_None) : NULL;
}

/* The bytes from each beginning to its end, one after the other; NULL where they lie outside of what there is. */
static PyObject *cut_out(const Py_buffer *data, const int64_t *begins, const int64_t *ends, Py_ssize_t count) {
    Py_ssize_t size = 0;
    for (Py_ssize_t one = 0; one < count; one++) {
        if (begins[one] >= ends[one]) continue;
        if (begins[one] < 0 || ends[one] > data->len)
            return PyErr_SetString(PyExc_ValueError, "pieces lie outside of what there is"), NULL;
        size += ends[one] - begins[one];
    }
    PyObject *found = PyBytes_FromStringAndSize(NULL, size);
    if (!found) return NULL;
    char *to = PyBytes_AS_STRING(found);
    Py_BEGIN_ALLOW_THREADS;
    for (Py_ssize_t one = 0; one < count; one++) {
        if (begins[one] >= ends[one]) continue;
        memcpy(to, (const char *)data->buf + begins[one], ends[one] - begins[one]);
        to += ends[one] - begins[one];
    }
    Py_END_ALLOW_THREADS;
    return found;
}

/* cut(data, begins, ends): what lies between them, as one piece. */
PyObject *cut(PyObject *module, PyObject *args) {
    (void)module;
    Py_buffer data, begins, ends;
    PyObject *first, *second, *found = NULL;
    if (!PyArg_ParseTuple(args, "y*OO", &data, &first, &second)) return NULL;
    if (take(first, &begins, 1, 0, PyBUF_CONTIG_RO)) {
        if (take(second, &ends, 1, begins.shape[0], PyBUF_CONTIG_RO)) {
            found = cut_out(&data, begins.buf, ends.buf, begins.shape[0]);
            PyBuffer_Release(&ends);
        }
        PyBuffer_Release(&begins);
    }
    PyBuffer_Release(&data);
    return found;
}
