import type { Certificate } from './certificate.ts'

const NONE: ReadonlyMap<string, Certificate> = new Map()

/** A set of certificates, found by subject and digest. A bundle holds more than a hundred. Immutable. */
export class Anchors {
  /** By canonical subject, then by SHA-256. */
  readonly #namesakes: ReadonlyMap<string, ReadonlyMap<string, Certificate>>

  private constructor(namesakes: ReadonlyMap<string, ReadonlyMap<string, Certificate>>) {
    this.#namesakes = namesakes
  }

  static of(certificates: Iterable<Certificate>): Anchors {
    const namesakes = new Map<string, Map<string, Certificate>>()
    for (const certificate of certificates) {
      const { canonical } = certificate.subject
      const known = namesakes.get(canonical)
      if (known) known.set(certificate.sha256, certificate)
      else namesakes.set(canonical, new Map([[certificate.sha256, certificate]]))
    }
    return new Anchors(namesakes)
  }

  has({ subject, sha256 }: Certificate): boolean {
    return this.#namesakes.get(subject.canonical)?.has(sha256) === true
  }

  /** Those whose subject is the issuer that a certificate names. */
  namedIssuersOf({ issuer }: Certificate): Iterable<Certificate> {
    return (this.#namesakes.get(issuer.canonical) ?? NONE).values()
  }

  /** The same set without one of its members. */
  without({ subject, sha256 }: Certificate): Anchors {
    const left = new Map(this.#namesakes.get(subject.canonical))
    left.delete(sha256)
    return new Anchors(new Map(this.#namesakes).set(subject.canonical, left))
  }
}
