/**
 * The other names under which clients come to a cluster. A client may land on any member, so each member is connected to under every
 * name that can lead there: the cluster's, its readers', and its custom ones.
 */
import type { CustomEndpointRecord } from '../src/ports/control-plane.ts'
import type { Bundle } from '../src/ports/bundles.ts'
import { CannotReach, type WireProof } from '../src/ports/wire.ts'
import type { World } from '../src/ports/world.ts'
import type { Shortfall } from '../src/rules/evidence.ts'
import type { Instant, Reason } from '../src/rules/words.ts'
import type { IdentifyFacts } from './01-identify.ts'
import { z, type Endpoint, type Family } from './shapes.ts'
import { unlessUntold, untold, type Untold } from './soft.ts'
import { reasonsOf } from './text.ts'

const underName = z.object({
  /** The member that was connected to, and the name that its certificate had to have. */
  member: z.string(),
  as: z.string(),
  root: z.optional(z.string()),
  strict: z.boolean(),
  /** Why it is not strict, or was not seen at all. */
  check: z.optional(z.string()),
  seen: z.boolean(),
})
type UnderName = z.infer<typeof underName>

export const namesBasis = {
  names: z._default(z.array(underName), []),
  namesUntold: z._default(z.array(untold), []),
}
export interface NamesSeen {
  readonly names: UnderName[]
  readonly namesUntold: Untold[]
}

export const namesText = {
  'member-elsewhere': {
    says: 'The API says {target}, and the member {member} serves a chain that ends elsewhere, under {as}: the cluster is half rotated.',
    cure: 'Believe the wire. Check that member for a staged certificate that waits for a restart; open a case with AWS.',
  },
  'name-not-verified': {
    says: 'verify-full fails for clients that land on {member} under {as}: {check}.',
    cure: 'Have clients use a name that the certificate has, or accept it by name.',
  },
  'member-not-seen': {
    says: 'The member {member} cannot be reached from here ({check}), and clients may land on it.',
    cure: 'Look from where it can be reached, or go on with a typed reason.',
  },
  'names-not-told': {
    says: 'Under which names clients come to its cluster is not known ({operation}: {why}).',
    cure: 'Add the permission to the policy of the profile in use and look again, or go on with a typed reason.',
  },
  'saw-names': { says: '{member} under {names}: {verdict}.', cure: '' },
} as const
const { reason, short } = reasonsOf(namesText)

interface Landing extends Endpoint {
  readonly member: string
  readonly names: readonly string[]
}

const answersTo = ({ staticMembers, excludedMembers }: CustomEndpointRecord, member: string): boolean =>
  staticMembers.length > 0 ? staticMembers.includes(member) : !excludedMembers.includes(member)

/** Where clients of it may land, and under which names: nowhere else than at its own endpoint for what is in no cluster. */
async function landingsOf(
  { control }: Pick<World, 'control'>,
  { basis }: IdentifyFacts,
  list: Untold[],
  signal: AbortSignal,
): Promise<Landing[]> {
  const { kind, name, endpoint, clusterId } = basis
  const id = kind === 'multi-az-cluster' ? name : kind === 'aurora-member' ? clusterId : undefined
  if (id === undefined || !endpoint) return []
  const soft = <T>(asked: Promise<T>) => unlessUntold(asked, list, signal)
  const cluster = await soft(control.cluster(id, signal))
  if (!cluster) return []
  const named = [cluster.endpoint?.host, cluster.readerEndpoint].filter((host) => host !== undefined)
  if (kind === 'aurora-member') {
    const custom = cluster.customEndpoints.length > 0 ? await soft(control.customEndpoints(id, signal)) : []
    const own = (custom ?? []).filter((one) => answersTo(one, name)).map(({ host }) => host)
    return [{ member: name, ...endpoint, names: [...named, ...own] }]
  }
  const members = await Promise.all(cluster.members.map((one) => soft(control.database(one.id, signal))))
  return members.flatMap((member) =>
    member?.endpoint ? [{ member: member.id, ...member.endpoint, names: [member.endpoint.host, ...named] }] : [],
  )
}

export interface NamesLook {
  readonly family: Family
  readonly identify: IdentifyFacts
  readonly bundle: Bundle
  /** A chain that was captured no earlier than this serves where no further handshake may be made. */
  readonly since: Instant
}

/** Connects to each member under each name. What cannot be reached is a fact; HandshakesWait passes. */
export async function lookUnderNames(
  world: World,
  { family, identify, bundle, since }: NamesLook,
  signal: AbortSignal,
): Promise<NamesSeen> {
  // Of the engines whose protocol is not spoken none comes in clusters.
  if (family === 'other') return { names: [], namesUntold: [] }
  const namesUntold: Untold[] = []
  const roots = bundle.certificates.map(({ pem }) => pem)
  const names: UnderName[] = []
  for (const { member, host, port, names: all } of await landingsOf(world, identify, namesUntold, signal)) {
    for (const as of all) {
      const question = { engine: family, host, port, servername: as, roots, since, signal }
      names.push({ member, as, ...(await seenOf(world, question)) })
    }
  }
  return { names, namesUntold }
}

async function seenOf(
  { wire }: Pick<World, 'wire'>,
  question: Parameters<World['wire']['verify']>[0],
): Promise<Omit<UnderName, 'member' | 'as'>> {
  try {
    const proof = await wire.verify(question)
    const check = failedCheck(proof)
    return { seen: true, strict: proof.strict, ...(proof.root && { root: proof.root.sha1 }), ...(check && { check }) }
  } catch (error) {
    if (!(error instanceof CannotReach)) throw error
    return { seen: false, strict: false, check: error.code }
  }
}

function failedCheck({ chain, dates, name, strict }: WireProof): string | undefined {
  for (const one of [chain, dates, name]) if (!one.passed) return `${one.code}: ${one.detail}`
  return strict ? undefined : 'not every client’s rules accept it'
}

/** What is short of "every member serves the target under every name". */
export function namesShortfalls(
  { names, namesUntold }: NamesSeen,
  target: string,
  wanted: string | undefined,
): Shortfall[] {
  return [
    ...namesUntold.map(({ operation, why }) => short('names-not-told', 'waiver', { operation, why })),
    ...names.flatMap(({ member, as, seen, root, strict, check = 'unknown' }): Shortfall[] => {
      if (!seen) return [short('member-not-seen', 'waiver', { member, check })]
      if (root !== wanted) return [short('member-elsewhere', 'proof', { target, member, as })]
      return strict ? [] : [short('name-not-verified', 'waiver', { member, as, check })]
    }),
  ]
}

export const namesTell = ({ names }: NamesSeen): Reason[] =>
  [...new Set(names.map(({ member }) => member))].map((member) => {
    const own = names.filter((one) => one.member === member)
    const verdict = own.every(({ strict }) => strict) ? 'verify-full passes' : 'verify-full does not pass for all'
    return reason('saw-names', { member, names: own.map(({ as }) => as), verdict })
  })
