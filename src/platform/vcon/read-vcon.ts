/**
 * Reads a signed vCon, or returns its problems. Verifies the signature with the certificate in it; the caller decides if it
 * trusts that certificate.
 */
import { verify, X509Certificate, type KeyObject } from 'node:crypto'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { vconSchema, type Vcon } from './vcon-schema.ts'
import { wrongReferences, type VconProblem } from './wrong-references.ts'

const envelope = Compile(
  Type.Object({
    payload: Type.String(),
    signatures: Type.Array(
      Type.Object({
        protected: Type.String(),
        header: Type.Object({
          x5c: Type.Array(Type.String(), { minItems: 1 }),
          uuid: Type.Optional(Type.String()),
        }),
        signature: Type.String(),
      }),
      { minItems: 1 },
    ),
  }),
)
const head = Compile(Type.Object({ alg: Type.String(), crit: Type.Optional(Type.Never()) }))

/** Key type and digest of each accepted algorithm; `none` and keyed hashes are not accepted. */
const algorithms: Record<string, { key: string; digest: string | null }> = {
  EdDSA: { key: 'ed25519', digest: null },
  RS256: { key: 'rsa', digest: 'sha256' },
  ES256: { key: 'ec', digest: 'sha256' },
}

export function readVcon(bytes: Buffer): { vcon: Vcon; signedBy: KeyObject } | { problems: VconProblem[] } {
  const jws = parsed(bytes)
  if (!envelope.Check(jws)) return { problems: shapeProblems('jws:', envelope.Errors(jws)) }
  const keys: KeyObject[] = []
  for (const [at, signature] of jws.signatures.entries()) {
    const key = keyThatSigned(jws.payload, signature)
    if (typeof key === 'string') return { problems: [{ where: `jws:/signatures/${at}`, what: key }] }
    keys.push(key)
  }
  const payload = Buffer.from(jws.payload, 'base64url')
  if (payload[0] === 0x1f && payload[1] === 0x8b) return { problems: [{ where: 'jws:/payload', what: 'is gzipped' }] }
  const vcon = parsed(payload)
  if (!vconSchema.Check(vcon)) return { problems: shapeProblems('', vconSchema.Errors(vcon)) }
  const problems = wrongReferences(vcon)
  for (const [at, { header }] of jws.signatures.entries())
    if (header.uuid !== undefined && header.uuid !== vcon.uuid)
      problems.push({ where: `jws:/signatures/${at}/header/uuid`, what: 'differs from the uuid of the vCon' })
  return problems.length > 0 ? { problems } : { vcon, signedBy: keys[0]! }
}

/** Returns the key of the certificate that made a signature, or the problem. */
function keyThatSigned(
  payload: string,
  signature: { protected: string; header: { x5c: string[] }; signature: string },
): KeyObject | string {
  const protectedHead = parsed(Buffer.from(signature.protected, 'base64url'))
  if (!head.Check(protectedHead)) return 'has no alg in its protected header, or has crit'
  const algorithm = Object.hasOwn(algorithms, protectedHead.alg) ? algorithms[protectedHead.alg] : undefined
  if (!algorithm) return 'is made with an algorithm other than EdDSA, RS256 and ES256'
  try {
    const { publicKey: key } = new X509Certificate(Buffer.from(signature.header.x5c[0]!, 'base64'))
    if (key.asymmetricKeyType !== algorithm.key) return 'has a certificate whose key does not fit its alg'
    const signed = Buffer.from(`${signature.protected}.${payload}`)
    const value = Buffer.from(signature.signature, 'base64url')
    const isValid = verify(algorithm.digest, signed, { key, dsaEncoding: 'ieee-p1363' }, value)
    return isValid ? key : 'does not verify'
  } catch {
    return 'has a certificate that cannot be read'
  }
}

/** Parses JSON. Returns undefined, which fits no schema, for anything else. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

function shapeProblems(prefix: string, errors: ReturnType<typeof vconSchema.Errors>): VconProblem[] {
  return errors.map(({ instancePath, message }) => ({ where: prefix + (instancePath || '/'), what: message }))
}
