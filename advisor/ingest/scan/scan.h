/* Reads exports of metrics where all is as nearly always, and leaves every other to Python: see `advisor.ingest.scanner`. */
#ifndef ADVISOR_SCAN_H
#define ADVISOR_SCAN_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(Py_GIL_DISABLED) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Numbers are laid out as little-endian machines have them, and objects are made one thread at a time."
#endif

/* Bytes of somebody else's. */
typedef struct {
    const uint8_t *at;
    size_t size;
} Slice;

typedef enum { LEVEL, COUNTER, HISTOGRAM, NOT_KEPT } Kind;
typedef enum { COUNT, SUM, MAX, ERRORS, VALUE } Facet;
typedef enum { UNSPECIFIED, DELTA, CUMULATIVE } Temporality;

enum { PROCESS_ROW, HOST_ROW, PART_ROW, ENTITIES };

/* One number of a snapshot that a point adds to; `place` is None where it belongs to the process or host itself. */
typedef struct {
    PyObject *place;
    Py_ssize_t column; /* among those of its entity */
    bool of_host, largest_wins;
    Facet facet;
} Target;

/* What a metric and its attributes add to: `advisor.ingest.meaning.Meaning`, laid out flat. */
typedef struct Meaning {
    struct Meaning *next, *following; /* `following` was looked up after it the last time */
    uint64_t hash, generation;
    uint8_t *key; /* the name, then the attributes */
    size_t name_size, size;
    Kind kind;
    double factor, limit;
    bool is_ratio, failed;
    Py_ssize_t targets_count, places_count;
    Target *targets;
    PyObject **places; /* where its distribution is kept whole */
} Meaning;

/* Meanings by metric and attributes, in two generations: the older goes when the younger is full. */
typedef struct {
    Meaning **slots[2];
    size_t count, most, mask;
    uint64_t seed, generation;
    Meaning *last; /* that was looked up */
} Table;

bool table_open(Table *table, size_t most, uint64_t seed);
void table_close(Table *table);
const Meaning *table_find(Table *table, Slice name, Slice attributes);
bool table_learn(Table *table, Slice name, Slice attributes, PyObject *told, const Py_ssize_t columns[ENTITIES]);
bool meaning_fill(Meaning *meaning, PyObject *told, const Py_ssize_t columns[ENTITIES]);
void meaning_free(Meaning *meaning);

/* A data point as it came; times in nanoseconds. Of buckets, `counts` is a place in `Scan.counts`. */
typedef struct {
    Slice attributes;
    uint64_t start, time, flags;
    double value;
    bool has_value, has_int, is_odd;
    const Meaning *meaning;
    double span;
    uint64_t count, zeros;
    double sum, min, max;
    bool has_sum, has_min, has_max, has_buckets;
    int64_t scale, offset;
    size_t counts, counts_count;
} Point;

typedef enum { GAUGE = 1, TOTAL = 2, EXPONENTIAL = 4, OTHER = 8 } Shape;

typedef struct {
    Slice name, whole;
    unsigned shapes;
    int64_t temporality;
    bool is_monotonic;
    size_t points_count; /* of `Scan.points`; of shapes that are left to Python too, but not kept there */
} Metric;

/* The numbers of one row in the making: `advisor.ingest.packed.Packed`. A value that nobody told is no number, and a span 0. */
typedef struct {
    PyObject *place, *whole;
    Py_ssize_t columns;
    double span, shortest; /* the longest and the shortest that its increases cover; 0 where there is none */
    bool is_told;
    double *values, *spans; /* one piece of memory */
} Row;

enum { MOST_BUCKETS = 160 }; /* room for a distribution while it is encoded */

/* One resource of an export. */
typedef struct {
    Slice whole, attributes;
    size_t points, not_kept;
    uint64_t time;
    double span;
    bool is_slow; /* to be read by Python, all of it */
    PyObject *odd, *unknown, *parts;
    Row *rows;
    size_t rows_count, rows_room;
} Resource;

typedef struct {
    uint8_t *at;
    size_t size, room;
} Buffer;

/* The resources of an export, all of them plain, side by side; times in nanoseconds. */
typedef struct {
    Buffer attributes, kinds, listening, counts, processes, hosts;
    PyObject *wholes, *parts;
    uint64_t earliest, latest;
    size_t resources, points, not_kept;
} Plain;

/* One export being read, and what is used again for the next. */
typedef struct Scan Scan;
struct Scan {
    Table table;
    Point *points;
    size_t points_count, points_room;
    uint64_t *counts;
    size_t counts_count, counts_room;
    int64_t max_scale, min_scale;
    size_t max_buckets, most_bucket_bytes;
    Py_ssize_t columns[ENTITIES]; /* how many numbers a row of each has */
    int64_t messages, most_messages;
    double past_seconds;
    PyObject *resources, *known; /* known: names of which a column keeps something */
    Resource resource;
    Plain plain;
    Py_ssize_t listening; /* a process's column */
    bool is_apart, is_again; /* each resource is told apart; some were told together, and all are to be read again */
    Slice body, scope, no_attributes;
    bool (*is_sound)(Scan *scan, Slice attributes); /* asked of attributes that nobody else looks at */
};

bool first(unsigned *seen, unsigned bit);
static inline bool same(Slice slice, const char *text, size_t size) {
    return slice.size == size && !memcmp(slice.at, text, size);
}
#define IS(slice, text) same(slice, text, sizeof(text) - 1)

void json_open(void);
bool scan_json(Scan *scan, Slice body);
bool scan_protobuf(Scan *scan, Slice body);
Point *point_next(Scan *scan);
bool count_next(Scan *scan, uint64_t count);
bool metric_end(Scan *scan, const Metric *metric);
bool resource_begin(Scan *scan);
bool resource_end(Scan *scan);
void resource_drop(Resource *resource);
void resource_free(Resource *resource);

/* PLAIN: may be put into its row. PASSED_OVER: nothing keeps it. ODD: Python reads its metric; SLOW: its resource. */
typedef enum { PLAIN, PASSED_OVER, ODD, SLOW } Fit;

Fit point_fit(Scan *scan, const Metric *metric, Point *point);
bool point_put(Scan *scan, const Point *point);
void row_put(Row *row, const Target *target, double value, double span);
bool row_add_whole(Scan *scan, Row *row, const Point *point);
Row *row_of(Scan *scan, bool of_host, PyObject *place);
bool is_plain(const Scan *scan);
bool plain_begin(Plain *plain);
bool plain_add(Scan *scan);
void plain_free(Plain *plain);
bool plain_open(PyObject *module);
PyObject *plain_told(Plain *plain);
bool told_open(PyObject *module);
PyObject *told_of(PyObject *told, PyObject **items, Py_ssize_t count);
PyObject *whole_told(const Row *row);
PyObject *row_told(const Row *row, PyObject *span);
PyObject *resource_told(const Scan *scan);

#endif
