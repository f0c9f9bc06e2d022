/* Linked into each program that is built for `make coverage`: one that ends itself at once, or
 * becomes another, writes its counters first. (-std=c11 knows no execv(), which gcc would see to
 * otherwise.) */
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
        __gcov_reset(); /* what is counted from here on is written at the end */
        return -1;
}
