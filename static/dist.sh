#!/bin/sh
# Packs programs, the command, pages and documents: dist.sh PROGRAMS HTML OUT VERSION [LIBRARIES]. The command is in the folder bin
# beside that of the programs. LIBRARIES: the folder of build.sh, for static programs. The same sources give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
programs=$1 html=$2 out=$3 version=$4 libraries=${5:-}
name=wechat-cgi-$version-linux-$(uname -m)
# The time of the last commit; without a git history, a fixed time.
time=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 1767225600)}

die() { echo "static/dist.sh: $*" >&2; exit 1; }

# The libraries inside the programs, with their versions; cmocka is only for the tests. The ordinary programs contain some, from
# the build machine.
inside() {
    if [ -z "$libraries" ]; then
        echo 'json-c, Mbed TLS, libpng, zlib'
        return
    fi
    grep -v '^cmocka ' "$libraries/versions" | sed 's/$/,/' | tr '\n' ' ' | sed 's/, $//'
}

# Copies the licence of each library into FOLDER; also that of WeUI, if its style is in the pages.
pack_licenses() {
    mkdir -p "$1"
    if [ -e "$html-node/node_modules/weui" ]; then cp "$html-node/node_modules/weui/LICENSE.txt" "$1/weui.txt"; fi
    if [ -z "$libraries" ]; then
        for package in libjson-c-dev libmbedtls-dev libpng-dev zlib1g-dev; do
            [ ! -e "/usr/share/doc/$package/copyright" ] || cp "/usr/share/doc/$package/copyright" "$1/$package.txt"
        done
        return
    fi
    for library in curl mbedtls expat json-c zlib libpng1.6; do
        cp "$libraries/src/$library/COPYING" "$1/$library.txt" 2>/dev/null || cp "$libraries/src/$library/LICENSE" "$1/$library.txt" ||
            die "the licence of $library is missing"
    done
    cp /usr/share/doc/musl-dev/copyright "$1/musl.txt" || cp /usr/share/licenses/musl/COPYRIGHT "$1/musl.txt" ||
        die "the licence of musl is missing"
    pack_qrencode "$1/qrencode"
}

# Makes one object of a program's own and everything inside but libqrencode: pack_object OBJECT OWN...
pack_object() {
    object=$1
    shift
    ld -r -u __wrap_malloc -o "$object" "$@" "$programs/../lib/libwechat.a" "$libraries/lib/libcurl.a" "$libraries/lib/libjson-c.a" \
        "$libraries/lib/libmbedtls.a" "$libraries/lib/libmbedx509.a" "$libraries/lib/libmbedcrypto.a" "$libraries/lib/libpng16.a" \
        "$libraries/lib/libz.a"
    strip --strip-debug "$object"
}

# The LGPL requires more: the library's source, and each program without the library, to link with another version.
pack_qrencode() {
    mkdir -p "$1"
    cp "$libraries/src/qrencode/COPYING" "$libraries"/src/qrencode_*.orig.tar.* "$1/"
    cp "$here/qrencode.md" "$1/README.md"
    for program in "$programs"/*.cgi; do
        "$program" --describe | grep -q '"links":\[[^]]*"qrencode"' || continue
        pack_object "$1/$(basename "$program" .cgi).o" "${program%.cgi}.o"
    done
    # The command: its objects have a folder of their own.
    pack_object "$1/wechat.o" "$programs"/../command/*.o
}

[ -z "$libraries" ] || [ -s "$libraries/versions" ] || die "$libraries has no list of versions: run static/build.sh first"
rm -rf "$out"
mkdir -p "$out/$name/cgi-bin" "$out/$name/wechat/wechat-html/words"
cp "$programs"/*.cgi "$out/$name/cgi-bin/"
strip --strip-all "$out/$name"/cgi-bin/*.cgi
sed "s/@processor@/$(uname -m)/" "$here/probe.cgi" >"$out/$name/cgi-bin/probe.cgi"
(cd "$out/$name/cgi-bin" && sha256sum -- *.cgi >SHA256SUMS)
mkdir "$out/$name/bin" "$out/$name/man"
cp "$programs/../bin/wechat" "$programs/../bin/wechat-completion.bash" "$out/$name/bin/"
strip --strip-all "$out/$name/bin/wechat"
cp "$here"/../man/*.[1-9] "$out/$name/man/"
cp "$here/htaccess" "$out/$name/cgi-bin/.htaccess"
cp "$here/htaccess-wechat" "$out/$name/wechat/.htaccess"
cp "$html"/*.html "$html/version.txt" "$out/$name/wechat/wechat-html/"
cp "$html"/words/*.txt "$out/$name/wechat/wechat-html/words/"
cp "$here/../wechat.conf.example" "$out/$name/wechat/"
cp "$here/../LICENSE" "$out/$name/"
mkdir "$out/$name/clients"
cp "$here"/../clients/README.md "$here"/../clients/wechat.* "$out/$name/clients/"
cp -R "$here/../docs" "$out/$name/"
sed "s/@libraries@/$(inside)/" "$here/INSTALL.md" >"$out/$name/README.md"
[ -n "$libraries" ] || sed -i -e '/^libqrencode/d' \
    -e 's/^这些程序不需要编译器，也不需要主机上有任何库，/这些程序不需要编译器；主机上要有 libcurl、libexpat 和 libqrencode，/' \
    -e "s/^The programs need no compiler and none of the host's libraries, just/The programs need no compiler, but libcurl, libexpat and libqrencode on the host, and/" \
    "$out/$name/README.md"
pack_licenses "$out/$name/licenses"
find "$out/$name" -type d -exec chmod 755 {} +
find "$out/$name" -type f -exec chmod 644 {} +
chmod 755 "$out/$name"/cgi-bin/*.cgi "$out/$name/bin/wechat"
(cd "$out" && tar --create --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
    gzip -n -9 >"$name.tar.gz")
(cd "$out" && sha256sum "$name.tar.gz" >SHA256SUMS)
echo "$out/$name.tar.gz"
