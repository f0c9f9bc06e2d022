#include "people.h"

#include <string.h>

#include "base/pairs.h"

/* WeChat no longer provides sex and region: the first person is like today's users. */
static const struct sim_person people[] = {
    {"lin", "oSim0008linXiaoToday_StUvWxY", "林晓", 0, "", "", "", "", "", "#00838f", false},
    {"xiaoming", "oSim0001xiaoMing-aBcDeFgHiJk", "小明", 1, "广东", "深圳", "中国", "chinaunicom",
        "uSim0001xiaoMing-aBcDeFgHiJk", "#2e7d32", false},
    {"meimei", "oSim0002wangMeiMei_MnOpQrStU", "王小美", 2, "台灣", "台北", "中國", "", "",
        "#c2185b", false},
    {"ann", "oSim0003annEmojiMarkup-WxYzA", "🌸<b>Ann</b> \"O'Neil\" & 👩‍👩‍👧", 2, "",
        "", "", "", "", "#6a1b9a", false},
    {"nobody", "oSim0004onlyAnOpenidNothing_", "", 0, "", "", "", "", "", "", false},
    {"john", "oSim0005johnSmithEnglish-CdE", "John Smith", 1, "", "London", "England", "", "",
        "#1565c0", false},
    {"control", "oSim0006controlBytesBidi_GhI",
        /* Intended: such nicknames exist. NOLINTNEXTLINE(misc-misleading-bidirectional) */
        "con\001trol \xe2\x80\xae"
        "gnp.exe",
        0, "", "", "", "", "", "#ef6c00", false},
    {"snapshot", "oSim0007virtualSnapshot-KlMn", "微信用户", 0, "", "", "", "", "", "#546e7a",
        true},
};

const struct sim_person *
people_find(const char *id)
{
        for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
                if (id != NULL && strcmp(people[i].id, id) == 0)
                        return &people[i];
        return NULL;
}

const struct sim_person *
people_of_openid(const char *openid)
{
        for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
                if (strcmp(people[i].openid, openid) == 0)
                        return &people[i];
        return NULL;
}

const struct sim_person *
people_at(size_t number)
{
        return number < sizeof(people) / sizeof(people[0]) ? &people[number] : NULL;
}

const struct sim_person *
people_first(void)
{
        return &people[0];
}

const struct sim_person *
people_chosen(const struct pairs *switches)
{
        const struct sim_person *person = people_find(pairs_get(switches, "person"));

        return person == NULL ? people_first() : person;
}
