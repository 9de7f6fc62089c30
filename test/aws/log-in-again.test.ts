/** Credentials that run out while a session lasts: what is asked after a new log-in is asked with the new ones. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openControlPlane } from '../../src/aws/open-control-plane.ts'
import { openWriter } from '../../src/aws/open-writer.ts'
import { worldOf } from '../../src/rules/words.ts'
import { failure, identity, queryServer, type QueryServer } from './query-server.ts'

let server: QueryServer
let folder: string
const logIn = (key: string): void =>
  writeFileSync(
    join(folder, 'credentials'),
    `[work]\naws_access_key_id = ${key}\naws_secret_access_key = s\naws_session_token = t\n`,
  )

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'log-in-again-'))
  writeFileSync(join(folder, 'config'), '')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'))
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) vi.stubEnv(name, undefined)
  server = await queryServer(({ credential }) =>
    credential.startsWith('AKIAOLD') ? failure('ExpiredToken', 403) : identity('111111111111'),
  )
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await server.close()
  rmSync(folder, { recursive: true })
})

test('a read', async () => {
  logIn('AKIAOLD')
  const control = openControlPlane({ region: 'eu-west-1', profile: 'work', endpoint: server.endpoint })
  await expect(control.identity()).rejects.toMatchObject({
    code: 'ExpiredToken',
    message: expect.stringContaining('aws sso login --profile work'),
  })
  await expect(control.identity()).rejects.toMatchObject({ code: 'ExpiredToken' })
  logIn('AKIANEW')
  expect(await control.identity()).toMatchObject({ account: '111111111111' })
})

test('a writer: none while they have run out, and one afterwards; nothing else was sent', async () => {
  const world = worldOf('111111111111', server.endpoint)
  const options = { region: 'eu-west-1', profile: 'work', endpoint: server.endpoint, world, now: () => 0 }
  logIn('AKIAOLD')
  await expect(openWriter(options)).rejects.toMatchObject({ code: 'ExpiredToken' })
  logIn('AKIANEW')
  expect(await openWriter(options)).toBeDefined()
  expect(new Set(server.calls.map(({ action }) => action))).toEqual(new Set(['GetCallerIdentity']))
})
