/** The checks of 05 and 09 with real commands: whether one that must fail does, and on whose way it is run. */
import { writeFileSync, mkdtempSync, rmSync, existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkNotes, checkShortfalls, runChecks, type ChecksLook } from '../../steps/application-checks.ts'
import { openApplicationChecks } from '../../src/checks/open-application-checks.ts'
import type { ApplicationCheck } from '../../src/ports/application-checks.ts'
import type { Bundle } from '../../src/ports/bundles.ts'
import type { DeclaredApplication, World } from '../../src/ports/world.ts'
import type { ApplicationOnRecord } from '../../src/rules/decisions.ts'

const directory = mkdtempSync(join(tmpdir(), 'check-steps-'))
afterAll(() => rmSync(directory, { recursive: true }))
const file = join(directory, 'bundle.pem')
writeFileSync(file, 'OLD ROOT\nNEW ROOT\n')

const certificate = (sha1: string, pem: string) => ({ sha1, pem }) as Bundle['certificates'][number]
const bundle = {
  file,
  certificates: [certificate('aa', 'OLD ROOT\n'), certificate('bb', 'NEW ROOT\n')],
} as Partial<Bundle> as Bundle
const target = { host: 'localhost', port: 5432 }

/** A client in one line: what it asks of the root and of the name. */
const line = (script: string, rest: Partial<ApplicationCheck> = {}): ApplicationCheck => ({
  argv: [`echo "$RDS_CA_HOST:$RDS_CA_PORT" >> ${directory}/asked; ${script}`],
  shell: true,
  honours: 'bundle',
  ...rest,
})
const ROOT = 'grep -q NEW "$RDS_CA_BUNDLE"'
const NAME = 'test "$RDS_CA_HOST" = localhost'

async function checked(
  check: ApplicationCheck,
  own: Partial<ApplicationOnRecord> = {},
  look: Partial<ChecksLook> = {},
) {
  rmSync(join(directory, 'asked'), { force: true })
  const application: ApplicationOnRecord = { name: 'api', verification: 'verify-full', users: [], ...own }
  const world = {
    checks: openApplicationChecks(),
    applications: new Map([['api', { check } as DeclaredApplication]]),
  } as Partial<World> as World
  const saw = await runChecks(
    world,
    { target, own: true, bundle, root: 'bb', applications: [application], ...look },
    AbortSignal.timeout(30_000),
  )
  const asked = join(directory, 'asked')
  return {
    ...saw.basis,
    short: checkShortfalls(saw, [application], 'proof').map(({ code }) => code),
    notes: checkNotes(saw, [application]).map(({ code }) => code),
    asked: existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : [],
  }
}

describe('a check that honours the bundle', () => {
  it('and verifies root and name is a proof: it fails without the root, and under the address in place of the name', async () => {
    const saw = await checked(line(`${ROOT} && ${NAME}`))
    expect(saw).toMatchObject({
      checks: { api: true },
      checkControls: { api: { withoutServedRoot: 'refused', wrongName: 'refused' } },
      short: [],
    })
    expect(saw.asked).toEqual(['localhost:5432', 'localhost:5432', expect.stringMatching(/^(127\.0\.0\.1|::1):5432$/)])
  })

  it.each([
    ['verifies nothing', 'true', ['check-passes-without-root', 'check-passes-under-wrong-name']],
    ['verifies the name alone', NAME, ['check-passes-without-root']],
    ['verifies the root alone', ROOT, ['check-passes-under-wrong-name']],
    ['fails', 'false', ['check-failed']],
  ])('and %s is none', async (_, script, short) => expect(await checked(line(script))).toMatchObject({ short }))

  it.each([
    ['is killed', 'kill -9 $$'],
    ['is not found', 'no-such-client'],
    ['cannot be run', directory],
    ['does not end', 'sleep 20'],
  ])('and %s without the root has refused nothing: that is no proof', async (_, instead) => {
    const saw = await checked(line(`${ROOT} || { ${instead}; }`, { timeout: 300 }), { verification: 'verify-ca' })
    expect(saw).toMatchObject({
      checkControls: { api: { withoutServedRoot: 'unanswered' } },
      short: ['check-control-unanswered'],
    })
  })

  it('and does not end under a wrong name is none either', async () =>
    expect(await checked(line(`${ROOT} && { ${NAME} || sleep 20; }`, { timeout: 300 }))).toMatchObject({
      checkControls: { api: { withoutServedRoot: 'refused', wrongName: 'unanswered' } },
      short: ['check-control-unanswered'],
    }))

  it('of a client that verifies no name is not asked for one', async () => {
    expect(await checked(line(ROOT), { verification: 'verify-ca' })).toMatchObject({
      checkControls: { api: { withoutServedRoot: 'refused' } },
      short: [],
      notes: ['chain-only'],
    })
  })

  it('whose endpoint no name leads to is not tried under a wrong one, and that is said', async () => {
    const saw = await checked(line(ROOT), {}, { target: { host: 'no.such.host.invalid', port: 1 } })
    expect(saw).toMatchObject({
      checkControls: { api: { wrongName: 'not-made' } },
      short: [],
      notes: ['check-control-not-made'],
    })
  })

  it('leaves nothing behind: the bundle without the root was for that time alone', async () => {
    const kept = join(directory, 'kept')
    await checked(line(`echo "$RDS_CA_BUNDLE" >> ${kept}; ${ROOT}`))
    const [first, second = ''] = readFileSync(kept, 'utf8').trim().split('\n')
    expect(first).toBe(file)
    expect(second).not.toBe(file)
    expect(existsSync(second)).toBe(false)
  })
})

describe('a check that does not say so', () => {
  it('is run once, and believed: it uses what the application uses', async () => {
    const saw = await checked(line('true', { honours: undefined }))
    expect(saw).toMatchObject({ checks: { api: true }, short: [] })
    expect(saw.asked).toHaveLength(1)
    expect(saw).not.toHaveProperty('checkControls')
  })
})

describe('on its way', () => {
  it('through a proxy or pooler it is not run against a twin, where that is not in between', async () => {
    for (const route of ['rds-proxy', 'pooler'] as const) {
      const saw = await checked(line('true'), { route, host: 'pooler.internal' }, { own: false })
      expect(saw).toMatchObject({ checks: {}, short: [], notes: ['check-not-direct'], asked: [] })
    }
  })

  it('is told the host by which the application connects to its own database, and the twin’s own name there', async () => {
    const own = { route: 'cname', host: 'db.internal' } as const
    const check = line('true', { honours: undefined })
    expect((await checked(check, own)).asked).toEqual(['db.internal:5432'])
    expect((await checked(check, own, { own: false })).asked).toEqual(['localhost:5432'])
  })

  it('of an application that does not verify it is not run: nothing depends on it', async () =>
    expect(await checked(line('false'), { verification: 'none' })).toMatchObject({ checks: {}, short: [], asked: [] }))
})
