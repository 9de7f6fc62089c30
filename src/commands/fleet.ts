import { several } from '../bundle/text.ts'
import { endpointInForce } from '../aws/endpoint.ts'
import { discover, type Discovered } from '../fleet/discover.ts'
import { Inventory, type FleetRow } from '../fleet/inventory.ts'
import { neededFor } from '../fleet/needed-for.ts'
import { notKnown } from '../fleet/not-known.ts'
import { day, dueWords, kindWords, restartWords, whoseWords } from '../fleet/words.ts'
import { tableWithin } from '../ui/view/table.ts'
import { asksFor, configOf, output, outputWidth, type CommonFlags } from './common.ts'
import { exitOfReading, type ExitCode } from './exit-codes.ts'
import { accessWith } from './fleet-access.ts'
import { whereToLook } from './where-to-look.ts'

/**
 * `fleet`: everything that carries a certificate, Region by Region as it is read: what changes its CA, when leaf and root end, what comes
 * next and by whom, whether that restarts it. Sends nothing. Exit code 5 where a Region or an account could not be read at all.
 */
export async function fleet(flags: CommonFlags, signal: AbortSignal): Promise<ExitCode> {
  const places = whereToLook(flags, configOf(flags))
  const endpoint = await endpointInForce()
  const inventory = new Inventory()
  const show = asksFor(flags) === 'json' ? asJson(inventory) : asLines(inventory)
  const options = { endpoint, facts: ['cas', 'maintenance', 'engines', 'proxies'], signal } as const
  for await (const one of discover(accessWith({}), places, options)) {
    inventory.take(one)
    show.event(one)
  }
  show.end()
  return exitOfReading({ unread: inventory.failures })
}

interface Show {
  event(one: Discovered): void
  end(): void
}

function asLines(inventory: Inventory): Show {
  return {
    event(one) {
      if (one.kind === 'account') output.line(`account ${one.account} as ${one.arn}: ${several(one.regions, 'Region')}`)
      if (one.kind === 'alias') output.line(`account ${one.account} is ${one.alias}`)
      if (one.kind === 'failed') output.line(failedLine(one))
      if (one.kind !== 'done') return
      const { account, region } = one.at
      const rows = inventory.rowsOf(one.at)
      output.line('')
      output.line(`${account} ${region}: ${rows.length === 0 ? 'nothing there' : countWords(rows)}`)
      for (const line of tableWithin(rowsAsCells(rows), outputWidth())) output.line(line)
      for (const sentence of notKnown(inventory, one.at)) output.line(`  not known: ${sentence}`)
    },
    end() {
      output.line('')
      for (const [kind, count] of inventory.counts()) output.line(`${String(count).padStart(6)}  ${kindWords(kind)}`)
      const { proxies } = inventory
      if (proxies > 0)
        output.line(`${String(proxies).padStart(6)}  RDS Proxy, nothing to rotate: AWS keeps its certificates`)
    },
  }
}

function rowsAsCells(rows: readonly FleetRow[]): string[][] {
  if (rows.length === 0) return []
  const names = new Set(rows.map(({ name }) => name))
  return [
    ['  NAME', 'WHAT', 'ENGINE', 'STATUS', 'CA', 'LEAF UNTIL', 'ROOT UNTIL', 'NEXT', 'RESTART'],
    ...rows.map((row) => [
      `  ${row.under !== undefined && names.has(row.under) ? `  ${row.name}` : row.name}`,
      kindWords(row.kind),
      row.engine,
      row.status,
      row.ca || '-',
      day(row.leafValidTill),
      day(row.rootValidTill),
      row.call ? dueWords(row.due, row.maintenanceWindow) : '',
      row.call ? restartWords(row.restart) : '',
    ]),
  ]
}

const countWords = (rows: readonly FleetRow[]): string => {
  const rotating = rows.filter(({ call }) => call !== undefined).length
  return `${rotating} with a CA to rotate, ${rows.length - rotating} without`
}

function failedLine({ account, place, region, error }: Extract<Discovered, { kind: 'failed' }>): string {
  const who = whoseWords(account, place)
  const needed = neededFor(error.operation)
  return `${who}${region === undefined ? '' : ` ${region}`}: ${error.message}${needed ? ` Without ${error.operation} ${needed}.` : ''}`
}

function asJson(inventory: Inventory): Show {
  const at = ({ account, region }: { account: string; region: string }) => ({ account, region })
  return {
    event(one) {
      switch (one.kind) {
        case 'account':
          return output.json({ event: 'account', account: one.account, arn: one.arn, regions: one.regions })
        case 'alias':
          return output.json({ event: 'alias', account: one.account, alias: one.alias })
        case 'failed': {
          const { account, region, place, error } = one
          const { code, operation, permission, message } = error
          const needed = neededFor(operation)
          return output.json({
            event: 'failed',
            account,
            region,
            ...place,
            code,
            operation,
            permission,
            message,
            needed,
          })
        }
        case 'databases':
        case 'clusters':
          // The first rows, at once: what else their Region says of them follows with `region`.
          for (const { id, arn, engine, status, ca } of one.kind === 'databases' ? one.databases : one.clusters)
            output.json({ event: 'listed', ...at(one.at), name: id, arn, engine, status, ca })
          return
        case 'done':
          return output.json({
            event: 'region',
            ...at(one.at),
            rows: inventory.rowsOf(one.at),
            notKnown: notKnown(inventory, one.at),
          })
        case 'facts':
          return
      }
    },
    end() {
      output.json({ event: 'end', counts: Object.fromEntries(inventory.counts()), proxies: inventory.proxies })
    },
  }
}
