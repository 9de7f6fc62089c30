/** A staging database that is made for one rotation: the commands that make it with the target CA, and those that take it away. */
import type { IdentifyFacts } from './01-identify.ts'

export interface Throwaway {
  readonly create: string
  readonly remove: string
}

/**
 * AWS CLI commands, each line whole. It is of the same engine, version and class, serves the target from the start, and is reachable by
 * nobody but its own VPC: the subnet and security groups of the clients are the operator's to add.
 */
export function throwawayFor({ basis, detail }: IdentifyFacts, target: string): Throwaway {
  const { engine, engineVersion, region, kind } = basis
  const name = `${(basis.clusterId ?? basis.name).slice(0, 48)}-ca-twin`
  const size = detail.instanceClass ?? 'db.m6gd.large'
  const who = '--master-username runbook --manage-master-user-password'
  const tags = `--tags Key=environment,Value=staging --region ${region}`
  const what = `--engine ${engine} --engine-version ${engineVersion}`
  const cluster = `--db-cluster-identifier ${name}`
  const gone = `aws rds delete-db-cluster ${cluster} --skip-final-snapshot --region ${region}`
  if (kind === 'multi-az-cluster')
    return {
      create: `aws rds create-db-cluster ${cluster} ${what} --db-cluster-instance-class ${size} --storage-type gp3 --allocated-storage 100 --ca-certificate-identifier ${target} ${who} ${tags}`,
      remove: gone,
    }
  if (kind === 'aurora-member') {
    const member = `--db-instance-identifier ${name}-1`
    return {
      create: [
        `aws rds create-db-cluster ${cluster} ${what} ${who} ${tags}`,
        ...(size === 'db.serverless'
          ? [
              `aws rds modify-db-cluster ${cluster} --serverless-v2-scaling-configuration MinCapacity=0.5,MaxCapacity=1 --region ${region}`,
            ]
          : []),
        `aws rds create-db-instance ${member} ${cluster} --engine ${engine} --db-instance-class ${size} --ca-certificate-identifier ${target} ${tags}`,
      ].join(' && '),
      remove: `aws rds delete-db-instance ${member} --region ${region} && ${gone}`,
    }
  }
  const instance = `--db-instance-identifier ${name}`
  return {
    create: `aws rds create-db-instance ${instance} ${what} --db-instance-class ${size} --allocated-storage 20 --ca-certificate-identifier ${target} ${who} --backup-retention-period 0 --no-multi-az --no-publicly-accessible ${tags}`,
    remove: `aws rds delete-db-instance ${instance} --skip-final-snapshot --delete-automated-backups --region ${region}`,
  }
}
