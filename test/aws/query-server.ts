import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request that was received whole. */
export interface Call {
  readonly action: string
  readonly parameters: Readonly<Record<string, string>>
  /** Of the signature: `ACCESS/date/region/service/aws4_request`. */
  readonly credential: string
  readonly path: string
}

/** What the server does: answers, cuts the connection, says nothing, or falls silent in the middle of an answer. */
export type Reaction =
  | { readonly status: number; readonly body: string; readonly type?: string }
  | 'cut'
  | 'silence'
  | 'half'

export interface QueryServer {
  readonly endpoint: string
  readonly calls: readonly Call[]
  count(action: string): number
  close(): Promise<void>
}

/** A real HTTP server that speaks the Query protocol as far as its handler says. */
export async function queryServer(react: (call: Call, nth: number) => Reaction): Promise<QueryServer> {
  const calls: Call[] = []
  const server = createServer((request, response) => {
    void body(request).then((text) => {
      const { Action = '', Version: _, ...parameters } = parametersOf(request, text)
      const credential = /Credential=([^,]+)/.exec(request.headers.authorization ?? '')?.[1] ?? ''
      const call = { action: Action, parameters, credential, path: request.url ?? '' }
      calls.push(call)
      const reaction = react(call, calls.filter(({ action }) => action === Action).length)
      if (reaction === 'cut') return request.socket.destroy()
      if (reaction === 'silence') return undefined
      if (reaction === 'half') return response.writeHead(200, { 'content-type': 'text/xml' }).write('<Half>')
      const headers = { 'content-type': reaction.type ?? 'text/xml', 'x-amzn-requestid': `request-${calls.length}` }
      return response.writeHead(reaction.status, headers).end(reaction.body)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    count: (action) => calls.filter((call) => call.action === action).length,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Of the Query protocol; or of AWS's JSON protocol, whose action is in a header and whose input comes as one text. */
function parametersOf({ headers }: IncomingMessage, text: string): Record<string, string> {
  const target = headers['x-amz-target']
  if (target === undefined) return Object.fromEntries(new URLSearchParams(text))
  return { Action: String(target).split('.').at(-1) ?? '', json: text }
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** A successful answer to an action, with what its result holds as XML. */
export const result = (action: string, xml: string): Reaction => ({
  status: 200,
  body: `<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${xml}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`,
})

/** A successful answer of AWS's JSON protocol. */
export const json = (value: object): Reaction => ({
  status: 200,
  body: JSON.stringify(value),
  type: 'application/x-amz-json-1.1',
})

export const jsonFailure = (code: string, message: string): Reaction => ({
  status: 400,
  body: JSON.stringify({ __type: code, message }),
  type: 'application/x-amz-json-1.1',
})

/** An error as AWS says it. */
export const failure = (code: string, status = 400, message = `The message of ${code}.`): Reaction => ({
  status,
  body: `<ErrorResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r-${code}</RequestId></ErrorResponse>`,
})

export const html = (status: number): Reaction => ({
  status,
  body: '<html><body>Log in</body></html>',
  type: 'text/html',
})

export const identity = (account = '000000000000'): Reaction =>
  result(
    'GetCallerIdentity',
    `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/anna</Arn><UserId>A</UserId>`,
  )

export const instance = (id: string, more = ''): string =>
  `<DBInstance><DBInstanceIdentifier>${id}</DBInstanceIdentifier><DBInstanceArn>arn:aws:rds:eu-west-1:000000000000:db:${id}</DBInstanceArn><DbiResourceId>db-${id.toUpperCase()}</DbiResourceId><Engine>postgres</Engine><EngineVersion>17.2</EngineVersion><DBInstanceClass>db.t4g.micro</DBInstanceClass><DBInstanceStatus>available</DBInstanceStatus><CACertificateIdentifier>rds-ca-rsa2048-g1</CACertificateIdentifier>${more}</DBInstance>`
