#include "help.h"

#include <string.h>

#include "arguments.h"
#include "base/arena.h"
#include "command.h"
#include "output.h"

enum { PATTERNS_MAX = 64 };

/* ---- --help ---- */

/* Returns "menu set FILE". */
static const char *
call_of(const struct run *run, const struct command *row)
{
        return arena_printf(
            run->arena, "%s%s%s", row->words, *row->arguments == '\0' ? "" : " ", row->arguments);
}

/* Returns "--days N". */
static const char *
form_of(const struct run *run, const struct option *row)
{
        return row->value == NULL ? row->name
                                  : arena_printf(run->arena, "%s %s", row->name, row->value);
}

/* Prints two columns, of which the first is ASCII. */
static void
print_row(const struct run *run, const char *left, const char *en, const char *zh)
{
        printf("  %-27s  %s\n", left, run->chinese ? zh : en);
}

static void
print_options(const struct run *run, const struct option *options, const char *en, const char *zh)
{
        if (options == NULL)
                return;
        printf("\n%s\n", run->chinese ? zh : en);
        for (; options->name != NULL; options++)
                if (options->en != NULL)
                        print_row(run, form_of(run, options), options->en, options->zh);
}

void
print_usage(const struct run *run, FILE *out)
{
        const char *begin = run->chinese ? "用法：" : "Usage: ";

        if (*run->group == '\0') {
                (void)fprintf(out, "%swechat %s\n", begin,
                    run->chinese ? "命令 …；wechat --help 列出全部命令"
                                 : "COMMAND …; wechat --help lists the commands");
                return;
        }
        for (const struct command *row = commands; row->words != NULL; row++) {
                if (!is_beginning(run->group, row->words))
                        continue;
                (void)fprintf(out, "%swechat %s", begin, call_of(run, row));
                for (const struct option *o = row->options; o != NULL && o->name != NULL; o++)
                        (void)fprintf(out, " [%s]", form_of(run, o));
                (void)fputc('\n', out);
                begin = run->chinese ? "      " : "       ";
        }
}

void
print_help(const struct run *run)
{
        if (*run->group == '\0')
                printf("%s\n\n", run->chinese
                                     ? "wechat：以公众号的名义调用微信，自动带上 access_token。"
                                     : "wechat: calls WeChat in an account's name, and puts its "
                                       "access_token in.");
        print_usage(run, stdout);
        printf("\n");
        for (const struct command *row = commands; row->words != NULL; row++)
                if (is_beginning(run->group, row->words))
                        print_row(run, call_of(run, row), row->en, row->zh);
        if (run->command != NULL)
                print_options(run, run->command->options, "Options:", "选项：");
        else if (*run->group == '\0')
                print_options(run, first_options, "Options:", "选项：");
        print_options(run, common_options, "Options of every command:", "每个命令都有的选项：");
        printf("\n%s\n", run->chinese
                             ? "退出状态：0 成功；1 微信或主机拒绝了；2 用法不对。"
                             : "Exit status: 0 done; 1 WeChat or the host refused; 2 wrong usage.");
}

/* ---- completion ---- */

static const char script_begin[] =
    "# Completes the command wechat in bash; made by wechat --completion.\n"
    "_wechat() {\n"
    "    local current=${COMP_WORDS[COMP_CWORD]-} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local command arguments options next='' count i\n"
    "    local -a words=() row\n"
    "\n"
    "    # The words before the cursor, without options and their values.\n"
    "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
    "        case ${COMP_WORDS[i]} in\n"
    "        ";
static const char script_values[] = ") ((i++)) ;;\n"
                                    "        -*) ;;\n"
                                    "        *) words+=(\"${COMP_WORDS[i]}\") ;;\n"
                                    "        esac\n"
                                    "    done\n"
                                    "    case $previous in\n"
                                    "    ";
static const char script_files[] = ") next=FILE ;;\n"
                                   "    ";
static const char script_rows[] =
    ") return ;;\n"
    "    *)\n"
    "        # What may follow: the next word or argument of each command that fits.\n"
    "        while IFS='|' read -r command arguments options; do\n"
    "            read -ra row <<<\"$command\"\n"
    "            count=${#row[@]}\n"
    "            read -ra row <<<\"$command $arguments\"\n"
    "            for ((i = 0; i < ${#words[@]} && i < count; i++)); do\n"
    "                [[ ${words[i]} == \"${row[i]}\" ]] || continue 2\n"
    "            done\n"
    "            next+=\" ${row[${#words[@]}]-}\"\n"
    "            # Options behind the command: when one is begun, or nothing else may follow.\n"
    "            ((${#words[@]} < count)) || [[ $current != -* && -n ${row[${#words[@]}]-} ]] ||\n"
    "                next+=\" $options\"\n"
    "        done <<'COMMANDS'\n";
static const char script_end[] =
    "COMMANDS\n"
    "        ;;\n"
    "    esac\n"
    "    if [[ $current != -* && $next == *FILE* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
    "        compopt -o filenames 2>/dev/null\n"
    "    else\n"
    "        # Words in capitals stand for something that only the user knows.\n"
    "        read -ra row <<<\"${next/METHOD/GET POST}\"\n"
    "        next=''\n"
    "        for command in \"${row[@]}\"; do\n"
    "            [[ $command =~ ^\\[?[A-Z]+\\]?$ && $command != @(GET|POST) ]] || next+=\" "
    "$command\"\n"
    "        done\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$next\" -- \"$current\")\n"
    "    fi\n"
    "}\n"
    "complete -F _wechat wechat\n";

static bool
takes_file(const struct option *row)
{
        return row->value != NULL && strncmp(row->value, "FILE", 4) == 0;
}

static bool
takes_other(const struct option *row)
{
        return row->value != NULL && !takes_file(row);
}

/* Prints the names of those options that fit, each once, as a pattern of case. */
static void
print_fitting(const struct option *options, bool (*fits)(const struct option *row),
    const char *printed[], size_t *count)
{
        for (; options != NULL && options->name != NULL; options++) {
                size_t i = 0;

                while (i < *count && strcmp(printed[i], options->name) != 0)
                        i++;
                if (!fits(options) || i < *count || *count == PATTERNS_MAX)
                        continue;
                printf("%s%s", *count == 0 ? "" : " | ", options->name);
                printed[(*count)++] = options->name;
        }
}

static void
print_pattern(bool (*fits)(const struct option *row))
{
        const char *printed[PATTERNS_MAX];
        size_t count = 0;

        for (const struct command *row = commands; row->words != NULL; row++)
                print_fitting(row->options, fits, printed, &count);
        print_fitting(common_options, fits, printed, &count);
}

static void
print_names(const struct option *options)
{
        for (; options != NULL && options->name != NULL; options++)
                if (options->en != NULL)
                        printf("%s ", options->name);
}

void
print_completion(void)
{
        (void)fputs(script_begin, stdout);
        print_pattern(takes_file);
        printf(" | ");
        print_pattern(takes_other);
        (void)fputs(script_values, stdout);
        print_pattern(takes_file);
        (void)fputs(script_files, stdout);
        print_pattern(takes_other);
        (void)fputs(script_rows, stdout);
        for (const struct command *row = commands; row->words != NULL; row++) {
                printf("%s|%s|", row->words, row->arguments);
                print_names(row->options);
                print_names(common_options);
                printf("\n");
        }
        (void)fputs(script_end, stdout);
}
