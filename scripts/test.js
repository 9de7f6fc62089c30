// npm test: sets up if needed, then everything that must hold.
import { NODE, ROOT, become, orSay, setUp } from './set-up.js'
import { join } from 'node:path'

await orSay(setUp())
process.exitCode = await become(NODE, [join(ROOT, 'scripts', 'check.js'), ...process.argv.slice(2)])
