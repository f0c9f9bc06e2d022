#!/bin/sh
# Implements `make release`: release.sh VERSION BUILD. RELEASING.md describes it. MAKE, RELEASE and RELEASE_STEPS come from
# static/release.mk.
set -eu
cd "$(dirname "$0")/.."
version=$1 build=$2
out=$build/release
make=${MAKE:-make}
try=$([ "${RELEASE:-}" = try ] && echo yes || echo no)
all='clean check check-static check-analyse check-sanitize check-valgrind coverage check-hard dist-static-all dist-shared dist deb'
steps=${RELEASE_STEPS:-$all}

die() { echo "release: $*" >&2; exit 1; }

# A fault that prevents a release; a trial only reports it.
refuse() {
    [ "$try" = yes ] || die "$*"
    echo "release: trial: $*" >&2
}

[ -z "${RELEASE:-}" ] || [ "$try" = yes ] || die "RELEASE is either unset or try"
[ -z "${RELEASE_STEPS:-}" ] || [ "$try" = yes ] || die "RELEASE_STEPS needs RELEASE=try"
status=$(git status --porcelain) || die "this is no git checkout"
[ -z "$status" ] || refuse "files are changed or not committed; commit or remove them: $(echo "$status" | head -n 3 | tr '\n' ' ')"
heading=$(sed -n 's/^## //p' CHANGES.md | head -n 1)
[ "${heading%% *}" = "$version" ] || refuse "VERSION in the Makefile is $version, but the top of CHANGES.md says ${heading%% *}"
case $heading in
    *unreleased*) refuse "CHANGES.md says that ${heading%% *} is unreleased: write the date there" ;;
esac

commit=$(git rev-parse HEAD)

# The logs stay outside $build until the end, because the first step deletes it.
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
for step in $steps; do
    echo "release: make $step"
    begun=$(date +%s)
    if ! "$make" --no-print-directory "$step" >"$logs/$step.log" 2>&1; then
        tail -n 20 "$logs/$step.log" >&2
        mkdir -p "$build"
        cp "$logs/$step.log" "$build/release-failed.log"
        die "make $step failed; its output is in $build/release-failed.log"
    fi
    echo "release: make $step: passed in $(($(date +%s) - begun)) s"
done

# The archives must contain exactly what was tested.
[ "$(git rev-parse HEAD)" = "$commit" ] || die "another commit was checked out meanwhile: begin again"
[ "$try" = yes ] || [ -z "$(git status --porcelain)" ] || die "files changed meanwhile: see git status"

rm -rf "$out" "$build/release-failed.log"
mkdir -p "$out/log"
cp "$logs"/*.log "$out/log/"
# Takes a file into the release, under another name if given.
take() {
    if [ -e "$build/$1" ]; then cp "$build/$1" "$out/${2:-}"; else refuse "$build/$1 is missing"; fi
}
name=wechat-cgi-$version
for archive in "$name-linux-x86_64" "$name-linux-aarch64"; do
    take "dist/$archive.tar.gz"
    take "dist/$archive.zip"
done
take "dist-shared/$name-linux-$(uname -m).tar.gz" "$name-linux-$(uname -m)-shared.tar.gz"
take "dist-source/$name.tar.gz"
found=no
for package in "$build"/deb/*.deb; do [ ! -e "$package" ] || { cp "$package" "$out/"; found=yes; }; done
[ "$found" = yes ] || refuse "$build/deb has no package"
(cd "$out" && find . -maxdepth 1 -type f ! -name SHA256SUMS | sed 's|^\./||' | LC_ALL=C sort | xargs -r sha256sum -- >SHA256SUMS)
echo "release: $out"
cat "$out/SHA256SUMS"
