#!/bin/sh
# Tests of liblivephoto.so and the command line as a user gets them: the header, the symbols, the C programs of this
# folder, damaged models, the command's exit codes, `make install`, pkg-config, CMake and the C examples.
#
#   Tests/ABITests/run.sh            everything
#   Tests/ABITests/run.sh threads    only the named parts; `memcheck` runs only when named
#
# Needs build/lib and build/bin (`make`). LIVEPHOTO_TEST_MODEL names another model than the tiny one of the fixtures.
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)
tests=$root/Tests/ABITests
library=$root/build/lib/liblivephoto.so
command=$root/build/bin/livephoto
export LIVEPHOTO_TEST_MODEL="${LIVEPHOTO_TEST_MODEL:-$root/Tests/Fixtures/tiny-model}"
export LIVEPHOTO_MODEL="$LIVEPHOTO_TEST_MODEL"
if [ "${1:-}" = --one ]; then
    work=$3
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
failed=""
strict="-Wall -Wextra -Werror -pedantic"

# Runs one part in its own folder and shell, so that the first failing line ends it, and notes whether it failed.
part() {
    name=$1
    mkdir -p "$work/$name"
    start=$(date +%s)
    if "$tests/run.sh" --one "$name" "$work" >"$work/$name.log" 2>&1; then
        printf '  %-12s passed  %3d s\n' "$name" $(($(date +%s) - start))
    else
        printf '  %-12s FAILED\n' "$name"
        sed 's/^/    /' "$work/$name.log" | tail -60
        failed="$failed $name"
    fi
}

# Compiles a C test of this folder; extra flags follow the name.
compile() {
    source=$1
    shift
    gcc -std=c99 -D_GNU_SOURCE -g -Wall -Wextra -Werror "$@" -I"$root/include" -I"$tests" "$tests/$source.c" -o "$source" \
        -L"$root/build/lib" -llivephoto -Wl,-rpath,"$root/build/lib" -lpthread -ldl -lm
}

expect_code() {
    wanted=$1
    shift
    code=0
    "$@" >out.txt 2>err.txt </dev/null || code=$?
    if [ "$code" != "$wanted" ]; then
        echo "exit code $code, expected $wanted: $*"
        tail -3 err.txt
        return 1
    fi
}

part_header() {
    gcc -std=c99 $strict -x c -fsyntax-only "$root/include/livephoto.h"
    g++ -std=c++11 $strict -x c++ -fsyntax-only "$root/include/livephoto.h"
    # The program at the top of the header, as it stands there.
    awk '/A COMPLETE PROGRAM/ { inside = 1; next } /STATES OF A PIPELINE/ { exit } inside' "$root/include/livephoto.h" \
        | sed 's/^ \*//' >program.c
    gcc -std=c99 $strict -I"$root/include" program.c -o program -L"$root/build/lib" -llivephoto -Wl,-rpath,"$root/build/lib"
    g++ -std=c++11 -x c++ $strict -I"$root/include" -c program.c -o program.o
    ./program "$root/Examples/photos/cat.jpg" "the camera zooms in" cat.gif
    [ "$(head -c 3 cat.gif)" = GIF ]
    expect_code 1 ./program missing.jpg "x" none.gif
    grep -q "missing.jpg" err.txt
}

part_symbols() {
    nm -D --defined-only --extern-only "$library" | awk '{ print $3 }' | sort >found.txt
    diff "$tests/symbols.txt" found.txt
    readelf -d "$library" >dynamic.txt
    grep -q 'SONAME.*\[liblivephoto\.so\.0\]' dynamic.txt
    grep -q 'NODELETE' dynamic.txt
    # No path of the machine that built it.
    if grep -E 'R(UN)?PATH' dynamic.txt | grep -v '\[\$ORIGIN\]'; then exit 1; fi
    readelf -d "$command" >dynamic-command.txt
    if grep -E 'R(UN)?PATH' dynamic-command.txt | grep -v '\[\$ORIGIN\]'; then exit 1; fi
    for file in "$library" "$command"; do
        ldd "$file" >needed.txt
        if grep -E 'not found|swift|Foundation|dispatch' needed.txt; then exit 1; fi
    done
    # What a host can include is what is installed: one header.
    [ "$(ls "$root/include" | grep -c '\.h$')" = 1 ]
}

