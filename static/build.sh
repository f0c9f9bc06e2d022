#!/bin/sh
# Builds the libraries that the programs need, static, against musl: build.sh FOLDER. Into FOLDER/include and
# FOLDER/lib; sources and logs stay in FOLDER/src. What is built already is not built again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1/src" "$1/lib" "$1/include"
root=$(cd "$1" && pwd)
export CC=musl-gcc
export CFLAGS="-O2 -ffunction-sections -fdata-sections -fPIE -fstack-protector-strong -ffile-prefix-map=$root/src=."
export CPPFLAGS="-I$root/include" LDFLAGS="-L$root/lib" PKG_CONFIG=false
jobs=$(nproc)
host=$(uname -m)-linux-musl

die() { echo "static/build.sh: $*" >&2; exit 1; }

# Downloads source packages; the lists are brought up to date once in a run, and only for this.
lists=$root/src/.apt
. "$here/apt.sh"
rm -f "$lists/ready"
apt_source() {
    if [ ! -e "$lists/ready" ]; then
        update_lists || :
        touch "$lists/ready"
    fi
    on_lists apt-get source -qq --download-only "$@"
}

# The package's files; of one whose Debian part is not to be had, the .dsc and the upstream archive.
fetch_files() {
    if [ "$part" = upstream ]; then
        apt_source --dsc-only "$name=$version" && apt_source --tar-only "$name=$version"
    else
        apt_source "$name=$version"
    fi
}

# Unpacks what the .dsc names. The checksums that stand there, of every file, must fit: dpkg-source looks at them, and
# we do where there is only the upstream archive.
unpack() {
    if [ "$part" = upstream ]; then
        archive=$(echo "${name}_${version%-*}".orig.tar.*)
        sed -n '/^Checksums-Sha256:/,/^[^ ]/p' "$dsc" | awk -v f="$archive" '$3 == f {print $1 "  " f}' | sha256sum --check --quiet &&
            mkdir "$name" && tar -xf "$archive" -C "$name" --strip-components=1
    else
        dpkg-source --extract "$dsc" "$name"
    fi
}

has_older() { grep -q "^$1 .* older\$" "$here/sources"; }

# Fetches a package's files; 1: they cannot be had. Where there is an older version they are asked for once a day.
fetch() {
    name=$1 version=$2 part=$3
    cd "$root/src" || return
    dsc=${name}_$version.dsc
    [ ! -e "$dsc" ] || return 0
    if has_older "$name" && [ -n "$(find . -maxdepth 1 -name "$name-$version.missing" -mtime -1)" ]; then return 1; fi
    fetch_files >"$name-$version.fetch.log" 2>&1 || { rm -f "$dsc"; touch "$name-$version.missing"; return 1; }
}

# Unpacks the files of a package into src/NAME.
take_out() {
    name=$1 version=$2 sum=$3 part=$4
    cd "$root/src"
    dsc=${name}_$version.dsc
    echo "$sum  $dsc" | sha256sum --check --quiet || die "$dsc is not what static/sources says"
    rm -rf "$name"
    unpack >"$name.unpack.log" 2>&1 || die "$dsc: its files are not what it says: see $root/src/$name.unpack.log"
    # Patches touch what configure is made from, not what it says: nothing is to be made again.
    find "$name" -exec touch -h -d 2001-01-01 {} +
    find "$name" -name aclocal.m4 -exec touch -d 2002-01-01 {} +
    find "$name" \( -name configure -o -name '*.in' \) -exec touch -d 2003-01-01 {} +
}

# In each of these the steps are joined: within a condition the shell does not stop at an error by itself.

with_cmake() {
    from=$1
    shift
    cmake -S "$from" -B static-build -DCMAKE_INSTALL_PREFIX="$root" -DCMAKE_INSTALL_LIBDIR=lib -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_BUILD_TYPE= "$@" &&
        cmake --build static-build -j"$jobs" && cmake --install static-build
}

# The programs stop at a DTD: nothing of it is needed.
build_expat() {
    with_cmake expat -DEXPAT_DTD=OFF -DEXPAT_SHARED_LIBS=OFF -DEXPAT_BUILD_TOOLS=OFF -DEXPAT_BUILD_EXAMPLES=OFF -DEXPAT_BUILD_TESTS=OFF
}

build_json_c() {
    with_cmake . -DBUILD_TESTING=OFF -DBUILD_APPS=OFF -DDISABLE_EXTRA_LIBS=ON -DBUILD_STATIC_LIBS=ON -DHAVE_USELOCALE= -DHAVE_SETLOCALE=
}

build_qrencode() {
    with_cmake . -DWITH_TOOLS=NO -DWITHOUT_PNG=YES
}

