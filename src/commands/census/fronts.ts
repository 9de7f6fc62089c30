import type { WatchEvent } from '../../census/watch.ts'
import type { Whose } from '../../rules/returned.ts'
import type { Tally } from '../../rules/tally.ts'
import { badgeLine } from '../../ui/plain/status-lines.ts'
import type { Badge } from '../../ui/session.ts'
import type { Terminal, UiKind } from '../../ui/terminal.ts'
import { asciiOnly } from '../../ui/view/ascii.ts'
import { censusHead, censusLines, newsLines, returnedLines } from '../../ui/view/census-lines.ts'
import { duration, utc } from '../../ui/view/duration.ts'
import { tallyJson } from '../../ui/json/tally-json.ts'
import { output } from '../common.ts'
import type { Compared } from './compared.ts'

/** Where a census is shown. */
export interface CensusFront {
  show(event: WatchEvent): void
  /** What it came to. */
  end(tally: Tally | undefined): Promise<void>
  /** Gives the terminal back. Idempotent. */
  close(): Promise<void>
  /** Aborted when the operator has left: what was seen is kept. */
  readonly left: AbortSignal
}

export interface FrontOptions {
  readonly ui: UiKind
  readonly terminal: Terminal
  readonly name: string
  readonly badge: Badge
  readonly whose: Whose
  readonly compare: (tally: Tally) => Compared | undefined
  readonly watch?: { readonly began: number; readonly until: number; readonly every: number; readonly isBegun: boolean }
}

const NEVER = new AbortController().signal

export async function frontFor(options: FrontOptions): Promise<CensusFront> {
  if (options.ui === 'json') return jsonFront(options)
  if (options.ui === 'plain') return plainFront(options)
  const { runCensusScreen } = await import('../../ui/tui/census/run-census-screen.tsx')
  const plain = plainFront(options)
  const screen = runCensusScreen(
    {
      title: `${options.name}: who connects`,
      plan: planWords(options),
      linesOf: (tally) => linesOf(options, tally),
      newsOf: (event) => newsLines(event, options.whose),
    },
    options.terminal,
  )
  return {
    left: screen.left,
    show: (event) => screen.show(event),
    close: () => screen.close(),
    async end(tally) {
      await screen.close()
      await plain.end(tally)
    },
  }
}

const planWords = ({ watch }: FrontOptions): string =>
  watch === undefined
    ? ''
    : `${watch.isBegun ? `Goes on with the watch of ${utc(watch.began)}` : 'Watching'} until ${utc(watch.until)}, every ${duration(watch.every)}.`

/** All that a tally shows, who has come back first where that is asked. */
function linesOf({ whose, compare }: FrontOptions, tally: Tally): readonly string[] {
  const compared = compare(tally)
  return [
    ...censusHead(tally),
    ...(compared ? ['', ...returnedLines(compared.change, compared)] : []),
    '',
    ...censusLines(tally, whose),
  ]
}

function plainFront(options: FrontOptions): CensusFront {
  const line = (text: string): void => output.line(options.terminal.unicode ? text : asciiOnly(text))
  if (options.ui === 'plain') {
    line(badgeLine(options.badge))
    if (options.watch)
      line(`${planWords(options)} Ctrl-C ends it; what was seen is kept, and the same command goes on.`)
  }
  return {
    left: NEVER,
    show(event) {
      if (options.watch) for (const text of newsLines(event, options.whose)) line(text)
    },
    async end(tally) {
      if (!tally) return
      line(`${options.name}:`)
      for (const text of linesOf(options, tally)) line(text)
      line('02 takes this in when it looks the next time, and 10 after the change.')
    },
    close: async () => undefined,
  }
}

function jsonFront({ name, whose, compare }: FrontOptions): CensusFront {
  return {
    left: NEVER,
    show(event) {
      if (event.kind === 'missed') output.json({ event: 'missed', database: name, ...event, kind: undefined })
      else
        output.json({
          event: 'sample',
          database: name,
          at: event.tally.last,
          clients: event.present.length,
          new: event.fresh.map(({ user, application, address, transport }) => ({
            user,
            application,
            address,
            transport,
          })),
          newCertificate: event.newLeaf,
          restarted: event.restarted,
        })
    },
    async end(tally) {
      if (tally) output.json({ event: 'census', database: name, ...tallyJson(tally, whose, compare(tally)) })
    },
    close: async () => undefined,
  }
}
