import { describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { judgeStore, DIRECT_USE, type StoreUse } from '../../src/stores/judged-store.ts'
import { storeLines } from '../../src/stores/report.ts'
import { rootsOf, rootsWanted, together, type Wanted } from '../../src/stores/wanted.ts'
import { bundled, readBundle } from '../../src/tls/bundled.ts'
import type { TrustStoreSeen } from '../../src/ports/trust-stores.ts'
import { data, EC } from '../tls/stores/store-lab.ts'
import { amazonLike, issue } from '../support/certificates.ts'

const NOW = Date.UTC(2026, 10, 25)
const AWS = readFileSync(data('rds-global-bundle-2025.pem'), 'latin1')
const certificates = (...pems: readonly string[]) => readBundle(pems.join('\n')).certificates.map((one) => bundled(one))
const aws = certificates(AWS)
const own = (region: string) => aws.filter((one) => one.region === region)
const store = (held: TrustStoreSeen['certificates']): TrustStoreSeen => ({
  location: '/etc/rds.pem',
  sha256: 'd'.repeat(64),
  certificates: held,
  findings: [],
})
const all = rootsOf(aws, 'eu-west-1', NOW)
const root = (ca: string) => all.find((one) => one.ca === ca)!
const region: Wanted = { databases: [], region: 'eu-west-1', all }
const change: Wanted = {
  ...region,
  databases: ['orders'],
  target: root('rds-ca-rsa4096-g1'),
  served: root('rds-ca-rsa2048-g1'),
}
const verdict = (
  held: TrustStoreSeen['certificates'],
  wanted: readonly Wanted[] = [region],
  use: StoreUse = DIRECT_USE,
) => judgeStore('pem', store(held), use, wanted, NOW).verdict
const { inter, leaf } = await amazonLike('db.example.test')

describe('a store is', () => {
  it('good when it holds what is wanted: all roots of the Region, or those of a change alone', () => {
    expect(all.map(({ ca }) => ca).sort()).toEqual(['rds-ca-ecc384-g1', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1'])
    expect(verdict(aws)).toBe('good')
    expect(verdict(own('eu-west-1'))).toBe('good')
    const two = own('eu-west-1').filter(({ subject }) => !subject.includes('ECC384'))
    expect(verdict(two)).toBe('lacks')
    expect(verdict(two, [change])).toBe('good')
    expect(rootsWanted({ ...change, served: change.target })).toHaveLength(1)
  })

  it('counted by different certificates: what is there twice is no second root', () => {
    const held = own('eu-west-1')
    const twice = judgeStore('pem', store([...held, ...held]), DIRECT_USE, [region], NOW)
    expect(twice.regions).toEqual(judgeStore('pem', store(held), DIRECT_USE, [region], NOW).regions)
    expect(verdict([...certificates(inter.pem), ...certificates(inter.pem)])).toBe('no-roots')
  })

  it('short of a root when it is another Region’s, or of that name and another certificate', () => {
    expect(verdict(own('eu-west-2'))).toBe('lacks')
    const judged = judgeStore('pem', store(certificates(EC)), DIRECT_USE, [region], NOW)
    expect(judged.verdict).toBe('lacks')
    expect(judged.judged[0]?.namesakes).toEqual([expect.objectContaining({ ca: 'rds-ca-ecc384-g1' })])
    expect(storeLines(judged, 80).join('\n')).toContain(
      'instead  another certificate with the name of rds-ca-ecc384-g1',
    )
  })

  it('judged for each database: good for one is not good for all', () => {
    const held = own('eu-west-1')
    const elsewhere: Wanted = { databases: [], region: 'us-east-1', all: rootsOf(aws, 'us-east-1', NOW) }
    expect(verdict(held, [change, elsewhere])).toBe('lacks')
  })

  it('refused without a root, empty, or not judged', () => {
    expect(verdict(certificates(inter.pem, leaf.pem))).toBe('no-roots')
    expect(verdict([])).toBe('empty')
    expect(verdict(aws, [])).toBe('not-judged')
    expect(verdict(aws, [{ databases: [], region: 'eu-west-1', all: [] }])).toBe('not-judged')
  })

  it('not needed where nobody verifies with it, or behind RDS Proxy, of which the Amazon roots are said', async () => {
    const amazon = await issue({ subject: 'CN=Amazon Root CA 1, O=Amazon, C=US', ca: true })
    const use = { ...DIRECT_USE, route: 'rds-proxy' } as const
    const lines = (held: TrustStoreSeen['certificates']) =>
      storeLines(judgeStore('pem', store(held), use, [region], NOW), 80)
        .join(' ')
        .replaceAll(/\s+/g, ' ')
    expect(verdict([], [region], { ...DIRECT_USE, verification: 'none' })).toBe('not-needed')
    expect(verdict(aws, [region], use)).toBe('not-needed')
    expect(lines(certificates(amazon.pem))).toContain('their roots are in it')
    expect(lines(aws)).toContain('fails today')
  })

  it('judged once for databases that are alike', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ ...change, databases: [`shard-${index}`] }))
    const judged = judgeStore('pem', store(aws), DIRECT_USE, together([...many, region]), NOW)
    expect(judged.judged).toHaveLength(2)
    const text = storeLines(judged, 100).join('\n')
    expect(text).toContain('shard-0, shard-1, shard-2, shard-3 and 36 more (eu-west-1): from rds-ca-rsa2048-g1 to')
  })

  it('counted by Region, with what has expired', () => {
    const old = readBundle(AWS).certificates.length
    const judged = judgeStore('pem', store(aws), DIRECT_USE, [region], Date.UTC(2100, 0))
    expect(judged.regions.length).toBe(32)
    expect(judged.regions.find((one) => one.region === 'eu-west-1')?.roots).toEqual([
      expect.objectContaining({ ca: 'rds-ca-ecc384-g1', expired: false }),
      expect.objectContaining({ ca: 'rds-ca-rsa2048-g1', expired: true }),
      expect.objectContaining({ ca: 'rds-ca-rsa4096-g1', expired: false }),
    ])
    expect(old).toBe(102)
  })
})
