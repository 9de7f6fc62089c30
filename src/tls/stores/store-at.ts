import type { TrustStoreLocation } from '../../ports/trust-stores.ts'
import { foreignFormat } from './foreign-format.ts'
import { cannotRead, openStoreFile } from './files.ts'

/** More than any magic needs. */
const HEAD_BYTES = 4_096

/** What a path that is given without a kind is taken for, by what is there. Throws CannotReadStore. */
export async function storeAt(path: string): Promise<TrustStoreLocation> {
  try {
    const handle = await openStoreFile(path)
    try {
      if ((await handle.stat()).isDirectory()) return { kind: 'directory', path }
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
      return { kind: foreignFormat(buffer.subarray(0, bytesRead))?.readAs ?? 'pem', path }
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw cannotRead(path, error)
  }
}
