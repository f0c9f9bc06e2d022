/* For clang's analyser, as returns.h: what the functions of command/output.h return. */
#include "../../command/output.h"

#define refuse(...) (refuse(__VA_ARGS__), 1)
#define refuse_err(...) (refuse_err(__VA_ARGS__), 1)
#define refuse_file(...) (refuse_file(__VA_ARGS__), 1)
#define refuse_mistakes(...) (refuse_mistakes(__VA_ARGS__), 1)
#define refuse_usage(...) (refuse_usage(__VA_ARGS__), 2)
