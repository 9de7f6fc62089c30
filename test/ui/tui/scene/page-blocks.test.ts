import { describe, expect, test } from 'vitest'
import type { StepPage } from '../../../../src/ui/view/page.ts'
import { stepPage } from '../../../../src/ui/view/page.ts'
import { pageBlocks } from '../../../../src/ui/tui/scene/page-blocks.ts'
import { runbook } from '../../../../steps/index.ts'
import { goodFacts, NOW, production, readyToModify, Scenario } from '../../../support/scenario.ts'

const none = { remedies: new Map<number, string>() }
const texts = (page: StepPage, extras = none) =>
  pageBlocks(page, extras).map(({ lead, text }) => `${lead} ${text}`.trim())
const pageOf = (scenario: ReturnType<typeof readyToModify>, step: Parameters<typeof scenario.position>[0]) =>
  stepPage(runbook, scenario.assess(), scenario.position(step))

describe('the page of a step', () => {
  const stale = () => {
    const scenario = readyToModify()
    const facts = goodFacts(production)['trust-stores']
    facts.basis.stores = [{ location: '/ca.pem', roots: ['a'.repeat(40)], others: [], findings: [] }]
    scenario.see('trust-stores', facts)
    return scenario
  }

  test('begins with what is short, its cure, and how else it may be met', () => {
    const lines = texts(pageOf(stale(), 'trust-stores'), { remedies: new Map([[0, 'put the bundle there']]) })
    expect(lines[0]).toMatch(/^✘ orders-api does not trust the root of rds-ca-rsa2048-g1/)
    expect(lines[1]).toMatch(/^→ Put the bundle of 03 into that store/)
    expect(lines[2]).toBe('f: put the bundle there. Only proof meets it.')
  })

  test('in an outage sends nobody after a proof that the reason for the whole step stands in for', () => {
    const scenario = new Scenario(production)
    scenario.start('rotation-1', 'outage')
    const facts = goodFacts(production)
    for (const step of ['identify', 'bundle', 'preflight'] as const) scenario.see(step, facts[step])
    scenario.see('expired', {
      basis: { expired: [{ part: 'server certificate', by: 'wire' }], wire: true },
      detail: { at: NOW, seen: [] },
    })
    facts['trust-stores'].basis.stores = [{ location: '/ca.pem', roots: ['a'.repeat(40)], others: [], findings: [] }]
    scenario.see('census', facts.census)
    scenario.see('trust-stores', facts['trust-stores'])
    const lines = texts(pageOf(scenario, 'trust-stores'))
    expect(lines).toContain('Or go on without proof, with a typed reason: w.')
    expect(lines).toContain(
      '✘ orders-api does not trust the root of rds-ca-rsa2048-g1: it is not in /ca.pem. It would lose its connections.',
    )
    expect(lines).toContain('The reason for the whole step covers it.')
    expect(lines).not.toContain('Only proof meets it.')
  })

  test('of the change names each reason why it is closed, with its cure, and the exact request', () => {
    const lines = texts(pageOf(stale(), 'modify'))
    expect(lines).toContain('· Step 04 (check every trust store): not proven.')
    expect(lines).toContain('→ Do step 04 first.')
    expect(lines).toContain('The request: ModifyDBInstance')
    expect(lines).toContain('CACertificateIdentifier = rds-ca-rsa2048-g1')
    expect(lines.some((line) => line.startsWith('aws rds modify-db-instance'))).toBe(true)
  })

  test('of a step that is met names no gate', () => {
    const lines = texts(pageOf(readyToModify(), 'staging'))
    expect(lines).not.toContain('Not now, because:')
    expect(lines[0]).toMatch(/^Seen 2026-11-22T14:59:00Z by sato@bastion/)
  })

  test('what is being done stands first, and no text is lost when it stands there twice', () => {
    const page = pageOf(readyToModify(), 'census')
    const blocks = pageBlocks({ ...page, notes: ['same', 'same'] }, { ...none, busy: 'Looking at 02.' })
    expect(blocks[0]?.text).toBe('Looking at 02.')
    expect(blocks.filter(({ text }) => text === 'same')).toHaveLength(2)
    expect(new Set(blocks.map(({ key }) => key)).size).toBe(blocks.length)
  })
})
