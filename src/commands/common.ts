import { readFileSync } from 'node:fs'
import { configFile, readConfig } from '../config/read-config.ts'
import type { Config } from '../config/schema.ts'
import type { Session } from '../ui/session.ts'
import type { UiKind } from '../ui/terminal.ts'
import { eventJson } from '../ui/json/event-json.ts'
import { newsOf } from '../ui/plain/event-lines.ts'
import { EXIT } from './exit-codes.ts'
import { OperatorError } from './operator-error.ts'

/** The flags that every command takes. */
export interface CommonFlags {
  readonly stateDir?: string
  readonly ui?: UiKind
  readonly json?: boolean
  readonly config?: string
  readonly connect?: readonly string[]
  readonly bundleUrl?: string
  readonly bundleCa?: string
  readonly profile?: string
  readonly region?: string
  /** Several, with commas. Regions: or `all`. */
  readonly profiles?: string
  readonly regions?: string
  readonly execute?: boolean
}

export const asksFor = ({ ui, json }: CommonFlags): UiKind | undefined => (json ? 'json' : ui)

const isPort = (number: number): boolean => number >= 1 && number <= 65_535

/** `NAME:PORT=ADDR:PORT`, as often as given. */
export function connections(flags: CommonFlags): Map<string, string> {
  return new Map(
    (flags.connect ?? []).map((flag) => {
      const match = /^([^\s:=]+:(\d{1,5}))=([^\s=]+:(\d{1,5}))$/.exec(flag)
      if (!match?.[1] || !match[3] || ![match[2], match[4]].every((port) => isPort(Number(port))))
        throw new OperatorError(
          EXIT.usage,
          `--connect ${flag}: must be NAME:PORT=ADDR:PORT, for example db.example:5432=127.0.0.1:15432`,
        )
      return [match[1], match[3]]
    }),
  )
}

/** How wide standard output is, in columns; undefined where it is no terminal. */
export const outputWidth = (): number | undefined => (process.stdout.isTTY ? process.stdout.columns : undefined)

/** The text of a file that a flag names. */
export function fileOf(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new OperatorError(
      EXIT.usage,
      `${flag} ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}

const namedConfig = ({ config }: CommonFlags): string | undefined =>
  config ?? (process.env['RDS_CA_RUNBOOK_CONFIG'] || undefined)

export const configOf = (flags: CommonFlags): Config => readConfig(namedConfig(flags), process.cwd())

/** The file that the configuration is read from, or would be if it were there. */
export const configFileOf = (flags: CommonFlags): string => configFile(namedConfig(flags), process.cwd())

/** Where output goes. Lines to a reader that went away are not an error of ours. */
export interface Output {
  line(text: string): void
  json(value: object): void
}

export const output: Output = {
  line: (text) => {
    process.stdout.write(`${text}\n`)
  },
  json: (value) => {
    process.stdout.write(`${JSON.stringify(value)}\n`)
  },
}

/** Prints the runner's events as they come, in lines or JSON lines. */
export function printEvents(session: Session, ui: UiKind): () => void {
  const news = newsOf(session.runbook)
  return session.listen((event) => {
    if (ui === 'json') output.json(eventJson(session.runbook, event, session.now()))
    else for (const line of news(event)) output.line(line)
  })
}
