/*
 * face: the site's own face on its pages: name, logo, colour, style sheet and footer, from the
 * settings. docs/en/pages.md describes them.
 */
#ifndef WECHAT_FACE_H
#define WECHAT_FACE_H

struct arena;
struct conf;
struct pairs;

/* Adds the values that html/layout.html has for them: site_name (without the setting the site's
 * host), and those that are set of has_face, face_name, logo; theme, theme_ink, theme_edge,
 * theme_link, theme_edge_dark, theme_link_dark; custom_css; has_footer, icp, contact_url,
 * contact_mail. */
void face_fill(struct arena *arena, const struct conf *conf, struct pairs *values);

/* Returns what a page's Content-Security-Policy has to allow for them beyond the page's own:
 * directives, each with "; " behind it; "" for none. */
const char *face_policy(const struct conf *conf);

/* Returns the origin of the logo if that is on another site, else NULL. */
const char *face_logo_origin(struct arena *arena, const struct conf *conf);

#endif
