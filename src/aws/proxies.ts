import { CannotAsk, type ProxyEndpoint, type ProxyRecord, type ProxyTarget } from '../ports/control-plane.ts'
import { listed } from './listed.ts'
import type { Questions } from './questions.ts'
import { proxyTarget } from './surrounding-records.ts'

/** The RDS proxies, each with its endpoints and targets, or with why they are not known: both are asked for by calls of their own. */
export async function proxiesOf(questions: Questions, signal: AbortSignal | undefined): Promise<ProxyRecord[]> {
  const answers = await questions.all('DescribeDBProxies', signal, (sdk, { rds }, http) =>
    sdk.paginateDescribeDBProxies({ client: rds }, {}, http),
  )
  const proxies = answers.flatMap(({ DBProxies }) => listed(DBProxies, 'DescribeDBProxies'))
  if (proxies.length === 0) return []
  const others = await orWhyNot(otherEndpoints(questions, signal))
  const records: ProxyRecord[] = []
  for (const { DBProxyName: name = '', Endpoint: host, ...proxy } of proxies)
    records.push({
      name,
      arn: proxy.DBProxyArn ?? '',
      engineFamily: proxy.EngineFamily ?? '',
      status: proxy.Status ?? '',
      requireTls: proxy.RequireTLS ?? false,
      endpoints:
        others instanceof CannotAsk
          ? others
          : [...(host === undefined ? [] : [{ host, role: 'READ_WRITE' }]), ...(others.get(name) ?? [])],
      targets: await orWhyNot(targetsOf(questions, name, signal)),
    })
  return records
}

/** The endpoints beside each proxy's default one, by the proxy's name. */
async function otherEndpoints(
  questions: Questions,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, readonly ProxyEndpoint[]>> {
  const answers = await questions.all('DescribeDBProxyEndpoints', signal, (sdk, { rds }, http) =>
    sdk.paginateDescribeDBProxyEndpoints({ client: rds }, {}, http),
  )
  const byProxy = new Map<string, ProxyEndpoint[]>()
  for (const { DBProxyEndpoints } of answers)
    for (const { DBProxyName = '', Endpoint: host, TargetRole, IsDefault } of listed(
      DBProxyEndpoints,
      'DescribeDBProxyEndpoints',
    )) {
      if (host === undefined || IsDefault) continue
      byProxy.set(DBProxyName, [...(byProxy.get(DBProxyName) ?? []), { host, role: TargetRole ?? 'READ_WRITE' }])
    }
  return byProxy
}

async function targetsOf(
  questions: Questions,
  name: string,
  signal: AbortSignal | undefined,
): Promise<readonly ProxyTarget[]> {
  const answers = await questions.all('DescribeDBProxyTargets', signal, (sdk, { rds }, http) =>
    sdk.paginateDescribeDBProxyTargets({ client: rds }, { DBProxyName: name }, http),
  )
  return answers.flatMap(({ Targets }) => listed(Targets, 'DescribeDBProxyTargets').map((one) => proxyTarget(one)))
}

/** What is asked for, or why it cannot be known. */
async function orWhyNot<T>(asked: Promise<T>): Promise<T | CannotAsk> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof CannotAsk) return error
    throw error
  }
}
