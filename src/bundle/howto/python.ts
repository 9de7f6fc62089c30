import type { Howto } from './howto.ts'
import { LIBPQ_LOOKS_RIGHT } from './libpq.ts'

export const PYMYSQL: Howto = {
  id: 'pymysql',
  name: 'SQLAlchemy with PyMySQL',
  changes: [
    {
      where: 'Where the engine is made',
      code: [
        "create_engine('mysql+pymysql://USER@{HOST}/DATABASE', connect_args={",
        "    'ssl_ca': '{BUNDLE}',",
        "    'ssl_verify_cert': True, 'ssl_verify_identity': True,",
        '})',
      ],
    },
    {
      where: 'With PyMySQL alone',
      code: [
        'pymysql.connect(',
        "    host='{HOST}', user='USER', database='DATABASE',",
        "    ssl_ca='{BUNDLE}', ssl_verify_cert=True, ssl_verify_identity=True,",
        ')',
      ],
    },
  ],
  check: [
    "SHOW STATUS LIKE 'Ssl_cipher' must not be empty. That is encryption; it does not show that anything was verified.",
  ],
  refusal: '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate',
  traps: [
    'In SQLAlchemy’s URL, ?ssl_ca=FILE verifies chain and name; with ssl_verify_cert in the same URL the CA is lost, and RDS is refused.',
    'ssl={"ca": FILE} verifies too, and is deprecated since PyMySQL 1.2.',
    'Other drivers read the same names differently: this page is PyMySQL’s.',
  ],
  looksRight: [
    { option: 'ssl_ca=FILE alone (PyMySQL, connect_args)', does: 'encrypts and checks nothing' },
    { option: 'no option at all', does: 'since 1.2 encrypts if the server can, and checks nothing' },
    { option: 'ssl_check_hostname=false in the URL', does: 'checks the chain and not the name' },
  ],
  source: 'https://pymysql.readthedocs.io/en/latest/modules/connections.html',
}

export const DJANGO: Howto = {
  id: 'django',
  name: 'Django',
  changes: [
    {
      where: 'PostgreSQL: settings.py, DATABASES',
      code: [
        "'default': {",
        "    'ENGINE': 'django.db.backends.postgresql',",
        "    'HOST': '{HOST}', 'NAME': 'DATABASE', 'USER': 'USER',",
        "    'OPTIONS': {'sslmode': 'verify-full', 'sslrootcert': '{BUNDLE}'},",
        '}',
      ],
    },
    {
      where: 'MySQL, with mysqlclient: settings.py, DATABASES',
      code: [
        "'default': {",
        "    'ENGINE': 'django.db.backends.mysql',",
        "    'HOST': '{HOST}', 'NAME': 'DATABASE', 'USER': 'USER',",
        "    'OPTIONS': {'ssl_mode': 'VERIFY_IDENTITY', 'ssl': {'ca': '{BUNDLE}'}},",
        '}',
      ],
    },
  ],
  check: [
    'python manage.py shell -c "from django.db import connection; connection.ensure_connection()" with the application’s own settings and user.',
  ],
  refusal: 'OperationalError: … SSL error: certificate verify failed',
  traps: [
    'DATABASE_URL (dj-database-url, django-environ) becomes OPTIONS only where its parser knows the parameter: look at settings.DATABASES, not at the URL.',
    'mysqlclient built on MariaDB’s Connector/C knows two steps only: VERIFY_CA and above check chain and name alike.',
    'Workers with CONN_MAX_AGE keep connections from before: restart them, then look.',
  ],
  looksRight: [
    ...LIBPQ_LOOKS_RIGHT.slice(1),
    {
      option: "MySQL: 'ssl': {'ca': FILE} without ssl_mode",
      does: 'leaves it to the client library: at best the chain',
    },
  ],
  source: 'https://docs.djangoproject.com/en/stable/ref/databases/',
}
