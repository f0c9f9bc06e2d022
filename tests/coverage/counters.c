/* Linked into each program for `make coverage`: writes the counters before a program calls _exit()
 * or execv(). With -std=c11, gcc does not know execv() and does not do this itself. */
void __gcov_dump(void);
void __gcov_reset(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
int __real_execv(const char *path, char *const arguments[]);
int __wrap_execv(const char *path, char *const arguments[]);

void
__wrap__exit(int status)
{
        __gcov_dump();
        __real__exit(status);
}

int
__wrap_execv(const char *path, char *const arguments[])
{
        __gcov_dump();
        __real_execv(path, arguments);
        __gcov_reset(); /* execv() failed: counts from here on are written at the end */
        return -1;
}
