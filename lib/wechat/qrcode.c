#include "wechat/qrcode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/pairs.h"
#include "base/text.h"

enum { NUMBER_DIGITS = 10 };

static const long long temporary_max = 4294967295; /* 32 bits */

/* Counts characters; 0: some are not UTF-8. */
static size_t
count_characters(const char *text)
{
        size_t count = 0;
        uint32_t point;

        for (size_t size; *text != '\0'; text += size, count++) {
                size = text_decode(text, &point);
                if (size == 0)
                        return 0;
        }
        return count;
}

long long
qrcode_number_max(int seconds)
{
        return seconds == 0 ? QRCODE_PERMANENT_MAX : temporary_max;
}

static enum qrcode_flaw
add_number(const char *scene, int seconds, struct pairs *fields)
{
        long long number = strlen(scene) > NUMBER_DIGITS ? 0 : strtoll(scene, NULL, 10);

        if (*scene == '0' || number < 1 || number > qrcode_number_max(seconds))
                return QRCODE_NUMBER;
        pairs_add_number(fields, "action_info/scene/scene_id", number);
        return QRCODE_GOOD;
}

enum qrcode_flaw
qrcode_request(const char *scene, int seconds, struct pairs *fields)
{
        size_t count = count_characters(scene);
        bool is_number = *scene != '\0' && scene[strspn(scene, "0123456789")] == '\0';

        if (seconds > 0)
                pairs_add_number(fields, "expire_seconds", seconds);
        pairs_add(fields, "action_name",
            seconds == 0 ? (is_number ? "QR_LIMIT_SCENE" : "QR_LIMIT_STR_SCENE")
                         : (is_number ? "QR_SCENE" : "QR_STR_SCENE"));
        if (is_number)
                return add_number(scene, seconds, fields);
        if (count < 1 || count > QRCODE_SCENE_MAX)
                return QRCODE_LENGTH;
        pairs_add(fields, "action_info/scene/scene_str", scene);
        return QRCODE_GOOD;
}
