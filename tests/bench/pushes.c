/* Prints signed pushes for wrk, each with a new message: pushes COUNT TOKEN AES-KEY|- APPID. A line
 * has the query, a tab, and the body. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "wechat/crypt.h"

int
main(int argc, char **argv)
{
        long count = argc == 5 ? strtol(argv[1], NULL, 10) : 0;

        for (long i = 0; i < count; i++) {
                struct arena *arena = arena_new(abort);
                char *timestamp = arena_printf(arena, "%lld", (long long)time(NULL));
                const char *parts[4] = {argv[2], timestamp, arena_printf(arena, "%ld", i)};
                char *signature = crypt_signature(arena, parts, 3);
                char *xml = arena_printf(arena,
                    "<xml><ToUserName>gh_1</ToUserName><FromUserName>oBench%ld</FromUserName>"
                    "<CreateTime>%s</CreateTime><MsgType>text</MsgType><Content>hello</Content>"
                    "<MsgId>%ld</MsgId></xml>",
                    i % 1000, timestamp, i);
                struct crypt_key key;

                printf("signature=%s&timestamp=%s&nonce=%ld", signature, timestamp, i);
                if (strcmp(argv[3], "-") != 0 && crypt_parse_key(arena, argv[3], &key)) {
                        parts[3] = crypt_seal(
                            arena, &key, argv[4], (const uint8_t *)"0123456789abcdef", xml);
                        printf(
                            "&encrypt_type=aes&msg_signature=%s", crypt_signature(arena, parts, 4));
                        xml = arena_printf(arena, "<xml><Encrypt>%s</Encrypt></xml>", parts[3]);
                }
                printf("\t%s\n", xml);
                arena_free(arena);
        }
        return count > 0 ? 0 : 2;
}
