/**
 * Loads a certificate from PEM files and reloads it when they change. A faulty file never replaces a valid certificate; no
 * message contains the key.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

export interface CertificateFiles {
  /** Our certificate, followed by the intermediates. */
  certificate: string
  key: string
  /** Authorities of the peers' certificates; public authorities are not trusted. */
  authorities: string
}

/** Options of a TLS context, as in node:tls. */
export interface CertificateInUse {
  cert: Buffer
  key: Buffer
  ca: Buffer
}

export interface FollowedCertificate {
  /** Undefined until the files have been valid once; no connection is possible until then. */
  readonly inUse: CertificateInUse | undefined
  /** When the certificate in use expires. */
  readonly endsAt: Temporal.Instant | undefined
  /** Adds a listener that is called with each new certificate. */
  onChange(listener: (certificate: CertificateInUse) => void): void
  stop(): void
}

export interface FollowCertificateOptions {
  files: CertificateFiles
  read: (path: string) => Promise<Buffer>
  now: () => Temporal.Instant
  /** Called once for each faulty content: which file and why, and whether the previous certificate stays in use. */
  onWrong: (reason: string, staysInUse: boolean, cause: unknown) => void
  onLoaded?: ((endsAt: Temporal.Instant) => void) | undefined
  checkMs?: number | undefined
}

/** Compares contents, not times: tools replace files, links or whole folders. */
export async function followCertificateFiles(options: FollowCertificateOptions): Promise<FollowedCertificate> {
  const { files, read, now, onWrong, onLoaded, checkMs = 10_000 } = options
  const listeners: ((certificate: CertificateInUse) => void)[] = []
  let inUse: CertificateInUse | undefined
  let endsAt: Temporal.Instant | undefined
  let seen = ''
  let checking: Promise<void> | undefined

  async function checkFiles(): Promise<void> {
    let fingerprint = ''
    try {
      const [cert, key, ca] = await Promise.all(
        [files.certificate, files.key, files.authorities].map((path) => read(path)),
      )
      const found = { cert: cert!, key: key!, ca: ca! }
      fingerprint = createHash('sha256').update(found.cert).update(found.key).update(found.ca).digest('hex')
      if (fingerprint === seen) return
      const ends = check(found, files)
      // If both certificates have expired, the newer one is used: the peer may not check.
      if (inUse && Temporal.Instant.compare(ends, now()) <= 0) {
        throw new Error(`the certificate ${files.certificate} expired on ${ends.toString()}`)
      }
      inUse = found
      endsAt = ends
      for (const listener of listeners) listener(found)
      onLoaded?.(ends)
    } catch (error) {
      fingerprint ||= (error as Error).message
      if (fingerprint === seen) return
      onWrong((error as Error).message, inUse !== undefined, error)
    } finally {
      seen = fingerprint
    }
  }

  await checkFiles()
  const timer = setInterval(() => {
    checking ??= checkFiles().finally(() => (checking = undefined))
  }, checkMs)

  return {
    get inUse() {
      return inUse
    },
    get endsAt() {
      return endsAt
    },
    onChange: (listener) => void listeners.push(listener),
    stop: () => clearInterval(timer),
  }
}

/**
 * Returns when the certificate expires.
 * @throws Error of one line that names the faulty file
 */
function check({ cert, key, ca }: CertificateInUse, files: CertificateFiles): Temporal.Instant {
  const ours = attempt(`${files.certificate} holds no certificate in PEM`, () => new X509Certificate(cert))
  const secret = attempt(`${files.key} holds no private key in PEM without a passphrase`, () => createPrivateKey(key))
  if (!ours.checkPrivateKey(secret)) throw new Error(`the key ${files.key} does not match ${files.certificate}`)
  attempt(`${files.authorities} holds no certificates in PEM`, () => new X509Certificate(ca))
  attempt('its files do not match', () => createSecureContext({ cert, key, ca }))
  return Temporal.Instant.fromEpochMilliseconds(Date.parse(ours.validTo))
}

function attempt<Result>(wrong: string, run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    throw new Error(wrong, { cause })
  }
}
