/**
 * Whatever a server says, at whatever stage, in whatever pieces and however slowly: the probe never crashes, never waits beyond its
 * deadline, and never passes. `npm run soak -- malformed` gives 100,000 such answers; `npm test` gives a sample of them.
 */
import { duplexPair } from 'node:stream'
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CannotReach, type WireEngine } from '../../src/ports/wire.ts'
import { Attempt } from '../../src/tls/attempt.ts'
import { askForTls } from '../../src/tls/greeting.ts'
import { handshake } from '../../src/tls/handshake.ts'
import { judge } from '../../src/tls/judge.ts'
import { trustedRoots } from '../../src/tls/roots.ts'
import { amazonLike } from '../support/certificates.ts'
import { Random } from '../support/random.ts'
import { seeds } from '../support/seeded.ts'
import { mysqlGreeting } from '../support/tls-servers.ts'

const HOST = 'db.example.test'
const good = await amazonLike(HOST)
const roots = trustedRoots([good.root.pem])
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
const contexts = VERSIONS.map((version) =>
  createSecureContext({
    cert: good.leaf.pem + good.inter.pem,
    key: good.leaf.keyPem,
    minVersion: version,
    maxVersion: version,
  }),
)

const SEED = 20_261_122
/** Milliseconds of the simulated clock. */
const DEADLINE = 5_000
/** Turns of the event loop without a byte, after which nothing more will come. */
const QUIET = 6

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What a server says, in pieces; milliseconds before each of them; `end` hangs up after that. */
interface Answer {
  readonly chunks: readonly Buffer[]
  readonly gap?: number
  readonly end?: boolean
}

/** How one asking ended, and when by the simulated clock. */
interface Ended {
  readonly code: string
  readonly after: number
}

/** Asks for a proof over memory instead of a network. A server that says nothing more is waited for until the deadline. */
async function asked(
  engine: WireEngine,
  serve: (
    server: ReturnType<typeof duplexPair>[number],
    stillAsked: () => boolean,
    pass: (milliseconds: number) => Promise<void>,
  ) => Promise<void>,
): Promise<Ended> {
  const [ours, theirs] = duplexPair()
  ours.on('error', () => undefined)
  theirs.on('error', () => undefined)
  const begun = performance.now()
  const attempt = new Attempt('fuzzed', DEADLINE)
  /** Time passes, and stops at the deadline for whoever acts on it. */
  const pass = async (milliseconds: number): Promise<void> => {
    const left = begun + DEADLINE - performance.now()
    if (left > 0 && milliseconds > left) {
      vi.advanceTimersByTime(left)
      await turn()
    }
    vi.advanceTimersByTime(left > 0 && milliseconds > left ? milliseconds - left : milliseconds)
    await turn()
  }
  let ended: Ended | undefined
  const end = (code: string): void => void (ended = { code, after: performance.now() - begun })
  void (async () => {
    await askForTls(ours, engine, attempt)
    const { captured } = await handshake(ours, { engine, host: HOST, roots, attempt })
    return judge(captured, roots.anchors, HOST, Date.now())
  })().then(
    ({ strict }) => end(strict ? 'strict' : 'not strict'),
    (error: unknown) => end(error instanceof CannotReach ? error.code : `crashed: ${String(error)}`),
  )
  try {
    await serve(theirs, () => ended === undefined, pass)
    const idle = async (): Promise<void> => {
      for (let turns = 0; turns < QUIET; turns += 1) if (ended === undefined) await turn()
    }
    await idle()
    if (!ended) await pass(Math.max(0, begun + DEADLINE - performance.now()))
    await idle()
    return ended ?? { code: 'hung', after: Infinity }
  } finally {
    attempt.end()
    ours.destroy()
    theirs.destroy()
  }
}

/** Asks a server that says this, whatever it is asked. */
const told = (engine: WireEngine, { chunks, gap = 0, end = false }: Answer): Promise<Ended> =>
  asked(engine, async (server, stillAsked, pass) => {
    server.resume()
    for (const chunk of chunks) {
      if (gap > 0) await pass(gap)
      if (!stillAsked()) return
      server.write(chunk)
    }
    if (end) server.end()
  })

/**
 * Asks a server that really makes the handshake, through something in between that changes one byte of what it says (or none, with
 * `at` beyond all) and lets each of its pieces wait for `gap` milliseconds.
 */
