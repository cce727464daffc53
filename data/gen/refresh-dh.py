#!/usr/bin/python3
"""Make data/dh/standard.txt and data/dh/common.txt anew.

	refresh-dh.py standard
	refresh-dh.py common FILE...

"standard" needs no input but libcrypto: the primes of RFC 2409, 3526 and 7919 are worked out from
pi and e by the formula in the RFC, those of RFC 5114 and 5054 have no formula and are libcrypto's.
"common" reads testssl.sh's common-primes.txt and nmap's ssl-dh-params.nse (told apart by suffix)
and Exim's std-crypto.c; it takes the numbers and who uses them, drops what is in standard.txt,
merges what is there twice, and works out by itself what kind of number each is.
"""
import base64
import ctypes
import ctypes.util
import pathlib
import random
import re
import sys

DH = pathlib.Path(__file__).resolve().parent.parent / "dh"


def pi_scaled(bits):
	"""floor(pi * 2**bits), by Machin's formula with guard bits."""
	one = 1 << (bits + 64)

	def arctan_inverse(x):
		total = term = one // x
		n, sign = 3, -1
		while term:
			term //= x * x
			total += sign * (term // n)
			n, sign = n + 2, -sign
		return total

	return (4 * (4 * arctan_inverse(5) - arctan_inverse(239))) >> 64


def e_scaled(bits):
	"""floor(e * 2**bits), the sum of 1/n!."""
	total = term = 1 << (bits + 64)
	n = 1
	while term:
		term //= n
		total += term
		n += 1
	return total >> 64


def modp(bits, scaled, add):
	"""RFC 2409, 6.1; RFC 3526; RFC 7919, appendix A: the same formula."""
	return (1 << bits) - (1 << (bits - 64)) - 1 + ((scaled(bits - 130) + add) << 64)


def probable_prime(n):
	if n < 4 or n % 2 == 0:
		return n in (2, 3)
	d, s = n - 1, 0
	while d % 2 == 0:
		d, s = d // 2, s + 1
	rng = random.Random(1)
	for base in [2] + [rng.randrange(3, n - 1) for _ in range(2 if n.bit_length() > 3000 else 20)]:
		x = pow(base, d, n)
		if x in (1, n - 1):
			continue
		for _ in range(s - 1):
			x = x * x % n
			if x == n - 1:
				break
		else:
			return False
	return True


def kind(p):
	if not probable_prime(p):
		return "composite"
	return "safe" if probable_prime((p - 1) // 2) else "unsafe"


def write(path, intro, rows):
	out = ["# " + line if line else "#" for line in intro]
	for name, p in sorted(rows, key=lambda r: (re.sub(r"\d+$", "", r[0]), r[1].bit_length(), r[1])):
		out += ["", f"[{name}]", f"kind {kind(p)}"]
		digits = f"{p:x}"
		digits = "0" * (len(digits) % 2) + digits
		out += [digits[i:i + 64] for i in range(0, len(digits), 64)]
	path.write_text("\n".join(out) + "\n")


def libcrypto_number(lib, bn):
	buf = ctypes.create_string_buffer(2048)
	length = lib.BN_bn2bin(ctypes.c_void_p(bn), buf)
	return int.from_bytes(buf.raw[:length], "big")


def from_libcrypto():
	lib = ctypes.CDLL(ctypes.util.find_library("crypto"))
	rows = []
	for function, name in (("DH_get_1024_160", "RFC 5114 group 22"),
	                       ("DH_get_2048_224", "RFC 5114 group 23"),
	                       ("DH_get_2048_256", "RFC 5114 group 24")):
		getattr(lib, function).restype = lib.DH_get0_p.restype = ctypes.c_void_p
		dh = getattr(lib, function)()
		rows.append((name, libcrypto_number(lib, lib.DH_get0_p(ctypes.c_void_p(dh)))))

	class GN(ctypes.Structure):
		_fields_ = [("id", ctypes.c_char_p), ("g", ctypes.c_void_p), ("n", ctypes.c_void_p)]

	lib.SRP_get_default_gN.restype = ctypes.POINTER(GN)
	for bits in (1024, 1536, 2048):	# the larger ones are RFC 3526's
		gn = lib.SRP_get_default_gN(str(bits).encode()).contents
		rows.append((f"RFC 5054 {bits}-bit group", libcrypto_number(lib, gn.n)))
	return rows


def standard():
	rows = [(f"RFC 2409 Oakley group {g}", modp(bits, pi_scaled, add))
	        for g, bits, add in ((1, 768, 149686), (2, 1024, 129093))]
	rows += [(f"RFC 3526 group {g}", modp(bits, pi_scaled, add))
	         for g, bits, add in ((5, 1536, 741804), (14, 2048, 124476), (15, 3072, 1690314),
	                              (16, 4096, 240904), (17, 6144, 929484), (18, 8192, 4743158))]
	rows += [(f"RFC 7919 ffdhe{bits}", modp(bits, e_scaled, add))
	         for bits, add in ((2048, 560316), (3072, 2625351), (4096, 5736041),
	                           (6144, 15705020), (8192, 10965728))]
	write(DH / "standard.txt", ["Diffie-Hellman primes of RFCs; see data/README."],
	      rows + from_libcrypto())


def read_back(path):
	"""{number: name} of a file that write() made."""
	found, name, digits = {}, None, ""
	for line in path.read_text().splitlines() + ["[]"]:
		if line.startswith("["):
			if name:
				found[int(digits, 16)] = name
			name, digits = line[1:-1], ""
		elif re.fullmatch("[0-9a-f]+", line):
			digits += line
	return found


def from_testssl(text):
	name, digits = None, ""
	for line in text.splitlines() + ['# "end"']:
		quoted = re.match(r'#?\s*"(.*)"', line)	# one title has lost its '#'
		if quoted or not line.strip():
			if name and digits:
				yield name, int(digits, 16)
				digits = ""
		if quoted:
			name = quoted.group(1)
			line = line[quoted.end():]
		if not line.startswith("#"):
			digits += line.strip()


def from_nmap(text):
	table = text[text.index("local DHE_PRIMES"):]
	table = table[:table.index("\n}")]
	for digits, name in re.findall(r"\[fromhex\(\[\[(.*?)\]\]\)\]\s*=\s*\"(.*?)\"", table, re.S):
		yield name, int("".join(digits.split()), 16)


def der_integers(der):
	"""The INTEGERs of a SEQUENCE: DHParameter of PKCS #3 is p, g."""
	def header(at):
		length, at = der[at + 1], at + 2
		if length & 0x80:
			n = length & 0x7f
			length, at = int.from_bytes(der[at:at + n], "big"), at + n
		return length, at
	_, at = header(0)
	out = []
	while at < len(der):
		length, body = header(at)
		out.append(int.from_bytes(der[body:body + length], "big"))
		at = body + length
	return out


def from_exim(text):
	names = dict((pem, name) for name, pem in re.findall(r'\{\s*"(exim\.dev[^"]*)",\s*(\w+)', text))
	for variable, pem in re.findall(r"static const char (dh_\w+)\[\]\s*=(.*?);", text, re.S):
		if variable not in names:
			continue
		body = "".join(re.findall(r'"(.*?)\\n"', pem))
		body = re.sub(r"-----.*?-----", "", body)
		yield "Exim " + names[variable][len("exim."):], der_integers(base64.b64decode(body))[0]


# Who uses it, in one spelling: the two lists put the length and the kind into the name.
OWNERS = (
	(r"mod_ssl (\S+?)/.*", r"Apache mod_ssl \1"),
	(r"nginx/.*", "nginx"),
	(r"sun\.security\.provider/.*", "Java sun.security.provider"),
	(r"openssl/.*", "OpenSSL"),
	(r"weakdh\.org/.*", "seen by weakdh.org"),
	(r"haproxy .*builtin", "HAProxy"),
	(r"postfix builtin", "Postfix"),
	(r"IronPort SMTPD builtin", "Cisco IronPort"),
	(r"SKIP", "SKIP"),
	(r"Socat", "socat"),
)


def owner(name):
	for pattern, to in OWNERS:
		if re.fullmatch(pattern, name):
			return re.sub(pattern, to, name)
	return name


def common(files):
	known = read_back(DH / "standard.txt")
	found = {}
	for path in map(pathlib.Path, files):
		text = path.read_text(errors="replace")
		reader = {".nse": from_nmap, ".c": from_exim}.get(path.suffix, from_testssl)
		for name, p in reader(text):
			if p in known:
				continue
			owners = found.setdefault(p, [])
			if owner(name) not in owners:
				owners.append(owner(name))
	for p, owners in found.items():
		if any(p % small == 0 for small in (2, 3, 5, 7, 11, 13)):
			print(f"{owners}: {p.bit_length()} bits, small factor: a slip in the list?", file=sys.stderr)
	rows = [(", ".join(sorted(owners)), p) for p, owners in found.items()]
	write(DH / "common.txt",
	      ["Diffie-Hellman primes that programs ship or many servers share; see data/README."], rows)


if __name__ == "__main__":
	if sys.argv[1:] == ["standard"]:
		standard()
	elif sys.argv[1:2] == ["common"] and len(sys.argv) > 2:
		common(sys.argv[2:])
	else:
		sys.exit(__doc__)
