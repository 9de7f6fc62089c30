/** Why a server's answer before TLS is not one. */
export class BadGreeting extends Error {
  override readonly name = 'BadGreeting'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * What is said before TLS, without any I/O. `opening` is sent at once; `read` is given all bytes received so far and says
 * whether the server has agreed, and what is to be sent before the ClientHello. It throws {@link BadGreeting}.
 */
export interface Dialogue {
  readonly opening?: Buffer
  read(received: Buffer): 'more' | { readonly send?: Buffer }
}
