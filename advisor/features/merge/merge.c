/* Quantiles of what fell into each cell, straight from encoded distributions: `advisor.features.quantiles`, which has
 * the same in Python. What is packed how is told by `advisor.features.packing` and `Histogram.encode`. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Doubles are taken as they lie, as little-endian machines have them."
#endif

/* As in `advisor.features.packing`, `histogram` and `buckets`. */
enum { VERSION = 1, MORE = 0x80, HEAD = 4, MIN_TOLD = 1, MAX_TOLD = 2, MAX_BUCKETS = 160, POWERS = 1000 };
static const double ROUNDING = 1 - 1e-12;

/* Places further off than any duration, and scales beyond any: both still fit after all that is done to them. */
static const double FAR = 0x1p40, COARSEST = -60, FINEST = 20;

typedef struct {
    const uint8_t *counts, *end; /* where they lie, and what follows: the sum and the extremes */
    int64_t size, scale, offset;
    double zeros, low, high; /* the last two NaN where unknown */
} Told;

typedef struct {
    bool is_told, has_buckets;
    int64_t scale, first, last;
    double zeros, counts[MAX_BUCKETS], low, high;
} Cell;

typedef struct {
    Py_buffer data, begins, ends, cells, shares, into;
    Cell *found;
    const char *wrong;
} Merge;

static int64_t bounded(int64_t value, int64_t most) { return value > most ? most : value < -most ? -most : value; }

/* The next integer, as exactly as a double holds it; where it ends, or NULL where it is cut off. What is added up may have
 * more than 64 bits: whoever sends counts may send many of 2^64. */
static const uint8_t *read_integer(const uint8_t *at, const uint8_t *end, double *integer) {
    uint64_t value = 0;
    for (int bits = 0; at < end && bits < 63; bits += 7) {
        value |= (uint64_t)(*at & (MORE - 1)) << bits;
        if (*at++ < MORE) return *integer = value & 1 ? -(double)(int64_t)(value >> 1) - 1 : (double)(int64_t)(value >> 1), at;
    }
    double wide = value, unit = 0x1p63;
    for (; at < end; unit *= MORE) {
        wide += (*at & (MORE - 1)) * unit;
        if (*at++ < MORE) return *integer = (value & 1 ? -wide : wide) / 2, at;
    }
    return NULL;
}

static double read_double(const uint8_t *at) {
    double value;
    return memcpy(&value, at, sizeof value), value;
}

static bool is_flagged(double flags, int flag) { return (int)fmin(fmax(flags, 0), MIN_TOLD | MAX_TOLD) & flag; }

/* One distribution; what is wrong with it, or NULL. */
static const char *read_told(const uint8_t *at, const uint8_t *end, Told *told) {
    static const char *const cut = "packed numbers are cut off";
    double head[HEAD], count, skipped;
    if (at >= end || *at != VERSION) return "packed numbers of another version than 1";
    if (!(at = read_integer(at + 1, end, &count))) return cut;
    if (!(count >= HEAD && count <= end - at)) return "a stored histogram is cut off";
    for (int one = 0; one < HEAD; one++)
        if (!(at = read_integer(at, end, &head[one]))) return cut;
    if (!(head[0] >= COARSEST && head[0] <= FINEST)) return "a stored histogram has a scale beyond any";
    *told = (Told){at, NULL, count - HEAD, head[0], fmin(fmax(head[3], -FAR), FAR), head[2], NAN, NAN};
    for (int64_t one = 0; one < told->size; one++)
        if (!(at = read_integer(at, end, &skipped))) return cut;
    told->end = at;
    bool has_min = is_flagged(head[1], MIN_TOLD), has_max = is_flagged(head[1], MAX_TOLD);
    if (end - at != (Py_ssize_t)sizeof(double) * (1 + has_min + has_max)) return "a stored histogram is cut off";
    if (has_min) told->low = read_double(at + sizeof(double));
    if (has_max) told->high = read_double(at + sizeof(double) * (1 + has_min));
    return NULL;
}

/* The bucket of a coarser scale that holds this one; far-off ones fold into the outermost. */
static int64_t shift(int64_t index, int64_t scale, int64_t target) {
    int64_t down = scale - target < 63 ? scale - target : 63;
    return bounded(index >> down, target > 0 ? (int64_t)POWERS << target : -(-(int64_t)POWERS >> -target));
}

static const char *read_one(const Merge *merge, Py_ssize_t place, Told *told) {
    const int64_t *begins = merge->begins.buf, *ends = merge->ends.buf;
    const uint8_t *data = merge->data.buf;
    if (begins[place] < 0 || begins[place] > ends[place] || ends[place] > merge->data.len)
        return "packed numbers lie elsewhere";
    return read_told(data + begins[place], data + ends[place], told);
}

static Cell *cell_of(const Merge *merge, Py_ssize_t place) { return merge->found + ((const int64_t *)merge->cells.buf)[place]; }

static bool counts_anything(const Told *told) { return told->zeros || told->size; }

/* All but the buckets. What is unknown of one is unknown of all. */
static void meet(Cell *cell, const Told *told) {
    bool is_first = !cell->is_told;
    if (is_first || told->scale < cell->scale) cell->scale = told->scale;
    if (is_first || isnan(told->low) || told->low < cell->low) cell->low = told->low;
    if (is_first || isnan(told->high) || told->high > cell->high) cell->high = told->high;
    cell->zeros += told->zeros;
    cell->is_told = true;
}

/* Read all but the buckets; what is wrong with any, or NULL. */
static const char *look(const Merge *merge) {
    Told told;
    for (Py_ssize_t place = 0; place < merge->begins.shape[0]; place++) {
        int64_t number = ((const int64_t *)merge->cells.buf)[place];
        if (number < 0 || number >= merge->into.shape[1]) return "a cell lies outside of what there is";
        const char *wrong = read_one(merge, place, &told);
        if (wrong) return wrong;
        if (!counts_anything(&told)) continue;
        meet(cell_of(merge, place), &told);
    }
    return NULL;
}

