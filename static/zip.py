"""Packs a folder into FOLDER.zip: zip.py FOLDER TIME. The same files give the same bytes: sorted names, one time (in UTC), and Unix modes for
programs that read them."""
import os
import sys
import time
import zipfile

folder, moment = sys.argv[1], time.gmtime(int(sys.argv[2]))[:6]
names = sorted(os.path.join(root, name) for root, _, files in os.walk(folder) for name in files)
with zipfile.ZipFile(folder + ".zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
    for name in names:
        entry = zipfile.ZipInfo(name, moment)
        entry.create_system = 3  # Unix
        entry.external_attr = os.stat(name).st_mode << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        with open(name, "rb") as file:
            archive.writestr(entry, file.read(), zipfile.ZIP_DEFLATED, 9)
