/** The probe for Node, without dependencies and in the language of Node 14: it may run in an old image. */
export const NODE_PROBE = String.raw`#!/usr/bin/env node
'use strict'
// rds-ca-runbook probe. It reads one trust store, makes one TLS handshake with each endpoint named below, without logging in, and
// prints one line. It writes no file, needs no password, and sends nothing anywhere else.
//   node probe.cjs [STORE]            STORE: the PEM file or folder that the application really uses ("system": this machine's)
// RDS_CA_ADDRESS="HOST:PORT=ADDRESS:PORT,..." reaches an endpoint through a tunnel; the name that is verified stays HOST.
// Within a function: read from standard input, a program's own variables would be Node's globals.
;(function () {
var crypto = require('crypto'), fs = require('fs'), net = require('net'), os = require('os'), path = require('path'), tls = require('tls')
var facts = {{FACTS}}
var SYSTEM = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem', '/etc/ssl/cert.pem']
var CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:DEFAULT:@SECLEVEL=2'

function say(text) { process.stderr.write(text + '\n') }
function sha256(data) { return crypto.createHash('sha256').update(data).digest('hex') }
function plain(text) { return String(text).replace(/[^A-Za-z0-9._:\/@+,-]/g, '_') }
function there(file) { try { return fs.existsSync(file) } catch (error) { return false } }
function userName() { try { return os.userInfo().username } catch (error) { return String(process.getuid ? process.getuid() : 'unknown') } }

function storeInUse() {
  var env = process.env, named = process.argv[2] || env.RDS_CA_STORE
  if (named) return named === 'system' ? SYSTEM.filter(there)[0] : named
  var usual = [env.PGSSLROOTCERT, env.NODE_EXTRA_CA_CERTS, env.SSL_CERT_FILE, path.join(os.homedir(), '.postgresql', 'root.crt')]
  return facts.stores.concat(usual.filter(Boolean)).filter(there)[0]
}

function readStore(store) {
  if (!fs.statSync(store).isDirectory()) return fs.readFileSync(store, 'latin1')
  return fs.readdirSync(store).map(function (name) { return path.join(store, name) })
    .filter(function (file) { return there(file) && fs.statSync(file).isFile() })
    .map(function (file) { return fs.readFileSync(file, 'latin1') }).join('\n')
}

// The DER of each certificate that begins a line, as OpenSSL finds them. What TRUSTED CERTIFICATE has behind it does not count.
function certificatesIn(text) {
  var found = [], block = /(?:^(?:\xef\xbb\xbf)?|\n)-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[ \t\r]*(\n[\s\S]*?)-----END /g, match
  while ((match = block.exec(text))) {
    var der = Buffer.from(match[1], 'base64'), length = der[1], head = 2
    if (length > 127) { head += length & 127; length = der.length > head ? der.readUIntBE(2, Math.min(length & 127, 6)) : 0 }
    if (!isWhole(match[1], der, head + length)) { say('The certificate after the first ' + found.length + ' is damaged: what stands behind it is not counted, for clients load nothing of it.'); break }
    found.push(der.slice(0, head + length))
  }
  return found
}

function isWhole(body, der, length) {
  if (/[^A-Za-z0-9+/=\s]|\n[^\S\n]*\n/.test(body.trim()) || der[0] !== 48 || der.length < length) return false
  try { if (crypto.X509Certificate) new crypto.X509Certificate(der.slice(0, length)) } catch (error) { return false }
  return true
}

function addressOf(host, port) {
  var list = (process.env.RDS_CA_ADDRESS || '').split(',')
  for (var i = 0; i < list.length; i++) {
    var parts = list[i].split('=')
    if (parts[0] === host + ':' + port && parts[1]) { var at = parts[1].lastIndexOf(':'); return { host: parts[1].slice(0, at), port: Number(parts[1].slice(at + 1)) } }
  }
  return { host: host, port: port }
}

var DATES = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'], NAME = ['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH']
var UNTRUSTED = ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_GET_ISSUER_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_SIGNATURE_FAILURE']
function resultOf(error) {
  if (DATES.indexOf(error.code) >= 0) return 'dates'
  if (NAME.indexOf(error.code) >= 0) return 'name'
  return UNTRUSTED.indexOf(error.code) >= 0 ? 'untrusted' : 'refused'
}

function handshake(engine, host, port, pems, done) {
  var to = addressOf(host, port), socket = net.connect(to.port, to.host), secure, ended = false, seen = Buffer.alloc(0)
  function end(result, leaf) { if (ended) return; ended = true; clearTimeout(timer); if (secure) secure.destroy(); socket.destroy(); done(result, leaf || '') }
  var timer = setTimeout(function () { end(secure ? 'refused' : 'unreachable') }, 15000)
  function goOn() {
    socket.removeAllListeners('data')
    socket.pause()
    var options = { socket: socket, host: host, ca: pems, rejectUnauthorized: true, minVersion: 'TLSv1.2', ciphers: CIPHERS }
    if (!net.isIP(host)) options.servername = host
    try { secure = tls.connect(options) } catch (error) { return end('refused') }
    secure.on('error', function (error) { end(resultOf(error)) })
    secure.on('secureConnect', function () { end('ok', sha256(secure.getPeerCertificate(true).raw)) })
  }
  socket.on('error', function () { end(secure ? 'refused' : 'unreachable') })
  socket.on('close', function () { end(secure ? 'refused' : 'unreachable') })
  socket.on('connect', function () { if (engine === 'postgres') socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])) })
  socket.on('data', function (chunk) {
    seen = Buffer.concat([seen, chunk])
    if (engine === 'postgres') return seen.toString('latin1') === 'S' ? goOn() : end('no-tls')
    if (seen.length < 5 || seen.length < 4 + seen.readUIntLE(0, 3)) return
    var version = seen.indexOf(0, 5), flags = version + 14
    if (seen[4] !== 10 || version < 0 || seen.length < flags + 2) return end('unreachable')
    if (!(seen.readUInt16LE(flags) & 2048)) return end('no-tls')
    var request = Buffer.alloc(36)
    request.writeUIntLE(32, 0, 3); request[3] = 1; request.writeUInt32LE(0x88a01, 4); request.writeUInt32LE(0x1000000, 8); request[12] = 8
    socket.write(request)
    goOn()
  })
}

function main() {
  var store = storeInUse()
  if (!store || !there(store)) { say('No trust store was found. Name the file that the application really uses: node probe.cjs FILE'); process.exitCode = 2; return }
  var contents = readStore(store), ders = certificatesIn(contents), held = {}
  if (ders.length === 0 && contents.indexOf('\0') >= 0) { say(store + ' is no PEM file, and this probe reads no other. The probe for sh reads JKS and PKCS#12.'); process.exitCode = 2; return }
  ders.forEach(function (der) { held[sha256(der)] = true })
  var roots = facts.roots.filter(function (root) { return held[root[0]] })
  var pems = ders.map(function (der) { return '-----BEGIN CERTIFICATE-----\n' + der.toString('base64').replace(/.{1,64}/g, '$&\n') + '-----END CERTIFICATE-----\n' })
  say('Store ' + store + ': certificates: ' + ders.length + '; roots that are asked about: ' + facts.roots.length + '; of them in this store: ' + roots.length + '.')
  var lines = ['q=' + facts.question, 'a=' + facts.application, 't=' + Math.floor(Date.now() / 1000), 'h=' + plain(os.hostname()), 'u=' + plain(userName()),
    's=' + plain(store), 'c=' + ders.length, 'r=' + roots.map(function (root) { return root[1] }).join(','),
    'd=' + sha256(roots.map(function (root) { return root[0] + '\n' }).sort().join('')), 'b=' + facts.bundle, 'g=' + facts.regions]
  var left = ders.length > 0 ? facts.endpoints.slice() : []
  ;(function next() {
    var endpoint = left.shift()
    if (endpoint) {
      handshake(endpoint[0], endpoint[1], endpoint[2], pems, function (result, leaf) {
        say('Handshake with ' + endpoint[1] + ':' + endpoint[2] + ': ' + result)
        lines.push('e=' + endpoint[1] + ' ' + endpoint[2] + ' ' + result + ' ' + leaf)
        next()
      })
      return
    }
    var text = lines.join('\n')
    say('Send this line back:')
    process.stdout.write('rds-ca-reply' + '.1.' + Buffer.from(text).toString('base64').replace(/=/g, '') + '.' + sha256(facts.nonce + '\n' + text + '\n' + facts.nonce).slice(0, 32) + '.end\n')
  })()
}
main()
})()
`
