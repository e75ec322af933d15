/** Authenticates a check's stored state with a key that is not in the database, so that the database owner cannot forge it. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PromiseId } from '#description/promises.ts'
import { canonicalJson } from '#safeguards/audit/entry-bytes.ts'
import type { CheckContext } from './promise.ts'

type Key = Pick<CheckContext, 'drawKey'>

/** Returns a memo as stored in `proof.memo`. */
export function sealMemo({ drawKey }: Key, promise: PromiseId, memo: unknown): string {
  // The database stores the memo without undefined members.
  const plain: unknown = JSON.parse(JSON.stringify(memo ?? {}))
  return JSON.stringify({ memo: plain, code: codeOf(drawKey, promise, plain).toString('base64') })
}

/** Returns the previous check's memo; undefined if there is none or if it was not sealed by this installation. */
export function openMemo({ drawKey }: Key, promise: PromiseId, sealed: unknown): unknown {
  const { memo, code } = (sealed ?? {}) as { memo?: unknown; code?: unknown }
  if (typeof code !== 'string' || memo === null || typeof memo !== 'object' || Object.keys(memo).length === 0) return
  const [given, own] = [Buffer.from(code, 'base64'), codeOf(drawKey, promise, memo)]
  return given.length === own.length && timingSafeEqual(given, own) ? memo : undefined
}

function codeOf(key: Uint8Array, promise: PromiseId, memo: unknown): Buffer {
  return createHmac('sha256', key)
    .update(`proof memo\n${promise}\n${canonicalJson(memo)}`)
    .digest()
}
