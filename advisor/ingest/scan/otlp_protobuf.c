/* The messages of OTLP/protobuf, by the field numbers of opentelemetry-proto 1.x. Messages are counted as
 * `advisor.ingest.protobuf_scan` counts them. What is there twice and would be merged, what refers to traces, and text
 * that is not ASCII are left to Python.
 */
#include "protobuf.h"

static bool any_member(Scan *scan, const Field *field, void *into) {
    static const int types[] = {-1, BYTES, VARINT, VARINT, FIXED64};
    (void)scan, (void)into;
    return field->number < 5 && field->type == types[field->number] && passed(field);
}

static bool pair_member(Scan *scan, const Field *field, void *into) {
    if (field->number == 1) return ascii(field);
    return field->number == 2 && first(into, 1) && message(scan, field, any_member, NULL);
}

/* Attributes are known by the bytes of all of them, which must stand together. */
static bool one_attribute(Scan *scan, const Field *field, Slice *all) {
    unsigned seen = 0;
    if (!all->size) all->at = field->begin;
    if (all->at + all->size != field->begin) return false;
    all->size += field->end - field->begin;
    return message(scan, field, pair_member, &seen);
}

static bool number_member(Scan *scan, const Field *field, void *into) {
    Point *point = into;
    switch (field->number << 3 | field->type) {
        case 7 << 3 | BYTES: return one_attribute(scan, field, &point->attributes);
        case 2 << 3 | FIXED64: return point->start = field->value, true;
        case 3 << 3 | FIXED64: return point->time = field->value, true;
        case 4 << 3 | FIXED64:
            point->has_int = false;
            return point->has_value = true, point->value = as_double(field->value), true;
        case 6 << 3 | FIXED64:
            point->has_value = false;
            return point->has_int = true, point->value = (double)(int64_t)field->value, true;
        case 8 << 3 | VARINT: return point->flags = field->value, true;
        default: return false;
    }
}

static bool packed_counts(Scan *scan, Slice packed) {
    Wire wire = {packed.at, packed.at + packed.size};
    uint64_t count;
    while (wire.at < wire.end)
        if (!varint(&wire, &count) || !count_next(scan, count)) return false;
    return true;
}

static bool buckets_member(Scan *scan, const Field *field, void *into) {
    Point *point = into;
    if (field->number == 1 && field->type == VARINT) {
        point->offset = unfolded(field->value);
        return field->value <= UINT32_MAX;
    }
    if (field->number != 2 || field->type != BYTES || !packed_counts(scan, field->bytes)) return false;
    point->counts_count = scan->counts_count - point->counts;
    return true;
}

static bool negative_member(Scan *scan, const Field *field, void *into) {
    (void)scan, (void)into;
    return passed(field);
}

static bool positive(Scan *scan, const Field *field, Point *point) {
    if (point->has_buckets || field->bytes.size > scan->most_bucket_bytes) return false;
    point->has_buckets = true;
    point->counts = scan->counts_count;
    return message(scan, field, buckets_member, point);
}

static bool exponential_member(Scan *scan, const Field *field, void *into) {
    Point *point = into;
    switch (field->number << 3 | field->type) {
        case 1 << 3 | BYTES: return one_attribute(scan, field, &point->attributes);
        case 2 << 3 | FIXED64: return point->start = field->value, true;
        case 3 << 3 | FIXED64: return point->time = field->value, true;
        case 4 << 3 | FIXED64: return point->count = field->value, true;
        case 5 << 3 | FIXED64: return point->has_sum = true, point->sum = as_double(field->value), true;
        case 6 << 3 | VARINT: return point->scale = unfolded(field->value), field->value <= UINT32_MAX;
        case 7 << 3 | FIXED64: return point->zeros = field->value, true;
        case 8 << 3 | BYTES: return positive(scan, field, point);
        case 9 << 3 | BYTES: return message(scan, field, negative_member, NULL);
        case 10 << 3 | VARINT: return point->flags = field->value, true;
        case 12 << 3 | FIXED64: return point->has_min = true, point->min = as_double(field->value), true;
        case 13 << 3 | FIXED64: return point->has_max = true, point->max = as_double(field->value), true;
        case 14 << 3 | FIXED64: return true;
        default: return false;
    }
}

