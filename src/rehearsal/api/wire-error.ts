import { partitionOf } from '../world.ts'

/** An error as the Query protocol carries it: the code is the one on the wire (`CertificateNotFound`), not a class name. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: string
  readonly status: number
  constructor(code: string, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

/** Texts as AWS words them where a real one is known; else in its style. */
export const instanceNotFound = (id: string): WireError =>
  new WireError('DBInstanceNotFound', 404, `DBInstance ${id} not found.`)

export const clusterNotFound = (id: string): WireError =>
  new WireError('DBClusterNotFoundFault', 404, `DBCluster ${id} not found.`)

export const certificateNotFound = (id: string): WireError =>
  new WireError('CertificateNotFound', 404, `Certificate not found: ${id}`)

export const resourceNotFound = (arn: string): WireError =>
  new WireError(
    'ResourceNotFoundFault',
    404,
    `The specified resource name does not match an RDS resource in this region: ${arn}`,
  )

export const invalidValue = (message: string): WireError => new WireError('InvalidParameterValue', 400, message)

export const invalidCombination = (message: string): WireError =>
  new WireError('InvalidParameterCombination', 400, message)

export const missingParameter = (name: string): WireError =>
  new WireError('MissingParameter', 400, `The request must contain the parameter ${name}.`)

export const invalidState = (message: string): WireError => new WireError('InvalidDBInstanceState', 400, message)

export const invalidClusterState = (message: string): WireError =>
  new WireError('InvalidDBClusterStateFault', 400, message)

/** As AWS words it, with the permission that is missing. */
export const denied = (
  { account, region }: { readonly account: string; readonly region: string },
  permission: string,
  resource: string,
): WireError =>
  new WireError(
    'AccessDenied',
    403,
    `User: arn:${partitionOf(region)}:iam::${account}:user/rehearsal is not authorized to perform: ${permission} on resource: ${resource} because no identity-based policy allows the ${permission} action`,
  )
