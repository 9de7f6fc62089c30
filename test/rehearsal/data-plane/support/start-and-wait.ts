/** A program that starts one server and then waits to be killed. Arguments: folder, family, id, port. Prints one line of JSON. */
import { type Family } from '../../../../src/rehearsal/servers/served-leaf.ts'
import { Workshop } from './engines.ts'

const [folder = '', family = '', id = '', port = ''] = process.argv.slice(2)
const workshop = await Workshop.open(folder, family as Family)
const certificate = await workshop.issue()
const server = await workshop.start(id, { port: Number(port), certificate })
process.stdout.write(`${JSON.stringify({ pid: server.pid, certificate })}\n`)
setInterval(() => undefined, 60_000)
