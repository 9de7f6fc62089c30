/** One look, in a process of its own: prints how it ended. Arguments: the directory of the counts, the port, a file with the root. */
import { readFileSync } from 'node:fs'
import { openHandshakes } from '../../src/manners/handshakes.ts'
import { HANDSHAKE_LIMITS } from '../../src/manners/limits.ts'
import { capture } from '../../src/tls/capture.ts'

const [directory = '', port = '', root = ''] = process.argv.slice(2)
const question = {
  engine: 'mysql' as const,
  host: '127.0.0.1',
  port: Number(port),
  roots: [readFileSync(root, 'utf8')],
}
const handshakes = openHandshakes({ directory, limits: HANDSHAKE_LIMITS, now: Date.now })
handshakes
  .anonymous(question, () => capture(question, { connect: new Map(), now: Date.now }))
  .then(
    () => process.stdout.write('made'),
    (error: unknown) => process.stdout.write(error instanceof Error ? error.name : String(error)),
  )
