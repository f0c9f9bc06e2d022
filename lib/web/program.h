/*
 * program: what every program shares around its handler. A program is a struct app_program and
 *
 *         int main(int argc, char **argv) { return program_main(argc, argv, &program); }
 */
#ifndef WECHAT_PROGRAM_H
#define WECHAT_PROGRAM_H

struct app_program;

/* Reads request and settings, gives up what the program does not need, calls the handler, turns an
 * error into the error page and a log line, and answers once. Outside a web server it explains the
 * program (--help, --version). The exit status. */
int program_main(int argc, char **argv, const struct app_program *program);

#endif
