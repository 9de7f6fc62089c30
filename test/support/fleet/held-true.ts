/** What must hold of every run, by what AWS saw and by what is on record. Each violation is a sentence. */
import { isMet } from '../../../src/rules/standing.ts'
import { presentRotation, sendingState } from '../../../src/rules/record.ts'
import { NEW_CA } from '../scripted-region.ts'
import type { Ground } from './ground.ts'
import { keyOf, type Fleet } from './seeded-fleet.ts'
import type { SimulatedAccount } from './simulated-account.ts'
import type { RequestSeen } from './simulated-database.ts'
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
  if (before.busy) found.push(`${who}: it was on its way`)
  if (request.api === 'ApplyPendingMaintenanceAction') return before.offered ? found : [...found, `${who}: no offer`]
  if (before.ca === request.ca) found.push(`${who}: it was on the target`)
  if (before.pending.length > 0) found.push(`${who}: ${before.pending.join()} was dragged along`)
  if (request.othersBusy.length > 0) found.push(`${who}: while ${request.othersBusy.join()} was under way`)
  if (request.leftBehind.length > 0) found.push(`${who}: before ${request.leftBehind.join()}`)
  // The way back asks for the previous root, which every store has; and an expired certificate for nobody's proof.
  if (request.ca !== NEW_CA || before.expired) return found
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
  const took = requests.filter((one) => one.took).map(({ api, met, ca }) => `${met} by ${api} to ${ca}`)
  return took.filter((id, index) => took.indexOf(id) !== index).map((id) => `${id} was changed twice`)
}

/** Nothing was sent whose proofs were not met on record, and no intent is left open. */
export async function ofRecords({ progress }: Pick<Ground, 'progress'>): Promise<string[]> {
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

/** At the end every database that is there serves the CA that is declared for it, nothing that has expired, and the API says so. */
const unfinished = ({ accounts, config }: Fleet): string[] =>
  accounts.flatMap((account) =>
    [...account.databases.values()].flatMap(({ record, served, expired }) => {
      const wanted = config.databases[keyOf(account, record.id)]?.target ?? NEW_CA
      const isSo = served === wanted && record.ca === wanted && expired !== true
      return isSo ? [] : [`${record.id} serves ${served}${expired ? ' (expired)' : ''}, and the API says ${record.ca}`]
    }),
  )