const relayed = (
  engine: WireEngine,
  { context, at, flip, gap = 0 }: { context: SecureContext; at: number; flip: number; gap?: number },
): Promise<Ended> =>
  asked(engine, async (server, stillAsked, pass) => {
    const [near, far] = duplexPair()
    near.on('error', () => undefined)
    far.on('error', () => undefined)
    const tls = new TLSSocket(far, { isServer: true, secureContext: context })
    tls.on('error', () => undefined).on('data', () => undefined)
    const said: Buffer[] = engine === 'mysql' ? [mysqlGreeting()] : []
    let requestLeft = engine === 'postgres' ? 8 : 36
    let moved = true
    near.on('data', (chunk: Buffer) => said.push(chunk))
    server.on('data', (chunk: Buffer) => {
      moved = true
      const request = chunk.subarray(0, requestLeft)
      requestLeft -= request.length
      if (engine === 'postgres' && request.length > 0 && requestLeft === 0) said.push(Buffer.from('S'))
      if (chunk.length > request.length) near.write(chunk.subarray(request.length))
    })
    let passed = engine === 'postgres' ? -1 : -mysqlGreeting().length
    for (let quiet = 0; quiet < QUIET && stillAsked(); quiet = moved ? 0 : quiet + 1) {
      moved = false
      await turn()
      for (const chunk of said.splice(0)) {
        moved = true
        if (gap > 0) await pass(gap)
        if (at >= passed && at < passed + chunk.length) {
          const changed = Buffer.from(chunk)
          changed[at - passed] = (changed[at - passed] ?? 0) ^ flip
          server.write(changed)
        } else server.write(chunk)
        passed += chunk.length
      }
    }
    tls.destroy()
    near.destroy()
    far.destroy()
  })

/** The first flight of a real server, as it answers some ClientHello: no other client can go on with it. */
async function serverFlight(context: SecureContext): Promise<Buffer> {
  const [client, server] = duplexPair()
  const said: Buffer[] = []
  const { connect } = await import('node:tls')
  const [relayClient, relayServer] = duplexPair()
  client.on('data', (chunk: Buffer) => {
    said.push(chunk)
    relayServer.write(chunk)
  })
  relayServer.on('data', (chunk: Buffer) => client.write(chunk))
  const tls = new TLSSocket(server, { isServer: true, secureContext: context })
  tls.on('error', () => undefined)
  const peer = connect({ socket: relayClient, rejectUnauthorized: false, servername: HOST })
  await new Promise((resolve) => peer.once('secureConnect', resolve))
  peer.destroy()
  tls.destroy()
  return Buffer.concat(said)
}

function mutate(random: Random, whole: Buffer): Buffer {
  const copy = Buffer.from(whole)
  const changes = 1 + random.below(4)
  for (let i = 0; i < changes && copy.length > 0; i++) copy[random.below(copy.length)] = random.below(256)
  const cut = random.below(4) === 0 ? copy.subarray(0, random.below(copy.length + 1)) : copy
  return random.below(6) === 0 ? Buffer.concat([cut, random.bytes(random.below(64))]) : cut
}

function inPieces(random: Random, whole: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < whole.length;) {
    const size = 1 + random.below(Math.min(400, whole.length - at))
    pieces.push(whole.subarray(at, at + size))
    at += size
  }
  return pieces
}

