import { issue, type Issued, type Wish } from '../support/certificates.ts'

/** One server certificate, one trust store, one host: what a strict client and psql say. */
export interface CertificateCase {
  readonly name: string
  readonly host: string
  /** Leaf first. */
  readonly served: readonly Issued[]
  readonly servedPem?: string
  readonly roots: readonly string[]
  /** The code of the check that fails; absent where the proof is strict. */
  readonly fails?: { readonly check: 'chain' | 'dates' | 'name'; readonly code: string; readonly says?: string }
  /** What psql's verify-full says; the same as ours where absent. */
  readonly psql?: boolean
  /** What `openssl s_client` says, likewise. */
  readonly openssl?: boolean
}

export const HOST = 'db.example.test'

export type ChainWishes = {
  readonly root?: Partial<Wish>
  readonly inter?: Partial<Wish>
  readonly leaf?: Partial<Wish>
}

let chains = 0

/** A chain of three that differs from a good one in what is wished. */
export async function chainOf(wishes: ChainWishes): Promise<{ root: Issued; inter: Issued; leaf: Issued }> {
  chains += 1
  const root = await issue({ subject: `CN=Root ${chains}, O=Cases`, ca: true, ...wishes.root })
  const inter = await issue({
    subject: `CN=Subordinate ${chains}, O=Cases`,
    issuer: root,
    ca: { pathLength: 0 },
    ...wishes.inter,
  })
  const leaf = await issue({ subject: HOST, issuer: inter, dns: [HOST], ...wishes.leaf })
  return { root, inter, leaf }
}

export async function chainCase(
  name: string,
  wishes: ChainWishes,
  fails?: CertificateCase['fails'],
  host = HOST,
): Promise<CertificateCase> {
  const { root, inter, leaf } = await chainOf(wishes)
  return { name, host, served: [leaf, inter], roots: [root.pem], ...(fails && { fails }) }
}
