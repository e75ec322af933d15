/**
 * What an authenticator is asked to sign. In: what the signature will be for. Out: a challenge that is good for that alone,
 * for some minutes and once. Never here: a list of those given out, which whoever asks for many could fill.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** What a signature is for: its kind first, then the session, object and revision it is bound to. */
export type Binding = readonly [kind: string, ...parts: readonly (string | number)[]]

export interface Challenges {
  /** A challenge in base64url (WebAuthn level 3, section 13.4.3: at least 16 random bytes). */
  issue: (binding: Binding) => string
  /** Whether a challenge was given out for this, is not too old and has not been spent. */
  judge: (challenge: string, binding: Binding) => 'good' | 'late' | 'foreign'
  /** Uses it up; false where it has been before. */
  spend: (challenge: string) => boolean
}

const keyBytes = 32
const nonceBytes = 16
const timeBytes = 8
const macBytes = 32
export const challengeMinutes = 5

/** Challenges that this process alone recognises: with its end they are all void. */
export function createChallenges(now: () => Temporal.Instant): Challenges {
  const key = randomBytes(keyBytes)
  // Only those that were answered rightly are remembered, until they would be too old anyway.
  const spent = new Map<string, number>()

  const macOf = (head: Buffer, binding: Binding) =>
    createHmac('sha256', key).update(head).update(JSON.stringify(binding)).digest()

  return {
    issue(binding) {
      const head = Buffer.alloc(nonceBytes + timeBytes)
      randomBytes(nonceBytes).copy(head)
      head.writeBigInt64BE(BigInt(now().add({ minutes: challengeMinutes }).epochMilliseconds), nonceBytes)
      return Buffer.concat([head, macOf(head, binding)]).toString('base64url')
    },
    judge(challenge, binding) {
      const bytes = Buffer.from(challenge, 'base64url')
      if (bytes.length !== nonceBytes + timeBytes + macBytes) return 'foreign'
      const head = bytes.subarray(0, nonceBytes + timeBytes)
      if (!timingSafeEqual(bytes.subarray(head.length), macOf(head, binding))) return 'foreign'
      const over = Number(head.readBigInt64BE(nonceBytes))
      return over <= now().epochMilliseconds || spent.has(bytes.toString('base64url')) ? 'late' : 'good'
    },
    spend(challenge) {
      const at = now().epochMilliseconds
      for (const [one, over] of spent) if (over <= at) spent.delete(one)
      const bytes = Buffer.from(challenge, 'base64url')
      const written = bytes.toString('base64url')
      if (spent.has(written)) return false
      spent.set(written, Number(bytes.readBigInt64BE(nonceBytes)))
      return true
    },
  }
}

/** As the WebAuthn library takes it. */
export function challengeBytes(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'))
}
