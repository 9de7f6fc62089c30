// npm run soak: the tests that take a sample in `npm test`, at length: every kind of crash point, hundreds of fleets, thousands of draws.
// `npm run soak -- kill fleets` runs these parts alone; SOAK_SEED=n repeats what was drawn. It says how long it will take, and how far it is.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT, become, orSay, setUp } from './set-up.js'
import { soakOf } from './soak-parts.js'

const say = (text) => process.stdout.write(`${text}\n`)
const minutesSince = (begun) => `${Math.round((Date.now() - begun) / 6_000) / 10} min`

/** Those that ask whether they shall soak, by their paths below test/. */
const soakable = readdirSync(join(ROOT, 'test'), { recursive: true })
  .map((name) => name.split('\\').join('/'))
  .filter((name) => /\.test\.tsx?$/.test(name))
  .filter((name) => /\bSOAK\b|\bseeds\(/.test(readFileSync(join(ROOT, 'test', name), 'utf8')))
const parts = await orSay((async () => soakOf(process.argv.slice(2), soakable))())
await orSay(setUp())

const seed = process.env.SOAK_SEED ?? String(Math.floor(Math.random() * 1_000_000))
const minutes = parts.reduce((sum, part) => sum + part.minutes, 0)
say(
  `Soak: ${parts.length} ${parts.length === 1 ? 'part' : 'parts'}, about ${minutes} min on two quiet cores. SOAK_SEED=${seed}`,
)

process.chdir(ROOT)
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (stopped = true))
const begun = Date.now()
const failed = []
for (const [index, { name, does, minutes: about, files }] of parts.entries()) {
  say(`\nSoak: part ${index + 1} of ${parts.length}: ${name} (about ${about} min): ${does}`)
  const began = Date.now()
  const code = await become(
    NODE,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...files.map((file) => join('test', file))],
    { ...process.env, SOAK: '1', SOAK_SEED: seed },
  )
  if (code !== 0) failed.push(name)
  say(`Soak: ${name} ${code === 0 ? 'held' : 'FAILED'} after ${minutesSince(began)}`)
  if (stopped) break
}
say(
  `\nSoak: ${parts.length - failed.length} of ${parts.length} parts held, ${minutesSince(begun)}${
    failed.length > 0
      ? `; failed: ${failed.join(', ')}; again with SOAK_SEED=${seed} npm run soak -- ${failed.join(' ')}`
      : ''
  }`,
)
process.exitCode = failed.length > 0 ? 1 : 0
