export interface Part {
  readonly name: string
  readonly does: string
  readonly minutes: number
  readonly files: readonly string[]
}
export const PARTS: readonly Part[]
export function soakOf(words: readonly string[], files: readonly string[]): Part[]
