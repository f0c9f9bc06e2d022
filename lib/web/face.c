#include "web/face.h"

#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/pairs.h"
#include "conf/conf.h"
#include "format/color.h"
#include "format/url.h"

/* The grounds of html/style.css on which colours are hardest to see: --ground by day, --paper in
 * the dark. */
static const struct color light = {0xed, 0xed, 0xed}, dark = {0x1e, 0x1e, 0x1e};

static const double text_contrast = 4.5, edge_contrast = 3;

static void
add_set(struct pairs *values, const char *name, const char *value)
{
        if (*value != '\0')
                pairs_add(values, name, value);
}

static void
fill_name(const struct conf *conf, struct pairs *values)
{
        const char *host = strstr(conf->site_url, "://");

        if (*conf->site_name != '\0')
                pairs_add(values, "site_name", conf->site_name);
        else if (host != NULL)
                pairs_add(values, "site_name", host + 3);
        add_set(values, "face_name", conf->site_name);
        add_set(values, "logo", conf->logo);
        if (*conf->site_name != '\0' || *conf->logo != '\0')
                pairs_add(values, "has_face", "1");
}

static void
add_shade(struct arena *arena, struct pairs *values, const char *name, struct color color,
    struct color ground, double contrast)
{
        pairs_add(values, name, color_format(arena, color_shade(color, ground, contrast)));
}

static void
fill_theme(struct arena *arena, const struct conf *conf, struct pairs *values)
{
        struct color color;

        if (!color_parse(conf->theme_color, &color))
                return;
        pairs_add(values, "theme", color_format(arena, color));
        pairs_add(values, "theme_ink", color_format(arena, color_ink(color)));
        add_shade(arena, values, "theme_edge", color, light, edge_contrast);
        add_shade(arena, values, "theme_link", color, light, text_contrast);
        add_shade(arena, values, "theme_edge_dark", color, dark, edge_contrast);
        add_shade(arena, values, "theme_link_dark", color, dark, text_contrast);
}

static void
fill_footer(struct arena *arena, const struct conf *conf, struct pairs *values)
{
        const char *contact = conf->contact;
        bool is_mail = *contact != '\0' && *contact != '/' && strstr(contact, "://") == NULL;

        if (*contact != '\0')
                pairs_add(values, "contact_url",
                    is_mail ? arena_printf(arena, "mailto:%s", contact) : contact);
        if (is_mail)
                pairs_add(values, "contact_mail", contact);
        add_set(values, "icp", conf->icp);
        if (*contact != '\0' || *conf->icp != '\0')
                pairs_add(values, "has_footer", "1");
}

void
face_fill(struct arena *arena, const struct conf *conf, struct pairs *values)
{
        fill_name(conf, values);
        fill_theme(arena, conf, values);
        add_set(values, "custom_css", conf->custom_css);
        fill_footer(arena, conf, values);
}

const char *
face_policy(const struct conf *conf)
{
        return *conf->custom_css == '\0' ? "" : "font-src 'self'; ";
}

const char *
face_logo_origin(struct arena *arena, const struct conf *conf)
{
        return *conf->logo == '\0' || *conf->logo == '/' ? NULL : url_origin(arena, conf->logo);
}
