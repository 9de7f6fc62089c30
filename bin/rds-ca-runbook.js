#!/usr/bin/env node
// The executable. Plain JavaScript that an old Node can parse: it says so when Node is too old.
import module from 'node:module'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`rds-ca-runbook needs Node 22.18 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exit(2)
}

// React's development build is three times slower, and chalk knows NO_COLOR only as FORCE_COLOR=0. Both read these when they load.
process.env.NODE_ENV ??= 'production'
if (process.env.NO_COLOR) process.env.FORCE_COLOR = '0'

try {
  // Code that is run is cached here: a folder of our own that nobody else can write, not the shared default in /tmp.
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rds-ca-runbook', 'compile')
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  module.enableCompileCache(cache)
} catch {
  // Without a cache it starts a little slower, nothing else.
}

const { main } = await import('../dist/main.js').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
  process.stderr.write('The program has not been built: run "npm start" or "npm run build" in its folder first.\n')
  process.exit(2)
})
await main(process.argv.slice(2))
