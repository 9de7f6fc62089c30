/** The header that says so, the rest of the headers, an empty line, and the encoded body. */
const ENCODED = /^content-transfer-encoding:[ \t]*base64[ \t]*\r?$(?:[\s\S]*?)\r?\n\r?\n([A-Za-z0-9+/=\s]+)/gim

/** A saved mail with what it holds in base64 decoded in its place: so many programs send a body that has one letter beyond ASCII. */
export const mailText = (text: string): string =>
  text.replace(ENCODED, (_, body: string) => `\n${Buffer.from(body, 'base64').toString('utf8')}\n`)
