/**
 * What a check goes on from, under a code of a key that is not in the database: its owner cannot write that something was looked at.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PromiseId } from '#description/promises.ts'
import { canonicalJson } from '#safeguards/audit/entry-bytes.ts'
import type { Looking } from './promise.ts'

type Key = Pick<Looking, 'drawKey'>

/** A memo as `proof.memo` has it. */
export function sealMemo({ drawKey }: Key, promise: PromiseId, memo: unknown): string {
  // As the database will have it: without members that are undefined.
  const kept: unknown = JSON.parse(JSON.stringify(memo ?? {}))
  return JSON.stringify({ memo: kept, code: codeOf(drawKey, promise, kept).toString('base64') })
}

/** The memo of the check before; nothing where there is none, or it is not this installation's. */
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
