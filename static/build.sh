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

# apt-get with Debian's source packages of the hosts that this machine knows, and lists of its own.
apt_source() {
    lists=$root/src/.apt
    if [ ! -e "$lists/ready" ]; then
        mkdir -p "$lists/lists/partial" "$lists/parts"
        for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
            [ -e "$file" ] || continue
            sed 's/^Types: .*/Types: deb-src/; s/^deb /deb-src /' "$file" >"$lists/parts/$(basename "$file")"
        done
        apt-get -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$lists/parts" \
            -o "Dir::State::Lists=$lists/lists" update -qq
        touch "$lists/ready"
    fi
    apt-get -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$lists/parts" \
        -o "Dir::State::Lists=$lists/lists" source -qq --download-only "$@"
}

# The package's files; of one whose Debian part is not to be had, the .dsc and the upstream archive.
fetch_files() {
    if [ "$part" = upstream ]; then
        apt_source --dsc-only "$name=$version" && apt_source --tar-only "$name=$version"
    else
        apt_source "$name=$version"
    fi
}

# Unpacks what the .dsc names, after looking at the checksums that stand there.
unpack() {
    if [ "$part" = upstream ]; then
        archive=$(echo "${name}_${version%-*}".orig.tar.*)
        sed -n '/^Checksums-Sha256:/,/^[^ ]/p' "$dsc" | awk -v f="$archive" '$3 == f {print $1 "  " f}' | sha256sum --check --quiet &&
            mkdir "$name" && tar -xf "$archive" -C "$name" --strip-components=1
    else
        dpkg-source --no-check --extract "$dsc" "$name"
    fi
}

# Fetches and unpacks a package into src/NAME.
fetch() {
    name=$1 version=$2 sum=$3 part=$4
    cd "$root/src"
    dsc=${name}_${version}.dsc
    [ -e "$dsc" ] || fetch_files >"$name.fetch.log" 2>&1 ||
        die "$name $version cannot be fetched: see $root/src/$name.fetch.log"
    echo "$sum  $dsc" | sha256sum --check --quiet || die "$dsc is not what static/sources says"
    rm -rf "$name"
    unpack >"$name.unpack.log" 2>&1 || die "$dsc: its files are broken"
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
# looked for by us, not read all (lib/http.c).
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
grep -v '^#' "$here/sources" | while read -r name version sum part; do
    [ ! -e "$root/src/$name-$version-$recipe.done" ] || continue
    echo "static: $name $version"
    (fetch "$name" "$version" "$sum" "$part")
    (cd "$root/src/$name" && "build_$(echo "$name" | tr - _)") >"$root/src/$name.log" 2>&1 </dev/null ||
        { tail -n 15 "$root/src/$name.log" >&2; die "$name does not build; all of it: $root/src/$name.log"; }
    touch "$root/src/$name-$version-$recipe.done"
done

# How the programs are linked: static, and at a random address all the same (musl-gcc itself cannot do both).
specs=$(find /usr/lib* /usr/local/lib -name musl-gcc.specs 2>/dev/null | head -n 1)
[ -n "$specs" ] || die "musl-gcc.specs is missing (package musl-tools)"
sed 's|Scrt1\.o|rcrt1.o|; s|-dynamic-linker [^ ]* -nostdlib|-static -pie --no-dynamic-linker -z text -nostdlib|' \
    "$specs" >"$root/static-pie.specs"
