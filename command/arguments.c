#include "arguments.h"

#include <string.h>

#include "base/arena.h"
#include "base/hint.h"
#include "base/text.h"
#include "command.h"
#include "output.h"

enum { COMMANDS_MAX = 32 };

bool
is_beginning(const char *words, const char *command)
{
        size_t size = strlen(words);

        return size == 0 || (strncmp(words, command, size) == 0 &&
                                (command[size] == '\0' || command[size] == ' '));
}

const char *
next_word(const char *text, size_t *size)
{
        text += strspn(text, " ");
        *size = strcspn(text, " ");
        return *size == 0 ? NULL : text;
}

/* ---- the words of a command ---- */

static const struct command *
find_command(const char *words)
{
        for (const struct command *row = commands; row->words != NULL; row++)
                if (strcmp(row->words, words) == 0)
                        return row;
        return NULL;
}

/* Do more words follow these in any command? */
static bool
is_group(const char *words)
{
        for (const struct command *row = commands; row->words != NULL; row++)
                if (is_beginning(words, row->words) && strcmp(words, row->words) != 0)
                        return true;
        return false;
}

/* Returns the words and one more, if a command begins with them; NULL: none does. */
static const char *
add_word(const struct run *run, const char *words, const char *word)
{
        const char *longer = *words == '\0' ? word : arena_printf(run->arena, "%s %s", words, word);

        if (strchr(word, ' ') != NULL || *word == '\0')
                return NULL;
        return find_command(longer) != NULL || is_group(longer) ? longer : NULL;
}

static int
refuse_word(const struct run *run, const char *word)
{
        const char *names[COMMANDS_MAX], *meant, *group = run->group;
        size_t count = 0, skip = *group == '\0' ? 0 : strlen(group) + 1;

        for (const struct command *row = commands; row->words != NULL && count < COMMANDS_MAX;
             row++)
                if (is_beginning(group, row->words) && strlen(row->words) > skip)
                        names[count++] = arena_copy(
                            run->arena, row->words + skip, strcspn(row->words + skip, " "));
        meant = hint_find(word, names, count);
        return meant == NULL ? refuse_usage(run, "there is no command %s%s%s",
                                   "没有 %s%s%s 这个命令", group, skip > 0 ? " " : "", word)
                             : refuse_usage(run, "there is no command %s%s%s: did you mean %s?",
                                   "没有 %s%s%s 这个命令：是不是 %s？", group, skip > 0 ? " " : "",
                                   word, meant);
}

/* ---- options ---- */

static const struct option *
find_in(const struct option *options, const char *name, size_t size)
{
        for (; options != NULL && options->name != NULL; options++)
                if (strlen(options->name) == size && memcmp(options->name, name, size) == 0)
                        return options;
        return NULL;
}

static bool
repeats(const struct option *found)
{
        return found->value != NULL && strstr(found->value, "...") != NULL;
}

/* Reads the option *at, "--days", "7" or "--days=7", and moves *at to its last word. */
static int
read_option(struct run *run, char *const **at)
{
        const char *word = **at, *value = "";
        size_t size = text_starts_with(word, "--") ? strcspn(word, "=") : strlen(word);
        const struct option *found = find_in(common_options, word, size);

        if (found == NULL)
                found = find_in(
                    run->command == NULL ? first_options : run->command->options, word, size);
        if (found == NULL)
                return run->command == NULL
                           ? refuse_usage(run, "there is no option %s before a command",
                                 "命令前没有 %s 这个选项", word)
                           : refuse_usage(run, "%s has no option %s", "%s 没有 %s 这个选项",
                                 run->command->words, word);
        if (found->value == NULL && word[size] == '=')
                return refuse_usage(run, "%s takes no value", "%s 后面不跟值", found->name);
        if (found->value != NULL && word[size] == '=')
                value = word + size + 1;
        else if (found->value != NULL && (value = *++*at) == NULL)
                return refuse_usage(run, "%s: %s is missing", "%s：缺少 %s", word, found->value);
        if (!repeats(found) && pairs_get(&run->options, found->name) != NULL)
                return refuse_usage(run, "%s is given twice", "%s 写了两次", found->name);
        pairs_add(&run->options, found->name, value);
        return STATUS_DONE;
}

const char *
option(const struct run *run, const char *name)
{
        return pairs_get(&run->options, name);
}

/* ---- the whole line ---- */

/* Checks that there are as many arguments as the command takes. */
static int
check_count(const struct run *run)
{
        const char *word = run->command->arguments;
        size_t size;

        for (size_t i = 0; (word = next_word(word, &size)) != NULL; i++, word += size)
                if (*word != '[' && run->arguments[i] == NULL)
                        return refuse_usage(run, "%s: %.*s is missing", "%s：缺少 %.*s",
                            run->command->words, (int)size, word);
        return STATUS_DONE;
}

static int
add_argument(struct run *run, const char *argument, size_t count)
{
        const char *word = run->command->arguments;
        size_t size, takes = 0;

        for (; (word = next_word(word, &size)) != NULL; word += size)
                takes++;
        if (count >= takes)
                return refuse_usage(run, "%s: there is one argument too many: %.40s",
                    "%s：多了一个参数：%.40s", run->command->words, argument);
        run->arguments[count] = argument;
        return STATUS_DONE;
}

/* Reads a word that is no option: one more of the command's own, or an argument. */
static int
read_word(struct run *run, const char *word, size_t *count)
{
        const char *longer;

        if (run->command != NULL)
                return add_argument(run, word, (*count)++);
        longer = add_word(run, run->group, word);
        if (longer == NULL)
                return refuse_word(run, word);
        run->group = longer;
        run->command = find_command(longer);
        return STATUS_DONE;
}

static int
read_words(struct run *run)
{
        bool only_arguments = false;
        size_t count = 0;

        for (char *const *at = run->words + 1; *at != NULL; at++) {
                bool is_option = !only_arguments && **at == '-' && (*at)[1] != '\0';
                int status = STATUS_DONE;

                if (is_option && strcmp(*at, "--") == 0)
                        only_arguments = true;
                else
                        status = is_option ? read_option(run, &at) : read_word(run, *at, &count);
                if (status != STATUS_DONE)
                        return status;
        }
        return STATUS_DONE;
}

enum wish
arguments_read(struct run *run)
{
        run->group = "";
        if (read_words(run) != STATUS_DONE)
                return WISH_NOTHING;
        if (option(run, "--help") != NULL)
                return WISH_HELP;
        if (option(run, "--version") != NULL)
                return WISH_VERSION;
        if (option(run, "--completion") != NULL)
                return WISH_COMPLETION;
        if (run->command != NULL)
                return check_count(run) == STATUS_DONE ? WISH_RUN : WISH_NOTHING;
        (void)(*run->group == '\0'
                   ? refuse_usage(run, "a command is missing", "缺少命令")
                   : refuse_usage(run, "%s: a word is missing", "%s：还缺一个词", run->group));
        return WISH_NOTHING;
}
