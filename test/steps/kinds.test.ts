/** Every kind of database: what 01 says of it, and the one call that changes its CA. */
import { describe, expect, it } from 'vitest'
import { modify } from '../../steps/07-modify.ts'
import { renew } from '../../steps/07-renew.ts'
import type { ClusterRecord, ControlPlane, DatabaseRecord } from '../../src/ports/control-plane.ts'
import { aboutOf, cluster, codesOf, identified, instance, NEW_CA, OLD_CA, preflown, type Account } from './account.ts'

type Case = readonly [name: string, record: DatabaseRecord | ClusterRecord, account?: Account]

const aurora = cluster({ id: 'shop', members: [{ id: 'shop-1', writer: true, parameterGroupStatus: 'in-sync' }] })
const multiAz = cluster({ id: 'erp', engine: 'postgres', ca: OLD_CA })

const ROTATED: readonly (readonly [...Case, string])[] = [
  ['an instance', instance({ id: 'orders' }), undefined, 'ModifyDBInstance DBInstanceIdentifier=orders'],
  [
    'a read replica',
    instance({ id: 'orders-r', replicaSource: 'orders' }),
    undefined,
    'ModifyDBInstance DBInstanceIdentifier=orders-r',
  ],
  [
    'an Aurora member',
    instance({ id: 'shop-1', engine: 'aurora-postgresql', clusterId: 'shop' }),
    { clusters: [aurora] },
    'ModifyDBInstance DBInstanceIdentifier=shop-1',
  ],
  [
    'a Serverless v2 member',
    instance({ id: 'shop-1', engine: 'aurora-postgresql', clusterId: 'shop', instanceClass: 'db.serverless' }),
    { clusters: [aurora] },
    'ModifyDBInstance DBInstanceIdentifier=shop-1',
  ],
  ['a Multi-AZ DB cluster', multiAz, undefined, 'ModifyDBCluster DBClusterIdentifier=erp'],
]

const NOT_ROTATED: readonly (readonly [string, DatabaseRecord | ClusterRecord, string])[] = [
  ['a member of a Multi-AZ DB cluster', instance({ id: 'erp-1', clusterId: 'erp' }), 'rotate the cluster'],
  ['an Aurora cluster', aurora, 'Each of its members'],
  ['Aurora Serverless v1', cluster({ id: 'v1', engineMode: 'serverless' }), 'ACM'],
  ['RDS Custom', instance({ id: 'custom', engine: 'custom-oracle-ee' }), 'on its host'],
  ['RDS Custom for SQL Server', instance({ id: 'custom', engine: 'custom-sqlserver-ee' }), 'on its host'],
  ['DocumentDB', instance({ id: 'docs', engine: 'docdb' }), 'Its own service'],
  ['Neptune', instance({ id: 'graph', engine: 'neptune' }), 'Its own service'],
]

const accountWith = (record: DatabaseRecord | ClusterRecord, account: Account = {}): Account => ({
  databases: [...(account.databases ?? []), ...(record.kind === 'database' ? [record] : [])],
  clusters: [...(account.clusters ?? []), ...(record.kind === 'cluster' ? [record] : [])],
})

