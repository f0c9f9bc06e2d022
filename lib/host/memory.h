/*
 * memory: where memory comes from, and what happens when there is none left: the program answers
 * 503 and ends. Work that was begun without memory is not finished, and nothing false is stored or
 * said.
 *
 * When json-c finds no memory in the middle of its work, it leaves members out or reads invalid
 * memory. So in the programs, malloc() and its kin, as json-c and the other statically linked
 * libraries call them, are the functions of memory.c, which do not return without memory (ld's
 * --wrap; see the Makefile). Expat, the host's own, is given them (xml.c).
 *
 * If built with MEMORY_POOL, they first allocate from a pool of that many bytes, one piece behind
 * the other, and from the C library when that is used up. The last pieces are used again once they
 * are freed: what a request took is free when it has been answered. This is for musl, whose
 * malloc() maps pages for each size and unmaps them at once, at a sixth of all that validate.cgi
 * costs.
 */
#ifndef WECHAT_MEMORY_H
#define WECHAT_MEMORY_H

/* Answers 503 in plain text, writes a line to the log, and ends the process with status 1. Needs no
 * memory. The answer is CGI's, on stdout; in a process that serves many requests stdout leads
 * nowhere (host_open()), and the server sees its connection end. A program that is no CGI has a
 * function of its own with this name. */
void memory_exhausted(void) __attribute__((noreturn));

#endif
