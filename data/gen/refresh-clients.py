#!/usr/bin/python3
"""Facts about what clients offer, out of another program's list of their hellos.

    data/gen/refresh-clients.py /etc/testssl/client-simulation.txt >rows

prints rows for data/clients/clients.csv (its first lines say what a column means) for the clients
named below; put them in place of the rows with the same names, then run `make tables`.  A hello is
read byte by byte: suites, groups, key shares and signature algorithms in the client's order, without
GREASE (RFC 8701) and signalling values.  What a hello cannot say (the lowest version, limits of key
sizes) is taken from the list.
"""
import re
import struct
import sys

# The list's name -> program and version, platform, one of SSL Labs' reference clients.
CLIENTS = [
    ("Android 2.3.7", "Android 2.3.7", "", ""),
    ("Android 4.0.4", "Android 4.0.4", "", ""),
    ("Android 4.1.1", "Android 4.1.1", "", ""),
    ("Android 4.3", "Android 4.3", "", ""),
    ("Android 4.4.2", "Android 4.4.2", "", ""),
    ("Android 5.0.0", "Android 5.0.0", "", ""),
    ("Android 6.0", "Android 6.0", "", ""),
    ("Android 7.0 (native)", "Android 7.0", "", ""),
    ("Android 8.1 (native)", "Android 8.1", "", ""),
    ("Android 9.0 (native)", "Android 9.0", "", ""),
    ("Android 10.0 (native)", "Android 10", "", ""),
    ("Android 12 (native)", "Android 12", "", ""),
    ("Chrome 27 Win 7", "Chrome 27", "Windows 7", ""),
    ("Chrome 37 OS X", "Chrome 37", "OS X", ""),
    ("Chrome 49 XP SP3", "Chrome 49", "Windows XP SP3", ""),
    ("Chrome 51 Win 7", "Chrome 51", "Windows 7", ""),
    ("Chrome 70 Win 10", "Chrome 70", "Windows 10", ""),
    ("Chrome 79 (Win 10)", "Chrome 79", "Windows 10", "R"),
    ("Chrome 101 (Win 10)", "Chrome 101", "Windows 10", ""),
    ("Firefox 21 Win 7", "Firefox 21", "Windows 7", ""),
    ("Firefox 31.3.0 ESR Win 7", "Firefox 31.3.0 ESR", "Windows 7", ""),
    ("Firefox 47 Win 7", "Firefox 47", "Windows 7", "R"),
    ("Firefox 49 XP SP3", "Firefox 49", "Windows XP SP3", ""),
    ("Firefox 62 Win 7", "Firefox 62", "Windows 7", "R"),
    ("Firefox 71 (Win 10)", "Firefox 71", "Windows 10", "R"),
    ("Firefox 100 (Win 10)", "Firefox 100", "Windows 10", ""),
    ("IE 6 XP", "IE 6", "Windows XP", ""),
    ("IE 7 Vista", "IE 7", "Windows Vista", ""),
    ("IE 8 XP", "IE 8", "Windows XP", ""),
    ("IE 8-10 Win 7", "IE 8-10", "Windows 7", ""),
    ("IE 10 Win Phone 8.0", "IE 10", "Windows Phone 8.0", ""),
    ("IE 11 Win 7", "IE 11", "Windows 7", "R"),
    ("IE 11 Win 8.1", "IE 11", "Windows 8.1", "R"),
    ("IE 11 Win Phone 8.1", "IE 11", "Windows Phone 8.1", "R"),
    ("IE 11 Win Phone 8.1 Update", "IE 11", "Windows Phone 8.1 Update", "R"),
    ("IE 11 Win 10", "IE 11", "Windows 10", "R"),
    ("Edge 13 Win 10", "Edge 13", "Windows 10", ""),
    ("Edge 13 Win Phone 10", "Edge 13", "Windows Phone 10", "R"),
    ("Edge 15 Win 10", "Edge 15", "Windows 10", "R"),
    ("Edge 17 (Win 10)", "Edge 17", "Windows 10", "R"),
    ("Edge 101 Win 10 21H2", "Edge 101", "Windows 10", ""),
    ("Opera 12.15 Win 7", "Opera 12.15", "Windows 7", ""),
    ("Opera 66 (Win 10)", "Opera 66", "Windows 10", ""),
    ("Safari 5.1.9 OS X 10.6.8", "Safari 5.1.9", "OS X 10.6.8", ""),
    ("Safari 6.0.4 OS X 10.8.4", "Safari 6.0.4", "OS X 10.8.4", ""),
    ("Safari 6 iOS 6.0.1", "Safari 6", "iOS 6.0.1", ""),
    ("Safari 7 iOS 7.1", "Safari 7", "iOS 7.1", "R"),
    ("Safari 7 OS X 10.9", "Safari 7", "OS X 10.9", "R"),
    ("Safari 8 iOS 8.4", "Safari 8", "iOS 8.4", "R"),
    ("Safari 8 OS X 10.10", "Safari 8", "OS X 10.10", "R"),
    ("Safari 9 iOS 9", "Safari 9", "iOS 9", "R"),
    ("Safari 9 OS X 10.11", "Safari 9", "OS X 10.11", "R"),
    ("Safari 10 iOS 10", "Safari 10", "iOS 10", "R"),
    ("Safari 10 OS X 10.12", "Safari 10", "OS X 10.12", "R"),
    ("Safari 12.1 (iOS 12.2)", "Safari 12.1", "iOS 12.2", "R"),
    ("Safari 13.0 (macOS 10.14.6)", "Safari 13.0", "macOS 10.14.6", "R"),
    ("Safari 15.4 (macOS 12.3.1)", "Safari 15.4", "macOS 12.3.1", ""),
    ("Apple ATS 9 iOS 9", "Apple ATS 9", "iOS 9", "R"),
    ("Apple Mail (16.0)", "Apple Mail 16.0", "macOS", ""),
    ("Thunderbird (91.9)", "Thunderbird 91.9", "", ""),
    ("Java 6u45", "Java 6u45", "", ""),
    ("Java 7u25", "Java 7u25", "", ""),
    ("Java 8b132", "Java 8b132", "", ""),
    ("Java 8u161", "Java 8u161", "", ""),
    ("Java 11.0.2 (OpenJDK)", "Java 11.0.2", "OpenJDK", ""),
    ("Java 17.0.3 (OpenJDK)", "Java 17.0.3", "OpenJDK", ""),
    ("go 1.17.8", "Go 1.17.8", "", ""),
    ("LibreSSL 2.8.3 (Apple)", "LibreSSL 2.8.3", "macOS", ""),
    ("OpenSSL 0.9.8y", "OpenSSL 0.9.8y", "", ""),
    ("OpenSSL 1.0.1l", "OpenSSL 1.0.1l", "", "R"),
    ("OpenSSL 1.0.2e", "OpenSSL 1.0.2e", "", "R"),
    ("OpenSSL 1.1.0l (Debian)", "OpenSSL 1.1.0l", "Debian 9", "R"),
    ("OpenSSL 1.1.1d (Debian)", "OpenSSL 1.1.1d", "Debian 10", "R"),
    ("Baidu Jan 2015", "Baidu Jan 2015", "", ""),
    ("BingPreview Jan 2015", "BingPreview Jan 2015", "", ""),
    ("Googlebot Feb 2018", "Googlebot Feb 2018", "", ""),
    ("Yahoo Slurp Jan 2015", "Yahoo Slurp Jan 2015", "", ""),
    ("YandexBot Jan 2015", "YandexBot Jan 2015", "", ""),
]
SIGNALS = (0x00ff, 0x5600)


