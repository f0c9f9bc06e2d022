#include "state/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"
#include "host/file.h"

enum {
        DAY_SECONDS = 86400,
        BEIJING_SECONDS = 8 * 3600,
        SLOTS = 64,
        DATE_SIZE = sizeof("2026-11-24") - 1,
        COUNT_SIZE = sizeof(" 1234567890") - 1,
        LINE_SIZE = DATE_SIZE + TALLY_KINDS * COUNT_SIZE + 1,
        TALLIES_SIZE = SLOTS * LINE_SIZE
};

static const char name[] = "tallies";

/* The file's text: what is missing in the file is blank lines. */
struct tallies {
        char text[TALLIES_SIZE];
        size_t size; /* what the file has of it */
};

static const char *
date_of(struct arena *arena, long long now)
{
        return arena_copy(arena, text_beijing_time(arena, now), DATE_SIZE);
}

/* Where the line of the day of now begins. */
static size_t
line_of(long long now)
{
        return (size_t)((now + BEIJING_SECONDS) / DAY_SECONDS % SLOTS) * LINE_SIZE;
}

/* Reads the counts of a line, if it is that day's. A count that a power cut broke is 0. */
static void
parse_line(const char *line, const char *date, long long counts[TALLY_KINDS])
{
        char digits[COUNT_SIZE + 1] = "";

        memset(counts, 0, TALLY_KINDS * sizeof(*counts));
        if (memcmp(line, date, DATE_SIZE) != 0)
                return;
        for (int i = 0; i < TALLY_KINDS; i++) {
                memcpy(digits, line + DATE_SIZE + (size_t)i * COUNT_SIZE, COUNT_SIZE);
                counts[i] = strtoll(digits, NULL, 10);
                if (counts[i] < 0)
                        counts[i] = 0;
        }
}

static void
format_line(char *line, const char *date, const long long counts[TALLY_KINDS])
{
        char *at = line + DATE_SIZE;
        char count[32];

        memcpy(line, date, DATE_SIZE);
        for (int i = 0; i < TALLY_KINDS; i++, at += COUNT_SIZE) {
                (void)snprintf(
                    count, sizeof(count), " %*lld", (int)COUNT_SIZE - 1, counts[i] % 10000000000);
                memcpy(at, count, COUNT_SIZE);
        }
        *at = '\n';
}

/* Reads the open file, which has that size. */
static int
read_tallies(int fd, off_t file_size, struct tallies *tallies)
{
        const size_t room = sizeof(tallies->text);
        size_t wanted = (size_t)file_size < room ? (size_t)file_size : room;

        memset(tallies->text, ' ', room);
        for (size_t i = 1; i <= SLOTS; i++)
                tallies->text[i * LINE_SIZE - 1] = '\n';
        for (tallies->size = 0; tallies->size < wanted;) {
                ssize_t got = pread(fd, tallies->text + tallies->size, wanted - tallies->size,
                    (off_t)tallies->size);

                if (got < 0 && errno != EINTR)
                        return -1;
                if (got == 0)
                        break;
                tallies->size += got > 0 ? (size_t)got : 0;
        }
        return 0;
}

/* Writes the line at that place, and what is missing before it. */
static int
write_line(int fd, const struct tallies *tallies, size_t line)
{
        size_t from = tallies->size < line ? tallies->size : line;

        return lseek(fd, (off_t)from, SEEK_SET) < 0 ||
                       file_write_all(fd, tallies->text + from, line + LINE_SIZE - from) != 0
                   ? -1
                   : 0;
}

/* Adds to the open file. It is locked until it is closed. */
static int
add(struct arena *arena, int fd, enum state_tally kind, long long now, struct err *err)
{
        const char *date = date_of(arena, now);
        long long counts[TALLY_KINDS];
        size_t line = line_of(now);
        struct tallies tallies;
        struct stat st;

        while (flock(fd, LOCK_EX) != 0)
                if (errno != EINTR)
                        return err_set_errno(err, ERR_SYSTEM, errno, name);
        if (file_check_private(fd, &st, name, err) != 0)
                return -1;
        if (read_tallies(fd, st.st_size, &tallies) != 0)
                return err_set_errno(err, ERR_SYSTEM, errno, name);
        parse_line(tallies.text + line, date, counts);
        counts[kind]++;
        format_line(tallies.text + line, date, counts);
        return write_line(fd, &tallies, line) == 0 ? 0
                                                   : err_set_errno(err, ERR_SYSTEM, errno, name);
}

int
tally_add(struct arena *arena, int folder, enum state_tally kind, long long now, struct err *err)
{
        int fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
        int result;

        if (fd < 0)
                return err_set_errno(err, ERR_SYSTEM, errno, name);
        result = add(arena, fd, kind, now, err);
        close(fd);
        return result;
}

static int
read_open(int fd, struct tallies *tallies, struct err *err)
{
        struct stat st;

        if (file_check_private(fd, &st, name, err) != 0)
                return -1;
        return read_tallies(fd, st.st_size, tallies) == 0
                   ? 0
                   : err_set_errno(err, ERR_SYSTEM, errno, name);
}

int
tally_read(struct arena *arena, int folder, long long now, int days,
    long long counts[][TALLY_KINDS], struct err *err)
{
        int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
        struct tallies tallies = {.size = 0};
        int result = 0;

        if (fd < 0 && errno != ENOENT)
                return err_set_errno(err, ERR_SYSTEM, errno, name);
        if (fd >= 0) {
                result = read_open(fd, &tallies, err);
                close(fd);
        }
        for (int i = 0; result == 0 && i < days; i++) {
                long long day = now - (long long)i * DAY_SECONDS;

                parse_line(tallies.text + line_of(day), date_of(arena, day), counts[i]);
        }
        return result;
}
