#!/bin/sh
# Packs the static programs: dist.sh PROGRAMS HTML OUT VERSION. The same sources give the same bytes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
programs=$1 html=$2 out=$3 version=$4
name=wechat-cgi-$version-linux-$(uname -m)
# The time of the last change, or of nothing in particular where there is no history.
time=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || echo 1767225600)}

rm -rf "$out"
mkdir -p "$out/$name/cgi-bin" "$out/$name/wechat-html/words"
cp "$programs"/*.cgi "$out/$name/cgi-bin/"
strip --strip-all "$out/$name"/cgi-bin/*.cgi
cp "$here/htaccess" "$out/$name/cgi-bin/.htaccess"
cp "$html"/*.html "$out/$name/wechat-html/"
cp "$html"/words/*.txt "$out/$name/wechat-html/words/"
cp "$here/../wechat.conf.example" "$here/../LICENSE" "$out/$name/"
cp "$here/INSTALL.md" "$out/$name/README.md"
mkdir "$out/$name/clients" "$out/$name/docs"
cp "$here"/../clients/README.md "$here"/../clients/wechat.* "$out/$name/clients/"
cp "$here/../docs/proxies.md" "$out/$name/docs/"
find "$out/$name" -type d -exec chmod 755 {} +
find "$out/$name" -type f -exec chmod 644 {} +
chmod 755 "$out/$name"/cgi-bin/*.cgi
(cd "$out" && tar --create --sort=name --mtime="@$time" --owner=0 --group=0 --numeric-owner --format=ustar "$name" |
    gzip -n -9 >"$name.tar.gz")
(cd "$out" && sha256sum "$name.tar.gz" >SHA256SUMS)
echo "$out/$name.tar.gz"
