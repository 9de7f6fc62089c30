/** The probe for Python 3.6 and newer, with its standard library alone. */
export const PYTHON_PROBE = String.raw`#!/usr/bin/env python3
# rds-ca-runbook probe. It reads one trust store, makes one TLS handshake with each endpoint named below, without logging in, and
# prints one line. It writes no file, needs no password, and sends nothing anywhere else.
#   python3 probe.py [STORE]          STORE: the PEM file or folder that the application really uses ("system": this machine's)
# RDS_CA_ADDRESS="HOST:PORT=ADDRESS:PORT,..." reaches an endpoint through a tunnel; the name that is verified stays HOST.
import base64, getpass, hashlib, os, re, socket, sys, time
try:
    import ssl
except ImportError:
    sys.exit('This Python has no module ssl: use the probe for Node or sh.')

facts = {{FACTS}}
SYSTEM = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem', '/etc/ssl/cert.pem']


def say(text):
    sys.stderr.write(text + '\n')
    sys.stderr.flush()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def plain(text):
    return re.sub('[^A-Za-z0-9._:/@+,-]', '_', str(text))


def user_name():
    try:
        return getpass.getuser()
    except Exception:
        return str(os.getuid())


def store_in_use():
    env = os.environ
    named = sys.argv[1] if len(sys.argv) > 1 else env.get('RDS_CA_STORE')
    if named and named != 'system':
        return named
    usual = [env.get('PGSSLROOTCERT'), env.get('NODE_EXTRA_CA_CERTS'), env.get('SSL_CERT_FILE'),
             os.path.join(os.path.expanduser('~'), '.postgresql', 'root.crt')]
    places = SYSTEM if named else facts['stores'] + [one for one in usual if one]
    return next((one for one in places if os.path.exists(one)), None)


def read_store(store):
    names = sorted(os.path.join(store, one) for one in os.listdir(store)) if os.path.isdir(store) else [store]
    texts = []
    for name in names:
        if os.path.isfile(name):
            with open(name, 'rb') as file:
                texts.append(file.read().decode('latin-1'))
    return '\n'.join(texts)


# The DER of each certificate that begins a line, as OpenSSL finds them. What TRUSTED CERTIFICATE has behind it does not count.
def certificates_in(text):
    found = []
    for block in re.findall(r'(?:^(?:\xef\xbb\xbf)?|\n)-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[ \t\r]*(\n.*?)-----END ', text, re.S):
        body = re.sub('[^A-Za-z0-9+/]', '', block)
        der = base64.b64decode(body[:len(body) - (len(body) % 4 == 1)] + '=' * (-len(body) % 4))
        length, head = (der[1], 2) if len(der) > 1 else (0, 0)
        if length > 127:
            head += length & 127
            length = int.from_bytes(der[2:head], 'big')
        if not is_whole(block, der, head + length):
            say('The certificate after the first %d is damaged: what stands behind it is not counted, for clients load nothing of it.' % len(found))
            break
        found.append(der[:head + length])
    return found


def is_whole(text, der, length):
    if re.search(r'[^A-Za-z0-9+/=\s]|\n[^\S\n]*\n', text.strip()) or len(der) < length:
        return False
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(der[:length]))
    except ssl.SSLError:
        return False
    return True


def address_of(host, port):
    for one in os.environ.get('RDS_CA_ADDRESS', '').split(','):
        name, _, to = one.partition('=')
        if name == '%s:%d' % (host, port) and to:
            at, _, number = to.rpartition(':')
            return at, int(number)
    return host, port


def exactly(sock, count):
    data = b''
    while len(data) < count:
        more = sock.recv(count - len(data))
        if not more:
            raise OSError('closed')
        data += more
    return data


# Whether the server goes on to TLS.
def start_tls(engine, sock):
    if engine == 'postgres':
        sock.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))
        return exactly(sock, 1) == b'S'
    greeting = exactly(sock, int.from_bytes(exactly(sock, 4)[:3], 'little'))
    version = greeting.find(b'\0', 1)
    if greeting[:1] != b'\x0a' or version < 0 or len(greeting) < version + 16:
        raise OSError('no greeting')
    if not int.from_bytes(greeting[version + 14:version + 16], 'little') & 2048:
        return False
    sock.sendall(bytes([32, 0, 0, 1, 1, 138, 8, 0, 0, 0, 0, 1, 8]) + bytes(23))
    return True


def result_of(error):
    code = getattr(error, 'verify_code', None)
    if code in (9, 10):
        return 'dates'
    if code in (62, 64):
        return 'name'
    return 'untrusted' if code in (2, 7, 18, 19, 20, 21) else 'refused'


def context_of(pems):
    # Not create_default_context: since Python 3.13 that is stricter than what most drivers use.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers('DEFAULT:@SECLEVEL=2')
    if hasattr(ssl, 'TLSVersion'):
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    for pem in pems:
        try:
            context.load_verify_locations(cadata=pem)
        except ssl.SSLError:
            pass
    return context


def handshake(engine, host, port, context):
    try:
        sock = socket.create_connection(address_of(host, port), 15)
    except OSError:
        return 'unreachable', ''
    with sock:
        try:
            if not start_tls(engine, sock):
                return 'no-tls', ''
        except OSError:
            return 'unreachable', ''
        try:
            with context.wrap_socket(sock, server_hostname=host) as secure:
                return 'ok', sha256(secure.getpeercert(binary_form=True))
        except OSError as error:
            return result_of(error), ''


def main():
    store = store_in_use()
    if not store or not os.path.exists(store):
        say('No trust store was found. Name the file that the application really uses: python3 probe.py FILE')
        return 2
    contents = read_store(store)
    ders = certificates_in(contents)
    if not ders and '\0' in contents:
        say(store + ' is no PEM file, and this probe reads no other. The probe for sh reads JKS and PKCS#12.')
        return 2
    held = set(sha256(der) for der in ders)
    roots = [one for one in facts['roots'] if one[0] in held]
    say('Store %s: certificates: %d; roots that are asked about: %d; of them in this store: %d.' % (store, len(ders), len(facts['roots']), len(roots)))
    lines = ['q=' + facts['question'], 'a=' + facts['application'], 't=%d' % time.time(), 'h=' + plain(socket.gethostname()), 'u=' + plain(user_name()),
             's=' + plain(store), 'c=%d' % len(ders), 'r=' + ','.join(one[1] for one in roots),
             'd=' + sha256(''.join(sorted(one[0] + '\n' for one in roots)).encode()), 'b=' + facts['bundle'], 'g=' + facts['regions']]
    context = context_of(ssl.DER_cert_to_PEM_cert(der) for der in ders)
    for engine, host, port in facts['endpoints'] if ders else []:
        result, leaf = handshake(engine, host, port, context)
        say('Handshake with %s:%d: %s' % (host, port, result))
        lines.append('e=%s %d %s %s' % (host, port, result, leaf))
    text = '\n'.join(lines)
    say('Send this line back:')
    digest = sha256((facts['nonce'] + '\n' + text + '\n' + facts['nonce']).encode())[:32]
    print('rds-ca-reply' + '.1.%s.%s.end' % (base64.b64encode(text.encode()).decode().rstrip('='), digest))
    return 0


sys.exit(main())
`
