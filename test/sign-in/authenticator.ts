/**
 * Acts as an authenticator and its browser by WebAuthn level 3, for tests without a browser. Returns a browser's
 * response to a site's challenge; tests can corrupt every response.
 */
import { createHash, createSign, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { isoCBOR } from '@simplewebauthn/server/helpers'

interface Spoiled {
  origin?: string
  /** False if the authenticator did not verify its user. */
  verified?: boolean
  crossOrigin?: boolean
  /** Value of the signature counter. */
  counter?: number
  rpId?: string
}

export interface Authenticator {
  create: (request: PublicKeyCredentialCreationOptionsJSON, spoiled?: Spoiled) => RegistrationResponseJSON
  get: (request: PublicKeyCredentialRequestOptionsJSON, spoiled?: Spoiled) => AuthenticationResponseJSON
}

const flags = { present: 1, verified: 4, attested: 64 }

/**
 * Makes an authenticator.
 * @param counting false for a counter that is always 0, as of passkeys shared between devices
 */
export function makeAuthenticator(origin: string, { counting = true } = {}): Authenticator {
  let counter = 0
  let held: { id: Buffer; key: KeyObject; handle: string } | undefined

  const clientData = (type: string, challenge: string, spoiled: Spoiled) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge,
        origin: spoiled.origin ?? origin,
        crossOrigin: spoiled.crossOrigin ?? false,
      }),
    )
  const authenticatorData = (rpId: string, extraFlags: number, spoiled: Spoiled, attested = Buffer.alloc(0)) => {
    const head = Buffer.alloc(37)
    createHash('sha256')
      .update(spoiled.rpId ?? rpId)
      .digest()
      .copy(head)
    head[32] = flags.present | (spoiled.verified === false ? 0 : flags.verified) | extraFlags
    head.writeUInt32BE(spoiled.counter ?? (counting ? ++counter : 0), 33)
    return Buffer.concat([head, attested])
  }

  return {
    create(request, spoiled = {}) {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const id = randomBytes(32)
      held = { id, key: privateKey, handle: request.user.id }
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
      const cose = isoCBOR.encode(
        new Map<number, number | Uint8Array>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
          [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
        ]),
      )
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cose])
      const data = authenticatorData(request.rp.id ?? '', flags.attested, spoiled, attested)
      const attestation = isoCBOR.encode(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', new Uint8Array(data)],
        ]) as never,
      )
      return {
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', request.challenge, spoiled).toString('base64url'),
          attestationObject: Buffer.from(attestation).toString('base64url'),
          transports: ['internal'],
        },
      }
    },
    get(request, spoiled = {}) {
      if (!held) throw new Error('this authenticator holds no passkey yet')
      const data = authenticatorData(request.rpId ?? '', 0, spoiled)
      const client = clientData('webauthn.get', request.challenge, spoiled)
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
      return {
        id: held.id.toString('base64url'),
        rawId: held.id.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: createSign('sha256').update(signed).sign(held.key).toString('base64url'),
          userHandle: held.handle,
        },
      }
    },
  }
}