describe('what is rotated', () => {
  it.each(ROTATED)('%s, by its own call', async (_, record, account, call) => {
    const about = aboutOf(record)
    const { facts, verdict } = await identified(accountWith(record, account), about)
    expect(verdict.kind).toBe('proven')
    const given = { identify: facts } as Parameters<NonNullable<typeof modify.change>>[1]
    const { api, input, resourceId } = modify.change!(about, given, { target: { ca: NEW_CA }, timing: 'now' })
    const [[name, value]] = Object.entries(input) as [[string, unknown]]
    expect(`${api} ${name}=${String(value)}`).toBe(call)
    expect(input).toMatchObject({ CACertificateIdentifier: NEW_CA, ApplyImmediately: true })
    expect(resourceId).toBe(record.resourceId)
  })

  it('CertificateRotationRestart is sent with the CA, to an instance that would restart, and never else', async () => {
    const flagOf = async (record: DatabaseRecord | ClusterRecord, timing: 'now' | 'window' | 'without-restart') => {
      const { facts } = await identified(accountWith(record), aboutOf(record))
      const given = { identify: facts } as Parameters<NonNullable<typeof modify.change>>[1]
      return modify.change!(aboutOf(record), given, { target: { ca: NEW_CA }, timing }).input[
        'CertificateRotationRestart'
      ]
    }
    const restarts = instance({ id: 'billing', engine: 'mariadb' })
    expect(await flagOf(restarts, 'without-restart')).toBe(false)
    expect(await flagOf(restarts, 'now')).toBeUndefined()
    expect(await flagOf(restarts, 'window')).toBeUndefined()
    expect(await flagOf(instance({ id: 'orders' }), 'without-restart')).toBeUndefined()
    expect(await flagOf(multiAz, 'without-restart')).toBeUndefined()
    const refused = await preflown(accountWith(multiAz), aboutOf(multiAz), { timing: 'without-restart' })
    expect(codesOf(refused.verdict).short).toEqual(['no-restart-flag proof'])
  })
})

describe('what is not rotated', () => {
  it.each(NOT_ROTATED)('%s is told what it is, and what to do instead', async (_, record, says) => {
    const { verdict } = await identified(accountWith(record), aboutOf(record))
    expect(codesOf(verdict).short).toEqual(['nothing-to-rotate proof'])
    expect(verdict.kind === 'not-proven' && String(verdict.shortfalls[0].args['cure'])).toContain(says)
  })
})

describe('the target', () => {
  const CAS = ['rds-ca-2019', 'rds-ca-rsa2048-g1', 'rds-ca-rsa4096-g1', 'rds-ca-ecc384-g1']
  const listing = (listed: readonly string[], supported: readonly string[]): Partial<ControlPlane> => ({
    cas: async () =>
      listed.map((id, at) => ({
        id,
        thumbprint: `${at}`.repeat(40),
        validFrom: 0,
        validTill: 9e12 + at,
        isDefault: false,
      })),
    engine: async () => ({ supportedCas: supported, rotatesWithoutRestart: true }),
  })

  it.each([
    ['the newest of the same key type', 'rds-ca-2019', CAS, CAS, 'rds-ca-rsa2048-g1'],
    ['RSA 2048 where AWS has retired the present one', 'rds-ca-ecc384-g0', CAS, CAS, 'rds-ca-rsa2048-g1'],
    ['never one that the engine version does not support', 'rds-ca-2019', CAS, ['rds-ca-ecc384-g1'], undefined],
    ['never one that the Region does not list', 'rds-ca-2019', ['rds-ca-ecc384-g1'], CAS, undefined],
  ])('%s is proposed', async (_, ca, listed, supported, proposed) => {
    const record = instance({ id: 'orders', ca })
    const { facts } = await identified({ databases: [record], answers: listing(listed, supported) }, aboutOf(record))
    expect(facts.detail.proposed).toBe(proposed)
  })

  it('another key type is said to be a risk; a CA that AWS has retired, to be no way back', async () => {
    const changed = instance({ id: 'orders', ca: 'rds-ca-rsa2048-g1' })
    const answers = listing(CAS, CAS)
    const ecc = await identified({ databases: [changed], answers }, aboutOf(changed), 'rds-ca-ecc384-g1')
    expect(codesOf(ecc.verdict).notes).toEqual(['key-type-changes'])
    const retired = instance({ id: 'orders', ca: 'rds-ca-2015' })
    const gone = await identified({ databases: [retired], answers }, aboutOf(retired), 'rds-ca-rsa2048-g1')
    expect(codesOf(gone.verdict).notes).toEqual(['no-way-back'])
  })

  it('a change that somebody made outside is proposed to be followed', async () => {
    const record = instance({ id: 'orders', ca: 'rds-ca-2019', pendingCa: 'rds-ca-rsa4096-g1' })
    const { facts } = await identified({ databases: [record], answers: listing(CAS, CAS) }, aboutOf(record))
    expect(facts.detail.proposed).toBe('rds-ca-rsa4096-g1')
    const applies = modify.applies!({ identify: facts }, { target: { ca: 'rds-ca-rsa4096-g1' }, timing: 'now' })
    expect(applies).toMatchObject({ code: 'changed-outside', urgent: true })
  })
})

