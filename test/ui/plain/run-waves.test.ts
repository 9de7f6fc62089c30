/** Waves in plain lines: the same run as on the terminal UI, one question at a time. */
import { expect, test } from 'vitest'
import { runWaves } from '../../../src/ui/plain/run-waves.ts'
import { testSession } from '../../support/session.ts'

const signal = AbortSignal.timeout(60_000)
const canary = { name: 'canary', names: ['*-staging'], atOnce: 1, bake: 0 } as const
const main = { name: 'main', environment: 'production', atOnce: 1, bake: 0 } as const

/** Types these lines, one at each question, and Enter behind them; time passes for as long as something sleeps. */
async function typing(...lines: readonly string[]) {
  const made = await testSession({ waves: [canary, main] })
  made.region.storeIsStale = false
  const said: string[] = []
  const out = {
    ask: async (question: string) => {
      said.push(question)
      return lines[asked++] ?? ''
    },
    say: (line: string) => void said.push(line),
    behind: () => [],
    left: () => false,
    close: () => {},
  }
  let asked = 0
  let over = false
  const pass = (): void => {
    if (made.clock.sleeping() > 0) made.clock.move(5_000)
    if (!over) setImmediate(pass)
  }
  pass()
  await runWaves(made.session, out, signal).finally(() => (over = true))
  return { said: said.join('\n'), sent: made.region.sent, asked }
}

test('a wave is run once its name and number are typed; a wrong number, another name and Enter send nothing', async () => {
  const wrong = await typing('canary', 'canary 3', 'canray', 'canary', '')
  expect(wrong.sent).toEqual([])
  expect(wrong.said).toContain('"canary 3" was typed, and what has to be typed is "canary 2". Nothing was sent.')
  expect(wrong.said).toContain('There is no wave "canray" here.')
  const right = await typing('canary', 'canary 2', 'main', 'main 2')
  expect(right.sent).toEqual(['orders-staging', 'billing-staging', 'orders-production', 'billing-production'])
  expect(right.said).toMatch(/canary: done since/)
})

test('a wave behind one that is not over is held back, and a halt holds all until it is taken back', async () => {
  const held = await typing('main', 'halt', '', 'halt', 'pages', 'canary', 'resume', 'canary', 'canary 2')
  expect(held.said).toMatch(/canary is not over|wave canary/i)
  expect(held.said).toContain('HALTED by')
  expect(held.said).toContain('No halt is in force.')
  expect(held.sent).toEqual(['orders-staging', 'billing-staging'])
})

test('where none are declared nothing is asked', async () => {
  const { session } = await testSession()
  const nobody = { ask: () => Promise.reject(new Error('asked')), say: () => {}, behind: () => [], left: () => false }
  await expect(runWaves(session, { ...nobody, close: () => {} }, signal)).resolves.toBeUndefined()
})
