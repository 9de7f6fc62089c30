import type { WireEngine, WireProof } from '../ports/wire.ts'
import type { Checked, NameRules } from './checked.ts'

/** What a client does. */
export type Outcome =
  | 'verified'
  | 'chain-only'
  | 'unverified'
  | 'plain'
  | 'plain-first'
  | 'refuses-chain'
  | 'refuses-dates'
  | 'refuses-name'
  | 'falls-back'
  | 'own-rules'

export interface ModeRow {
  readonly client: string
  readonly mode: string
  readonly outcome: Outcome
}

/** What the table depends on: the captured proof, and nothing else. */
export interface Basis {
  readonly engine: WireEngine
  readonly chain: WireProof['chain']
  readonly dates: WireProof['dates']
  readonly names: NameRules
  /** Whether nothing but the trusted root has expired. Java does not ask an anchor for its dates. */
  readonly onlyRootExpired: boolean
}

type Says = 'yes' | 'no' | 'own-rules'
/** How each kind of TLS library judges this chain. */
interface Chains {
  readonly openssl: Says
  readonly node: Says
  readonly java: Says
}

const REVOCATION = new Set(['revoked', 'no-crl', 'stale-crl', 'bad-crl'])
const WEAK = new Set(['weak-key', 'weak-signature'])
/** Java takes any certificate in its trust store for an anchor, and has limits of its own for keys and algorithms. */
const JAVA_DIFFERS = new Set([...REVOCATION, ...WEAK, 'intermediate-only', 'unknown-extension', 'judges-disagree'])

function chainsFor({ chain, dates, onlyRootExpired }: Basis): Chains {
  const code = chain.passed ? undefined : chain.code
  if (code === undefined && dates.passed) return { openssl: 'yes', node: 'yes', java: 'yes' }
  if (code === undefined) return { openssl: 'no', node: 'no', java: onlyRootExpired ? 'own-rules' : 'no' }
  return {
    openssl: 'no',
    // Drivers give Node no revocation lists; and before 24.5 its security level is 1, which takes RSA-1024.
    node: !dates.passed ? 'no' : REVOCATION.has(code) ? 'yes' : WEAK.has(code) ? 'own-rules' : 'no',
    java: JAVA_DIFFERS.has(code) ? 'own-rules' : 'no',
  }
}

const onChain = (says: Says): Outcome => (says === 'yes' ? 'chain-only' : says === 'no' ? 'refuses-chain' : 'own-rules')

const onChainAndName = (says: Says, name: Says): Outcome => {
  if (says !== 'yes') return onChain(says)
  return name === 'yes' ? 'verified' : name === 'no' ? 'refuses-name' : 'own-rules'
}

const says = (passes: boolean): Says => (passes ? 'yes' : 'no')

/** Java's own rules for names are nobody else's; where all others agree, so does it. */
function javaName({ libpq, openssl, node }: NameRules): Says {
  if (libpq && openssl && node) return 'yes'
  return libpq || openssl || node ? 'own-rules' : 'no'
}

type Modes = (basis: Basis, chains: Chains) => readonly (readonly [mode: string, outcome: Outcome])[]

/**
 * libpq, PostgreSQL 15 to 18 (src/interfaces/libpq/fe-secure-openssl.c). A root file makes every TLS mode check the chain,
 * `require` and `prefer` too; `prefer` then goes on without TLS.
 */
const libpq: Modes = ({ names }, { openssl }) => [
  ['disable', 'plain'],
  ['allow', 'plain-first'],
  ['prefer (default)', openssl === 'yes' ? 'chain-only' : 'falls-back'],
  ['require', onChain(openssl)],
  ['verify-ca', onChain(openssl)],
  ['verify-full', onChainAndName(openssl, says(names.libpq))],
]

