/** What the screen says to do next, where two things could be done. */
import { expect, test } from 'vitest'
import { hintOf } from '../../../../src/ui/tui/scene/hint.ts'
import type { Scene } from '../../../../src/ui/tui/scene/scene.ts'
import type { Assessment } from '../../../../src/rules/assess.ts'
import { runbook } from '../../../../steps/index.ts'

test('where a twin comes first and a typed reason would do, as in an outage, both are said', () => {
  const hint = (shortfalls: readonly object[]): string => {
    const blocker = { code: 'twin-need', args: {}, cure: { do: 'twin', step: 'verify', name: 'orders-staging' } }
    const next = { step: 'staging', gate: { open: false, blockers: [blocker] }, shortfalls }
    const assessment = { next: 'staging', urgent: [], steps: new Map([['staging', next]]) } as unknown as Assessment
    const selected = { name: 'orders', assessment, desk: {} }
    return hintOf({ session: { runbook, remedies: [] }, selected } as unknown as Scene)
  }
  expect(hint([])).toBe('05 rests on orders-staging: rotate that database first.')
  expect(hint([{ met: false, shortfall: { code: 'too-late-to-prove', allows: 'waiver' } }])).toMatch(/ Or w, with/)
})
