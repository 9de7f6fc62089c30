/** The English of what the rules and the runner say themselves. What steps say stands at the foot of each step's file. */
import type { SequenceName } from '../../rules/step.ts'
import type { Standing } from '../../rules/standing.ts'

export const STANDING_WORDS: Readonly<Record<Standing, string>> = {
  proven: 'proven',
  attested: 'attested',
  waived: 'waived',
  'not-applicable': 'not applicable',
  missing: 'not looked at',
  expired: 'expired',
  outdated: 'outdated',
  foreign: 'foreign',
  'not-proven': 'not proven',
  waiting: 'waiting',
  'cannot-look': 'cannot look',
  running: 'running',
  interrupted: 'interrupted',
}

/** One character a standing, for terminals with Unicode and without. */
export const STANDING_MARKS: Readonly<Record<Standing, { readonly unicode: string; readonly ascii: string }>> = {
  proven: { unicode: '✔', ascii: '+' },
  attested: { unicode: '✎', ascii: 'a' },
  waived: { unicode: '∼', ascii: '~' },
  'not-applicable': { unicode: '–', ascii: '-' },
  missing: { unicode: '·', ascii: '.' },
  expired: { unicode: '◷', ascii: 'e' },
  outdated: { unicode: '↻', ascii: 'o' },
  foreign: { unicode: '≠', ascii: '#' },
  'not-proven': { unicode: '✘', ascii: 'x' },
  waiting: { unicode: '…', ascii: 'w' },
  'cannot-look': { unicode: '?', ascii: '?' },
  running: { unicode: '▶', ascii: '>' },
  interrupted: { unicode: '!', ascii: '!' },
}

export interface Sentence {
  readonly says: string
  readonly cure: string
}

