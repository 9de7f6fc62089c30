/** How a server is started: as it should be, or so that it serves TLS badly. */
export interface Manner {
  /** `off`: it offers none. `old`: TLS 1.1 at most. */
  readonly tls: 'on' | 'off' | 'old'
  /** OpenSSL at security level 0, which loads keys and speaks protocols that clients refuse. */
  readonly lenient: boolean
}

export const AS_IT_SHOULD_BE: Manner = { tls: 'on', lenient: false }

/** For a certificate that an ordinary OpenSSL does not load. */
export const LENIENT: Manner = { tls: 'on', lenient: true }

/** OpenSSL's own configuration, read by every server that is built with it (`OPENSSL_CONF`; config(5), "System default"). */
export const LENIENT_OPENSSL = `openssl_conf = lenient
[lenient]
ssl_conf = ssl
[ssl]
system_default = everything
[everything]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
`
