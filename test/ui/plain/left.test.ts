/** Plain questions that nobody answers any more: a pipe at its end, before a question and in the middle of one. */
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { plainWizard } from '../../../src/ui/plain/plain-wizard.ts'
import { testSession } from '../../support/session.ts'

const SIGNAL = new AbortController().signal
const NAMES = [
  ['orders-staging', 'postgres'],
  ['orders-prod', 'postgres'],
] as const

/** Ends its input when the first question is read, or before there is any. */
async function leaving(when: 'at a question' | 'before') {
  const { session, region } = await testSession({ databases: NAMES, remedies: [] })
  const stdin = new PassThrough()
  const stdout = new PassThrough()
  let said = ''
  stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    if (said.endsWith(': ')) stdin.end()
  })
  if (when === 'before') stdin.end()
  return { ...(await plainWizard(session, { stdin, stdout }, SIGNAL)), said, sent: region.sent }
}

test.each(['at a question', 'before'] as const)(
  'input that ends %s leaves all as it is, and says so once',
  async (when) => {
    const { stops, left, said, sent } = await leaving(when)
    expect(left).toBe(true)
    // The second database is not attended to at all.
    expect(stops).toHaveLength(1)
    expect(said.match(/Nobody answers any more/g)).toHaveLength(1)
    expect(sent).toEqual([])
  },
)
