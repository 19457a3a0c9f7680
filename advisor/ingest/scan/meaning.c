/* Lays out flat what Python knows of a meaning. */
#include "scan.h"

static bool target_fill(Target *target, PyObject *told, const Py_ssize_t columns[ENTITIES]) {
    int of_host, largest_wins, facet;
    Py_ssize_t column;
    if (!PyArg_ParseTuple(told, "nOppi", &column, &target->place, &of_host, &largest_wins, &facet)) return false;
    size_t entity = target->place != Py_None ? PART_ROW : of_host ? HOST_ROW : PROCESS_ROW;
    if (column < 0 || column >= columns[entity]) return PyErr_SetString(PyExc_IndexError, "no such column"), false;
    Py_INCREF(target->place);
    target->column = column;
    target->of_host = of_host;
    target->largest_wins = largest_wins;
    target->facet = facet;
    return true;
}

static bool targets_fill(Meaning *meaning, PyObject *told, const Py_ssize_t columns[ENTITIES]) {
    Py_ssize_t count = PyTuple_GET_SIZE(told);
    meaning->targets = PyMem_Calloc(count + 1, sizeof *meaning->targets);
    if (!meaning->targets) return PyErr_NoMemory(), false;
    for (; meaning->targets_count < count; meaning->targets_count++)
        if (!target_fill(&meaning->targets[meaning->targets_count], PyTuple_GET_ITEM(told, meaning->targets_count), columns))
            return false;
    return true;
}

static bool places_fill(Meaning *meaning, PyObject *told) {
    Py_ssize_t count = PyTuple_GET_SIZE(told);
    meaning->places = PyMem_Calloc(count + 1, sizeof *meaning->places);
    if (!meaning->places) return PyErr_NoMemory(), false;
    for (; meaning->places_count < count; meaning->places_count++)
        meaning->places[meaning->places_count] = Py_NewRef(PyTuple_GET_ITEM(told, meaning->places_count));
    return true;
}

bool meaning_fill(Meaning *meaning, PyObject *told, const Py_ssize_t columns[ENTITIES]) {
    PyObject *targets, *places;
    int kind, is_ratio, failed;
    meaning->kind = NOT_KEPT;
    if (told == Py_None) return true;
    if (!PyTuple_Check(told)) return PyErr_SetString(PyExc_TypeError, "a meaning is told as a tuple"), false;
    if (!PyArg_ParseTuple(told, "iddppO!O!", &kind, &meaning->factor, &meaning->limit, &is_ratio, &failed, &PyTuple_Type,
                          &targets, &PyTuple_Type, &places))
        return false;
    meaning->kind = kind;
    meaning->is_ratio = is_ratio;
    meaning->failed = failed;
    return targets_fill(meaning, targets, columns) && places_fill(meaning, places);
}

void meaning_free(Meaning *meaning) {
    for (Py_ssize_t place = 0; place < meaning->targets_count; place++) Py_XDECREF(meaning->targets[place].place);
    for (Py_ssize_t place = 0; place < meaning->places_count; place++) Py_XDECREF(meaning->places[place]);
    PyMem_Free(meaning->targets);
    PyMem_Free(meaning->places);
    PyMem_Free(meaning->key);
    PyMem_Free(meaning);
}
