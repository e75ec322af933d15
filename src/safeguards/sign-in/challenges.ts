/**
 * Challenges for authenticators, each valid for one purpose, for five minutes and once. Issued challenges are not stored, so
 * requesting many fills nothing.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** Purpose of a signature: its kind, then the session, object and revision. */
export type Binding = readonly [kind: string, ...parts: readonly (string | number)[]]

export interface Challenges {
  /** Returns a challenge in base64url (WebAuthn level 3, section 13.4.3: at least 16 random bytes). */
  issue: (binding: Binding) => string
  /**
   * Checks a challenge.
   * @returns `late` if it has expired or was used, `foreign` if this process did not issue it for this purpose
   */
  judge: (challenge: string, binding: Binding) => 'good' | 'late' | 'foreign'
  /** Marks a challenge as used; false if it was used before. */
  spend: (challenge: string) => boolean
}

const keyBytes = 32
const nonceBytes = 16
const timeBytes = 8
const macBytes = 32
export const challengeMinutes = 5
/** A clock that goes back by more voids all challenges; used ones are remembered for as much longer. */
const stepMs = 60_000

/** Only this process recognises its challenges: they become void when it ends. */
export function createChallenges(now: () => Temporal.Instant): Challenges {
  let key = randomBytes(keyBytes)
  // Only correctly answered challenges are stored, until they would be too old anyway.
  const spent = new Map<string, number>()
  let latestMs = 0

  /** Returns the time. A clock that is set back would make used and forgotten challenges valid again. */
  function timeMs(): number {
    const at = now().epochMilliseconds
    if (at < latestMs - stepMs) {
      key = randomBytes(keyBytes)
      spent.clear()
      latestMs = at
    }
    latestMs = Math.max(latestMs, at)
    return at
  }

  const macOf = (head: Buffer, binding: Binding) =>
    createHmac('sha256', key).update(head).update(JSON.stringify(binding)).digest()

  return {
    issue(binding) {
      const expiresAtMs = timeMs() + challengeMinutes * 60_000
      const head = Buffer.alloc(nonceBytes + timeBytes)
      randomBytes(nonceBytes).copy(head)
      head.writeBigInt64BE(BigInt(expiresAtMs), nonceBytes)
      return Buffer.concat([head, macOf(head, binding)]).toString('base64url')
    },
    judge(challenge, binding) {
      const at = timeMs()
      const bytes = Buffer.from(challenge, 'base64url')
      if (bytes.length !== nonceBytes + timeBytes + macBytes) return 'foreign'
      const head = bytes.subarray(0, nonceBytes + timeBytes)
      if (!timingSafeEqual(bytes.subarray(head.length), macOf(head, binding))) return 'foreign'
      const expiresAtMs = Number(head.readBigInt64BE(nonceBytes))
      return expiresAtMs <= at || spent.has(bytes.toString('base64url')) ? 'late' : 'good'
    },
    spend(challenge) {
      const at = timeMs()
      for (const [one, expiresAtMs] of spent) if (expiresAtMs + stepMs <= at) spent.delete(one)
      const bytes = Buffer.from(challenge, 'base64url')
      const written = bytes.toString('base64url')
      if (spent.has(written)) return false
      spent.set(written, Number(bytes.readBigInt64BE(nonceBytes)))
      return true
    },
  }
}

/** Returns a challenge in the form of the WebAuthn library. */
export function challengeBytes(challenge: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(challenge, 'base64url'))
}
