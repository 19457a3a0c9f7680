/* The messages of OTLP/JSON. A member that is there twice is left to Python, which lets the last one hold. */
#include "json.h"

typedef struct {
    Point *point;
    unsigned seen;
    bool is_exponential;
} Reading;

static bool one_count(Scan *scan, Cursor *c, void *into) {
    uint64_t count;
    (void)into;
    return unsigned_told(c, &count) && count_next(scan, count);
}

static bool buckets_member(Scan *scan, Cursor *c, Slice key, void *into) {
    Reading *reading = into;
    Point *point = reading->point;
    if (IS(key, "bucketCounts")) {
        point->counts = scan->counts_count;
        if (!first(&reading->seen, 1 << 16) || !array(scan, c, one_count, NULL)) return false;
        point->counts_count = scan->counts_count - point->counts;
        return true;
    }
    if (IS(key, "offset")) return first(&reading->seen, 1 << 17) && signed_told(c, &point->offset);
    return skip(scan, c, 0);
}

/* What is told as text or null is no number here, whatever Python makes of it. */
static bool measured(Cursor *c, double *told, bool *has, Point *point) {
    if (!real(c, told, has)) return false;
    point->is_odd |= !*has;
    return true;
}

static bool exponential_member(Scan *scan, Cursor *c, Slice key, Reading *reading) {
    Point *point = reading->point;
    if (IS(key, "count")) return first(&reading->seen, 1 << 5) && unsigned_told(c, &point->count);
    if (IS(key, "sum")) return first(&reading->seen, 1 << 6) && measured(c, &point->sum, &point->has_sum, point);
    if (IS(key, "scale")) return first(&reading->seen, 1 << 7) && signed_told(c, &point->scale);
    if (IS(key, "zeroCount")) return first(&reading->seen, 1 << 8) && unsigned_told(c, &point->zeros);
    if (IS(key, "min")) return first(&reading->seen, 1 << 9) && measured(c, &point->min, &point->has_min, point);
    if (IS(key, "max")) return first(&reading->seen, 1 << 10) && measured(c, &point->max, &point->has_max, point);
    if (IS(key, "positive")) return first(&reading->seen, 1 << 11) && object(scan, c, buckets_member, reading);
    return skip(scan, c, 0);
}

static bool number_member(Scan *scan, Cursor *c, Slice key, Reading *reading) {
    Point *point = reading->point;
    int64_t told;
    if (IS(key, "asDouble")) return first(&reading->seen, 1 << 5) && measured(c, &point->value, &point->has_value, point);
    if (!IS(key, "asInt")) return skip(scan, c, 0);
    if (!first(&reading->seen, 1 << 6) || !signed_told(c, &told)) return false;
    point->has_int = true;
    point->value = (double)told;
    return true;
}

static bool point_member(Scan *scan, Cursor *c, Slice key, void *into) {
    Reading *reading = into;
    Point *point = reading->point;
    if (IS(key, "attributes")) return first(&reading->seen, 1) && brackets(scan, c, &point->attributes);
    if (IS(key, "timeUnixNano")) return first(&reading->seen, 2) && unsigned_told(c, &point->time);
    if (IS(key, "startTimeUnixNano")) return first(&reading->seen, 4) && unsigned_told(c, &point->start);
    if (IS(key, "flags")) return first(&reading->seen, 8) && unsigned_told(c, &point->flags);
    return reading->is_exponential ? exponential_member(scan, c, key, reading)   : number_member(scan, c, key, reading);
}

static bool one_point(Scan *scan, Cursor *c, bool is_exponential) {
    Reading reading = {point_next(scan), 0, is_exponential};
    return reading.point && object(scan, c, point_member, &reading);
}

static bool one_number(Scan *scan, Cursor *c, void *into) {
    (void)into;
    return one_point(scan, c, false);
}

static bool one_exponential(Scan *scan, Cursor *c, void *into) {
    (void)into;
    return one_point(scan, c, true);
}

static bool one_other(Scan *scan, Cursor *c, void *into) {
    ++*(size_t *)into;
    return *c->at == '{' && skip(scan, c, 0);
}

typedef struct {
    Metric *metric;
    unsigned seen;
    Element element;
} Data;

