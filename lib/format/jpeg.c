#include "format/jpeg.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* It needs size_t and FILE. */
#include <jpeglib.h>

#include <jerror.h>

#include "base/arena.h"
#include "format/exif.h"

enum { COLORS = 3, INKS = 4, EXIF = JPEG_APP0 + 1, MARKER_SIZE = 65533, EIGHTHS = 8, DETAIL = 2 };

/* What is allocated after setjmp() is in here. */
struct work {
        struct jpeg_error_mgr errors;
        struct jpeg_progress_mgr progress;
        jmp_buf out;
        struct jpeg_decompress_struct in;
        struct jpeg_compress_struct to;
        unsigned char *written;
        unsigned long written_size;
};

/* ---- errors ---- */

static void
give_up(j_common_ptr jpeg)
{
        struct work *work = jpeg->client_data;

        longjmp(work->out, 1);
}

/* A warning means that the rest of the picture is invented. These two do not. */
static void
judge(j_common_ptr jpeg, int level)
{
        if (level < 0 && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA &&
            jpeg->err->msg_code != JWRN_ADOBE_XFORM)
                give_up(jpeg);
}

static void
say_nothing(j_common_ptr jpeg)
{
        (void)jpeg;
}

static void
count_scans(j_common_ptr jpeg)
{
        if (jpeg->is_decompressor && ((j_decompress_ptr)jpeg)->input_scan_number > JPEG_SCANS_MAX)
                give_up(jpeg);
}

static struct work *
begin(struct arena *arena)
{
        struct work *work = arena_alloc(arena, sizeof(*work));

        jpeg_std_error(&work->errors);
        work->errors.error_exit = give_up;
        work->errors.emit_message = judge;
        work->errors.output_message = say_nothing;
        work->progress.progress_monitor = count_scans;
        work->in.err = work->to.err = &work->errors;
        work->in.client_data = work->to.client_data = work;
        return work;
}

/* ---- reading ---- */

static int
orientation_of(const struct jpeg_decompress_struct *jpeg)
{
        static const char magic[] = "Exif\0"; /* and the NUL behind it */

        for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL;
             marker = marker->next)
                if (marker->marker == EXIF && marker->data_length > sizeof(magic) &&
                    memcmp(marker->data, magic, sizeof(magic)) == 0)
                        return exif_orientation(
                            marker->data + sizeof(magic), marker->data_length - sizeof(magic));
        return 1;
}

/* Of a picture in several scans all coefficients are in memory. */
static bool
takes_too_much(struct jpeg_decompress_struct *jpeg)
{
        size_t size = 0;

        if (!jpeg_has_multiple_scans(jpeg))
                return false;
        for (int i = 0; i < jpeg->num_components; i++)
                size += (size_t)jpeg->comp_info[i].width_in_blocks *
                        jpeg->comp_info[i].height_in_blocks * sizeof(JBLOCK);
        return size > JPEG_COEFFICIENTS_MAX;
}

/* Has libjpeg make a large picture smaller, which costs less, but not as small as the square. */
static void
choose_scale(struct jpeg_decompress_struct *jpeg)
{
        size_t side =
            jpeg->image_width < jpeg->image_height ? jpeg->image_width : jpeg->image_height;

        jpeg->scale_denom = EIGHTHS;
        for (jpeg->scale_num = 1; jpeg->scale_num < EIGHTHS; jpeg->scale_num *= 2)
                if (side * jpeg->scale_num / EIGHTHS >= (size_t)DETAIL * PIXELS_SQUARE_MAX)
                        return;
}

/* Photoshop, whose marker says so, writes what is not printed. */
static void
mix(const uint8_t inks[INKS], bool inverted, uint8_t color[COLORS])
{
        const unsigned black = inverted ? inks[COLORS] : 255U - inks[COLORS];

        for (size_t i = 0; i < COLORS; i++)
                color[i] = (uint8_t)((inverted ? inks[i] : 255U - inks[i]) * black / 255U);
}

static void
add_row(
    struct pixels *pixels, const struct jpeg_decompress_struct *jpeg, size_t y, const uint8_t *row)
{
        const bool printed = jpeg->out_color_space == JCS_CMYK;

