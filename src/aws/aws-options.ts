/** How long one attempt may take, in milliseconds. */
export interface AwsTimeouts {
  readonly connect: number
  /** From the request to the answer's first byte, and for each silence after it. */
  readonly request: number
}

export const DEFAULT_TIMEOUTS: AwsTimeouts = { connect: 5_000, request: 20_000 }

/** Which account and Region to speak with, and how. */
export interface AwsOptions {
  /** When absent: `AWS_REGION`, `AWS_DEFAULT_REGION`, or the profile's own. */
  readonly region?: string
  /** A profile of the shared AWS files; goes before access keys in the environment. */
  readonly profile?: string
  /** ARN of a role to take on with those credentials. */
  readonly role?: string
  /** Where RDS, STS and all the others are asked. When absent, or when it is what the environment says, each where the SDK asks it. */
  readonly endpoint?: string
  /** Access keys to use instead of any that the SDK finds. */
  readonly keys?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
  readonly timeouts?: AwsTimeouts
}
