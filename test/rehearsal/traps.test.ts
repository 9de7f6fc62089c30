/**
 * Every trap of 06, every reason of 07's last look and all that 08 says, brought about in the simulated Region: by a fault, or by what the full world holds.
 * The tables are typed against the steps' own texts: a code without a row does not compile.
 */
import { describe, expect, it } from 'vitest'
import type { World } from '../../src/ports/world.ts'
import { DELAYS } from '../../src/rehearsal/lifecycle/delays.ts'
import { HOME } from '../../src/rehearsal/world.ts'
import type { Decisions } from '../../src/rules/decisions.ts'
import { CannotLook, type About } from '../../src/rules/step.ts'
import { worldOf } from '../../src/rules/words.ts'
import { identify, type IdentifyFacts } from '../../steps/01-identify.ts'
import { preflight } from '../../steps/06-preflight.ts'
import { trapsOf, type trapsText } from '../../steps/06-traps.ts'
import { modify, type ModifyFacts } from '../../steps/07-modify.ts'
import { settle } from '../../steps/08-settle.ts'
import type { Carrier } from '../../steps/carrier.ts'
import { runbook } from '../../steps/index.ts'
import { refusalOf } from '../../src/ui/view/refusal.ts'
import { sentenceOf } from '../../src/ui/view/sentences.ts'
import { scriptedRegion } from '../support/scripted-region.ts'
import { simulatedControlPlane } from '../support/simulated-control-plane.ts'
import { Refused, simulatedWorld, type SimulatedWorld } from '../support/simulated-world.ts'

const TARGET = { ca: 'rds-ca-rsa2048-g1' }
const never = new AbortController().signal
const HOUR = 60 * 60_000

type Choice = Pick<Decisions, 'target' | 'timing'>
interface Met {
  /** Who meets it. */
  readonly database: string
  /** The fault that brings it about; without one, it is what the full world holds. */
  readonly fault?: string
  readonly timing?: Decisions['timing']
  /** How long the fault works before 06 looks. */
  readonly after?: number
}

/** Where each trap of 06 is met. */
const TRAPS: Readonly<Record<keyof typeof trapsText, Met>> = {
  'not-available': { database: 'billing-production', fault: 'backing-up' },
  stopped: { database: 'billing-production', fault: 'stopped' },
  upgrading: { database: 'billing-production', fault: 'upgrade-in-progress' },
  'storage-busy': { database: 'billing-production', fault: 'storage-optimization' },
  'pending-change': { database: 'billing-production', fault: 'pending-change' },
  'pending-in-window': { database: 'billing-production', fault: 'pending-upgrade', timing: 'window' },
  'pending-ca': { database: 'billing-production', fault: 'staged-elsewhere', after: HOUR },
  'pending-reboot': { database: 'billing-production', fault: 'pending-reboot-parameter' },
  'pending-reboot-stays': { database: 'orders-production', fault: 'parameter-changed-mid-run' },
  'maintenance-due': { database: 'billing-production', fault: 'system-update-due' },
  'certificate-offered': { database: 'billing-production', fault: 'ca-rotation-due' },
  'opted-in': { database: 'billing-production', fault: 'renewal-opted-in' },
  'opted-in-now': { database: 'billing-production', fault: 'rotated-by-aws' },
  'no-restart-flag': { database: 'bookings-production', timing: 'without-restart' },
  'replicas-first': { database: 'stock-production' },
  'readers-first': { database: 'shop-production-1' },
  'other-under-way': { database: 'shop-production-2', fault: 'storage-optimization:shop-production-3' },
  'other-pending': { database: 'shop-production-2', fault: 'scheduled-in-console:shop-production-3' },
  'half-rotated': { database: 'shop-production-2', fault: 'changed-by-iac:shop-production-3', after: HOUR },
  'global-cluster': { database: 'catalog-home-1' },
  'other-region': { database: 'stock-production' },
  'blue-green': { database: 'wiki' },
  babelfish: { database: 'tsql-production-1' },
  'could-not-learn': { database: 'orders-production', fault: 'denied-describe-blue-green-deployments' },
}

