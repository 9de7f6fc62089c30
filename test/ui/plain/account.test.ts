import { expect, test } from 'vitest'
import { account } from '../../../src/ui/plain/account.ts'
import { look } from '../../../src/runner/look.ts'
import { NEW_CA } from '../../support/scripted-region.ts'
import { testSession } from '../../support/session.ts'

const signal = new AbortController().signal

/** What a person types, line by line; nothing any more at the end. */
function typing(...lines: readonly string[]) {
  const said: string[] = []
  const left = [...lines]
  return {
    said,
    out: {
      ask: async (question: string) => {
        said.push(question)
        return left.shift() ?? ''
      },
      say: (line: string) => void said.push(line),
    },
  }
}

async function atCensus() {
  const { session } = await testSession({
    declared: () => ({
      environment: 'staging',
      twin: 'none',
      target: { ca: NEW_CA },
      applications: [{ name: 'orders-api', verification: 'verify-full', users: ['orders_api', 'reports'] }],
    }),
  })
  const { desk } = session.databases[0]!
  await look(desk, 'identify', signal)
  const position = await look(desk, 'census', signal)
  const short = position.shortfalls.find(({ shortfall }) => shortfall.args['user'] === 'dbadmin')!
  return { desk, position, short }
}

test('a client is matched to an application by hand, with a reason, and is that application’s from then on', async () => {
  const { desk, position, short } = await atCensus()
  const { out, said } = typing('1', 'asked its owner')
  expect(await account(desk, position, short, 'It is nobody’s.', out)).toBe(true)
  expect(said.slice(0, 2)).toEqual(['It is nobody’s.', '    1  it is the application orders-api'])
  expect(desk.decided.clients).toEqual([
    { user: 'dbadmin', application: 'psql', as: 'application', of: 'orders-api', why: 'asked its owner' },
  ])
  expect(desk.assess().steps.get('census')?.standing).toBe('proven')
})

test('Enter leaves it as it is, at each question', async () => {
  const { desk, position, short } = await atCensus()
  for (const lines of [[], ['9'], ['1', '']])
    expect(await account(desk, position, short, 'It is nobody’s.', typing(...lines).out)).toBe(false)
  expect(desk.decided.clients).toEqual([])
})
