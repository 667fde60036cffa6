/* Writes a small PNG file without a PNG library: stored (not compressed) pixels. make_png OUT.png */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t crc(uint32_t value, const uint8_t *data, size_t count)
{
    size_t i;
    int bit;
    for (i = 0; i < count; i++) {
        value ^= data[i];
        for (bit = 0; bit < 8; bit++) value = (value >> 1) ^ (value & 1 ? 0xEDB88320u : 0);
    }
    return value;
}

static void big_endian(uint8_t *out, uint32_t value)
{
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
}

static void chunk(FILE *file, const char *type, const uint8_t *data, size_t count)
{
    uint8_t number[4];
    uint32_t sum = crc(crc(0xFFFFFFFFu, (const uint8_t *)type, 4), data, count) ^ 0xFFFFFFFFu;
    big_endian(number, (uint32_t)count);
    fwrite(number, 1, 4, file);
    fwrite(type, 1, 4, file);
    fwrite(data, 1, count, file);
    big_endian(number, sum);
    fwrite(number, 1, 4, file);
}

int main(int argc, char **argv)
{
    enum { WIDTH = 40, HEIGHT = 30, ROW = WIDTH * 3 + 1, RAW = ROW * HEIGHT };
    static uint8_t body[RAW + 11];
    uint8_t header[13] = { 0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, 2, 0, 0, 0 };
    uint32_t a = 1, b = 0;
    int x, y, i;
    FILE *file = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (!file) return 1;
    body[0] = 0x78;
    body[1] = 1;
    body[2] = 1; /* the last block, stored */
    body[3] = RAW & 255;
    body[4] = RAW >> 8;
    body[5] = (uint8_t)~body[3];
    body[6] = (uint8_t)~body[4];
    for (y = 0; y < HEIGHT; y++)
        for (x = 0; x < WIDTH * 3; x++) body[7 + y * ROW + 1 + x] = (uint8_t)(x * 2 + y * 7);
    for (i = 0; i < RAW; i++) {
        a = (a + body[7 + i]) % 65521;
        b = (b + a) % 65521;
    }
    big_endian(body + 7 + RAW, b << 16 | a);
    fwrite("\x89PNG\r\n\x1a\n", 1, 8, file);
    chunk(file, "IHDR", header, sizeof header);
    chunk(file, "IDAT", body, sizeof body);
    chunk(file, "IEND", body, 0);
    return fclose(file) != 0;
}
