/*
 * sort: sorts arrays without a system call.
 *
 * glibc's qsort() asks sysinfo about arrays of more than 1,024 bytes, and the filter of system
 * calls (seccomp.h) ends a program that does so.
 */
#ifndef WECHAT_SORT_H
#define WECHAT_SORT_H

#include <stddef.h>

/* Bytes of an element at most. */
enum { SORT_ELEMENT_MAX = 64 };

/* Sorts count elements of that size, in time count × log count. Elements that compare as equal come
 * in any order. compare: as for qsort(). base may be NULL if count is 0. */
void sort_array(
    void *base, size_t count, size_t size, int (*compare)(const void *one, const void *other));

#endif
