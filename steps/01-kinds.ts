/** The words of 01 for each kind of database. */
import type { Kind } from './carrier.ts'

/** What it is in words, and what to do instead, for what carries no CA of its own. */
export const NOTHING_TO_ROTATE: Readonly<Partial<Record<Kind, readonly [kind: string, cure: string]>>> = {
  'multi-az-member': ['a member of a Multi-AZ DB cluster', 'Its CA is the cluster’s: rotate the cluster.'],
  'aurora-cluster': ['an Aurora cluster', 'Each of its members carries a CA: rotate them, readers first.'],
  'aurora-serverless-v1': [
    'an Aurora Serverless v1 cluster',
    'AWS keeps its certificate (ACM). Clients verify it by Amazon’s public roots. Leave it out.',
  ],
  'rds-custom': ['an RDS Custom instance', 'Its certificate is kept on its host, by you. Leave it out.'],
  'other-service': ['a database of another service', 'Its own service rotates it. Leave it out.'],
}

/** What it is in words, of what carries one. */
export const KIND_WORDS: Readonly<Partial<Record<Kind, string>>> = {
  instance: 'an instance',
  replica: 'a read replica',
  'aurora-member': 'a member of an Aurora cluster',
  'multi-az-cluster': 'a Multi-AZ DB cluster',
}