type Appears = Exclude<
  keyof typeof modify.text,
  // What is no reason to stop, or is said before anything is confirmed; `is-stopped` is of the wire.
  'saw-receipt' | 'arrived' | 'already-on-target' | 'changed-outside' | 'changed-by-aws' | 'is-stopped'
>

/** What comes about between 06 and the request. */
const AT_THE_LAST_LOOK: Readonly<Record<Appears, Met>> = {
  'ca-changed': { database: 'orders-production', fault: 'changed-by-iac', after: HOUR },
  'ca-pending': { database: 'billing-production', fault: 'staged-elsewhere' },
  'status-changed': { database: 'billing-production', fault: 'stopped' },
  'pending-appeared': { database: 'billing-production', fault: 'pending-upgrade' },
  'role-changed': { database: 'shop-production-2', fault: 'failover-elsewhere:shop-production-1' },
  'members-changed': { database: 'shop-production-2', fault: 'reader-scaled-out:shop-production-2' },
  'member-busy': { database: 'shop-production-2', fault: 'storage-optimization:shop-production-3' },
  gone: { database: 'orders-production', fault: 'deleted-mid-run' },
  replaced: { database: 'orders-production', fault: 'restored-mid-run' },
}

interface Scene {
  readonly region: SimulatedWorld
  readonly world: World
  readonly about: About
  readonly choice: Choice
  readonly identified: IdentifyFacts
}

async function sceneOf({ database, timing = 'now' }: Met, faults: readonly string[]): Promise<Scene> {
  const region = await simulatedWorld({ faults })
  const control = simulatedControlPlane(region, HOME)
  const world: World = { ...scriptedRegion([]).world(region.clock.now), control }
  const record: Carrier | undefined = (await control.database(database)) ?? (await control.cluster(database))
  if (!record) throw new Error(`the full world has no ${database}`)
  const { kind, resourceId: id } = record
  const subject = { kind, world: worldOf(HOME.account, 'https://region.example'), region: HOME.region, id }
  const about: About = { subject, name: database }
  const choice: Choice = { target: TARGET, timing }
  const identified = identify.parse(await identify.look!(world, about, {}, choice, never))!
  return { region, world, about, choice, identified }
}

const preflown = async ({ world, about, choice, identified }: Scene) =>
  preflight.parse(await preflight.look!(world, about, { identify: identified }, choice, never))!

describe('every trap of 06 is met in the rehearsal', () => {
  it.each(Object.entries(TRAPS))('%s', async (code, met) => {
    const scene = await sceneOf(met, met.fault === undefined ? [] : [met.fault])
    // Who is looked at is struck at the call after it.
    await preflown(scene)
    await scene.region.move(met.after ?? 0)
    const saw = await preflown(scene)
    const { shortfalls, notes } = trapsOf(saw, scene.identified, scene.choice, scene.about)
    const found = [...shortfalls, ...notes].find((one) => one.code === code)
    expect(found, [...shortfalls, ...notes].map((one) => one.code).join()).toBeDefined()
    const { says, cure } = sentenceOf(runbook, 'preflight', found!)
    expect(`${says} ${cure}`).not.toMatch(/[{}]|undefined/)
    // A note may ask for nothing.
    if (shortfalls.includes(found as (typeof shortfalls)[number])) expect(cure).toMatch(/\w{3}/)
    // Nothing of it is there without its fault.
    if (met.fault === undefined) return
    const without = await sceneOf(met, [])
    const quiet = trapsOf(await preflown(without), without.identified, without.choice, without.about)
    expect([...quiet.shortfalls, ...quiet.notes].map((one) => one.code)).not.toContain(code)
  })
})

