/** Ctrl-C, told as it is: what only looks has saved nothing. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { AWS_FILE } from '../bundle/bundles.ts'
import { start } from '../support/program.ts'

test('check says that nothing was saved, and not that it can be gone on from', async () => {
  const server = createServer()
  const met = once(server, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const running = start(['check', `127.0.0.1:${port}`, '--engine', 'postgres', '--bundle', AWS_FILE])
  await met
  running.child.kill('SIGINT')
  expect(await running.ended).toEqual({
    code: 130,
    stdout: '',
    stderr: 'Interrupted before there was an answer. Nothing was saved; start it again.\n',
  })
  server.close()
})
