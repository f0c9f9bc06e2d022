/*
 * memory: what happens when there is none left, and where it comes from. Without any the program
 * says so, 503, and ends: nothing that was begun without memory is finished, and nothing false is
 * stored or said.
 *
 * json-c leaves members out, or reads where nothing is, when it finds no memory in the middle of
 * its work. So in our programs its malloc() and the like, and those of the other libraries that are
 * linked statically, are those of memory.c, which do not return without memory (ld's --wrap; see
 * the Makefile). Expat, the host's own, is handed them (xml.c).
 *
 * Built with MEMORY_POOL they take it from a pool of so many bytes first, one piece behind the
 * other, and from the C library when that is used up. What is given back is not used again: a
 * program lives a moment, and no piece has been another's before. That is for musl, whose malloc()
 * maps pages for each size anew and takes them away at once, at a sixth of all that validate.cgi
 * costs.
 */
#ifndef WECHAT_MEMORY_H
#define WECHAT_MEMORY_H

/* Answers 503 in plain text, writes a line to the log, and ends the process with status 1. Takes no
 * memory. */
void memory_exhausted(void) __attribute__((noreturn));

#endif