        for (size_t x = 0; x < pixels->width; x++) {
                uint8_t mixed[COLORS];

                if (printed)
                        mix(row + x * INKS, jpeg->saw_Adobe_marker, mixed);
                pixels_add(pixels, x, y, printed ? mixed : row + x * COLORS);
        }
}

static enum picture_flaw
read_picture(struct arena *arena, struct jpeg_decompress_struct *jpeg, struct pixels *pixels)
{
        const bool printed =
            jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
        enum picture_flaw flaw = pixels_begin(arena, jpeg->image_width, jpeg->image_height, pixels);
        JSAMPROW row;

        if (flaw != PICTURE_GOOD)
                return flaw;
        if (takes_too_much(jpeg))
                return PICTURE_LARGE;
        jpeg->out_color_space = printed ? JCS_CMYK : JCS_RGB;
        choose_scale(jpeg);
        jpeg_start_decompress(jpeg);
        flaw = pixels_begin(arena, jpeg->output_width, jpeg->output_height, pixels);
        if (flaw != PICTURE_GOOD)
                return flaw;
        row = arena_alloc(arena, (size_t)jpeg->output_width * INKS);
        while (jpeg->output_scanline < jpeg->output_height) {
                size_t y = jpeg->output_scanline;

                if (jpeg_read_scanlines(jpeg, &row, 1) == 1)
                        add_row(pixels, jpeg, y, row);
        }
        jpeg_finish_decompress(jpeg);
        return PICTURE_GOOD;
}

enum picture_flaw
jpeg_read(
    struct arena *arena, const void *bytes, size_t size, struct pixels *pixels, int *orientation)
{
        struct work *work = begin(arena);
        enum picture_flaw flaw;

        if (setjmp(work->out) != 0) {
                int code = work->errors.msg_code;

                jpeg_destroy_decompress(&work->in);
                return code == JERR_IMAGE_TOO_BIG || code == JERR_OUT_OF_MEMORY ? PICTURE_LARGE
                                                                                : PICTURE_DAMAGED;
        }
        jpeg_create_decompress(&work->in);
        work->in.client_data = work;
        work->in.progress = &work->progress;
        jpeg_mem_src(&work->in, bytes, size);
        jpeg_save_markers(&work->in, EXIF, MARKER_SIZE);
        jpeg_read_header(&work->in, TRUE);
        *orientation = orientation_of(&work->in);
        flaw = read_picture(arena, &work->in, pixels);
        jpeg_destroy_decompress(&work->in);
        return flaw;
}

/* ---- writing ---- */

static void
write_picture(
    struct arena *arena, struct work *work, const uint8_t *square, size_t side, int quality)
{
        struct jpeg_compress_struct *jpeg = &work->to;
        JSAMPROW row = arena_alloc(arena, side * COLORS);

        jpeg_mem_dest(jpeg, &work->written, &work->written_size);
        jpeg->image_width = jpeg->image_height = (JDIMENSION)side;
        jpeg->input_components = COLORS;
        jpeg->in_color_space = JCS_RGB;
        jpeg_set_defaults(jpeg);
        jpeg_set_quality(jpeg, quality, TRUE);
        jpeg->optimize_coding = TRUE;
        jpeg_start_compress(jpeg, TRUE);
        for (size_t y = 0; y < side; y++) {
                memcpy(row, square + y * side * COLORS, side * COLORS);
                jpeg_write_scanlines(jpeg, &row, 1);
        }
        jpeg_finish_compress(jpeg);
}

char *
jpeg_write(struct arena *arena, const uint8_t *square, size_t side, int quality, size_t *size)
{
        struct work *work = begin(arena);
        char *made;

        if (setjmp(work->out) != 0) {
                jpeg_destroy_compress(&work->to);
                free(work->written);
                return NULL;
        }
        jpeg_create_compress(&work->to);
        work->to.client_data = work;
        write_picture(arena, work, square, side, quality);
        jpeg_destroy_compress(&work->to);
        made = arena_copy(arena, work->written, work->written_size);
        *size = work->written_size;
        free(work->written);
        return made;
}