beforeEach(() => {
  // The probe's own clock; the event loop and TLS go on in real time.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each(['postgres', 'mysql'] as const)('%s: nothing that a server says crashes, hangs or passes', (engine) => {
  const offer = engine === 'postgres' ? Buffer.from('S') : mysqlGreeting()
  let answers = 0

  /** Puts so many answers to the probe; resolves to how often each ending was seen. */
  async function putAll(count: number, one: (index: number) => Promise<Ended>): Promise<ReadonlyMap<string, number>> {
    const endings = new Map<string, number>()
    for (let index = 0; index < count; index += 1) {
      const { code, after } = await one(index)
      if (code === 'strict' || code.startsWith('crashed') || after > DEADLINE)
        expect.fail(`answer ${index}: ${code} after ${after} ms`)
      endings.set(code, (endings.get(code) ?? 0) + 1)
    }
    answers += count
    return endings
  }

  test('an honest server passes, also a slow one that is done in time', async () => {
    for (const context of contexts) {
      expect(await relayed(engine, { context, at: Infinity, flip: 0 })).toMatchObject({ code: 'strict' })
      const slow = await relayed(engine, { context, at: Infinity, flip: 0, gap: 900 })
      expect(slow.code).toBe('strict')
      expect(slow.after).toBeGreaterThan(900)
    }
  })

  test('before TLS: cut off at every length, and then silence or the end', async () => {
    const endings = await putAll(2 * offer.length, (index) =>
      told(engine, { chunks: [offer.subarray(0, index >> 1)], end: index % 2 === 0 }),
    )
    expect([...endings.keys()].sort()).toEqual(['CLOSED', 'TIMEOUT'])
  })

  test('before TLS: changed, cut, or at random', async () => {
    const random = new Random(SEED)
    const endings = await putAll(seeds(1_500, 25_000), () => {
      const said = random.below(2) === 0 ? mutate(random, offer) : random.bytes(random.below(120))
      return told(engine, { chunks: inPieces(random, said), end: random.below(2) === 0 })
    })
    expect(endings.size).toBeGreaterThan(4)
  })

  test('in TLS: at random', async () => {
    const random = new Random(SEED)
    const endings = await putAll(seeds(500, 10_000), () => {
      const chunks = inPieces(random, Buffer.concat([offer, random.bytes(random.below(600))]))
      return told(engine, { chunks, end: random.below(2) === 0 })
    })
    expect(endings.size).toBeGreaterThan(2)
  })

  test.each(VERSIONS)('in TLS: the flight of a real %s server, cut off at every length', async (version) => {
    const flight = await serverFlight(contexts[VERSIONS.indexOf(version)]!)
    const every = seeds(37, 1)
    await putAll(Math.ceil(flight.length / every), (index) =>
      told(engine, { chunks: [offer, flight.subarray(0, index * every)], end: index % 2 === 0 }),
    )
  })

  test('in TLS: the flight of a real server, changed and unchanged', async () => {
    const random = new Random(SEED)
    const flights = await Promise.all(contexts.map((context) => serverFlight(context)))
    await putAll(seeds(300, 6_000), (index) => {
      const flight = flights[index % flights.length]!
      const said = index < flights.length ? flight : mutate(random, flight)
      return told(engine, { chunks: [offer, ...inPieces(random, said)], end: false })
    })
  })

  test('in TLS: a real handshake of which one byte is changed on the way', async () => {
    const random = new Random(SEED)
    const endings = await putAll(seeds(120, 5_000), (index) => {
      const context = contexts[index % contexts.length]!
      // Behind the version in the first record's header, which nothing covers (RFC 8446, 5.1: it must be ignored), up to Finished.
      return relayed(engine, { context, at: 3 + random.below(1_000), flip: 1 + random.below(255) })
    })
    expect(endings.size).toBeGreaterThan(4)
  })

  test('at any stage: slowly, on a simulated clock', async () => {
    const random = new Random(SEED)
    const flight = await serverFlight(contexts[1]!)
    const endings = await putAll(seeds(100, 4_000), (index) => {
      const whole = index % 2 === 0 ? offer : Buffer.concat([offer, flight])
      const said = whole.subarray(0, 1 + random.below(whole.length))
      const chunks = index % 3 === 0 ? Array.from(said.subarray(0, 60), (byte) => Buffer.from([byte])) : [said]
      return told(engine, { chunks, gap: 1 + random.below(2 * DEADLINE), end: random.below(8) === 0 })
    })
    expect(endings.get('TIMEOUT')).toBeGreaterThan(10)
  })

  test('a real server that is too slow is given up at the deadline, not later', async () => {
    const random = new Random(SEED)
    const endings = await putAll(seeds(20, 1_000), (index) => {
      const gap = DEADLINE / 2 + 1 + random.below(DEADLINE)
      return relayed(engine, { context: contexts[index % contexts.length]!, at: Infinity, flip: 0, gap })
    })
    expect([...endings.keys()]).toEqual(['TIMEOUT'])
  })

  test('so many answers were given', () => {
    expect(answers).toBeGreaterThanOrEqual(seeds(2_500, 50_000))
  })
})
