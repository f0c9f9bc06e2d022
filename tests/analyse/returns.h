/* For clang's analyser, which looks at one file at a time and cannot see what these functions
 * return. */
#include "base/err.h"

#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_set_errno(...) (err_set_errno(__VA_ARGS__), -1)
