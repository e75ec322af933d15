/** Types and rules of the listening mode at an office. Its screen has one person's calls for one slot, and nothing else (R47). */
import type { Answer } from '../api/shapes.ts'

export type Room = Answer<'/api/room', 'get'>
export type RoomCall = Room['calls'][number]
export type RoomPart = RoomCall['parts'][number]

/** Speeds for people who rarely use players. */
export const roomSpeeds = { slow: 0.75, normal: 1, fast: 1.25 } as const
export type RoomSpeed = keyof typeof roomSpeeds

/** Minutes before the end that are announced. */
const announcedMinutes = [10, 5, 2, 1]
/** Minutes before the end from which the remaining time is emphasised. */
const soonMinutes = 5

/** Returns the minutes left, rounded up: 1 until the end. */
export function minutesLeft(until: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - nowMs) / 60_000))
}

export function isSoonOver(minutes: number): boolean {
  return minutes <= soonMinutes
}

/** Returns true if an announced minute lies between `before` and `now`. */
export function isAnnounced(before: number, now: number): boolean {
  return now > 0 && announcedMinutes.some((one) => now <= one && one < before)
}

/** Returns the volume one step up or down, between 0 and the maximum. */
export function nextVolume(volume: number, steps: 1 | -1): number {
  return Math.min(1, Math.max(0, Math.round(volume * 10 + steps) / 10))
}

/** Returns true if any recording can be played. */
export function hasSound(room: Pick<Room, 'calls'>): boolean {
  return room.calls.some(({ parts }) => parts.some(({ canBeHeard }) => canBeHeard))
}

/** Returns the calls to listen to, including recordings that were destroyed meanwhile, marked as such instead of vanishing. */
export function withDestroyedParts(before: readonly RoomCall[], now: readonly RoomCall[]): RoomCall[] {
  const unplayable = (parts: readonly RoomPart[]) => parts.map((part) => ({ ...part, canBeHeard: false }))
  const remaining = now.map((call) => {
    const missing = before
      .filter(({ ordinal }) => ordinal === call.ordinal)
      .flatMap(({ parts }) => parts.filter((part) => !call.parts.some((one) => one.recordingId === part.recordingId)))
    const parts = [...call.parts, ...unplayable(missing)]
    return { ...call, parts: parts.toSorted((a, b) => Date.parse(a.answeredAt) - Date.parse(b.answeredAt)) }
  })
  const destroyed = before.filter(({ ordinal }) => !now.some((call) => call.ordinal === ordinal))
  return [...remaining, ...destroyed.map((call) => ({ ...call, parts: unplayable(call.parts) }))].toSorted(
    (a, b) => a.ordinal - b.ordinal,
  )
}
