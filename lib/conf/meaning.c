#include "conf/meaning.h"

#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/keys.h"

/* Is a line of a meaning the first in English? Chinese ones may begin with a name. */
static bool
is_english(const char *line, size_t size)
{
        size_t ascii = 0;

        for (size_t i = 0; i < size; i++)
                ascii += (unsigned char)line[i] < 0x80;
        return *line >= 'A' && *line <= 'Z' && ascii * 10 > size * 4;
}

const char *
conf_meaning(struct arena *arena, const struct conf_key *key, bool chinese)
{
        const char *line = key->meaning;
        struct buf text;
        bool english = false;

        buf_init(&text, arena);
        while (*line != '\0') {
                size_t size = strcspn(line, "\n");

                english = english || is_english(line, size);
                if (english != chinese) {
                        buf_add_text(&text, english && text.size > 0 ? " " : "");
                        buf_add(&text, line, size);
                }
                line += size + (line[size] == '\n');
        }
        return arena_copy(arena, text.data, text.size);
}

static bool
is_to_fill_in(const struct conf_key *key)
{
        return key->standard == NULL || key->standard == conf_for_authorize;
}

char *
conf_example(struct arena *arena)
{
        struct buf example;

        buf_init(&example, arena);
        buf_add_text(&example,
            "# 设置文件。复制为 wechat.conf，填好前三项，权限设为 600（chmod 600 wechat.conf）。\n"
            "# 它所在的文件夹 wechat 要放在网站根目录旁边，绝不能放在网站根目录里面：\n"
            "# 网站根目录是 /home/you/public_html 时，放在 /home/you/wechat。\n"
            "# 每行一项：名称 = 值，值不加引号。以 # 开头的行是注释；\n"
            "# 要改的设置前面有 # 时，先删掉这个 #。\n"
            "# 用 UTF-8 保存。相对路径从本文件所在的文件夹算起。\n"
            "# The settings. Copy this file to wechat.conf, fill in the first three settings, and "
            "set\n"
            "# its mode to 600 (chmod 600 wechat.conf). Put the folder wechat that holds it beside "
            "the\n"
            "# document root, never inside: as /home/you/wechat beside /home/you/public_html.\n"
            "# Each line is one setting: key = value, without quotation marks. A line that begins\n"
            "# with # is a comment; to change a setting that has a # in front, first remove that "
            "#.\n"
            "# Save the file as UTF-8. Relative paths start at the folder of this file.\n");
        for (size_t i = 0; i < conf_key_count; i++) {
                const char *line = conf_keys[i].meaning;

                while (line != NULL) {
                        size_t size = strcspn(line, "\n");

                        buf_add_text(&example, line == conf_keys[i].meaning ? "\n# " : "# ");
                        buf_add(&example, line, size);
                        buf_add_byte(&example, '\n');
                        line = line[size] == '\0' ? NULL : line + size + 1;
                }
                buf_add_text(&example, is_to_fill_in(&conf_keys[i]) ? "" : "#");
                buf_add_text(&example, conf_keys[i].name);
                buf_add_text(&example, " =");
                if (conf_keys[i].standard != NULL && *conf_keys[i].standard != '\0')
                        buf_add_text(&example, arena_printf(arena, " %s", conf_keys[i].standard));
                buf_add_byte(&example, '\n');
        }
        return example.data;
}