/* A histogram with explicit bounds: Python reads it, if anybody does. */
static bool explicit_member(Scan *scan, const Field *field, void *into) {
    if (field->number == 9) return one_attribute(scan, field, into);
    if (field->number == 8) return false;
    return field->type != BYTES || field->bytes.size % 8 == 0;
}

static bool data_member(Scan *scan, const Field *field, void *into) {
    Metric *metric = into;
    Member member = metric->shapes == EXPONENTIAL ? exponential_member : number_member;
    if (field->number == 1 && metric->shapes == OTHER) {
        Slice attributes = {0};
        metric->points_count++;
        return message(scan, field, explicit_member, &attributes);
    }
    if (field->number == 1) {
        Point *point = point_next(scan);
        metric->points_count++;
        return point && message(scan, field, member, point);
    }
    if (field->type != VARINT) return false;
    if (field->number == 2) return metric->temporality = field->value, true;
    return field->number == 3 && (metric->is_monotonic = field->value, true);
}

static bool metric_member(Scan *scan, const Field *field, void *into) {
    Metric *metric = into;
    if (field->number == 1) return metric->name = field->bytes, ascii(field);
    if (field->number == 2 || field->number == 3) return passed(field);
    if (metric->shapes) return false;
    switch (field->number) {
        case 5: metric->shapes = GAUGE; break;
        case 7: metric->shapes = TOTAL; break;
        case 9: metric->shapes = OTHER; break;
        case 10: metric->shapes = EXPONENTIAL; break;
        default: return false;
    }
    return message(scan, field, data_member, metric);
}

static bool one_metric(Scan *scan, const Field *field) {
    Metric metric = {.whole = field->bytes};
    scan->points_count = scan->counts_count = 0;
    return message(scan, field, metric_member, &metric) && metric_end(scan, &metric);
}

static bool who_scope_member(Scan *scan, const Field *field, void *into) {
    (void)into;
    if (field->number != 1) return field->number == 2 && passed(field);
    return scan->scope = field->bytes, ascii(field);
}

static bool scope_member(Scan *scan, const Field *field, void *into) {
    unsigned *seen = into;
    if (field->number == 1) return first(seen, 1) && !(*seen & 2) && message(scan, field, who_scope_member, NULL);
    *seen |= 2;
    return field->number == 2 ? one_metric(scan, field) : field->number == 3 && passed(field);
}

static bool who_member(Scan *scan, const Field *field, void *into) {
    (void)into;
    if (field->number == 1) return one_attribute(scan, field, &scan->resource.attributes);
    return field->number == 2 && field->type == VARINT;
}

static bool resource_member(Scan *scan, const Field *field, void *into) {
    unsigned seen = 0;
    if (field->number == 1) return first(into, 1) && message(scan, field, who_member, NULL);
    if (field->number != 2) return field->number == 3 && passed(field);
    scan->scope = (Slice){(const uint8_t *)"", 0};
    return message(scan, field, scope_member, &seen);
}

static bool export_member(Scan *scan, const Field *field, void *into) {
    unsigned seen = 0;
    (void)into;
    if (field->number != 1 || !resource_begin(scan)) return false;
    scan->resource.whole = field->bytes;
    return message(scan, field, resource_member, &seen) && resource_end(scan);
}

static bool is_sound(Scan *scan, Slice attributes) {
    (void)scan, (void)attributes;
    return true; /* all of them were looked at */
}

bool scan_protobuf(Scan *scan, Slice body) {
    scan->is_sound = is_sound;
    scan->no_attributes = (Slice){(const uint8_t *)"", 0};
    scan->messages = -1; /* the export itself is none */
    Field whole = {.type = BYTES, .bytes = body};
    return message(scan, &whole, export_member, NULL);
}
