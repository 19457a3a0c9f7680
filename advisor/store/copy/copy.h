/* What writing and reading rows share. */
#pragma once
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Numbers are turned around from the order that little-endian machines have them in."
#endif

/* Bytes of a row's number of fields, of a whole number and of a figure with their lengths, and of a length alone. */
enum { NULL_LENGTH = -1, COUNT = 2, WHOLE = 12, FIGURE = 8, LENGTH = 4 };

/* An array of numbers of eight bytes, with at least so many along its first dimension. */
bool take(PyObject *array, Py_buffer *buffer, int dimensions, Py_ssize_t least, int flags);

PyObject *figures(PyObject *module, PyObject *args);
PyObject *cut(PyObject *module, PyObject *args);
PyObject *taken(PyObject *module, PyObject *args);
