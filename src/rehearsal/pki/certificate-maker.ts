import { CannotServe } from '../servers/cannot-serve.ts'
import type * as certificates from './certificates.ts'

/**
 * The module that makes certificates, loaded when the first one is made: it costs a fifth of a second, which a start that finds all
 * certificates kept does not pay. Throws {@link CannotServe} (`PKI_MISSING`) where the optional libraries are not installed.
 */
export async function certificateMaker(): Promise<typeof certificates> {
  try {
    return await import('./certificates.ts')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    throw new CannotServe(
      'PKI_MISSING',
      'The rehearsal makes its certificates with @peculiar/x509, an optional dependency that is not installed here. Nothing was started. Install without --omit=optional (`npm ci`), then rehearse again; the wizard itself does not need it.',
      { cause: error },
    )
  }
}
