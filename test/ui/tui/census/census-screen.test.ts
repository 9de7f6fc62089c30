import { expect, test } from 'vitest'
import type { Tally } from '../../../../src/rules/tally.ts'
import { withSample } from '../../../../src/rules/tally.ts'
import { runCensusScreen } from '../../../../src/ui/tui/census/run-census-screen.tsx'
import { censusHead, censusLines, newsLines } from '../../../../src/ui/view/census-lines.ts'
import { NOW } from '../../../support/scenario.ts'
import { headlessTerminal } from '../../../support/terminal.ts'

const whose = {
  applications: [{ name: 'orders-api', verification: 'verify-full', users: ['orders_api'] }],
  accounted: [],
} as const
const leaf = { sha256: 'a'.repeat(64), ends: NOW + 1 }

function tallyOf(users: readonly string[]): Tally {
  return withSample(undefined, {
    sample: {
      at: NOW,
      clock: NOW,
      view: { complete: true },
      tlsEnforced: false,
      clients: users.map((user) => ({
        user,
        application: '',
        address: '10.0.0.7',
        transport: 'tls',
        protocol: 'TLSv1.3',
        sessions: 1,
      })),
    },
    server: 'postgres 18.1',
    leaf,
  })
}

test('shows who connects, what happens, and gives the terminal back', async () => {
  const terminal = headlessTerminal(80, 24)
  const screen = runCensusScreen(
    {
      title: 'orders-production: who connects',
      plan: 'Watching until 2026-11-26T03:10:00Z.',
      linesOf: (tally) => [...censusHead(tally), '', ...censusLines(tally, whose)],
      newsOf: (event) => newsLines(event, whose),
    },
    { stdinTty: true, stdoutTty: true, colour: false, unicode: false, columns: 80, rows: 24 },
    { stdin: terminal.stdin, stdout: terminal.stdout },
  )
  await terminal.waitFor('Looking')
  expect(terminal.alternate).toBe(true)
  const tally = tallyOf(['orders_api', ...Array.from({ length: 20 }, (_, n) => `stranger_${n}`)])
  const present = tally.sightings
  screen.show({
    kind: 'sampled',
    tally,
    present,
    fresh: present.slice(0, 1),
    newLeaf: true,
    restarted: false,
    next: NOW,
  })
  await terminal.waitFor('application orders-api')
  const seen = await terminal.waitFor('more rows below')
  expect(seen).toContain('ANOTHER CERTIFICATE')
  expect(seen).toContain("NOBODY'S YET")
  expect(seen).not.toMatch(/[^\p{ASCII}]/u)
  await terminal.type('\u001B[F')
  await terminal.waitFor('stranger_9')
  screen.show({ kind: 'missed', at: NOW, why: 'cannot connect', next: NOW + 1_000 })
  await terminal.waitFor('NOT SEEN: cannot connect')
  await terminal.resize(40, 10)
  await terminal.waitFor('60x16')
  await terminal.resize(100, 30)
  await terminal.waitFor('orders-production: who connects')
  await terminal.type('q')
  expect(screen.left.aborted).toBe(true)
  await screen.close()
  expect([terminal.alternate, terminal.raw, terminal.cursorHidden]).toEqual([false, false, false])
})

test('a terminal that goes away ends it', async () => {
  const terminal = headlessTerminal(80, 24)
  const screen = runCensusScreen(
    { title: 'x', plan: '', linesOf: () => [], newsOf: () => [] },
    { stdinTty: true, stdoutTty: true, colour: false, unicode: true, columns: 80, rows: 24 },
    { stdin: terminal.stdin, stdout: terminal.stdout },
  )
  await terminal.waitFor('Looking')
  terminal.hangUp()
  await expect.poll(() => screen.left.aborted).toBe(true)
  await screen.close()
})