part_null() { compile null_arguments && ./null_arguments; }
part_states() { compile states && ./states; }
part_threads() { compile threads && ./threads; }

part_input() {
    compile bad_input
    gcc -I"$root/include" "$tests/make_png.c" -o make_png && ./make_png photo.png
    # A disk of 64 KiB, where the system lets us mount one: as root, or in a name space of our own.
    mkdir disk
    script='mount -t tmpfs -o size=64k none disk 2>/dev/null && ./bad_input photo.png "$0" disk'
    if unshare -m true 2>/dev/null; then
        unshare -m sh -c "$script" "$root/Examples/photos/cat.jpg"
    elif unshare -rm true 2>/dev/null; then
        unshare -rm sh -c "$script" "$root/Examples/photos/cat.jpg"
    else
        echo "no full disk here: mounting is not allowed"
        ./bad_input photo.png "$root/Examples/photos/cat.jpg"
    fi
    # No temporary file is left behind by any of the failures.
    [ -z "$(find . -name '.?*' -type f)" ]
}

part_models() {
    compile load_status
    python3 "$tests/broken_models.py" "$LIVEPHOTO_TEST_MODEL" ./load_status
}

part_files() {
    compile files
    mkdir -p made
    ./files "$root/Tests/Fixtures/files" made
    # Nothing is left of conversions that were stopped or refused.
    [ "$(ls -A made)" = packed ]
}

part_leaks() {
    # LeakSanitizer's own runtime in a program that is otherwise plain; it sees every allocation of the library.
    compile rounds -fsanitize=leak
    ./rounds 50
    compile rounds
    ./rounds 100
}

# Not among the parts that run by default: valgrind needs minutes to translate OpenBLAS's kernels.
part_memcheck() {
    compile rounds
    valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
        --suppressions="$tests/valgrind.supp" ./rounds 1 no-files
}

part_hygiene() {
    gcc -std=gnu99 -Wall -Wextra -Werror -I"$root/include" -I"$tests" "$tests/hygiene.c" -o hygiene -ldl -lm
    ./hygiene "$library"
    # SWIFT_ROOT would let the Swift runtime take the crash signals; a host that has it set must turn that off.
    SWIFT_BACKTRACE=enable=no ./hygiene "$library"
    # Beside numpy, which brings a BLAS of its own.
    python3 - "$library" <<'PYTHON'
import ctypes, sys
try:
    import numpy
except ImportError:
    sys.exit(0)
library = ctypes.CDLL(sys.argv[1])
assert library.livephoto_abi_version() == 0
assert float((numpy.eye(64) @ numpy.ones((64, 64))).sum()) == 4096
PYTHON
}

