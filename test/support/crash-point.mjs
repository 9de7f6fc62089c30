/**
 * Loaded with `node --import` into the program under test alone: counts what the program does to files, connections and other
 * processes, and kills the process (SIGKILL: nothing is flushed, no handler runs) at a chosen one. Nothing is mocked: every call goes
 * through to the real thing.
 *
 * A point is a label, `WHEN OPERATION TARGET #ORDINAL`: `before` the call, `half` of a write having been made, `after` it returned.
 * Reads change nothing on disk or wire, so dying at one equals dying at the next point; they are not counted.
 *
 * CRASH_POINT is JSON: `root` (the state directory: files elsewhere do not count), `only: 'files'` (connections do not count) or `'changes'`
 * (nothing counts but the request for a change, and the intent and receipt around it), `log` (a file that takes every point's label), and
 * one of `nth` (dies at the nth point), `label` (dies at that one), `unseen` (a file of kinds: dies at the first point of a kind that is
 * not in it, and adds it).
 */
import childProcess from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'
import { relative, sep } from 'node:path'

const order = JSON.parse(process.env.CRASH_POINT ?? '{}')
delete process.env.CRASH_POINT

const real = { openSync: fs.openSync, writeSync: fs.writeSync, readFileSync: fs.readFileSync }
const log = order.log === undefined ? undefined : real.openSync(order.log, 'a')
const seen = order.unseen === undefined ? undefined : real.openSync(order.unseen, 'a+')
const known = new Set(seen === undefined ? [] : real.readFileSync(order.unseen, 'utf8').split('\n'))
const counts = new Map()
let count = 0
let dying = false

/** What binds: a request for a change, and the intent and receipt around it. */
const BINDS = /ModifyDBInstance|\((intent|receipt)/

/**
 * What a point is, whichever database, application, CA or turn it is of: a run has thousands of points, and some 160 kinds. A request for a
 * change is told apart by database, and has all its points. Of other requests it is no matter where one dies: they leave nothing behind.
 * And to die after an operation on files is to die before the next one. Undefined for what is no kind of its own.
 */
function kindOf(when, operation, target) {
  if (operation === 'send' && !BINDS.test(target))
    return when === 'half' ? `send ${target.replace(/(?: [a-z]+-[a-z]+)? after .*/, '')}` : undefined
  if (operation !== 'send' && operation !== 'spawn' && when === 'after' && !BINDS.test(target)) return undefined
  const what = target
    .replace(/(subjects\/[a-z]+)-[^/ ]+/, '$1')
    .replace(/(handshakes\/)[^/ .]+/, '$1*')
    .replace(/(pki\/)(?:.*(?=\.pem)|[a-z\d-]+$)/, '$1*')
  return `${when} ${operation} ${operation === 'send' ? what : what.replace(/(billing|orders)-[a-z]+/g, '*')}`
}

function isTheOne(kind, label) {
  if (order.nth !== undefined) return count === order.nth
  if (order.label !== undefined) return label === order.label
  return seen !== undefined && kind !== undefined && !known.has(kind)
}

/** Passes a point, or dies there. `orHalf` is done just before dying. */
function point(when, operation, target, orHalf) {
  // The half that is still done calls what is counted here.
  if (dying) return
  const key = `${when} ${operation} ${target}`
  if (order.only === 'changes' && !BINDS.test(key)) return
  const ordinal = (counts.get(key) ?? 0) + 1
  counts.set(key, ordinal)
  const label = `${key} #${ordinal}`
  count += 1
  if (log !== undefined) real.writeSync(log, `${label}\n`)
  const kind = kindOf(when, operation, target)
  if (!isTheOne(kind, label)) return
  dying = true
  if (seen !== undefined) real.writeSync(seen, `${kind}\n`)
  orHalf?.()
  process.kill(process.pid, 'SIGKILL')
}

/** A path as labels name it; undefined where it does not count. Process ids and random names would make every label a new one. */
function named(path) {
  if (typeof path !== 'string' || order.root === undefined) return undefined
  const inside = relative(order.root, path)
  if (inside === '' || inside.startsWith('..')) return undefined
  return inside
    .split(sep)
    .join('/')
    .replace(/\.tmp-[\w-]+$/, '.tmp')
    .replace(/\.partial-[\da-f]+/, '.partial')
    .replace(/^rds-ca-(\w+)-\w+/, 'rds-ca-$1-*')
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/, '*')
}

const descriptors = new Map()
const ofDescriptor = (descriptor) => descriptors.get(descriptor)

/** The journal line that was appended last, in a few words: what it is that dying now comes after. */
let context = 'start'

/** What is written to a journal is told apart by what the line says. */
function withLine(target, data) {
  if (!target.endsWith('.jsonl')) return target
  const { kind, step, decision } = JSON.parse(Buffer.from(data).toString().trimEnd().split('\n').at(-1)).body
  context = [kind, step ?? decision].filter((word) => word !== undefined).join(' ')
  return `${target} (${context})`
}

