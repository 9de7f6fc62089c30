import { expect, it } from 'vitest'
import { advance } from '../../src/runner/advance.ts'
import { applicationSubject } from '../../src/runner/desk.ts'
import type { RunnerEvent } from '../../src/runner/events.ts'
import { testSession, WORLD } from '../support/session.ts'

it('an application on forty databases is looked at once, and proven on all of them', async () => {
  const databases = Array.from({ length: 40 }, (_, index) => [`shard-${index}-staging`, 'postgres'] as const)
  const { session, region, progress } = await testSession({ databases })
  region.storeIsStale = false
  const looks: string[] = []
  session.listen((event: RunnerEvent) => {
    if (event.kind === 'looking' && event.step === 'trust-stores') looks.push(event.about.name)
  })
  for (const { desk } of session.databases) {
    await advance(desk, AbortSignal.timeout(60_000))
    const position = desk.assess().steps.get('trust-stores')
    expect(position?.standing).toBe('proven')
    expect([...(position?.applications?.values() ?? [])].map(({ standing }) => standing)).toEqual(['proven', 'proven'])
  }
  expect(looks).toEqual(['shard-0-staging'])
  const journal = await progress.open(applicationSubject({ kind: 'database', world: WORLD, id: '' }, 'orders-api'))
  expect(journal.state.evidence['trust-stores']).toBeDefined()
})