part_command() {
    photo=$root/Examples/photos/cat.jpg
    expect_code 0 "$command" --version
    grep -qx "$(sed -n 's/^#define LIVEPHOTO_VERSION_STRING "\(.*\)"/\1/p' "$root/include/livephoto.h")" out.txt
    for sub in animate measure words inspect convert bench; do
        expect_code 0 "$command" "$sub" --help
        grep -q USAGE out.txt
    done
    # Every ending; nothing on a pipe but the result; the file is what its ending says.
    for ending in mp4 webm gif webp png; do
        expect_code 0 "$command" animate "$photo" "the camera zooms in" --size 96x64 --frames 4 -o "clip.$ending"
        [ ! -s err.txt ]
        grep -q "measured" out.txt
        expect_code 0 "$command" measure "clip.$ending"
        grep -q "mean SSIM" out.txt
        expect_code 0 "$command" measure "clip.$ending" --json
        python3 -c 'import json, sys; line = json.load(open("out.txt")); assert len(line["curve"]) == 3, line'
    done
    expect_code 0 "$command" animate "$photo" "x" --size 96x64 --frames 4 -o frames/
    [ "$(ls frames | wc -l)" = 4 ]
    # All options at once, as JSON lines.
    expect_code 0 "$command" animate "$photo" "snow is falling" --intensity 7.5 --seed 18446744073709551615 --frames 3 \
        --size 64x96 --fit pad --steps 3 --guidance 2 --negative "blur" --sampler dpm++2m --fps 12 --threads 2 \
        --model "$LIVEPHOTO_MODEL" --keep-first-frame --json -o all.png
    python3 - <<'PYTHON'
import json
lines = [json.loads(line) for line in open("out.txt")]
assert [l["event"] for l in lines] == ["start"] + ["progress"] * (1 + 3 + 3) + ["done"], lines
assert lines[0]["width"] == 64 and lines[0]["height"] == 96 and lines[0]["seed"] == 18446744073709551615, lines[0]
assert lines[0]["intensity"] == 7.5 and lines[0]["estimated_seconds"] >= 0
assert lines[-2]["step"] == lines[-2]["total"] == 7 and lines[-2]["seconds_left"] == 0
assert lines[-1]["output"] == "all.png" and len(lines[-1]["curve"]) == 2 and 1 <= lines[-1]["level"] <= 10
PYTHON
    expect_code 0 "$command" words "the camera zooms in"
    [ "$(wc -l <out.txt)" = 4 ]
    expect_code 0 env LC_ALL=C "$command" words "the camera zooms in"
    if LC_ALL=C grep -q '[^ -~]' out.txt; then echo "not ASCII"; exit 1; fi
    expect_code 0 "$command" words "the camera zooms in" --json
    python3 -c 'import json; assert json.load(open("out.txt"))["words"][1]["word"] == "camera"'
    expect_code 0 "$command" inspect "$LIVEPHOTO_MODEL"
    grep -q unet out.txt
    expect_code 0 "$command" inspect "$LIVEPHOTO_MODEL" --json
    python3 -c 'import json; assert json.load(open("out.txt"))["parameters"] > 0'
    expect_code 0 "$command" bench --runs 1 --frames 2 --steps 1 --size 64x64 --json
    python3 -c 'import json; b = json.load(open("out.txt")); assert b["products"] and b["blas_core"] and b["peak_bytes"] > 0'

    # Models from files, and packed.
    files=$root/Tests/Fixtures/files
    set -- --model "$files/base.ckpt" --tokenizer "$files/base/tokenizer" --motion "$files/motion_v2.safetensors" \
        --lora "$files/lora_kohya.safetensors:0.5" --lora "$files/motion_lora.ckpt" --working-side 64
    expect_code 0 "$command" animate "$photo" "x" --size 64x64 --frames 2 --steps 1 "$@" -o direct/
    expect_code 0 "$command" convert "$@" -o packed --json
    python3 -c 'import json; assert json.load(open("out.txt"))["event"] == "converted"'
    expect_code 0 "$command" animate "$photo" "x" --size 64x64 --frames 2 --steps 1 --model packed -o again/
    diff -r direct again
    expect_code 0 "$command" inspect packed
    expect_code 0 "$command" inspect "$files/motion_v1.ckpt"
    grep -q "version 1" out.txt
    expect_code 0 "$command" inspect "$files/base" --json
    [ "$(grep -c '"kind"' out.txt)" = 3 ]
    expect_code 66 "$command" inspect "$files/legacy.pt"
    expect_code 65 "$command" animate "$photo" x "$@" --conditioner "$files/pia.ckpt" -o out.gif
    grep -q "both bring motion modules" err.txt
    expect_code 64 "$command" animate "$photo" x --motion "$files/motion_v1.ckpt" -o out.gif
    expect_code 73 "$command" convert "$@" -o packed
    set --

    # Exit codes of sysexits.h.
    expect_code 64 "$command" animate "$photo"
    expect_code 64 "$command" animate "$photo" x -o out.xyz
    expect_code 64 "$command" animate "$photo" x --intensity 11 -o out.gif
    expect_code 64 "$command" animate "$photo" x --intensity nan -o out.gif
    expect_code 64 "$command" animate "$photo" x --steps 0 -o out.gif
    expect_code 64 "$command" animate "$photo" x --frames 10000 -o out.gif
    expect_code 64 "$command" animate "$photo" x --size 63x64 -o out.gif
    expect_code 64 "$command" animate "$photo" x --sampler other -o out.gif
    expect_code 65 "$command" animate "$root/Makefile" x -o out.gif
    expect_code 66 "$command" animate missing.jpg x -o out.gif
    expect_code 66 "$command" animate "$root" x -o out.gif
    expect_code 66 "$command" animate "$photo" x --model /no/such/model -o out.gif
    expect_code 66 "$command" measure missing.mp4
    expect_code 65 "$command" measure "$root/Makefile"
    expect_code 73 "$command" animate "$photo" x -o no/such/out.gif
    expect_code 73 "$command" animate "$photo" x -o frames
    expect_code 64 "$command" animate "$photo" "$(head -c 100000 /dev/zero | tr '\0' a)" -o out.gif
    expect_code 66 "$command" animate missing.jpg x --json -o out.gif
    python3 -c 'import json; e = [json.loads(l) for l in open("out.txt")][-1]; assert e["event"] == "error" and e["exit_code"] == 66, e'
    [ ! -e out.gif ]

    # Ctrl-C: within a second, exit code 130, no file, not even a hidden one. The run would take several times the two seconds.
    mkdir stopped
    for signal in INT TERM; do
        "$command" animate "$photo" x --steps 1000 --frames 16 --size 1024x1024 -o stopped/out.mp4 >out.txt 2>err.txt &
        process=$!
        sleep 2
        kill -s $signal $process
        start=$(date +%s%N)
        code=0
        wait $process || code=$?
        [ $(($(date +%s%N) - start)) -lt 1500000000 ]
        [ $code = 130 ]
    done
    [ -z "$(ls -A stopped)" ]
}

