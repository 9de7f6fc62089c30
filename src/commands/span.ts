import { InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `30m`, `24h`, `7d` as milliseconds. Throws commander's own error, which names the flag. */
export function span(text: string): number {
  const match = /^(\d{1,6}(?:\.\d{1,3})?)([smhd])$/.exec(text.trim())
  const ms = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? NaN)
  if (!Number.isFinite(ms) || ms <= 0) throw new InvalidArgumentError('must be a time such as 90s, 30m, 24h or 7d')
  return ms
}
