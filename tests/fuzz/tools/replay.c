/* Replaces libFuzzer if it is missing: gives each file among the arguments, or in a folder among
 * them, to the target once, and prints their number. Options are ignored. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay_file(const char *path, size_t size)
{
        FILE *file = fopen(path, "rb");
        uint8_t *data = malloc(size == 0 ? 1 : size);

        if (file == NULL || data == NULL || fread(data, 1, size, file) != size) {
                fprintf(stderr, "%s: cannot be read\n", path);
                exit(1);
        }
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
        free(data);
}

/* Returns how many files were given to the target. */
static unsigned
replay(const char *path)
{
        struct stat st;
        struct dirent *entry;
        unsigned count = 0;
        char inner[4096];
        DIR *folder;

        if (stat(path, &st) != 0) {
                fprintf(stderr, "%s: cannot be read\n", path);
                exit(1);
        }
        if (!S_ISDIR(st.st_mode)) {
                replay_file(path, (size_t)st.st_size);
                return 1;
        }
        folder = opendir(path);
        while (folder != NULL && (entry = readdir(folder)) != NULL) {
                if (entry->d_name[0] == '.')
                        continue;
                snprintf(inner, sizeof(inner), "%s/%s", path, entry->d_name);
                count += replay(inner);
        }
        if (folder != NULL)
                closedir(folder);
        return count;
}

int
main(int argc, char **argv)
{
        unsigned count = 0;

        for (int i = 1; i < argc; i++)
                if (argv[i][0] != '-')
                        count += replay(argv[i]);
        printf("Executed %u inputs\n", count);
        return count == 0;
}