/** Blockers of gates, failed looks, and what an intent came to. */
export const ENGLISH: Readonly<Record<string, Sentence>> = {
  'own-need': { says: 'Step {number} ({step}): {standing}.', cure: 'Do step {number} first.' },
  'twin-need': {
    says: 'Step {number} ({step}) of the twin: {standing}.',
    cure: 'Rotate the staging database {name} first.',
  },
  undecided: { says: 'Undecided: {decision}.', cure: 'Decide it.' },
  held: { says: '{user}@{host} (process {pid}) is working on this database.', cure: 'Wait, or ask {user}.' },
  unanswered: {
    says: 'A change was sent and no answer is on record.',
    cure: 'It is observed first; nothing is sent twice blindly.',
  },
  sent: { says: 'The change has been sent.', cure: 'Nothing to do.' },
  ended: { says: 'This rotation has ended.', cure: 'Nothing to do.' },
  'peer-under-way': {
    says: 'The same clients land on {name}, and its change was sent and is not proven yet.',
    cure: 'Go on with {name} until its step 09 is met: one at a time.',
  },
  'never-served': {
    says: 'A rollback leads to a CA that this database is on record to have served, and {target} is none. On record: {served}.',
    cure: 'Decide on one of those, or begin a ca-change.',
  },
  'too-late-to-prove': {
    says: 'A certificate that is served has expired: this step may be waived whole, for this one change.',
    cure: 'Type the reason, or prove it all the same.',
  },
  'waves-halted': {
    says: '{user} has put a halt to all waves: {why}.',
    cure: 'When it is settled: rds-ca-runbook wave resume.',
  },
  'wave-before': { says: 'The wave {wave} comes first, and it is not done.', cure: 'Run {wave} first.' },
  'wave-baking': { says: 'The wave {wave} is done, and is watched until {until}.', cure: 'Wait until then.' },
  'wave-went-back': {
    says: 'In the wave {wave} a database was rolled back.',
    cure: 'Find out whether its reason holds for these too. Then begin a ca-change of it anew and finish it, or take it out of {wave} in the configuration.',
  },
  'wave-empty': {
    says: 'No database belongs to the wave {wave}.',
    cure: 'Look at "rds-ca-runbook wave list", and at waves in the configuration.',
  },
  'plan-none': { says: 'It is no plan.', cure: 'Write one with "rds-ca-runbook plan --out FILE".' },
  'plan-newer': {
    says: 'It is a plan of format {found}, and this program reads {known}.',
    cure: 'Use a newer rds-ca-runbook.',
  },
  'plan-damaged': { says: 'It is a plan that cannot be read: {path} is not what it must be.', cure: 'Write it anew.' },
  'plan-edited': {
    says: 'It is not as it was approved: somebody or something changed it.',
    cure: 'Write it anew, and have it approved.',
  },
  'plan-foreign': {
    says: '{name} is not among the databases that are read here: another account, endpoint or Region, deleted, or restored under its old name.',
    cure: 'Check profile, Region and endpoint. A restored database needs a plan of its own.',
  },
  'plan-applied': { says: 'It has been carried out already.', cure: 'Nothing to do.' },
  'plan-unsent': { says: 'The plan holds no request.', cure: 'Write it anew.' },
  'plan-sequence': {
    says: 'A {planned} was approved, and a {found} is under way.',
    cure: 'Finish what is under way, or write a plan for it.',
  },
  'plan-decision': {
    says: 'Another {decision} is decided now than was approved.',
    cure: 'Write the plan anew, and have it approved.',
  },
  'plan-proof-expired': {
    says: 'What a person said for step {number} has passed the date until which it was good.',
    cure: 'Have it said anew, write the plan anew, and have it approved.',
  },
  'plan-proof-missing': {
    says: 'Step {number} {step} was met when the plan was approved, and is {standing} now.',
    cure: 'See to step {number}.',
  },
  'plan-proof-differs': {
    says: 'Step {number} {step} shows something else now than when the plan was approved.',
    cure: 'Read step {number}, write the plan anew, and have it approved.',
  },
  'plan-no-request': { says: 'There is nothing to send for it now.', cure: 'Look at it with "rds-ca-runbook plan".' },
  'plan-request': {
    says: 'The request for {name} would be another than the one that was approved.',
    cure: 'Write the plan anew, and have it approved.',
  },
  aged: { says: 'A proof has run out.', cure: 'Look again at what has expired.' },
  'not-applicable': { says: 'There is nothing to do here.', cure: 'Nothing to do.' },
  refused: {
    says: 'AWS refused it: {code}: {message}',
    cure: 'Nothing was changed. Mend what AWS names, then confirm again.',
  },
  'refused-throttled': {
    says: 'AWS had too many requests and did not take this one ({code}: {message}).',
    cure: 'Nothing was changed. Wait a minute, then confirm again: a change is never sent again without that.',
  },
  'refused-retired': {
    says: 'AWS does not have this CA any more: it was retired since 01 saw it ({code}: {message}).',
    cure: 'Nothing was changed. Look at 01 again, and choose a target CA that AWS still lists.',
  },
  permission: { says: 'The permission {permission} is missing.', cure: 'Add it to the policy of the profile in use.' },
  'cannot-ask': {
    says: 'AWS could not be asked ({operation}: {error}).',
    cure: 'Check credentials and network, then look again.',
  },
  'cannot-reach': {
    says: 'The database cannot be reached from here ({stage}: {error}).',
    cure: 'See that it is started. Open a tunnel and give --connect NAME:PORT=ADDR:PORT, or look from a host that reaches it.',
  },
  'handshakes-spent': {
    says: 'No more anonymous handshakes with {endpoint} for now: MySQL counts each, and blocks this address for everybody after too many.',
    cure: 'Wait, give a log-in that works (it is not counted; 02 says why one does not), or ask for one more by typing the endpoint.',
  },
  'handshakes-blocked': {
    says: '{endpoint} blocks this address (MySQL error 1129), for everybody who connects from it.',
    cure: 'Have FLUSH HOSTS run (or performance_schema.host_cache truncated) first; then ask for one more by typing the endpoint, or wait.',
  },
  'cannot-log-in': {
    says: 'The log-in failed ({error}).',
    cure: 'Check the credentials and where they come from: login: in the configuration, else PG* or MYSQL_* variables, ~/.pgpass or ~/.my.cnf, which must be closed to others (chmod 0600).',
  },
  'certificate-refused': {
    says: 'The certificate of {endpoint} does not pass verify-full ({checks}), so no password was sent.',
    cure: 'Clients that verify refuse it too. What it means and what to do, by one handshake without credentials: rds-ca-runbook check --engine {engine} {endpoint}',
  },
  'cannot-fetch': {
    says: 'The bundle cannot be fetched ({error}).',
    cure: 'Check the network and the proxy, or give --bundle-url.',
  },
  'cannot-read-store': {
    says: 'The trust store cannot be read ({error}).',
    cure: 'Check path and permissions, or have the application’s owner attest it.',
  },
  'not-cleared': { says: 'Nothing was sent: {why}.', cure: 'Confirm again.' },
  'given-up': { says: 'Given up: {why}.', cure: 'Confirm again when the gate is open.' },
}

/** What each sequence is, and when it is the one to begin. */
export const SEQUENCE_WORDS: Readonly<Record<SequenceName, string>> = {
  'ca-change': 'CA change',
  'leaf-renewal': 'leaf renewal',
  rollback: 'rollback',
  cancellation: 'cancellation',
  outage: 'outage',
  'account-default': 'default CA of an account',
}
export const SEQUENCE_WHEN: Readonly<Record<SequenceName, string>> = {
  'ca-change': 'to another CA, with every proof',
  'leaf-renewal': 'a new server certificate; the CA stays',
  rollback: 'back to a CA that it served before, at the same price as the way there',
  cancellation: 'takes back what waits for its window or a restart',
  'account-default': 'what new databases get',
  outage: 'the short way, only where an expired certificate is seen to be served',
}

export const DECISION_WORDS: Readonly<Record<string, string>> = {
  environment: 'environment (production or staging)',
  target: 'target CA',
  twin: 'twin (the staging database that stands surety)',
  applications: 'applications that connect to it',
  clients: 'clients accounted for by name',
  timing: 'when (now, window, without-restart)',
}
