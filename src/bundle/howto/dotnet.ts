import type { Howto } from './howto.ts'

const INVALID = 'The remote certificate was rejected by the provided RemoteCertificateValidationCallback'

export const NPGSQL: Howto = {
  id: 'npgsql',
  name: 'Npgsql (.NET, PostgreSQL)',
  changes: [
    {
      where: 'In the connection string (appsettings.json, ConnectionStrings)',
      code: ['Host={HOST};Database=DATABASE;Username=USER;SSL Mode=VerifyFull;Root Certificate={BUNDLE}'],
    },
    { where: 'The file alone may come from the environment', code: ['PGSSLROOTCERT={BUNDLE}'] },
  ],
  check: ['The file must end in .pem or .crt, not .pfx: then every certificate in it is loaded.'],
  refusal: `${INVALID} (before Npgsql 8: The remote certificate is invalid according to the validation procedure)`,
  traps: [
    'UseRootCertificate(…) in code takes one certificate, so the first of the bundle: it then fails with VerifyFull (npgsql#5942). Newer versions have UseRootCertificates(…) for all of them.',
    'A callback for roots, or a validation callback, in code goes before the connection string, or clashes with it.',
    'PGSSLMODE is not read: say SSL Mode in the connection string.',
  ],
  looksRight: [
    {
      option: 'SSL Mode=Require',
      does: 'encrypts and checks nothing (before 8 it asked for Trust Server Certificate=true first)',
    },
    { option: 'Root Certificate=FILE with SSL Mode=Prefer or Require', does: 'reads the file for nothing' },
    { option: 'Trust Server Certificate=true', does: 'checked nothing up to Npgsql 7, and is without effect since' },
    { option: 'SSL Mode=VerifyCA', does: 'checks the chain and not the name' },
  ],
  source: 'https://www.npgsql.org/doc/security.html',
}

export const MYSQLCONNECTOR: Howto = {
  id: 'mysqlconnector',
  name: 'MySqlConnector (.NET, MySQL)',
  changes: [
    {
      where: 'In the connection string',
      code: ['Server={HOST};Database=DATABASE;User ID=USER;SSL Mode=VerifyFull;SSL CA={BUNDLE}'],
    },
  ],
  check: [
    'Connect by the endpoint’s address instead of its name: VerifyFull must refuse it.',
    'At log level Trace it says how many certificates of the file it loaded.',
  ],
  refusal:
    'SSL Authentication Error … The remote certificate was rejected by the provided RemoteCertificateValidationCallback',
  traps: [
    'A certificate of the file that cannot be loaded is skipped with a warning in the log: run "bundle show" on the file first.',
    'VerifyFull asks for revocation too: a host that reaches no CRL server may wait or fail.',
    'Oracle’s MySql.Data shares these names and not all of their meaning: there SSL CA may be a PFX.',
  ],
  looksRight: [
    { option: 'SSL Mode=Preferred (the default)', does: 'falls back to plain text, and checks nothing' },
    { option: 'SSL Mode=Required with SSL CA', does: 'encrypts and checks nothing' },
    { option: 'SSL Mode=VerifyCA', does: 'checks the chain and not the name' },
  ],
  source: 'https://mysqlconnector.net/connection-options/',
}
