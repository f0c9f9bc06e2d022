/*
 * mend: texts from outside made such that they can be read, before they are parsed.
 *
 * What people write holds what no document may: control characters, a character cut in its middle,
 * half a surrogate pair. That is no reason to lose a message. Here only characters change, never
 * where a tag, a member or a text begins and ends.
 *
 * Both give a copy of size bytes of data and its length. data needs a NUL after it. Control
 * characters but tab, LF and CR, U+FFFE and U+FFFF are left out, NUL bytes too; what is not well
 * formed UTF-8, as surrogates are not, becomes U+FFFD.
 */
#ifndef WECHAT_MEND_H
#define WECHAT_MEND_H

#include <stddef.h>

struct arena;

char *mend_text(struct arena *arena, const char *data, size_t size, size_t *mended);

/* For XML (1.0, section 2.2), where tags stay as they are, for the parser to judge. A reference to
 * a character that XML does not have (&#0; &#x1d; &#xD800;) becomes U+FFFD where it is one: in
 * CDATA it is text. */
char *mend_xml(struct arena *arena, const char *data, size_t size, size_t *mended);

#endif
