import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { CaId } from '../data-plane.ts'
import { type AuthorityShape, authorityShape } from './amazon-names.ts'
import { certificateMaker } from './certificate-maker.ts'
import { type CertifiedKey, keptCertifiedKey } from './certified-key.ts'

/**
 * The certification authorities of one Region, each made when it is first asked for and kept in the Region's folder ever after:
 * `CA.root.pem` and `CA.subordinate.pem`. Subordinates are made as late as possible, because an RSA-4096 key takes seconds.
 */
export class Authorities {
  readonly #directory: string
  readonly #region: string
  readonly #foreign: boolean
  readonly #asked = new Map<string, Promise<CertifiedKey>>()

  /** `foreign`: a Region that is not the rehearsed one. */
  constructor(pkiDirectory: string, region: string, foreign: boolean) {
    this.#directory = join(pkiDirectory, region)
    this.#region = region
    this.#foreign = foreign
  }

  root(id: CaId): Promise<CertifiedKey> {
    return this.#once(`${id}.root`, async () => {
      const { makeRoot } = await certificateMaker()
      const shape = this.shape(id)
      return makeRoot(shape.root, shape.key, shape)
    })
  }

  subordinate(id: CaId): Promise<CertifiedKey> {
    return this.#once(`${id}.subordinate`, async () => {
      const [root, { makeSubordinate }] = await Promise.all([this.root(id), certificateMaker()])
      const shape = this.shape(id)
      return makeSubordinate(root, shape.key, shape.subordinate)
    })
  }

  shape(id: CaId): AuthorityShape {
    return authorityShape(id, this.#region, new Date(), this.#foreign)
  }

  /** Two who ask at the same time get the same authority. A failure is not remembered. */
  #once(name: string, make: () => Promise<CertifiedKey>): Promise<CertifiedKey> {
    const asked = this.#asked.get(name)
    if (asked) return asked
    const made = mkdir(this.#directory, { recursive: true, mode: 0o700 }).then(() =>
      keptCertifiedKey(join(this.#directory, `${name}.pem`), make),
    )
    this.#asked.set(name, made)
    made.catch(() => this.#asked.delete(name))
    return made
  }
}
