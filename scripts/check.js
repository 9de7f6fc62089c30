// npm run check: types, lint, format, build, tests. The last line is `N passed, N failed` (and `, N skipped`).
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './set-up.js'

const bin = (name) => join(ROOT, 'node_modules', '.bin', name)
const env = { ...process.env, PATH: `${join(ROOT, 'node_modules', '.bin')}:${process.env.PATH}` }

/** Runs a check with its output held back until it ends, so that two at once can be read. */
function held(name, command, args) {
  return new Promise((resolve) => {
    const output = []
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.on('data', (data) => output.push(data))
    child.stderr.on('data', (data) => output.push(data))
    child.on('error', (error) => resolve({ name, passed: false, output: error.message }))
    child.on('close', (code) => resolve({ name, passed: code === 0, output: Buffer.concat(output).toString() }))
  })
}

function live(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

const checks = await Promise.all([
  held('types', bin('tsc'), ['-p', 'tsconfig.json']),
  held('lint', bin('oxlint'), ['--type-aware', '--deny-warnings']),
  held('format', bin('oxfmt'), ['--check']),
  held('build', process.execPath, [join(ROOT, 'scripts', 'build.js')]),
])
for (const { name, passed, output } of checks) {
  process.stdout.write(`${passed ? 'passed' : 'FAILED'}: ${name}\n`)
  if (!passed) process.stdout.write(`${output}\n`)
}
const failed = checks.filter((one) => !one.passed).length
if (failed > 0) {
  process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`)
  process.exit(1)
}
process.exitCode = await live(process.execPath, [
  join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'),
  'run',
  ...process.argv.slice(2),
])
