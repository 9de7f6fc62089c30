/** What a bundle can be written as. */
export const FORMATS = ['pem', 'split', 'p12', 'hashed'] as const
export type Format = (typeof FORMATS)[number]
