/** 40 applications of 10 owners on 300 databases: one message for each owner, and replies that open their own gates and no other. */
import { beforeAll, describe, expect, it } from 'vitest'
import { askOwners, recordAsked, type OwnerAsked } from '../../src/commands/people/ask-owners.ts'
import { applicationsOfSession } from '../../src/commands/people/asked-applications.ts'
import type { PeopleSession } from '../../src/commands/people/session-applications.ts'
import { askingOf } from '../../src/commands/people/standing.ts'
import { mailOf } from '../../src/people/message/mail.ts'
import { REFUSAL_CODES, refusalSays } from '../../src/people/refusals.ts'
import { takeReplies } from '../../src/people/take-replies.ts'
import type { DeclaredApplication } from '../../src/ports/world.ts'
import { presentQuestion, type AskedRoot, type Question } from '../../src/rules/asking.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import { applicationSubject } from '../../src/runner/desk.ts'
import { look } from '../../src/runner/look.ts'
import { stepPage } from '../../src/ui/view/page.ts'
import { replyLine, type ReplyWish } from '../support/reply.ts'
import { DAY, HOUR, NOW } from '../support/scenario.ts'
import { NEW_CA, REGION } from '../support/scripted-region.ts'
import { testSession, WORLD, type TestSession } from '../support/session.ts'

const DATABASES = 300
const APPLICATIONS = 40
const OWNERS = 10
const SIGNAL = new AbortController().signal

const nameOf = (index: number): string => `application-${index}`
const databaseOf = (index: number): string => `database-${index}`
/** Each database has one or two of them. */
const onDatabase = (database: number): readonly number[] => [
  ...new Set([database % APPLICATIONS, (database * 7 + 3) % APPLICATIONS]),
]
const declared = new Map<string, DeclaredApplication>(
  Array.from({ length: APPLICATIONS }, (_, index) => [
    nameOf(index),
    {
      name: nameOf(index),
      owner: { name: `Owner ${index % OWNERS}`, mail: `owner-${index % OWNERS}@example.org` },
      databases: Array.from({ length: DATABASES }, (_each, database) => database)
        .filter((database) => onDatabase(database).includes(index))
        .map((database) => databaseOf(database)),
      verification: 'verify-full',
      users: [],
      sessionNames: [],
      addresses: [],
      route: 'direct',
      hosts: {},
      trustStores: [],
    },
  ]),
)
const decided = (name: string): Partial<Decisions> => ({
  environment: 'production',
  target: { ca: NEW_CA },
  twin: 'none',
  applications: onDatabase(Number(name.split('-')[1])).map((index) => ({
    name: nameOf(index),
    verification: 'verify-full',
    users: [],
  })),
  clients: ['orders_api', 'reports', 'psql'].map((application) => ({
    user: application === 'psql' ? 'dbadmin' : application,
    application,
    as: 'not-ours',
    why: 'of another test',
  })),
})
/** The two roots of the scripted Region. */
const ROOTS: readonly AskedRoot[] = ['a', 'b'].map((digit) => ({
  region: REGION,
  sha1: digit.repeat(40),
  sha256: digit.repeat(64),
}))
const [OLD_ROOT = '', NEW_ROOT = ''] = ROOTS.map(({ sha1 }) => sha1)

let fleet: TestSession
let owners: readonly OwnerAsked[]
const people = (): PeopleSession => ({
  session: fleet.session,
  progress: fleet.progress,
  declared,
  applications: applicationsOfSession(fleet.session, declared),
  rootsOf: async ({ bundle }) => (bundle ? ROOTS : []),
})
const told: string[] = []
const terms = (anew = false) => ({
  now: fleet.clock.now(),
  due: fleet.clock.now() + 7 * DAY,
  anew,
  tell: (line: string) => told.push(line),
  held: (line: string) => told.push(line),
})
const journalOf = (index: number) =>
  fleet.progress.open(applicationSubject({ kind: 'database', world: WORLD, id: '' }, nameOf(index)))
const questionTo = async (index: number): Promise<Question> => presentQuestion((await journalOf(index)).state)!
const take = (text: string) => takeReplies(text, { progress: fleet.progress, from: 'mail.txt', now: fleet.clock.now })
const lineOf = async (index: number, wish: Partial<ReplyWish> = {}): Promise<string> =>
  replyLine(await questionTo(index), { application: nameOf(index), ranAt: fleet.clock.now(), ...wish })

