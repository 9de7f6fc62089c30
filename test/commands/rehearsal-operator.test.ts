/** What the operator of a rehearsal can have mended, because the applications are the rehearsal's own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { trustStoreRemedies } from '../../src/commands/rehearsal-operator.ts'
import { parseConfig } from '../../src/config/read-config.ts'
import type { StandingShortfall } from '../../src/rules/position.ts'
import type { Desk } from '../../src/runner/desk.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'operator-'))))
afterAll(() => rmSync(folder, { recursive: true }))

test('an application whose check fails after the change gets the bundle, once it is named', async () => {
  const [store, bundle] = [join(folder, 'ca.pem'), join(folder, 'bundle.pem')]
  writeFileSync(store, 'the old root')
  writeFileSync(bundle, 'both roots')
  const application = {
    databases: ['orders'],
    verification: 'verify-full',
    trustStores: [{ kind: 'pem', path: store }],
  }
  const config = parseConfig(
    JSON.stringify({ formatVersion: 1, databases: { orders: {} }, applications: { ledger: application } }),
    'test.json',
  )
  const desk = {
    assess: () => ({ steps: new Map([['bundle', { facts: { detail: { file: bundle } } }]]) }),
  } as unknown as Desk
  const failing = (name: string): StandingShortfall =>
    ({
      shortfall: { code: 'check-failed', args: { application: name, ended: 1 }, allows: 'proof' },
      met: false,
    }) as unknown as StandingShortfall
  const remedy = trustStoreRemedies(config).find((one) => one.cures('verify', failing('ledger')))
  expect(remedy?.typed?.(failing('ledger'))).toBe('ledger')
  expect(await remedy?.run(desk, failing('ledger'))).toMatch('now holds the bundle')
  expect(readFileSync(store, 'utf8')).toBe('both roots')
  expect(await remedy?.run(desk, failing('ledger'))).toMatch('fails for another reason')
  expect(trustStoreRemedies(config).some((one) => one.cures('verify', failing('another')))).toBe(false)
})
