#!/bin/sh
# The default model from nothing, by one command: data from Debian's packages, tokenizer, autoencoder, content encoder, tutor, words, program, video model, masks, export.
#
#   ./train_mini.sh [PHOTOS...]     further folders of photographs
#
# Stopped and started again it goes on: finished steps leave their files, the video model its checkpoint. Seed 0 throughout.
#   RUN     folder of the run (checkpoints/mini)     DATA    cache of pictures (checkpoints/data)
#   SCALE   times the usual minutes (1)              THREADS of each step (1)
#   OUTPUT  model folder to write (checkpoints/mini/model)
#   TUTORS  how many are averaged (1; 3 for the shipped words)   PROCESSES  that draw captions or stills for a GPU (1)
# Tutors, words, video model and masks train on a GPU where there is one; the program does not need it.
set -eu
cd "$(dirname "$0")"
RUN=${RUN:-checkpoints/mini} DATA=${DATA:-checkpoints/data} SCALE=${SCALE:-1} THREADS=${THREADS:-1} TUTORS=${TUTORS:-1} PROCESSES=${PROCESSES:-1} PYTHON=${PYTHON:-python}
OUTPUT=${OUTPUT:-$RUN/model}
PACKAGES="mate-backgrounds lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers tuxpaint-stamps-default \
    openclipart-png fonts-noto-color-emoji gcompris-qt-data"
export OMP_NUM_THREADS="$THREADS"
minutes() { awk "BEGIN { print $1 * $SCALE }"; }
step() { echo; echo "== $1"; }

mkdir -p "$RUN" "$DATA/packages"
if [ ! -e "$DATA/words" ]; then
    step "packages"
    (cd "$DATA/packages" && apt-get download $PACKAGES wamerican wordnet-base)
    mkdir -p "$DATA/words.partial"
    for package in "$DATA"/packages/wamerican_*.deb "$DATA"/packages/wordnet-base_*.deb; do
        dpkg-deb -x "$package" "$DATA/words.partial"
        rm "$package"
    done
    mv "$DATA/words.partial" "$DATA/words"
fi
WORDS=$DATA/words/usr/share/dict/american-english
if [ ! -e "$DATA/stamps.npz" ]; then
    step "pictures"
    photos=""
    for folder in "$@"; do photos="$photos --photos $folder"; done
    "$PYTHON" -m livephoto_training.data.prepare "$DATA"/packages/*.deb $photos -o "$DATA"
fi
if [ ! -e "$RUN/tokenizer/vocab.json" ]; then
    step "tokenizer"
    "$PYTHON" -m livephoto_training.model.train_tokenizer --words "$WORDS" --data "$DATA" -o "$RUN/tokenizer"
fi
if [ ! -e "$RUN/vae.safetensors" ]; then
    step "autoencoder"
    "$PYTHON" -m livephoto_training.train.autoencoder --config configs/mini.json --data "$DATA" --minutes "$(minutes 9)" -o "$RUN/vae.safetensors"
fi
if [ ! -e "$RUN/content_encoder.safetensors" ]; then
    step "content encoder"
    "$PYTHON" -m livephoto_training.data.image_network --wordnet "$DATA/words/usr/share/wordnet" -o "$RUN"
fi
for member in $(seq 0 $((TUTORS - 1))); do
    file="$RUN/tutor-$member.safetensors"
    [ "$member" = 0 ] && file="$RUN/tutor.safetensors"
    if [ ! -e "$file" ]; then
        step "tutor $member"
        "$PYTHON" -m livephoto_training.train.tutor --run "$RUN" --data "$DATA" --minutes "$(minutes 30)" --threads "$THREADS" --member "$member"
    fi
done
if [ ! -e "$RUN/words.safetensors" ]; then
    step "words"
    "$PYTHON" -m livephoto_training.train.words --config configs/mini.json --run "$RUN" --data "$DATA" --words "$WORDS" \
        --wordnet "$DATA/words/usr/share/wordnet" --minutes "$(minutes 30)" --half --processes "$((PROCESSES - 1))"
fi
if [ ! -e "$RUN/program.safetensors" ]; then
    step "program"
    "$PYTHON" -m livephoto_training.train.program --config configs/mini.json --run "$RUN" --data "$DATA" --minutes "$(minutes 20)" --half
fi
VIDEO="--config configs/mini.json --data $DATA --half --frames 1 --pairs 1 --longer 0 --batch 24 --reuse 4 --average 0.997 --threads $THREADS"
if [ ! -e "$RUN/video/config.json" ]; then
    step "video model"
    "$PYTHON" -m livephoto_training.train.trainer $VIDEO --run "$RUN" --minutes "$(minutes 60)"
    "$PYTHON" -m livephoto_training.export --checkpoint "$RUN" -o "$RUN/video"
fi
step "masks"
mkdir -p "$RUN/masks"
for file in tokenizer vae.safetensors content_encoder.safetensors concepts.npz words.safetensors program.safetensors; do
    cp -r "$RUN/$file" "$RUN/masks/"
done
# Only scenes with something to find.
echo '{"CAMERA": 0.04, "LIGHT": 0.04, "SUBJECT": 2.0, "NATURE": 1.3, "CONTENT": 0.7, "still": 0.05}' > "$RUN/masks/mix.json"
"$PYTHON" -m livephoto_training.train.masks --config configs/mini.json --data "$DATA" --half --threads "$THREADS" --run "$RUN/masks" \
    --initial "$RUN/video" --minutes "$(minutes 100)" --processes "$PROCESSES"
step "export"
"$PYTHON" -m livephoto_training.export --checkpoint "$RUN/masks" --card configs/mini-card.md -o "$OUTPUT"
