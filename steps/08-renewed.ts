/**
 * 08 Renewed (leaf renewal): does the API agree that it is done?
 *
 * Looks at: the instance's status and CA, and whether the maintenance action is still listed.
 * Proven when: it is available, on the same CA, and the action is gone. AWS's list of maintenance lags: an action may be shown that was applied.
 */
import { own, ownIfLooked, PROVEN, verdictOf, type Verdict } from '../src/rules/step.ts'
import { carrierText, isStopped, readCarrier, startCommand } from './carrier.ts'
import { RENEWAL } from './maintenance.ts'
import { step } from './facts.ts'
import { reader, z } from './shapes.ts'
import { day, reasonsOf, undone } from './text.ts'
import { nextWindow } from './window.ts'

const facts = z.object({
  basis: z.object({ status: z.string(), ca: z.string(), listed: z.boolean() }),
  detail: z.object({
    at: z.number(),
    lookAgainAfter: z.number(),
    leafValidTill: z.optional(z.number()),
    nextWindow: z.optional(z.number()),
  }),
})
export type RenewedFacts = z.infer<typeof facts>

const text = {
  ...carrierText,
  'nothing-sent': { says: 'Nothing was sent: there is nothing to wait for.', cure: 'Go on to 09.' },
  'waiting-for-window': { says: 'The renewal waits for the maintenance window.', cure: 'Wait for the window.' },
  renewing: { says: 'AWS is renewing it ({status}).', cure: 'Wait: the runbook keeps looking.' },
  'saw-state': { says: '{status}; CA {ca}; the server certificate expires {leaf}.', cure: '' },
} as const
const { reason, short } = reasonsOf(text)

export const renewed = step({
  id: 'renewed',
  version: 1,
  number: '08',
  on: 'database',
  title: 'Wait until AWS agrees',
  why: 'AWS answers at once and restarts later. Until the action is gone and the database is available, the old certificate may still be served.',
  source: 'API: DescribeDBInstances, DescribePendingMaintenanceActions',
  needs: { identify: own('identify'), renew: ownIfLooked('renew') },
  asks: ['target'],
  maxAge: 'never',
  cannotLook: 'proof',
  text,
  parse: reader(facts),

  applies: ({ identify, renew }) => (identify?.basis.restarts === 'no' && !renew ? reason('nothing-sent') : undefined),

  async look(world, about, { renew }, _decided, signal) {
    const { control } = world
    const record = await readCarrier(world, about, signal)
    const sent = renew?.basis.change.input['ApplyAction'] ?? RENEWAL
    const listed = (await control.maintenance(record.arn, signal)).some(({ action }) => action === sent)
    const window = nextWindow(record.maintenanceWindow, world.now())
    return {
      basis: { status: record.status, ca: record.ca, listed },
      detail: {
        at: world.now(),
        lookAgainAfter: world.pollEvery,
        ...(record.leafValidTill !== undefined && { leafValidTill: record.leafValidTill }),
        ...(window !== undefined && { nextWindow: window }),
      },
    }
  },

  tells: ({ basis: { status, ca }, detail }) => [reason('saw-state', { status, ca, leaf: day(detail.leafValidTill) })],

  judge({ basis: { status, ca, listed }, detail }, { identify, renew }, { target }, _now, { name }): Verdict {
    if (isStopped(status)) {
      const command = startCommand(identify.basis.kind, { ...identify.basis, name })
      return verdictOf([short('is-stopped', 'proof', { status, command })])
    }
    if (status === 'available' && ca === target.ca && !listed) return PROVEN
    if (status === 'available' && ca !== target.ca)
      return verdictOf([undone(short('changed-since', 'proof', { target: target.ca, ca }))])
    const inWindow = renew?.basis.change.input['OptInType'] === 'next-maintenance' && status === 'available'
    const soon = detail.at + detail.lookAgainAfter
    return inWindow
      ? { kind: 'waiting', reason: reason('waiting-for-window'), lookAgainAt: detail.nextWindow ?? soon }
      : { kind: 'waiting', reason: reason('renewing', { status }), lookAgainAt: soon }
  },
})
