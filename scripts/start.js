// npm start: sets up if needed, then rehearses. Arguments after `--` go to `rehearse`.
import { NODE, ROOT, become, orSay, setUp } from './set-up.js'
import { join } from 'node:path'

await orSay(setUp())
process.exitCode = await become(NODE, [join(ROOT, 'bin', 'rds-ca-runbook.js'), 'rehearse', ...process.argv.slice(2)])
