import { describe, expect, it } from 'vitest'
import { trustStores, type TrustStoreFacts } from '../../steps/04-trust-stores.ts'
import type { ApplicationOnRecord, Route, Verification } from '../../src/rules/decisions.ts'
import type { DeclaredApplication, World } from '../../src/ports/world.ts'
import { CannotReadStore } from '../../src/ports/trust-stores.ts'
import { openTrustStores } from '../../src/tls/stores/open-trust-stores.ts'
import { NEW_ROOT, NOW, api, goodFacts, production } from '../support/scenario.ts'
import { data } from '../tls/stores/store-lab.ts'

const facts = goodFacts(production)
const given = { identify: facts.identify, census: facts.census, bundle: facts.bundle }
const [OLD_ROOT = '', ...ROOTS] = facts['trust-stores'].basis.stores[0]!.roots
const good = facts['trust-stores'].basis.stores[0]!

interface Case {
  readonly verification?: Verification
  readonly route?: Route
  readonly host?: string
  readonly stores?: TrustStoreFacts['basis']['stores']
}

function judged({ verification = 'verify-full', route, host, stores = [good] }: Case) {
  const own: ApplicationOnRecord = { name: 'orders-api', verification, users: [], ...(host && { host }) }
  const decided = { target: { ca: 'rds-ca-rsa2048-g1' }, applications: [own] }
  const saw = { basis: { verification, ...(route && { route }), stores }, detail: facts['trust-stores'].detail }
  const verdict = trustStores.judge(saw, given, decided, NOW, api)
  const short = verdict.kind === 'not-proven' ? verdict.shortfalls.map(({ code, allows }) => `${code} (${allows})`) : []
  const notes = verdict.kind === 'proven' || verdict.kind === 'not-proven' ? verdict.notes : []
  return { kind: verdict.kind, short, notes: notes?.map(({ code }) => code) }
}
const PROVEN = { kind: 'proven', short: [], notes: [] }
const short = (...codes: string[]) => ({ kind: 'not-proven', short: codes, notes: [] })

describe('04 judges a store by what meets the database’s certificate', () => {
  const stale = [{ ...good, roots: [OLD_ROOT] }]
  it.each<readonly [string, Case, object]>([
    ['both roots', {}, PROVEN],
    ['the old root alone', { stores: stale }, short('target-root-missing (proof)')],
    ['the new root alone', { stores: [{ ...good, roots: ROOTS }] }, short('served-root-missing (proof)')],
    ['one of two stores is stale', { stores: [good, ...stale] }, short('target-root-missing (proof)')],
    ['no store', { stores: [] }, short('no-store-declared (attestation)')],
    [
      'an intermediate beside the roots',
      { stores: [{ ...good, others: ['CN=Amazon RDS Subordinate'] }] },
      { ...PROVEN, notes: ['intermediates-beside-roots'] },
    ],
    [
      'an intermediate in their place',
      { stores: [{ ...good, roots: [], others: ['CN=Amazon RDS Subordinate'] }] },
      short('only-intermediates (proof)'),
    ],
    ['verify-ca: by its chain alone', { verification: 'verify-ca' }, { ...PROVEN, notes: ['chain-only'] }],
    [
      'verify-ca and stale',
      { verification: 'verify-ca', stores: stale },
      { ...short('target-root-missing (proof)'), notes: ['chain-only'] },
    ],
    ['no verification', { verification: 'none', stores: [] }, { ...PROVEN, notes: ['does-not-verify'] }],
    ['behind RDS Proxy', { route: 'rds-proxy', stores: [] }, { ...PROVEN, notes: ['behind-rds-proxy'] }],
    ['behind a pooler', { route: 'pooler' }, { ...PROVEN, notes: ['pooler-verifies'] }],
    [
      'behind a pooler that is stale',
      { route: 'pooler', stores: stale },
      { ...short('target-root-missing (proof)'), notes: ['pooler-verifies'] },
    ],
    ['a CNAME and verify-full', { route: 'cname', host: 'db.internal' }, short('cname-not-named (attestation)')],
    [
      'a CNAME and verify-ca',
      { route: 'cname', host: 'db.internal', verification: 'verify-ca' },
      { ...PROVEN, notes: ['chain-only'] },
    ],
    // It is a CNAME for another of its databases.
    ['a CNAME elsewhere', { route: 'cname' }, PROVEN],
  ])('%s', (_, one, verdict) => expect(judged(one)).toEqual(verdict))

  it('says what is to be known of a store beside its roots, whether they do or not', () => {
    const seen = facts['trust-stores']
    const finding = '/etc/orders/ca.pem may be written by everybody (0666)'
    const saw = { ...seen, detail: { ...seen.detail, findings: [finding] } }
    const decided = { target: { ca: 'rds-ca-rsa2048-g1' }, applications: [] }
    const lacking = { ...saw, basis: { ...saw.basis, stores: stale } }
    for (const one of [saw, lacking])
      expect(trustStores.judge(one, given, decided, NOW, api)).toMatchObject({
        notes: [{ code: 'store-finding', args: { application: 'orders-api', finding } }],
      })
  })

  it('whose roots are those of the target and of the served CA, by SHA-1', () =>
    expect(facts['trust-stores'].basis.stores[0]?.roots).toEqual([OLD_ROOT, NEW_ROOT]))
})

describe('04 looks', () => {
  const look = (rest: Partial<DeclaredApplication>) => {
    const application: DeclaredApplication = {
      name: 'orders-api',
      databases: ['orders-production'],
      verification: 'verify-full',
      users: [],
      sessionNames: [],
      addresses: [],
      route: 'direct',
      hosts: {},
      trustStores: [{ kind: 'jks', path: data('keytool.jks') }],
      ...rest,
    }
    const world = {
      trustStores: openTrustStores({ now: () => NOW }),
      applications: new Map([['orders-api', application]]),
      answers: { of: async () => [] },
      now: () => NOW,
    } as Partial<World> as World
    const decided = { target: { ca: 'rds-ca-rsa2048-g1' }, applications: [] }
    return trustStores.look!(world, api, given, decided, AbortSignal.timeout(10_000))
  }

  it('at what the application really loads', async () => {
    const { basis } = await look({ owner: { name: 'Orders team' } })
    expect(basis).toMatchObject({
      verification: 'verify-full',
      stores: [{ location: data('keytool.jks'), others: [] }],
    })
    expect(basis.stores[0]?.roots).toHaveLength(2)
    expect(basis).not.toHaveProperty('route')
  })

  it('at no store behind RDS Proxy, nor of one that does not verify: they may lie where nobody gets at them', async () => {
    const nowhere = [{ kind: 'pem', path: '/nowhere' }] as const
    expect((await look({ route: 'rds-proxy', trustStores: nowhere })).basis).toMatchObject({
      route: 'rds-proxy',
      stores: [],
    })
    expect((await look({ verification: 'none', trustStores: nowhere })).basis.stores).toEqual([])
    await expect(look({ route: 'pooler', trustStores: nowhere })).rejects.toThrow(CannotReadStore)
  })
})