# For x25519 the fast implementation that comes along, unless the processor has only 32 bits; authorities are
# looked for by us, not read all (lib/host/http.c).
build_mbedtls() {
    python3 scripts/config.py unset MBEDTLS_ECDH_LEGACY_CONTEXT &&
        python3 scripts/config.py set MBEDTLS_ECDH_VARIANT_EVEREST_ENABLED &&
        python3 scripts/config.py set MBEDTLS_X509_TRUSTED_CERTIFICATE_CALLBACK &&
        python3 scripts/config.py set MBEDTLS_AES_ROM_TABLES &&
        make -j"$jobs" -C library static CC="$CC" CFLAGS="$CFLAGS" WARNING_CFLAGS= &&
        cp library/libmbed*.a "$root/lib/" && cp -r include/mbedtls include/psa 3rdparty/everest/include/everest "$root/include/"
}

# An HTTP client and nothing else: no proxy, no cookies, no other protocol.
build_curl() {
    ./configure --host="$host" --prefix="$root" --disable-shared --enable-static \
            --with-mbedtls="$root" --without-ca-bundle --without-ca-path --without-zlib --without-brotli \
            --without-zstd --without-libpsl --without-libidn2 --without-nghttp2 --without-librtmp \
            --without-libssh2 --disable-alt-svc --disable-ares --disable-cookies --disable-crypto-auth \
            --disable-dateparse --disable-dict --disable-dnsshuffle --disable-doh --disable-file --disable-ftp \
            --disable-get-easy-options --disable-gopher --disable-hsts --disable-imap --disable-ldap \
            --disable-ldaps --disable-libcurl-option --disable-manual --disable-mime --disable-mqtt \
            --disable-netrc --disable-ntlm --disable-ntlm-wb --disable-pop3 --disable-progress-meter \
            --disable-proxy --disable-rtsp --disable-smb --disable-smtp --disable-sspi --disable-telnet \
            --disable-tftp --disable-threaded-resolver --disable-tls-srp --disable-unix-sockets \
            --disable-websockets &&
        make -j"$jobs" -C lib && make -C lib install && make -C include install
}

# For the tests.
build_cmocka() {
    with_cmake . -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF -DWITH_STATIC_LIB=ON -DPICKY_DEVELOPER=OFF
}

# What was built by another version of this file is built again.
recipe=$(sha256sum <"$here/build.sh" | cut -c1-12)
missing=
grep -v '^#' "$here/sources" | while read -r name version sum part; do
    [ "$part" != older ] || [ "$missing" = "$name" ] || continue
    [ "$(cat "$root/src/$name.done" 2>/dev/null)" != "$version $recipe" ] || continue
    if ! (fetch "$name" "$version" "$part"); then
        log=$root/src/$name-$version.fetch.log
        has_older "$name" && [ "$part" != older ] || die "$name $version cannot be fetched: see $log"
        echo "static: WARNING: $name $version cannot be fetched (see $log): an older version takes its place"
        missing=$name
        continue
    fi
    echo "static: $name $version"
    rm -f "$root/src/$name.done"
    (take_out "$name" "$version" "$sum" "$part")
    (cd "$root/src/$name" && "build_$(echo "$name" | tr - _)") >"$root/src/$name.log" 2>&1 </dev/null ||
        { tail -n 15 "$root/src/$name.log" >&2; die "$name does not build; all of it: $root/src/$name.log"; }
    echo "$version $recipe" >"$root/src/$name.done"
done

# What the programs have inside now.
musl=$(dpkg-query -W -f '${Version}' musl-dev 2>/dev/null) ||
    musl=$(find /lib /usr/lib -name 'ld-musl-*.so.1' 2>/dev/null | head -n 1 | xargs -r sh -c '"$0" 2>&1 | sed -n "s/^Version //p"')
{
    for name in $(sed -n 's/^\([a-z][a-z0-9-]*\) .*/\1/p' "$here/sources" | awk '!seen[$0]++'); do
        echo "$name $(cut -d ' ' -f 1 "$root/src/$name.done")"
    done
    echo "musl $musl"
} >"$root/versions"

# How the programs are linked: static, and at a random address all the same (musl-gcc itself cannot do both).
specs=$(find /usr/lib* /usr/local/lib -name musl-gcc.specs 2>/dev/null | head -n 1)
[ -n "$specs" ] || die "musl-gcc.specs is missing (package musl-tools)"
sed 's|Scrt1\.o|rcrt1.o|; s|-dynamic-linker [^ ]* -nostdlib|-static -pie --no-dynamic-linker -z text -nostdlib|' \
    "$specs" >"$root/static-pie.specs"
