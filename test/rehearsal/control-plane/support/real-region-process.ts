/** A program that does what `rehearse --serve` does, with real servers. Arguments: the folder. */
import { fileURLToPath } from 'node:url'
import { main } from '../../../../src/rehearsal/serve.ts'

process.exitCode = await main({
  directory: process.argv[2] ?? '',
  checkProgram: fileURLToPath(new URL('../../../../src/rehearsal/applications/check.ts', import.meta.url)),
  speed: 120,
  json: true,
  print: (text) => process.stdout.write(text),
})