/** How 04 stands for each application of each database, after a look at those that are due. */
async function afterLooking(): Promise<Map<string, string>> {
  const standings = new Map<string, string>()
  for (const { desk } of fleet.session.databases) {
    await desk.refresh()
    const position = desk.assess().steps.get('trust-stores')
    const after = position?.standing === 'proven' ? position : await look(desk, 'trust-stores', SIGNAL)
    standings.set(desk.about.name, after.standing)
    for (const [name, judged] of after.applications ?? []) standings.set(`${desk.about.name} ${name}`, judged.standing)
  }
  return standings
}

beforeAll(async () => {
  const databases = Array.from({ length: DATABASES }, (_, index) => [databaseOf(index), 'postgres'] as const)
  fleet = await testSession({ databases, declared: decided })
  for (const [name, application] of declared)
    (fleet.region.applications as Map<string, DeclaredApplication>).set(name, application)
  for (const { desk } of fleet.session.databases)
    for (const step of ['identify', 'census', 'bundle', 'trust-stores']) await look(desk, step, SIGNAL)
  owners = await askOwners(people().applications, people(), terms())
  for (const one of owners) await recordAsked(one, people(), fleet.clock.now() + 7 * DAY)
}, 60_000)

describe('asking', () => {
  it('makes 10 messages, which name each application and database once, with its probes', () => {
    expect(owners.map(({ owner }) => owner.name)).toEqual(
      Array.from({ length: OWNERS }, (_, index) => `Owner ${index}`),
    )
    expect(told).toEqual([])
    const named = owners.flatMap(({ message }) => message.applications.map(({ name }) => name))
    expect(named.sort()).toEqual([...declared.keys()].sort())
    for (const { message, owner } of owners) {
      const mail = mailOf(message)
      expect(mail).toContain(
        `To: ${owner.name} <${owner.mail}>\nSubject: Amazon RDS certificates: check 4 applications on `,
      )
      for (const { name, databases, probes } of message.applications) {
        expect(databases.map((one) => one.name)).toEqual(declared.get(name)?.databases)
        for (const database of databases) expect(mail).toContain(`  - ${database.name} (postgres 16.4, production,`)
        expect(probes.map(({ kind }) => kind)).toEqual(['node', 'sh', 'python'])
        for (const { run } of probes) expect(mail).toContain(`    ${run}\n`)
      }
    }
  })

  it('again is a reminder: the same questions, and each on record', async () => {
    const before = await questionTo(0)
    const again = await askOwners(people().applications, people(), terms())
    expect(again).toHaveLength(OWNERS)
    expect(await questionTo(0)).toBe(before)
    expect((await journalOf(0)).state.questions).toHaveLength(1)
  })
})

describe('replies', () => {
  it('open exactly the gates of the applications that answered well', { timeout: 60_000 }, async () => {
    const before = await afterLooking()
    expect([...before.values()].filter((standing) => standing === 'proven')).toEqual([])
    const good = new Set(Array.from({ length: APPLICATIONS }, (_, index) => index).filter((index) => index % 3 === 0))
    const bad = new Set([1, 4])
    const mails = await Promise.all(
      [...good, ...bad].map(async (index) => {
        const line = await lineOf(index, bad.has(index) ? { roots: [OLD_ROOT] } : {})
        return `From: owner-${index % OWNERS}@example.org\r\n\r\n> ${line.match(/.{1,70}/g)!.join('\r\n> ')}\r\n\r\nBest, Anna\r\n`
      }),
    )
    const took = await take(mails.join('\r\n'))
    expect(took.map(({ kind }) => kind)).toEqual(mails.map(() => 'taken'))

    const after = await afterLooking()
    for (let database = 0; database < DATABASES; database += 1) {
      const all = onDatabase(database)
      for (const index of all)
        expect(after.get(`${databaseOf(database)} ${nameOf(index)}`)).toBe(good.has(index) ? 'proven' : 'not-proven')
      expect(after.get(databaseOf(database))).toBe(all.every((index) => good.has(index)) ? 'proven' : 'not-proven')
    }
    expect([...after].filter(([key, standing]) => standing === 'proven' && !key.includes(' ')).length).toBeGreaterThan(
      20,
    )

    // Application 2 has not answered: the page of 04 says whom to wait for.
    const { desk } = fleet.session.databases[2]!
    const assessment = desk.assess()
    const { facts } = stepPage(fleet.session.runbook, assessment, assessment.steps.get('trust-stores')!)
    expect(facts).toContain('application-2: not proven (Owner 2 asked 2026-11-22, answer due 2026-11-29)')

    const states = people().applications.map((one) => askingOf(one, fleet.clock.now()))
    const named = (index: number) => states.find(({ application }) => application === nameOf(index))?.state
    expect([named(0), named(1), named(2)]).toEqual(['proven', 'would break', 'asked'])
    const overdue = people().applications.map((one) => askingOf(one, fleet.clock.now() + 8 * DAY).state)
    expect(new Set(overdue)).toEqual(new Set(['proven', 'would break', 'overdue']))
  })

  it('of a place that was mended prove it, and a later bad one closes the gate again', async () => {
    fleet.clock.move(HOUR)
    expect((await take(await lineOf(1)))[0]?.kind).toBe('taken')
    expect((await afterLooking()).get(`${databaseOf(1)} ${nameOf(1)}`)).toBe('proven')
    fleet.clock.move(HOUR)
    await take(await lineOf(1, { roots: [NEW_ROOT] }))
    const { desk } = fleet.session.databases.find((one) => one.desk.about.name === databaseOf(1))!
    await desk.refresh()
    expect(desk.assess().steps.get('trust-stores')?.applications?.get(nameOf(1))?.standing).toBe('outdated')
    expect((await afterLooking()).get(`${databaseOf(1)} ${nameOf(1)}`)).toBe('not-proven')
  })
})

