/** A bundle cannot be read, or not be written as asked. The message is the sentence for the operator. */
export class BundleUnusable extends Error {
  override readonly name = 'BundleUnusable'
}