it('an Aurora member’s 06 raises what AWS lists under its cluster’s ARN alone: the update restarts the member too', async () => {
  const member = { database: 'shop-production-2' }
  const scene = await sceneOf(member, ['system-update-due:shop-production-3'])
  const { control } = scene.world
  const record = (await control.database(member.database))!
  expect(await control.maintenance(record.arn)).toEqual([])
  const { shortfalls } = trapsOf(await preflown(scene), scene.identified, scene.choice, scene.about)
  expect(shortfalls).toContainEqual(
    expect.objectContaining({ code: 'maintenance-due', args: { action: 'system-update' } }),
  )
})

describe('what comes about between 06 and the request stops it at the last look', () => {
  const lookLast = async (scene: Scene, saw: Awaited<ReturnType<typeof preflown>>) => {
    const { world, about, choice, identified } = scene
    try {
      const given = { identify: identified, preflight: saw } as Parameters<NonNullable<typeof modify.lastLook>>[2]
      return await modify.lastLook!(world, about, given, choice, never)
    } catch (error) {
      if (error instanceof CannotLook) return [error.reason]
      throw error
    }
  }

  it.each(Object.entries(AT_THE_LAST_LOOK))('%s', async (code, met) => {
    const scene = await sceneOf(met, [])
    const saw = await preflown(scene)
    expect(await lookLast(scene, saw)).toEqual([])
    scene.region.switchOn(met.fault!)
    await preflown(scene).catch(() => undefined)
    await scene.region.move(met.after ?? 0)
    const reasons = await lookLast(scene, saw)
    const found = reasons.find((one) => one.code === code)
    expect(found, reasons.map((one) => one.code).join()).toBeDefined()
    const { says, cure } = sentenceOf(runbook, 'modify', found!)
    expect(`${says} ${cure}`).not.toMatch(/[{}]|undefined/)
    expect(cure).toMatch(/Nothing was sent|Start again from the list/)
  })
})

it('a sibling that AWS is working on is waited for, and the deepest replica comes first', async () => {
  const scene = await sceneOf({ database: 'forum-replica-1' }, [])
  const saw = await preflown(scene)
  expect(saw.basis.group.others.map(({ as, name }) => `${as} ${name}`)).toEqual([
    'source forum-production',
    'sibling forum-replica-2',
    'sibling forum-replica-2-deep',
  ])
  expect(trapsOf(saw, scene.identified, scene.choice, scene.about).shortfalls).toEqual([])
  const cascaded = await sceneOf({ database: 'forum-replica-2' }, ['storage-optimization:forum-replica-1'])
  await preflown(cascaded)
  const { shortfalls } = trapsOf(await preflown(cascaded), cascaded.identified, cascaded.choice, cascaded.about)
  expect(shortfalls.map(({ code, args }) => [code, args['names'] ?? args['name']])).toEqual([
    ['replicas-first', ['forum-replica-2-deep']],
    ['other-under-way', 'forum-replica-1'],
  ])
})

type Settles = Exclude<
  keyof typeof settle.text,
  'saw-state' | 'saw-asked' | 'saw-event' | 'already-on-target' | 'is-stopped' | 'gone' | 'replaced'
>
interface Settling extends Met {
  /** What of the request is ours, beside the CA; without it, somebody else asked. */
  readonly ours?: { readonly ApplyImmediately: boolean; readonly CertificateRotationRestart?: boolean }
  /** The present CA is asked for again. */
  readonly takenBack?: true
  /** Somebody opts in to what AWS offers, for the next window. */
  readonly optedIn?: true
}
/** How long it takes until the trail of calls has what was done; the window is not open by then. */
const TRAILS = DELAYS.trailBehind + 1
const NOW = { ApplyImmediately: true }

