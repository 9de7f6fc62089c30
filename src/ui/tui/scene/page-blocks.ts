import { isMet } from '../../../rules/standing.ts'
import type { ShortfallLine, StepPage } from '../../view/page.ts'
import type { Said, Tone } from '../../view/said.ts'

/** A paragraph of the page: a mark in front, and text that wraps beside it. */
export interface Block {
  /** Unique on the page, and the same while its text stays the same. */
  readonly key: string
  readonly tone: Tone | 'plain' | 'dim' | 'strong'
  readonly lead: string
  readonly text: string
  /** Columns. */
  readonly indent: number
}

export interface PageExtras {
  /** What is being done for this step just now. */
  readonly busy?: string
  /** Labels of what can be had done from here, by the shortfall's place in the list. */
  readonly remedies: ReadonlyMap<number, string>
  /** What has to be known while a change waits or comes. */
  readonly meanwhile?: readonly Said[]
}

type Unkeyed = Omit<Block, 'key'>

const block = (text: string, tone: Block['tone'] = 'plain', lead = '', indent = 0): Unkeyed => ({
  tone,
  lead,
  text,
  indent,
})
const heading = (text: string): Unkeyed => block(text, 'strong')
const cure = (text: string): Unkeyed[] => (text === '' ? [] : [block(text, 'info', '→', 2)])

/** The shortfall of a step that an earlier one has opened (`rules/judge-opened.ts`). */
const WHOLE = 'too-late-to-prove'

const UNDECIDED = 'Take the decision: d.'

const ELSE: Readonly<Record<ShortfallLine['allows'], string>> = {
  proof: 'Only proof meets it.',
  attestation: 'Or a named person attests it: a.',
  waiver: 'Or go on without proof, with a typed reason: w.',
}

/** In an outage, where the one typed reason for the whole step stands for this one too. */
const COVERED = 'The reason for the whole step covers it.'

/** `whole`: the step may be waived whole. */
function shortfallBlocks(line: ShortfallLine, remedy: string | undefined, whole = false): Unkeyed[] {
  if (line.met !== undefined) return [block(`${line.says} (${line.met})`, 'warn', '~')]
  const { code, allows } = line.shortfall.shortfall
  const covered = whole && code !== WHOLE && allows === 'proof'
  const other = code === 'undecided' ? UNDECIDED : covered ? COVERED : ELSE[allows]
  const elsewise = remedy === undefined ? other : `f: ${remedy}. ${other}`
  return [block(line.says, 'danger', '✘'), ...cure(line.cure), block(elsewise, 'dim', '', 2)]
}

/** A step's page, what matters most first: what is short or in the way, then what would be sent, then what was seen, then why. */
export function pageBlocks(page: StepPage, { busy, remedies, meanwhile = [] }: PageExtras): Block[] {
  const { change } = page
  const lines = page.shortfalls.map((line, index) => ({ line, remedy: remedies.get(index) }))
  const open = lines.filter(({ line }) => line.met === undefined)
  const met = lines.filter(({ line }) => line.met !== undefined)
  const whole = open.some(({ line }) => line.shortfall.shortfall.code === WHOLE)
  // What is met needs no gate.
  const blockers = isMet(page.standing) ? [] : page.blockers
  const alone = open.length === 0 && blockers.length === 0 && page.because !== '' && busy === undefined
  return keyed([
    ...(busy === undefined ? [] : [block(busy, 'info', '*')]),
    ...meanwhile.flatMap(({ tone, says, cure: does }) => [block(says, tone, '!'), ...cure(does)]),
    ...(alone ? [block(page.because, 'warn')] : []),
    ...open.flatMap(({ line, remedy }) => shortfallBlocks(line, remedy, whole)),
    ...(blockers.length > 0
      ? [
          heading('Not now, because:'),
          ...blockers.flatMap(({ says, cure: does }) => [block(says, 'warn', '·'), ...cure(does)]),
        ]
      : []),
    ...(change
      ? [
          heading(`The request: ${change.api}`),
          ...change.input.map(([name, value]) => block(`${name} = ${value}`, 'plain', '', 2)),
          block('As an AWS CLI command:', 'dim', '', 2),
          block(change.cli, 'plain', '', 2),
        ]
      : []),
    ...(page.facts.length > 0
      ? [heading(`Seen ${page.when}`.trim()), ...page.facts.map((fact) => block(fact, 'plain', '·'))]
      : []),
    ...page.notes.map((note) => block(note, 'plain', 'i')),
    ...met.flatMap(({ line }) => shortfallBlocks(line, undefined)),
    heading('Why'),
    block(page.why),
    block(page.source, 'dim'),
  ])
}

/** The same text can stand on a page twice: its second is another block. */
function keyed(blocks: readonly Unkeyed[]): Block[] {
  const times = new Map<string, number>()
  return blocks.map((one) => {
    const before = times.get(one.text) ?? 0
    times.set(one.text, before + 1)
    return { ...one, key: `${before} ${one.text}` }
  })
}
