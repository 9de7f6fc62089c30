/** Why a rehearsal cannot go on, for callers that choose an exit code or a cure by it. */
export const REGION_UNUSABLE_CODES = [
  'PORT_TAKEN',
  'CORRUPT',
  'NEWER_FORMAT',
  'OLDER_FORMAT',
  'NO_SPACE',
  'NO_ACCESS',
  'UNKNOWN_FAULT',
  'BAD_OPTION',
  'IN_USE',
  'DID_NOT_START',
] as const
export type RegionUnusableCode = (typeof REGION_UNUSABLE_CODES)[number]

/**
 * The simulated Region cannot be started, joined or reset as things are. The message says what happened, that saved
 * state is untouched, and what to do. Nothing was overwritten.
 */
export class RegionUnusable extends Error {
  override readonly name = 'RegionUnusable'
  readonly code: RegionUnusableCode
  constructor(code: RegionUnusableCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The code and message of anything thrown, as far as Node gives one. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What the file system says when a path is not for this user, or not the folder or file that it should be. */
const NOT_TO_BE_HAD = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EISDIR', 'EEXIST', 'ELOOP', 'ENAMETOOLONG'])

/** Turns a failed file operation in the rehearsal's folder into a sentence for the operator. */
export function asRegionUnusable(error: unknown, doing: string): Error {
  if (error instanceof RegionUnusable) return error
  const code = errorCode(error)
  const text = errorText(error)
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new RegionUnusable(
      'NO_SPACE',
      `No space left while ${doing} (${text}). What was saved before is untouched: free some space and start again.`,
      { cause: error },
    )
  if (code !== undefined && NOT_TO_BE_HAD.has(code))
    return new RegionUnusable(
      'NO_ACCESS',
      `No access while ${doing} (${text}). Nothing was changed: give this user access to the folder, or choose another with --state-dir.`,
      { cause: error },
    )
  return error instanceof Error ? error : new Error(text)
}
