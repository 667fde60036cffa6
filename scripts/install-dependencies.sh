#!/bin/sh
# Installs the Debian packages that the library needs and that are missing. Does nothing, and asks for nothing, when
# all are there.
#
#   scripts/install-dependencies.sh           what building needs
#   scripts/install-dependencies.sh --test    also what the tests need
#   scripts/install-dependencies.sh --check   only says what is missing (exit code 1)
set -eu

packages="gcc libc6-dev pkg-config libopenblas-dev libpng-dev libavcodec-dev libavformat-dev libavutil-dev libswscale-dev"
check=no
for option in "$@"; do
    case $option in
        --test) packages="$packages g++ cmake python3 python3-venv" ;;
        --check) check=yes ;;
        *) echo "unknown option $option" >&2; exit 64 ;;
    esac
done

if ! command -v dpkg-query >/dev/null 2>&1; then
    # Not a Debian: the libraries count, whoever installed them.
    for library in openblas libpng libavcodec libavformat libavutil libswscale; do
        pkg-config --exists "$library" || { echo "missing: $library, with its headers and pkg-config file" >&2; exit 1; }
    done
    exit 0
fi

missing=""
for package in $packages; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ $check = yes ]; then
    echo "missing packages:$missing" >&2
    echo "install them with: scripts/install-dependencies.sh" >&2
    exit 1
fi

root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || { echo "missing packages:$missing; install them as root" >&2; exit 1; }
    root="sudo"
fi
echo "installing:$missing"
# The package lists of a fresh machine are often absent or old: fetch them only when the installation needs it.
install() { $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null; }
install 2>/dev/null || { $root apt-get update -qq && install; }
