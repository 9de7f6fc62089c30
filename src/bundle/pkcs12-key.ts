import { createHash } from 'node:crypto'
import { utf16be } from './der-write.ts'

/** SHA-256's output and block, in bytes. */
const OUTPUT = 32
const BLOCK = 64
/** What the key is for: RFC 7292, B.3. 1 is a cipher's key, 2 its initial vector. */
const FOR_MAC = 3

/** As often as it takes to fill whole blocks; nothing stays nothing. */
function filled(bytes: Buffer): Buffer {
  return Buffer.alloc(BLOCK * Math.ceil(bytes.length / BLOCK), bytes)
}

/**
 * The key of a PKCS#12 store's integrity code, with SHA-256 (RFC 7292, appendix B.2). One block of output is a whole key, so the
 * second half of B.2, which makes further blocks, does not come into it.
 */
export function macKey(password: string, salt: Buffer, iterations: number): Buffer {
  const input = Buffer.concat([
    Buffer.alloc(BLOCK, FOR_MAC),
    filled(salt),
    // With two zero bytes at its end.
    filled(utf16be(`${password}\0`)),
  ])
  let digest = createHash('sha256').update(input).digest()
  for (let i = 1; i < iterations; i++) digest = createHash('sha256').update(digest).digest()
  return digest.subarray(0, OUTPUT)
}
