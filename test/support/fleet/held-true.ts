/** What must hold of every run, by what AWS saw and by what is on record. Each violation is a sentence. */
import { isMet } from '../../../src/rules/standing.ts'
import { presentRotation, sendingState } from '../../../src/rules/record.ts'
import { NEW_CA } from '../scripted-region.ts'
import type { Fleet } from './seeded-fleet.ts'
import type { RequestSeen, SimulatedAccount } from './simulated-account.ts'
import { DAY } from '../scenario.ts'

export async function violations(fleet: Fleet): Promise<string[]> {
  const requests = fleet.accounts.flatMap((account) => account.requests)
  return [
    ...requests.flatMap((one) => ofRequest(fleet, one)),
    ...twice(requests),
    ...(await ofRecords(fleet)),
    ...unfinished(fleet),
  ]
}

/** Sent in order, to the right one, and with its proofs. */
function ofRequest({ accounts, config }: Fleet, request: RequestSeen): string[] {
  const { account, name, before, meant, met, served, sawRoot } = request
  const who = `${account}/${name}`
  const found: string[] = []
  if (meant !== met) found.push(`${who}: a request for ${meant} went to ${met ?? 'nobody'}`)
  if (!request.took || !before) return found
  if (before.ca === request.ca || before.busy) found.push(`${who}: it was on the target, or on its way`)
  if (before.pending.length > 0) found.push(`${who}: ${before.pending.join()} was dragged along`)
  if (request.othersBusy.length > 0) found.push(`${who}: while ${request.othersBusy.join()} was under way`)
  if (request.leftBehind.length > 0) found.push(`${who}: before ${request.leftBehind.join()}`)
  for (const application of ['orders-api', 'reports'])
    if (sawRoot.get(`${account} /etc/${application}/ca.pem`) !== true)
      found.push(`${who}: ${application} was not proven`)
  const key = Object.keys(config.databases).find((one) => one.startsWith(account) && one.endsWith(`/${name}`))
  const twin = config.databases[key ?? '']?.twin?.split('/')
  if (twin) {
    const twins = accounts.find((one) => one.account === twin[0])
    const id = twins?.databases.get(twin[2] ?? '')?.record.resourceId
    if (twins && id !== undefined && served.has(id) && served.get(id) !== NEW_CA && !stoodIn(twins, id, request.at))
      found.push(`${who}: before its twin`)
  }
  return found
}

/**
 * Whether a twin that is restored since had been on the target, within the day for which 05 counts: that the clients connect to the
 * target CA was seen there, and a restore under its name takes nothing from it.
 */
function stoodIn(account: Pick<SimulatedAccount, 'replaced' | 'everOnTarget'>, id: string, at: number): boolean {
  const before = account.replaced.get(id)
  if (!before || at - before.at > DAY) return false
  return account.everOnTarget.has(before.id) || stoodIn(account, before.id, at)
}

function twice(requests: readonly RequestSeen[]): string[] {
  const took = requests.filter((one) => one.took).map(({ met }) => met)
  return took.filter((id, index) => took.indexOf(id) !== index).map((id) => `${id} was changed twice`)
}

/** Nothing was sent whose proofs were not met on record, and no intent is left open. */
async function ofRecords({ progress }: Fleet): Promise<string[]> {
  const found: string[] = []
  for (const subject of await progress.subjects()) {
    const { state } = await progress.open(subject)
    for (const { sendings } of state.rotations)
      for (const { step, kept, intent } of sendings) {
        const unmet = Object.entries(kept).filter(([id, { standing }]) => id !== step && !isMet(standing))
        for (const [id, { standing }] of unmet) found.push(`${subject.id} ${intent}: ${id} was ${standing}`)
      }
    if (sendingState(presentRotation(state)?.sendings.at(-1)) === 'unanswered')
      found.push(`${subject.id}: an intent is left unanswered`)
  }
  return found
}

/** At the end every database that is there serves the target, and the API says so. */
const unfinished = ({ accounts }: Fleet): string[] =>
  accounts.flatMap(({ databases }) =>
    [...databases.values()].flatMap(({ record, served }) =>
      served === NEW_CA && record.ca === NEW_CA ? [] : [`${record.id} serves ${served}, and the API says ${record.ca}`],
    ),
  )
