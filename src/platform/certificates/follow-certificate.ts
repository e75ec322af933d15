/**
 * A certificate as it lies on disk: read at the start and whenever its files change.
 *
 * In: paths of PEM files. Out: what a secure context is made of. Never here: a file that is wrong put in use while one that
 * is right is there, the key in a message.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'

export interface CertificateFiles {
  /** Our certificate, and behind it those between it and its authority. */
  certificate: string
  key: string
  /** The authorities whose certificates the other side shows: theirs alone, no public ones. */
  authorities: string
}

/** As node:tls takes it. */
export interface CertificateInUse {
  cert: Buffer
  key: Buffer
  ca: Buffer
}

export interface FollowedCertificate {
  /** Nothing until the files were right once: then nobody gets through. */
  readonly inUse: CertificateInUse | undefined
  /** The end of the certificate in use. */
  readonly endsAt: Temporal.Instant | undefined
  /** Called with each that takes the place of one before. */
  onChange(take: (certificate: CertificateInUse) => void): void
  stop(): void
}

export interface FollowCertificateOptions {
  files: CertificateFiles
  read: (path: string) => Promise<Buffer>
  now: () => Temporal.Instant
  /** Told once of each content that is wrong: which file and why, and whether one before is in use instead. */
  onWrong: (why: string, staysInUse: boolean, cause: unknown) => void
  onTaken?: ((endsAt: Temporal.Instant) => void) | undefined
  lookMs?: number | undefined
}

/** Looked at by content: whoever renews certificates replaces files, links or whole folders. */
export async function followCertificateFiles(options: FollowCertificateOptions): Promise<FollowedCertificate> {
  const { files, read, now, onWrong, onTaken, lookMs = 10_000 } = options
  const listeners: ((certificate: CertificateInUse) => void)[] = []
  let inUse: CertificateInUse | undefined
  let endsAt: Temporal.Instant | undefined
  let seen = ''
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    let print = ''
    try {
      const [cert, key, ca] = await Promise.all(
        [files.certificate, files.key, files.authorities].map((path) => read(path)),
      )
      const found = { cert: cert!, key: key!, ca: ca! }
      print = createHash('sha256').update(found.cert).update(found.key).update(found.ca).digest('hex')
      if (print === seen) return
      const ends = check(found, files)
      // Of two that have ended the newer is as good; the other side may not look.
      if (inUse && Temporal.Instant.compare(ends, now()) <= 0) {
        throw new Error(`the certificate ${files.certificate} has ended on ${ends.toString()}`)
      }
      inUse = found
      endsAt = ends
      for (const take of listeners) take(found)
      onTaken?.(ends)
    } catch (error) {
      print ||= (error as Error).message
      if (print === seen) return
      onWrong((error as Error).message, inUse !== undefined, error)
    } finally {
      seen = print
    }
  }

  await look()
  const timer = setInterval(() => {
    looking ??= look().finally(() => (looking = undefined))
  }, lookMs)

  return {
    get inUse() {
      return inUse
    },
    get endsAt() {
      return endsAt
    },
    onChange: (take) => void listeners.push(take),
    stop: () => clearInterval(timer),
  }
}

/** Throws one line that says which file is wrong; returns when the certificate ends. */
function check({ cert, key, ca }: CertificateInUse, files: CertificateFiles): Temporal.Instant {
  const ours = attempt(`${files.certificate} holds no certificate in PEM`, () => new X509Certificate(cert))
  const secret = attempt(`${files.key} holds no private key in PEM without a passphrase`, () => createPrivateKey(key))
  if (!ours.checkPrivateKey(secret)) throw new Error(`the key ${files.key} is not that of ${files.certificate}`)
  attempt(`${files.authorities} holds no certificates in PEM`, () => new X509Certificate(ca))
  attempt('its parts do not fit', () => createSecureContext({ cert, key, ca }))
  return Temporal.Instant.fromEpochMilliseconds(Date.parse(ours.validTo))
}

function attempt<Result>(wrong: string, run: () => Result): Result {
  try {
    return run()
  } catch (cause) {
    throw new Error(wrong, { cause })
  }
}
