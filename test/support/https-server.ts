import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { issue, type Issued } from './certificates.ts'

export interface HttpsServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** The CA of its own certificate, PEM. */
  readonly ca: string
  readonly requests: readonly string[]
}

/** An HTTPS server on 127.0.0.1 whose certificate nobody trusts who is not told to. */
export async function httpsServer(
  answer: RequestListener,
  certified?: { readonly root: Issued; readonly leaf: Issued },
): Promise<HttpsServer> {
  const root = certified?.root ?? (await issue({ subject: 'CN=Test HTTPS Root', ca: true }))
  const leaf =
    certified?.leaf ?? (await issue({ subject: 'localhost', issuer: root, dns: ['localhost'], ip: ['127.0.0.1'] }))
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ key: leaf.keyPem, cert: leaf.pem }, (request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `https://127.0.0.1:${port}`,
    ca: root.pem,
    requests,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
