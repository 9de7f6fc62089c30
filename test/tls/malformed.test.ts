import { duplexPair } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { CannotReach, type WireEngine } from '../../src/ports/wire.ts'
import { Attempt } from '../../src/tls/attempt.ts'
import { askForTls } from '../../src/tls/greeting.ts'
import { handshake } from '../../src/tls/handshake.ts'
import { judge } from '../../src/tls/judge.ts'
import { trustedRoots } from '../../src/tls/roots.ts'
import { amazonLike } from '../support/certificates.ts'
import { Random } from '../support/random.ts'
import { mysqlGreeting } from '../support/tls-servers.ts'

const HOST = 'db.example.test'
const good = await amazonLike(HOST)
const roots = trustedRoots([good.root.pem])
const context = createSecureContext({ cert: good.leaf.pem + good.inter.pem, key: good.leaf.keyPem })

const SEED = 20_261_122

/** What a server says, in pieces; `end` hangs up after that. */
interface Answer {
  readonly chunks: readonly Buffer[]
  readonly end: boolean
}

/** Asks a server that only says this for a proof, over memory instead of a network. Resolves to the code, or `strict`. */
async function outcome(engine: WireEngine, { chunks, end }: Answer): Promise<string> {
  const [ours, theirs] = duplexPair()
  ours.on('error', () => undefined)
  theirs.on('error', () => undefined).resume()
  // Nothing answers late here: whoever waits in vain waits for this, which the test lets pass by hanging up.
  const attempt = new Attempt('fuzzed', 5_000)
  try {
    const proof = (async () => {
      await askForTls(ours, engine, attempt)
      const { captured } = await handshake(ours, { engine, host: HOST, roots, attempt })
      return judge(captured, roots.anchors, HOST, Date.now())
    })()
    proof.catch(() => undefined)
    for (const chunk of chunks) theirs.write(chunk)
    if (end) theirs.end()
    // With everything said and the server silent, its hanging up is what ends the wait.
    await new Promise((resolve) => setImmediate(resolve))
    theirs.end()
    return (await proof).strict ? 'strict' : 'not strict'
  } catch (error) {
    if (!(error instanceof CannotReach)) throw error
    return error.code
  } finally {
    attempt.end()
    ours.destroy()
    theirs.destroy()
  }
}

/** The first flight of a real server, as it answers some ClientHello: no other client can go on with it. */
async function serverFlight(): Promise<Buffer> {
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

describe.each(['postgres', 'mysql'] as const)('%s: nothing that a server says crashes, hangs or passes', (engine) => {
  const offer = engine === 'postgres' ? Buffer.from('S') : mysqlGreeting()

  test.each([
    [
      'before TLS',
      2_000,
      (random: Random) => (random.below(2) === 0 ? mutate(random, offer) : random.bytes(random.below(120))),
    ],
    ['in TLS, at random', 700, (random: Random) => Buffer.concat([offer, random.bytes(random.below(600))])],
  ] as const)('%s', async (_, count, make) => {
    const random = new Random(SEED)
    const codes = new Map<string, number>()
    for (let i = 0; i < count; i++) {
      const code = await outcome(engine, { chunks: inPieces(random, make(random)), end: random.below(2) === 0 })
      codes.set(code, (codes.get(code) ?? 0) + 1)
    }
    expect([...codes.keys()]).not.toContain('strict')
    expect([...codes.keys()]).not.toContain('TIMEOUT')
    expect(codes.size).toBeGreaterThan(2)
  })

  test('in TLS, with the flight of a real server, changed and unchanged', async () => {
    const random = new Random(SEED)
    const flight = await serverFlight()
    for (let i = 0; i < 500; i++) {
      const said = i === 0 ? flight : mutate(random, flight)
      const pieces = inPieces(random, said)
      expect(await outcome(engine, { chunks: [offer, ...pieces], end: false })).not.toMatch(/strict|TIMEOUT/)
    }
  })

  test('a server that speaks slowly is given up at the deadline', async () => {
    const [ours, theirs] = duplexPair()
    const attempt = new Attempt('slow', 150)
    const pending = askForTls(ours, engine, attempt)
    theirs.resume()
    if (engine === 'mysql') theirs.write(mysqlGreeting().subarray(0, 20))
    await expect(pending).rejects.toMatchObject({ code: 'TIMEOUT', stage: 'greeting' })
    attempt.end()
  })
})
