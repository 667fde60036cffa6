/* Loads each model named and prints "STATUS message", one line each. */
#include "check.h"

int main(int argc, char **argv)
{
    int i;
    for (i = 1; i < argc; i++) {
        livephoto_model *model = NULL;
        livephoto_status status = livephoto_model_load(argv[i], NULL, NULL, &model);
        printf("%s %s\n", livephoto_status_name(status), livephoto_model_message(model));
        livephoto_model_free(model);
    }
    return 0;
}
