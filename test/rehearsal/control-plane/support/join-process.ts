/** A program that joins the Region of a folder, says so, and stays. Arguments: the folder. */
import { joinRegion } from '../../../../src/rehearsal/join.ts'
import { entryFor } from './entry.ts'

const { info } = await joinRegion({ directory: process.argv[2] ?? '', entry: entryFor(process.argv[2] ?? '') })
process.stdout.write(`${info.pid}\n`)
setInterval(() => undefined, 60_000)
