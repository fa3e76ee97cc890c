#!/bin/sh
# Checks what the make targets stand on, and installs missing system libraries where it may.
# usage: prerequisites.sh [runtime | tests]
set -eu

fail() { echo "$1" >&2; exit 1; }

# Prints the first Python that is new enough; requirements.txt has wheels for 3.11.
find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3; do
        [ -n "$candidate" ] || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || continue
        command -v "$candidate"
        return
    done
    fail "Python 3.11 is needed and was not found (python3 is $(python3 --version 2>/dev/null || echo missing)); set PYTHON to one."
}

if [ "${1:-}" = python ]; then
    find_python
    exit
fi

python=$(find_python)
command -v node >/dev/null || fail "Node 20.19 or newer is needed to build the browser tool and was not found."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node 20.19 or newer (or 22.12 or newer) is needed to build the browser tool; $(command -v node) is $(node --version)."
free_mb=$(df -Pm . | awk 'NR == 2 {print $4}')
[ -d .venv ] || [ "$free_mb" -ge 3000 ] ||
    fail "Setting up takes 3 GB of disk, and $(pwd) has $free_mb MB free."

packages="libusb-1.0-0 libgl1 libgomp1 libx11-6"
[ "${1:-runtime}" = tests ] && packages="$packages chromium fonts-dejavu-core"
"$python" -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3-venv"

command -v dpkg >/dev/null || exit 0
missing=
for package in $packages; do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ]; then
    echo "installing$missing"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    line="sudo apt-get install --no-install-recommends$missing"
    case "$missing" in
        *venv* | *chromium*) fail "Some system packages are missing; please run: $line" ;;
        *) echo "Some system libraries are missing; what needs Open3D will not run until you run: $line" >&2 ;;
    esac
fi
