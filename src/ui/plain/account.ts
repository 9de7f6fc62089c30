import type { Position, StandingShortfall } from '../../rules/position.ts'
import type { Desk } from '../../runner/desk.ts'
import { accountingWords, accountsFor, clientOf } from '../view/account-for.ts'

/** Asks whose a client is, where that is what is short. Resolves to whether it was said; Enter leaves it as it is. */
export async function account(
  desk: Desk,
  position: Position,
  one: StandingShortfall,
  says: string,
  out: { readonly ask: (question: string) => Promise<string>; readonly say: (line: string) => void },
): Promise<boolean> {
  const client = clientOf(one)
  const assessment = desk.assess()
  const ways = accountsFor({ desk, assessment, position }, one, desk.deps.now())
  if (!client || ways.length === 0) return false
  out.say(says)
  for (const [index, way] of ways.entries()) out.say(`    ${index + 1}  ${accountingWords(way)}`)
  const chosen =
    ways[Number((await out.ask('    Type a number to account for it by name, Enter to leave it: ')).trim()) - 1]
  if (!chosen) return false
  const why = (await out.ask('    How do you know? It is put on record with your name; Enter leaves it: ')).trim()
  if (why === '') return false
  await desk.decide('clients', [...(desk.decided.clients ?? []), { ...client, ...chosen, why }], 'typed')
  return true
}
