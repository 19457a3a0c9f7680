/* Takes rows of COPY from the driver's own library, which gives each in memory of its own. */
#include "copy.h"

/* Functions of libpq, and a connection of it. */
typedef struct {
    int (*consume)(void *connection);
    int (*get)(void *connection, char **row, int is_not_waiting);
    void (*release)(void *row);
    void *connection;
} Source;

/* Bytes that grow. */
typedef struct {
    char *bytes;
    size_t size, room;
} Heap;

enum { FIRST_ROOM = 64 << 10, NOTHING_YET = 0, FAILED = -2, NO_MEMORY = -3 };

static bool put(Heap *heap, const void *bytes, size_t size) {
    if (heap->room - heap->size < size) {
        size_t room = heap->room ? 2 * heap->room : FIRST_ROOM;
        while (room - heap->size < size) room *= 2;
        char *more = realloc(heap->bytes, room);
        if (!more) return false;
        heap->bytes = more, heap->room = room;
    }
    memcpy(heap->bytes + heap->size, bytes, size);
    heap->size += size;
    return true;
}

/* All rows that have come, and those that come meanwhile, but not many more than enough; what the library said last. */
static int take_all(const Source *source, size_t enough, Heap *rows, Heap *sizes) {
    for (;;) {
        size_t before = rows->size;
        char *row = NULL;
        int size;
        if (!source->consume(source->connection)) return FAILED;
        while ((size = source->get(source->connection, &row, 1)) > 0) {
            int64_t wide = size;
            bool is_kept = put(rows, row, size) && put(sizes, &wide, sizeof wide);
            source->release(row);
            if (!is_kept) return NO_MEMORY;
        }
        if (size != NOTHING_YET || rows->size == before || rows->size > enough) return size;
    }
}

static PyObject *told(int said, const Heap *rows, const Heap *sizes) {
    if (said == NO_MEMORY) return PyErr_NoMemory();
    return Py_BuildValue("iNN", said, PyBytes_FromStringAndSize(rows->bytes, rows->size),
                         PyBytes_FromStringAndSize(sizes->bytes, sizes->size));
}

/* taken((consume, get, release), connection, enough): what the library said last, the rows one behind the other, and their
   sizes. The first are addresses of functions; whoever calls answers for them and for the connection. */
PyObject *taken(PyObject *module, PyObject *args) {
    (void)module;
    unsigned long long consume, get, release, connection;
    Py_ssize_t enough;
    Heap rows = {0}, sizes = {0};
    int said;
    if (!PyArg_ParseTuple(args, "(KKK)Kn", &consume, &get, &release, &connection, &enough)) return NULL;
    Source source = {(int (*)(void *))consume, (int (*)(void *, char **, int))get, (void (*)(void *))release, (void *)connection};
    Py_BEGIN_ALLOW_THREADS;
    said = take_all(&source, enough, &rows, &sizes);
    Py_END_ALLOW_THREADS;
    PyObject *found = told(said, &rows, &sizes);
    free(rows.bytes);
    free(sizes.bytes);
    return found;
}
