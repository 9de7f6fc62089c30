import { describe, expect, it } from 'vitest'
import { howtoFor } from '../../src/bundle/howto/clients.ts'
import { mailOf } from '../../src/people/message/mail.ts'
import { markdownOf } from '../../src/people/message/markdown.ts'
import type { AskedApplication, AskedDatabase, Message } from '../../src/people/message/message.ts'
import { SLACK_LIMITS, slackOf } from '../../src/people/message/slack.ts'
import { seeded, seeds } from '../support/seeded.ts'
import { DAY, NOW } from '../support/scenario.ts'

const database = (change: Partial<AskedDatabase> = {}): AskedDatabase => ({
  name: 'orders-production',
  engine: 'postgres 16.4',
  region: 'eu-central-1',
  account: '123456789012',
  environment: 'production',
  from: 'rds-ca-2019',
  to: 'rds-ca-rsa2048-g1',
  caUntil: NOW + 90 * DAY,
  leafUntil: NOW + 80 * DAY,
  forcedOn: NOW + 30 * DAY,
  restarts: 'no',
  breaks: [],
  ...change,
})
const application = (change: Partial<AskedApplication> = {}): AskedApplication => ({
  name: 'orders-api',
  verification: 'verify-full',
  route: 'direct',
  databases: [database()],
  howto: howtoFor('node-pg'),
  probes: [
    {
      kind: 'node',
      file: 'probe-orders-api.cjs',
      text: '',
      run: 'node probe-orders-api.cjs',
      piped: 'kubectl exec -i deploy/NAME -- node - < probe-orders-api.cjs',
    },
  ],
  ...change,
})
const message = (change: Partial<Message> = {}): Message => ({
  owner: { name: 'Orders team', mail: 'orders@example.org', slack: '#orders' },
  applications: [application()],
  due: NOW + 7 * DAY,
  changeOn: NOW + 14 * DAY,
  replyTo: 'dba@example.org',
  bundleUrls: ['https://truststore.example/eu-central-1-bundle.pem'],
  ...change,
})

describe('a message says', () => {
  it.each<[string, (message: Message) => string]>([
    ['mail', mailOf],
    ['markdown', (one) => markdownOf(one).replaceAll('\\', '')],
    [
      'slack',
      (one) =>
        slackOf(one)
          .flatMap(({ blocks }) => blocks.map(({ text }) => text.text))
          .join('\n')
          .replaceAll('&lt;', '<')
          .replaceAll('&amp;', '&'),
    ],
  ])('which databases, by when, what would break, the exact change and the check: %s', (_, write) => {
    const text = write(
      message({
        applications: [application({ databases: [database({ breaks: ['orders-api does not trust the root.'] })] })],
      }),
    ).replaceAll(/\n\s*/g, ' ')
    for (const part of [
      'check 1 application on 1 database by 2026-11-29',
      'orders-production (postgres 16.4, production, eu-central-1, account 123456789012): rds-ca-2019 to rds-ca-rsa2048-g1; it does not restart for it.',
      'We change the databases on 2026-12-06.',
      'AWS changes the first of them on its own on 2026-12-22.',
      'The present CA expires on 2027-02-20',
      'What would break, as far as it is known:',
      'orders-api does not trust the root.',
      "ssl: { ca: readFileSync('rds-bundle.pem', 'utf8') },",
      'https://truststore.example/eu-central-1-bundle.pem',
      'node probe-orders-api.cjs',
      'kubectl exec -i deploy/NAME -- node - < probe-orders-api.cjs',
      'to dba@example.org, by 2026-11-29',
    ])
      expect(text).toContain(part)
  })

  it('that nothing is known, where nothing is; and nothing of dates that nobody knows', () => {
    const none = { caUntil: undefined, leafUntil: undefined, forcedOn: undefined }
    const text = mailOf(
      message({
        changeOn: undefined,
        replyTo: undefined,
        applications: [application({ howto: undefined, databases: [database(none)] })],
      }),
    )
    expect(text).toContain('Not known yet: which certificates orders-api trusts.')
    expect(text).toContain('as an answer to this message')
    expect(text).not.toMatch(/expires|on its own|We change|undefined|NaN/)
  })
})

/** What Slack escapes, what it marks up with, and what is two units of UTF-16. */
const CHARACTERS = ['🙂', 'x', '&', '<', '>', '`', '*', '_', ' ', 'é']

describe('a message holds together', () => {
  it('a mail has two headers, whatever a name is', () => {
    const [head = ''] = mailOf(message({ owner: { name: 'Evil\r\nBcc: everybody@example.org\n\nHi' } })).split('\n\n')
    expect(head.split('\n').map((line) => line.split(':')[0])).toEqual(['To', 'Subject'])
  })

  it('Markdown in names means itself', () => {
    const text = markdownOf(message({ applications: [application({ name: 'orders_*api*`x`', howto: undefined })] }))
    expect(text).toContain('## orders\\_\\*api\\*\\`x\\`')
  })

  it('Slack takes it, however much there is of it (seeded)', () => {
    for (let seed = 1; seed <= seeds(20, 500); seed += 1) {
      const dice = seeded(seed)
      const word = () =>
        CHARACTERS.slice(0, 1 + dice.below(CHARACTERS.length))
          .join('')
          .repeat(1 + dice.below(dice.oneOf([3, 40, 700])))
      const some = <T>(most: number, make: () => T): T[] => Array.from({ length: 1 + dice.below(most) }, make)
      const many = message({
        owner: { name: word() },
        applications: some(30, () =>
          application({
            name: word(),
            databases: some(25, () => database({ name: word(), breaks: dice.below(2) ? [word()] : [] })),
          }),
        ),
      })
      const payloads = slackOf(many)
      for (const { blocks, text } of payloads) {
        expect(blocks.length, `seed ${seed}`).toBeLessThanOrEqual(SLACK_LIMITS.blocks)
        expect(text.length).toBeLessThanOrEqual(SLACK_LIMITS.header)
        for (const {
          type,
          text: { text: said },
        } of blocks) {
          expect(said.length, `seed ${seed}`).toBeGreaterThan(0)
          expect(said.length, `seed ${seed}`).toBeLessThanOrEqual(
            type === 'header' ? SLACK_LIMITS.header : SLACK_LIMITS.text,
          )
          // No half of a character, and none of an escaped one.
          expect(said.isWellFormed(), `seed ${seed}`).toBe(true)
          expect(said, `seed ${seed}`).not.toMatch(/&(?!amp;|lt;|gt;)/)
          // Each block closes what it opens.
          expect((said.match(/^```$/gm) ?? []).length % 2, `seed ${seed}`).toBe(0)
        }
      }
      expect(JSON.parse(JSON.stringify(payloads))).toEqual(payloads)
      const all = payloads.flatMap(({ blocks }) => blocks.map(({ text }) => text.text)).join('\n')
      for (const one of many.applications) for (const { run } of one.probes) expect(all).toContain(run)
    }
  })
})
