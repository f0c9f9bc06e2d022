/* Runs programs in turn, TIMES times each, and prints for each the median processor time and wall
 * time (ms) and the peak memory (KiB): measure TIMES STDIN ANSWER PROGRAM [-- PROGRAM]… The file
 * ANSWER receives the last answer. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TIMES_MAX = 10000, PROGRAMS_MAX = 8 };

static double cpu[PROGRAMS_MAX][TIMES_MAX], wall[PROGRAMS_MAX][TIMES_MAX];
static long memory[PROGRAMS_MAX];

static double
now_ms(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void
run(char **command, const char *input, const char *answer, int program, int turn)
{
        double before = now_ms();
        struct rusage usage;
        int status;
        pid_t pid = fork();

        if (pid == 0) {
                int in = open(input, O_RDONLY);
                int out = open(answer, O_WRONLY | O_CREAT | O_TRUNC, 0600);

                dup2(in, STDIN_FILENO);
                dup2(out, STDOUT_FILENO);
                close(in);
                close(out);
                execv(command[0], command);
                _exit(127);
        }
        if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
                fprintf(stderr, "measure: %s failed\n", command[0]);
                exit(1);
        }
        wall[program][turn] = now_ms() - before;
        cpu[program][turn] = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
        if (usage.ru_maxrss > memory[program])
                memory[program] = usage.ru_maxrss;
}

static int
compare(const void *a, const void *b)
{
        return (*(const double *)a > *(const double *)b) -
               (*(const double *)a < *(const double *)b);
}

static double
median(double *values, int count)
{
        qsort(values, (size_t)count, sizeof(*values), compare);
        return values[count / 2];
}

int
main(int argc, char **argv)
{
        int times = argc < 5 ? 0 : atoi(argv[1]), programs = 0;
        char **commands[PROGRAMS_MAX];

        if (times < 1 || times > TIMES_MAX)
                return 2;
        commands[programs++] = argv + 4;
        for (int i = 4; i < argc; i++)
                if (strcmp(argv[i], "--") == 0 && programs < PROGRAMS_MAX) {
                        argv[i] = NULL;
                        commands[programs++] = argv + i + 1;
                }
        for (int turn = 0; turn < times; turn++)
                for (int program = 0; program < programs; program++)
                        run(commands[program], argv[2], argv[3], program, turn);
        for (int program = 0; program < programs; program++)
                printf("%.3f %.3f %ld\n", median(cpu[program], times), median(wall[program], times),
                    memory[program]);
        return 0;
}
