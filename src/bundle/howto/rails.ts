import type { Howto } from './howto.ts'
import { LIBPQ_LOOKS_RIGHT } from './libpq.ts'

export const RAILS: Howto = {
  id: 'rails',
  name: 'Ruby on Rails',
  changes: [
    {
      where: 'PostgreSQL: config/database.yml',
      code: [
        'production:',
        '  adapter: postgresql',
        '  host: {HOST}',
        '  sslmode: verify-full',
        '  sslrootcert: {BUNDLE}',
      ],
    },
    {
      where: 'MySQL, gem mysql2: config/database.yml',
      code: [
        'production:',
        '  adapter: mysql2',
        '  host: {HOST}',
        '  ssl_mode: verify_identity',
        '  sslca: {BUNDLE}',
        '  sslverify: true',
      ],
    },
    {
      where: 'MySQL, gem trilogy: config/database.yml',
      code: [
        'production:',
        '  adapter: trilogy',
        '  host: {HOST}',
        '  ssl_mode: SSL_MODE_VERIFY_IDENTITY',
        '  ssl_ca: {BUNDLE}',
      ],
    },
  ],
  check: [
    'bin/rails runner "ActiveRecord::Base.connection.verify!" with the application’s own environment and user.',
    'With mysql2, look for "does not support setting ssl_mode" among what it prints.',
  ],
  refusal: 'SSL error: certificate verify failed; with MySQL: TLS/SSL error: unable to get local issuer certificate',
  traps: [
    'mysql2 says sslca, trilogy says ssl_ca. The wrong one is ignored in silence (brianmario/mysql2#1368).',
    'mysql2 on MariaDB’s Connector/C (Debian’s packages) ignores ssl_mode and only warns: there the name is checked by sslverify: true.',
    'DATABASE_URL goes before database.yml for what it says.',
  ],
  looksRight: [
    ...LIBPQ_LOOKS_RIGHT.slice(1),
    { option: 'mysql2: ssl_mode: required', does: 'encrypts and checks nothing with MySQL’s library' },
    { option: 'trilogy: ssl_ca without ssl_mode', does: 'does not even use TLS' },
  ],
  source: 'https://guides.rubyonrails.org/configuring.html#configuring-a-database',
}
