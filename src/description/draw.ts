import { createHmac } from 'node:crypto'

/** A draw has as many bits as a double keeps exactly. */
const drawBits = 53n

/**
 * The keyed draw of a call under one version of a rule (R14): the first 53 bits of
 * HMAC-SHA256(drawKey, `${ruleId} ${ruleVersion} ${callId}`) as a fraction, 0 <= draw < 1.
 * Whoever has the key can repeat it and explain why a call was recorded; whoever has not cannot choose a call id that
 * will be. A new version of a rule draws anew.
 */
export function draw(drawKey: Uint8Array, ruleId: string, ruleVersion: number, callId: string): number {
  const digest = createHmac('sha256', drawKey).update(`${ruleId} ${ruleVersion} ${callId}`).digest()
  return Number(digest.readBigUInt64BE() >> (64n - drawBits)) / 2 ** Number(drawBits)
}
