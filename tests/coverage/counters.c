/* Linked into each program that is built for `make coverage`: one that ends itself at once writes its counters, too. */
void __gcov_dump(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));

void
__wrap__exit(int status)
{
        __gcov_dump();
        __real__exit(status);
}
