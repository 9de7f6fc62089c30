/** How a sentence is meant. Front ends give it a colour or a mark; the words say it too. */
export type Tone = 'info' | 'good' | 'warn' | 'danger'

/** Something said to the operator: what is so, and what to do next. */
export interface Said {
  readonly tone: Tone
  readonly says: string
  /** Empty when there is nothing to do. */
  readonly cure: string
}

/** Both in one line. */
export const inOneLine = ({ says, cure }: Said): string => (cure ? `${says} → ${cure}` : says)
