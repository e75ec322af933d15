import { createHmac, hash } from 'node:crypto'

/** A draw has as many bits as a double keeps exactly: 53, of which the first 32 come from one word and 21 from the next. */
const drawBits = 53
const wordBits = 32

/**
 * SHA-256 of one of a call's ids, as the telephone system wrote it, in hexadecimal. The register keeps call ids in this
 * form alone (call_identity.external_id_hash), and draws are made of it: who verifies them needs no id of any call.
 */
export function hashCallId(callId: string): string {
  return hash('sha256', callId, 'hex')
}

/**
 * The keyed draw of a call under one version of a rule (R14): the first 53 bits of
 * HMAC-SHA256(drawKey, `${ruleId} ${ruleVersion} ${drawnOn}`) as a fraction, 0 <= draw < 1, where `drawnOn` is
 * hashCallId of the call's id. Whoever has the key can repeat it and explain why a call was recorded; whoever has not
 * cannot choose a call id that will be. A new version of a rule draws anew.
 */
export function draw(drawKey: Uint8Array, ruleId: string, ruleVersion: number, drawnOn: string): number {
  const digest = createHmac('sha256', drawKey).update(`${ruleId} ${ruleVersion} ${drawnOn}`).digest()
  const [high, low] = [digest.readUInt32BE(0), digest.readUInt32BE(4) >>> (2 * wordBits - drawBits)]
  return (high * 2 ** (drawBits - wordBits) + low) / 2 ** drawBits
}