/* Where the buckets of each cell begin and end, as narrow as there is room for them. */
static void measure(const Merge *merge) {
    Told told;
    for (Py_ssize_t place = 0; place < merge->begins.shape[0]; place++) {
        read_one(merge, place, &told);
        if (!told.size) continue;
        Cell *cell = cell_of(merge, place);
        int64_t first = shift(told.offset, told.scale, cell->scale);
        int64_t last = shift(told.offset + told.size - 1, told.scale, cell->scale);
        if (!cell->has_buckets || first < cell->first) cell->first = first;
        if (!cell->has_buckets || last > cell->last) cell->last = last;
        cell->has_buckets = true;
    }
    for (Cell *cell = merge->found; cell < merge->found + merge->into.shape[1]; cell++)
        for (; cell->last - cell->first >= MAX_BUCKETS; cell->scale--) {
            cell->first = shift(cell->first, cell->scale, cell->scale - 1);
            cell->last = shift(cell->last, cell->scale, cell->scale - 1);
        }
}

static void fill(const Merge *merge) {
    Told told;
    double count;
    for (Py_ssize_t place = 0; place < merge->begins.shape[0]; place++) {
        read_one(merge, place, &told);
        Cell *cell = cell_of(merge, place);
        for (int64_t one = 0; one < told.size; one++) {
            told.counts = read_integer(told.counts, told.end, &count);
            cell->counts[shift(told.offset + one, told.scale, cell->scale) - cell->first] += count;
        }
    }
}

/* The bucket that holds the observation of this rank, and how far inside: `Histogram._locate`. */
static double locate(const Cell *cell, double rank) {
    double seen = cell->zeros, least = rank * ROUNDING;
    int64_t size = cell->last - cell->first + 1;
    for (int64_t place = 0; place < size; place++) {
        double count = cell->counts[place];
        if (count && least <= seen + count) return cell->first + place + fmin(1.0, fmax(0.0, rank - seen) / count);
        seen += count;
    }
    return cell->last + 1.0;
}

/* As `Histogram.quantile`. */
static double quantile(const Cell *cell, double share) {
    double count = cell->zeros;
    for (int64_t place = 0; place < MAX_BUCKETS; place++) count += cell->counts[place];
    if (!count) return NAN;
    double rank = share * count;
    if (!cell->has_buckets || (cell->zeros && rank * ROUNDING <= cell->zeros)) return 0.0;
    double position = locate(cell, rank) * exp2(-cell->scale);
    return fmin(fmax(exp2(fmin(fmax(position, -POWERS), POWERS)), cell->low), cell->high); /* NaN bounds nothing */
}

static void tell(const Merge *merge) {
    const double *shares = merge->shares.buf;
    for (Py_ssize_t share = 0; share < merge->into.shape[0]; share++)
        for (Py_ssize_t cell = 0; cell < merge->into.shape[1]; cell++)
            ((double *)merge->into.buf)[share * merge->into.shape[1] + cell] = quantile(merge->found + cell, shares[share]);
}

static void work(Merge *merge) {
    if ((merge->wrong = look(merge))) return;
    measure(merge);
    fill(merge);
    tell(merge);
}

static PyObject *merged(Merge *merge) {
    if (!(merge->found = PyMem_RawCalloc(merge->into.shape[1] + 1, sizeof(Cell)))) return PyErr_NoMemory();
    Py_BEGIN_ALLOW_THREADS;
    work(merge);
    Py_END_ALLOW_THREADS;
    PyMem_RawFree(merge->found);
    return merge->wrong ? PyErr_SetString(PyExc_ValueError, merge->wrong), NULL : Py_NewRef(Py_None);
}

/* An array of numbers of eight bytes, with at least so many along its first dimension. */
static bool take(PyObject *array, Py_buffer *buffer, int dimensions, Py_ssize_t least, int flags) {
    if (PyObject_GetBuffer(array, buffer, flags) < 0) return false;
    if (buffer->ndim == dimensions && buffer->itemsize == 8 && buffer->shape[0] >= least) return true;
    PyBuffer_Release(buffer);
    return PyErr_SetString(PyExc_ValueError, "an array has another form than distributions have"), false;
}

/* quantiles(data, begins, ends, cells, shares, into): the shares of each cell, shape (shares, cells). */
static PyObject *quantiles(PyObject *module, PyObject *args) {
    (void)module;
    Merge merge;
    PyObject *arrays[5], *told = NULL;
    Py_buffer *buffers[] = {&merge.begins, &merge.ends, &merge.cells, &merge.into, &merge.shares};
    int taken = 0;
    if (!PyArg_ParseTuple(args, "y*OOOOO", &merge.data, &arrays[0], &arrays[1], &arrays[2], &arrays[4], &arrays[3])) return NULL;
    while (taken < 5) {
        Py_ssize_t least = taken == 4 ? merge.into.shape[0] : taken && taken < 3 ? merge.begins.shape[0] : 0;
        bool is_into = taken == 3;
        if (!take(arrays[taken], buffers[taken], is_into ? 2 : 1, least, is_into ? PyBUF_CONTIG : PyBUF_CONTIG_RO)) break;
        taken++;
    }
    if (taken == 5) told = merged(&merge);
    while (taken) PyBuffer_Release(buffers[--taken]);
    PyBuffer_Release(&merge.data);
    return told;
}

static PyMethodDef methods[] = {{"quantiles", quantiles, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_merge", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__merge(void) { return PyModule_Create(&module); }
