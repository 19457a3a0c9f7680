/* Which points are as nearly all are, and where they go. The long way, and the reasons, are in `advisor.ingest.sorter`. */
#include "scan.h"

#include <math.h>

static Fit fit_time(Scan *scan, Point *point, bool covers) {
    Resource *resource = &scan->resource;
    if (!point->time) return ODD;
    if (!resource->time) resource->time = point->time;
    if (point->time != resource->time) return SLOW;
    if (!covers) return PLAIN;
    uint64_t until_us = point->time / 1000, since_us = point->start / 1000;
    if (until_us <= since_us) return ODD;
    point->span = (double)(until_us - since_us) / 1e6;
    return point->span <= scan->past_seconds ? PLAIN : ODD;
}

static bool is_told_by(const Target *target, const Point *point) {
    switch (target->facet) {
        case SUM: return point->has_sum;
        case MAX: return point->has_max && point->count;
        case VALUE: return false;
        default: return true;
    }
}

static bool is_true(bool has, double value, double limit) { return !has || (value >= 0.0 && value <= limit); }

static Fit fit_distribution(Scan *scan, const Metric *metric, Point *point) {
    const Meaning *meaning = point->meaning;
    bool is_told = false;
    if (metric->shapes != EXPONENTIAL || metric->temporality != DELTA || meaning->factor != 1.0) return ODD;
    if (point->scale < scan->min_scale || point->scale > scan->max_scale) return ODD;
    if (point->counts_count > scan->max_buckets || llabs(point->offset) > INT32_MAX) return ODD;
    if (!is_true(true, (double)point->count, meaning->limit)) return ODD;
    if (!is_true(point->has_sum, point->sum, meaning->limit)) return ODD;
    if (!is_true(point->has_max, point->max, meaning->limit)) return ODD;
    if (point->has_min && !isfinite(point->min)) return ODD;
    for (Py_ssize_t place = 0; place < meaning->targets_count; place++)
        is_told |= is_told_by(&meaning->targets[place], point);
    return is_told ? fit_time(scan, point, true) : ODD;
}

static Fit fit_number(Scan *scan, const Metric *metric, Point *point) {
    const Meaning *meaning = point->meaning;
    bool is_level = metric->shapes == GAUGE || (metric->shapes == TOTAL && metric->temporality == CUMULATIVE);
    bool is_increase = metric->shapes == TOTAL && metric->temporality == DELTA && metric->is_monotonic;
    if (!(meaning->kind == LEVEL ? is_level : is_increase)) return ODD;
    if (point->has_value == point->has_int) return ODD;
    point->value *= meaning->factor;
    if (!(point->value >= 0.0 && point->value <= meaning->limit)) return ODD;
    if (meaning->is_ratio && point->value > 1.0) point->value = 1.0;
    return fit_time(scan, point, is_increase);
}

Fit point_fit(Scan *scan, const Metric *metric, Point *point) {
    point->meaning = table_find(&scan->table, metric->name, point->attributes);
    if (!point->meaning) return SLOW;
    if (point->is_odd || point->flags) return ODD;
    if (point->meaning->kind == NOT_KEPT) return PASSED_OVER;
    if (point->meaning->kind == HISTOGRAM) return fit_distribution(scan, metric, point);
    return fit_number(scan, metric, point);
}

static double facet(const Point *point, Facet facet) {
    switch (facet) {
        case COUNT: return (double)point->count;
        case SUM: return point->sum;
        case MAX: return point->max;
        default: return point->meaning->failed ? (double)point->count : 0.0;
    }
}

static bool put_distribution(Scan *scan, const Point *point) {
    const Meaning *meaning = point->meaning;
    for (const Target *target = meaning->targets; target < meaning->targets + meaning->targets_count; target++) {
        if (!is_told_by(target, point)) continue;
        Row *row = row_of(scan, target->of_host, target->place);
        if (!row) return false;
        row_put(row, target, facet(point, target->facet), point->span);
    }
    for (Py_ssize_t place = 0; place < meaning->places_count; place++) {
        Row *row = row_of(scan, false, meaning->places[place]);
        if (!row || !row_add_whole(scan, row, point)) return false;
    }
    return true;
}

bool point_put(Scan *scan, const Point *point) {
    const Meaning *meaning = point->meaning;
    if (point->span > scan->resource.span) scan->resource.span = point->span;
    if (meaning->kind == HISTOGRAM) return put_distribution(scan, point);
    for (const Target *target = meaning->targets; target < meaning->targets + meaning->targets_count; target++) {
        Row *row = row_of(scan, target->of_host, target->place);
        if (!row) return false;
        row_put(row, target, point->value, point->span);
    }
    return true;
}