/** node-postgres 8 with pg-connection-string 2: all of libpq's words but one mean verify-full. */
const nodePg: Modes = ({ names }, { node }) => [
  ['disable, or no ssl (default)', 'plain'],
  ['no-verify', 'unverified'],
  ['allow, prefer, require, verify-*', onChainAndName(node, says(names.node))],
  ['uselibpqcompat: prefer', 'unverified'],
  ['uselibpqcompat: require, verify-ca', onChain(node)],
]

/** pgjdbc: unlike libpq, no mode below verify-ca looks at the certificate. https://jdbc.postgresql.org/documentation/ssl/ */
const pgjdbc: Modes = ({ names }, { java }) => [
  ['disable', 'plain'],
  ['allow', 'plain-first'],
  ['prefer (default), require', 'unverified'],
  ['verify-ca', onChain(java)],
  ['verify-full', onChainAndName(java, javaName(names))],
]

/** MySQL's own client: below VERIFY_CA it drops the CA that it is given, with a warning (client/include/sslopt-vars.h). */
const mysqlClient: Modes = ({ names }, { openssl }) => [
  ['DISABLED', 'plain'],
  ['PREFERRED (default), REQUIRED', 'unverified'],
  ['VERIFY_CA', onChain(openssl)],
  ['VERIFY_IDENTITY', onChainAndName(openssl, says(names.openssl))],
]

/** MariaDB's client, 10.11: a CA alone has the chain checked. From 11.4 on --ssl-verify-server-cert is the default. */
const mariadbClient: Modes = ({ names }, { openssl }) => [
  ['--skip-ssl', 'plain'],
  ['--ssl-ca', onChain(openssl)],
  ['--ssl-verify-server-cert', onChainAndName(openssl, says(names.mariadb))],
]

/** mysql2 3: the name is looked at only when asked for, and an address is compared with `localhost`. */
const mysql2: Modes = ({ names }, { node }) => [
  ['no ssl (default)', 'plain'],
  ['ssl.rejectUnauthorized: false', 'unverified'],
  ['ssl.ca', onChain(node)],
  ['ssl.ca, ssl.verifyIdentity', onChainAndName(node, says(names.mysql2))],
]

const connectorJ: Modes = ({ names }, { java }) => [
  ['DISABLED', 'plain'],
  ['PREFERRED (default), REQUIRED', 'unverified'],
  ['VERIFY_CA', onChain(java)],
  ['VERIFY_IDENTITY', onChainAndName(java, javaName(names))],
]

const mariadbJ: Modes = ({ names }, { java }) => [
  ['disable (default)', 'plain'],
  ['trust', 'unverified'],
  ['verify-ca', onChain(java)],
  ['verify-full', onChainAndName(java, javaName(names))],
]

const CLIENTS: Readonly<Record<WireEngine, readonly (readonly [client: string, modes: Modes])[]>> = {
  postgres: [
    ['libpq', libpq],
    ['node-pg', nodePg],
    ['JDBC', pgjdbc],
  ],
  mysql: [
    ['MySQL', mysqlClient],
    ['MariaDB', mariadbClient],
    ['mysql2', mysql2],
    ['JDBC MySQL', connectorJ],
    ['JDBC MariaDB', mariadbJ],
  ],
}

/** What each client does in each of its modes, against this chain and with this store as its CA file or trust store. Pure. */
export function modeTable(basis: Basis): readonly ModeRow[] {
  const chains = chainsFor(basis)
  return CLIENTS[basis.engine].flatMap(([client, modes]) =>
    modes(basis, chains).map(([mode, outcome]) => ({
      client,
      mode,
      outcome: outcome === 'refuses-chain' && basis.chain.passed ? 'refuses-dates' : outcome,
    })),
  )
}

/** What the table needs of a check. */
export function basisOf({ target, proof, path, names }: Checked): Basis {
  const expired = (path ?? []).map(({ notAfter }) => notAfter <= proof.at)
  return {
    engine: target.engine,
    chain: proof.chain,
    dates: proof.dates,
    names,
    onlyRootExpired: expired.at(-1) === true && expired.indexOf(true) === expired.length - 1,
  }
}
