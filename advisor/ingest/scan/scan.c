/* The Python side: `Scanner`, and what becomes of metrics and resources once they are read. */
#include "scan.h"

enum { MOST_UNKNOWN = 4096 };

/* Whether it is the first of its kind in its object or message. */
bool first(unsigned *seen, unsigned bit) {
    bool is_first = !(*seen & bit);
    *seen |= bit;
    return is_first;
}

static bool grown(void **items, size_t *room, size_t size) {
    size_t more = *room * 2 + 64;
    void *given = PyMem_Realloc(*items, more * size);
    if (!given) return PyErr_NoMemory(), false;
    *items = given;
    *room = more;
    return true;
}

Point *point_next(Scan *scan) {
    if (scan->points_count == scan->points_room && !grown((void **)&scan->points, &scan->points_room, sizeof *scan->points))
        return NULL;
    Point *point = &scan->points[scan->points_count++];
    *point = (Point){.attributes = scan->no_attributes};
    return point;
}

bool count_next(Scan *scan, uint64_t count) {
    if (scan->counts_count == scan->counts_room && !grown((void **)&scan->counts, &scan->counts_room, sizeof *scan->counts))
        return false;
    scan->counts[scan->counts_count++] = count;
    return true;
}

static bool append_pair(PyObject *list, Slice one, Slice other) {
    PyObject *pair = Py_BuildValue("(y#y#)", one.at, (Py_ssize_t)one.size, other.at, (Py_ssize_t)other.size);
    bool is_added = pair && PyList_Append(list, pair) == 0;
    Py_XDECREF(pair);
    return is_added;
}

/* 1 where some column keeps something of this metric, 0 where none does, -1 with an error. */
static int is_known(const Scan *scan, Slice name) {
    PyObject *key = PyBytes_FromStringAndSize((const char *)name.at, name.size);
    int found = key ? PySet_Contains(scan->known, key) : -1;
    Py_XDECREF(key);
    return found;
}

static bool pass_over(Scan *scan, const Metric *metric) {
    scan->resource.not_kept += metric->points_count;
    for (Point *point = scan->points; point < scan->points + scan->points_count; point++)
        if (!scan->is_sound(scan, point->attributes)) return false;
    return true;
}

static bool note_unknown(Scan *scan, const Metric *metric) {
    PyObject *unknown = scan->resource.unknown;
    for (Point *point = scan->points; point < scan->points + scan->points_count; point++)
        if (!table_find(&scan->table, metric->name, point->attributes) && PyList_GET_SIZE(unknown) < MOST_UNKNOWN &&
            !append_pair(unknown, metric->name, point->attributes))
            return false;
    return true;
}

static bool put_all(Scan *scan) {
    for (Point *point = scan->points; point < scan->points + scan->points_count; point++) {
        if (point->meaning->kind == NOT_KEPT) scan->resource.not_kept++;
        else if (!point_put(scan, point)) return false;
    }
    return true;
}

/* A metric goes into its rows as a whole, or not at all. */
bool metric_end(Scan *scan, const Metric *metric) {
    Resource *resource = &scan->resource;
    Fit worst = metric->shapes == OTHER ? ODD : PLAIN;
    resource->points += metric->points_count;
    if (metric->shapes & (metric->shapes - 1)) return false;
    bool is_met = metric->name.at && metric->shapes != OTHER && !resource->is_slow;
    for (Point *point = scan->points; point < scan->points + scan->points_count && is_met; point++) {
        Fit fit = point_fit(scan, metric, point);
        if (fit > worst) worst = fit;
        is_met = point->meaning;
    }
    int known = is_met ? 1 : is_known(scan, metric->name);
    if (known < 1) return known == 0 && pass_over(scan, metric);
    if (resource->is_slow || worst == SLOW) {
        resource->is_slow = true;
        return note_unknown(scan, metric);
    }
    if (worst == ODD) return append_pair(resource->odd, scan->scope, metric->whole);
    return put_all(scan);
}

bool resource_end(Scan *scan) {
    if (!scan->is_apart && is_plain(scan)) return plain_add(scan);
    scan->is_again = !scan->is_apart && scan->plain.resources;
    scan->is_apart = true;
    if (scan->is_again) return false;
    PyObject *told = resource_told(scan);
    bool is_added = told && PyList_Append(scan->resources, told) == 0;
    Py_XDECREF(told);
    return is_added;
}

typedef struct {
    PyObject_HEAD
    PyThread_type_lock lock;
    Scan scan;
} Scanner;

/* One thread at a time: making an object may set off the search for garbage, whose last words are Python and may let
 * other threads have their turn.
 */
static void take(Scanner *self) {
    if (PyThread_acquire_lock(self->lock, NOWAIT_LOCK)) return;
    Py_BEGIN_ALLOW_THREADS
    PyThread_acquire_lock(self->lock, WAIT_LOCK);
    Py_END_ALLOW_THREADS
}

