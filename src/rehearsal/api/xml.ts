/** A list of the Query protocol: `member` is the element name that the service model gives its members. */
export class XmlList {
  readonly member: string
  readonly items: readonly Xml[]
  constructor(member: string, items: readonly Xml[]) {
    this.member = member
    this.items = items
  }
}

/** What an answer can hold. `undefined` members are left out, as AWS leaves out what does not apply. */
export type Xml = string | number | boolean | Date | undefined | XmlList | { readonly [name: string]: Xml }

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  // Left as they are, a parser would turn them into line feeds or spaces.
  '\r': '&#xD;',
}

/** Characters that XML 1.0 cannot hold at all, not even escaped. */
const UNREPRESENTABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g

export const escapeXml = (text: string): string =>
  text.replace(UNREPRESENTABLE, '\uFFFD').replace(/[&<>"\r]/g, (character) => ESCAPES[character] ?? character)

/** One element with its content; an empty string when the value is undefined. */
export function element(name: string, value: Xml): string {
  if (value === undefined) return ''
  return `<${name}>${content(value)}</${name}>`
}

function content(value: Exclude<Xml, undefined>): string {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof XmlList) return value.items.map((item) => element(value.member, item)).join('')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, member]) => element(name, member))
      .join('')
  return escapeXml(String(value))
}
