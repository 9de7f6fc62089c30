import { describe, expect, it } from 'vitest'
import { mailText } from '../../src/people/mail-text.ts'
import { lineDigest, repliesIn } from '../../src/people/reply-line.ts'
import { seeded, seeds } from '../support/seeded.ts'

const NONCE = 'n'.repeat(32)
const TEXT = [
  'q=q-1',
  'a=orders%2Fapi',
  't=1795100000',
  'h=orders-7f9',
  'u=app',
  's=/etc/ssl/rds.pem',
  'c=108',
  `r=${'a'.repeat(40)},${'b'.repeat(40)}`,
  `d=${'c'.repeat(64)}`,
  `b=${'d'.repeat(64)}`,
  'g=eu-central-1',
  `e=orders-staging.c0.eu-central-1.rds.example 5432 ok ${'e'.repeat(64)}`,
  'e=billing-staging.c0.eu-central-1.rds.example 3306 untrusted ',
].join('\n')
const lineOf = (text: string): string =>
  `rds-ca-reply.1.${Buffer.from(text).toString('base64').replace(/=/g, '')}.${lineDigest(text, NONCE)}.end`
const LINE = lineOf(TEXT)

/** Whether the line came through as it was printed. */
const whole = (text: string): boolean => {
  const found = repliesIn(text)
  return (
    found.length === 1 &&
    found[0]?.kind === 'line' &&
    found[0].text === TEXT &&
    found[0].digest === lineDigest(TEXT, NONCE)
  )
}
const wrapped = (text: string, width: number, between: string): string =>
  text.match(new RegExp(`.{1,${width}}`, 'g'))!.join(between)
const quotedPrintable = (text: string): string => wrapped(text.replaceAll('=', '=3D'), 75, '=\r\n')

describe('a reply line is found as it was printed', () => {
  it.each<[string, string]>([
    ['alone', `${LINE}\n`],
    ['with CRLF, in a mail', `Hello,\r\n\r\nhere it is:\r\n${LINE}\r\n\r\n-- \r\nAnna\r\n`],
    ['quoted', `On Monday Anna wrote:\n> ${LINE}\n`],
    ['wrapped and quoted twice', `> > ${wrapped(LINE, 72, '\n> > ')}\n`],
    ['wrapped within its own markers', wrapped(LINE, 5, '\r\n')],
    ['wrapped with soft line ends (quoted-printable)', quotedPrintable(`The line:\n${LINE}`)],
    ['with an encoded dot', wrapped(LINE, 60, '=\r\n').replace('.end', '=2Eend')],
    ['as code of a chat', `here you go \`${LINE}\``],
    ['in a code block', `\`\`\`\n${wrapped(LINE, 80, '\n')}\n\`\`\`\nok?`],
    ['bold, and in brackets', `**[${LINE}]**`],
    ['in HTML', `<p>${wrapped(LINE, 40, '<br>\n')}</p>`],
    ['with HTML word breaks', wrapped(LINE, 33, '<wbr>')],
    ['with zero-width and no-break spaces', wrapped(LINE, 21, '\u200b\u00a0')],
    ['in a log of a pipeline', `2026-11-23T10:00:00Z stdout F ${LINE}\n2026-11-23T10:00:01Z stdout F done\n`],
    ['twice, the second time quoted', `${LINE}\n\n> ${wrapped(LINE, 70, '\n> ')}\n`],
  ])('%s', (_, text) => expect(whole(text)).toBe(true))
})

describe('a saved mail', () => {
  const encoded = (text: string) => wrapped(Buffer.from(text).toString('base64'), 76, '\r\n')
  const part = (type: string, text: string) =>
    `--b1\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nX-More: yes\r\n\r\n${encoded(text)}\r\n`

  it.each<[string, string]>([
    [
      'of one part',
      `From: anna@example.org\r\nContent-Transfer-Encoding: base64\r\nSubject: Re\r\n\r\n${encoded(`Grüße\n${LINE}\n`)}`,
    ],
    [
      'of two parts that say the same',
      `${part('text/plain', `Hallo ☺\n${LINE}`)}${part('text/html', `<p>${wrapped(LINE, 50, '<br>')}</p>`)}--b1--\r\n`,
    ],
    ['that is not encoded', `Content-Transfer-Encoding: 7bit\r\n\r\n${LINE}\r\n`],
  ])('%s is read', (_, text) => expect(whole(mailText(text))).toBe(true))
})

describe('what is no whole line says so', () => {
  it('cut off, damaged, of a newer format, or not there', () => {
    expect(repliesIn(LINE.slice(0, -10)).map(({ kind }) => kind)).toEqual(['cut-off'])
    expect(repliesIn('rds-ca-reply.1.').map(({ kind }) => kind)).toEqual(['cut-off'])
    expect(repliesIn(lineOf('hello')).map(({ kind }) => kind)).toEqual(['damaged'])
    expect(repliesIn(lineOf(TEXT.replace('ok', 'fine'))).map(({ kind }) => kind)).toEqual(['damaged'])
    expect(repliesIn(LINE.replace('reply.1.', 'reply.2.'))).toEqual([{ kind: 'newer-format', format: 2 }])
    expect(repliesIn('Please send the line that begins with rds-ca-reply. Thanks')).toEqual([])
    expect(repliesIn('')).toEqual([])
  })

  it('and a whole one behind it is found all the same', () => {
    const other = lineOf(TEXT.replace('q-1', 'q-2'))
    expect(repliesIn(`${LINE.slice(0, 200)}\n${other}\n${LINE}`).map(({ kind }) => kind)).toEqual([
      'cut-off',
      'line',
      'line',
    ])
  })

  it('no change within a line goes unseen, and none is a crash (seeded)', () => {
    for (let seed = 1; seed <= seeds(400, 50_000); seed += 1) {
      const dice = seeded(seed)
      const at = dice.below(LINE.length)
      const instead = dice.oneOf('aZ09+/.-= >'.split(''))
      const changed = LINE.slice(0, at) + instead + LINE.slice(at + dice.below(3))
      for (const found of repliesIn(changed)) {
        if (found.kind !== 'line') continue
        const fits = found.digest === lineDigest(found.text, NONCE)
        expect(!fits || found.text === TEXT, `seed ${seed}`).toBe(true)
      }
    }
  })
})
