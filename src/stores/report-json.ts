import type { JudgedStore, StoreUse } from './judged-store.ts'

const useJson = ({ application, owner, verification, route }: StoreUse) => ({
  ...(application !== undefined && { application }),
  ...(owner !== undefined && { owner }),
  verification,
  route,
})

/** One store for programs. Instants are ISO 8601. */
export const storeJson = ({
  kind,
  use,
  seen,
  verdict,
  judged,
  regions,
  others,
  otherRoots,
  amazonRoots,
}: JudgedStore) => ({
  ...useJson(use),
  store: seen.location,
  kind,
  verdict,
  sha256: seen.sha256,
  certificates: seen.certificates.length,
  judged: judged.map(({ wanted: { databases, region, target, served }, present, missing, namesakes }) => ({
    databases,
    region,
    ...(target && { target }),
    ...(served && { served }),
    present,
    missing,
    namesakes,
  })),
  regions: regions.map(({ region, roots }) => ({
    ...(region !== undefined && { region }),
    roots: roots.map(({ ca, notAfter, expired }) => ({ ca, notAfter: new Date(notAfter).toISOString(), expired })),
  })),
  notRoots: others,
  otherRoots,
  amazonRoots,
  findings: seen.findings,
})

/** A store that could not be read, or that nobody declared, for programs. */
export const unreadJson = (use: StoreUse, kind: string, code: string, message: string) => ({
  ...useJson(use),
  kind,
  verdict: 'not-read',
  code,
  message,
})
