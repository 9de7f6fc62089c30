import { readFile } from 'node:fs/promises'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBundle } from '../../src/tls/bundled.ts'
import type { Certificate } from '../../src/tls/certificate.ts'
import { issue, type Issued, type Wish } from '../support/certificates.ts'

/** AWS's own bundle of 2025: 102 roots. */
export const AWS_FILE = new URL('../tls/data/rds-global-bundle-2025.pem', import.meta.url).pathname
export const AWS = await readFile(AWS_FILE)

export const certificatesOf = (...pems: readonly (string | Buffer)[]): readonly Certificate[] =>
  readBundle(pems.join('')).certificates

/** A root as Amazon names them. */
export const root = (region: string, ca = 'RSA2048 G1', wish: Partial<Wish> = {}): Promise<Issued> =>
  issue({ subject: `CN=Amazon RDS ${region} Root CA ${ca}, O=Test`, ca: true, ...wish })

/** A directory of a test. */
export class Folder implements AsyncDisposable {
  readonly path: string
  private constructor(path: string) {
    this.path = path
  }
  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'bundle-')))
  }
  at(...names: readonly string[]): string {
    return join(this.path, ...names)
  }
  async write(name: string, contents: string | Buffer): Promise<string> {
    await writeFile(this.at(name), contents)
    return this.at(name)
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}
