/**
 * Takes out of a command's output what must not be kept: it goes into evidence, which is saved, shown and exported.
 * What looks like a secret is one. A redaction too many costs a word; one too few costs a password.
 * Repetitions have limits, since a command may print anything and the time to search it must not grow with its square.
 */

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g
/** `scheme://user:password@host` */
const URL_PASSWORD = /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]*):[^\s/]*@/gi
const NAMES =
  '[\\w.-]{0,40}(?:password|passwd|passphrase|pwd|secret|token|credential|api[_-]?key|access[_-]?key|signature|authorization)[\\w.-]{0,40}|(?:[\\w.-]{0,40}[_-])?pass'
const VALUE = `("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|(?:Bearer|Basic)\\s+\\S+|\\S+)`
/** `password=…`, `"token": "…"`, `PGPASSWORD: …`, `X-Amz-Signature=…` */
const ASSIGNED = new RegExp(`(\\b(?:${NAMES})["']?\\s*(?:=>|[:=])\\s*)${VALUE}`, 'gi')
/** `--password …` */
const OPTION = new RegExp(`((?:^|\\s)--?(?:${NAMES})\\s+)${VALUE}`, 'gi')
/** Access keys of AWS, JSON Web Tokens, tokens of GitHub and the like. */
const SHAPED =
  /\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|eyJ[\w-]{5,2000}\.[\w-]{5,2000}\.[\w-]*|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,})/g

const SECRET_NAME = /PASS|PWD|SECRET|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|AUTH/i

const GONE = '[redacted]'

/** Colours, cursor movements, window titles: what begins with ESC, and all other control characters but line ends. */
const plain = (text: string): string =>
  text
    .replace(/\u{1b}(?:\[[0-?]*[ -/]*[@-~]|\][^\u{7}\u{1b}]*(?:\u{7}|\u{1b}\\)?|[@-_])/gu, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{C}\n\t]/gu, '')

/** Values of the environment whose names say that they are secret. Short ones would hit too much else. */
export const secretsOf = (environment: Readonly<Record<string, string | undefined>>): readonly string[] =>
  Object.entries(environment)
    .flatMap(([name, value]) => (value !== undefined && value.length >= 6 && SECRET_NAME.test(name) ? [value] : []))
    .sort((a, b) => b.length - a.length)

/** A text without control characters and secrets. `secrets` are taken out wherever they stand. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const readable = secrets.reduce((rest, secret) => rest.replaceAll(secret, GONE), plain(text))
  return readable
    .replace(PRIVATE_KEY, GONE)
    .replace(URL_PASSWORD, `$1:${GONE}@`)
    .replace(ASSIGNED, `$1${GONE}`)
    .replace(OPTION, `$1${GONE}`)
    .replace(SHAPED, GONE)
}
