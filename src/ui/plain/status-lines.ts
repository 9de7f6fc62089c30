import type { Badge, Session } from '../session.ts'
import { databaseLine, type DatabaseLine } from '../view/page.ts'
import { tableWithin } from '../view/table.ts'
import { calledBy } from '../../rules/step.ts'

export const badgeLine = ({ world, mode, region }: Badge): string => `[${world}] [${mode}] ${region}`

/** Where each database stands. */
export function databaseLines({ runbook, databases }: Session): DatabaseLine[] {
  return databases.map(({ desk, record }) => databaseLine(runbook, calledBy(desk.about), record?.ca, desk.assess()))
}

/** The same as a table for people, within a width. */
export function statusLines(lines: readonly DatabaseLine[], width?: number): string[] {
  if (lines.length === 0) return ['No database is listed here.']
  const rows = lines.map((one) => [one.name, one.environment, one.ca, one.target, one.at, one.word, one.because])
  return tableWithin([['DATABASE', 'ENVIRONMENT', 'CA', 'TARGET', 'STEP', 'STANDING', 'BECAUSE'], ...rows], width)
}

/** The next step of one database, in a line: what a wizard without a terminal says. */
export const nextLine = ({ name, at, word, because }: DatabaseLine): string =>
  // An end stands there as a word.
  /^\d/.test(at)
    ? `${name}: next is step ${at}: ${word}${because ? `: ${because}` : ''}`
    : `${name}: ${word} (${because})`
