/** A program that does what `rehearse --serve` does, on the memory data plane. Arguments: the folder, then `--json`, `--reset`. */
import { main } from '../../../../src/rehearsal/serve.ts'
import { openMemoryDataPlane } from '../../../support/memory-data-plane.ts'

const [, , directory = '', ...flags] = process.argv

process.exitCode = await main({
  directory,
  checkProgram: '/check.js',
  speed: 600,
  json: flags.includes('--json'),
  reset: flags.includes('--reset'),
  print: (text) => process.stdout.write(text),
  openDataPlane: (options) => openMemoryDataPlane(options),
})
