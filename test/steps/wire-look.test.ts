/** Who makes the handshake of 05 and 09, and what is said where the log-in that should have made it could not be had. */
import { describe, expect, it, test } from 'vitest'
import { runbook } from '../../steps/index.ts'
import { lookAtWire, wireNotes, wireShortfalls, wireTells } from '../../steps/wire-look.ts'
import { targetOf } from '../../src/check/target.ts'
import { CannotAsk } from '../../src/ports/control-plane.ts'
import { CannotLogIn, type CredentialSource } from '../../src/ports/sql.ts'
import type { WireEngine } from '../../src/ports/wire.ts'
import { failureOf } from '../../src/runner/failure.ts'
import { noteOf, sentenceOf } from '../../src/ui/view/sentences.ts'
import { instance, never, REGION, WORLD, worldOf } from './account.ts'

const database = instance({ id: 'billing', engine: 'mariadb' })
const target = database.endpoint!
const STEPS = ['staging', 'own-endpoint', 'verify', 'verify-leaf']

async function looked(find: CredentialSource['find'], engine: WireEngine = 'mysql') {
  const world = worldOf({ databases: [database] })
  const users: (string | undefined)[] = []
  const wire: typeof world.wire = {
    async verify(question) {
      users.push(question.credentials?.user)
      return { ...(await world.wire.verify(question)), ...(question.credentials && { by: 'log-in' }) }
    },
  }
  const bundle = await world.bundles.fetch(REGION, never)
  const look = {
    family: engine,
    engineName: engine,
    target,
    own: true,
    bundle,
    expected: undefined,
    applications: [],
    inWorld: WORLD,
  }
  const saw = await lookAtWire({ ...world, wire, credentials: { find } }, look, never)
  const tells = wireTells(saw).map((one) => sentenceOf(runbook, 'verify', one).says)
  return { saw, users, place: tells.find((one) => one.startsWith('Seen')), notes: wireNotes(saw) }
}

describe('the handshake with a MySQL endpoint', () => {
  it('is the log-in’s where there is one, and anonymous where none is to be had: neither is worth a word', async () => {
    const own = await looked(async () => ({ user: 'me', password: 'p' }))
    expect(own).toMatchObject({ users: ['me'], notes: [], place: expect.stringContaining('by a log-in.') })
    const none = await looked(async () => undefined)
    expect(none).toMatchObject({ users: [undefined], notes: [] })
    expect(none.place).toContain('by an anonymous handshake.')
  })

  const refused = new CannotAsk('AccessDenied', 'GetSecretValue', 'no', { permission: 'secretsmanager:GetSecretValue' })
  it.each([
    ['AWS does not give the secret', refused, 'GetSecretValue: secretsmanager:GetSecretValue', 'Add the permission'],
    ['the file is open to others', new CannotLogIn('FILE_EXPOSED', 'no'), 'FILE_EXPOSED', 'closed to others'],
  ])('is anonymous where %s: the page says so, with a cure, and it is no shortfall', async (_, error, why, cure) => {
    const { saw, users, place, notes } = await looked(async () => Promise.reject(error))
    expect(users).toEqual([undefined])
    expect(wireShortfalls(saw, { applications: [], ca: 'any', unshown: 'waiver' })).toEqual([])
    expect(place).toContain('no log-in was tried')
    for (const step of STEPS) {
      const [note, ...others] = notes.map((one) => noteOf(runbook, step, one))
      expect(others).toEqual([])
      expect(note).toContain(`No log-in was tried with ${target.host}`)
      expect(note).toContain(why)
      expect(note).toContain(cure)
      expect(note).not.toMatch(/[{}]/)
    }
  })

  it('with PostgreSQL asks nobody for a log-in: nothing is counted there', async () => {
    const asks = async () => Promise.reject(refused)
    expect(await looked(asks, 'postgres')).toMatchObject({ users: [undefined], notes: [] })
  })

  it('a bug of the source is no reason to go on', async () =>
    expect(looked(async () => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug'))
})

it('a certificate that a log-in refuses is told apart from wrong credentials, and leads to its diagnosis', () => {
  // The port is nobody's: a command without its engine would only be asked back.
  const certificate = {
    engine: 'postgres',
    endpoint: 'db.example:6432',
    checks: ['unknown-root', 'wrong-name'],
  } as const
  const failure = failureOf(new CannotLogIn('CERTIFICATE', 'in full', { certificate }))!
  expect(failure.detail).toBe('in full')
  const { says, cure } = sentenceOf(runbook, 'census', failure.reason)
  expect(says).toContain(
    'db.example:6432 does not pass verify-full (unknown-root, wrong-name), so no password was sent',
  )
  expect(cure).toMatch(/rds-ca-runbook check --engine postgres db\.example:6432$/)
  expect(targetOf(certificate.endpoint, { engine: certificate.engine })).toMatchObject({ port: 6432 })
  const wrong = failureOf(new CannotLogIn('AUTHENTICATION', 'refused'))!
  expect(sentenceOf(runbook, 'census', wrong.reason).cure).toMatch(/^Check the credentials/)
})

test('where there is a wire, a look without a handshake on record proves nothing, whatever the checks show', async () => {
  const { saw } = await looked(async () => undefined)
  const { proof: _proof, ...detail } = saw.detail
  const wanted = { applications: [], ca: 'any', unshown: 'waiver' } as const
  expect(wireShortfalls({ ...saw, detail }, wanted).map(({ code }) => code)).toEqual(['not-verified'])
  // An engine whose protocol is not spoken is the one that says so itself.
  const other = { basis: { ...saw.basis, noWire: 'oracle-ee' }, detail }
  expect(wireShortfalls(other, wanted)).toEqual([])
  expect(wireTells(other)[0]?.code).toBe('saw-no-wire')
})
