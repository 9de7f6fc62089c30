/** An application is declared on screen: it is in the configuration then, and the database goes by it. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { applicationsOf, onRecord } from '../../../src/config/applications.ts'
import { EMPTY_CONFIG, type Config } from '../../../src/config/schema.ts'
import { declaringIn } from '../../../src/commands/declaring.ts'
import { NEW_CA } from '../../support/scripted-region.ts'
import { KEYS } from '../../support/terminal.ts'
import { drive, type Driven } from './drive.ts'

const directory = mkdtempSync(join(tmpdir(), 'declaring-'))
const file = join(directory, 'config.yaml')
let run: Driven
afterEach(async () => {
  await run.end()
  rmSync(directory, { recursive: true })
})

test('an application is declared, a mistake is said, and the configuration holds it', async () => {
  writeFileSync(file, 'formatVersion: 1 # ours\n')
  let config: Config = EMPTY_CONFIG
  run = await drive({
    declare: declaringIn(file, (after) => (config = after)),
    declared: (name) => {
      const own = [...applicationsOf(config).values()].filter(({ databases }) => databases.includes(name))
      return {
        environment: 'staging',
        twin: 'none',
        target: { ca: NEW_CA },
        ...(own.length > 0 && { applications: own.map((one) => onRecord(one, name)) }),
      }
    },
  })
  const { terminal } = run
  const decided = () => run.session.databases[0]?.desk.decided.applications
  await terminal.type('d', KEYS.home, KEYS.down, KEYS.down, KEYS.down, KEYS.enter)
  await terminal.waitFor('Declare an application')
  await terminal.type(KEYS.enter)
  await terminal.waitFor('Name:')
  await terminal.type('orders-api', KEYS.enter, 'Orders team', KEYS.enter, 'full', KEYS.enter, 'orders_api', KEYS.enter)
  await terminal.type('-', KEYS.enter)
  await terminal.waitFor('"full" is none of')
  await terminal.type(KEYS.ctrlU, 'verify-full', KEYS.enter)
  await terminal.waitFor('orders-api is declared for orders-staging')
  await run.idle()
  expect(decided()).toEqual([{ name: 'orders-api', verification: 'verify-full', users: ['orders_api'] }])
  expect(readFileSync(file, 'utf8')).toContain('formatVersion: 1 # ours\napplications:\n')

  // Another one, in a store that is of no kind: nothing is declared, and nothing is lost.
  const before = readFileSync(file, 'utf8')
  await terminal.type('d', KEYS.home, KEYS.down, KEYS.down, KEYS.down, KEYS.enter)
  await terminal.waitFor('Declare an application')
  expect(terminal.screen()).not.toContain('There are no applications')
  await terminal.type(KEYS.enter)
  await terminal.waitFor('Name:')
  await terminal.type('web', KEYS.enter, 'Web', KEYS.enter, 'verify-ca', KEYS.enter, '-', KEYS.enter)
  await terminal.type('jceks:/x', KEYS.enter)
  await terminal.waitFor('Nothing was declared.')
  await run.idle()
  expect(readFileSync(file, 'utf8')).toBe(before)
  expect(readdirSync(directory)).toEqual(['config.yaml'])
})
