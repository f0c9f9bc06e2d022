/* A program that only makes two calls over one connection: two-calls CA-FILE URL URL. */
#include <stdio.h>

#include <curl/curl.h>

static size_t
drop(char *data, size_t size, size_t count, void *context)
{
        (void)data;
        (void)context;
        return size * count;
}

int
main(int argc, char **argv)
{
        CURL *curl;
        int failed = 0;

        curl_global_init(CURL_GLOBAL_DEFAULT);
        curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
        curl_easy_setopt(curl, CURLOPT_CAINFO, argv[1]);
        for (int i = 2; i < argc; i++) {
                long status = 0;

                curl_easy_setopt(curl, CURLOPT_URL, argv[i]);
                if (curl_easy_perform(curl) != CURLE_OK)
                        failed = 1;
                curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
                failed |= status != 200;
        }
        curl_easy_cleanup(curl);
        curl_global_cleanup();
        return failed;
}
