/**
 * 2,000 trust stores of 108 certificates, read from disk and judged as `trust-stores` and step 04 do, against reading them and parsing each
 * certificate once with node:crypto, which is the least that anybody has to do who looks into them. In turn, in one run.
 *
 * Twice: stores that all hold AWS's own bundle, as those of a fleet do (what is known of a certificate is kept by its SHA-256, so the
 * rival may keep its parsed ones too), and stores of which no two have a certificate in common, where nothing can be kept.
 */
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DIRECT_USE, judgeStore } from '../src/stores/judged-store.ts'
import { rootsOf } from '../src/stores/wanted.ts'
import { bundled, readBundle } from '../src/tls/bundled.ts'
import { openTrustStores } from '../src/tls/stores/open-trust-stores.ts'

const STORES = 2_000
const CERTIFICATES = 108
/** Distinct stores are many bytes: they are made, measured and discarded in rounds. */
const ROUND = 200
const TARGET = 1.5

const AWS = await readFile(new URL('../test/tls/data/rds-global-bundle-2025.pem', import.meta.url), 'latin1')
const published = readBundle(AWS).certificates.map((one) => bundled(one))
const ders = readBundle(AWS).certificates.map(({ der }) => der)
/** AWS's published bundle has 108 roots; of the one that is here 102 are different, and six of them are there once more, renumbered. */
const base = [...ders, ...ders.slice(0, CERTIFICATES - ders.length).map((der, index) => renumbered(der, index + 1))]

/** The same certificate with another serial number: another certificate, as large and as hard to read. Its signature is wrong. */
function renumbered(der: Buffer, number: number): Buffer {
  const copy = Buffer.from(der)
  copy.writeUInt32BE(number, serialEnd(der) - 4)
  return copy
}

/** Where the serial number ends: certificate and tbsCertificate have lengths of two bytes, the version takes five. */
function serialEnd(der: Buffer): number {
  const start = 4 + 4 + 5
  return start + 2 + (der[start + 1] ?? 0)
}

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

const wanted = { databases: [], region: 'eu-west-1', all: rootsOf(published, 'eu-west-1', Date.now()) }
const stores = openTrustStores({ now: Date.now })

async function ours(path: string): Promise<number> {
  const seen = await stores.read({ kind: 'pem', path })
  return judgeStore('pem', seen, DIRECT_USE, [wanted], Date.now()).seen.certificates.length
}

const blocks = (text: string): readonly string[] => text.split(/(?<=-----END CERTIFICATE-----\n)/)

async function parsed(path: string): Promise<number> {
  return blocks(await readFile(path, 'latin1')).map((pem) => new X509Certificate(pem)).length
}

const kept = new Map<string, X509Certificate>()
async function parsedOnce(path: string): Promise<number> {
  return blocks(await readFile(path, 'latin1')).map((pem) => {
    const digest = createHash('sha256').update(pem).digest('base64')
    const known = kept.get(digest) ?? new X509Certificate(pem)
    kept.set(digest, known)
    return known
  }).length
}

const RIVALS = { ours, parsed, parsedOnce } as const
type Rival = keyof typeof RIVALS
/** Milliseconds by the clock, and of this process's CPU: the disk and other programs have a part in the first. */
interface Time {
  readonly clock: number
  readonly cpu: number
}
type Spent = Record<Rival, Time>

async function timeOf(rival: Rival, paths: readonly string[]): Promise<Time> {
  const begun = performance.now()
  const before = process.cpuUsage()
  for (const path of paths) {
    const count = await RIVALS[rival](path)
    if (count !== CERTIFICATES) throw new Error(`${rival} found ${count} certificates in ${path}`)
  }
  const { user, system } = process.cpuUsage(before)
  return { clock: performance.now() - begun, cpu: (user + system) / 1000 }
}

const added = (a: Time, b: Time): Time => ({ clock: a.clock + b.clock, cpu: a.cpu + b.cpu })

const directory = await mkdtemp(join(tmpdir(), 'trust-stores-bench-'))

/** Each round's stores, made, and read by each rival in turn; another one begins each time. */
async function measure(contents: (store: number) => string): Promise<Spent> {
  const none: Time = { clock: 0, cpu: 0 }
  const spent: Spent = { ours: none, parsed: none, parsedOnce: none }
  const names = Object.keys(RIVALS) as Rival[]
  for (let first = 0; first < STORES; first += ROUND) {
    const paths = await Promise.all(
      Array.from({ length: ROUND }, async (_, index) => {
        const path = join(directory, `${index}.pem`)
        await writeFile(path, contents(first + index))
        return path
      }),
    )
    const turn = (first / ROUND) % names.length
    for (const rival of [...names.slice(turn), ...names.slice(0, turn)])
      spent[rival] = added(spent[rival], await timeOf(rival, paths))
  }
  return spent
}

function print(title: string, { ours: own, parsed: each, parsedOnce: once }: Spent): void {
  const spent = ({ clock, cpu }: Time): string => `${(clock / 1000).toFixed(2)} s, CPU ${(cpu / 1000).toFixed(2)} s`
  const against = (rival: Time): string =>
    `ours takes ${(own.clock / rival.clock).toFixed(2)} × by the clock, ${(own.cpu / rival.cpu).toFixed(2)} × of CPU`
  console.log(`${title}:`)
  console.log(`  read and judged: ${spent(own)}`)
  console.log(
    `  read, and each parsed with node:crypto: ${spent(each)}; ${against(each)} (target at most ${TARGET.toFixed(2)})`,
  )
  console.log(`  read, and each different one parsed, found by its SHA-256: ${spent(once)}; ${against(once)}`)
}

try {
  const shared = base.map((der) => pemOf(der)).join('')
  print(`${STORES} stores of the same ${CERTIFICATES} certificates`, await measure(() => shared))
  kept.clear()
  const distinct = (store: number): string =>
    base.map((der, index) => pemOf(renumbered(der, 1_000 + store * CERTIFICATES + index))).join('')
  print(`${STORES} stores of ${CERTIFICATES} certificates each, no two the same`, await measure(distinct))
} finally {
  await rm(directory, { recursive: true, force: true })
}