part_same() {
    # The same bytes from C and from the command line, for 1, 2 and 3 threads.
    compile save_frames
    photo=$root/Examples/photos/rocket.jpg
    for threads in 1 2 3; do
        ./save_frames "$photo" "the camera pans left" 7 $threads "c$threads/"
        "$command" animate "$photo" "the camera pans left" --seed 7 --threads $threads -o "command$threads/" >/dev/null
    done
    for folder in c2 c3 command1 command2 command3; do diff -r c1 $folder; done
}

part_install() {
    prefix=$work/install/prefix
    make -C "$root" install PREFIX="$prefix" >make.txt
    export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
    pkg-config --print-errors --exists 'livephoto >= 0.1'
    for example in animate step_loop; do
        gcc -std=c99 -D_GNU_SOURCE $strict "$root/Examples/C/$example.c" -o $example $(pkg-config --cflags --libs livephoto) \
            -Wl,-rpath,"$prefix/lib"
    done
    ./animate "$root/Examples/photos/cat.jpg" "the camera zooms in" animate.gif 7 | grep -q "measured intensity"
    mkdir -p loop
    ./step_loop "$root/Examples/photos/cat.jpg" "the camera pans left" loop
    [ "$(ls loop/frame-*.ppm | wc -l)" = 8 ] && [ -s loop/preview.ppm ]
    cmake -S "$root/Examples/C" -B cmake -DCMAKE_PREFIX_PATH="$prefix" >cmake.txt
    cmake --build cmake >>cmake.txt
    cmake/animate "$root/Examples/photos/cat.jpg" "the camera zooms in" cmake.gif | grep -q "measured intensity"
    cmp animate.gif animate.gif
    "$prefix/bin/livephoto" --version
    man -l "$prefix/share/man/man1/livephoto.1" >/dev/null 2>&1 || ! command -v man >/dev/null
    # Moved as a whole, it still finds its model; DESTDIR leaves no trace in the files.
    make -C "$root" install PREFIX=/opt/livephoto DESTDIR="$work/install/stage" >make.txt
    if grep -rI "$work" "$work/install/stage"; then exit 1; fi
    if [ -d "$root/Models/livephoto-mini" ]; then
        mv "$prefix" "$prefix-moved"
        env -u LIVEPHOTO_MODEL "$prefix-moved/bin/livephoto" inspect >found.txt
        grep -q "$prefix-moved/share" found.txt
    fi
    cp -r "$work/install/stage" "$work/install/gone"
    make -C "$root" uninstall PREFIX=/opt/livephoto DESTDIR="$work/install/gone" >make.txt
    [ -z "$(find "$work/install/gone" -type f)" ]
}

if [ "${1:-}" = --one ]; then
    cd "$work/$2"
    set -x
    "part_$2"
    exit 0
fi
parts=${*:-header symbols null states threads input models files leaks hygiene command same install}
echo "C API and command line:"
for name in $parts; do part "$name"; done
[ -z "$failed" ] || { echo "failed:$failed" >&2; exit 1; }
