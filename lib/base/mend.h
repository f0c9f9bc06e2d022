/*
 * mend: replaces invalid characters in texts from outside before they are parsed.
 *
 * What people write can hold characters that no document may hold: control characters, a character
 * cut in two, half a surrogate pair. A message must not be lost for that. Only characters change
 * here, never the limits of a tag, member or text.
 *
 * Both functions return a copy of size bytes of data, and its length. data needs a NUL after it.
 * Control characters except tab, LF and CR are removed, and so are NUL bytes, U+FFFE and U+FFFF;
 * ill-formed UTF-8, which includes surrogates, becomes U+FFFD.
 */
#ifndef WECHAT_MEND_H
#define WECHAT_MEND_H

#include <stddef.h>

struct arena;

char *mend_text(struct arena *arena, const char *data, size_t size, size_t *mended);

/* As mend_text(), for XML (1.0, section 2.2). Tags stay as they are, for the parser to judge. A
 * reference to a character that XML does not allow (&#0; &#x1d; &#xD800;) becomes U+FFFD; in CDATA
 * it is text and stays. */
char *mend_xml(struct arena *arena, const char *data, size_t size, size_t *mended);

#endif