static int scanner_init(Scanner *self, PyObject *args, PyObject *named) {
    static char *names[] = {"known",        "most",     "seed",         "scales",  "buckets",
                            "past_seconds", "messages", "bucket_bytes", "columns", "listening", NULL};
    Scan *scan = &self->scan;
    unsigned long long seed;
    Py_ssize_t most, buckets, bucket_bytes;
    long long least, greatest, messages;
    if (scan->known) return PyErr_SetString(PyExc_RuntimeError, "a scanner begins once"), -1;
    Py_ssize_t *columns = scan->columns;
    if (!PyArg_ParseTupleAndKeywords(args, named, "O!nK(LL)ndLn(nnn)n", names, &PyFrozenSet_Type, &scan->known, &most,
                                     &seed, &least, &greatest, &buckets, &scan->past_seconds, &messages, &bucket_bytes,
                                     &columns[PROCESS_ROW], &columns[HOST_ROW], &columns[PART_ROW], &scan->listening))
        return scan->known = NULL, -1;
    Py_INCREF(scan->known);
    scan->most_messages = messages;
    scan->most_bucket_bytes = bucket_bytes;
    scan->min_scale = least;
    scan->max_scale = greatest;
    scan->max_buckets = buckets < MOST_BUCKETS ? buckets : MOST_BUCKETS;
    self->lock = PyThread_allocate_lock();
    if (!self->lock) return PyErr_NoMemory(), -1;
    return table_open(&scan->table, most, seed) ? 0 : -1;
}

static void scanner_free(Scanner *self) {
    Scan *scan = &self->scan;
    resource_free(&scan->resource);
    plain_free(&scan->plain);
    PyMem_Free(scan->points);
    PyMem_Free(scan->counts);
    table_close(&scan->table);
    Py_CLEAR(scan->known);
    if (self->lock) PyThread_free_lock(self->lock);
    Py_CLEAR(scan->resources);
    Py_TYPE(self)->tp_free(self);
}

static bool read_once(Scan *scan, bool (*read)(Scan *, Slice)) {
    scan->is_again = false;
    Py_XSETREF(scan->resources, PyList_New(0));
    return scan->resources && plain_begin(&scan->plain) && read(scan, scan->body);
}

/* What was read: together where all is plain, else each resource apart; NULL where it could not be told. */
static PyObject *all_told(Scan *scan) {
    return scan->plain.resources && !scan->is_apart ? plain_told(&scan->plain) : Py_NewRef(scan->resources);
}

static PyObject *read_body(Scanner *self, PyObject *args, bool (*read)(Scan *, Slice)) {
    Scan *scan = &self->scan;
    PyObject *body;
    int is_apart = false;
    if (!PyArg_ParseTuple(args, "O!|p", &PyBytes_Type, &body, &is_apart)) return NULL;
    take(self);
    scan->body = (Slice){(const uint8_t *)PyBytes_AS_STRING(body), PyBytes_GET_SIZE(body)};
    scan->is_apart = is_apart;
    bool is_read = read_once(scan, read) || (scan->is_again && read_once(scan, read));
    PyObject *told = is_read ? all_told(scan) : NULL;
    Py_CLEAR(scan->resources);
    resource_drop(&scan->resource);
    PyThread_release_lock(self->lock);
    if (told || PyErr_Occurred()) return told;
    Py_RETURN_NONE;
}

static PyObject *scanner_json(Scanner *self, PyObject *args) { return read_body(self, args, scan_json); }

static PyObject *scanner_protobuf(Scanner *self, PyObject *args) { return read_body(self, args, scan_protobuf); }

static PyObject *scanner_learn(Scanner *self, PyObject *args) {
    Slice name, attributes;
    Py_ssize_t name_size, attributes_size;
    PyObject *told;
    if (!PyArg_ParseTuple(args, "y#y#O", &name.at, &name_size, &attributes.at, &attributes_size, &told)) return NULL;
    name.size = name_size;
    attributes.size = attributes_size;
    take(self);
    bool is_learned = table_learn(&self->scan.table, name, attributes, told, self->scan.columns);
    PyThread_release_lock(self->lock);
    if (!is_learned) return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef scanner_methods[] = {
    {"json", (PyCFunction)scanner_json, METH_VARARGS, NULL},
    {"protobuf", (PyCFunction)scanner_protobuf, METH_VARARGS, NULL},
    {"learn", (PyCFunction)scanner_learn, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject scanner_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "advisor.ingest._scan.Scanner",
    .tp_basicsize = sizeof(Scanner),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)scanner_init,
    .tp_dealloc = (destructor)scanner_free,
    .tp_methods = scanner_methods,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_scan", NULL, -1, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__scan(void) {
    json_open();
    PyObject *made = PyModule_Create(&module);
    if (made && (PyModule_AddType(made, &scanner_type) < 0 || !told_open(made) || !plain_open(made))) Py_CLEAR(made);
    return made;
}