/** What 08 says, from when the change was asked for to its end. */
const AT_08: Readonly<Record<Settles, Settling>> = {
  'not-visible-yet': { database: 'billing-production', fault: 'change-not-shown', ours: NOW },
  taken: { database: 'billing-production', ours: NOW },
  changing: { database: 'billing-production', fault: 'stuck-modifying', ours: NOW, after: HOUR },
  failed: { database: 'billing-production', fault: 'incompatible-parameters' },
  armed: { database: 'billing-production', ours: { ...NOW, CertificateRotationRestart: false }, after: HOUR },
  'waiting-for-window': { database: 'billing-production', ours: { ApplyImmediately: false } },
  'outside-armed': { database: 'billing-production', fault: 'staged-elsewhere', after: HOUR },
  'outside-in-window': { database: 'billing-production', fault: 'scheduled-in-console', after: TRAILS },
  // The trail of calls lags behind by minutes: until then nobody is named.
  'outside-waits': { database: 'billing-production', fault: 'scheduled-in-console' },
  'aws-has-begun': { database: 'billing-production', fault: 'rotated-by-aws' },
  'aws-in-window': { database: 'billing-production', fault: 'ca-rotation-due', optedIn: true },
  'outside-gone': { database: 'billing-production', fault: 'scheduled-in-console', takenBack: true },
}

describe('08 tells apart what a change waits for, also one that was made outside', () => {
  it.each(Object.entries(AT_08))('%s', async (code, met) => {
    const scene = await sceneOf(met, met.fault === undefined ? [] : [met.fault])
    const { world, about, choice, region, identified } = scene
    const input = { DBInstanceIdentifier: met.database, CACertificateIdentifier: TARGET.ca, ...met.ours }
    if (met.ours) region.ask(HOME, 'ModifyDBInstance', input)
    const { resourceId } = identified.basis
    const change = { api: 'ModifyDBInstance' as const, world: 'w', region: HOME.region, resourceId, input }
    const sent: ModifyFacts = {
      basis: { intent: 'one', change },
      detail: { at: world.now(), by: { user: 'sre', host: 'host' }, adopted: false },
    }
    const given = { identify: identified, modify: met.ours ? sent : undefined }
    await settle.look!(world, about, given, choice, never)
    await region.move(met.after ?? 0)
    const optIn = { ApplyAction: 'ca-certificate-rotation', OptInType: 'next-maintenance' }
    if (met.optedIn)
      region.ask(HOME, 'ApplyPendingMaintenanceAction', { ResourceIdentifier: identified.basis.arn, ...optIn })
    if (met.takenBack) region.ask(HOME, 'ModifyDBInstance', { ...input, CACertificateIdentifier: identified.basis.ca })
    const saw = settle.parse(await settle.look!(world, about, given, choice, never))!
    const verdict = settle.judge(saw, given, choice, world.now(), about)
    const found =
      verdict.kind === 'waiting' ? verdict.reason : verdict.kind === 'not-proven' ? verdict.shortfalls[0] : undefined
    expect(found?.code, JSON.stringify(verdict)).toBe(code)
    const { says, cure } = sentenceOf(runbook, 'settle', found!)
    expect(`${says} ${cure}`).not.toMatch(/[{}]|undefined/)
    expect(cure).toMatch(/\w{3}/)
  })
})

describe('what AWS does not take is said in a sentence of its own', () => {
  it.each([
    [
      'throttle',
      /too many requests and did not take this one/,
      /Nothing was changed\. Wait a minute, then confirm again/,
    ],
    ['ca-retired-mid-run', /does not have this CA any more/, /Look at 01 again, and choose a target CA/],
    ['refused-modify', /AWS refused it: InvalidDBInstanceState/, /Mend what AWS names, then confirm again/],
  ])('%s', async (fault, says, cure) => {
    const region = await simulatedWorld({ faults: [fault] })
    const before = region.state.databases.find(({ key }) => key === 'orders-production')
    const input = {
      DBInstanceIdentifier: 'orders-production',
      CACertificateIdentifier: TARGET.ca,
      ApplyImmediately: true,
    }
    let refused: unknown
    try {
      region.ask(HOME, 'ModifyDBInstance', input)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(Refused)
    const { code, message } = refused as Refused
    const sentence = sentenceOf(runbook, 'modify', refusalOf({ kind: 'refused', code, message }))
    expect(sentence.says).toMatch(says)
    expect(sentence.cure).toMatch(cure)
    expect(region.state.databases.find(({ key }) => key === 'orders-production')).toEqual(before)
  })
})
