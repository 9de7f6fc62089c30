/** Signs that the runbook's own texts use, and what stands for them where the terminal has no Unicode. */
const SIGNS: Readonly<Record<string, string>> = {
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '→': '->',
  '✘': 'x',
  '✔': '+',
  '▸': '>',
  '—': '-',
  '–': '-',
  '…': '...',
  '·': '-',
  '›': '>',
}

/** A text in ASCII alone, for terminals that would garble anything else. What has no likeness becomes a question mark. */
export const asciiOnly = (text: string): string => text.replace(/\P{ASCII}/gu, (sign) => SIGNS[sign] ?? '?')