describe('a reply that does not fit is refused with the reason, and changes nothing', () => {
  const other = { host: 'elsewhere.example', port: 5432, result: 'ok' as const }
  it.each<[string, (line: (wish?: Partial<ReplyWish>) => Promise<string>) => Promise<string>]>([
    ['other-endpoint', (line) => line({ handshakes: [other] })],
    ['other-region', (line) => line({ regions: ['us-east-1'] })],
    ['other-bundle', (line) => line({ bundle: 'f'.repeat(64) })],
    ['other-application', (line) => line({ application: 'application-9' })],
    ['too-old', (line) => line({ ranAt: NOW - 15 * DAY })],
    ['before-asked', (line) => line({ ranAt: NOW - HOUR })],
    ['in-the-future', (line) => line({ ranAt: NOW + 30 * DAY })],
    [
      'edited',
      (line) => line({ roots: [OLD_ROOT], edit: (text) => text.replace(/^r=.*$/m, `r=${OLD_ROOT},${NEW_ROOT}`) }),
    ],
    ['inconsistent', (line) => line({ storeDigest: 'f'.repeat(64) })],
    ['unknown-question', (line) => line({ edit: (text) => text.replace(/^q=.*$/m, 'q=000000000000') })],
    ['cut-off', async (line) => (await line()).slice(0, 300)],
    ['damaged', async (line) => line({ edit: () => 'hello' })],
    ['newer-format', async (line) => (await line()).replace('reply.1.', 'reply.2.')],
    [
      'duplicate',
      async (line) => {
        const same = await line({ host: 'twice' })
        await take(same)
        return same
      },
    ],
  ])('%s', async (code, make) => {
    const index = 5
    if (code === 'too-old') {
      // What was asked long ago, and answered just then, and sent only now.
      const line = await make((wish = {}) => lineOf(8, { ...wish, ranAt: NOW }))
      fleet.clock.move(15 * DAY)
      const took = await take(line)
      fleet.clock.move(-15 * DAY)
      return expect(took).toMatchObject([{ kind: 'refused', reason: { code } }])
    }
    const text = await make((wish = {}) => lineOf(index, wish))
    const before = (await journalOf(index)).length
    const took = await take(text)
    expect(took).toMatchObject([{ kind: 'refused', reason: { code } }])
    expect((await journalOf(index)).length).toBe(before)
  })

  it('superseded, once the question was put anew', async () => {
    const line = await lineOf(7)
    await askOwners(
      people().applications.filter(({ declared: { name } }) => name === nameOf(7)),
      people(),
      terms(true),
    )
    expect(await take(line)).toMatchObject([{ kind: 'refused', reason: { code: 'superseded' } }])
  })

  it('each of them in words, with what to do', () => {
    for (const code of REFUSAL_CODES) {
      const { says, cure } = refusalSays({
        code,
        args: { found: 'x', asked: ['y'], application: 'z', question: 'q', format: 2, days: 14 },
      })
      expect(`${says} ${cure}`).not.toMatch(/[{}]|undefined/)
      expect(cure).not.toBe('')
    }
  })
})
