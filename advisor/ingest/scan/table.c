/* What metrics and their attributes mean, by their bytes: they are the same with every export. */
#include "scan.h"

#include <stdlib.h>

static uint64_t mixed(uint64_t hash, const uint8_t *at, size_t size) {
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    for (; size >= 8; at += 8, size -= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        hash = (hash ^ word) * odd;
        hash ^= hash >> 32;
    }
    for (; size; at++, size--) hash = (hash ^ *at) * odd;
    return hash ^ hash >> 29;
}

static uint64_t hash_of(const Table *table, Slice name, Slice attributes) {
    return mixed(mixed(table->seed ^ name.size, name.at, name.size), attributes.at, attributes.size);
}

static bool is_key(const Meaning *meaning, Slice name, Slice attributes) {
    return meaning->name_size == name.size && meaning->size == name.size + attributes.size &&
           !memcmp(meaning->key, name.at, name.size) &&
           !memcmp(meaning->key + name.size, attributes.at, attributes.size);
}

bool table_open(Table *table, size_t most, uint64_t seed) {
    size_t slots = 1024;
    while (slots < most) slots *= 2;
    *table = (Table){.most = most, .mask = slots - 1, .seed = seed};
    for (int age = 0; age < 2; age++) {
        table->slots[age] = PyMem_Calloc(slots, sizeof *table->slots[age]);
        if (!table->slots[age]) return PyErr_NoMemory(), false;
    }
    return true;
}

static void forget(Table *table, int age) {
    for (size_t slot = 0; table->slots[age] && slot <= table->mask; slot++)
        for (Meaning *next, *meaning = table->slots[age][slot]; meaning; meaning = next) {
            next = meaning->next;
            meaning_free(meaning);
        }
}

void table_close(Table *table) {
    for (int age = 0; age < 2; age++) {
        forget(table, age);
        PyMem_Free(table->slots[age]);
        table->slots[age] = NULL;
    }
}

/* Only between two exports: the points of one hold on to what was found. */
static void turn_over(Table *table) {
    Meaning **older = table->slots[1];
    forget(table, 1);
    memset(older, 0, (table->mask + 1) * sizeof *older);
    table->slots[1] = table->slots[0];
    table->slots[0] = older;
    table->count = 0;
    table->generation++;
    table->last = NULL;
    for (size_t slot = 0; slot <= table->mask; slot++) /* nobody follows whoever was forgotten */
        for (Meaning *meaning = table->slots[1][slot]; meaning; meaning = meaning->next) meaning->following = NULL;
}

static void keep(Table *table, Meaning *meaning) {
    Meaning **slot = &table->slots[0][meaning->hash & table->mask];
    meaning->next = *slot;
    *slot = meaning;
    meaning->generation = table->generation;
    table->count++;
}

static Meaning *look_up(Table *table, Slice name, Slice attributes) {
    uint64_t hash = hash_of(table, name, attributes);
    for (int age = 0; age < 2; age++)
        for (Meaning **at = &table->slots[age][hash & table->mask]; *at; at = &(*at)->next) {
            Meaning *found = *at;
            if (found->hash != hash || !is_key(found, name, attributes)) continue;
            if (age) { /* still in use: it stays when its generation goes */
                *at = found->next;
                keep(table, found);
            }
            return found;
        }
    return NULL;
}

/* An export has its metrics in the order of the one before: what followed then is asked first, and spares the hash. */
const Meaning *table_find(Table *table, Slice name, Slice attributes) {
    Meaning *last = table->last, *found = last ? last->following : NULL;
    if (!found || found->generation != table->generation || !is_key(found, name, attributes)) {
        found = look_up(table, name, attributes);
        if (last) last->following = found;
    }
    if (found) table->last = found;
    return found;
}

bool table_learn(Table *table, Slice name, Slice attributes, PyObject *told, const Py_ssize_t columns[ENTITIES]) {
    if (table_find(table, name, attributes)) return true;
    Meaning *meaning = PyMem_Calloc(1, sizeof *meaning);
    if (!meaning) return PyErr_NoMemory(), false;
    meaning->hash = hash_of(table, name, attributes);
    meaning->name_size = name.size;
    meaning->size = name.size + attributes.size;
    meaning->key = PyMem_Malloc(meaning->size + 1);
    if (!meaning->key) return meaning_free(meaning), PyErr_NoMemory(), false;
    memcpy(meaning->key, name.at, name.size);
    memcpy(meaning->key + name.size, attributes.at, attributes.size);
    if (!meaning_fill(meaning, told, columns)) return meaning_free(meaning), false;
    if (table->count >= table->most) turn_over(table);
    keep(table, meaning);
    return true;
}
