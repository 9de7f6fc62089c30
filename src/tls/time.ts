import { DerError, type Der } from './der.ts'

const FORMS: Readonly<Record<number, RegExp>> = {
  // UTCTime
  0x17: /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
  // GeneralizedTime
  0x18: /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/,
}

/**
 * A certificate's time in the only forms that RFC 5280 (4.1.2.5) allows and OpenSSL's `X509_cmp_time` accepts: `YYMMDDhhmmssZ` until
 * 2049, `YYYYMMDDhhmmssZ` from 2050. Milliseconds since 1970. Throws {@link DerError}: of any other, Node makes a random date.
 */
export function timeOf(der: Der | undefined): number {
  const text = der?.body.toString('latin1') ?? ''
  const [, year = 0, month = 0, ...rest] = (FORMS[der?.tag ?? 0]?.exec(text) ?? []).map(Number)
  const [day = 0, hour = 0, minute = 0, second = 0] = rest
  const full = der?.tag === 0x18 ? year : year + (year < 50 ? 2000 : 1900)
  const at = Date.UTC(full, month - 1, day, hour, minute, second)
  // What is no date (a 31st of June, a 25th hour) comes out as another one.
  const back = new Date(at)
  // RFC 5280 has none before 1950.
  const isDate =
    full >= 1950 &&
    back.getUTCMonth() === month - 1 &&
    back.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  if (!isDate) throw new DerError('a time that is none')
  return at
}
