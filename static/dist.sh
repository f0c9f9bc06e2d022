#!/bin/sh
# Packs programs, the command, pages and documents: dist.sh PROGRAMS HTML OUT VERSION [LIBRARIES [ARCH]]. The command is in the folder bin
# beside that of the programs. LIBRARIES: the folder of build.sh, for static programs, which are packed as .zip as well. OUT keeps archives of
# the same version and commit for other processors, and SHA256SUMS is over all. The same sources give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
programs=$1 html=$2 out=$3 version=$4 libraries=${5:-} arch=${6:-$(uname -m)}
name=wechat-cgi-$version-linux-$arch
cross=
[ "$arch" = "$(uname -m)" ] || cross=$arch-linux-gnu-
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
    for library in curl mbedtls expat json-c hiredis zlib libpng1.6 libjpeg-turbo; do
        cp "$libraries/src/$library/COPYING" "$1/$library.txt" 2>/dev/null || cp "$libraries/src/$library/LICENSE" "$1/$library.txt" 2>/dev/null ||
            cp "$libraries/src/$library/LICENSE.md" "$1/$library.txt" || die "the licence of $library is missing"
    done
    cp "$libraries/src/musl/COPYRIGHT" "$1/musl.txt" 2>/dev/null || cp /usr/share/doc/musl-dev/copyright "$1/musl.txt" || cp /usr/share/licenses/musl/COPYRIGHT "$1/musl.txt" ||
        die "the licence of musl is missing"
    pack_qrencode "$1/qrencode"
}

# Makes one object of a program's own and everything inside but libqrencode: pack_object OBJECT OWN...
pack_object() {
    object=$1
    shift
    "${cross}ld" -r -u __wrap_malloc -o "$object" "$@" "$programs/../lib/libwechat.a" "$libraries/lib/libcurl.a" "$libraries/lib/libjson-c.a" \
        "$libraries/lib/libmbedtls.a" "$libraries/lib/libmbedx509.a" "$libraries/lib/libmbedcrypto.a" "$libraries/lib/libpng16.a" \
        "$libraries/lib/libz.a" "$libraries/lib/libhiredis.a"
    "${cross}strip" --strip-debug "$object"
}

# The LGPL requires more: the library's source, and each program without the library, to link with another version.
pack_qrencode() {
    mkdir -p "$1"
    cp "$libraries/src/qrencode/COPYING" "$libraries"/src/qrencode_*.orig.tar.* "$1/"
    cp "$here/qrencode.md" "$1/README.md"
    for program in "$programs"/*.cgi; do
        "${cross}nm" "$program" | grep -q ' QRcode_' || continue
        pack_object "$1/$(basename "$program" .cgi).o" "${program%.cgi}.o"
    done
    # The command: its objects have a folder of their own.
    pack_object "$1/wechat.o" "$programs"/../command/*.o
    pack_object "$1/wechat.fcgi.o" "$programs"/../fcgi/wechat.o "$programs"/../together/*.o
}

# The page for installing: pack_page FILE. Between @static and @end stands what is true of static programs only; between @shared and @end, of
# the others.
pack_page() {
    if [ -n "$libraries" ]; then keep=static drop=shared; else keep=shared drop=static; fi
    sed -e "/^@$drop\$/,/^@end\$/d" -e "/^@$keep\$/d; /^@end\$/d" -e "s/@libraries@/$(inside)/g; s/@version@/$version/g; s/@processor@/$arch/g" \
        "$here/$1" >"$out/$name/$1"
}

[ -z "$libraries" ] || [ -s "$libraries/versions" ] || die "$libraries has no list of versions: run static/build.sh first"
mkdir -p "$out"
for file in "$out"/*; do
    case $file in
    "$out/$name" | "$out/$name".*) ;;
    "$out/wechat-cgi-$version-linux-"*) [ "$(stat -c %Y "$file")" != "$time" ] || continue ;;
    esac
    rm -rf "$file"
done

# For the host's cgi-bin.
mkdir -p "$out/$name/cgi-bin" "$out/$name/wechat/wechat-html/words"
cp "$programs"/*.cgi "$out/$name/cgi-bin/"
"${cross}strip" --strip-all "$out/$name"/cgi-bin/*.cgi
sed "s/@processor@/$arch/" "$here/probe.cgi" >"$out/$name/cgi-bin/probe.cgi"
(cd "$out/$name/cgi-bin" && sha256sum -- *.cgi >SHA256SUMS)
cp "$here/htaccess" "$out/$name/cgi-bin/.htaccess"

# For the folder beside the document root.
cp "$here/htaccess-wechat" "$out/$name/wechat/.htaccess"
cp "$html"/*.html "$html/version.txt" "$out/$name/wechat/wechat-html/"
cp "$html"/words/*.txt "$out/$name/wechat/wechat-html/words/"
cp "$top/wechat.conf.example" "$here"/examples/*.example "$out/$name/wechat/"
find "$top/docs" -name menu.json.example -exec cp {} "$out/$name/wechat/" \;

# For the owner's own computer and shell.
mkdir "$out/$name/bin" "$out/$name/man"
cp "$programs/../bin/wechat" "$programs/../bin/wechat.fcgi" "$programs/../bin/wechat-completion.bash" "$out/$name/bin/"
"${cross}strip" --strip-all "$out/$name/bin/wechat" "$out/$name/bin/wechat.fcgi"
cp "$top"/man/*.[1-8] "$out/$name/man/"
(cd "$top" && sh tools/documents | tar --create --files-from=-) | tar --extract --no-same-owner --directory="$out/$name"
: >"$out/$name/wechat-check"
pack_page INSTALL.zh-CN.md
pack_page INSTALL.md
pack_licenses "$out/$name/licenses"

find "$out/$name" -type d -exec chmod 755 {} +
find "$out/$name" -type f -exec chmod 644 {} +
chmod 755 "$out/$name"/cgi-bin/*.cgi "$out/$name/bin/wechat" "$out/$name/bin/wechat.fcgi"
cd "$out"
tar --create --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --format=ustar "$name" | gzip -n -9 >"$name.tar.gz"
if [ -n "$libraries" ]; then python3 "$here/zip.py" "$name" "$time"; fi
touch -d "@$time" "$name" "$name".*
find . -maxdepth 1 -name "wechat-cgi-*" -type f | sed 's|^\./||' | LC_ALL=C sort | xargs sha256sum -- >SHA256SUMS
for file in "$name".*; do echo "$PWD/$file"; done