describe('a certificate action of AWS’s own that comes without us', () => {
  const comes = async (action: string, optIn: string, description?: string) => {
    const record = instance({ id: 'orders', engine: 'mariadb' })
    const pending = { resource: record.arn, action, optIn, ...(description !== undefined && { description }) }
    const { facts } = await identified(
      { databases: [record], answers: { maintenance: async () => [pending] } },
      aboutOf(record),
    )
    const choice = { target: { ca: NEW_CA }, timing: 'now' } as const
    return [modify.applies!({ identify: facts }, choice), renew.applies!({ identify: facts }, choice)].map(
      (one) => one && `${one.code}${one.urgent ? ', urgent' : ''}`,
    )
  }
  const CA = 'ca-certificate-rotation'

  it.each([
    ['leads to the target', CA, 'next-maintenance', `to ${NEW_CA}`, ['changed-by-aws, urgent', undefined]],
    ['leads nowhere that is named', CA, 'immediate', undefined, ['changed-by-aws, urgent', undefined]],
    ['leads elsewhere: it is no way to the target', CA, 'immediate', 'to rds-ca-ecc384-g1', [undefined, undefined]],
    ['keeps the root, by its words', CA, 'immediate', `renewal of ${OLD_CA}`, [undefined, 'renewed-by-aws, urgent']],
    [
      'keeps the root, begun',
      'server-certificate-rotation',
      'immediate',
      undefined,
      [undefined, 'renewed-by-aws, urgent'],
    ],
    [
      'keeps the root, waiting: it may be brought forward',
      'server-certificate-rotation',
      'next-maintenance',
      undefined,
      [undefined, undefined],
    ],
  ])('%s', async (_, action, optIn, description, says) => expect(await comes(action, optIn, description)).toEqual(says))
})

describe('whether it restarts', () => {
  it.each([
    ['AWS says that it needs none', 'postgres', true, 'no', undefined],
    ['AWS says that it needs one', 'sqlserver-se', false, 'yes', undefined],
    [
      'AWS says that it needs one, of Oracle: its listener alone does',
      'oracle-se2',
      false,
      'listener',
      'oracle-listener',
    ],
    ['AWS does not say', 'mariadb', undefined, 'unknown', 'restart-unknown'],
    ['AWS does not say, of Oracle: count on it', 'oracle-se2', undefined, 'unknown', 'restart-unknown'],
  ])('is AWS’s word: %s', async (_, engine, without, restarts, note) => {
    const record = instance({ id: 'erp', engine })
    const answers: Partial<ControlPlane> = {
      engine: async () => ({
        supportedCas: [OLD_CA, NEW_CA],
        rotatesWithoutRestart: without,
      }),
    }
    const { facts, verdict } = await identified({ databases: [record], answers }, aboutOf(record))
    expect(facts.basis.restarts).toBe(restarts)
    const notes = codesOf(verdict).notes.filter((code) => ['oracle-listener', 'restart-unknown'].includes(code))
    expect(notes).toEqual(note === undefined ? [] : [note])
  })
})

describe('engines whose wire the runbook does not speak', () => {
  it.each(['sqlserver-se', 'oracle-ee', 'db2-se'])(
    '%s is identified, and it is said what takes the wire’s place',
    async (engine) => {
      const record = instance({ id: 'erp', engine })
      const { facts, verdict } = await identified({ databases: [record] }, aboutOf(record))
      expect(facts.basis.family).toBe('other')
      expect(codesOf(verdict).notes).toContain('no-wire-for-engine')
      // Its TLS is an option, on a port of its own.
      expect(codesOf(verdict).notes.includes('oracle-ssl-option')).toBe(engine.startsWith('oracle'))
      // Oracle's listener restarts, and not the database.
      expect(facts.basis.restarts).toBe(engine.startsWith('oracle') ? 'listener' : 'yes')
    },
  )
})
