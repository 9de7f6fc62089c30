/** English, for people. */
import type { Instant } from '../rules/words.ts'
import type { Kind } from './classify.ts'
import type { Due, Restart } from './due.ts'
import type { FleetRow } from './inventory.ts'
import type { Place } from './place.ts'

export const day = (at: Instant | undefined): string =>
  at === undefined ? '-' : new Date(at).toISOString().slice(0, 10)

const RESTARTS: Readonly<Record<Restart, string>> = {
  no: 'no restart',
  yes: 'restarts',
  listener: 'listener restarts',
  unknown: 'may restart',
}
export const restartWords = (restart: Restart): string => RESTARTS[restart]

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  instance: 'instance',
  replica: 'read replica',
  'aurora-member': 'Aurora member',
  'multi-az-cluster': 'Multi-AZ DB cluster',
  'multi-az-member': 'member, by its cluster',
  'aurora-cluster': 'Aurora cluster, by its members',
  'serverless-v1': 'Aurora Serverless v1, nothing to rotate',
  custom: 'RDS Custom, nothing to rotate',
  'other-service': 'another service’s',
}
export const kindWords = (kind: Kind): string => KIND_WORDS[kind]

/** What comes next, when, and by whom. */
export function dueWords(due: Due | undefined, maintenanceWindow: string | undefined): string {
  if (!due) return 'no date known'
  const at = day(due.at)
  switch (due.what) {
    case 'ca-pending':
      // Under way, in its window, or staged until whichever restart: the listing does not tell which.
      return `another CA is pending${maintenanceWindow ? ` (window ${maintenanceWindow} UTC)` : ''}`
    case 'certificate-action':
      return due.at === undefined ? 'AWS offers a new certificate' : `AWS rotates it on ${at}`
    case 'leaf-renewal':
      return `AWS renews it before ${at}`
    case 'leaf-expiry':
      return `to be renewed before ${at}`
    case 'root-expiry':
      return `to be rotated before ${at}`
    case 'root-unknown':
      return `ends ${at}, root not known`
  }
}

/** `AWS renews it before 2027-02-21, no restart`. */
export const rotatesWords = ({ due, restart, maintenanceWindow }: FleetRow): string =>
  `${dueWords(due, maintenanceWindow)}, ${restartWords(restart)}`

/** Whose account it is that could not be read: its id where that is known, else the way into it. */
export const whoseWords = (account: string | undefined, { profile, role }: Place): string =>
  account ?? role ?? profile ?? 'the session’s own credentials'
