#!/bin/sh
# Reports libraries of the static build that are behind Debian's archive, a line each: behind.sh FOLDER, the folder of
# build.sh. It never fails, because a new Debian version is no fault of this checkout.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/src/.apt"
root=$(cd "$1" && pwd)
lists=$root/src/.apt
. "$here/apt.sh"

is_newer() { dpkg --compare-versions "$1" gt "$2"; }

# The newest version in the archive; empty if there is none.
newest() {
    best=
    for version in $(on_lists apt-cache showsrc --only-source "$1" 2>/dev/null | sed -n 's/^Version: //p'); do
        if [ -z "$best" ] || is_newer "$version" "$best"; then best=$version; fi
    done
    echo "$best"
}

if ! update_lists >/dev/null 2>&1; then
    echo "static build: whether its libraries are behind Debian's archive is not known: apt-get update does not reach it"
    exit 0
fi
behind=0
# The versions that are built; before the first build, those that would be.
if [ -s "$root/versions" ]; then cat "$root/versions"; else awk '!/^#/ && !seen[$1]++ { print $1, $2 }' "$here/sources"; fi >"$lists/inside"
while read -r name version; do
    offered=$(newest "$name")
    if [ -z "$offered" ] || ! is_newer "$offered" "$version"; then continue; fi
    behind=1
    case $name in
    musl) what="install it (package musl-dev)" ;;
    *)
        what="change static/sources"
        ! grep -q "^$name  *$offered " "$here/sources" || what="its source could not be fetched here; run make dist-static again when it can"
        ;;
    esac
    echo "static build: BEHIND: $name $version, and Debian's archive has $offered: $what"
done <"$lists/inside"
[ "$behind" = 1 ] || echo "static build: no library is behind Debian's archive"
