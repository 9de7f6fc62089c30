/** A process of its own that answers for a fleet, as RDS, STS, IAM and the account service would: pages of 100, as large as AWS's own. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export const REGIONS = [
  'af-south-1 ap-east-1 ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1',
  'eu-north-1 eu-south-1 eu-west-1 eu-west-2 sa-east-1 us-east-1 us-east-2 us-west-2',
]
  .join(' ')
  .split(' ')
export const DATABASES = 10_000
const PAGE = 100

const wrapped = (action: string, xml: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${action}Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><${action}Result>${xml}</${action}Result><ResponseMetadata><RequestId>b0d2e0a7-7f0e-4d5c-9d7e-5f1f0c1f2a3b</RequestId></ResponseMetadata></${action}Response>`

const ENGINES = [
  ['postgres', '16.4'],
  ['postgres', '17.2'],
  ['mysql', '8.0.40'],
  ['mariadb', '10.11.9'],
] as const

/** One instance with what AWS says of every one. */
function instance(region: string, index: number): string {
  const id = `orders-${String(index).padStart(5, '0')}`
  const [engine, version] = ENGINES[index % ENGINES.length] ?? ENGINES[0]
  return `<DBInstance><AllocatedStorage>100</AllocatedStorage><AssociatedRoles/><AutoMinorVersionUpgrade>true</AutoMinorVersionUpgrade><AvailabilityZone>${region}a</AvailabilityZone><BackupRetentionPeriod>7</BackupRetentionPeriod><BackupTarget>region</BackupTarget><CACertificateIdentifier>rds-ca-rsa2048-g1</CACertificateIdentifier><CertificateDetails><CAIdentifier>rds-ca-rsa2048-g1</CAIdentifier><ValidTill>2027-0${1 + (index % 9)}-21T10:11:12Z</ValidTill></CertificateDetails><CopyTagsToSnapshot>true</CopyTagsToSnapshot><CustomerOwnedIpEnabled>false</CustomerOwnedIpEnabled><DBInstanceArn>arn:aws:rds:${region}:123456789012:db:${id}</DBInstanceArn><DBInstanceClass>db.m7g.large</DBInstanceClass><DBInstanceIdentifier>${id}</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus><DBName>orders</DBName><DBParameterGroups><DBParameterGroup><ParameterApplyStatus>in-sync</ParameterApplyStatus><DBParameterGroupName>default.${engine}</DBParameterGroupName></DBParameterGroup></DBParameterGroups><DBSecurityGroups/><DBSubnetGroup><DBSubnetGroupName>private</DBSubnetGroupName><DBSubnetGroupDescription>private subnets</DBSubnetGroupDescription><VpcId>vpc-0a1b2c3d4e5f60718</VpcId><SubnetGroupStatus>Complete</SubnetGroupStatus><Subnets>${['a', 'b', 'c'].map((zone) => `<Subnet><SubnetIdentifier>subnet-0${zone}1b2c3d4e5f60718</SubnetIdentifier><SubnetStatus>Active</SubnetStatus><SubnetOutpost/><SubnetAvailabilityZone><Name>${region}${zone}</Name></SubnetAvailabilityZone></Subnet>`).join('')}</Subnets></DBSubnetGroup><DbInstancePort>0</DbInstancePort><DbiResourceId>db-${region.toUpperCase().replaceAll('-', '')}${index}</DbiResourceId><DeletionProtection>true</DeletionProtection><DomainMemberships/><EnabledCloudwatchLogsExports><member>postgresql</member></EnabledCloudwatchLogsExports><Endpoint><Address>${id}.c0a1b2c3d4e5.${region}.rds.amazonaws.com</Address><Port>5432</Port><HostedZoneId>Z2R2ITUGPM61AM</HostedZoneId></Endpoint><Engine>${engine}</Engine><EngineVersion>${version}</EngineVersion><IAMDatabaseAuthenticationEnabled>false</IAMDatabaseAuthenticationEnabled><InstanceCreateTime>2024-03-05T06:07:08.9Z</InstanceCreateTime><Iops>3000</Iops><KmsKeyId>arn:aws:kms:${region}:123456789012:key/0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9</KmsKeyId><LatestRestorableTime>2026-11-22T15:00:00Z</LatestRestorableTime><LicenseModel>general-public-license</LicenseModel><MasterUsername>dba</MasterUsername><MaxAllocatedStorage>1000</MaxAllocatedStorage><MonitoringInterval>60</MonitoringInterval><MultiAZ>true</MultiAZ><NetworkType>IPV4</NetworkType><OptionGroupMemberships><OptionGroupMembership><OptionGroupName>default:${engine}</OptionGroupName><Status>in-sync</Status></OptionGroupMembership></OptionGroupMemberships><PendingModifiedValues/><PerformanceInsightsEnabled>true</PerformanceInsightsEnabled><PerformanceInsightsRetentionPeriod>7</PerformanceInsightsRetentionPeriod><PreferredBackupWindow>01:00-01:30</PreferredBackupWindow><PreferredMaintenanceWindow>sun:03:00-sun:03:30</PreferredMaintenanceWindow><PubliclyAccessible>false</PubliclyAccessible><ReadReplicaDBInstanceIdentifiers/><StorageEncrypted>true</StorageEncrypted><StorageThroughput>125</StorageThroughput><StorageType>gp3</StorageType><TagList>${[
    ['env', index % 3 === 0 ? 'staging' : 'production'],
    ['team', `team-${index % 40}`],
    ['cost-centre', '4711'],
  ]
    .map(([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`)
    .join(
      '',
    )}</TagList><VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>sg-0a1b2c3d4e5f60718</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership></VpcSecurityGroups></DBInstance>`
}

const perRegion = REGIONS.map(
  (_, at) => Math.floor((DATABASES * (at + 1)) / REGIONS.length) - Math.floor((DATABASES * at) / REGIONS.length),
)
const pages = new Map(
  REGIONS.map((region, at) => {
    const count = perRegion[at] ?? 0
    return [
      region,
      Array.from({ length: Math.ceil(count / PAGE) }, (_, page) => {
        const some = Array.from({ length: Math.min(PAGE, count - page * PAGE) }, (_one, index) =>
          instance(region, page * PAGE + index),
        )
        const more = (page + 1) * PAGE < count ? `<Marker>${page + 1}</Marker>` : ''
        return wrapped('DescribeDBInstances', `<DBInstances>${some.join('')}</DBInstances>${more}`)
      }),
    ]
  }),
)

const CAS = ['rsa2048', 'rsa4096', 'ecc384']
  .map(
    (key) =>
      `<Certificate><CertificateIdentifier>rds-ca-${key}-g1</CertificateIdentifier><CertificateType>CA</CertificateType><Thumbprint>aa6b73726c21176cc714815278d6ebc932f293b3</Thumbprint><ValidFrom>2021-05-24T20:00:00Z</ValidFrom><ValidTill>2061-05-24T20:00:00Z</ValidTill></Certificate>`,
  )
  .join('')

function answer(action: string, region: string, asked: URLSearchParams): string {
  switch (action) {
    case 'DescribeDBInstances':
      return pages.get(region)?.[Number(asked.get('Marker') ?? 0)] ?? ''
    case 'DescribeDBClusters':
      return wrapped(action, '<DBClusters/>')
    case 'DescribeCertificates':
      return wrapped(action, `<Certificates>${CAS}</Certificates>`)
    case 'DescribePendingMaintenanceActions':
      return wrapped(action, '<PendingMaintenanceActions/>')
    case 'DescribeDBProxies':
      return wrapped(action, '<DBProxies/>')
    case 'DescribeDBEngineVersions':
      return wrapped(
        action,
        `<DBEngineVersions><DBEngineVersion><Engine>${asked.get('Engine')}</Engine><EngineVersion>${asked.get('EngineVersion')}</EngineVersion><SupportedCACertificateIdentifiers><member>rds-ca-rsa2048-g1</member></SupportedCACertificateIdentifiers><SupportsCertificateRotationWithoutRestart>true</SupportsCertificateRotationWithoutRestart></DBEngineVersion></DBEngineVersions>`,
      )
    case 'GetCallerIdentity':
      return wrapped(
        action,
        '<Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/anna</Arn><UserId>A</UserId>',
      )
    default:
      return wrapped(action, '<AccountAliases><member>shop</member></AccountAliases>')
  }
}

if (process.argv[1] === import.meta.filename) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const asked = new URLSearchParams(Buffer.concat(chunks).toString())
      const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? ''
      response.writeHead(200, { 'content-type': 'text/xml' }).end(answer(asked.get('Action') ?? '', region, asked))
    })
  })
  server.listen(0, '127.0.0.1', () =>
    process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
  )
  // It ends with whoever started it.
  process.stdin.on('end', () => process.exit(0)).resume()
}
