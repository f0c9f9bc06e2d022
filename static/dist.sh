#!/bin/sh
# Packs the static programs: dist.sh PROGRAMS HTML OUT VERSION LIBRARIES, the folder of build.sh. The same sources give the
# same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
programs=$1 html=$2 out=$3 version=$4 libraries=$5
name=wechat-cgi-$version-linux-$(uname -m)
# The time of the last change, or of nothing in particular where there is no history.
time=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 1767225600)}

die() { echo "static/dist.sh: $*" >&2; exit 1; }

# Each library that is inside, with its version; cmocka is for the tests.
inside() { grep -v '^cmocka ' "$libraries/versions" | sed 's/$/,/' | tr '\n' ' ' | sed 's/, $//'; }

# The text of each library's licence, in FOLDER; of WeUI, whose style is in the pages, where they were built with it.
pack_licenses() {
    mkdir -p "$1/qrencode"
    for library in curl mbedtls expat json-c; do
        cp "$libraries/src/$library/COPYING" "$1/$library.txt" 2>/dev/null || cp "$libraries/src/$library/LICENSE" "$1/$library.txt" ||
            die "the licence of $library is missing"
    done
    cp /usr/share/doc/musl-dev/copyright "$1/musl.txt" || cp /usr/share/licenses/musl/COPYRIGHT "$1/musl.txt" ||
        die "the licence of musl is missing"
    if [ -e "$html-node/node_modules/weui" ]; then cp "$html-node/node_modules/weui/LICENSE.txt" "$1/weui.txt"; fi
    pack_qrencode "$1/qrencode"
}

# The LGPL wants more: the library's source, and the program without the library, to be linked with another version.
pack_qrencode() {
    cp "$libraries/src/qrencode/COPYING" "$libraries"/src/qrencode_*.orig.tar.* "$1/"
    cp "$here/qrencode.md" "$1/README.md"
    ld -r -u __wrap_malloc -o "$1/desktop.o" "$programs/desktop.o" "$programs/../lib/libwechat.a" "$libraries/lib/libjson-c.a" \
        "$libraries/lib/libmbedcrypto.a"
    strip --strip-debug "$1/desktop.o"
}

[ -s "$libraries/versions" ] || die "$libraries has no list of versions: run static/build.sh first"
rm -rf "$out"
mkdir -p "$out/$name/cgi-bin" "$out/$name/wechat-html/words"
cp "$programs"/*.cgi "$out/$name/cgi-bin/"
strip --strip-all "$out/$name"/cgi-bin/*.cgi
cp "$here/htaccess" "$out/$name/cgi-bin/.htaccess"
cp "$html"/*.html "$out/$name/wechat-html/"
cp "$html"/words/*.txt "$out/$name/wechat-html/words/"
cp "$here/../wechat.conf.example" "$here/../LICENSE" "$out/$name/"
mkdir "$out/$name/clients" "$out/$name/docs"
cp "$here"/../clients/README.md "$here"/../clients/wechat.* "$out/$name/clients/"
cp "$here/../docs/proxies.md" "$out/$name/docs/"
sed "s/@libraries@/$(inside)/" "$here/INSTALL.md" >"$out/$name/README.md"
pack_licenses "$out/$name/licenses"
find "$out/$name" -type d -exec chmod 755 {} +
find "$out/$name" -type f -exec chmod 644 {} +
chmod 755 "$out/$name"/cgi-bin/*.cgi
(cd "$out" && tar --create --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
    gzip -n -9 >"$name.tar.gz")
(cd "$out" && sha256sum "$name.tar.gz" >SHA256SUMS)
echo "$out/$name.tar.gz"
