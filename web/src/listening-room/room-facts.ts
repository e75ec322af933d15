/**
 * The listening mode at an office: one person, their calls, one slot. In: the contract's room. Out: a screen with what is
 * heard and nothing else. Never here: a way to anything else (R47).
 */
import type { paths } from '../api/paths.ts'

type Ok<Operation> = Operation extends { responses: { 200: { content: { 'application/json': infer Body } } } }
  ? Body
  : never
export type Room = Ok<paths['/api/room']['get']>
export type RoomCall = Room['calls'][number]
export type RoomPart = RoomCall['parts'][number]

/** Speeds that somebody who does not use players every day can choose of. */
export const roomSpeeds = { slow: 0.75, normal: 1, fast: 1.25 } as const
export type RoomSpeed = keyof typeof roomSpeeds

/** Minutes before the end that are said aloud. */
const told = [10, 5, 2, 1]
/** From then on it is in sight that the time runs out. */
const soonMinutes = 5

/** Whole minutes left, rounded up: one is said until it is over. */
export function minutesLeft(until: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 60_000))
}

export function isSoonOver(minutes: number): boolean {
  return minutes <= soonMinutes
}

/** True where going from `before` to `now` minutes passes one that is said aloud. */
export function isTold(before: number, now: number): boolean {
  return now > 0 && told.some((one) => now <= one && one < before)
}

/** The volume one step up or down, between silence and all there is. */
export function nextVolume(volume: number, steps: 1 | -1): number {
  return Math.min(1, Math.max(0, Math.round(volume * 10 + steps) / 10))
}

/** Whether there is anything at all that can be heard. */
export function hasSound(room: Pick<Room, 'calls'>): boolean {
  return room.calls.some(({ parts }) => parts.some(({ canBeHeard }) => canBeHeard))
}

/** What is to be heard, with what was there before and is gone: destroyed meanwhile, it is said and does not just vanish. */
export function withGone(before: readonly RoomCall[], now: readonly RoomCall[]): RoomCall[] {
  const gone = (parts: readonly RoomPart[]) => parts.map((part) => ({ ...part, canBeHeard: false }))
  const stay = now.map((call) => {
    const missing = before
      .filter(({ ordinal }) => ordinal === call.ordinal)
      .flatMap(({ parts }) => parts.filter((part) => !call.parts.some((one) => one.recordingId === part.recordingId)))
    const parts = [...call.parts, ...gone(missing)]
    return { ...call, parts: parts.toSorted((a, b) => Date.parse(a.answeredAt) - Date.parse(b.answeredAt)) }
  })
  const left = before.filter(({ ordinal }) => !now.some((call) => call.ordinal === ordinal))
  return [...stay, ...left.map((call) => ({ ...call, parts: gone(call.parts) }))].toSorted(
    (a, b) => a.ordinal - b.ordinal,
  )
}
