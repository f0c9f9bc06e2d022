/* For clang's analyser, which looks at one file at a time and elsewhere does not see what these
 * return. */
#include "base/err.h"

#define err_set(...) (err_set(__VA_ARGS__), -1)
#define err_set_errno(...) (err_set_errno(__VA_ARGS__), -1)
