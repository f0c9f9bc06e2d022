/*
 * memory: what happens when there is none left. The program says so, 503, and ends: nothing that
 * was begun without memory is finished, and nothing false is stored or said.
 *
 * json-c leaves members out, or reads where nothing is, when it finds no memory in the middle of
 * its work. So in our programs its malloc() and the like, and those of the other libraries that are
 * linked statically, are those of memory.c, which do not return without memory (ld's --wrap; see
 * the Makefile).
 */
#ifndef WECHAT_MEMORY_H
#define WECHAT_MEMORY_H

/* Answers 503 in plain text, writes a line to the log, and ends the process with status 1. Takes no
 * memory. */
void memory_exhausted(void) __attribute__((noreturn));

#endif
