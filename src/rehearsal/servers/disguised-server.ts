import type { CertificateFlaw, DatabaseServer, Disguise, Pki, ServerCertificate, ServerSpec } from '../data-plane.ts'
import { AS_IT_SHOULD_BE, LENIENT, type Manner } from './manner.ts'
import type { RehearsedServer } from './rehearsed-server.ts'
import { StandInServer } from './stand-in.ts'

/** What servers load only at OpenSSL's security level 0. */
const NEEDS_LENIENCE: ReadonlySet<CertificateFlaw | undefined> = new Set(['weak-key'])

/** How the server is to run under a disguise; undefined where something else stands in its place. */
function mannerOf(as: Disguise | undefined): Manner | undefined {
  switch (as?.kind) {
    case 'stand-in':
      return undefined
    case 'no-tls':
      return { tls: 'off', lenient: false }
    case 'old-tls':
      return { tls: 'old', lenient: true }
    case 'certificate':
      return NEEDS_LENIENCE.has(as.flaw) ? LENIENT : AS_IT_SHOULD_BE
    case undefined:
      return AS_IT_SHOULD_BE
  }
}

/**
 * A database's server, behind a disguise while one is put on: whoever reloads or restarts it goes on giving it the right certificates,
 * and finds them served when the disguise is off. What is asked of it is done one after the other.
 */
export class DisguisedServer implements DatabaseServer {
  readonly #server: RehearsedServer
  readonly #pki: Pick<Pki, 'issue' | 'issueFlawed'>
  #right: ServerCertificate
  #as: Disguise | undefined
  #manner: Manner = AS_IT_SHOULD_BE
  #standIn: StandInServer | undefined
  #last: Promise<unknown> = Promise.resolve()

  /** `right`: the certificate that the server serves. */
  constructor(server: RehearsedServer, pki: Pick<Pki, 'issue' | 'issueFlawed'>, right: ServerCertificate) {
    this.#server = server
    this.#pki = pki
    this.#right = right
  }

  get spec(): ServerSpec {
    return this.#server.spec
  }
  get pid(): number {
    return this.#server.pid
  }
  get user(): string {
    return this.#server.user
  }
  get password(): string {
    return this.#server.password
  }
  get database(): string {
    return this.#server.database
  }
  get runs(): string {
    return this.#server.runs
  }

  reload(certificate: ServerCertificate): Promise<void> {
    return this.#put(certificate, (shown) =>
      this.#manner.tls === 'on' ? this.#server.reload(shown) : this.#server.stage(shown),
    )
  }

  restart(certificate: ServerCertificate): Promise<void> {
    return this.#put(certificate, (shown) => this.#server.restart(shown, this.#manner))
  }

  stage(certificate: ServerCertificate): Promise<void> {
    return this.#inTurn(() => this.#server.stage(certificate))
  }

  disguise(as: Disguise | undefined): Promise<void> {
    return this.#inTurn(async () => {
      if (JSON.stringify(as) === JSON.stringify(this.#as)) return
      this.#as = as
      await this.#show()
    })
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#standIn?.close()
      this.#standIn = undefined
      await this.#server.stop()
    })
  }

  #put(certificate: ServerCertificate, serve: (shown: ServerCertificate) => Promise<void>): Promise<void> {
    return this.#inTurn(async () => {
      this.#right = certificate
      if (this.#standIn) await this.#server.stage(certificate)
      else await serve(await this.#shown())
    })
  }

  async #show(): Promise<void> {
    const manner = mannerOf(this.#as)
    const stoodIn = this.#standIn
    this.#standIn = undefined
    await stoodIn?.close()
    if (this.#as?.kind === 'stand-in') {
      if (!stoodIn) await this.#server.stop()
      this.#standIn = await StandInServer.open(this.#as.is, this.#server.family, this.spec.port)
      return
    }
    const shown = await this.#shown()
    const asBefore = !stoodIn && manner === this.#manner
    this.#manner = manner ?? AS_IT_SHOULD_BE
    if (asBefore) await this.#server.reload(shown)
    else await this.#server.restart(shown, this.#manner)
  }

  /** The certificate that clients are to meet. */
  async #shown(): Promise<ServerCertificate> {
    if (this.#as?.kind !== 'certificate') return this.#right
    const { flaw, hostName } = this.#as
    const { ca } = this.#right
    return flaw === undefined ? this.#pki.issue(ca, hostName) : this.#pki.issueFlawed(flaw, ca, hostName)
  }

  #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(act, act)
    this.#last = result.catch(() => undefined)
    return result
  }
}
