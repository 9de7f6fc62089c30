import { several } from '../bundle/text.ts'
import type { Discovered } from '../fleet/discover.ts'

/**
 * Tells on a terminal whose account is looked into, and how far that has come, where it takes several Regions. It goes to standard error:
 * the answer itself is not begun by it.
 */
export function discoveryProgress(stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>): (one: Discovered) => void {
  if (!stderr.isTTY) return () => undefined
  let regions = 0
  let databases = 0
  let read = 0
  return (one) => {
    switch (one.kind) {
      case 'account':
        regions += one.regions
        if (regions > 1) stderr.write(`Account ${one.account} as ${one.arn}: ${several(one.regions, 'Region')}\n`)
        return
      case 'alias':
        if (regions > 1) stderr.write(`Account ${one.account} is ${one.alias}\n`)
        return
      case 'databases':
        databases += one.databases.length
        return
      case 'failed':
        stderr.write(`${one.region ?? one.place.profile ?? 'The session’s own credentials'}: ${one.error.message}\n`)
        return
      case 'done':
        read += 1
        if (regions > 1)
          stderr.write(
            `${one.at.region}: read (${read} of ${regions} Regions, ${several(databases, 'instance')} so far)\n`,
          )
        return
      case 'clusters':
      case 'facts':
        return
    }
  }
}
