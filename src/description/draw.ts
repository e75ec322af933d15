import { createHmac, hash } from 'node:crypto'

/** A double holds 53 bits exactly: 32 from the first word and 21 from the next. */
const drawBits = 53
const wordBits = 32

/**
 * Returns SHA-256 of a call id with its kind as prefix (`sipSessionId:...`), in hexadecimal. The register stores call ids only
 * as these hashes (call_identity.external_id_hash), and draws use them: verifying a draw needs no call id.
 */
export function hashCallId(callId: string): string {
  return hash('sha256', callId, 'hex')
}

/**
 * Returns the keyed draw of a call under one version of a rule (R14): the first 53 bits of HMAC-SHA256(drawKey, `${ruleId}
 * ${ruleVersion} ${drawnOn}`) as a fraction, 0 <= draw < 1, where `drawnOn` is {@link hashCallId} of the call's id. With the key the
 * draw can be repeated to explain a recording; without the key nobody can choose a call id that will be recorded. Each
 * version of a rule has its own draws.
 */
export function draw(drawKey: Uint8Array, ruleId: string, ruleVersion: number, drawnOn: string): number {
  const digest = createHmac('sha256', drawKey).update(`${ruleId} ${ruleVersion} ${drawnOn}`).digest()
  const [high, low] = [digest.readUInt32BE(0), digest.readUInt32BE(4) >>> (2 * wordBits - drawBits)]
  return (high * 2 ** (drawBits - wordBits) + low) / 2 ** drawBits
}