function around(owner, operation, targetOf, { half, after = true } = {}) {
  const original = owner[operation]
  owner[operation] = function (...args) {
    const target = targetOf.call(this, ...args)
    if (target === undefined) return original.apply(this, args)
    point('before', operation, target)
    if (half) point('half', operation, target, () => half.call(this, original, ...args))
    const result = original.apply(this, args)
    const passed = () => after && point('after', operation, target)
    if (result instanceof Promise) return result.finally(passed)
    passed()
    return result
  }
}

const WRITES = /[wa+]/
fs.openSync = function (path, flags, ...more) {
  const target = named(path)
  const makes = target !== undefined && typeof flags === 'string' && WRITES.test(flags) && flags !== 'r+'
  if (makes) point('before', 'openSync', target)
  const descriptor = real.openSync.call(fs, path, flags, ...more)
  if (target !== undefined) descriptors.set(descriptor, target)
  if (makes) point('after', 'openSync', target)
  return descriptor
}
const { closeSync } = fs
fs.closeSync = function (descriptor) {
  descriptors.delete(descriptor)
  return closeSync.call(fs, descriptor)
}

around(
  fs,
  'writeSync',
  (descriptor, data) => {
    const target = ofDescriptor(descriptor)
    return target === undefined ? undefined : withLine(target, data)
  },
  {
    half(original, descriptor, data, offset = 0, length, position = null) {
      const bytes = typeof data === 'string' ? Buffer.from(data) : data
      const all = typeof length === 'number' ? length : bytes.length
      original.call(fs, descriptor, bytes, typeof data === 'string' ? 0 : offset, Math.floor(all / 2), position)
    },
  },
)
const writesHalf = (original, path, data, ...more) => original.call(fs, path, data.slice(0, data.length / 2), ...more)
for (const operation of ['writeFileSync', 'appendFileSync'])
  around(fs, operation, (path) => (typeof path === 'number' ? ofDescriptor(path) : named(path)), { half: writesHalf })
const ofJournal = (descriptor) => {
  const target = ofDescriptor(descriptor)
  return target?.endsWith('.jsonl') ? `${target} (${context})` : target
}
for (const operation of ['fsyncSync', 'ftruncateSync']) around(fs, operation, ofJournal, { after: false })
for (const operation of ['mkdirSync', 'rmSync', 'unlinkSync', 'chmodSync', 'truncateSync'])
  around(fs, operation, (path) => named(path))
for (const operation of ['renameSync', 'copyFileSync', 'linkSync']) around(fs, operation, (_from, to) => named(to))

for (const operation of ['writeFile', 'appendFile'])
  around(fs.promises, operation, (path) => named(path), {
    half: (_original, path, data) => fs.writeFileSync(path, data.slice(0, data.length / 2)),
  })
for (const operation of ['mkdir', 'rm', 'unlink', 'chmod', 'truncate', 'mkdtemp'])
  around(fs.promises, operation, (path) => named(path))
for (const operation of ['rename', 'copyFile', 'link']) around(fs.promises, operation, (_from, to) => named(to))

// A promise-based handle does not know its path: it is remembered when it is opened.
const handles = new WeakMap()
const { open } = fs.promises
fs.promises.open = async function (path, flags, ...more) {
  const target = named(path)
  const makes = target !== undefined && typeof flags === 'string' && WRITES.test(flags) && flags !== 'r+'
  if (makes) point('before', 'open', target)
  const handle = await open.call(fs.promises, path, flags, ...more)
  if (target !== undefined) handles.set(handle, target)
  if (makes) point('after', 'open', target)
  return handle
}
const probe = await open.call(fs.promises, new URL(import.meta.url))
const fileHandle = Object.getPrototypeOf(probe)
await probe.close()
for (const operation of ['write', 'writeFile', 'sync', 'datasync', 'truncate'])
  around(fileHandle, operation, function () {
    return handles.get(this)
  })

/** What a request asks for, where it is readable: the API's action and database, or the path. */
function asked(data) {
  const text = typeof data === 'string' ? data : Buffer.isBuffer(data) ? data.toString('latin1', 0, 4_000) : ''
  const action = /Action=(\w+)/.exec(text)?.[1]
  if (action !== undefined) return `${action} ${/DBInstanceIdentifier=([\w-]+)/.exec(text)?.[1] ?? ''}`.trim()
  return /^(?:GET|POST|HEAD) [^ ]+/.exec(text)?.[0] ?? 'bytes'
}

const { write } = net.Socket.prototype
net.Socket.prototype.write = function (data, ...more) {
  // Standard streams are no boundary to the world: what was printed binds nobody.
  if (order.only === 'files' || this === process.stdout || this === process.stderr || this.fd === 1 || this.fd === 2)
    return write.call(this, data, ...more)
  const target = `${asked(data)} after ${context}`
  point('before', 'send', target)
  point('half', 'send', target, () => write.call(this, data.slice(0, data.length / 2)))
  const result = write.call(this, data, ...more)
  point('after', 'send', target)
  return result
}

around(childProcess.ChildProcess.prototype, 'spawn', (options) => options.args.at(1)?.split(sep).at(-1) ?? options.file)

syncBuiltinESMExports()
