/** In plain lines too: the first application of a database is declared where nothing is. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, expect, test } from 'vitest'
import { applicationsOf, onRecord } from '../../src/config/applications.ts'
import { EMPTY_CONFIG, type Config } from '../../src/config/schema.ts'
import { declaringIn } from '../../src/commands/declaring.ts'
import { plainWizard } from '../../src/ui/plain/plain-wizard.ts'
import { NEW_CA } from '../support/scripted-region.ts'
import { testSession } from '../support/session.ts'

const directory = mkdtempSync(join(tmpdir(), 'plain-declaring-'))
afterAll(() => rmSync(directory, { recursive: true }))
const SIGNAL = new AbortController().signal

/** Answers each question in turn, and every other with Enter. */
async function answering(answers: readonly string[]): Promise<{ readonly said: string; readonly file: string }> {
  const file = join(directory, `${answers.length}.yaml`)
  let config: Config = EMPTY_CONFIG
  const { session } = await testSession({
    databases: [['orders-staging', 'postgres']],
    remedies: [],
    declare: declaringIn(file, (after) => (config = after)),
    declared: (name) => {
      const own = [...applicationsOf(config).values()].map((one) => onRecord(one, name))
      const clients = [{ user: 'dbadmin', application: 'psql', as: 'not-ours' as const, why: 'the DBA' }]
      const rest = { environment: 'staging' as const, twin: 'none' as const, target: { ca: NEW_CA }, clients }
      return { ...rest, ...(own.length > 0 && { applications: own }) }
    },
  })
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  const left = [...answers]
  let said = ''
  stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (!said.endsWith(': ')) return
    stdin.write(`${left.shift() ?? ''}\n`)
  })
  await plainWizard(session, { stdin, stdout }, SIGNAL)
  return { said, file }
}

test('by its name and four answers; it is in the configuration then', async () => {
  const { said, file } = await answering(['orders-api', 'Orders team', 'verify-full', 'orders_api', 'pem:/etc/ca.pem'])
  expect(said).toContain(`orders-api is declared for orders-staging, in ${file}.`)
  expect(readFileSync(file, 'utf8')).toMatch(/orders-api:\n {4}owner: Orders team\n/)
})

test.each([
  ['nothing', []],
  ['a verification that is none', ['orders-api', 'Orders team', 'full']],
])('%s leaves things as they are', async (_, answers) => {
  const { said, file } = await answering(answers)
  expect(said).toContain('the name of one to declare it')
  expect(() => readFileSync(file)).toThrow('ENOENT')
})
