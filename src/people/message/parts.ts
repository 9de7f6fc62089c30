import { fill } from '../../bundle/howto/howto.ts'
import type { Instant } from '../../rules/words.ts'
import type { AskedApplication, AskedDatabase, Message, Part } from './message.ts'

/** A day, whatever the time zone of whoever reads: UTC. */
const day = (at: Instant): string => new Date(at).toISOString().slice(0, 10)

const heading = (text: string): Part => ({ kind: 'heading', text })
const text = (said: string): Part => ({ kind: 'text', text: said })
const list = (items: readonly string[]): Part => ({ kind: 'list', items })
const code = (lines: readonly string[]): Part => ({ kind: 'code', lines })

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

const earliest = (times: readonly (Instant | undefined)[]): Instant | undefined => {
  const known = times.filter((one) => one !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

const allDatabases = ({ applications }: Message): readonly AskedDatabase[] =>
  applications.flatMap(({ databases }) => databases)

/** What the message is about, in one line. */
export const subjectOf = (message: Message): string => {
  const { applications, due } = message
  const count = new Set(allDatabases(message).map(({ account, region, name }) => `${account} ${region} ${name}`)).size
  return `Amazon RDS certificates: check ${plural(applications.length, 'application')} on ${plural(count, 'database')} by ${day(due)}`
}

function dates(message: Message): string[] {
  const databases = allDatabases(message)
  const caUntil = earliest(databases.map((one) => one.caUntil))
  const leafUntil = earliest(databases.map((one) => one.leafUntil))
  const forcedOn = earliest(databases.map((one) => one.forcedOn))
  return [
    ...(message.changeOn === undefined ? [] : [`We change the databases on ${day(message.changeOn)}.`]),
    ...(forcedOn === undefined ? [] : [`AWS changes the first of them on its own on ${day(forcedOn)}.`]),
    ...(caUntil === undefined ? [] : [`The present CA expires on ${day(caUntil)}: who verifies is cut off then.`]),
    ...(leafUntil === undefined ? [] : [`The first server certificate expires on ${day(leafUntil)}.`]),
  ]
}

const RESTARTS = {
  yes: 'restarts for it',
  listener: 'keeps open sessions, and refuses new ones for a moment',
  no: 'does not restart for it',
  unknown: 'may restart for it',
} as const

function databaseItem({ name, engine, region, account, environment, from, to, restarts }: AskedDatabase): string {
  return `${name} (${engine}, ${environment}, ${region}, account ${account}): ${from} to ${to}; it ${RESTARTS[restarts]}.`
}

function breaking({ name, databases }: AskedApplication): Part[] {
  const known = [...new Set(databases.flatMap(({ breaks }) => breaks))]
  if (known.length > 0) return [text('What would break, as far as it is known:'), list(known)]
  const roots = [...new Set(databases.map(({ to, region }) => `${to} of ${region}`))].join(', ')
  return [
    text(
      `Not known yet: which certificates ${name} trusts. If the store that it really loads lacks the root of ${roots}, each new connection fails from the moment of the change. Connections that are open go on until they are closed.`,
    ),
  ]
}

const VALUES = { bundle: 'rds-bundle.pem', store: 'rds-bundle.p12', host: 'ENDPOINT' }

function change({ howto, route }: AskedApplication, { bundleUrls }: Message): Part[] {
  const whose = route === 'pooler' ? 'the pooler' : 'the application'
  const get = text(
    `The change: put the bundle (${bundleUrls.join(', ')}) into the trust store of ${whose}, beside what is there, and restart what caches it. It holds the old root and the new one, so this can be done at once.`,
  )
  if (!howto) return [get]
  return [
    get,
    ...howto.changes.flatMap(({ where, code: lines }) => [
      text(`${howto.name}: ${fill(where, VALUES)}:`),
      code(lines.map((line) => fill(line, VALUES))),
    ]),
  ]
}

function applicationParts(application: AskedApplication, message: Message): Part[] {
  const { name, verification, route, databases, probes } = application
  return [
    heading(`${name} (${verification}${route === 'direct' ? '' : `, through ${route}`})`),
    list(databases.map((one) => databaseItem(one))),
    ...breaking(application),
    ...change(application, message),
    text(
      `The check: run one of these where ${route === 'pooler' ? 'the pooler' : name} lives (in its container, as its user). It reads the trust store, makes a TLS handshake without logging in, and prints one line. It says which store it took: if the application loads another, name that one behind it.`,
    ),
    code(probes.flatMap(({ run, piped }) => [run, piped])),
  ]
}

/** What an owner is told and asked, part by part. */
export function partsOf(message: Message): readonly Part[] {
  const { owner, applications, due, replyTo } = message
  const files = applications.flatMap(({ probes }) => probes.map(({ file }) => file))
  return [
    text(
      `Hello ${owner.name}, the certificate authority (CA) of databases that your applications use will be changed. Applications that verify certificates must trust the new root before that.`,
    ),
    list(dates(message)),
    text(
      `Please send, for each application below, the line that its check prints (it begins with rds-ca-reply), ${replyTo === undefined ? 'as an answer to this message' : `to ${replyTo}`}, by ${day(due)}. If a store lacks a root, make the change first and check again; the line is welcome in either case. The files of the checks come with this message: ${files.join(', ')}.`,
    ),
    ...applications.flatMap((one) => applicationParts(one, message)),
    text(
      'The line says which RDS roots the store has, how the handshake ended, and the host, user and time of the check. It holds no password and nothing else of the store.',
    ),
  ]
}
