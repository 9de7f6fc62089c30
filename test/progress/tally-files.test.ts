import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { openTallyFiles } from '../../src/progress/tally-files.ts'
import { withSample } from '../../src/rules/tally.ts'
import { databaseSubject, NOW } from '../support/scenario.ts'

const made: string[] = []
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})
const fresh = (): string => {
  const directory = join(mkdtempSync(join(tmpdir(), 'tallies-')), 'sightings')
  made.push(directory)
  return directory
}

const database = databaseSubject('db-ONE')
const tally = withSample(undefined, {
  sample: {
    at: NOW,
    clock: NOW,
    view: { complete: true },
    tlsEnforced: 'unknown',
    clients: [{ user: 'orders', application: '', address: '10.0.0.1', transport: 'tls', sessions: 2, newest: NOW - 5 }],
  },
  server: 'postgres 18.1',
  leaf: { sha256: 'a'.repeat(64), ends: NOW + 1 },
})
const fileIn = (directory: string): string =>
  join(
    directory,
    readdirSync(directory).find((name) => name.endsWith('.json'))!,
  )

test('what is saved is there for the next, and for nobody else to read', async () => {
  const directory = fresh()
  const writer = openTallyFiles(directory).take(database)!
  expect(writer.tally).toBeUndefined()
  writer.save({ ...tally, watch: { began: NOW, until: NOW + 60 } })
  writer.release()
  expect(await openTallyFiles(directory).of(database)).toEqual({ ...tally, watch: { began: NOW, until: NOW + 60 } })
  expect(await openTallyFiles(directory).of(databaseSubject('db-OTHER'))).toBeUndefined()
  expect(statSync(fileIn(directory)).mode & 0o777).toBe(0o600)
})

test('one watches at a time', () => {
  const directory = fresh()
  const writer = openTallyFiles(directory).take(database)!
  expect(openTallyFiles(directory).take(database)).toBeUndefined()
  writer.release()
  openTallyFiles(directory).take(database)!.release()
})

test.each([
  ['cut off', (text: string) => text.slice(0, -20), 'it is not JSON'],
  ['of another database', (text: string) => text.replace('db-ONE', 'db-TWO'), 'it is about another database'],
  ['newer', (text: string) => text.replace('"formatVersion":1', '"formatVersion":9'), 'use a newer rds-ca-runbook'],
  ['wrong', (text: string) => text.replace('"samples":1', '"samples":"x"'), 'tally.samples'],
])('a file that is %s is refused by name, and left as it is', async (_, damage, says) => {
  const directory = fresh()
  const writer = openTallyFiles(directory).take(database)!
  writer.save(tally)
  writer.release()
  const file = fileIn(directory)
  const damaged = damage(readFileSync(file, 'utf8'))
  writeFileSync(file, damaged)
  await expect(openTallyFiles(directory).of(database)).rejects.toMatchObject({
    name: 'ProgressUnusable',
    message: expect.stringContaining(says) as string,
  })
  expect(() => openTallyFiles(directory).take(database)).toThrow(file)
  expect(readFileSync(file, 'utf8')).toBe(damaged)
})