def u16s(body):
    return list(struct.unpack(">%dH" % (len(body) // 2), body))


def real(codes):
    return [c for c in codes if c not in SIGNALS and not (c & 0x0f0f == 0x0a0a and c >> 8 == c & 255)]


def read_ssl2(raw):
    """A version 2 CLIENT-HELLO (RFC 5246, appendix E.2): two bytes of length, no extensions."""
    version, n = struct.unpack_from(">HH", raw, 3)
    kinds = [int.from_bytes(raw[i:i + 3], "big") for i in range(11, 11 + n, 3)]
    return version, real(k for k in kinds if k < 0x10000), {}


def read_hello(raw):
    """(version, suites, {extension: body}) of a ClientHello record."""
    if raw[0] & 0x80:
        return read_ssl2(raw)
    body = raw[9:]
    version, = struct.unpack_from(">H", body)
    at = 35 + body[34]
    n, = struct.unpack_from(">H", body, at)
    suites = u16s(body[at + 2:at + 2 + n])
    at += 2 + n
    at += 1 + body[at]
    extensions = {}
    at += 2
    while at + 4 <= len(body):
        kind, n = struct.unpack_from(">HH", body, at)
        extensions[kind] = body[at + 4:at + 4 + n]
        at += 4 + n
    return version, real(suites), extensions


def shares(body):
    out = []
    at = 2
    while at + 4 <= len(body):
        group, n = struct.unpack_from(">HH", body, at)
        out.append(group)
        at += 4 + n
    return real(out)


def limits(low, high):
    low, high = (v if v and int(v) > 0 else "" for v in (low, high))
    return "%s-%s" % (low, high) if low or high else ""


def row(fields, name, platform, reference):
    version, suites, ext = read_hello(bytes.fromhex(fields["handshakebytes"]))
    offered = real(u16s(ext[43][1:])) if 43 in ext else [version]
    final = [v for v in offered if v <= 0x0304]     # a draft's number is no version (RFC 8446, 4.2.1)
    lowest = min(int(fields["lowest_protocol"], 16), min(final))
    hexes = lambda codes: " ".join("%04x" % c for c in codes)
    return ",".join((
        name, platform, reference, "%04x" % lowest, "%04x" % max(final), "y" if 0 in ext else "n",
        limits(fields.get("minDhBits"), fields.get("maxDhBits")),
        limits(fields.get("minRsaBits"), fields.get("maxRsaBits")),
        limits(fields.get("minEcdsaBits"), None),
        "y" if fields.get("requiresSha2") == "true" else "n",
        hexes(suites), hexes(real(u16s(ext.get(10, b"")[2:]))), hexes(shares(ext.get(51, b""))),
        hexes(u16s(ext.get(13, b"")[2:]))))


def main():
    found = {}
    with open(sys.argv[1]) as f:
        for block in re.split(r"\n\s*names\+=", f.read())[1:]:
            fields = dict(re.findall(r'\n\s*(\w+)\+=\("?(.*?)"?\)', block))
            found[re.match(r'\("(.*?)"\)', block).group(1)] = fields
    for theirs, *ours in CLIENTS:
        print(row(found[theirs], *ours))


if __name__ == "__main__":
    main()
