/** Cut off anywhere, with bits turned over anywhere: a store is read, or refused with a sentence. */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { expect, it } from 'vitest'
import { CannotReadStore, type TrustStoreLocation } from '../../../src/ports/trust-stores.ts'
import { seeded, seeds } from '../../support/seeded.ts'
import { data, EC, RSA, storeLab } from './store-lab.ts'

const SEED = 20_261_125
const lab = storeLab({ environment: { GOOD: 'secret1' } })
const password = { env: 'GOOD' }

async function layer(): Promise<Buffer> {
  const packed = pack()
  packed.entry({ name: 'etc/ssl/.wh.old.pem' }, '')
  packed.entry({ name: 'etc/ssl/rds.pem' }, EC + RSA)
  packed.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const manifest = JSON.stringify({
  kind: 'Secret',
  metadata: { name: 'x' },
  data: { ca: Buffer.from(EC + RSA).toString('base64') },
})
const yaml = `kind: ConfigMap\nmetadata: { name: &x x }\ndata:\n  ca.pem: |\n    ${(EC + RSA).replaceAll('\n', '\n    ')}\n`
const image = (path: string): TrustStoreLocation => ({ kind: 'image', path, inside: '/etc/ssl/rds.pem' })

const FORMATS: readonly (readonly [string, Buffer, (path: string) => TrustStoreLocation])[] = [
  ['PEM', Buffer.from(EC + RSA), (path) => ({ kind: 'pem', path })],
  ['JKS', readFileSync(data('keytool.jks')), (path) => ({ kind: 'jks', path })],
  ['JKS under its password', readFileSync(data('keytool.jks')), (path) => ({ kind: 'jks', path, password })],
  ['PKCS#12 in clear', readFileSync(data('keytool-none.p12')), (path) => ({ kind: 'pkcs12', path, password })],
  ['PKCS#12', readFileSync(data('openssl-nokeys.p12')), (path) => ({ kind: 'pkcs12', path, password })],
  ['a manifest in JSON', Buffer.from(manifest), (path) => ({ kind: 'kubernetes', path })],
  ['a manifest in YAML', Buffer.from(yaml), (path) => ({ kind: 'kubernetes', path })],
  ['a layer', await layer(), image],
  ['a compressed layer', gzipSync(await layer()), image],
]

function damaged(whole: Buffer, { below, oneOf }: ReturnType<typeof seeded>): Buffer {
  if (below(3) === 0) return whole.subarray(0, below(whole.length))
  const bytes = Buffer.from(whole)
  // The start holds the structure, and most of the rest is keys and signatures.
  const reach = oneOf([64, 400, whole.length])
  for (let flips = 1 + below(4); flips > 0; flips -= 1) {
    const at = below(Math.min(reach, bytes.length))
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << below(8)), at)
  }
  return bytes
}

it.each(FORMATS)('%s', async (format, whole, at) => {
  const random = seeded(SEED)
  const came = { read: 0, refused: 0 }
  for (let run = 0; run < seeds(40, 4_000); run += 1) {
    const path = lab.file('damaged', damaged(whole, random))
    try {
      const { certificates, findings } = await lab.read(at(path))
      expect(certificates.length > 0 || findings.length > 0).toBe(true)
      came.read += 1
    } catch (error) {
      if (!(error instanceof CannotReadStore)) throw new Error(`run ${run} of seed ${SEED}`, { cause: error })
      expect(error.message).toMatch(/^[A-Z].{20,}[.`]$/s)
      expect(error.message).not.toMatch(/undefined|\[object|\n\s+at /)
      came.refused += 1
    }
  }
  // Of PEM, OpenSSL too reads what it can; the rest is said as a finding.
  if (format === 'PEM') expect(came.read).toBeGreaterThan(0)
  else expect(came.refused).toBeGreaterThan(0)
})
