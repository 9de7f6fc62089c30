import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { discardServers } from '../../../../src/rehearsal/servers/discard-servers.ts'

/** A rehearsal's folder for one test. Its servers are ended with it, also the ones that nobody holds any more. */
export async function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'rds-ca-test-'))
}

export async function removeFolder(folder: string): Promise<void> {
  await discardServers(folder)
  await rm(folder, { recursive: true, force: true })
}

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