static bool data_member(Scan *scan, Cursor *c, Slice key, void *into) {
    Data *data = into;
    Metric *metric = data->metric;
    size_t before = scan->points_count;
    if (IS(key, "aggregationTemporality")) return first(&data->seen, 1) && signed_told(c, &metric->temporality);
    if (IS(key, "isMonotonic")) return first(&data->seen, 2) && boolean(c, &metric->is_monotonic);
    if (!IS(key, "dataPoints")) return skip(scan, c, 0);
    if (!first(&data->seen, 4) || !array(scan, c, data->element, &metric->points_count)) return false;
    metric->points_count += scan->points_count - before;
    return true;
}

static bool metric_member(Scan *scan, Cursor *c, Slice key, void *into) {
    Metric *metric = into;
    Data data = {metric, 0, one_number};
    unsigned shape = OTHER;
    if (IS(key, "name")) return !metric->name.at && text(c, &metric->name);
    if (IS(key, "gauge")) shape = GAUGE;
    else if (IS(key, "sum")) shape = TOTAL;
    else if (IS(key, "exponentialHistogram")) shape = EXPONENTIAL, data.element = one_exponential;
    else if (IS(key, "histogram") || IS(key, "summary")) data.element = one_other;
    else return skip(scan, c, 0);
    return first(&metric->shapes, shape) && object(scan, c, data_member, &data);
}

static bool one_metric(Scan *scan, Cursor *c, void *into) {
    (void)into;
    Metric metric = {.whole.at = c->at};
    scan->points_count = scan->counts_count = 0;
    if (!object(scan, c, metric_member, &metric)) return false;
    metric.whole.size = c->at - metric.whole.at;
    return metric_end(scan, &metric);
}

static bool scope_name(Scan *scan, Cursor *c, Slice key, void *into) {
    if (!IS(key, "name")) return skip(scan, c, 0);
    return first(into, 1) && text(c, &scan->scope);
}

/* Metrics that come before their scope's name are left to Python. */
static bool scope_member(Scan *scan, Cursor *c, Slice key, void *into) {
    unsigned *seen = into, seen_inside = 0;
    if (IS(key, "scope")) return first(seen, 1) && !(*seen & 2) && object(scan, c, scope_name, &seen_inside);
    if (IS(key, "metrics")) return first(seen, 2) && array(scan, c, one_metric, NULL);
    return skip(scan, c, 0);
}

static bool one_scope(Scan *scan, Cursor *c, void *into) {
    unsigned seen = 0;
    (void)into;
    scan->scope = (Slice){(const uint8_t *)"", 0};
    return object(scan, c, scope_member, &seen);
}

static bool who_member(Scan *scan, Cursor *c, Slice key, void *into) {
    if (!IS(key, "attributes")) return skip(scan, c, 0);
    return first(into, 4) && brackets(scan, c, &scan->resource.attributes);
}

static bool resource_member(Scan *scan, Cursor *c, Slice key, void *into) {
    if (IS(key, "resource")) return first(into, 1) && object(scan, c, who_member, into);
    if (IS(key, "scopeMetrics")) return first(into, 2) && array(scan, c, one_scope, NULL);
    return skip(scan, c, 0);
}

static bool one_resource(Scan *scan, Cursor *c, void *into) {
    unsigned seen = 0;
    (void)into;
    if (!resource_begin(scan)) return false;
    scan->resource.whole.at = c->at;
    if (!object(scan, c, resource_member, &seen)) return false;
    scan->resource.whole.size = c->at - scan->resource.whole.at;
    return resource_end(scan);
}

static bool export_member(Scan *scan, Cursor *c, Slice key, void *into) {
    if (!IS(key, "resourceMetrics")) return skip(scan, c, 0);
    return first(into, 1) && array(scan, c, one_resource, NULL);
}

static bool is_sound(Scan *scan, Slice attributes) {
    (void)scan; /* they were counted */
    Cursor c = {attributes.at};
    return skip(NULL, &c, 0) && c.at == attributes.at + attributes.size;
}

bool scan_json(Scan *scan, Slice body) {
    Cursor c = {body.at};
    unsigned seen = 0;
    scan->is_sound = is_sound;
    scan->messages = 0;
    scan->no_attributes = (Slice){(const uint8_t *)"[]", 2};
    if (!object(scan, &c, export_member, &seen)) return false;
    blank(&c);
    return c.at == body.at + body.size;
}
